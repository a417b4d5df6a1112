/* The right pane: why the step was done, what the model was shown and wrote, and the page as text. */

/** Decision, Prompt and Observation of the selected step; only the one in sight is made. */
class Reading {
  /** @param {any} ports onFrame, onStep, onPoint, held, saying, notes, words(), teaching() */
  constructor(ports) {
    this.ports = ports;
    this.mode = "decision";
    this.prompts = new PromptPane(this);
    this.element = h("div", { class: "reading pad", role: "tabpanel", "aria-label": "Step", tabindex: "0" });
  }

  setMode(mode) {
    this.mode = mode;
    this.draw();
  }

  /** @param {any} details what the server says of the step; null while it is on its way */
  show(recording, place, frame, ink, details) {
    const next = { recording, place, frame, ink, details };
    if (Object.entries(next).every(([name, value]) => this[name] === value)) return;
    Object.assign(this, next);
    this.draw();
  }

  draw() {
    if (!this.recording) return;
    this.element.dataset.mode = this.mode;
    if (!this.recording.n) return void fill(this.element, h("p", { class: "dim" }, this.emptyText()));
    const parts = {
      decision: () => this.decision(),
      prompt: () => this.prompts.draw(),
      observation: () => this.observation(),
      notes: () => this.ports.notes.draw(),
    };
    const typing = this.element.getRootNode().activeElement;
    fill(this.element, parts[this.mode]());
    if (typing?.isConnected && typing !== this.element && this.element.contains(typing)) typing.focus();
    const target = this.element.querySelector(".line.target");
    const { clientHeight } = this.element;
    this.element.scrollTop = target ? target.offsetTop - this.element.offsetTop - clientHeight / 2 : 0;
  }

  emptyText() {
    return this.recording.running
      ? "No step yet; it appears here when it is done."
      : "This episode ended before its first step.";
  }

  // -- decision ---------------------------------------------------------------------------------------------------

  decision() {
    const { details } = this;
    return [
      crumbs(this.recording, this.ink, this.frame, this.ports.onFrame),
      this.action(),
      details ? this.reason() : h("p", { class: "dim" }, "…"),
      this.trouble(),
      this.found(),
      details ? this.facts() : null,
      this.selectors(),
      this.ports.teaching(),
      this.hints(),
    ];
  }

  action() {
    const { recording, place } = this;
    const { columns } = recording;
    const target = this.details && this.details.step.target;
    const action = this.details ? this.details.step.action : columns.action[place];
    const kind = { push: "calls", pop: "returns", invalid: "not understood", note: "note" }[columns.kind[place]];
    return h(
      "div",
      { class: "action mono" },
      kind ? h("span", { class: "chip" }, kind) : null,
      h("span", {}, action || "(nothing)"),
      target
        ? h("span", { class: "dim" }, `${target.role} ${target.name ? `‘${shorten(target.name, 80)}’` : ""}`)
        : null,
    );
  }

  reason() {
    const { step, call } = this.details;
    const facts = [];
    const scored = /^score \d/.test(step.reason || "");
    if (call && call.score !== null && !scored) facts.push(`score ${call.score.toFixed(2)}`);
    if (call) facts.push(...[call.ended > call.started && duration(call.ended - call.started), call.model].filter(Boolean));
    if (!step.reason && !facts.length) return null;
    return h(
      "div",
      {},
      step.reason ? h("span", { class: "reason" }, step.reason, " ") : null,
      facts.length ? h("span", { class: "dim" }, facts.join(" · ")) : null,
      scored ? howToRead() : null,
    );
  }

  trouble() {
    const { recording, place } = this;
    const problem = recording.problems.find((p) => p.place === place);
    const error = this.details && this.details.step.error;
    if (!problem && !error) return null;
    const frame = recording.frames[recording.frameAt(place)];
    const how = problem && problem.kind === "end" ? `Last step of ${shorten(frame.objective, 120)}.` : null;
    return h(
      "div",
      { class: "trouble" },
      h("b", {}, problem ? sentenceCase(problem.what) : "Error"),
      h("span", { class: "dim" }, ` step ${place + 1}`),
      error ? h("div", {}, error) : null,
      how ? h("div", {}, how) : null,
    );
  }

  /** The signals that hold here, and whose fault the failure is. */
  found() {
    const { place, ports } = this;
    const { findings } = this.recording;
    const { saying } = ports;
    const answer = saying.allowed ? (signal, value) => saying.answer(signal, value) : null;
    return [
      signalCards(findings, place, answer, saying.last),
      blamePanel(findings, place, saying.allowed ? saying : null),
      opinionPanel(this.recording, ports),
    ];
  }

  facts() {
    const { recording, place } = this;
    const { step, before, after, same } = this.details;
    const frame = recording.frames[this.frame];
    const rows = [];
    const row = (name, value) => value && rows.push(h("dt", {}, name), h("dd", {}, value));
    row("Page", before && h("span", { class: "mono", title: before.url }, shorten(before.url, 90)));
    const changed = step.changed.map((what) => (what === "pointer" ? "look under the mouse" : what));
    row("Changed", changed.length ? changed.join(", ") : same && "nothing");
    row(
      "Now at",
      after &&
        before &&
        after.url !== before.url &&
        h("span", { class: "mono", title: after.url }, shorten(after.url, 90)),
    );
    if (step.ended > 0) row("Time", `${duration(step.started)} into the episode, took ${duration(step.ended - step.started)}`);
    row("Reward", recording.rewardSaid(place));
    row("Seen", step.proof && seen(step.proof));
    row("Replay", this.replayed(step.uid));
    row("Prompts", this.recording.episode.actor === "human" && this.prompts.heldBy());
    row(
      "Call",
      this.frame > 0 && `steps ${recording.first[this.frame] + 1}–${recording.last[this.frame] + 1}, ${ending(frame)}`,
    );
    return h("dl", { class: "facts" }, rows);
  }

  /** What the newest replay check found of the step, and the selector that led to its element. */
  replayed(uid) {
    const one = this.check && this.check.of(uid);
    if (!one) return null;
    const { selector } = one;
    return [this.check.mark(uid), ` ${replaySaid(one)}`, selector && h("div", { class: "mono dim" }, selector)];
  }

  selectors() {
    const target = this.details && this.details.step.target;
    if (!target || !target.selectors.length) return null;
    const rows = target.selectors.map((s) =>
      h(
        "li",
        { class: "mono" },
        h("span", { class: "dim" }, `${s.kind} `),
        s.value,
        s.unique ? null : h("span", { class: "dim" }, " (not unique)"),
      ),
    );
    return h(
      "details",
      {},
      h("summary", {}, `${count(target.selectors.length, "way")} to find the target`),
      h("ul", { class: "plain" }, rows),
    );
  }

  hints() {
    const hint = (keys, text) =>
      h(
        "span",
        {},
        keys.map((key) => h("kbd", {}, key)),
        ` ${text} `,
      );
    return h(
      "div",
      { class: "hints dim" },
      hint(["←", "→"], "step"),
      hint(["[", "]"], "call"),
      hint(["p"], "same policy"),
      hint(["n"], "signal"),
      hint(["?"], "all keys"),
    );
  }

  // -- observation ------------------------------------------------------------------------------------------------

  observation() {
    if (!this.details) return h("p", { class: "dim" }, "…");
    const { before, step } = this.details;
    if (!before) return h("p", { class: "dim" }, "No observation was kept before this step.");
    const lines = before.text.split("\n");
    const target = step.target && step.target.id;
    const body = h(
      "div",
      { class: "lines mono", onmouseleave: () => this.ports.onPoint(null) },
      lines.map((text) => this.line(text, before.boxes, target)),
    );
    return [
      h("div", { class: "dim" }, `${before.title || "Untitled page"} · ${count(lines.length, "line")}`),
      h("div", { class: "dim mono url", title: before.url }, before.url),
      body,
    ];
  }

  line(text, boxes, target) {
    const match = /^ *\[([^\]\s]+)\]/.exec(text);
    const id = match && match[1];
    const box = id && boxes[id];
    const chosen = target !== null && id === target;
    return h(
      "div",
      { class: `line${chosen ? " target" : ""}`, onmouseenter: box ? () => this.ports.onPoint(box) : null },
      text ? marked(text, this.ports.words()) : " ",
      chosen ? h("span", { class: "vh" }, " (target)") : null,
    );
  }
}

/** Open calls that are all named; of more, those in the middle are told of by their number until one asks for them. */
const CRUMBS = 7;

/** The calls open at a moment, from the planner down to `frame`; each leads to itself. */
function crumbs(recording, ink, frame, onFrame, label = "Open calls") {
  const crumb = (number) => {
    const { policy, objective, depth } = recording.frames[number];
    const here = number === frame;
    const props = { type: "button", class: "plain", title: objective, onclick: () => onFrame(number) };
    const text = here && depth > 1 ? objective : policy;
    return h("li", {}, h("button", { ...props, "aria-current": here ? "step" : null }, swatch(ink, policy), shorten(text, 160)));
  };
  const path = recording.path(frame);
  const list = h("ol", { class: "crumbs" });
  const whole = () => {
    fill(list, path.map(crumb));
    list.children[2].firstChild.focus();
  };
  const between = path.slice(2, -3);
  const more = () => h("li", {}, h("button", { type: "button", class: "plain", onclick: whole }, `… ${between.length} more`));
  fill(list, path.length > CRUMBS ? [path.slice(0, 2).map(crumb), more(), path.slice(-3).map(crumb)] : path.map(crumb));
  return h("nav", { "aria-label": label }, list);
}

/** What the facts in a reason of the model `demos` mean (docs/learner.md). */
function howToRead() {
  const rows = [
    ["score 0.93", "how probable the model found the action, 0 to 1"],
    ["because", "the facts that spoke most for it against the next best; & joins facts that hold together"],
    ["click.target:", "what is decided: the action itself, or one argument of it"],
    ["@button ‘search’", "the element meant, by role and name"],
    ["arg:date", "a value this call was given, here the argument date"],
    ["proper:0", "the first name in the objective; so gap, quoted, number, code, pair: the kind of a value, counted from 0"],
    ["open, spent", "a value that was not used yet, or was"],
    ["record has", "the row or card around the element holds that value"],
  ];
  const list = rows.map(([sign, means]) => [h("dt", { class: "mono" }, sign), h("dd", {}, means)]);
  return h("details", { class: "dim" }, h("summary", {}, "How to read this reason"), h("dl", { class: "facts" }, list));
}

/** How a call ended, in words. */
function ending(frame) {
  if (frame.end === "returned") return frame.returned ? `returned ‘${shorten(frame.returned, 80)}’` : "returned";
  if (frame.end === "ended") return "open when the task was over";
  return frame.end === "open" ? "still open" : BAD_ENDS[frame.end];
}

/** When the page was looked at, against when the input went in. */
function seen(proof) {
  const marks = [
    proof.exact && "exact",
    proof.late && "late: the page was slow, this is how it last stood still",
    proof.stale && "stale: the target differs from what the person's picture showed",
  ];
  return [
    `${duration(Math.max(0, proof.dispatched_at - proof.observed_at))} before the input`,
    ...marks.filter(Boolean),
  ].join("; ");
}

function sentenceCase(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
