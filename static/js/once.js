// A form that is under way is not sent again: two taps on a button are one. Loaded last, so that it
// hears of a form only when nobody else has stopped it or sent it another way.
(() => {
  const LONGEST = 10000; // where the answer is a file the page stays, and the form may go again
  const begin = (form) => {
    form.dataset.going = "";
    setTimeout(end, LONGEST, form);
  };
  const end = (form) => { delete form.dataset.going; };

  document.addEventListener("submit", (event) => {
    if (!("going" in event.target.dataset)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, true);
  document.addEventListener("submit", ({ target, defaultPrevented }) => {
    if (!defaultPrevented && target.getAttribute("method") === "post") begin(target);
  });
  document.addEventListener("htmx:beforeRequest", ({ target }) => { if (target.matches("form")) begin(target); });
  document.addEventListener("htmx:afterRequest", ({ target }) => { if (target.matches("form")) end(target); });
  window.addEventListener("pageshow", () => document.querySelectorAll("form[data-going]").forEach(end));
})();
