// A card is dragged with the mouse to another column, or onto Won or Lost, which appear meanwhile.
(() => {
  const board = document.getElementById("board");
  const drops = document.getElementById("drops");
  if (!board) return;
  let card = null;
  let over = null;

  const point = (place) => {
    if (over === place) return;
    over?.classList.remove("over");
    over = place;
    over?.classList.add("over");
  };
  const placeOf = (event) => {
    const place = card && event.target.closest("[data-to]");
    return place && !place.contains(card) ? place : null;
  };

  board.addEventListener("pointerdown", (event) => {
    const pressed = event.target.closest(".card");
    if (pressed) pressed.draggable = event.pointerType === "mouse" && !event.target.closest("details");
  });
  board.addEventListener("dragstart", (event) => {
    card = event.target.closest?.(".card");
    if (!card) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", card.querySelector(".card-name").textContent);
    setTimeout(() => { // the picture under the pointer is taken first
      card?.classList.add("ghost");
      drops.hidden = !card;
    });
  });
  document.addEventListener("dragover", (event) => {
    const place = placeOf(event);
    point(place);
    if (place) event.preventDefault();
  });
  document.addEventListener("drop", (event) => {
    const place = placeOf(event);
    if (!place) return;
    event.preventDefault();
    card.dispatchEvent(new CustomEvent("board:move", { bubbles: true, detail: place.dataset.to }));
  });
  document.addEventListener("dragend", () => {
    card?.classList.remove("ghost");
    card = null;
    drops.hidden = true;
    point(null);
  });
})();
