// What is typed into a form[data-autosave] stays in this browser until the server has it:
// one draft an open form, under the form's address and its person.
window.touchline ??= {};
touchline.drafts = (() => {
  const prefix = (form) => `draft ${form.dataset.autosave} ${form.dataset.user} `;
  const names = new WeakMap(); // a form's own, so that two of one address keep two drafts
  const adopted = new WeakMap(); // the draft of another page that a form goes on from
  const own = (form) => {
    if (!names.has(form)) names.set(form, `${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`);
    return prefix(form) + names.get(form);
  };
  const store = () => {
    try {
      return window.localStorage;
    } catch {
      return null; // switched off
    }
  };

  const forgetAdopted = (form) => {
    const { key, text } = adopted.get(form) ?? {};
    if (key && store()?.getItem(key) === text) store().removeItem(key);
    adopted.delete(form);
  };

  return {
    read: (form) => [...new FormData(form)].filter(([name]) => name !== "csrfmiddlewaretoken" && name !== "version"),

    // Whether two lists of entries say the same; empty rows and their numbers count for nothing.
    same(one, other) {
      const said = (entries) => JSON.stringify(entries
        .map(([name, value]) => [name.replace(/-\d+-/, "-"), value.trim().replaceAll("\r\n", "\n")])
        .filter(([, value]) => value));
      return said(one) === said(other);
    },

    keep(form, draft) {
      try {
        store().setItem(own(form), JSON.stringify(draft));
        forgetAdopted(form);
        return true;
      } catch {
        return false; // full or switched off
      }
    },
    drop(form) {
      store()?.removeItem(own(form));
      forgetAdopted(form);
    },
    // The oldest draft that another page left behind. It stays until this form kept or saved it.
    adopt(form) {
      const others = Object.keys(store() ?? {}).filter((each) => each.startsWith(prefix(form)) && each !== own(form));
      const key = others.sort()[0];
      if (!key) return null;
      adopted.set(form, { key, text: store().getItem(key) });
      return JSON.parse(adopted.get(form).text);
    },
  };
})();
