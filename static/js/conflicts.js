// What the server answered to a save: done, refused, or somebody else saved before. Refusals come
// as the whole page; its [data-slot] pieces go into those of this one, what is typed stays.
touchline.answered = (answer, sent) => {
  const { autosave, drafts } = touchline;
  const form = autosave.form();
  const newest = drafts.same(sent, drafts.read(form));
  if (!answer.ok && !newest) return "more"; // ask again with what was typed meanwhile
  if (!answer.ok) {
    touchline.refused(answer);
    return "done";
  }
  form.elements.version.value = answer.version;
  for (const slot of form.querySelectorAll("[data-slot][data-live]")) slot.replaceChildren();
  for (const strip of document.querySelectorAll("[data-strip]")) strip.innerHTML = answer.strip ?? "";
  if (!newest) return "more";
  drafts.drop(form);
  autosave.say("saved", `Saved ${answer.saved_at}`);
  return "done";
};

touchline.refused = ({ stale, page }) => {
  const form = touchline.autosave.form();
  for (const slot of form.querySelectorAll("[data-slot]")) {
    slot.replaceChildren(...(page.querySelector(`[data-slot="${slot.dataset.slot}"]`)?.childNodes ?? []));
    slot.dataset.live = "";
  }
  if (stale) {
    form.dataset.base ??= form.elements.version.value; // until settled, what is kept builds on this
    form.elements.version.value = page.querySelector("form[data-autosave]").elements.version.value;
  }
  touchline.autosave.say("conflict", stale ? "Not saved: two versions, choose above" : "Not saved: see above. Kept on this device");
};

// One's own text stands in the field already, perhaps with more typed since: nothing to put there.
document.addEventListener("click", (event) => {
  const mine = event.target.closest("form[data-autosave] .conflict [data-use$='-mine']");
  if (!mine) return;
  mine.dataset.keep = "";
  delete mine.dataset.use;
}, true);

// "Use saved" and "Keep mine" settle one part; when all are settled, saving goes on.
document.addEventListener("click", (event) => {
  const button = event.target.closest(".conflict :is([data-use], [data-take], [data-keep])");
  const form = button?.closest("form[data-autosave]");
  if (!form) return;
  const conflict = button.closest(".conflict");
  if (button.dataset.take) {
    document.getElementById(button.dataset.take).replaceChildren(...conflict.querySelector("template").content.childNodes);
  }
  conflict.remove();
  if (form.querySelector(".conflict")) return;
  delete form.dataset.base;
  form.querySelector("[data-slot=problems]")?.replaceChildren();
  touchline.autosave.typed();
});
