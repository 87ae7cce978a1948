// Text areas grow with their text where the browser has no field-sizing.
if (!CSS.supports("field-sizing", "content")) {
  const grow = (area) => {
    area.style.setProperty("height", "auto");
    area.style.setProperty("height", `${area.scrollHeight + 2}px`);
  };
  const all = () => document.querySelectorAll("textarea").forEach(grow);
  document.addEventListener("input", (event) => {
    if (event.target.matches("textarea")) grow(event.target);
  });
  document.addEventListener("htmx:afterSettle", all);
  all();
}
