// A form that saved in its place brings the page's panels anew. A panel in which something else is
// being typed stays as it is, and its forms go on from the version that our own save made.
(() => {
  let sent = null;
  let focus = "";

  const version = () => Number(document.getElementById("deal-version")?.value);
  let seen = version();

  const touched = (field) => {
    if (field.type === "hidden") return false;
    if (field.options) return [...field.options].some((each) => each.selected !== each.defaultSelected);
    if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
    return "defaultValue" in field && field.value !== field.defaultValue;
  };
  const busy = (panel) => [...panel.querySelectorAll("details[open] form")]
    .some((form) => form !== sent && [...form.elements].some(touched));

  document.addEventListener("htmx:beforeRequest", (event) => {
    sent = event.target.closest("form");
    focus = sent?.querySelector("button[id]")?.id || sent?.closest("details")?.querySelector("summary")?.id || "";
  });
  document.addEventListener("htmx:oobBeforeSwap", (event) => {
    if (busy(event.detail.target)) event.detail.shouldSwap = false;
  });
  document.addEventListener("htmx:afterRequest", () => {
    const now = version();
    if (now === seen) return;
    for (const field of document.querySelectorAll("[data-panels] [name=version]")) {
      if (now === seen + 1 && Number(field.value) === seen) field.value = now;
    }
    seen = now;
    if (document.activeElement === document.body) document.getElementById(focus)?.focus();
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (!event.target.matches(".edit-form, #refused")) return;
    event.target.querySelector("[aria-invalid=true], input:not([type=hidden]), textarea, select")?.focus();
  });
})();
