/* The Label board: mounts once per place in the page, holds the view, turns gestures into committed events. */

const BOARDS = new WeakMap();

export default function mount(component) {
  const { parentElement, data } = component;
  let board = BOARDS.get(parentElement);
  if (!board) {
    board = new Board(parentElement);
    BOARDS.set(parentElement, board);
  }
  board.take(component, data);
  return () => {
    board.close();
    BOARDS.delete(parentElement);
  };
}

class Board {
  constructor(parent) {
    this.state = null;
    this.selected = null;
    this.cursor = 0;
    this.anchor = null;
    this.marking = false;
    this.tab = "before";
    this.side = "queue";
    this.filter = "";
    this.editing = false;
    this.difference = null;
    this.holding = false;
    this.held = [];
    this.whose = "all";
    this.site = "";
    this.drawn = { bars: new Map() };
    this.room = 0;
    this.scrolled = 0;
    this.given = undefined;
    this.cache = new Map();
    this.line = new Line((dropped) => {
      if (dropped) letGo(this);
      if (this.state) this.drawSaving();
    });
    this.act = actionsOf(this);
    this.parts = skeletonInto(parent);
    this.off = new AbortController();
    this.listen();
  }

  /** Called by Streamlit on every run; the episode counts as a wish only when it differs from the last one given. */
  take(component, data) {
    this.report = component.setStateValue;
    this.leave = (where) => component.setTriggerValue("go", where);
    this.link = { root: data.root, token: data.token };
    this.keys = data.keys;
    this.colours = data.colours;
    if (data.episode !== this.given) {
      this.given = data.episode;
      this.told = data.episode;
      if (!this.state || this.state.episode.id !== data.episode) this.load(data.episode);
    } else if (this.state) this.draw();
  }

  listen() {
    const { signal } = this.off;
    window.addEventListener("keydown", (event) => onKey(this, event), { signal });
    this.parts.timeline.addEventListener("scroll", () => (this.scrolled = this.parts.timeline.scrollLeft), { passive: true });
    this.resizer = new ResizeObserver(() => this.fit());
    this.resizer.observe(this.parts.timeline);
    window.addEventListener("resize", () => this.fit(), { signal });
    const leaving = (event) => !this.line.idle && event.preventDefault();
    window.addEventListener("beforeunload", leaving, { signal });
  }

  close() {
    this.off.abort();
    this.check?.close();
    this.resizer.disconnect();
  }

  /** Fill what is left of the window below our top edge. */
  fit() {
    const top = this.parts.root.getBoundingClientRect().top + window.scrollY;
    this.parts.root.style.setProperty("--room", `${Math.max(560, window.innerHeight - Math.max(0, top) - 16)}px`);
    this.room = this.parts.timeline.clientWidth;
    if (this.state) drawTimeline(this);
  }

  /** Open a demonstration; `as` "blind" without its proposal, "gold" as what two people were brought together to. */
  async load(episode, as = this.blindly ? "blind" : "shown") {
    fill(this.parts.banner, !this.state && h("div", { class: "pad dim", role: "status" }, "Loading …"));
    try {
      this.show(await loadState(this.link, episode, as));
    } catch (error) {
      const again = h("button", { type: "button", onclick: () => this.load(episode, as) }, "Try again");
      fill(
        this.parts.banner,
        h(
          "div",
          { class: "note bad row", role: "alert" },
          h("span", {}, `The demonstration could not be loaded. ${error.message}`),
          again,
        ),
      );
    }
  }

  /** Take a new state from the server; keeps the place one was at when it is the same demonstration. */
  show(state) {
    if (state.empty) return emptyInto(this, state);
    const before = this.state;
    const other = !before || before.episode.id !== state.episode.id || before.track.name !== state.track.name;
    if (!other && sameSteps(before, state)) state.steps = before.steps;
    this.state = state;
    fill(this.parts.banner);
    if (this.parts.body.hidden) {
      this.parts.body.hidden = false;
      this.room = this.parts.timeline.clientWidth;
    }
    if (other) this.arrive();
    else if (!segmentOf(state, this.selected)) this.selected = (deepestAt(state, this.cursor) || { id: null }).id;
    this.cursor = Math.min(this.cursor, Math.max(0, state.steps.length - 1));
    if (other && (!before || before.episode.id !== state.episode.id)) this.watchCheck();
    return this.draw();
  }

  /** At a demonstration's door: the most doubtful call, or the first step. */
  arrive() {
    const first = nextPending(this.state, null);
    this.anchor = null;
    this.editing = false;
    this.difference = null;
    this.selected = first ? first.id : null;
    this.cursor = first ? first.first : 0;
    this.cache.clear();
    this.tell(this.state.episode.id);
  }

  /** Say which demonstration is open, unless that is known: Streamlit runs the page again for it. */
  tell(episode) {
    if (episode !== this.told) this.report("episode", episode);
    this.told = episode;
  }

  /** How the replay check of this demonstration stands; drawn where it shows, without touching what one types. */
  watchCheck() {
    this.check?.close();
    this.check = new ReplayCheck(this.link, this.state.episode.id, () => {
      drawHeader(this);
      drawTimeline(this);
      if (!this.editing) drawCall(this);
    });
  }

  draw() {
    this.dark = isDark(this.parts.root);
    drawHeader(this);
    drawLegend(this);
    drawTimeline(this);
    drawPage(this);
    drawCall(this);
    drawSide(this);
    drawFailure(this);
    prefetch(this);
    this.parts.root.dispatchEvent(new CustomEvent("stepscope:shown", { bubbles: true }));
  }

  /** What is being saved, or could not be. */
  drawSaving() {
    drawHeader(this);
    drawFailure(this);
  }

  /** Whether demonstrations not seen yet are opened without their proposal; kept while the tab is open. */
  get blindly() {
    return sessionStorage.getItem("stepscope-blind") === "1";
  }

  set blindly(on) {
    sessionStorage.setItem("stepscope-blind", on ? "1" : "0");
  }

  /** The observation text before a step, from the store. */
  async texts(uid) {
    if (!this.cache.has(uid)) {
      const path = `/episodes/${encodeURIComponent(this.state.episode.id)}/steps/${encodeURIComponent(uid)}`;
      const payload = await ask(this.link, path, { method: "GET" });
      this.cache.set(uid, payload.before ? payload.before.text : "No observation was kept.");
    }
    return this.cache.get(uid);
  }

  /**
   * Commit one gesture, then draw what the server made of it. The gesture's id stays the same over retries, so that
   * an answer that got lost does not do it twice.
   * @param {string} what in a person's words: "Accepted fill_text"
   * @param {(view: Board) => ?Object} make the gesture for the state at that moment; null when it makes no sense
   * @param {(view: Board, body: Object) => void} [after] where to go next
   */
  commit(what, make, after) {
    const id = freshId();
    let gesture = null;
    const run = async () => {
      gesture = gesture || make(this);
      if (!gesture) return;
      const said = typeof what === "function" ? what(this) : what;
      try {
        const { base, track } = this.state;
        const sent = { id, base, track: track.name, run: track.run, ...gesture };
        const body = await sendGesture(this.link, this.state.episode.id, sent);
        const target = segmentOf(this.state, gesture.segment);
        const state = mergedState(this.state, body);
        if (state.track.name !== this.state.track.name) {
          this.show(state);
          return toast(this, said);
        }
        this.state = { ...state, queue: queueWith(state) };
        if (after) after(this, body, target);
        this.show(this.state);
        toast(this, said);
      } catch (error) {
        await this.refused(error, said, () => (gesture = null));
      }
    };
    this.line.push({ what, run });
    if (!this.line.idle) drawHeader(this);
  }

  /** A conflict or a refusal is told and over; anything else stays in line for another try. */
  async refused(error, said, forget) {
    if (error.status === 409) {
      forget();
      const newest = await loadState(this.link, this.state.episode.id, this.state.track.kind);
      this.show(newest);
      conflict(this, said, newest);
    } else if (error.status === 422) notice(this, error.message);
    else throw error;
  }
}

/** The fixed parts of the board, empty. */
function skeletonInto(parent) {
  const part = (name, props = {}) => h("div", { ...props, class: name });
  const parts = {
    banner: part("banner"),
    header: part("row header"),
    legend: part("row pad legend-row"),
    timeline: part("timeline", { tabindex: 0, role: "group", "aria-label": "Timeline of steps and calls" }),
    track: part("track"),
    strip: part("strip"),
    bars: part("bars", { role: "group", "aria-label": "Calls" }),
    lanes: part("lanes"),
    cursor: part("cursor", { "aria-hidden": "true" }),
    failure: part("failure"),
    page: part("card pane"),
    call: part("card pane"),
    side: part("card pane"),
    toasts: part("toasts", { role: "status", "aria-live": "polite" }),
    overlay: part("overlay"),
  };
  parts.track.append(parts.strip, parts.bars, parts.lanes, parts.cursor);
  parts.timeline.append(parts.track);
  const top = h("div", { class: "card" }, parts.legend, parts.timeline);
  parts.body = h(
    "div",
    { class: "board" },
    parts.header,
    parts.failure,
    top,
    h("div", { class: "panes" }, parts.page, parts.call, parts.side),
  );
  parts.body.hidden = true;
  parts.root = h("div", { class: "ss label" }, parts.banner, parts.body, parts.toasts, parts.overlay);
  parent.append(parts.root);
  return parts;
}
