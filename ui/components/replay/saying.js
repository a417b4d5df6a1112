/* What was found of the episode, and what a person says of it: signals confirmed or denied, blame, tags, notes. */

class Saying {
  /** @param {App} app @param {Source} source */
  constructor(app, source) {
    this.app = app;
    this.source = source;
    this.allowed = Boolean(source.feed.annotate);
    this.last = null; // the key of the signal that was answered last
  }

  get current() {
    return this.app.source === this.source;
  }

  /** Ask for what was found and said; of a running episode nothing is found yet. */
  async look() {
    try {
      const body = await this.source.feed.signals();
      if (this.current && body) this.adopt(body);
    } catch (error) {
      if (this.current) this.app.complain(error);
    }
  }

  adopt(body) {
    const { app } = this;
    const { recording, timeline, outline, reading } = app;
    recording.adopt(body);
    timeline.resize();
    outline.show(recording, app.ink, app.window.brush);
    app.drawFound();
    if (recording.n) outline.select(app.place, app.frame);
    if (reading.mode === "decision" || reading.mode === "notes") reading.draw();
  }

  /** The tag a figure key stands for, put on the episode or taken off. @param {string} key "1" to "9" */
  tagOf(key) {
    const name = (this.app.data.tag_names || [])[key - 1];
    if (!this.allowed) this.app.toast("Open the episode in the app to tag it");
    else if (!name) this.app.toast(`No tag has the key ${key}; Settings says which have one`);
    else this.tag(name);
  }

  /** Put a tag on the episode, or take it off again. */
  tag(name) {
    const held = this.app.recording.tags.includes(name);
    this.say({ kind: held ? "remove_tag" : "tag", text: name }, held ? `Tag taken off: ${name}` : `Tagged: ${name}`);
  }

  /** Say of a signal that it holds or does not; null takes the word back. */
  answer(signal, value) {
    const said = value === null ? "Taken back" : value ? "Confirmed" : "Not a fault";
    this.last = signal.key;
    const worth = value === null ? null : Number(value);
    return this.say({ kind: "signal", text: signal.key, value: worth, step: signal.steps[0] }, `${said}: ${signal.name}`);
  }

  /** Answer the signal that is asked about at the selected step; the same answer again takes it back. */
  answerHere(value) {
    if (!this.allowed) return this.app.toast("Open the episode in the app to answer its signals");
    const signal = this.app.recording.findings.asked(this.app.place, this.last);
    if (!signal) this.app.toast("No signal at this step");
    else this.answer(signal, signal.confirmed === value ? null : value);
  }

  /** Blame somebody else, or say that the failure begins at the selected step. */
  correct(blamed, here) {
    const { recording, place } = this.app;
    const at = here ? place : recording.findings.begins;
    const frame = recording.frames[recording.frameAt(at)].id;
    const body = { kind: "blame", text: blamed, step: recording.columns.uid[at], frame };
    return this.say(body, here ? `Failure begins at step ${at + 1}` : `Blame: ${blamed}`);
  }

  /** Send it and show what holds now; whether that went well. */
  async say(body, done) {
    try {
      const state = await this.source.feed.annotate(body);
      if (!this.current) return false;
      this.adopt(state);
      this.app.toast(done);
      return true;
    } catch (error) {
      if (this.current) this.app.complain(error);
      return false;
    }
  }
}
