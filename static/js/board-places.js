// Where the cards of the board are while their moves are on the way: ahead of the answer, or back.
window.touchline ??= {};
touchline.board = (() => {
  const board = document.getElementById("board");
  const cardOf = (pk) => document.getElementById(`card-${pk}`);
  const loose = new Set(); // cards that went ahead; htmx lends their classes to those drawn anew
  const listOf = (to) => board.querySelector(`.well[data-to="${to}"] .cards`);

  // Never taken from something else that somebody has gone to meanwhile.
  const focus = (card) => { if (document.activeElement === document.body) card?.querySelector(".card-name").focus(); };

  const ahead = (move) => {
    const card = cardOf(move.pk);
    if (!card || !move.to) return;
    move.from ??= card.closest(".well").dataset.to;
    move.beside ??= [card.nextElementSibling, card.previousElementSibling].map((one) => one?.id || "nothing");
    listOf(move.to)?.prepend(card);
    card.classList.add("moving");
    loose.add(card);
    focus(card);
  };
  const back = (move) => {
    const [card, list] = [cardOf(move.pk), listOf(move.from)];
    if (!loose.has(card)) return;
    const next = document.getElementById(move.beside[0]);
    list?.insertBefore(card, list.contains(next) ? next : null);
    focus(card);
  };
  // After an answer: what it drew stays, what it refused goes back, what still waits goes ahead again.
  const settle = (move, refused, waiting) => {
    for (const card of loose) if (board.querySelectorAll(`#${card.id}`).length > 1) card.remove();
    refused.forEach(back);
    for (const card of loose) card.classList.remove("moving");
    loose.clear();
    waiting.forEach(ahead);
    const beside = move.beside?.map((id) => document.getElementById(id)).find((one) => one?.matches(".card"));
    focus(cardOf(move.pk) || beside || board.querySelector(".card"));
  };
  return { ahead, settle };
})();
