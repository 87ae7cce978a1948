// A submit button with data-confirm="What will happen?" asks first, in our own dialog.
// data-confirm-label names the button that goes on.
(() => {
  const dialog = document.getElementById("confirm");
  const yes = document.getElementById("confirm-yes");
  if (!dialog) return;
  let waiting = null;

  document.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (!button?.dataset.confirm || button === waiting) {
      waiting = null;
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    document.getElementById("confirm-text").textContent = button.dataset.confirm;
    yes.textContent = button.dataset.confirmLabel || button.textContent.trim();
    waiting = button;
    dialog.showModal();
  }, true);

  yes.addEventListener("click", () => {
    const button = waiting;
    dialog.close();
    waiting = button;
    button.form.requestSubmit(button);
  });
  dialog.addEventListener("close", () => { waiting = null; });
})();
