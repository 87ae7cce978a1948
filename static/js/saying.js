// What the line of a form[data-autosave] says of its saving: idle, saving, saved, offline, conflict.
window.touchline ??= {};
touchline.saying = (() => {
  const line = () => document.querySelector("[data-autosave-status]");
  return {
    say: (state, text) => {
      line().dataset.state = state;
      line().textContent = text;
    },
    saysAllIsSaved: () => ["idle", "saved"].includes(line().dataset.state),
  };
})();
