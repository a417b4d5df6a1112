/* The replay check of a demonstration: how it stands, asked again while it runs, and its marks beside the steps. */

const CHECK_EVERY = 1000;
const FOUND_BY = {
  role: "role and name",
  label: "its label",
  text: "its text",
  near: "the words around it",
  testid: "its test id",
  shadow: "a path through shadow roots",
  css: "a CSS path",
  xpath: "a path of places",
};

/** What became of a step, for a person. @param {{replayable: boolean, by: string|null, renamed: string|null, why: string}} one */
function replaySaid(one) {
  if (!one.replayable) return `not replayable: ${one.why || "no reason was given"}`;
  const by = one.by ? ` by ${FOUND_BY[one.by] || one.by}` : "";
  return `replayable${by}${one.renamed === null || one.renamed === undefined ? "" : `; called ‘${shorten(one.renamed, 60)}’ now`}`;
}

/** One demonstration's check. `changed` is called whenever something of it is other than before. */
class ReplayCheck {
  /** @param {{root: string, token: string}} link @param {() => void} changed */
  constructor(link, episode, changed) {
    this.link = link;
    this.episode = episode;
    this.changed = changed;
    this.state = null;
    this.problem = null;
    this.asking = new AbortController();
    this.ask("GET");
  }

  close() {
    this.asking.abort();
    clearTimeout(this.timer);
  }

  get running() {
    return this.state !== null && (this.state.state === "running" || this.state.state === "waiting");
  }

  async ask(method) {
    clearTimeout(this.timer);
    const path = `${this.link.root}/episodes/${encodeURIComponent(this.episode)}/check`;
    const options = { method, credentials: "same-origin", signal: this.asking.signal };
    try {
      const answer = await fetch(path, { ...options, headers: { "X-Stepscope-Token": this.link.token } });
      const body = answer.ok ? await answer.json() : await answer.json().catch(() => ({}));
      this.problem = answer.ok ? null : body.message || `The server answered ${answer.status}.`;
      if (answer.ok) this.state = body;
      else if (method === "POST") this.state = this.before;
    } catch (error) {
      if (error.name === "AbortError") return;
      this.problem = "The server does not answer.";
      if (method === "POST") this.state = this.before;
    }
    if (this.running) this.timer = setTimeout(() => this.ask("GET"), CHECK_EVERY);
    this.changed();
  }

  start() {
    this.before = this.state;
    this.state = { steps: {}, ...this.state, state: "waiting", done: 0 };
    this.changed();
    this.ask("POST");
  }

  /** What was found of a step; undefined where nothing was. */
  of(uid) {
    return this.state ? this.state.steps[uid] : undefined;
  }

  /** A small mark for a step's row, or null. */
  mark(uid) {
    const one = this.of(uid);
    if (!one) return null;
    const [sign, kind] = !one.replayable ? ["✕", "bad"] : one.renamed ? ["≈", "warn"] : ["✓", "ok"];
    const said = replaySaid(one);
    return h("span", { class: `replays ${kind}`, title: said }, h("span", { "aria-hidden": "true" }, sign), h("span", { class: "vh" }, ` ${said}`));
  }

  /** The line for the heading: how many steps replay, how far the check is, and the button that begins one. */
  summary() {
    const { state } = this;
    if (!state || state.state === "unfit") return null;
    const again = (text) =>
      h("button", { type: "button", data: { act: "check" }, title: "Do every step again on a fresh page", onclick: () => this.start() }, text);
    if (this.running) {
      const far = state.state === "waiting" ? "waits for its turn" : `${state.done} of ${state.total}`;
      return h("span", { class: "replaycheck chip", role: "status" }, `Replay check: ${far} …`);
    }
    const problem = this.problem || (state.problem && `${state.problem.what} ${state.problem.next}`);
    const failed =
      problem && h("span", { class: "chip bad", role: "status", title: problem }, `No replay check: ${shorten(problem, 60)}`);
    if (!state.checked) return h("span", { class: "replaycheck" }, failed, again("Check replay"));
    const all = state.replayable === state.total;
    const counted = `${state.replayable} of ${state.total} ${state.total === 1 ? "step replays" : "steps replay"}`;
    return h(
      "span",
      { class: "replaycheck" },
      failed,
      h("span", { class: `chip ${all ? "ok" : "warn"}`, role: "status", data: { part: "replays" } }, counted),
      again("Check again"),
    );
  }
}
