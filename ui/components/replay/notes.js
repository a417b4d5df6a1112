/* Notes and tags: what people wrote of the episode, of steps, calls or a window of steps, and the way to add to it. */

/** The Notes pane. It is drawn anew when something was said; what one is typing stays. */
class Notes {
  /** @param {App} app */
  constructor(app) {
    this.app = app;
    this.about = "step";
    this.text = h("textarea", { rows: "3", "aria-label": "Note", placeholder: "What should others know?" });
    this.text.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.add();
      if (event.key === "Escape") this.text.blur();
    });
    this.where = h("select", { "aria-label": "The note is about", onchange: () => (this.about = this.where.value) });
  }

  /** The pane's parts for the selected step. */
  draw() {
    const { saying, recording } = this.app;
    return [
      h("h3", {}, "Tags"),
      this.tags(saying.allowed),
      h("h3", {}, "Notes"),
      saying.allowed ? this.form() : null,
      this.list(),
    ];
  }

  /** The notes that touch the window, those on the whole episode among them; how many others there are is said. */
  list() {
    const { notes } = this.app.recording;
    const shown = notes.filter((note) => this.isInside(note));
    const others = notes.length - shown.length;
    const all = h("button", { type: "button", class: "plain link", onclick: () => this.app.window.set(null) }, "Show all steps");
    return [
      shown.length ? h("ol", { class: "plain notes", "aria-label": "Notes" }, shown.map((note) => this.note(note))) : null,
      others ? h("p", { class: "dim" }, `${count(others, "note")} on other steps. `, all) : null,
      notes.length ? null : h("p", { class: "dim" }, "Nobody has written anything of this episode yet."),
    ];
  }

  isInside(note) {
    const [from, to] = this.placed(note);
    const [low, high] = this.app.window.span();
    return from === undefined || (from <= high && to >= low);
  }

  /** First and last step of what a note is about, undefined for the whole episode. */
  placed(note) {
    const { recording } = this.app;
    const first = recording.placeOf.get(note.step);
    return [first, recording.placeOf.get(note.until) ?? first];
  }

  tags(allowed) {
    const { recording, saying, data } = this.app;
    const names = [...new Set([...(allowed ? data.tag_names || [] : []), ...recording.tags])];
    if (!names.length) return h("p", { class: "dim" }, "No tags.");
    const chip = (name, at) => {
      const held = recording.tags.includes(name);
      const key = at < (data.tag_names || []).length && at < 9 && allowed ? h("kbd", {}, String(at + 1)) : null;
      if (!allowed) return h("span", { class: "chip" }, name);
      const props = { type: "button", class: "tag", "aria-pressed": String(held), onclick: () => saying.tag(name) };
      return h("button", { ...props, data: { act: `tag-${at}` } }, held ? `✓ ${name} ` : `${name} `, key);
    };
    return h("div", { class: "row tags", role: "group", "aria-label": "Tags" }, names.map(chip));
  }

  form() {
    const { recording, place, frame, window: shown } = this.app;
    const call = recording.frames[frame];
    const choices = [
      ["step", `step ${place + 1}`],
      ["frame", `the call ${call.policy}`],
      ...(shown.brush ? [["range", stretch(...shown.brush)]] : []),
      ["episode", "the whole episode"],
    ];
    if (!choices.some(([value]) => value === this.about)) this.about = "step";
    fill(this.where, choices.map(([value, text]) => h("option", { value, selected: value === this.about }, text)));
    this.where.value = this.about;
    const save = h("button", { type: "button", data: { act: "note" }, onclick: () => this.add() }, "Add note");
    return h("div", { class: "noteform" }, this.text, h("div", { class: "row" }, h("span", { class: "dim" }, "on "), this.where, h("span", { class: "sp" }), save));
  }

  /** What a note is about, as it is sent. */
  subject() {
    const { recording, place, frame, window: shown } = this.app;
    const uid = (at) => recording.columns.uid[at];
    if (this.about === "episode" || !recording.n) return {};
    if (this.about === "frame") return { step: uid(place), frame: recording.frames[frame].id };
    if (this.about === "range" && shown.brush) return { step: uid(shown.brush[0]), until: uid(shown.brush[1]) };
    return { step: uid(place) };
  }

  /** Send it, once however often one presses: the field is free at once, and has the text again where it was not kept. */
  async add() {
    const text = this.text.value.trim();
    if (!text) return void this.text.focus();
    this.text.value = "";
    const kept = await this.app.saying.say({ kind: "note", text, ...this.subject() }, "Note added");
    if (!kept) this.text.value = [text, this.text.value].filter(Boolean).join("\n");
  }

  /** Take a note back; its text stands in the field, for whoever only wanted to change it. */
  async takeBack(one) {
    const done = await this.app.saying.say({ kind: "remove_note", text: one.id }, "Note taken back; its text is in the field");
    if (done) this.text.value = [this.text.value, one.text].filter(Boolean).join("\n");
  }

  /** Open the pane with the cursor in the text. */
  write() {
    this.app.setReading("notes");
    if (this.app.saying.allowed) this.text.focus();
    else this.app.toast("Open the episode in the app to write a note");
  }

  note(one) {
    const { recording, saying } = this.app;
    const [first, last] = this.placed(one);
    const call = one.frame && recording.frames[recording.index.get(one.frame)];
    const about = first === undefined ? "the whole episode" : call ? `${call.policy}, step ${first + 1}` : stretch(first, last);
    const go = () => (last > first ? this.app.window.set([first, last]) : this.app.select(first, one.frame && recording.index.get(one.frame)));
    const back = saying.allowed
      ? h("button", { type: "button", class: "plain link", onclick: () => this.takeBack(one) }, "Take back")
      : null;
    return h(
      "li",
      {},
      h("div", { class: "written" }, one.text),
      h(
        "div",
        { class: "dim" },
        `${one.author || "somebody"}, ${new Date(one.at * 1000).toLocaleString()} · `,
        first === undefined ? about : h("button", { type: "button", class: "plain link", onclick: go }, about),
        back ? [" · ", back] : null,
      ),
    );
  }
}
