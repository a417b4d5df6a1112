/* The left pane: the tree of calls, or all steps in a row. */

/** Pixels one level of the tree is further in, at most; and how far in the deepest level is. */
const INDENT = 14;
const DEEPEST = 72;

/** Frames and steps of a recording with the selected one marked. */
class Outline {
  /** @param {{onStep: (place: number) => void, onFrame: (frame: number) => void, onFold: () => void,
   *   here: () => [number, number]}} ports `here` is the step and the call that are selected now */
  constructor(ports) {
    this.ports = ports;
    this.mode = "frames";
    this.folds = new Folds();
    this.frames = new Rows("tree", "Calls", (row) => this.frameRow(this.folds.listed[row]));
    this.steps = new Rows("listbox", "Steps", (row) => this.stepRow(row + this.offset));
    for (const rows of [this.frames, this.steps]) {
      leaveKeys(rows.body);
      rows.body.addEventListener("keydown", (event) => this.key(event));
    }
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
    this.inset = Math.min(INDENT, DEEPEST / recording.maxDepth);
    this.filter(brush);
  }

  /** Only what touches the window; null shows everything. @param {[number, number]|null} brush */
  filter(brush) {
    this.brush = brush;
    this.focused = this.rowsWithFocus();
    this.offset = brush ? brush[0] : 0;
    this.folds.show(this.recording, brush);
    this.frames.reset(this.folds.listed.length);
    this.steps.reset(brush ? brush[1] - brush[0] + 1 : this.recording.n);
  }

  // -- folding ----------------------------------------------------------------------------------------------------

  /** Fold a call or unfold it; the keyboard stays where it was. @returns whether it holds calls */
  fold(number, closed = !this.folds.isClosed(number)) {
    if (!this.folds.holds(number)) return false;
    this.folds.set(number, closed);
    this.refold();
    return true;
  }

  /** Fold everything, or unfold it. */
  foldAll(closed = !this.folds.allClosed) {
    this.folds.setAll(closed);
    this.refold();
  }

  /** Unfold what a call that was asked for lies in. */
  open(number) {
    if (this.folds.open(number)) this.refold();
  }

  refold() {
    this.focused = this.rowsWithFocus();
    this.frames.reset(this.folds.listed.length);
    this.select(this.place, this.frame);
    this.ports.onFold();
  }

  // -- selecting --------------------------------------------------------------------------------------------------

  /** The list the keyboard is in, also while its rows are made anew; null where it is elsewhere. */
  rowsWithFocus() {
    return [this.frames, this.steps].find((rows) => rows.focused) || this.focused || null;
  }

  select(place, frame) {
    const { folds, frames, steps } = this;
    const focused = this.rowsWithFocus();
    this.focused = null;
    const before = [...this.onPath, this.frame];
    const stepBefore = this.place;
    this.place = place;
    this.frame = frame;
    this.onPath = new Set(this.recording.path(frame));
    for (const row of new Set([...before, ...this.onPath].map((number) => folds.rowOf(number)))) frames.renew(row);
    for (const number of new Set([stepBefore, place])) steps.renew(number - this.offset);
    if (this.mode === "frames") frames.reveal(folds.rowOf(frame));
    else steps.reveal(place - this.offset);
    focused?.fit();
    focused?.focus(focused === frames ? folds.rowOf(frame) : place - this.offset);
  }

  /** The keys of a tree and of a list, while the keyboard is in it: arrows walk the rows, fold and unfold. */
  key(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    if (!(this.mode === "frames" ? this.treeKey(event.key) : this.listKey(event.key))) return;
    event.preventDefault();
    event.stopPropagation();
  }

  listKey(key) {
    const by = { ArrowUp: -1, ArrowDown: 1 }[key];
    if (by) this.ports.onStep(Math.min(this.offset + this.steps.n - 1, Math.max(this.offset, this.ports.here()[0] + by)));
    return by !== undefined || key === "Enter";
  }

  treeKey(key) {
    const { folds } = this;
    const row = folds.rowOf(this.ports.here()[1]);
    const at = folds.listed[row];
    const to = (number) => number !== undefined && number >= 0 && this.ports.onFrame(number);
    const does = {
      ArrowUp: () => to(folds.listed[row - 1]),
      ArrowDown: () => to(folds.listed[row + 1]),
      ArrowLeft: () => (folds.holds(at) && !folds.isClosed(at) ? this.fold(at, true) : to(this.recording.parent[at])),
      ArrowRight: () => folds.holds(at) && (folds.isClosed(at) ? this.fold(at, false) : to(folds.listed[row + 1])),
      Home: () => to(folds.listed[0]),
      End: () => to(folds.listed.at(-1)),
      Enter: () => this.fold(at),
    }[key];
    does?.();
    return does !== undefined;
  }

  // -- rows -------------------------------------------------------------------------------------------------------

  frameRow(number) {
    const { recording, ink, folds } = this;
    const frame = recording.frames[number];
    const inside = number !== this.frame && folds.seen(this.frame) === number;
    const chosen = number === this.frame || inside;
    const size = recording.sizeIn(number, this.brush);
    const closed = folds.isClosed(number);
    const ended = frame.end in BAD_ENDS ? BAD_ENDS[frame.end] : "";
    const trouble = recording.blamed[number] || folds.trouble.has(number);
    const said = [frame.objective, count(size, "step"), ended, inside && "the selected call is inside", !recording.blamed[number] && trouble && "a call inside ended badly"];
    const name = said.filter(Boolean).join(", ");
    const siblings = recording.children[recording.parent[number]] || [number];
    return h(
      "div",
      {
        class: `r${chosen ? " chosen" : ""}${inside ? " within" : ""}${this.onPath.has(number) ? " path" : ""}`,
        role: "treeitem",
        "aria-level": String(frame.depth),
        "aria-setsize": String(siblings.length),
        "aria-posinset": String(siblings.indexOf(number) + 1),
        "aria-selected": String(chosen),
        "aria-expanded": folds.holds(number) ? String(!closed) : null,
        "aria-label": name,
        title: name,
        tabindex: chosen ? "0" : "-1",
        style: { "padding-left": `${4 + (frame.depth - 1) * this.inset}px` },
        onclick: () => this.ports.onFrame(number),
      },
      this.twisty(number, closed),
      swatch(ink, frame.policy),
      h("span", { class: "name" }, frame.policy),
      h("span", { class: "args dim" }, frame.args.join(" · ")),
      h("span", { class: "dim n" }, inFull(size)),
      trouble ? h("span", { class: recording.blamed[number] ? "bad" : "dim", "aria-hidden": "true" }, "⚠") : null,
    );
  }

  /** What folds a row with the mouse; the keyboard and screen readers have the row itself. */
  twisty(number, closed) {
    if (!this.folds.holds(number)) return h("span", { class: "twisty" });
    const press = (event) => {
      event.stopPropagation();
      this.fold(number);
    };
    const title = closed ? "Unfold (o)" : "Fold (o)";
    return h("span", { class: "twisty on", "aria-hidden": "true", title, onclick: press }, closed ? "▸" : "▾");
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
      },
      h("span", { class: "dim n left" }, inFull(number + 1)),
      h("span", { class: "indent", style: { width: `${((frame.depth - 1) * this.inset) / 2}px` } }),
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
