/* An episode that is still running: asks for what is new, says when it was last heard of, and goes along with its end. */

/** Milliseconds between two questions while something happens, and at most while nothing does. */
const LIVE = { soon: 500, late: 2500, quiet: 30 };

/** Put a tail (docs/formats/skeleton.md) onto a skeleton; false where they do not meet and all must be asked anew. */
function joined(skeleton, tail) {
  const { steps, frames } = skeleton;
  const from = steps.uid.length - 1;
  if (from >= 0 && tail.steps.uid[0] !== steps.uid[from]) return false;
  const base = { tokens: steps.tokens[from - 1] ?? 0, cost: from > 0 ? steps.cost[from - 1] : 0 };
  for (const [place, frame] of tail.frames) {
    if (place > frames.length) return false;
    frames[place] = frame;
  }
  const urls = tail.urls.map((url) => (skeleton.urls.includes(url) ? skeleton.urls.indexOf(url) : skeleton.urls.push(url) - 1));
  tail.steps.url = tail.steps.url.map((at) => (at === null ? null : urls[at]));
  for (const name of new Set([...Object.keys(steps), ...Object.keys(tail.steps)])) {
    const fresh = tail.steps[name] ?? tail.steps.uid.map(() => null);
    steps[name] ??= new Array(Math.max(0, from)).fill(null);
    steps[name].length = Math.max(0, from);
    const add = base[name];
    steps[name].push(...(add === undefined ? fresh : fresh.map((v) => (v === null || add === null ? null : v + add))));
  }
  skeleton.episode = tail.episode;
  skeleton.ending = tail.ending;
  skeleton.verdict = tail.verdict;
  skeleton.sealed = tail.sealed;
  return true;
}

/** A running episode's calls are written when one is opened or ends; until then they reach as far as its steps. */
function reaching({ steps, frames }) {
  const places = new Map(frames.map((frame, place) => [frame.id, place]));
  const newly = (left, k, reach) => {
    for (let at = steps.frame[k]; at !== undefined && left.delete(at); at = places.get(frames[at].parent)) reach(frames[at], steps.seq[k]);
  };
  const ended = new Set(frames.keys());
  for (let k = steps.uid.length - 1; k >= 0 && ended.size; k--)
    newly(ended, k, (frame, seq) => (frame.last_step = Math.max(frame.last_step ?? -1, seq)));
  const begun = new Set(frames.keys());
  for (let k = 0; k < steps.uid.length && begun.size; k++) newly(begun, k, (frame, seq) => (frame.first_step ??= seq));
}

/** Follows one episode for the app until it has ended, its process is gone, or the app leaves it. */
class Live {
  /** @param {App} app @param {any} skeleton the one shown, which is added to */
  constructor(app, skeleton) {
    this.app = app;
    this.source = app.source;
    this.skeleton = skeleton;
    this.running = Boolean(this.source.feed.tail) && skeleton.episode.status === "running" && !skeleton.sealed;
    this.following = this.running && !app.data.step;
    this.wait = LIVE.soon;
    this.heard = null;
    this.sign = h("span", { class: "dim nowrap sign" });
    this.button = h("button", { type: "button", onclick: () => this.follow() });
    this.element = h("span", { class: "row live", hidden: !this.running }, this.sign, this.button);
    if (!skeleton.sealed) reaching(skeleton);
    if (!this.running) return;
    this.ask();
    this.ticking = setInterval(() => this.tell(), 1000);
  }

  later() {
    if (this.running) this.asking = setTimeout(() => this.ask(), this.wait);
  }

  async ask() {
    const { app } = this;
    try {
      await this.learn();
      if (this.source === app.source) app.alarm.hidden = true;
    } catch (error) {
      if (this.source !== app.source || error.name === "AbortError") return;
      app.complain(error);
    }
    if (this.source === app.source) this.later();
  }

  /** Ask for what is new and have it drawn. A whole skeleton is read only where a tail does not fit, and at the end. */
  async learn() {
    const { skeleton, source, app } = this;
    const known = skeleton.steps.uid.length;
    const tail = await source.feed.tail(skeleton.steps.seq[known - 1] ?? 0);
    if (source !== app.source) return;
    this.heard = { at: performance.now(), silent: tail.silent ?? 0 };
    const over = tail.sealed || tail.episode.status !== "running";
    const fits = !over && tail.label_ref === undefined && joined(skeleton, tail);
    if (!fits) this.skeleton = tail.label_ref ? tail : await source.skeleton();
    if (source !== app.source) return;
    if (!this.skeleton.sealed) reaching(this.skeleton);
    if (over) this.end(tail.episode.status);
    const grown = this.skeleton.steps.uid.length !== known;
    this.wait = grown ? LIVE.soon : Math.min(LIVE.late, this.wait * 1.5);
    if (grown || over || !fits) app.grow(new Recording(this.skeleton), this.skeleton.steps.uid[known - 1]);
    this.tell();
  }

  end(status) {
    this.running = false;
    this.close();
    this.element.hidden = true;
    if (status !== "interrupted") return;
    const kept = count(this.skeleton.steps.uid.length, "step");
    this.app.toast(`Its process is gone, so it will not go on. ${kept} are kept.`);
  }

  /** Whoever goes to the last step stays with it; whoever goes elsewhere is left there. */
  moved() {
    if (!this.running) return;
    this.following = this.app.place >= this.app.recording.n - 1;
    this.tell();
  }

  follow() {
    this.following = true;
    this.app.select(this.app.recording.n - 1);
  }

  /** The line of the heading; it is no alert, since it changes every second. */
  tell() {
    this.button.textContent = this.following ? "↓ following" : "↓ follow";
    this.button.setAttribute("aria-pressed", String(this.following));
    this.button.title = this.following ? "New steps are shown as they come" : "Go to the newest step and stay there";
    if (!this.heard) return;
    const silent = this.heard.silent + (performance.now() - this.heard.at) / 1000;
    const long = silent >= LIVE.quiet;
    const ago = silent < 1 ? "just now" : `${duration(Math.floor(silent) * 1000).replace(".0", "")} ago`;
    this.sign.textContent = `last sign ${ago}${long ? "; its process is still there" : ""}`;
  }

  close() {
    clearTimeout(this.asking);
    clearInterval(this.ticking);
  }
}
