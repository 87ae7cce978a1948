// What the server answered to a save: done, refused, or somebody else saved before. Refusals come
// as the form again; its [data-slot] pieces go into those of this one, what is typed stays.
touchline.answered = (autosave, answer, sent) => {
  const { form } = autosave;
  const newest = touchline.drafts.same(sent, touchline.drafts.read(form));
  if (!answer.ok && !newest) return "more"; // ask again with what was typed meanwhile
  if (!answer.ok) {
    touchline.refused(autosave, answer, sent);
    return "done";
  }
  form.elements.version.value = answer.version;
  for (const slot of form.querySelectorAll("[data-slot][data-live]")) slot.replaceChildren();
  for (const strip of form.querySelectorAll("[data-strip]")) strip.innerHTML = answer.strip ?? "";
  if (!newest) return "more";
  autosave.unsaved = false;
  touchline.drafts.drop(form);
  autosave.say("saved", `Saved ${answer.saved_at}`);
  return "done";
};

touchline.refused = (autosave, { stale, again }, sent) => {
  const { form } = autosave;
  for (const slot of form.querySelectorAll("[data-slot]")) {
    slot.replaceChildren(...(again.querySelector(`[data-slot="${slot.dataset.slot}"]`)?.childNodes ?? []));
    slot.dataset.live = "";
  }
  if (stale) {
    form.dataset.base ??= form.elements.version.value; // until settled, what is kept builds on this
    form.elements.version.value = again.elements.version.value;
  }
  autosave.shown = sent;
  autosave.say("conflict", stale ? "Not saved: two versions, choose above" : "Not saved: see above. Kept on this device");
};

// One's own text stands in the field already, perhaps with more typed since: nothing to put there.
document.addEventListener("click", (event) => {
  const mine = event.target.closest("form[data-autosave] .conflict [data-use$='-mine']");
  if (!mine) return;
  mine.dataset.keep = "";
  delete mine.dataset.use;
}, true);

// "Use saved" and the others settle one part; when all are settled, saving goes on.
document.addEventListener("click", (event) => {
  const button = event.target.closest("form[data-autosave] .conflict :is([data-use], [data-take], [data-keep])");
  if (!button) return;
  const [form, conflict] = [button.closest("form"), button.closest(".conflict")];
  if (button.dataset.take) {
    document.getElementById(button.dataset.take).replaceChildren(...conflict.querySelector("template").content.childNodes);
  }
  conflict.remove();
  if (form.querySelector(".conflict")) return;
  delete form.dataset.base;
  form.querySelector("[data-slot=problems]")?.replaceChildren();
  touchline.autosaves.get(form).typed();
});
