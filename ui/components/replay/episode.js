/* An episode as the component sees it: the skeleton's columns, the tree of calls over them, and ways through it. */

const BAD_ENDS = { limit: "stopped at a limit", error: "ended by an error", abandoned: "abandoned" };
const AXES = ["step", "time", "tokens", "cost"];

/** Columns and calls of one skeleton; positions are 0-based, what people read is 1-based. */
class Recording {
  /** @param {any} skeleton as docs/formats/skeleton.md has it */
  constructor(skeleton) {
    this.episode = skeleton.episode;
    this.ending = skeleton.ending || "";
    this.verdict = skeleton.verdict || "";
    this.columns = skeleton.steps;
    this.frames = skeleton.frames;
    this.labelRef = skeleton.label_ref;
    this.n = this.columns.uid.length;
    this.running = this.episode.status === "running" && !skeleton.sealed;
    this.placeOf = new Map(this.columns.uid.map((uid, place) => [uid, place]));
    this.index = new Map(this.frames.map((frame, number) => [frame.id, number]));
    this.spans();
    this.problems = this.findProblems();
    this.axes = new Map();
    this.urls = (this.columns.url || []).some((url) => url !== null) ? skeleton.urls : null;
    this.called = this.columns.call.some((call) => call !== null);
    this.rewards = Object.entries(this.episode.rewards || {}).filter(([, value]) => typeof value === "number");
    this.pictures = this.columns.before.some(Boolean) || this.columns.after.some(Boolean);
    this.rewarded = (this.columns.reward || []).some(Boolean);
    this.adopt(null);
  }

  /** The rewards of the steps added up to each of them, and the least and the most of it; only where there are any. */
  get gathered() {
    if (!this.sums) {
      const sums = new Float64Array(this.n);
      let total = 0;
      this.sums = { sums, low: 0, high: 0 };
      for (let i = 0; i < this.n; i++) {
        const reward = this.columns.reward[i] || 0;
        sums[i] = total += reward;
        this.sums.low = Math.min(this.sums.low, total, reward);
        this.sums.high = Math.max(this.sums.high, total, reward);
      }
    }
    return this.sums;
  }

  /** What a step was given, and what was gathered up to it, in words; null where it was given nothing. */
  rewardSaid(place) {
    const reward = this.rewarded && this.columns.reward[place];
    return reward ? `${signed(reward)}, ${plain(this.gathered.sums[place])} so far` : null;
  }

  /** What was found of the episode, and said of it, has arrived. @param {any|null} body of `…/signals` */
  adopt(body) {
    this.told = body;
    this.findings = new Findings(body, this);
    this.tags = (body && body.tags) || this.episode.tags || [];
    this.notes = ((body && body.annotations) || []).filter((one) => one.kind === "note");
    this.noted = new Set(this.notes.map((one) => this.placeOf.get(one.step)).filter((place) => place !== undefined));
  }

  /** The most tokens any step spent, at least 1. */
  get mostTokens() {
    if (this.most === undefined) {
      this.most = 1;
      for (let i = 0; i < this.n; i++) this.most = Math.max(this.most, this.tokens(i));
    }
    return this.most;
  }

  /** The address of the page a step was decided on, "" where it is not known. */
  urlAt(place) {
    const url = this.urls ? this.columns.url[place] : null;
    return url === null || url === undefined ? "" : this.urls[url];
  }

  /** Stretches of one address that touch the steps first..last: [number of the stretch, its first, its last step]. */
  bandsIn(first, last) {
    if (!this.bands) {
      this.bands = [];
      const { url } = this.columns;
      for (let i = 0; i < this.n; i++)
        if (!i || (url[i] !== null && url[i] !== url[this.bands.at(-1)])) this.bands.push(i);
    }
    const out = [];
    for (let k = this.bands.length ? placeAt(this.bands, first) : 0; k < this.bands.length && this.bands[k] <= last; k++)
      out.push([k, this.bands[k], (this.bands[k + 1] ?? this.n) - 1]);
    return out;
  }

  /** Children, spans in positions, the step that opened each call, and which calls ended badly. */
  spans() {
    const places = new Map(this.columns.seq.map((seq, place) => [seq, place]));
    this.first = this.frames.map((f) => places.get(f.first_step) ?? -1);
    this.last = this.frames.map((f) => places.get(f.last_step) ?? -1);
    this.parent = this.frames.map((f) => this.index.get(f.parent) ?? -1);
    this.children = this.frames.map(() => []);
    this.parent.forEach((parent, number) => parent >= 0 && this.children[parent].push(number));
    const pushes = [...this.columns.kind.keys()].filter((place) => this.columns.kind[place] === "push");
    const written = pushes.length === this.frames.length - 1;
    this.openedBy = this.frames.map((_, number) => (written && number > 0 ? pushes[number - 1] : -1));
    this.opens = new Map(written ? pushes.map((place, k) => [place, k + 1]) : []);
    this.maxDepth = Math.max(1, ...this.frames.map((f) => f.depth));
    const bad = this.frames.map((f) => f.end in BAD_ENDS);
    this.bad = bad;
    /* a limit closes every open call: the innermost is where it happened, the outer ones only end with it */
    this.blamed = bad.map(
      (is, number) =>
        is && !this.children[number].some((child) => bad[child] && this.last[child] === this.last[number]),
    );
  }

  /** Positions and kinds of what one should look at, in order. @returns {{place: number, what: string}[]} */
  findProblems() {
    const found = new Map();
    this.frames.forEach((frame, number) => {
      if (this.blamed[number] && this.last[number] >= 0)
        found.set(this.last[number], {
          place: this.last[number],
          kind: "end",
          what: `${frame.policy} ${BAD_ENDS[frame.end]}`,
        });
    });
    for (let place = 0; place < this.n; place++) {
      if (!this.columns.error[place]) continue;
      const invalid = this.columns.kind[place] === "invalid";
      found.set(place, { place, kind: invalid ? "invalid" : "error", what: invalid ? "invalid action" : "error" });
    }
    return [...found.values()].sort((a, b) => a.place - b.place);
  }

  /** The innermost call at a step. */
  frameAt(place) {
    return this.n ? this.columns.frame[place] : 0;
  }

  /** Calls from the root down to one. @returns {number[]} */
  path(frame) {
    const out = [];
    for (let at = frame; at >= 0; at = this.parent[at]) out.unshift(at);
    return out;
  }

  /** Where a call begins for a reader: its first step, or the step that made it when it never did anything. */
  start(frame) {
    return this.first[frame] >= 0 ? this.first[frame] : Math.max(0, this.openedBy[frame]);
  }

  /** Steps spanned by a call. */
  size(frame) {
    return this.first[frame] < 0 ? 0 : this.last[frame] - this.first[frame] + 1;
  }

  /** How many of a call's steps lie in a window; all of them without one. @param {[number, number]|null} window_ */
  sizeIn(frame, window_) {
    if (!window_ || this.first[frame] < 0) return this.size(frame);
    return Math.max(0, Math.min(this.last[frame], window_[1]) - Math.max(this.first[frame], window_[0]) + 1);
  }

  /** The call before (−1) or after (+1) at the same level, or undefined. */
  sibling(frame, direction) {
    if (this.parent[frame] < 0) return undefined;
    const row = this.children[this.parent[frame]];
    return row[row.indexOf(frame) + direction];
  }

  /** The previous or next call of the same policy, or undefined. */
  peer(frame, direction) {
    const policy = this.frames[frame].policy;
    for (let at = frame + direction; at >= 0 && at < this.frames.length; at += direction)
      if (this.frames[at].policy === policy) return at;
    return undefined;
  }

  /** The nearest picture at or before a step: {hash, place}, or null. @param {"before"|"after"} side */
  picture(place, side) {
    if (side === "after") {
      const own = this.columns.after[place] ?? this.columns.before[place + 1];
      if (own) return { hash: own, place };
    }
    if (this.columns.before[place]) return { hash: this.columns.before[place], place };
    const at = place > 0 ? this.pictured[place - 1] : -1;
    return at < 0 ? null : { hash: this.columns.before[at] ?? this.columns.after[at], place: at };
  }

  /** For each step the last one up to it that has a picture, −1 where none has. */
  get pictured() {
    if (!this.lastPictured) {
      this.lastPictured = new Int32Array(this.n);
      let last = -1;
      for (let i = 0; i < this.n; i++) {
        if (this.columns.before[i] || this.columns.after[i]) last = i;
        this.lastPictured[i] = last;
      }
    }
    return this.lastPictured;
  }

  /** Whether the skeleton knows times, tokens or costs (an unknown price makes the rest unknown). */
  has(axis) {
    if (axis === "time") return this.n > 0 && (this.running || this.columns.ended[this.n - 1] > 0);
    if (axis === "cost") return this.n > 0 && this.columns.cost[this.n - 1] > 0;
    return axis !== "tokens" || (this.n > 0 && this.columns.tokens[this.n - 1] > 0);
  }

  /** Where each step begins and ends on an axis. @returns {{from: Float64Array, to: Float64Array, end: number}} */
  axis(name) {
    if (!this.axes.has(name)) this.axes.set(name, this.measured(name));
    return this.axes.get(name);
  }

  measured(name) {
    const from = new Float64Array(this.n);
    const to = new Float64Array(this.n);
    const running = name === "tokens" ? this.columns.tokens : this.columns.cost;
    for (let i = 0; i < this.n; i++) {
      from[i] = name === "step" ? i : name === "time" ? this.columns.started[i] : i ? running[i - 1] : 0;
      to[i] = name === "step" ? i + 1 : name === "time" ? this.columns.ended[i] : running[i];
      if (i && from[i] < from[i - 1]) from[i] = from[i - 1];
      if (to[i] < from[i]) to[i] = from[i];
    }
    return { from, to, end: this.n ? to[this.n - 1] : 1 };
  }

  /** Tokens a step spent. */
  tokens(place) {
    return this.columns.tokens[place] - (place ? this.columns.tokens[place - 1] : 0);
  }
}

const REPEATING = ["kind", "action", "sentence", "before", "after", "observation"];

/** Keep equal texts of a column once, a column whenever the browser has nothing else to do: JSON brings each anew. */
function keepOnce(columns) {
  const left = REPEATING.filter((name) => columns[name]);
  const next = () => {
    const column = columns[left.pop()];
    const known = new Map();
    for (let i = 0; i < column.length; i++) {
      const text = known.get(column[i]);
      if (text === undefined) known.set(column[i], column[i]);
      else column[i] = text;
    }
    if (left.length) later(next);
  };
  const later = window.requestIdleCallback ?? setTimeout;
  later(next);
}

/** The last position whose start is at or before `x`. @param {Float64Array} starts */
function placeAt(starts, x) {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (starts[middle] <= x) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** 0.4 ms, 12 ms, 1.2 s, 3 min 5 s, 2 h 10 min. @param {number} ms */
function duration(ms) {
  if (ms < 10) return `${Number(ms.toFixed(1))} ms`;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60000) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}

/** At most three decimals. */
function plain(value) {
  return String(Number(value.toFixed(3)));
}

/** The same with its sign: +0.5, −1. */
function signed(value) {
  return `${value > 0 ? "+" : "−"}${plain(Math.abs(value))}`;
}

/** 950, 1.2k, 34k. */
function thousands(n) {
  return n < 1000 ? String(Math.round(n)) : n < 10000 ? `${(n / 1000).toFixed(1)}k` : `${Math.round(n / 1000)}k`;
}

/** 950, 10,000. */
function inFull(n) {
  return n.toLocaleString("en");
}

/** How many of what, the word in its right number. */
function count(n, word) {
  return `${inFull(n)} ${word}${n === 1 ? "" : "s"}`;
}
