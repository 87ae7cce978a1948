// Every form[data-autosave] of the page saves by itself: those it came with and those that htmx
// brings. One that is taken away sends what it holds; until that is saved, it comes back as it was.
touchline.autosaves = new Map();
(() => {
  const { autosaves } = touchline;
  const all = () => [...autosaves.values()];
  const flush = () => all().forEach((each) => each.flush());
  const comesBack = (form) => {
    const left = all().find((each) => each.unsaved && !each.form.isConnected && each.form.dataset.autosave === form.dataset.autosave);
    if (!left) return false;
    const typing = form.contains(document.activeElement) || document.activeElement === document.body;
    form.replaceWith(left.form);
    window.htmx?.process(left.form);
    if (typing) left.field?.focus();
    return true;
  };

  const look = () => {
    for (const form of document.querySelectorAll("form[data-autosave]")) {
      if (autosaves.has(form) || comesBack(form)) continue;
      autosaves.set(form, new touchline.Autosave(form));
      touchline.restore(autosaves.get(form));
    }
    for (const each of all()) {
      if (each.form.isConnected) continue;
      if (each.unsaved) each.flush();
      else autosaves.delete(each.form);
    }
  };

  document.addEventListener("input", ({ target }) => {
    const autosave = autosaves.get(target.closest("form[data-autosave]"));
    if (!autosave) return;
    autosave.field = target;
    autosave.typed();
  });
  let waited = null; // the form that let the others go first
  document.addEventListener("submit", async (event) => {
    if (event.defaultPrevented) return;
    const own = autosaves.get(event.target);
    if (waited !== event.target) flush(); // a closing must not overtake what was typed before it
    const underWay = waited === event.target ? [own?.saving] : all().map((each) => each.saving);
    waited = event.target;
    if (underWay.some(Boolean)) {
      event.preventDefault();
      await Promise.all(underWay);
      event.target.requestSubmit(event.submitter);
      return;
    }
    waited = null;
    if (own) own.leaving = true;
  });
  document.addEventListener("visibilitychange", () => { if (document.hidden) flush(); });
  window.addEventListener("pagehide", flush);
  window.addEventListener("pageshow", () => all().forEach((each) => { each.leaving = false; }));
  window.addEventListener("online", flush);
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
  look();
})();
