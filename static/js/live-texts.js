// What somebody else saved in a form[data-autosave] that is open here stands in it within seconds: a
// polled [data-saved-for] brings it. Where something is unsaved it waits; the next save tells of both.
(() => {
  const SHOWN = 600;

  // Where a place in the one text is in the other: counted from the start, or else from the end.
  const moved = (at, was, now) => (was.slice(0, at) === now.slice(0, at) ? at : Math.max(0, at + now.length - was.length));

  const put = (field, text) => {
    const { value: was, selectionStart: from, selectionEnd: to } = field;
    field.value = text;
    if (field.value === was) return;
    if (document.activeElement === field && Number.isInteger(from)) {
      field.setSelectionRange(moved(from, was, field.value), moved(to, was, field.value));
    }
    field.classList?.add("changed");
    setTimeout(() => field.classList?.remove("changed"), SHOWN);
  };

  const show = (saved) => {
    const { savedFor, version, by, at } = saved.dataset;
    for (const { form, unsaved } of touchline.autosaves.values()) {
      if (form.dataset.autosave !== savedFor || unsaved || Number(version) <= Number(form.elements.version.value)) continue;
      for (const text of saved.querySelectorAll("template[data-field]")) {
        const field = form.elements[text.dataset.field];
        if (field) put(field, text.content.textContent);
      }
      form.elements.version.value = version;
      touchline.say(form, "saved", `${by} saved ${at}`);
    }
  };

  const look = () => document.querySelectorAll("[data-saved-for]").forEach(show);
  document.addEventListener("htmx:afterSwap", look); // text areas grow after that, when it settles
  document.addEventListener("htmx:oobAfterSwap", look);
})();
