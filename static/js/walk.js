// Pipeline call: Escape in a decision takes it back, and [data-print] prints the summary.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.isComposing || document.querySelector("dialog[open]")) return;
  const cancel = event.target.closest("[data-decision]")?.querySelector("[data-cancel]");
  if (!cancel) return;
  event.preventDefault();
  cancel.click();
});
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});
