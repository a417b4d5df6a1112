/* The replay component: builds the screen, holds what is selected, and tells the address bar and Python about it. */

/** Steps fetched ahead in the direction of travel. */
const AHEAD = 3;
/** What is said where an address names a step that the episode does not have. */
const NO_STEP = "The step this address names is not in the episode. Its first step is shown.";

/** One mounted replay. */
class App extends Screen {
  constructor(parent) {
    super(parent, "replay", BY_KEY);
    this.word = "step";
    this.path = location.pathname;
    this.place = 0;
    this.frame = 0;
    this.direction = 1;
    this.told = new Set();
    this.travel = new Travel(this);
    this.root.addEventListener("stepscope:drawn", () => this.settled());
    this.watch = new ResizeObserver(() => this.timeline && this.timeline.resize());
  }

  /** New data from Python, or a new theme. A step we reported ourselves and get back is no wish to go there. */
  update({ data, setStateValue, setTriggerValue }) {
    const episode = `${data.episode} ${data.label_ref || ""} ${data.token}`;
    this.data = data;
    this.setStateValue = setStateValue;
    this.setTriggerValue = setTriggerValue;
    this.travel.arrived(data.episode);
    if (episode !== this.shownEpisode) {
      this.shownEpisode = episode;
      this.told.clear();
      this.open();
    } else if (this.recording) {
      if (new Ink(this.root, data.colours).key !== this.ink.key) this.dress();
      const asked = this.told.has(data.step) ? undefined : this.recording.placeOf.get(data.step);
      if (asked !== undefined) this.select(asked);
    }
    this.told.add(data.step);
  }

  open() {
    this.leave();
    this.source = new Source(this.data.source || new ServerFeed(this.data));
    this.window = new StepWindow(this);
    this.saying = new Saying(this, this.source);
    this.notes = new Notes(this);
    this.search = new Search(this);
    this.player = new Player(this);
    this.recording = null;
    fill(this.root, h("div", { class: "card pad dim", role: "status" }, "Opening the episode…"));
    this.load(this.source);
  }

  async load(source) {
    try {
      const skeleton = await source.skeleton();
      if (source !== this.source) return;
      this.live = new Live(this, skeleton);
      this.recording = new Recording(skeleton);
      this.build();
      const asked = this.recording.placeOf.get(this.data.step);
      this.select(asked ?? (this.live.following ? this.recording.n - 1 : 0));
      if (asked === undefined && this.data.step && this.recording.n) this.toast(NO_STEP, LONG_TOAST);
      this.saying.look();
      keepOnce(skeleton.steps);
    } catch (error) {
      if (source === this.source && error.name !== "AbortError") this.refuse("The episode cannot be shown", error, otherWays(this));
    }
  }

  // -- the screen -------------------------------------------------------------------------------------------------

  build() {
    const { source } = this;
    this.stage = new Stage(source, { failed: (error) => this.complain(error) });
    this.timeline = new Timeline({
      onSelect: (place, frame) => this.select(place, frame),
      onBrush: (brush) => this.window.set(brush),
      thumb: (hash) => source.thumb(hash),
      peekThumb: (hash) => source.peekThumb(hash),
    });
    this.outline = new Outline({
      onStep: (place) => this.select(place),
      onFrame: (frame) => this.toFrame(frame),
      onFold: () => this.drawFoldAll(),
      here: () => [this.place, this.frame],
    });
    this.reading = new Reading({
      held: (uid) => this.data.held?.[uid] ?? [],
      onFrame: (frame) => this.toFrame(frame),
      onPoint: (box) => this.stage.point(box),
      onStep: (place) => this.select(place),
      saying: this.saying,
      notes: this.notes,
      words: () => this.search.words,
      teaching: () => teachButton(this),
    });
    this.watchCheck();
    this.head = h("header");
    this.alarm.hidden = true;
    this.said = h("div", { class: "vh", "aria-live": "polite" });
    this.number = h("span", { class: "mono number" });
    this.tabs = { left: h("div"), middle: h("div"), right: h("div"), axis: h("div", { class: "row axis" }) };
    for (const name of ["left", "middle", "right"]) leaveKeys(this.tabs[name]);
    this.foldAll = h("button", { type: "button", class: "plain dim", onclick: () => this.outline.foldAll() });
    this.signal = h("div", { class: "row" });
    this.replayed = h("div", { class: "row" });
    fill(this.root, this.head, this.alarm, stackCard(this), columnCards(this), this.said, this.toasts);
    this.watch.observe(this.timeline.element);
    this.root.style.setProperty("--above", `${Math.max(0, Math.round(this.root.getBoundingClientRect().top))}px`);
    restoreView(this);
    this.dress();
  }

  /** Everything that depends on the theme or on how the recording stands. */
  dress() {
    this.ink = new Ink(this.root, this.data.colours);
    this.root.classList.toggle("dark", this.ink.dark);
    this.outline.show(this.recording, this.ink, this.window.brush);
    this.timeline.show(this.recording, this.ink);
    const verdict = h("p", { class: "verdict" }, verdictLine(this.recording));
    fill(
      this.head,
      h("div", { class: "row" }, headline(this.recording), this.live.element, headButtons(this)),
      h("div", { class: "row about" }, about(this.recording, this.data), verdict),
    );
    this.root.classList.toggle("none", !this.recording.n);
    this.drawCheck();
    this.drawFound();
    this.drawTabs();
    if (this.recording.n) this.draw();
    else this.reading.show(this.recording, 0, 0, this.ink, null);
  }

  /** The line of the replay check; the focus stays on its button when it is drawn again. */
  drawCheck() {
    const focused = this.replayed.contains(this.root.getRootNode().activeElement);
    fill(this.replayed, this.check && this.check.summary());
    if (focused) this.replayed.querySelector("button")?.focus();
  }

  /** How a demonstration's replay check stands; its marks are drawn where steps are told of. */
  watchCheck() {
    const { data, recording, outline, reading } = this;
    this.check?.close();
    this.check = null;
    if (recording.episode.actor === "human" && !data.source) {
      this.check = new ReplayCheck(data, data.episode, () => {
        this.drawCheck();
        outline.renewSteps();
        if (reading.mode === "decision") reading.draw();
      });
    }
    outline.check = reading.check = this.check;
  }

  drawTabs() {
    const then = (part) => (id) => {
      part.setMode(id);
      this.drawTabs();
    };
    drawTabs(this, "left", this.outline.mode, then(this.outline));
    drawTabs(this, "middle", this.stage.mode, (id) => this.setStage(id));
    drawTabs(this, "right", this.reading.mode, then(this.reading));
    drawAxes(this);
    this.drawFoldAll();
    keepView(this);
  }

  /** The button that folds or unfolds all calls; only where there are calls in calls. */
  drawFoldAll() {
    const { folds } = this.outline;
    this.foldAll.hidden = this.outline.mode !== "frames" || this.recording.maxDepth < 3;
    const text = folds.allClosed ? "Unfold all calls" : "Fold all calls";
    this.foldAll.title = `${text} (O)`;
    this.foldAll.setAttribute("aria-label", text);
    this.foldAll.textContent = folds.allClosed ? "⊞" : "⊟";
  }

  setAxis(name) {
    this.timeline.setAxis(name);
    this.drawTabs();
  }

  /** The window of steps has changed: every pane keeps to it. */
  windowed(brush) {
    this.timeline.setBrush(brush);
    this.outline.filter(brush);
    this.drawFound();
    this.search.tell();
    if (this.reading.mode === "notes") this.reading.draw();
  }

  setReading(mode) {
    this.reading.setMode(mode);
    this.drawTabs();
  }

  setStage(mode) {
    this.stage.setMode(mode);
    this.drawTabs();
    if (this.recording.n) this.draw();
  }

  /** What stands over the timeline: the window, and where to look first. */
  drawFound() {
    const focused = this.root.getRootNode().activeElement?.dataset.act;
    fill(this.signal, this.window.chip(), problemButton(this));
    if (focused && this.signal.querySelector(`[data-act=${focused}]`))
      this.signal.querySelector(`[data-act=${focused}]`).focus();
  }

  // -- what the window asks (window.js) ---------------------------------------------------------------------------

  get size() {
    return this.recording ? this.recording.n : 0;
  }

  callSpan() {
    const { recording, frame } = this;
    return recording.size(frame) ? [recording.first[frame], recording.last[frame]] : null;
  }

  // -- selecting --------------------------------------------------------------------------------------------------

  move(by) {
    const [low, high] = this.window.span();
    this.select(Math.min(high, Math.max(low, this.place + by)));
  }

  /** The first or last step of the window. */
  toEdge(edge) {
    this.select(this.window.span()[edge]);
  }

  /** The next signal or problem in the window. */
  toStop(direction) {
    const where = this.window.brush ? " in these steps" : "";
    const none = `No ${direction > 0 ? "further" : "earlier"} signal or problem${where}`;
    this.toProblem(this.recording.findings.stop(this.place, direction, this.window.span()), none);
  }

  /** Where failure begins, else the first problem; those of the window where it has any. */
  toFailure() {
    const { findings } = this.recording;
    const within = findings.within(this.window.span());
    if (findings.begins >= 0 && (this.window.holds(findings.begins) || !within.length)) this.select(findings.begins);
    else this.toProblem(within[0] || findings.stops[0], "Nothing was found to look at");
  }

  /** Select a step and, unless told, the innermost call there. */
  select(place, frame) {
    const { recording } = this;
    if (!recording || !recording.n) return;
    const wanted = Math.min(recording.n - 1, Math.max(0, place));
    this.window.reach(wanted);
    if (wanted !== this.place) this.direction = Math.sign(wanted - this.place);
    this.place = wanted;
    this.frame = frame ?? recording.frameAt(wanted);
    this.live.moved();
    this.waits = !this.draw();
    if (!this.waits) this.prefetch();
    clearTimeout(this.resting);
    this.resting = setTimeout(() => this.rest(), REST);
  }

  /** Select a call at its first step; where there is none, say so. */
  toFrame(frame, none) {
    if (!this.recording.n) return;
    if (frame === undefined || frame < 0) return none && this.toast(none);
    this.outline.open(frame);
    this.select(this.recording.start(frame), frame);
  }

  toProblem(problem, none) {
    if (problem) this.select(problem.place);
    else this.toast(none);
  }

  /** The picture at once, everything one reads with the next frame. @returns whether the picture was here */
  draw() {
    const { recording, place } = this;
    const uid = recording.columns.uid[place];
    const details = this.source.peekStep(uid);
    this.root.dataset.step = uid;
    const drawn = this.stage.show(recording, place, this.ink, details);
    this.timeline.select(place, this.frame, this.sentence());
    this.number.textContent = `step ${inFull(place + 1)} / ${inFull(recording.n)}`;
    if (details && drawn) this.alarm.hidden = true;
    if (!details)
      this.source.step(uid).then(
        () => this.arrived(uid),
        (error) => this.complain(error),
      );
    this.readSoon();
    return drawn;
  }

  /** The picture one waited for is drawn: only now others may be asked for, which would have held it up. */
  settled() {
    if (this.waits) this.prefetch();
    this.waits = false;
  }

  arrived(uid) {
    this.alarm.hidden = true;
    if (this.recording && this.recording.columns.uid[this.place] === uid) this.readSoon();
  }

  sentence() {
    const { columns, n } = this.recording;
    return `Step ${this.place + 1} of ${n}: ${columns.sentence[this.place]}`;
  }

  readSoon() {
    if (this.readingSoon) return;
    this.readingSoon = requestAnimationFrame(() => {
      this.readingSoon = 0;
      if (!this.recording || !this.recording.n) return;
      const details = this.source.peekStep(this.recording.columns.uid[this.place]) || null;
      this.outline.select(this.place, this.frame);
      this.search.tell();
      this.reading.show(this.recording, this.place, this.frame, this.ink, details);
      if (details) this.stage.tell(details);
    });
  }

  /** What comes next in the direction of travel, and one step back; pictures one after the other, the nearest first. */
  prefetch() {
    const { recording, place, direction, source } = this;
    const ahead = [...Array(AHEAD).keys()].map((k) => place + (k + 1) * direction);
    const near = [...ahead, place - direction].filter((at) => at >= 0 && at < recording.n);
    const sides = this.stage.mode === "diff" ? ["before", "after"] : [this.stage.mode];
    for (const at of near) source.step(recording.columns.uid[at]).catch(() => {});
    const pictures = near.flatMap((at) => sides.map((side) => recording.picture(at, side)));
    source.wish(pictures.filter(Boolean).map((picture) => picture.hash));
  }

  /** The selection has rested: address bar, Python, and those who listen. */
  rest() {
    if (!this.recording?.n || this.travel.travelling) return;
    const uid = this.recording.columns.uid[this.place];
    if (location.pathname === this.path) history.replaceState(history.state, "", this.address(uid));
    this.said.textContent = this.sentence();
    if (uid !== this.reported) this.setStateValue("step", uid);
    this.reported = uid;
    this.told.add(uid);
  }

  /** The address of a step; a page that holds the episode itself names it behind its own "#". */
  address(uid) {
    const { episode, label_ref, source } = this.data;
    const address = new URL(location.href);
    if (source) address.hash = new URLSearchParams({ step: uid }).toString();
    else
      for (const [name, value] of Object.entries({ episode, step: uid, label_ref }))
        if (value) address.searchParams.set(name, value);
        else address.searchParams.delete(name);
    return address;
  }

  // -- a running episode (live.js) --------------------------------------------------------------------------------

  /** The episode has gone on; whoever follows its end goes with it. The step that was its last may be said anew. */
  grow(recording, last) {
    const uid = this.root.dataset.step;
    this.source.steps.entries.delete(last);
    this.source.askAgain();
    recording.adopt(this.recording.told);
    this.recording = recording;
    this.place = Math.min(recording.placeOf.get(uid) ?? 0, Math.max(0, recording.n - 1));
    this.frame = recording.frameAt(this.place);
    this.dress();
    if (!recording.running) this.ended();
    if (this.live.following) this.select(recording.n - 1);
  }

  /** A running episode has ended: what can be found of it, can be now. */
  ended() {
    this.check?.ask("GET");
    this.saying.look();
  }

  // -- keys, dialogs ----------------------------------------------------------------------------------------------

  get line() {
    return this.timeline?.element;
  }

  isOpen() {
    return Boolean(this.sheet || this.window.brush || this.search.shown);
  }

  /** Whoever presses a key that is no speed does not want it to play on. */
  pressing(binding) {
    if (!" +-".includes(binding.key)) this.player.pause();
  }

  askForStep() {
    this.askFor(this.recording.n, this.place, "step", (place) => this.select(place));
  }

  /** Escape: what is open closes, one thing at a time. */
  back() {
    if (this.sheet) this.closeSheet();
    else if (this.window.brush) this.window.set(null);
    else this.search.close();
  }

  copyLink() {
    this.rest();
    return this.copyAddress();
  }

  leave() {
    clearTimeout(this.resting);
    this.player?.pause();
    this.live?.close();
    this.check?.close();
    for (const part of [this.source, this.stage, this.outline]) if (part) part.close();
    this.watch.disconnect();
  }
}

/** Called by Streamlit (or a page of its own) on mounting and whenever data or theme change; returns what to do on leaving. */
const mountReplay = mounting(App);
