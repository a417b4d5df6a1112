/* The right pane: why the step was done, what the model was shown and wrote, and the page as text. */

/** Decision, Prompt and Observation of the selected step; only the one in sight is made. */
class Reading {
  /** @param {any} ports onFrame, onStep, onPoint, held, saying, notes, words(), teaching() */
  constructor(ports) {
    this.ports = ports;
    this.mode = "decision";
    this.unfolded = new Set();
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
      prompt: () => this.prompt(),
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
      this.stack(),
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

  /** The calls open at this moment, from the planner down. */
  stack() {
    const path = this.recording.path(this.frame);
    const last = path.length - 1;
    const crumb = (number, at) => {
      const frame = this.recording.frames[number];
      const text = at === last ? frame.objective : frame.policy;
      const shown = at === last && number > 0 ? text : frame.policy;
      return h(
        "li",
        {},
        h(
          "button",
          {
            type: "button",
            class: "plain",
            title: frame.objective,
            onclick: () => this.ports.onFrame(number),
            ...(at === last ? { "aria-current": "step" } : {}),
          },
          swatch(this.ink, frame.policy),
          shorten(shown, 160),
        ),
        " ",
      );
    };
    return h("nav", { "aria-label": "Open calls" }, h("ol", { class: "crumbs" }, path.map(crumb)));
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
    if (call && call.score !== null) facts.push(`score ${call.score.toFixed(2)}`);
    if (call) facts.push(duration(call.ended - call.started), call.model);
    if (!step.reason && !facts.length) return null;
    return h(
      "div",
      {},
      step.reason ? h("span", { class: "reason" }, step.reason, " ") : null,
      facts.length ? h("span", { class: "dim" }, facts.join(" · ")) : null,
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
    return [signalCards(findings, place, answer), blamePanel(findings, place, saying.allowed ? saying : null)];
  }

  facts() {
    const { recording, place } = this;
    const { step, before, after, same } = this.details;
    const frame = recording.frames[this.frame];
    const rows = [];
    const row = (name, value) => value && rows.push(h("dt", {}, name), h("dd", {}, value));
    row("Page", before && h("span", { class: "mono", title: before.url }, shorten(before.url, 90)));
    row("Changed", step.changed.length ? step.changed.join(", ") : same && "nothing");
    row(
      "Now at",
      after &&
        before &&
        after.url !== before.url &&
        h("span", { class: "mono", title: after.url }, shorten(after.url, 90)),
    );
    if (step.ended > 0) row("Time", `${duration(step.started)} into the episode, took ${duration(step.ended - step.started)}`);
    row("Seen", step.proof && seen(step.proof));
    row("Replay", this.replayed(step.uid));
    row("Prompts", this.recording.episode.actor === "human" && this.heldBy());
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

  // -- prompt -----------------------------------------------------------------------------------------------------

  prompt() {
    if (!this.details) return h("p", { class: "dim" }, "…");
    const { call } = this.details;
    if (!call)
      return h(
        "p",
        { class: "dim" },
        this.recording.episode.actor === "human"
          ? ["A person did this step, so there is no prompt. ", this.heldBy()]
          : "No model was asked for this step.",
      );
    const most = Math.max(1, ...call.parts.map((part) => part.tokens));
    return [
      h(
        "div",
        { class: "dim" },
        `${call.model} · ${call.tokens_in.toLocaleString("en")} tokens in, ${call.tokens_out.toLocaleString("en")} out${call.cost === null ? "" : ` · $${call.cost.toFixed(4)}`}${call.retries ? ` · ${count(call.retries, "retry").replace("retrys", "retries")}` : ""}`,
      ),
      (call.notes || []).map((note) => h("div", { class: "dim" }, `${note}.`)),
      shares(call.parts),
      call.parts.map((part) => this.part(part, most)),
      call.error
        ? h(
            "div",
            { class: "trouble" },
            h("b", {}, call.reply === null ? "The model did not answer" : "The answer could not be read"),
            h("div", {}, call.error),
          )
        : null,
      h(
        "h3",
        {},
        "Reply",
        call.finish_reason && call.finish_reason !== "stop"
          ? h("span", { class: "dim" }, ` (${call.finish_reason})`)
          : null,
      ),
      h("pre", { class: "mono" }, call.reply === null ? "nothing" : call.reply),
      h("h3", {}, "Read as"),
      this.readAs(),
    ];
  }

  /** What became of the reply: the step it was understood as. */
  readAs() {
    const { step } = this.details;
    const rows = [];
    const row = (name, value) => value && rows.push(h("dt", {}, name), h("dd", {}, value));
    row("Kind", { push: "a call", pop: "a return", act: "a page action", invalid: "not understood", note: "a note" }[step.kind]);
    row("Action", step.action && h("span", { class: "mono" }, step.action));
    row("Reason", step.reason);
    row("Target", step.target && `[${step.target.id ?? "?"}] ${step.target.role} ${step.target.name}`);
    row("Error", step.error);
    return h("dl", { class: "facts" }, rows);
  }

  /** A folded text; a kind of part that was unfolded stays so from step to step. */
  part(part, most) {
    const width = `${Math.max(2, (part.tokens / most) * 72)}px`;
    const fold = (event) => this.unfolded[event.currentTarget.parentElement.open ? "delete" : "add"](part.kind);
    const set = this.recording.episode.prompt_set;
    const source = part.source && set ? promptLink(set, part.source, part.source, "Show this example on Prompts") : null;
    const summary = [
      h("b", {}, part.kind),
      source,
      h("span", { class: "dim" }, ` ${part.role}`),
      h("span", { class: "sp" }),
      h("span", { class: "size", style: { width }, "aria-hidden": "true" }),
      h("span", { class: "dim n" }, `${part.tokens.toLocaleString("en")} tokens`),
    ];
    return h(
      "details",
      { class: "part", open: this.unfolded.has(part.kind) },
      h("summary", { onclick: fold }, summary),
      h("pre", { class: "mono" }, part.text),
    );
  }

  /** The prompt sets that hold examples of this step, the newest first, each example a link to it. */
  heldBy() {
    const sets = new Map();
    for (const one of this.ports.held(this.details.step.uid))
      sets.set(one.prompt_set, [...(sets.get(one.prompt_set) || []), one]);
    if (!sets.size) return null;
    const link = (one) => [promptLink(one.prompt_set, one.example, one.policy, one.action), one.shown ? " " : "° "];
    const lines = [...sets].slice(0, SETS_TOLD).map(([set, held]) =>
      h("div", {}, h("span", { class: "mono dim" }, `${set.slice(0, 10)} `), held.map(link)),
    );
    const older = sets.size - lines.length;
    return h(
      "div",
      {},
      "Examples in ",
      lines,
      older > 0 ? h("div", { class: "dim" }, `and in ${count(older, "older set")}`) : null,
      [...sets.values()].flat().some((one) => !one.shown) ? h("div", { class: "dim" }, "° in the pool, not shown") : null,
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

/** How the prompt's tokens fall on its parts, as one bar; the parts below say the same in words. */
function shares(parts) {
  const total = parts.reduce((sum, part) => sum + part.tokens, 0);
  if (!total || parts.length < 2) return null;
  const piece = (part, at) => {
    const share = `${part.kind}: ${Math.round((100 * part.tokens) / total)} %`;
    return h("span", { title: share, class: at % 2 ? "odd" : "", style: { flex: `${part.tokens} 0 0` } }, part.tokens / total > 0.14 ? part.kind : "");
  };
  return h("div", { class: "shares", "aria-hidden": "true" }, parts.map(piece));
}

/** Prompt sets that are named of a step; the rest are counted. */
const SETS_TOLD = 3;

/** A link to an example on the Prompts screen. */
function promptLink(set, example, text, title) {
  const query = new URLSearchParams({ set, example });
  return h("a", { href: `prompts?${query}`, title, onclick: (event) => event.stopPropagation() }, text);
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
