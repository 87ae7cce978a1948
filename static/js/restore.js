// When a form[data-autosave] opens: what another page left unsaved is sent first.
touchline.restore = (() => {
  const { drafts, post } = touchline;
  const [PAUSE, MOMENT] = [3000, 200];

  // The page anew, with what was left in it, once nothing else on it is on its way.
  const anew = (form) => {
    const busy = [...touchline.autosaves.values()].some((each) => each.timer || each.saving || each.restoring);
    if (busy) setTimeout(anew, MOMENT, form);
    else if (form.isConnected) location.replace(form.dataset.page ?? form.dataset.autosave);
  };

  async function send(autosave, { version, entries, sent }) {
    const { form } = autosave;
    let seen = version;
    if (sent && !drafts.same(sent, entries)) {
      const first = await post(form, sent, seen);
      if (first.ok) seen = first.version;
    }
    const answer = await post(form, entries, seen);
    autosave.restoring = false;
    if (answer.ok) {
      autosave.unsaved = false;
      drafts.drop(form);
      anew(form);
      return;
    }
    form.replaceChildren(...answer.again.childNodes);
    form.inert = false;
    if (answer.stale) form.dataset.base = version;
    for (const slot of form.querySelectorAll("[data-slot]")) slot.dataset.live = "";
    autosave.shown = drafts.read(form);
    autosave.say("conflict", answer.stale ? "Not saved: two versions, choose above" : "Not saved: see above");
  }

  return (autosave) => {
    const { form } = autosave;
    const draft = drafts.adopt(form);
    if (!draft) return;
    if (drafts.same(draft.entries, drafts.read(form))) {
      autosave.save();
      return;
    }
    autosave.unsaved = autosave.restoring = true;
    form.inert = true; // typing here would write over what was left
    autosave.say("saving", "Bringing back what was not saved…");
    const attempt = () => send(autosave, draft).catch(() => {
      autosave.say("offline", "Offline. What was not saved is kept on this device, trying again");
      setTimeout(attempt, PAUSE);
    });
    attempt();
  };
})();
