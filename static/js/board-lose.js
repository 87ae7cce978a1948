// "Lost…" on a card asks for the reason; the answer goes with the card's own form.
(() => {
  const dialog = document.getElementById("lose");
  if (!dialog) return;
  const [reason, yes] = ["lose-reason", "lose-yes"].map((id) => document.getElementById(id));

  document.addEventListener("click", (event) => {
    const card = event.target.closest("[data-lose]")?.closest(".card");
    if (!card) return;
    event.preventDefault();
    const form = card.querySelector("form").id;
    if (reason.dataset.of !== form) reason.value = "";
    reason.dataset.of = form;
    for (const part of [reason, yes]) part.setAttribute("form", form);
    document.getElementById("lose-name").textContent = card.querySelector(".card-name").textContent;
    dialog.showModal();
  });
  document.addEventListener("submit", (event) => { if (event.submitter === yes) dialog.close(); });
  dialog.addEventListener("close", () => {
    for (const part of [reason, yes]) part.removeAttribute("form");
  });
})();
