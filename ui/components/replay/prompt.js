/* The Prompt tab: what the model was shown, part by part with its tokens, what it wrote, and what that was read as. */

/** Draws the prompt of the step the right pane shows. */
class PromptPane {
  /** @param {Reading} reading */
  constructor(reading) {
    this.reading = reading;
    this.unfolded = new Set();
  }

  get recording() {
    return this.reading.recording;
  }

  get details() {
    return this.reading.details;
  }

  draw() {
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
    for (const one of this.reading.ports.held(this.details.step.uid))
      sets.set(one.prompt_set, [...(sets.get(one.prompt_set) || []), one]);
    if (!sets.size) return null;
    const lines = [...sets].slice(0, SETS_TOLD).map(([set, held]) =>
      h("div", {}, h("span", { class: "mono dim" }, `${set.slice(0, 10)} `), exampleLinks(held)),
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

/** Links to examples of one prompt set; of several of one policy each has its number. */
function exampleLinks(held) {
  const total = new Map();
  for (const { policy } of held) total.set(policy, (total.get(policy) || 0) + 1);
  const at = new Map();
  return held.map((one) => {
    at.set(one.policy, (at.get(one.policy) || 0) + 1);
    const text = total.get(one.policy) > 1 ? `${one.policy} ${at.get(one.policy)}` : one.policy;
    return [promptLink(one.prompt_set, one.example, text, one.action), one.shown ? " " : "° "];
  });
}

/** A link to an example on the Prompts screen. */
function promptLink(set, example, text, title) {
  const query = new URLSearchParams({ set, example });
  return h("a", { href: `prompts?${query}`, title, onclick: (event) => event.stopPropagation() }, text);
}
