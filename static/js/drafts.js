// What is typed into a form[data-autosave] stays in this browser until the server has it:
// one draft an open page, under the form's address and its person.
window.touchline ??= {};
touchline.drafts = (() => {
  const prefix = (form) => `draft ${form.dataset.autosave} ${form.dataset.user} `;
  const own = `${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`;

  let adopted = null;

  const store = () => {
    try {
      return window.localStorage;
    } catch {
      return null; // switched off
    }
  };

  const forgetAdopted = () => {
    if (adopted && store()?.getItem(adopted.key) === adopted.text) store().removeItem(adopted.key);
    adopted = null;
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
        store().setItem(prefix(form) + own, JSON.stringify(draft));
        forgetAdopted();
        return true;
      } catch {
        return false; // full or switched off
      }
    },

    drop(form) {
      store()?.removeItem(prefix(form) + own);
      forgetAdopted();
    },

    // The oldest draft that another page left behind. It stays until this page kept or saved it.
    adopt(form) {
      const keys = Object.keys(store() ?? {}).filter((key) => key.startsWith(prefix(form))).sort();
      const key = keys.find((each) => each !== prefix(form) + own);
      if (!key) return null;
      adopted = { key, text: store().getItem(key) };
      return JSON.parse(adopted.text);
    },
  };
})();
