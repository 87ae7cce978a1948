// In a score group the keys 1-9 choose that score and 0 chooses 10 (arrows are the browser's).
document.addEventListener("keydown", (event) => {
  const group = event.target.closest("[data-score]");
  if (!group || event.ctrlKey || event.metaKey || event.altKey || !/^[0-9]$/.test(event.key)) return;
  const radio = group.querySelector(`input[value="${event.key === "0" ? "10" : event.key}"]`);
  if (!radio) return;
  event.preventDefault();
  radio.focus();
  radio.click();
});
