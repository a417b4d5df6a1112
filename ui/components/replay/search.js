/* Search inside the episode: steps whose action, reason, reply or page holds what one types; on the way from one to the next. */

const SEARCH_AFTER = 250;

class Search {
  /** @param {App} app */
  constructor(app) {
    this.app = app;
    this.hits = new Map();
    this.places = [];
    this.words = "";
    this.field = h("input", {
      type: "search",
      "aria-label": "Search in actions, reasons, replies and pages",
      placeholder: "actions, reasons, replies, pages",
      maxlength: "200",
      oninput: () => this.soon(),
      onkeydown: (event) => this.key(event),
    });
    this.count = h("span", { class: "dim nowrap", role: "status" });
    this.excerpt = h("div", { class: "dim excerpt" });
    const go = (direction, text, label) =>
      h("button", { type: "button", class: "plain", "aria-label": label, title: label, onclick: () => this.go(direction) }, text);
    this.element = h(
      "div",
      { class: "search", role: "search", hidden: true },
      h("div", { class: "row" }, this.field, go(-1, "‹", "Match before"), go(1, "›", "Next match"), h("button", { type: "button", class: "plain", "aria-label": "Close search", onclick: () => this.close() }, "✕")),
      this.count,
      this.excerpt,
    );
  }

  get shown() {
    return !this.element.hidden;
  }

  open() {
    if (!this.app.recording.n || !this.app.source.feed.search) return;
    this.element.hidden = false;
    this.field.focus();
    this.field.select();
  }

  close() {
    clearTimeout(this.waiting);
    this.element.hidden = true;
    this.field.value = "";
    this.take("", []);
    this.app.timeline.element.focus({ preventScroll: true });
  }

  /** Enter goes on to the next match, with Shift to the one before; Escape closes. */
  key(event) {
    if (event.key === "Escape") this.close();
    else if (event.key === "Enter") this.pressed(event.shiftKey ? -1 : 1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** What is typed but not yet asked for is asked for first. */
  async pressed(direction) {
    if (this.field.value.trim() !== this.words) await this.ask();
    this.go(direction);
  }

  soon() {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.ask(), SEARCH_AFTER);
  }

  async ask() {
    clearTimeout(this.waiting);
    const words = this.field.value.trim();
    if (!words) return this.take("", []);
    this.count.textContent = "…";
    try {
      const found = await this.app.source.feed.search(words);
      if (this.field.value.trim() === words) this.take(words, found.steps, found.more);
    } catch (error) {
      this.count.textContent = "";
      this.app.complain(error);
    }
  }

  /** @param {{uid: string, found: {in: string, text: string}[]}[]} steps */
  take(words, steps, more = false) {
    const { recording, outline, timeline, reading } = this.app;
    this.words = words;
    this.more = more;
    this.hits = new Map(steps.map((step) => [recording.placeOf.get(step.uid), step.found]).filter(([place]) => place !== undefined));
    this.places = [...this.hits.keys()].sort((a, b) => a - b);
    outline.matched = this.hits;
    outline.renewSteps();
    timeline.setMatches(this.places);
    if (reading.mode === "observation") reading.draw();
    this.tell();
  }

  /** Matches in the window of steps. */
  inside() {
    const [low, high] = this.app.window.span();
    return this.places.filter((place) => place >= low && place <= high);
  }

  go(direction) {
    const { place } = this.app;
    const inside = this.inside();
    if (!inside.length) return;
    const next = direction > 0 ? inside.find((one) => one > place) : inside.findLast((one) => one < place);
    this.app.select(next ?? (direction > 0 ? inside[0] : inside[inside.length - 1]));
  }

  elsewhere() {
    if (!this.app.window.brush) return "the episode";
    return this.places.length ? `these steps, in ${count(this.places.length, "other")}` : "these steps, nor in others";
  }

  /** Which match one is at, how many there are, and what stands around it. */
  tell() {
    const inside = this.inside();
    const at = inside.indexOf(this.app.place);
    const total = `${inside.length.toLocaleString("en")}${this.more ? "+" : ""}`;
    if (!this.words) this.count.textContent = "";
    else if (!inside.length) this.count.textContent = `“${shorten(this.words, 40)}” is nowhere in ${this.elsewhere()}`;
    else this.count.textContent = at < 0 ? `${total} ${inside.length === 1 ? "step" : "steps"}` : `step ${at + 1} of ${total}`;
    const here = at < 0 ? [] : this.hits.get(this.app.place);
    fill(this.excerpt, here.map((one) => h("div", {}, h("b", {}, `${one.in} `), marked(one.text, this.words))));
  }
}

/** A text with each occurrence of the words marked. @returns {(Node|string)[]} */
function marked(text, words) {
  if (!words) return [text];
  const out = [];
  const low = text.toLowerCase();
  const wanted = words.toLowerCase();
  let from = 0;
  for (let at = low.indexOf(wanted); at >= 0; at = low.indexOf(wanted, from)) {
    out.push(text.slice(from, at), h("mark", {}, text.slice(at, at + wanted.length)));
    from = at + wanted.length;
  }
  return [...out, text.slice(from)];
}
