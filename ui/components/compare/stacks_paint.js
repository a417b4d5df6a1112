/* Painting both stacks of a comparison: A above, B below, between them where they differ, the numbers of the pairs. */

/** Pixels the signs between the stacks are high, and above and below each stack. */
const MARKS_HEIGHT = 20;
const STACK_AIR = 6;

/** Where things are, for a width in CSS pixels. */
function stacksLayout(recordings, width) {
  const deepest = Math.max(recordings.a.maxDepth, recordings.b.maxDepth);
  const row = Math.max(6, Math.min(22, 84 / deepest));
  const marks = 2 * STACK_AIR + row * recordings.a.maxDepth;
  const b = marks + MARKS_HEIGHT;
  const axis = b + row * recordings.b.maxDepth + STACK_AIR;
  return { width, row, a: STACK_AIR, marks, b, axis, height: axis + AXIS, plot: Math.max(50, width - GUTTER - RIGHT) };
}

/** One drawing. */
class StacksPainter {
  /** @param {CanvasRenderingContext2D} g @param {Stacks} stacks */
  constructor(g, stacks) {
    const { at, ink, pairs, recordings } = stacks;
    Object.assign(this, { g, stacks, at, ink, pairs, recordings, span: stacks.sight.span });
  }

  x(place) {
    return GUTTER + ((place - this.span[0]) / (this.span[1] - this.span[0])) * this.at.plot;
  }

  /** Pixels of a pair. */
  get pace() {
    return this.at.plot / Math.max(1e-9, this.span[1] - this.span[0]);
  }

  /** First and last pair in sight. */
  range() {
    return [Math.max(0, Math.floor(this.span[0])), Math.min(this.pairs.n - 1, Math.ceil(this.span[1]))];
  }

  clipped(paint) {
    const { g, at } = this;
    g.save();
    g.beginPath();
    g.rect(GUTTER - 1, 0, at.plot + 2, at.height);
    g.clip();
    paint();
    g.restore();
  }

  paint() {
    const { g, at } = this;
    g.clearRect(0, 0, at.width, at.height);
    this.names();
    this.clipped(() => {
      for (const side of ["a", "b"]) {
        this.stack(side);
        this.gaps(side);
      }
      this.marks();
      this.divergence();
    });
    this.ticks();
  }

  names() {
    const { g, at, ink } = this;
    g.font = ink.small;
    g.fillStyle = ink.dim;
    g.textBaseline = "middle";
    g.fillText("A depth", 2, at.a + at.row / 2);
    g.fillText("differs", 2, at.marks + MARKS_HEIGHT / 2);
    g.fillText("B depth", 2, at.b + at.row / 2);
  }

  /** The bars of one side: a call spans the pairs from its first to its last step; of those on one pixel one is drawn. */
  stack(side) {
    const recording = this.recordings[side];
    const reached = new Array(recording.maxDepth + 1).fill(-Infinity);
    recording.frames.forEach((frame, number) => {
      const call = this.pairs.ofCall(recording, side, number);
      if (!call) return;
      const left = this.x(call[0]);
      const right = this.x(call[1] + 1);
      if (right < GUTTER || left > GUTTER + this.at.plot || right - reached[frame.depth] < 0.7) return;
      reached[frame.depth] = right;
      this.bar(frame, left, right, this.at[side] + (frame.depth - 1) * this.at.row, recording.bad[number]);
    });
  }

  bar(frame, left, right, y, bad) {
    const { g, ink, at } = this;
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
    const low = Math.max(left, GUTTER);
    const room = Math.min(right, GUTTER + at.plot) - low - 12;
    if (room < 16 || height < 9) return;
    g.font = ink.small;
    g.fillStyle = ink.ink;
    g.textBaseline = "middle";
    g.fillText(fitted(g, [frame.policy, ...frame.args].join(" · "), room), low + 6, y + height / 2 + 0.5);
  }

  /** Where a side has no step its stack is nearly wiped out. */
  gaps(side) {
    const { g, at, ink, pairs } = this;
    const height = this.recordings[side].maxDepth * at.row - 2;
    g.fillStyle = ink.bg;
    g.globalAlpha = 0.72;
    const [first, last] = this.range();
    for (let place = first, from = first; place <= last; place++) {
      if (pairs.rows[place][side] !== null) from = place + 1;
      else if (place === last || pairs.rows[place + 1][side] !== null)
        g.fillRect(this.x(from), at[side] - 1, this.x(place + 1) - this.x(from), height + 2);
    }
    g.globalAlpha = 1;
  }

  /** A sign for each difference where there is room, else a line. */
  marks() {
    const { g, at, ink, pairs, pace } = this;
    g.textAlign = "center";
    g.font = ink.small;
    const [first, last] = this.range();
    for (let place = first; place <= last; place++) {
      const row = pairs.rows[place];
      if (row.aside || (!row.counts && pace < 9)) continue;
      g.fillStyle = row.counts ? ink.bad : ink.dim;
      if (pace < 9) g.fillRect(this.x(place), at.marks + 3, Math.max(1, pace - 0.5), MARKS_HEIGHT - 6);
      else g.fillText(pairs.sign(place), this.x(place + 0.5), at.marks + MARKS_HEIGHT / 2);
    }
    g.textAlign = "left";
  }

  divergence() {
    const { g, at, ink, pairs } = this;
    if (pairs.first === null) return;
    const x = this.x(pairs.first);
    g.strokeStyle = ink.bad;
    g.lineWidth = 1.5;
    g.setLineDash([4, 3]);
    g.beginPath();
    (g.moveTo(x, 1), g.lineTo(x, at.axis - 1), g.stroke());
    g.setLineDash([]);
  }

  ticks() {
    const { g, at, ink } = this;
    g.font = ink.small;
    g.fillStyle = ink.dim;
    g.textAlign = "center";
    const numbers = stepTicks(this.span, at.plot).filter(([value]) => value <= this.pairs.n);
    drawTicks(g, numbers.map(([value, text]) => [this.x(value), text]), at.axis + AXIS / 2, at.width);
    g.textAlign = "left";
  }

  /** Cursor, selected call, hover line and window over it all. @param {[number, number]|null} marking */
  cursor(marking) {
    const { g, at, ink, stacks } = this;
    g.clearRect(0, 0, at.width, at.height);
    if (!this.pairs.n) return;
    this.clipped(() => {
      if (marking || stacks.brush) this.veil(marking || stacks.brush, !marking);
      g.fillStyle = ink.dim;
      if (stacks.hovered !== null) g.fillRect(this.x(stacks.hovered), 1, 1, at.axis - 2);
      const left = this.x(stacks.place);
      g.fillStyle = ink.accent;
      g.globalAlpha = 0.14;
      g.fillRect(left, 1, Math.max(2, this.pace), at.axis - 2);
      g.globalAlpha = 1;
      g.fillRect(left - 1, 1, 2, at.axis - 2);
      if (stacks.call) this.chosen(stacks.call);
    });
  }

  veil([low, high], closed) {
    const a = Math.max(GUTTER, Math.min(this.x(low), GUTTER + this.at.plot));
    const b = Math.max(GUTTER, Math.min(this.x(high + 1), GUTTER + this.at.plot));
    veiled(this.g, this.ink, [a, b], this.at, closed);
  }

  /** The selected call's bar has a thicker edge. */
  chosen({ side, frame }) {
    const { g, at, ink } = this;
    const recording = this.recordings[side];
    const call = this.pairs.ofCall(recording, side, frame);
    if (!call) return;
    const { policy, depth } = recording.frames[frame];
    const left = Math.max(this.x(call[0]), GUTTER - 3);
    const right = Math.min(this.x(call[1] + 1), GUTTER + at.plot + 3);
    g.strokeStyle = ink.policy(policy);
    g.lineWidth = 2;
    rounded(g, left + 0.5, at[side] + (depth - 1) * at.row, right - left - 1.5, at.row - 2, 3);
    if (right - left > 3) g.stroke();
  }
}
