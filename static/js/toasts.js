// Toasts: the cross closes one; a plain success leaves by itself after 8 s unless pointed at or focused.
// Errors, warnings and those with Undo stay until dismissed.
(() => {
  const STAY_MS = 8000;

  const leave = (toast) => {
    if (toast.matches(":hover, :focus-within")) setTimeout(leave, STAY_MS, toast);
    else toast.remove();
  };
  const watch = (toast) => {
    if (toast.matches(".toast-error, .toast-warning") || toast.querySelector("form") || toast.dataset.toast === "seen") return;
    toast.dataset.toast = "seen";
    setTimeout(leave, STAY_MS, toast);
  };
  const all = () => document.querySelectorAll("[data-toast]").forEach(watch);

  document.addEventListener("click", (event) => {
    event.target.closest("[data-dismiss]")?.closest("[data-toast]")?.remove();
  });
  const tell = (sentence) => {
    const text = document.createElement("p");
    text.textContent = sentence;
    const close = document.createElement("button");
    close.className = "btn small plain";
    close.dataset.dismiss = "";
    close.textContent = "Dismiss";
    const toast = document.createElement("div");
    toast.className = "toast toast-error";
    toast.dataset.toast = "seen";
    toast.append(text, close);
    document.getElementById("toasts")?.append(toast);
  };
  document.addEventListener("htmx:sendError", () => tell("No connection. Nothing was changed; try again."));
  document.addEventListener("htmx:responseError", (event) => {
    tell(`This did not work (${event.detail.xhr.status}). Reload the page and try again.`);
  });
  document.addEventListener("htmx:oobAfterSwap", all);
  all();
})();
