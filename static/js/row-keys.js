// In a [data-rows] list J and K move the focus from row to row; Enter opens the row, as any link.
// Other keys press what says data-row-key in that row, or in the first when none has the focus.
document.addEventListener("keydown", (event) => {
  if (document.body.dataset.keys === "off" || event.defaultPrevented) return;
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.target.matches("input, textarea, select") || document.querySelector("dialog[open]")) return;
  const key = event.key.toLowerCase();
  const step = { j: 1, k: -1 }[key];
  const links = [...document.querySelectorAll("[data-rows] .row-title")];
  if (!links.length) return;
  const here = links.findIndex((link) => link.closest("li").contains(document.activeElement));
  if (!step) {
    const pressed = links[Math.max(here, 0)].closest("li").querySelector(`[data-row-key="${CSS.escape(key)}"]`);
    if (!pressed) return;
    event.preventDefault();
    pressed.click();
    const fold = pressed.closest("details");
    if (fold?.open) fold.querySelector("input:not([type=hidden])").focus();
    return;
  }
  const next = here < 0 ? (step > 0 ? 0 : links.length - 1) : here + step;
  links[Math.min(Math.max(next, 0), links.length - 1)].focus();
});
