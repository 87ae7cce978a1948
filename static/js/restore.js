// When a form[data-autosave] opens: what another page left unsaved is sent first. Then it listens.
(() => {
  const { autosave, drafts } = touchline;
  const PAUSE = 3000;

  async function send({ version, entries, sent }) {
    let seen = version;
    if (sent && !drafts.same(sent, entries)) {
      const first = await autosave.post(sent, seen);
      if (first.ok) seen = first.version;
    }
    const answer = await autosave.post(entries, seen);
    if (answer.ok) {
      drafts.drop(autosave.form());
      location.replace(autosave.form().dataset.autosave);
      return;
    }
    autosave.form().replaceWith(answer.page.querySelector("form[data-autosave]"));
    if (answer.stale) autosave.form().dataset.base = version;
    for (const slot of autosave.form().querySelectorAll("[data-slot]")) slot.dataset.live = "";
    autosave.say("conflict", answer.stale ? "Not saved: two versions, choose above" : "Not saved: see above");
  }

  async function restore() {
    const form = autosave.form();
    const draft = drafts.adopt(form);
    if (!draft) return;
    if (drafts.same(draft.entries, drafts.read(form))) {
      autosave.save();
      return;
    }
    form.inert = true; // typing here would write over what was left
    autosave.say("saving", "Bringing back what was not saved…");
    const attempt = () => send(draft).catch(() => {
      autosave.say("offline", "Offline. What was not saved is kept on this device, trying again");
      setTimeout(attempt, PAUSE);
    });
    attempt();
  }

  document.addEventListener("input", (event) => {
    if (event.target.closest("form[data-autosave]")) autosave.typed();
  });
  document.addEventListener("submit", async (event) => {
    if (event.target !== autosave.form() || event.defaultPrevented) return;
    if (autosave.underWay()) {
      event.preventDefault();
      await autosave.underWay();
      event.target.requestSubmit(event.submitter);
    } else autosave.leave(true);
  });
  document.addEventListener("visibilitychange", () => { if (document.hidden) autosave.flush(); });
  window.addEventListener("pagehide", autosave.flush);
  window.addEventListener("pageshow", () => autosave.leave(false));
  window.addEventListener("online", autosave.flush);
  if (autosave.form()) restore();
})();
