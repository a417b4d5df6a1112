/* Both stacks over one another on the aligned axis: A above, B below, between them where they differ. */

const SIDE_GUTTER = 62;
const MARKS_HEIGHT = 20;
const STACK_AIR = 6;

/** A canvas with both stacks, a cursor through both, and the mouse. */
class Stacks {
  /** @param {(place: number) => void} choose */
  constructor(choose) {
    this.choose = choose;
    this.still = h("canvas", { "aria-hidden": "true" });
    this.moving = h("canvas", { class: "over", "aria-hidden": "true" });
    const named = { role: "slider", tabindex: "0", "aria-label": "Pair of steps", "aria-orientation": "horizontal" };
    this.element = h("div", { class: "timeline", ...named }, this.still, this.moving);
    const pick = (event) => this.pairs && this.choose(this.under(event));
    this.element.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      this.element.setPointerCapture(event.pointerId);
      this.dragging = true;
      pick(event);
    });
    this.element.addEventListener("pointermove", (event) => this.dragging && pick(event));
    for (const name of ["pointerup", "pointercancel"]) this.element.addEventListener(name, () => (this.dragging = false));
  }

  show(pairs, recordings, ink) {
    Object.assign(this, { pairs, recordings, ink });
    this.element.setAttribute("aria-valuemin", pairs.n ? "1" : "0");
    this.element.setAttribute("aria-valuemax", String(pairs.n));
    this.resize();
  }

  resize() {
    const width = Math.floor(this.element.clientWidth);
    if (!this.pairs || width < 80) return;
    const deepest = Math.max(this.recordings.a.maxDepth, this.recordings.b.maxDepth);
    const row = Math.max(6, Math.min(22, 84 / deepest));
    const a = row * this.recordings.a.maxDepth;
    const b = row * this.recordings.b.maxDepth;
    const marks = STACK_AIR + a + STACK_AIR;
    const plot = Math.max(50, width - SIDE_GUTTER - 12);
    this.at = { width, row, a: STACK_AIR, marks, b: marks + MARKS_HEIGHT, height: marks + MARKS_HEIGHT + b + STACK_AIR, plot };
    this.element.style.height = `${this.at.height}px`;
    for (const canvas of [this.still, this.moving]) this.sized(canvas);
    this.paint();
    this.cursor(this.place ?? 0);
  }

  sized(canvas) {
    const ratio = window.devicePixelRatio || 1;
    Object.assign(canvas, { width: Math.round(this.at.width * ratio), height: Math.round(this.at.height * ratio) });
    canvas.style.width = `${this.at.width}px`;
    canvas.style.height = `${this.at.height}px`;
    canvas.getContext("2d").setTransform(ratio, 0, 0, ratio, 0, 0);
  }

  x(place) {
    return SIDE_GUTTER + (place / Math.max(1, this.pairs.n)) * this.at.plot;
  }

  under(event) {
    const share = (event.clientX - this.element.getBoundingClientRect().left - SIDE_GUTTER) / this.at.plot;
    return Math.min(this.pairs.n - 1, Math.max(0, Math.floor(share * this.pairs.n)));
  }

  paint() {
    const g = this.still.getContext("2d");
    const { at, ink } = this;
    g.clearRect(0, 0, at.width, at.height);
    g.font = ink.small;
    g.fillStyle = ink.dim;
    g.textBaseline = "middle";
    g.fillText("A depth", 2, at.a + at.row / 2);
    g.fillText("differs", 2, at.marks + MARKS_HEIGHT / 2);
    g.fillText("B depth", 2, at.b + at.row / 2);
    this.stack(g, "a");
    this.stack(g, "b");
    this.marks(g);
    if (this.pairs.first !== null) this.divergence(g);
  }

  /** The bars of one side: a call spans the pairs from its first to its last step. */
  stack(g, side) {
    const recording = this.recordings[side];
    const at = new Map();
    this.pairs.rows.forEach((row, place) => row[side] !== null && at.set(row[side], place));
    recording.frames.forEach((frame, number) => {
      const first = at.get(recording.first[number]);
      const last = at.get(recording.last[number]);
      if (first === undefined || last === undefined) return;
      this.bar(g, frame, this.x(first), this.x(last + 1), this.at[side] + (frame.depth - 1) * this.at.row, recording.bad[number]);
    });
    this.gaps(g, side);
  }

  bar(g, frame, left, right, y, bad) {
    const { ink, at } = this;
    const width = Math.max(1, right - left - 1.5);
    const height = at.row - 2;
    g.fillStyle = ink.policy(frame.policy);
    g.globalAlpha = ink.dark ? 0.3 : 0.22;
    rounded(g, left + 0.5, y, width, height, 3);
    g.fill();
    g.globalAlpha = 1;
    g.strokeStyle = bad ? ink.bad : ink.policy(frame.policy);
    g.lineWidth = bad ? 2 : 1;
    if (width > 3) g.stroke();
    if (width < 28 || height < 9) return;
    g.font = ink.small;
    g.fillStyle = ink.ink;
    g.textBaseline = "middle";
    g.fillText(fitted(g, [frame.policy, ...frame.args].join(" · "), width - 10), left + 6, y + height / 2 + 0.5);
  }

  /** Where a side has no step its stack is crossed out lightly. */
  gaps(g, side) {
    const { at, ink, pairs } = this;
    const height = this.recordings[side].maxDepth * at.row - 2;
    g.fillStyle = ink.bg;
    g.globalAlpha = 0.72;
    pairs.rows.forEach((row, place) => {
      if (row[side] === null) g.fillRect(this.x(place), at[side] - 1, this.x(place + 1) - this.x(place), height + 2);
    });
    g.globalAlpha = 1;
  }

  /** A sign for each difference where there is room, else a line. */
  marks(g) {
    const { at, ink, pairs } = this;
    const wide = at.plot / Math.max(1, pairs.n);
    g.textAlign = "center";
    g.font = ink.small;
    pairs.rows.forEach((row, place) => {
      if (row.aside || (!row.counts && wide < 9)) return;
      g.fillStyle = row.counts ? ink.bad : ink.dim;
      if (wide < 9) g.fillRect(this.x(place), at.marks + 3, Math.max(1, wide - 0.5), MARKS_HEIGHT - 6);
      else g.fillText(pairs.sign(place), this.x(place + 0.5), at.marks + MARKS_HEIGHT / 2);
    });
    g.textAlign = "left";
  }

  divergence(g) {
    const x = this.x(this.pairs.first);
    g.strokeStyle = this.ink.bad;
    g.lineWidth = 1.5;
    g.setLineDash([4, 3]);
    g.beginPath();
    g.moveTo(x, 1);
    g.lineTo(x, this.at.height - 1);
    g.stroke();
    g.setLineDash([]);
  }

  /** Put the cursor on a pair. */
  cursor(place, text) {
    this.place = place;
    this.element.setAttribute("aria-valuenow", String(this.pairs.n ? place + 1 : 0));
    if (text !== undefined) this.element.setAttribute("aria-valuetext", text);
    if (!this.at) return;
    const g = this.moving.getContext("2d");
    g.clearRect(0, 0, this.at.width, this.at.height);
    if (!this.pairs.n) return;
    const left = this.x(place);
    g.fillStyle = this.ink.accent;
    g.globalAlpha = 0.14;
    g.fillRect(left, 1, Math.max(2, this.x(place + 1) - left), this.at.height - 2);
    g.globalAlpha = 1;
    g.fillRect(left - 1, 1, 2, this.at.height - 2);
  }
}
