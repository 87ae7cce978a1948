// What the line of a form[data-autosave] says of its saving: idle, saving, saved, offline, conflict.
// The line is in the form, or else somewhere on the page outside of such forms.
window.touchline ??= {};
touchline.say = (form, state, text) => {
  const line = form.querySelector("[data-autosave-status]")
    ?? [...document.querySelectorAll("[data-autosave-status]")].find((each) => !each.closest("form[data-autosave]"));
  if (!line) return;
  line.dataset.state = state;
  line.textContent = text;
};
