// The bell: keeps the number of unread alerts true in the rail, in the bar and in the title. It asks
// every 10 s while the page is seen, at once when it comes back into sight, and rests after trouble.
// On a page with [data-bell-news] it says how many came since that page was made.
(() => {
  const EVERY = 10000;
  const AFTER_TROUBLE = 60000;
  const says = document.querySelector("[data-bell-says]");
  const news = document.querySelector("[data-bell-news]");
  const marks = [...document.querySelectorAll("[data-bell]")];
  if (!says || !marks.length) return;
  let count = Number(marks[0].querySelector("[data-bell-count]").textContent);
  let timer = 0;

  const alerts = (n, what) => `${n} ${what} alert${n === 1 ? "" : "s"}`;
  const show = () => {
    for (const mark of marks) {
      mark.hidden = !count;
      mark.querySelector("[data-bell-count]").textContent = count;
    }
    document.title = (count ? `(${count}) ` : "") + document.title.replace(/^\(\d+\) /, "");
  };
  const take = (answer) => {
    if (answer.count > count) says.textContent = alerts(answer.count, "unread");
    count = answer.count;
    show();
    if (!news || !answer.new) return;
    news.hidden = false;
    news.firstElementChild.textContent = alerts(answer.new, "new");
  };
  const again = (pause) => {
    clearTimeout(timer);
    timer = setTimeout(ask, pause);
  };
  const ask = async () => {
    clearTimeout(timer);
    if (document.hidden) return;
    const since = news ? `?since=${encodeURIComponent(news.dataset.bellNews)}` : "";
    try {
      const answer = await fetch(says.dataset.bellSays + since, { redirect: "manual" });
      if (answer.type === "opaqueredirect") return; // signed out
      if (!answer.ok) throw new Error(answer.status);
      take(await answer.json());
      again(EVERY);
    } catch {
      again(AFTER_TROUBLE);
    }
  };

  document.addEventListener("visibilitychange", ask);
  document.addEventListener("alerts-read", ask);
  show();
  again(EVERY);
})();
