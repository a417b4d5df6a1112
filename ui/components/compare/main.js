/* The comparison of two episodes: stacks over one another, pages side by side, keys; loads both skeletons by address. */

/** What is said where an address names a step that neither episode has. */
const NO_PAIR = "The step this address names is in neither episode.";

/** One mounted comparison. */
class Comparison extends Screen {
  constructor(parent) {
    super(parent, "replay compare", new Map(COMPARE_BINDINGS.map((b) => [`${b.shift ? "shift " : ""}${b.key}`, b])));
    this.word = "pair";
    this.place = 0;
    this.side = "a";
    this.frame = 0;
    this.watch = new ResizeObserver(() => this.stacks && this.stacks.resize());
  }

  update({ data }) {
    const shown = JSON.stringify([data.a, data.b, data.token, data.pairs.length]);
    this.data = data;
    if (shown !== this.shown) {
      this.shown = shown;
      this.open();
    } else if (this.recordings && new Ink(this.root, data.colours).key !== this.ink.key) this.dress();
  }

  async open() {
    this.leave();
    const loading = (this.loading = {});
    fill(this.root, h("div", { class: "card pad dim", role: "status" }, "Opening both episodes…"));
    const { root, token } = this.data;
    const side = (name) =>
      new Side(name.toUpperCase(), new Source(new ServerFeed({ root, token, ...this.data[name] })), {
        failed: (error) => this.complain(error),
        onFrame: (frame) => this.toFrame(name, frame),
      });
    this.sides = { a: side("a"), b: side("b") };
    try {
      const [a, b] = await Promise.all([this.sides.a.source.skeleton(), this.sides.b.source.skeleton()]);
      if (loading !== this.loading) return;
      this.recordings = { a: new Recording(a), b: new Recording(b) };
      this.pairs = new Pairs(this.data.pairs, this.data.first, this.data.words);
      this.window = new StepWindow(this);
      this.build();
      const asked = this.pairs.placeOf(this.recordings, this.data.step);
      this.select(asked ?? this.pairs.first ?? 0);
      if (asked === undefined && this.data.step && !this.opened) this.toast(NO_PAIR, LONG_TOAST);
      this.opened = true;
    } catch (error) {
      if (loading !== this.loading || error.name === "AbortError") return;
      this.refuse("The episodes cannot be shown", error);
    }
  }

  build() {
    this.stacks = new Stacks({
      onSelect: (place, side, frame) => this.select(place, frame, side ?? undefined),
      onWindow: (brush) => this.window.set(brush),
    });
    this.alarm.hidden = true;
    this.number = h("span", { class: "mono number" });
    this.parting = h("span", { class: "said", role: "status" });
    this.said = h("div", { class: "vh", "aria-live": "polite" });
    this.narrowed = h("span", {});
    const button = (key, text, run) => h("button", { type: "button", onclick: run }, `${text} `, h("kbd", {}, key));
    const ways = [
      this.narrowed,
      this.pairs.first === null ? null : button("f", "Where they part", () => this.select(this.pairs.first)),
      button("n", "Next difference", () => this.goTo(this.difference(1), "No further difference")),
      h("button", { type: "button", "aria-label": "Keys", onclick: () => this.showKeys() }, h("kbd", {}, "?")),
    ];
    const head = h("div", { class: "row stackhead" }, this.number, this.parting, h("span", { class: "sp" }), ways);
    const card = h("section", { class: "card stack", "aria-label": "Both stacks" }, head, this.stacks.element);
    const both = h("div", { class: "sides" }, this.sides.a.element, this.sides.b.element);
    fill(this.root, this.alarm, card, both, this.said, this.toasts);
    this.watch.observe(this.stacks.element);
    this.dress();
  }

  dress() {
    this.ink = new Ink(this.root, this.data.colours);
    this.root.classList.toggle("dark", this.ink.dark);
    this.stacks.show(this.pairs, this.recordings, this.ink);
    if (this.pairs.n) this.draw();
  }

  // -- selecting --------------------------------------------------------------------------------------------------

  get size() {
    return this.pairs ? this.pairs.n : 0;
  }

  /** The selected call. */
  get call() {
    return { side: this.side, frame: this.frame };
  }

  move(by) {
    const [low, high] = this.window.span();
    this.select(Math.min(high, Math.max(low, this.place + by)));
  }

  /** Show a pair and, unless told, the innermost call there on the side one is on; nothing for a place there is not. */
  select(place, frame, side = this.side) {
    if (place === undefined || !this.size) return;
    this.place = Math.min(this.size - 1, Math.max(0, place));
    this.window.reach(this.place);
    this.side = side;
    this.frame = frame ?? this.frameAt(side);
    this.draw();
    this.prefetch();
    clearTimeout(this.resting);
    this.resting = setTimeout(() => this.keepAddress(), REST);
  }

  /** The innermost call of a side at the selected pair, or at the last before it that the side has a step in. */
  frameAt(side) {
    const step = this.pairs.rows[this.place][side] ?? this.pairs.seen[side][this.place];
    return this.recordings[side].frameAt(Math.max(0, step));
  }

  /** Go to a pair; where there is none, say so. */
  goTo(place, none) {
    if (place === undefined || place === null) this.toast(none);
    else this.select(place);
  }

  /** Select a call at the pair of its first step; where there is none, say so. */
  toFrame(side, frame, none) {
    if (frame === undefined || frame < 0) return none && this.toast(none);
    this.select(this.pairs.pairAt[side].get(this.recordings[side].start(frame)), frame, side);
  }

  /** Go to another call of the side one is on. @param {(recording: Recording, frame: number) => number|undefined} way */
  toCall(way, none) {
    this.toFrame(this.side, way(this.recordings[this.side], this.frame), none);
  }

  /** The same pair, but its calls on the other side. */
  toOtherSide() {
    this.select(this.place, undefined, this.side === "a" ? "b" : "a");
  }

  /** The next difference in the window, or undefined. */
  difference(direction) {
    return this.pairs.difference(this.place, direction, this.window.span());
  }

  callSpan() {
    return this.pairs.ofCall(this.recordings[this.side], this.side, this.frame);
  }

  windowed(brush) {
    this.stacks.setWindow(brush);
    fill(this.narrowed, this.window.chip());
  }

  draw() {
    const { pairs, place } = this;
    const row = pairs.rows[place];
    const text = `Pair ${place + 1} of ${pairs.n}: ${pairs.said(place)}`;
    this.number.textContent = `pair ${inFull(place + 1)} / ${inFull(pairs.n)}`;
    const elsewhere = pairs.moved(place).map(({ place: at, said }) => [
      " · ",
      h("button", { type: "button", class: "link", title: "Both do it, in another order", onclick: () => this.select(at) }, said),
    ]);
    fill(this.parting, h("b", { class: row.counts ? "bad" : "" }, `${pairs.sign(place)} `), pairs.said(place), elsewhere);
    this.root.dataset.pair = String(place);
    this.stacks.select(place, this.call, text);
    for (const side of ["a", "b"]) {
      const chosen = side === this.side ? this.frame : null;
      this.sides[side].show(this.recordings[side], this.ink, row[side], pairs.seen[side][place], this.link(side), chosen);
    }
  }

  /** Both pictures of the neighbours. */
  prefetch() {
    for (const at of [this.place + 1, this.place + 2, this.place - 1]) {
      const row = this.pairs.rows[at];
      for (const side of row ? ["a", "b"] : []) {
        if (row[side] === null) continue;
        const recording = this.recordings[side];
        const picture = recording.picture(row[side], "before");
        this.sides[side].source.step(recording.columns.uid[row[side]]).catch(() => {});
        if (picture) this.sides[side].source.picture(picture.hash).catch(() => {});
      }
    }
  }

  // -- addresses --------------------------------------------------------------------------------------------------

  uid(side) {
    const place = this.pairs.rows[this.place][side] ?? Math.max(0, this.pairs.seen[side][this.place]);
    return this.recordings[side].columns.uid[place];
  }

  /** The address of Replay at this side's step. */
  link(side) {
    const { episode, label_ref } = this.data[side];
    const asked = new URLSearchParams({ episode, step: this.uid(side) ?? "" });
    if (label_ref) asked.set("label_ref", label_ref);
    return `${this.data.replay}?${asked}`;
  }

  leaveFor(side) {
    location.assign(this.link(side));
  }

  keepAddress() {
    if (!this.size) return;
    const address = new URL(location.href);
    address.searchParams.set("step", this.pairs.nameOf(this.recordings, this.place));
    history.replaceState(history.state, "", address);
  }

  copyLink() {
    this.keepAddress();
    return this.copyAddress();
  }

  // -- dialogs, the end -------------------------------------------------------------------------------------------

  get line() {
    return this.stacks?.element;
  }

  isOpen() {
    return Boolean(this.sheet || this.window.brush);
  }

  /** Escape: the dialog closes, then the window. */
  back() {
    if (this.sheet) this.closeSheet();
    else this.window.set(null);
  }

  leave() {
    clearTimeout(this.resting);
    this.recordings = this.pairs = null;
    for (const side of Object.values(this.sides || {})) side.close();
    this.watch.disconnect();
  }
}

/** Called by Streamlit (or a page of its own) on mounting and on new data; returns what to do on leaving. */
const mountComparison = mounting(Comparison);
