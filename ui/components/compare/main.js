/* The comparison of two episodes: stacks over one another, pages side by side, keys; loads both skeletons by address. */

const COMPARISONS = new WeakMap();

/** @type {{show: string, key: string, shift?: boolean, run: (app: Comparison) => void}[]} */
const COMPARE_BINDINGS = [
  { show: "←", key: "ArrowLeft", run: (app) => app.select(app.place - 1) },
  { show: "→", key: "ArrowRight", run: (app) => app.select(app.place + 1) },
  { show: "Shift ←", key: "ArrowLeft", shift: true, run: (app) => app.select(app.place - 10) },
  { show: "Shift →", key: "ArrowRight", shift: true, run: (app) => app.select(app.place + 10) },
  { show: "Home", key: "Home", run: (app) => app.select(0) },
  { show: "End", key: "End", run: (app) => app.select(app.pairs.n - 1) },
  { show: "f", key: "f", run: (app) => app.select(app.pairs.first ?? undefined) },
  { show: "n", key: "n", run: (app) => app.select(app.pairs.difference(app.place, 1)) },
  { show: "N", key: "N", run: (app) => app.select(app.pairs.difference(app.place, -1)) },
  { show: "a", key: "a", run: (app) => app.leaveFor("a") },
  { show: "b", key: "b", run: (app) => app.leaveFor("b") },
  { show: "l", key: "l", run: (app) => app.copyLink() },
  { show: "?", key: "?", run: (app) => app.showKeys() },
  { show: "Esc", key: "Escape", run: (app) => app.closeSheet() },
];

/** One mounted comparison. */
class Comparison {
  constructor(parent) {
    this.place = 0;
    this.root = h("div", { class: "ss replay compare" });
    parent.appendChild(this.root);
    this.onKey = (event) => this.key(event);
    document.addEventListener("keydown", this.onKey);
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
    const complain = (error) => this.complain(error);
    const { root, token } = this.data;
    const source = (side) => new Source(new ServerFeed({ root, token, ...side }));
    this.sides = { a: new Side("A", source(this.data.a), complain), b: new Side("B", source(this.data.b), complain) };
    try {
      const [a, b] = await Promise.all([this.sides.a.source.skeleton(), this.sides.b.source.skeleton()]);
      if (loading !== this.loading) return;
      this.recordings = { a: new Recording(a), b: new Recording(b) };
      this.pairs = new Pairs(this.data.pairs, this.data.first);
      this.build();
      this.select(this.pairs.placeOf(this.recordings, this.data.step) ?? this.pairs.first ?? 0);
    } catch (error) {
      if (loading !== this.loading || error.name === "AbortError") return;
      const again = h("button", { type: "button", onclick: () => this.open() }, "Try again");
      const told = [h("h2", {}, "The episodes cannot be shown"), h("p", {}, error.message), again];
      fill(this.root, h("div", { class: "card pad", role: "alert" }, told));
    }
  }

  build() {
    this.stacks = new Stacks((place) => this.select(place));
    this.number = h("span", { class: "mono number" });
    this.said = h("span", { class: "said", role: "status" });
    this.alarm = h("div", { class: "note bad", role: "alert", hidden: true });
    const button = (key, text, run) => h("button", { type: "button", onclick: run }, `${text} `, h("kbd", {}, key));
    const ways = [
      this.pairs.first === null ? null : button("f", "Where they part", () => this.select(this.pairs.first)),
      button("n", "Next difference", () => this.select(this.pairs.difference(this.place, 1))),
      h("button", { type: "button", "aria-label": "Keys", onclick: () => this.showKeys() }, h("kbd", {}, "?")),
    ];
    const head = h("div", { class: "row stackhead" }, this.number, this.said, h("span", { class: "sp" }), ways);
    const card = h("section", { class: "card", "aria-label": "Both stacks" }, head, this.stacks.element);
    const both = h("div", { class: "sides" }, this.sides.a.element, this.sides.b.element);
    fill(this.root, this.alarm, card, both);
    this.watch.observe(this.stacks.element);
    this.dress();
  }

  dress() {
    this.ink = new Ink(this.root, this.data.colours);
    this.root.classList.toggle("dark", this.ink.dark);
    this.stacks.show(this.pairs, this.recordings, this.ink);
    if (this.pairs.n) this.draw();
  }

  /** Show a pair; nothing for a place there is not. */
  select(place) {
    if (place === undefined || !this.pairs || !this.pairs.n) return;
    this.place = Math.min(this.pairs.n - 1, Math.max(0, place));
    this.draw();
    this.prefetch();
    clearTimeout(this.resting);
    this.resting = setTimeout(() => this.keepAddress(), 150);
  }

  draw() {
    const { pairs, place } = this;
    const row = pairs.rows[place];
    const text = `Pair ${place + 1} of ${pairs.n}: ${pairs.said(place)}`;
    this.number.textContent = `${place + 1} / ${pairs.n}`;
    fill(this.said, h("b", { class: row.counts ? "bad" : "" }, `${pairs.sign(place)} `), pairs.said(place));
    this.root.dataset.pair = String(place);
    this.stacks.cursor(place, text);
    for (const side of ["a", "b"])
      this.sides[side].show(this.recordings[side], this.ink, row[side], pairs.seen[side][place], this.link(side));
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
    const address = new URL(location.href);
    const row = this.pairs.rows[this.place];
    address.searchParams.set("step", this.uid(row.a === null ? "b" : "a"));
    history.replaceState(history.state, "", address);
  }

  async copyLink() {
    this.keepAddress();
    try {
      await navigator.clipboard.writeText(location.href);
      fill(this.said, "Link copied");
    } catch {
      fill(this.said, "The browser did not allow copying; the address bar has the link.");
    }
  }

  key(event) {
    if (!this.pairs || !this.root.isConnected) return;
    const binding = bindingOf(event, this.root, COMPARE_KEYS);
    if (!binding || (binding.key === "Escape" && !this.sheet)) return;
    event.preventDefault();
    event.stopPropagation();
    binding.run(this);
  }

  showKeys() {
    this.closeSheet();
    this.sheet = keySheet(this.data.keys, () => this.closeSheet());
    this.root.append(this.sheet);
  }

  closeSheet() {
    this.sheet?.remove();
    this.sheet = null;
    this.stacks?.element.focus({ preventScroll: true });
  }

  complain(error) {
    if (error.name === "AbortError") return;
    this.alarm.textContent = error.message;
    this.alarm.hidden = false;
  }

  leave() {
    clearTimeout(this.resting);
    this.recordings = this.pairs = null;
    for (const side of Object.values(this.sides || {})) side.close();
    this.watch.disconnect();
  }

  close() {
    this.leave();
    document.removeEventListener("keydown", this.onKey);
    this.root.remove();
  }
}

const COMPARE_KEYS = new Map(COMPARE_BINDINGS.map((b) => [`${b.shift ? "shift " : ""}${b.key}`, b]));

/** Called by Streamlit (or a page of its own) on mounting and on new data; returns what to do on leaving. */
function mountComparison(component) {
  const { parentElement } = component;
  let app = COMPARISONS.get(parentElement);
  if (!app) COMPARISONS.set(parentElement, (app = new Comparison(parentElement)));
  app.update(component);
  return () => {
    app.close();
    COMPARISONS.delete(parentElement);
  };
}
