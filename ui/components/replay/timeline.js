/* The stack timeline: what is on the canvas, the cursor over it, and the mouse. Painting is in timeline_paint.js. */

/** Owns a canvas with everything that stands still and one above it with cursor and hover line. */
class Timeline {
  /**
   * @param {{onSelect: (place: number, frame?: number) => void, onBrush: (brush: [number, number]|null) => void,
   *   thumb: (hash: string) => Promise<any>, peekThumb: (hash: string) => any}} ports
   */
  constructor(ports) {
    this.ports = ports;
    this.axisName = "step";
    this.view = [0, 1];
    this.place = 0;
    this.frame = 0;
    this.hovered = null;
    this.brush = null;
    this.matches = [];
    this.still = h("canvas", { "aria-hidden": "true" });
    this.moving = h("canvas", { class: "over", "aria-hidden": "true" });
    this.tip = h("div", { class: "tip", hidden: true, role: "presentation" });
    this.element = h(
      "div",
      {
        class: "timeline",
        role: "slider",
        tabindex: "0",
        "aria-label": "Step of the episode",
        "aria-orientation": "horizontal",
      },
      this.still,
      this.moving,
      this.tip,
    );
    this.listen();
  }

  /** Show a recording; the zoom is kept while it is the same episode growing. */
  show(recording, ink) {
    const fresh = !this.recording || this.recording.episode.id !== recording.episode.id;
    const whole = fresh || (this.view[0] === 0 && this.view[1] === this.end());
    this.recording = recording;
    this.ink = ink;
    if (whole) this.view = [0, this.end()];
    this.element.setAttribute("aria-valuemin", recording.n ? "1" : "0");
    this.element.setAttribute("aria-valuemax", String(recording.n));
    this.resize();
  }

  end() {
    return Math.max(this.recording.axis(this.axisName).end, 1e-9);
  }

  resize() {
    const width = Math.floor(this.element.clientWidth);
    if (!this.recording || width < 80) return;
    this.layout = timelineLayout(this.recording, width);
    this.element.style.height = `${this.layout.height}px`;
    for (const canvas of [this.still, this.moving]) this.sized(canvas);
    this.paint();
  }

  sized(canvas) {
    const ratio = window.devicePixelRatio || 1;
    canvas.width = Math.round(this.layout.width * ratio);
    canvas.height = Math.round(this.layout.height * ratio);
    canvas.style.width = `${this.layout.width}px`;
    canvas.style.height = `${this.layout.height}px`;
    canvas.getContext("2d").setTransform(ratio, 0, 0, ratio, 0, 0);
  }

  painter(canvas) {
    return new TimelinePainter(
      canvas.getContext("2d"),
      this.recording,
      this.ink,
      this.layout,
      this.view,
      this.axisName,
      this.brush,
    );
  }

  paint() {
    if (!this.layout) return;
    this.painter(this.still).paint((hash) => this.thumb(hash));
    this.paintCursor();
    this.element.dispatchEvent(new CustomEvent("stepscope:painted", { bubbles: true, composed: true }));
  }

  /** A thumbnail if it is here; otherwise it is sent for and the strip painted again when it comes. */
  thumb(hash) {
    const here = this.ports.peekThumb(hash);
    if (here !== undefined) return here;
    this.ports.thumb(hash).then(
      () => this.paintSoon(false),
      () => {},
    );
    return undefined;
  }

  /** Paint with the next frame: everything, or the film strip alone. */
  paintSoon(everything = true) {
    this.all = this.all || everything;
    if (this.soon) return;
    this.soon = requestAnimationFrame(() => {
      const { all } = this;
      this.soon = 0;
      this.all = false;
      if (!this.element.isConnected || !this.layout) return;
      if (all) this.paint();
      else this.painter(this.still).stripAlone((hash) => this.thumb(hash));
    });
  }

  /** Move the cursor; scrolls the zoomed window along. */
  select(place, frame, text) {
    this.place = place;
    this.frame = frame;
    this.element.setAttribute("aria-valuenow", String(this.recording.n ? place + 1 : 0));
    this.element.setAttribute("aria-valuetext", text);
    if (this.layout && this.recording.n && this.follow()) this.paint();
    else this.paintCursor();
  }

  /** Whether the window had to move to show the cursor. */
  follow() {
    const { from, to } = this.recording.axis(this.axisName);
    const [low, high] = this.view;
    const a = from[this.place];
    const b = to[this.place];
    if (a >= low && b <= high) return false;
    const width = Math.max(high - low, b - a);
    this.look(a < low ? a - width * 0.1 : b - width * 0.9, width);
    return true;
  }

  look(low, width) {
    const end = this.end();
    const w = Math.min(width, end);
    const from = Math.max(0, Math.min(low, end - w));
    this.view = [from, from + w];
  }

  setAxis(name) {
    this.axisName = name;
    this.view = [0, this.end()];
    this.paint();
  }

  /** Fit the window to a call, a little air on both sides. */
  zoomTo(frame) {
    const axis = this.recording.axis(this.axisName);
    const start = this.recording.start(frame);
    const low = axis.from[start];
    const high = axis.to[Math.max(start, this.recording.last[frame])];
    const air = Math.max((high - low) * 0.04, this.end() / 1e5);
    this.look(low - air, high - low + 2 * air);
    this.paint();
  }

  reset() {
    this.view = [0, this.end()];
    this.paint();
  }

  /** The window of steps, null for all; `matches` are steps a search found. */
  setBrush(brush) {
    this.brush = brush;
    this.paint();
  }

  setMatches(matches) {
    this.matches = matches;
    this.paintCursor();
  }

  paintCursor() {
    if (!this.layout) return;
    const g = this.moving.getContext("2d");
    const { ink, layout } = this;
    g.clearRect(0, 0, layout.width, layout.height);
    if (!this.recording.n) return;
    const painter = this.painter(this.moving);
    g.save();
    g.beginPath();
    g.rect(GUTTER - 1, 0, layout.plot + 2, layout.height);
    g.clip();
    paintMatches(painter, this.matches);
    const window_ = this.brushing || this.brush;
    if (window_) paintWindow(painter, window_, !this.brushing);
    g.restore();
    if (this.hovered !== null) {
      g.fillStyle = ink.dim;
      g.fillRect(painter.x(painter.axis.from[this.hovered]), 1, 1, layout.axis - 2);
    }
    const [left, right] = painter.extent(this.place, this.place);
    g.fillStyle = ink.accent;
    g.globalAlpha = 0.13;
    g.fillRect(left, 1, Math.max(2, right - left), layout.axis - 2);
    g.globalAlpha = 1;
    g.fillRect(left - 1, 1, 2, layout.axis - 2);
    this.outline(painter, g);
  }

  /** The selected call's bar has a thicker edge. */
  outline(painter, g) {
    const { recording, layout, ink } = this;
    const first = recording.first[this.frame];
    if (first < 0) return;
    const [left, right] = painter.extent(first, recording.last[this.frame]);
    const low = Math.max(left, GUTTER - 3);
    const high = Math.min(right, GUTTER + layout.plot + 3);
    g.strokeStyle = ink.policy(recording.frames[this.frame].policy);
    g.lineWidth = 2;
    rounded(
      g,
      low + 1,
      layout.rows + (recording.frames[this.frame].depth - 1) * layout.row,
      high - low - 2,
      layout.row - 3,
      3,
    );
    if (high - low > 3) g.stroke();
  }

  // -- mouse ------------------------------------------------------------------------------------------------------

  listen() {
    const on = (name, run) =>
      this.element.addEventListener(name, (event) => this.recording && this.recording.n && this.layout && run(event));
    on("pointerdown", (event) => {
      if (event.button !== 0) return;
      this.element.setPointerCapture(event.pointerId);
      this.from = this.under(event);
      this.scrubbing = this.from.y >= this.layout.axis;
      if (this.scrubbing) this.pick(event, false);
    });
    on("pointermove", (event) => (this.from ? this.drag(event) : this.hover(event)));
    on("pointerup", (event) => this.drop(event));
    on("pointercancel", () => this.letGo());
    on("pointerleave", () => this.leave());
    on("dblclick", (event) => this.zoomTo(this.under(event).frame ?? 0));
    this.element.addEventListener(
      "wheel",
      (event) => this.recording && this.recording.n && this.layout && this.wheel(event),
      { passive: false },
    );
  }

  /** What is under the mouse: a step, and the call whose bar it is on. */
  under(event) {
    const box = this.element.getBoundingClientRect();
    const x = event.clientX - box.left;
    const y = event.clientY - box.top;
    const share = Math.min(1, Math.max(0, (x - GUTTER) / this.layout.plot));
    const place = placeAt(
      this.recording.axis(this.axisName).from,
      this.view[0] + share * (this.view[1] - this.view[0]),
    );
    const depth = Math.floor((y - this.layout.rows) / this.layout.row) + 1;
    const frame = this.recording
      .path(this.recording.frameAt(place))
      .find((n) => this.recording.frames[n].depth === depth);
    return { place, frame, x, y };
  }

  /** With the button held: along the numbers the step follows the mouse, elsewhere a window is drawn. */
  drag(event) {
    if (this.scrubbing) return this.pick(event, false);
    const here = this.under(event);
    if (!this.brushing && Math.abs(here.x - this.from.x) < 5) return;
    this.leave();
    this.brushing = [Math.min(here.place, this.from.place), Math.max(here.place, this.from.place)];
    this.paintCursor();
  }

  drop(event) {
    const { brushing, scrubbing, from } = this;
    this.letGo();
    if (brushing) this.ports.onBrush(brushing);
    else if (from && !scrubbing) this.pick(event, true);
  }

  letGo() {
    this.from = this.brushing = null;
    this.scrubbing = false;
  }

  pick(event, withFrame) {
    const { place, frame } = this.under(event);
    this.leave();
    this.ports.onSelect(place, withFrame ? frame : undefined);
  }

  hover(event) {
    const { place, frame, x, y } = this.under(event);
    this.hovered = place;
    const onStrip = y >= this.layout.strip - 3 && y < this.layout.strip + STRIP + 3;
    fill(this.tip, onStrip ? this.preview(place) : null, this.told(place, frame));
    this.tip.hidden = false;
    const room = this.layout.width - this.tip.offsetWidth - 4;
    this.tip.style.left = `${Math.max(4, Math.min(room, x + 12))}px`;
    this.paintCursor();
  }

  /** What is at a step in words. */
  told(place, frame) {
    const { recording } = this;
    const { columns, findings } = recording;
    const call = recording.frames[frame ?? recording.frameAt(place)];
    const took = duration(columns.ended[place] - columns.started[place]);
    const problem = recording.problems.find((p) => p.place === place);
    const bad = [
      problem && problem.what,
      findings.begins === place && "failure begins here",
      ...findings.at(place).map((one) => `${one.name} (${one.detector})`),
    ].filter(Boolean);
    return [
      h("b", {}, `step ${place + 1} `),
      shorten(columns.sentence[place], 100),
      h("div", { class: "dim" }, `${shorten(call.objective, 100)} · ${took}`),
      recording.urls ? h("div", { class: "dim mono" }, shorten(recording.urlAt(place), 50)) : null,
      bad.length ? h("div", { class: "bad" }, bad.join(" · ")) : null,
    ];
  }

  /** The page at a step, larger than on the strip; a picture that is not here yet comes with the next move. */
  preview(place) {
    const picture = this.recording.picture(place, "before");
    const bitmap = picture && this.thumb(picture.hash);
    if (!bitmap) return null;
    const canvas = h("canvas", { class: "preview", width: String(bitmap.width), height: String(bitmap.height) });
    canvas.getContext("2d").drawImage(bitmap, 0, 0);
    return canvas;
  }

  leave() {
    this.hovered = null;
    this.tip.hidden = true;
    this.paintCursor();
  }

  /** Ctrl and the wheel zoom about the mouse; sideways pans a zoomed window. */
  wheel(event) {
    const width = this.view[1] - this.view[0];
    if (event.ctrlKey) {
      const box = this.element.getBoundingClientRect();
      const share = Math.min(1, Math.max(0, (event.clientX - box.left - GUTTER) / this.layout.plot));
      const next = Math.max((this.end() / Math.max(4, this.recording.n)) * 3, width * (event.deltaY > 0 ? 1.25 : 0.8));
      this.look(this.view[0] + share * (width - Math.min(next, this.end())), next);
    } else {
      const sideways = event.deltaX || (event.shiftKey ? event.deltaY : 0);
      if (!sideways || width >= this.end()) return;
      this.look(this.view[0] + (sideways / this.layout.plot) * width, width);
    }
    event.preventDefault();
    this.paintSoon();
  }
}
