/* The left pane: the tree of calls, or all steps in a row. Only the rows in sight are made when there are many. */

const ROW = 24;
const ALL_BELOW = 300;

/** Rows of one height; `row(number)` makes one. Everything is made below ALL_BELOW rows, else what is in sight. */
class Rows {
  /** @param {string} role @param {string} label @param {(number: number) => HTMLElement} row */
  constructor(role, label, row) {
    this.row = row;
    this.n = 0;
    this.made = new Map();
    this.body = h("div", { class: "rows", role, "aria-label": label });
    this.element = h("div", { class: "scroller", tabindex: "-1" }, this.body);
    this.element.addEventListener("scroll", () => this.fit(), { passive: true });
    this.watch = new ResizeObserver(() => this.fit());
    this.watch.observe(this.element);
  }

  /** Start over with `n` rows. */
  reset(n) {
    this.n = n;
    this.made.clear();
    this.body.replaceChildren();
    this.body.style.height = `${n * ROW}px`;
    this.fit();
  }

  fit() {
    const [from, to] = this.sight();
    for (const [number, element] of this.made)
      if (number < from || number >= to) {
        element.remove();
        this.made.delete(number);
      }
    for (let number = from; number < to; number++) if (!this.made.has(number)) this.make(number);
  }

  sight() {
    if (this.n <= ALL_BELOW) return [0, this.n];
    const from = Math.floor(this.element.scrollTop / ROW) - 12;
    return [Math.max(0, from), Math.min(this.n, from + 24 + Math.ceil(this.element.clientHeight / ROW))];
  }

  make(number) {
    const element = this.row(number);
    element.style.top = `${number * ROW}px`;
    element.setAttribute("aria-setsize", String(this.n));
    element.setAttribute("aria-posinset", String(number + 1));
    this.made.set(number, element);
    const after = [...this.made.keys()].filter((n) => n > number).sort((a, b) => a - b)[0];
    this.body.insertBefore(element, after === undefined ? null : this.made.get(after));
  }

  /** Bring a row into sight without moving more than needed. */
  reveal(number) {
    const top = number * ROW;
    const { scrollTop, clientHeight } = this.element;
    if (top < scrollTop) this.element.scrollTop = Math.max(0, top - ROW);
    else if (top + ROW > scrollTop + clientHeight) this.element.scrollTop = top + 2 * ROW - clientHeight;
  }

  /** Make one row again. */
  renew(number) {
    const old = this.made.get(number);
    if (!old) return;
    old.remove();
    this.made.delete(number);
    this.make(number);
  }

  close() {
    this.watch.disconnect();
  }
}

/** Frames and steps of a recording with the selected one marked. */
class Outline {
  /** @param {{onStep: (place: number) => void, onFrame: (frame: number) => void}} ports */
  constructor(ports) {
    this.ports = ports;
    this.mode = "frames";
    this.frames = new Rows("tree", "Calls", (row) => this.frameRow(this.listed[row]));
    this.steps = new Rows("listbox", "Steps", (row) => this.stepRow(row + this.offset));
    this.element = h(
      "div",
      { class: "outline", role: "tabpanel", "aria-label": "Outline" },
      this.frames.element,
      this.steps.element,
    );
    this.setMode("frames");
  }

  setMode(mode) {
    this.mode = mode;
    this.frames.element.hidden = mode !== "frames";
    this.steps.element.hidden = mode !== "steps";
    if (this.recording) this.select(this.place, this.frame);
  }

  show(recording, ink, brush = null) {
    Object.assign(this, { recording, ink, place: 0, frame: 0, onPath: new Set([0]) });
    this.problemAt = new Map(recording.findings.stops.map((p) => [p.place, p]));
    this.filter(brush);
  }

  /** Only what touches the window; null shows everything. @param {[number, number]|null} brush */
  filter(brush) {
    const { recording } = this;
    this.brush = brush;
    this.offset = brush ? brush[0] : 0;
    const inside = (number) => recording.first[number] <= brush[1] && recording.last[number] >= brush[0];
    const all = [...recording.frames.keys()];
    this.listed = brush ? all.filter((number) => recording.first[number] >= 0 && inside(number)) : all;
    this.frames.reset(this.listed.length);
    this.steps.reset(brush ? brush[1] - brush[0] + 1 : recording.n);
  }

  /** The row of a call, or of the nearest one listed before it. */
  rowOf(frame) {
    return this.listed.length ? placeAt(this.listed, frame) : 0;
  }

  select(place, frame) {
    const before = [...this.onPath, this.frame];
    const stepBefore = this.place;
    this.place = place;
    this.frame = frame;
    this.onPath = new Set(this.recording.path(frame));
    for (const number of new Set([...before, ...this.onPath])) this.frames.renew(this.rowOf(number));
    for (const number of new Set([stepBefore, place])) this.steps.renew(number - this.offset);
    if (this.mode === "frames") this.frames.reveal(this.rowOf(frame));
    else this.steps.reveal(place - this.offset);
  }

  frameRow(number) {
    const { recording, ink } = this;
    const frame = recording.frames[number];
    const chosen = number === this.frame;
    const size = recording.size(number);
    const ended = frame.end in BAD_ENDS ? BAD_ENDS[frame.end] : "";
    const name = `${frame.objective}, ${count(size, "step")}${ended ? `, ${ended}` : ""}`;
    return h(
      "div",
      {
        class: `r${chosen ? " chosen" : ""}${this.onPath.has(number) ? " path" : ""}`,
        role: "treeitem",
        "aria-level": String(frame.depth),
        "aria-selected": String(chosen),
        "aria-label": name,
        title: name,
        tabindex: chosen ? "0" : "-1",
        style: { "padding-left": `${8 + (frame.depth - 1) * 14}px` },
        onclick: () => this.ports.onFrame(number),
        onkeydown: (event) => pressed(event, () => this.ports.onFrame(number)),
      },
      swatch(ink, frame.policy),
      h("span", { class: "name" }, frame.policy),
      h("span", { class: "args dim" }, frame.args.join(" · ")),
      h("span", { class: "dim n" }, String(size)),
      recording.blamed[number] ? h("span", { class: "bad", "aria-hidden": "true" }, "⚠") : null,
    );
  }

  stepRow(number) {
    const { recording, ink } = this;
    const { columns } = recording;
    const chosen = number === this.place;
    const frame = recording.frames[recording.frameAt(number)];
    const problem = this.problemAt.get(number);
    const replayed = this.check && this.check.of(columns.uid[number]);
    const matched = this.matched && this.matched.has(number);
    const told = [problem && problem.what, recording.noted.has(number) && "has a note", matched && "found", replayed && replaySaid(replayed)].filter(Boolean);
    const name = [`step ${number + 1}`, columns.sentence[number], `in ${frame.policy}`, ...told].join(", ");
    return h(
      "div",
      {
        class: `r${chosen ? " chosen" : ""}${matched ? " matched" : ""}`,
        role: "option",
        "aria-selected": String(chosen),
        "aria-label": name,
        title: name,
        tabindex: chosen ? "0" : "-1",
        onclick: () => this.ports.onStep(number),
        onkeydown: (event) => pressed(event, () => this.ports.onStep(number)),
      },
      h("span", { class: "dim n left" }, String(number + 1)),
      h("span", { class: "indent", style: { width: `${(frame.depth - 1) * 8}px` } }),
      swatch(ink, frame.policy),
      h("span", { class: "name" }, columns.sentence[number]),
      this.check && this.check.mark(columns.uid[number]),
      recording.noted.has(number) ? h("span", { class: "dim", title: "has a note" }, "✎") : null,
      problem ? h("span", { class: "bad", "aria-hidden": "true" }, "⚠") : null,
    );
  }

  /** Make the rows of steps in sight anew: something is said of them now. */
  renewSteps() {
    if (this.recording) for (const number of [...this.steps.made.keys()]) this.steps.renew(number);
  }

  close() {
    this.frames.close();
    this.steps.close();
  }
}

/** Enter presses a row. */
function pressed(event, run) {
  if (event.key !== "Enter") return;
  event.preventDefault();
  run();
}
