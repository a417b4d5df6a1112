/* Two aligned episodes: pairs of steps, what they differ in, and ways from difference to difference. */

/** Pairs as Python aligned them; `a` and `b` are positions among the steps of either recording, null for none. */
class Pairs {
  /** @param {[number|null, number|null, string[], boolean, boolean, (number|null)[]][]} rows as Python names them
   * @param {number|null} first @param {Record<string, string>} words what steps can differ in */
  constructor(rows, first, words) {
    this.words = words;
    this.rows = rows.map(([a, b, differs, aside, counts, moved]) => ({ a, b, differs, aside, counts, moved }));
    this.n = rows.length;
    this.first = first;
    this.seen = { a: this.filled("a"), b: this.filled("b") };
    this.pairAt = { a: this.places("a"), b: this.places("b") };
  }

  /** For each pair the last position of a side at or before it, −1 before its first. */
  filled(side) {
    let last = -1;
    return this.rows.map((row) => (last = row[side] ?? last));
  }

  /** The pair of each position of a side. @returns {Map<number, number>} */
  places(side) {
    return new Map(this.rows.flatMap((row, pair) => (row[side] === null ? [] : [[row[side], pair]])));
  }

  /** First and last pair of a call of a side, or null for one that has no steps of its own. @returns {[number, number]|null} */
  ofCall(recording, side, frame) {
    const first = this.pairAt[side].get(recording.first[frame]);
    const last = this.pairAt[side].get(recording.last[frame]);
    return first === undefined || last === undefined ? null : [first, last];
  }

  /** The next pair that counts as a difference after a place (or before it) within a window, or undefined. */
  difference(place, direction, [low, high]) {
    for (let at = place + direction; at >= low && at <= high; at += direction)
      if (this.rows[at].counts) return at;
    return undefined;
  }

  /** The name of a pair in an address: its step of A, or `b:` and that of B where A has none. */
  nameOf(recordings, place) {
    const { a, b } = this.rows[place];
    return a === null ? `b:${recordings.b.columns.uid[b]}` : recordings.a.columns.uid[a];
  }

  /** The pair of that name, or undefined; a bare step that A does not have is looked for in B. */
  placeOf(recordings, name) {
    if (!name) return undefined;
    const at = (side, uid) => this.pairAt[side].get(recordings[side].placeOf.get(uid));
    if (name.startsWith("b:")) return at("b", name.slice(2));
    return at("a", name) ?? at("b", name);
  }

  /** Where the other side does what one does in this pair. @returns {{place: number, said: string}[]} */
  moved(place) {
    const words = ["B does A’s step in pair", "A does B’s step in pair"];
    return this.rows[place].moved.flatMap((at, side) => (at === null ? [] : [{ place: at, said: `${words[side]} ${inFull(at + 1)}` }]));
  }

  /** One sentence about a pair. */
  said(place) {
    const { a, b, differs, aside, moved } = this.rows[place];
    const here = moved.some((at) => at !== null) ? " here" : "";
    if (aside) return "a call or return of a run; demonstrations have none as steps of their own";
    if (a === null) return `only B has this step${here}`;
    if (b === null) return `only A has this step${here}`;
    if (!differs.length) return "the same";
    const words = differs.map((part) => this.words[part]);
    return words.length === 1 && differs[0] === "page" ? "the same, on a page that differs" : `differs: ${words.join(", ")}`;
  }

  /** A sign for a pair: the same, on another page, another step, or alone. */
  sign(place) {
    const row = this.rows[place];
    if (row.aside) return "·";
    if (row.a === null) return "▼";
    if (row.b === null) return "▲";
    return row.counts ? "●" : row.differs.length ? "○" : "=";
  }
}
