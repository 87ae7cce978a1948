// Moves on the board. Menu, drag and keys all send the card's own form, one move after the other.
// What was asked for before a refusal is not sent after it: it was said of another board.
(() => {
  const board = document.getElementById("board");
  if (!board) return;
  const STEP = 25; // cards of one "Show more"
  const { ahead, settle } = touchline.board;
  const waiting = [];
  let went = false;
  const pkOf = (form) => form.getAttribute("action")?.match(/\/board\/cards\/(\d+)\//)?.[1];

  const send = async (move) => {
    const form = document.getElementById(`move-${move.pk}`);
    if (move.to && form) move.body.set("version", form.elements.version.value); // a move before this one raised it
    for (const well of board.querySelectorAll(".well")) {
      const shown = Math.ceil((well.querySelectorAll(".card").length - 1) / STEP) * STEP;
      move.body.append("shown", `${well.dataset.to}:${shown}`);
    }
    went = false;
    await window.htmx.ajax("POST", move.url, { source: board, target: board, swap: "none", values: move.body }).catch(() => {});
    waiting.shift();
    settle(move, went ? [] : [...waiting.splice(0).reverse(), move], waiting);
    board.ariaBusy = waiting.length > 0;
    if (waiting.length) send(waiting[0]);
  };
  const ask = (form, to, submitter) => {
    const body = new FormData(form, submitter);
    if (to) body.set("to", to);
    document.querySelectorAll("#toasts > [data-toast]").forEach((toast) => toast.remove());
    const move = { pk: pkOf(form), url: form.action, body, to };
    ahead(move);
    board.ariaBusy = true;
    if (waiting.push(move) === 1) send(move);
  };

  document.addEventListener("submit", (event) => {
    const { target: form, submitter } = event;
    if (event.defaultPrevented || !pkOf(form)) return;
    event.preventDefault();
    ask(form, form.id && submitter.value, submitter); // Undo, in a toast, says it in its address
  });
  document.addEventListener("board:move", ({ target, detail }) => {
    if (detail === "lost") target.querySelector("[data-lose]").click();
    else ask(target.querySelector("form"), detail);
  });
  board.addEventListener("htmx:afterRequest", ({ detail }) => {
    if (detail.elt === board) went = detail.xhr.status === 200 && /\/cards\//.test(detail.xhr.responseURL); // not the page to sign in
  });
  board.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (detail.xhr.status === 404) Object.assign(detail, { shouldSwap: true, isError: false });
  });
})();
