// form[data-autosave=URL] saves itself: kept in the browser at each keystroke, sent 0.8 s later, one
// request at a time. What was sent and not answered is sent again as it was, then what came after.
touchline.Autosave = class {
  static WAIT = 800;
  static LONGEST = 30000;
  timer = 0;
  saving = null; // the promise of the request under way
  sent = null; // what was sent last and not answered yet
  failures = 0;
  unsaved; // whether the form holds what the server has not taken
  leaving = false; // whether the form itself is on its way
  restoring = false; // whether a draft that was left is being sent

  constructor(form) {
    this.form = form;
    this.unsaved = Boolean(form.querySelector(".conflict"));
    this.shown = touchline.drafts.read(form); // what a conflict in the form calls "yours"
  }

  say(state, text) { touchline.say(this.form, state, text); }

  keep() {
    const version = this.form.dataset.base ?? this.form.elements.version.value;
    return touchline.drafts.keep(this.form, { version, entries: touchline.drafts.read(this.form), sent: this.sent });
  }

  later(wait) { this.timer ||= setTimeout(() => this.save(), wait); }

  async save({ keepalive = false } = {}) {
    this.timer = clearTimeout(this.timer);
    if (this.saving || this.leaving || this.form.querySelector(".conflict")) return;
    this.unsaved = true;
    this.sent ??= touchline.drafts.read(this.form);
    const kept = this.keep();
    this.say("saving", "Saving…");
    const post = touchline.post(this.form, this.sent, this.form.elements.version.value, keepalive);
    this.saving = post.then((answer) => touchline.answered(this, answer, this.sent), (error) => {
      const why = error.message === "signed out" ? "signed out; reload to sign in" : "offline";
      this.say("offline", `Not saved: ${why}. ${kept ? "Kept on this device" : "Keep this page open"}, trying again`);
      this.later(Math.min(touchline.Autosave.WAIT * 2 ** ++this.failures, touchline.Autosave.LONGEST));
      return "unanswered";
    });
    const went = await this.saving;
    this.saving = null;
    if (went !== "unanswered") [this.sent, this.failures] = [null, 0];
    if (went === "more") this.save();
  }

  typed() {
    this.keep();
    if (!this.unsaved) this.say("saving", "Saving…");
    this.unsaved = true;
    this.later(touchline.Autosave.WAIT);
  }

  flush() { if (this.timer) this.save({ keepalive: true }); }
};
