// One save of a form[data-autosave]: its answer is the new version, or the whole page again, of which
// the form with the same address is taken. Anything else is no answer, and throws.
window.touchline ??= {};
touchline.post = async (form, entries, version, keepalive = false) => {
  const body = new FormData();
  for (const [name, value] of entries) body.append(name, value);
  const cookie = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/);
  body.set("csrfmiddlewaretoken", cookie ? cookie[1] : form.elements.csrfmiddlewaretoken.value);
  body.set("version", version);
  const address = form.dataset.autosave;
  const answer = await fetch(address, { method: "POST", body, keepalive, headers: { Accept: "application/json" } });
  if (answer.redirected) throw new Error("signed out");
  if (answer.ok) return { ok: true, ...await answer.json() };
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const again = [...page.querySelectorAll("form[data-autosave]")].find((each) => each.dataset.autosave === address);
  if (!again) throw new Error("no answer of ours");
  return { ok: false, stale: answer.status === 412, again };
};
