// In a [data-rows] list J and K move the focus from row to row; Enter opens the row, as any link.
document.addEventListener("keydown", (event) => {
  if (document.body.dataset.keys === "off" || event.defaultPrevented) return;
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const step = { j: 1, k: -1 }[event.key.toLowerCase()];
  if (!step || event.target.matches("input, textarea, select")) return;
  const links = [...document.querySelectorAll("[data-rows] .row-title")];
  if (!links.length) return;
  const here = links.findIndex((link) => link.closest("li").contains(document.activeElement));
  const next = here < 0 ? (step > 0 ? 0 : links.length - 1) : here + step;
  links[Math.min(Math.max(next, 0), links.length - 1)].focus();
});
