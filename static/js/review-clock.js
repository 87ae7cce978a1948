// The clock of a running 1-on-1. Its start is stored on the server: this counts on from what the
// page said, so a reload or a second device shows the same. It says "2 min over" and makes no noise.
(() => {
  let shown = null; // the clock that counts, and when it was read
  let readAt = 0;

  const two = (number) => String(number).padStart(2, "0");

  const tick = () => {
    const clock = document.querySelector("[data-clock]");
    if (clock !== shown) [shown, readAt] = [clock, performance.now()];
    if (!clock || "paused" in clock.dataset) return;
    const gone = Math.floor((performance.now() - readAt) / 1000);
    const elapsed = Number(clock.dataset.elapsed) + gone;
    clock.querySelector("[data-clock-time]").textContent = `${two(Math.floor(elapsed / 60))}:${two(elapsed % 60)}`;
    clock.querySelector("[data-clock-bar]").value = Math.min(elapsed / 60, Number(clock.dataset.minutes));
    const over = Math.floor((Number(clock.dataset.part) + gone) / 60) - Number(clock.dataset.partMinutes);
    const line = clock.querySelector("[data-clock-over]");
    line.hidden = over < 1;
    line.textContent = `${over} min over`;
  };

  setInterval(tick, 1000);
  document.addEventListener("htmx:afterSwap", tick);
  tick();
})();
