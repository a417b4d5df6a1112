/* A list of rows of one height. Only the rows in sight are made when there are many. */

/** Pixels a row is high; replay.css says the same. */
const ROW = 24;
/** Up to so many rows all are made. */
const ALL_BELOW = 300;
/** Rows made beyond what is in sight, on each side. */
const MARGIN = 12;

/** Rows of one height; `row(number)` makes one. All are made up to ALL_BELOW, else those in sight. */
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
    const from = Math.floor(this.element.scrollTop / ROW) - MARGIN;
    return [Math.max(0, from), Math.min(this.n, from + 2 * MARGIN + Math.ceil(this.element.clientHeight / ROW))];
  }

  make(number) {
    const element = this.row(number);
    element.style.top = `${number * ROW}px`;
    if (element.role !== "treeitem") {
      element.setAttribute("aria-setsize", String(this.n));
      element.setAttribute("aria-posinset", String(number + 1));
    }
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

  /** Whether the keyboard is on one of the rows. */
  get focused() {
    const at = this.element.getRootNode().activeElement;
    return Boolean(at && at !== this.element && this.element.contains(at));
  }

  /** Put the keyboard on a row. */
  focus(number) {
    this.made.get(number)?.focus({ preventScroll: true });
  }

  close() {
    this.watch.disconnect();
  }
}
