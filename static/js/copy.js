// data-copy="id" copies that element's text; data-use="id" data-into="field" puts it into a field.
// data-ask="field" adds the words of the button to that field, below what stands there.
document.addEventListener("click", async (event) => {
  const copy = event.target.closest("[data-copy]");
  if (copy) {
    const label = copy.textContent;
    await navigator.clipboard.writeText(document.getElementById(copy.dataset.copy).innerText.trim());
    copy.textContent = "Copied";
    setTimeout(() => { copy.textContent = label; }, 2000);
    return;
  }
  const ask = event.target.closest("[data-ask]");
  const asked = ask && document.getElementById(ask.dataset.ask);
  if (asked) {
    asked.value = [asked.value.trimEnd(), ask.innerText.trim()].filter(Boolean).join("\n");
    asked.dispatchEvent(new Event("input", { bubbles: true }));
    asked.focus();
    return;
  }
  const use = event.target.closest("[data-use]");
  const field = use && document.getElementById(use.dataset.into);
  if (!field) return;
  field.value = document.getElementById(use.dataset.use).innerText;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
});
