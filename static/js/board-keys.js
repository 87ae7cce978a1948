// On a card: [ and ] move it to the stage before or after; arrows or h j k l go from card to card.
// J enters the board. "Show more" leaves the focus on the first card it brought.
(() => {
  const board = document.getElementById("board");
  if (!board) return;
  const WAYS = {
    ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1],
    h: [-1, 0], l: [1, 0], k: [0, -1], j: [0, 1],
  };
  const wells = () => [...board.querySelectorAll(".well")];
  const names = (well) => [...well.querySelectorAll(".card-name")];

  const neighbour = (card, [across, along]) => {
    const column = names(card.closest(".well"));
    const here = column.indexOf(card.querySelector(".card-name"));
    if (along) return column[here + along];
    const all = wells();
    let at = all.indexOf(card.closest(".well")) + across;
    while (all[at] && !names(all[at]).length) at += across;
    const next = all[at] && names(all[at]);
    return next?.[Math.min(here, next.length - 1)];
  };
  const push = (card, step) => {
    const all = wells();
    const to = all[all.indexOf(card.closest(".well")) + step]?.dataset.to;
    if (to) card.dispatchEvent(new CustomEvent("board:move", { bubbles: true, detail: to }));
  };

  board.addEventListener("keydown", (event) => {
    const card = event.target.matches(".card-name") && event.target.closest(".card");
    const off = document.body.dataset.keys === "off";
    const typed = event.getModifierState("AltGraph"); // brackets need it on many keyboards
    if (!card || event.metaKey || (event.ctrlKey && !typed)) return;
    if (event.key === "[" || event.key === "]") {
      if (off) return;
      event.preventDefault();
      push(card, event.key === "]" ? 1 : -1);
    } else if (WAYS[event.key] && !event.altKey && !(off && event.key.length === 1)) {
      event.preventDefault();
      neighbour(card, WAYS[event.key])?.focus();
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "j" || event.target !== document.body || document.body.dataset.keys === "off") return;
    board.querySelector(".card-name")?.focus();
  });

  let before = null;
  board.addEventListener("htmx:beforeSwap", ({ detail }) => { before = detail.target.matches(".card-more") ? detail.target.previousElementSibling : null; });
  board.addEventListener("htmx:afterSettle", () => {
    before?.nextElementSibling?.querySelector(".card-name")?.focus({ preventScroll: true });
    before = null;
  });
})();
