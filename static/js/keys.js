// Keyboard shortcuts: data-key="p", or "g t" for two keys in a row, on a link, button or field.
(() => {
  const typing = (el) => el.isContentEditable || el.matches("input:not([type=checkbox], [type=radio]), textarea, select");
  const shown = (el) => el.checkVisibility ? el.checkVisibility() : el.offsetParent !== null;
  let before = "";
  let at = 0;

  const find = (key) => [...document.querySelectorAll("[data-key]")].find((el) => el.dataset.key === key && shown(el));

  document.addEventListener("keydown", (event) => {
    if (document.body.dataset.keys === "off" || event.defaultPrevented) return;
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (typing(event.target) || document.querySelector("dialog[open]")) return;
    const key = event.key.toLowerCase();
    const pair = event.timeStamp - at < 1000 ? find(`${before} ${key}`) : undefined;
    const target = pair || find(key);
    before = key;
    at = event.timeStamp;
    if (!target) return;
    event.preventDefault();
    target.focus();
    if (!typing(target)) target.click();
    const fold = target.matches("summary") && target.closest("details[open]");
    if (fold) fold.querySelector("input:not([type=hidden]), textarea, select")?.focus(); // typed letters are no keys
  });
})();
