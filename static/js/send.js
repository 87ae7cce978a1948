// In a form[data-send], Ctrl or Cmd with Enter presses its filled button.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
  const form = event.target.closest("form[data-send]");
  const button = form?.querySelector(".btn.filled");
  if (!button) return;
  event.preventDefault();
  form.requestSubmit(button);
});
