// form[data-autosave=URL] saves itself: kept in the browser at each keystroke, sent 0.8 s later, one
// request at a time. What was sent and not answered is sent again as it was, then what came after.
touchline.autosave = (() => {
  const [WAIT, LONGEST] = [800, 30000];
  const { drafts, saying: { say, saysAllIsSaved } } = touchline;
  const form = () => document.querySelector("form[data-autosave]");
  let timer = 0;
  let saving = null; // the promise of the request under way
  let sent = null; // what was sent last and not answered yet
  let failures = 0;
  let leaving = false;

  const keep = () => {
    const version = form().dataset.base ?? form().elements.version.value;
    return drafts.keep(form(), { version, entries: drafts.read(form()), sent });
  };
  const later = (wait) => { timer ||= setTimeout(save, wait); };

  async function post(entries, version, keepalive = false) {
    const body = new FormData();
    for (const [name, value] of entries) body.append(name, value);
    const cookie = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/);
    body.set("csrfmiddlewaretoken", cookie ? cookie[1] : form().elements.csrfmiddlewaretoken.value);
    body.set("version", version);
    const answer = await fetch(form().dataset.autosave, { method: "POST", body, keepalive, headers: { Accept: "application/json" } });
    if (answer.redirected) throw new Error("signed out");
    if (answer.ok) return { ok: true, ...await answer.json() };
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!page.querySelector("form[data-autosave]")) throw new Error("no answer of ours");
    return { ok: false, stale: answer.status === 412, page };
  }

  async function save({ keepalive = false } = {}) {
    timer = clearTimeout(timer);
    if (saving || leaving || form().querySelector(".conflict")) return;
    sent ??= drafts.read(form());
    const kept = keep();
    say("saving", "Saving…");
    saving = post(sent, form().elements.version.value, keepalive).then((answer) => touchline.answered(answer, sent), (error) => {
      const why = error.message === "signed out" ? "signed out; reload to sign in" : "offline";
      say("offline", `Not saved: ${why}. ${kept ? "Kept on this device" : "Keep this page open"}, trying again`);
      later(Math.min(WAIT * 2 ** ++failures, LONGEST));
      return "unanswered";
    });
    const went = await saving;
    saving = null;
    if (went !== "unanswered") [sent, failures] = [null, 0];
    if (went === "more") save();
  }

  const typed = () => {
    keep();
    if (saysAllIsSaved()) say("saving", "Saving…");
    later(WAIT);
  };
  const flush = () => { if (timer) save({ keepalive: true }); };
  return { form, say, post, keep, save, typed, flush, underWay: () => saving, leave: (going) => { leaving = going; } };
})();
