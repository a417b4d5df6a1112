/* Marks while recording: what begins and ends, steps taken back, mistakes, notes and the pause. Never over the page. */

/** @typedef {{name: string, type: string, required: boolean, description: string}} Parameter */
/** @typedef {{name: string, description: string, parameters: Parameter[]}} Form */

const NO_MARKS = { calls: [], empty: [], begun: 0, undone: 0 };

/** What a person marks in one view; the panels it opens are in picker.js. */
class Marking {
  /** @param {LiveView} view */
  constructor(view) {
    this.view = view;
    /** @type {Form[]} */
    this.forms = [];
    this.marks = NO_MARKS;
    this.panel = null;
    this.asked = 0;
    this.before = null;
  }

  greet(hello) {
    this.forms = hello.policies || [];
    this.marks = hello.marks || NO_MARKS;
    this.draw();
  }

  /** A chord or a button. Tells whether it was one of ours. */
  run(name) {
    const panels = { boundary: callPanel, end: endPanel, note: notePanel };
    if (panels[name]) return this.toggle(name, panels[name]);
    if (name === "pause") return this.say({ type: this.view.state === "paused" ? "resume" : "pause" });
    if (["undo", "redo", "mistake"].includes(name)) return this.say({ type: "mark", what: name });
    return false;
  }

  /** The chord that opened a panel sends it off, too. */
  toggle(name, make) {
    if (this.panel && this.panel.name === name) this.panel.submit();
    else if (name === "end" && !this.marks.calls.length) this.tell("No call is open that could end.");
    else this.show(name, make(this));
    return true;
  }

  say(message) {
    if (!this.view.send(message)) this.tell("This did not reach the recorder, so nothing was marked.");
    return true;
  }

  /** Said below the steps, where it moves nothing of the page; `actions` are [text, run]. */
  tell(text, actions = []) {
    const button = ([label, run]) => h("button", { type: "button", onclick: () => (this.hush(), run()) }, label);
    const row = h("div", { class: "row buttons" }, [...actions, ["OK", () => this.view.focusPage()]].map(button));
    fill(this.view.parts.marking.notice, h("div", { class: "note stack" }, text, row));
  }

  hush() {
    fill(this.view.parts.marking.notice);
  }

  // -- panels ---------------------------------------------------------------------------------------------------------

  /** Whether a panel is open: then nothing that begins reaches the page. */
  get open() {
    return this.panel !== null;
  }

  show(name, panel) {
    if (!this.open) this.before = this.view.parts.root.getRootNode().activeElement;
    this.panel = { name, ...panel };
    this.view.parts.stage.classList.add("held");
    fill(this.view.parts.panel, panel.element);
    panel.focus.focus();
    panel.focus.select?.();
  }

  close() {
    if (!this.open) return;
    this.panel = null;
    this.view.parts.stage.classList.remove("held");
    fill(this.view.parts.panel);
    const { before, view } = this;
    if (before?.isConnected && before !== view.parts.field && !before.closest(".marks")) before.focus();
    else view.focusPage();
  }

  /** Send a panel's message and close it; what does not go out stays to be sent again. */
  submit(message) {
    if (this.view.send(message)) this.close();
    else this.tell("This did not reach the recorder, so nothing was marked.");
  }

  /** Ask what the arguments could be; the answer fills what nobody has touched. */
  ask() {
    this.view.send({ type: "suggest", n: ++this.asked });
  }

  suggestions(message) {
    if (message.n === this.asked && this.panel?.suggest) this.panel.suggest(message);
  }

  // -- what the server says -------------------------------------------------------------------------------------------

  update(marks) {
    this.marks = marks;
    if (this.panel?.name === "end" && !marks.calls.length) this.close();
    this.draw();
  }

  /** What became of a mark, in words where it is not plain to see. */
  marked(told) {
    this.hush();
    const words = {
      undo: () => this.undone(told),
      redo: () => this.redone(told),
      end: () => this.ended(told),
    }[told.what];
    if (told.refused) this.tell(`${told.refused} Nothing was marked; the recording goes on.`);
    else if (words) words();
  }

  undone(told) {
    const said = `Step ${told.seq + 1}, ‘${shorten(told.sentence, 80)}’, is out of the demonstration.`;
    this.tell(`${said} The page stays as it is: what the step did there is still done.`, [
      ["Put it back", () => (this.run("redo"), this.view.focusPage())],
      ["Note why …", () => this.run("note")],
    ]);
  }

  redone(told) {
    this.tell(`Step ${told.seq + 1}, ‘${shorten(told.sentence, 80)}’, is part of the demonstration again.`);
  }

  ended(told) {
    if (!told.steps) this.tell(`‘${told.call}’ holds no step, so it will be no call.`);
  }

  /** The recording's state: a pause is said in words, by the frame of the page and by the button; nothing is veiled. */
  become(state) {
    const paused = state === "paused";
    const was = this.view.parts.stage.classList.contains("paused");
    this.view.parts.stage.classList.toggle("paused", paused);
    this.draw();
    if (was && !paused) this.hush();
    if (!paused) return;
    const said = "Paused: nothing of what you do or see is kept, while the page goes on and hears you.";
    this.tell(`${said} What it shows when you go on is recorded again.`, [["Go on", () => (this.run("pause"), this.view.focusPage())]]);
  }

  draw() {
    const { view, marks } = this;
    const { tools } = view.parts.marking;
    const off = view.over || view.state !== "recording" || !view.role.driving;
    for (const button of Object.values(tools)) {
      button.disabled = off;
      button.hidden = view.lent;
    }
    tools.end.disabled = off || !marks.calls.length;
    tools.redo.disabled = off || !marks.undone;
    tools.undo.disabled = tools.mistake.disabled = off || !view.steps.size;
    drawHeader(view);
  }
}

/** The calls that are open, from the planner inwards; of many the two innermost. */
function trail(view) {
  const { calls, begun } = view.marking ? view.marking.marks : NO_MARKS;
  if (!begun) return null;
  const part = (text, title) => h("span", { title }, text);
  const all = [part("planner", view.hello.objective), ...calls.map((one) => part(one.policy, one.call))];
  const between = calls.slice(0, -2).map((one) => one.call);
  const parts = between.length ? [all[0], part("…", between.join(" › ")), ...all.slice(-2)] : all;
  const mark = () => h("span", { class: "dim", "aria-hidden": "true" }, " › ");
  const props = { class: "chip trail", role: "group", "aria-label": "Open calls", data: { part: "trail" } };
  return h(
    "span",
    props,
    parts.flatMap((one, i) => (i ? [mark(), one] : [one])),
  );
}

/** Pausing and going on, as a button. */
function pauseButton(view) {
  const paused = view.state === "paused";
  const usable = paused || view.state === "recording";
  return h(
    "button",
    {
      type: "button",
      disabled: view.over || !usable,
      "aria-pressed": String(paused),
      onclick: () => view.chord("pause"),
    },
    paused ? "Go on " : "Pause ",
    h("kbd", {}, chordText(view.chords.pause)),
  );
}

const TOOLS = {
  boundary: ["Call begins", "A call of a policy begins here"],
  end: ["Call ends", "The innermost open call ends here"],
  undo: ["Undo", "Take the last step out of the demonstration; the page stays as it is"],
  redo: ["Redo", "Put the step back that was taken out last"],
  mistake: ["Mistake", "The last step was a mistake: it is kept, and nobody learns from it"],
  note: ["Note", "Write down a remark as a step"],
};

/** The buttons below the steps, made once so that a step that comes takes no focus away. */
function markTools(view) {
  const tool = ([name, [text, title]]) => [
    name,
    h(
      "button",
      {
        type: "button",
        title: `${title} (${chordText(view.chords[name])})`,
        data: { mark: name },
        onclick: () => view.chord(name),
      },
      text,
    ),
  ];
  const tools = Object.fromEntries(Object.entries(TOOLS).map(tool));
  const row = h("div", { class: "row pad marks", role: "toolbar", "aria-label": "Marks" }, Object.values(tools));
  return { row, tools, notice: h("div", { class: "notice", role: "status" }) };
}

/** What the marks come to, said when one is about to stop. */
function marksAtTheEnd(view) {
  const { calls, empty } = view.marking.marks;
  const none = (call) => `‘${call}’ holds no step and will be no call.`;
  const open = (one) =>
    one.steps ? `‘${one.call}’ is still open: it will end with the last step.` : none(one.call);
  const lines = [...calls.map(open), ...empty.map(none)];
  if (!lines.length) return null;
  return h(
    "ul",
    { class: "plainlist dim" },
    lines.map((text) => h("li", {}, text)),
  );
}
