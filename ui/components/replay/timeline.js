/* The stack timeline: what is on the canvas, and the cursor over it. Painting is in timeline_paint.js, the mouse in
   sight.js. */

/** Owns a canvas with everything that stands still and one above it with cursor and hover line. */
class Timeline {
  /**
   * @param {{onSelect: (place: number, frame?: number) => void, onBrush: (brush: [number, number]|null) => void,
   *   thumb: (hash: string) => Promise<any>, peekThumb: (hash: string) => any}} ports
   */
  constructor(ports) {
    this.ports = ports;
    this.axisName = "step";
    this.sight = new Sight();
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
    this.hands = new Hands(this);
  }

  /** Show a recording; the zoom is kept while it is the same episode growing. */
  show(recording, ink) {
    const fresh = !this.recording || this.recording.episode.id !== recording.episode.id;
    this.recording = recording;
    this.ink = ink;
    this.sight.reach(recording.axis(this.axisName).end, fresh);
    this.element.setAttribute("aria-valuemin", recording.n ? "1" : "0");
    this.element.setAttribute("aria-valuemax", String(recording.n));
    this.resize();
  }

  resize() {
    const width = Math.floor(this.element.clientWidth);
    if (!this.recording || width < 80) return;
    this.layout = timelineLayout(this.recording, width);
    this.element.style.height = `${this.layout.height}px`;
    for (const canvas of [this.still, this.moving]) sized(canvas, this.layout.width, this.layout.height);
    this.paint();
  }

  painter(canvas) {
    return new TimelinePainter(
      canvas.getContext("2d"),
      this.recording,
      this.ink,
      this.layout,
      this.sight.span,
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
    return this.sight.follow(from[this.place], to[this.place]);
  }

  setAxis(name) {
    this.axisName = name;
    this.sight.reach(this.recording.axis(name).end, true);
    this.paint();
  }

  /** Fit what is in sight to a call. */
  zoomTo(frame) {
    const axis = this.recording.axis(this.axisName);
    const start = this.recording.start(frame);
    this.sight.fit(axis.from[start], axis.to[Math.max(start, this.recording.last[frame])]);
    this.paint();
  }

  reset() {
    this.sight.reset();
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
    const { marking } = this.hands;
    if (marking || this.brush) paintWindow(painter, marking || this.brush, !marking);
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
      layout.bar,
      3,
    );
    if (high - low > 3) g.stroke();
  }

  // -- mouse ------------------------------------------------------------------------------------------------------

  ready() {
    return Boolean(this.recording && this.recording.n && this.layout);
  }

  get gutter() {
    return GUTTER;
  }

  get wide() {
    return this.layout.plot;
  }

  get numbers() {
    return this.layout.axis;
  }

  /** Not closer than about three steps. */
  get finest() {
    return (this.sight.end / Math.max(4, this.recording.n)) * 3;
  }

  /** What is under the mouse: a step, and the call whose bar it is on. */
  under(event) {
    const box = this.element.getBoundingClientRect();
    const x = event.clientX - box.left;
    const y = event.clientY - box.top;
    const place = placeAt(this.recording.axis(this.axisName).from, this.sight.at((x - GUTTER) / this.layout.plot));
    const depth = Math.floor((y - this.layout.rows) / this.layout.row) + 1;
    const frame = this.recording
      .path(this.recording.frameAt(place))
      .find((n) => this.recording.frames[n].depth === depth);
    return { place, frame, x, y };
  }

  picked({ place, frame }, byClick) {
    this.leave();
    this.ports.onSelect(place, byClick ? frame : undefined);
  }

  marked(brush) {
    this.ports.onBrush(brush);
  }

  fit({ frame }) {
    this.zoomTo(frame ?? 0);
  }

  moved() {
    this.paintSoon();
  }

  hover({ place, frame, x, y }) {
    this.hovered = place;
    const onStrip = this.layout.hasStrip && y >= this.layout.strip - 3 && y < this.layout.strip + STRIP + 3;
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
      recording.rewardSaid(place) ? h("div", {}, `reward ${recording.rewardSaid(place)}`) : null,
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
}
