// "Keep both" takes the two texts in one from the page. When more was typed since it was made, the
// server makes it anew first; nothing is saved by that, for the version it is asked with is an old one.
document.addEventListener("click", async (event) => {
  const { autosaves, drafts } = touchline;
  const both = event.target.closest("form[data-autosave] .conflict [data-use$='-both']");
  const autosave = autosaves.get(both?.closest("form"));
  if (!autosave) return;
  const { form } = autosave;
  const mine = drafts.read(form);
  if (drafts.same(autosave.shown, mine)) return;
  event.stopImmediatePropagation();
  try {
    const answer = await touchline.post(form, mine, form.dataset.base ?? form.elements.version.value - 1);
    if (answer.ok) touchline.answered(autosave, answer, mine);
    else touchline.refused(autosave, answer, mine);
    form.querySelector(`.conflict [data-use="${both.dataset.use}"]`)?.click();
  } catch {
    autosave.say("conflict", "No connection. Both texts are still here; try again");
  }
}, true);
