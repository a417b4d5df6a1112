/* Painting the stack timeline: calls as rows of bars, thumbnails, model calls, signals, axis. Reads, never changes. */

/** Pixels left of the plot, for the names of the tracks, and right of it. */
const GUTTER = 62;
const RIGHT = 14;
/** Pixels the film strip, the model calls and the axis are high, and between two of them. */
const STRIP = 28;
const CALLS = 18;
const AXIS = 16;
const GAP = 5;
/** Pixels all rows of calls may take together, however deep they go. */
const DEEP = 210;
/** Pixels between two numbers of the axis, about. */
const TICK = 110;
/** A call this wide or less has no edge of its own. */
const NARROW = 4;
/** Pixels a thumbnail may be wide: about what a landscape page of the strip's height is. */
const WIDEST = 58;

/** Where the tracks are for a recording and a width in CSS pixels; what there is nothing of has no track. */
function timelineLayout(recording, width) {
  const depth = recording.maxDepth;
  const row = Math.max(Math.min(7, DEEP / depth), Math.min(23, 138 / depth));
  const bar = row - Math.min(3, row / 3);
  const rows = 4;
  const strip = rows + row * depth + GAP + 3;
  const hasStrip = recording.pictures;
  const tracks = trackLayout(recording, strip + (hasStrip ? STRIP + GAP : 0));
  const plot = Math.max(50, width - GUTTER - RIGHT);
  return { width, row, bar, rows, strip, hasStrip, ...tracks, height: tracks.axis + AXIS, plot };
}

/** One drawing of the whole timeline. */
class TimelinePainter {
  /**
   * @param {CanvasRenderingContext2D} g @param {Recording} recording @param {Ink} ink @param {any} layout
   * @param {[number, number]|null} brush the steps of the window
   */
  constructor(g, recording, ink, layout, view, axisName, brush) {
    Object.assign(this, { g, recording, ink, layout, view, axisName, brush });
    this.axis = recording.axis(axisName);
  }

  /** How much of its colour a mark at a step keeps: less outside the window. */
  faded(place) {
    return !this.brush || (place >= this.brush[0] && place <= this.brush[1]) ? 1 : 0.3;
  }

  /** First and last step in sight. @returns {[number, number]} */
  range() {
    if (!this.recording.n) return [0, -1];
    return [placeAt(this.axis.from, this.view[0]), placeAt(this.axis.from, this.view[1])];
  }

  x(value) {
    return GUTTER + ((value - this.view[0]) / (this.view[1] - this.view[0])) * this.layout.plot;
  }

  /** Left and right pixel of the steps first..last. */
  extent(first, last) {
    return [this.x(this.axis.from[first]), this.x(this.axis.to[last])];
  }

  /** @param {(hash: string) => any} thumb gives a bitmap, or undefined and calls for a new drawing later */
  paint(thumb) {
    const { g, layout } = this;
    g.clearRect(0, 0, layout.width, layout.height);
    paintNames(this);
    g.save();
    g.beginPath();
    g.rect(GUTTER - 1, 0, layout.plot + 2, layout.height);
    g.clip();
    this.frames();
    this.strip(thumb);
    paintAddresses(this);
    this.calls();
    paintMarks(this);
    paintLanes(this);
    paintReward(this);
    paintBeginning(this);
    g.restore();
    this.ticks();
  }

  /** Bars. Where many share a pixel only the first is drawn; narrow ones are pixels of a picture, one row a depth. */
  frames() {
    const { recording, layout, ink } = this;
    const reached = new Array(recording.maxDepth + 1).fill(-Infinity);
    const pixels = new Pixels(layout.plot, recording.maxDepth);
    const wide = [];
    recording.frames.forEach((frame, number) => {
      if (recording.first[number] < 0) return;
      const [left, right] = this.extent(recording.first[number], recording.last[number]);
      if (right < GUTTER || left > GUTTER + layout.plot || right - reached[frame.depth] < 0.7) return;
      reached[frame.depth] = right;
      if (right - left > NARROW) wide.push([frame, number, left, right]);
      else pixels.fill(left - GUTTER, right - GUTTER, frame.depth - 1, 1, recording.bad[number] ? ink.bad : ink.policy(frame.policy), 140);
    });
    for (let depth = 0; depth < recording.maxDepth; depth++)
      pixels.draw(this.g, depth, 1, GUTTER, layout.rows + depth * layout.row, layout.bar);
    for (const bar of wide) this.bar(...bar);
  }

  bar(frame, number, left, right) {
    const { g, ink, layout, recording } = this;
    const colour = ink.policy(frame.policy);
    const y = layout.rows + (frame.depth - 1) * layout.row;
    const width = Math.max(1.5, right - left - 2);
    const height = layout.bar;
    g.fillStyle = colour;
    g.globalAlpha = ink.dark ? 0.28 : 0.2;
    rounded(g, left + 1, y, width, height, 3);
    g.fill();
    if (recording.blamed[number]) this.hatch(...this.failing(number, left + 1, width), y, height);
    g.globalAlpha = 1;
    g.strokeStyle = colour;
    g.lineWidth = 1;
    rounded(g, left + 1, y, width, height, 3);
    if (width > 3) g.stroke();
    if (recording.bad[number]) this.badEnd(left + 1 + width, y, height);
    if (width > 26 && height > 9) this.label(frame, left + 7, y, width - 12, height);
  }

  /** The part of a badly ended call that is hatched: from where failure begins, if that is inside. */
  failing(number, left, width) {
    const { begins } = this.recording.findings;
    if (begins <= this.recording.first[number] || begins > this.recording.last[number]) return [left, width];
    const from = Math.max(left, this.extent(begins, begins)[0]);
    return [from, left + width - from];
  }

  hatch(x, width, y, height) {
    const { g, ink } = this;
    g.save();
    g.clip();
    g.beginPath();
    g.rect(x, y, width, height);
    g.clip();
    g.globalAlpha = 0.5;
    g.strokeStyle = ink.bad;
    g.lineWidth = 1.6;
    g.beginPath();
    for (let at = x - height; at < x + width; at += 7) {
      g.moveTo(at, y + height);
      g.lineTo(at + height, y);
    }
    g.stroke();
    g.restore();
  }

  badEnd(right, y, height) {
    const { g, ink } = this;
    g.fillStyle = ink.bad;
    g.fillRect(right - 2.5, y, 2.5, height);
  }

  label(frame, x, y, room, height) {
    const { g, ink } = this;
    g.font = ink.font;
    g.textBaseline = "middle";
    const name = fitted(g, frame.policy, room);
    const used = g.measureText(name).width;
    const rest = frame.args.length ? fitted(g, frame.args.join(" · "), room - used - 6) : "";
    const total = used + (rest ? 6 + g.measureText(rest).width : 0);
    if (this.recording.blamed[this.recording.index.get(frame.id)]) {
      g.fillStyle = ink.panel;
      g.globalAlpha = 0.82;
      rounded(g, x - 4, y + 2, total + 8, height - 4, 3);
      g.fill();
      g.globalAlpha = 1;
    }
    g.fillStyle = ink.ink;
    g.fillText(name, x, y + height / 2 + 0.5);
    if (!rest) return;
    g.fillStyle = ink.dim;
    g.fillText(rest, x + used + 6, y + height / 2 + 0.5);
  }

  /** The strip again, over the one that is there. */
  stripAlone(thumb) {
    const { g, layout } = this;
    g.save();
    g.beginPath();
    g.rect(GUTTER - 1, layout.strip - 1, layout.plot + 2, STRIP + 2);
    g.clip();
    g.clearRect(GUTTER - 1, layout.strip - 1, layout.plot + 2, STRIP + 2);
    this.strip(thumb);
    paintBeginning(this);
    g.restore();
  }

  /** One thumbnail a step where there is room, else one a slot. */
  strip(thumb) {
    const { g, ink, layout } = this;
    if (!layout.hasStrip) return;
    for (const [left, width, place] of this.slots()) {
      const picture = this.recording.picture(place, "before");
      const bitmap = picture && thumb(picture.hash);
      g.fillStyle = bitmap ? "#fff" : ink.bg;
      rounded(g, left + 1.5, layout.strip, width - 3, STRIP, 2);
      g.fill();
      if (bitmap) cover(g, bitmap, left + 1.5, layout.strip, width - 3, STRIP);
      g.strokeStyle = ink.line;
      g.lineWidth = 1;
      rounded(g, left + 1.5, layout.strip, width - 3, STRIP, 2);
      g.stroke();
    }
  }

  slots() {
    const { layout, axis, recording } = this;
    const out = [];
    if (!recording.n) return out;
    const first = placeAt(axis.from, this.view[0]);
    const last = placeAt(axis.from, this.view[1]);
    const wide = layout.plot / Math.max(1, last - first + 1) >= 34 && this.axisName === "step";
    if (wide) {
      for (let i = first; i <= last; i++) {
        const [left, right] = this.extent(i, i);
        if (right - left > 4) out.push([left, Math.min(right - left, WIDEST), i]);
      }
      return out;
    }
    const slots = Math.max(1, Math.floor(layout.plot / 48));
    const width = layout.plot / slots;
    for (let k = 0; k < slots; k++) {
      const value = this.view[0] + ((k + 0.5) / slots) * (this.view[1] - this.view[0]);
      out.push([GUTTER + k * width, width, placeAt(axis.from, value)]);
    }
    return out;
  }

  /** Tokens of the model call of each step as bars; where they are narrow, the tallest in each pixel. */
  calls() {
    const { g, ink, layout, axis } = this;
    if (!layout.hasCalls) return;
    const [first, last] = this.range();
    if ((last - first) * NARROW > layout.plot) return this.callsByPixel(first, last);
    g.beginPath();
    for (let i = first; i <= last; i++) {
      const height = this.callHeight(i);
      const left = this.x(axis.from[i]);
      const width = this.x(axis.to[i]) - left;
      const inset = Math.min(5, width * 0.15);
      if (height) g.rect(left + inset, layout.calls + CALLS - height, Math.max(1, width - 2 * inset), height);
    }
    g.fillStyle = ink.dim;
    g.globalAlpha = 0.5;
    g.fill();
    g.globalAlpha = 1;
  }

  /** Pixels the bar of a step is high, 0 where no model was asked. */
  callHeight(place) {
    const { recording } = this;
    if (recording.columns.call[place] === null) return 0;
    return Math.round(3 + (CALLS - 5) * (recording.tokens(place) / recording.mostTokens));
  }

  callsByPixel(first, last) {
    const { layout, ink } = this;
    const heights = new Uint8Array(Math.ceil(layout.plot));
    const scale = layout.plot / (this.view[1] - this.view[0]);
    const low = this.view[0];
    for (let i = first; i <= last; i++) {
      const pixel = Math.max(0, Math.floor((this.axis.from[i] - low) * scale));
      heights[pixel] = Math.max(heights[pixel], this.callHeight(i));
    }
    const pixels = new Pixels(layout.plot, CALLS);
    heights.forEach((height, at) => height && pixels.fill(at, at + 1, CALLS - height, height, ink.dim, 128));
    pixels.draw(this.g, 0, CALLS, GUTTER, layout.calls, CALLS);
  }

  ticks() {
    const { g, ink, layout } = this;
    const y = layout.axis + AXIS / 2;
    g.font = ink.small;
    g.fillStyle = ink.dim;
    g.textAlign = "center";
    drawTicks(g, this.tickValues().map(([value, text]) => [this.x(value), text]), y, layout.width);
    g.textAlign = "left";
  }

  tickValues() {
    const [low, high] = this.view;
    if (this.axisName === "step") return stepTicks(this.view, this.layout.plot);
    const out = [];
    const pace = nice((high - low) / Math.max(2, this.layout.plot / TICK));
    for (let value = Math.ceil(low / pace) * pace; value <= high + pace / 1e6; value += pace)
      out.push([value, this.said(value, pace)]);
    return out;
  }

  said(value, pace) {
    if (this.axisName === "time") return `${(value / 1000).toFixed(pace < 1000 ? (pace < 100 ? 2 : 1) : 0)} s`;
    return this.axisName === "cost" ? `$${value.toFixed(pace < 0.01 ? 4 : 2)}` : thousands(value);
  }
}

/** Numbers of steps over their middles: [value, text]. @param {[number, number]} view what is in sight */
function stepTicks([low, high], plot) {
  const every = Math.max(1, Math.round(nice((high - low) / Math.max(2, plot / TICK))));
  const out = low < 1 ? [[0.5, "1"]] : [];
  for (let n = Math.ceil((low + 1) / every) * every; n <= high; n += every) if (n > 1) out.push([n - 0.5, inFull(n)]);
  return out;
}

/** Texts under an axis; one that would touch the one before it is left out. @param {[number, string][]} ticks pixel, text */
function drawTicks(g, ticks, y, width) {
  let reached = -Infinity;
  for (const [x, text] of ticks) {
    const half = g.measureText(text).width / 2;
    if (x - half < reached + 6 || x < GUTTER - 1 || x + half > width) continue;
    reached = x + half;
    g.fillText(text, x, y);
  }
}

/** 1, 2 or 5 times a power of ten, at least as large. */
function nice(value) {
  const power = 10 ** Math.floor(Math.log10(value || 1));
  const rest = value / power;
  return power * (rest <= 1 ? 1 : rest <= 2 ? 2 : rest <= 5 ? 5 : 10);
}

function rounded(g, x, y, width, height, radius) {
  g.beginPath();
  g.roundRect(x, y, Math.max(0, width), Math.max(0, height), Math.max(0, Math.min(radius, width / 2)));
}

/** Draw a bitmap so that it fills a box; its top is kept, and more of its left than of its right. */
function cover(g, bitmap, x, y, width, height) {
  const scale = Math.max(width / bitmap.width, height / bitmap.height);
  const across = width / scale;
  const down = height / scale;
  g.drawImage(bitmap, (bitmap.width - across) / 4, 0, across, down, x, y, width, height);
}

/** As much of a text as fits, "" when not even a few letters do. */
function fitted(g, text, room) {
  if (room < 16) return "";
  if (g.measureText(text).width <= room) return text;
  let low = 0;
  let high = text.length;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (g.measureText(`${text.slice(0, middle)}…`).width <= room) low = middle;
    else high = middle - 1;
  }
  return low < 2 ? "" : `${text.slice(0, low)}…`;
}
