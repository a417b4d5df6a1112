/* The card of the selected call: its arguments, its steps, and what one can do with it. */

function drawCall(view) {
  const { state, parts } = view;
  const segment = segmentOf(state, view.selected);
  const focused = keepField(parts.call);
  fill(parts.call, segment ? callCard(view, segment) : ownCard(view));
  focused();
}

function keepField(holder) {
  const active = holder.getRootNode().activeElement;
  const name = active && holder.contains(active) ? active.name : null;
  return () => {
    const again = name && holder.querySelector(`[name="${CSS.escape(name)}"]`);
    if (again) again.focus();
  };
}

/** Steps in no call below the planner: what one can do with them. */
function ownCard(view) {
  const [first, last] = rangeOf(view);
  return [
    h(
      "div",
      { class: "row pad" },
      h("b", {}, "The planner's own steps"),
      h("span", { class: "dim" }, spanText(first, last)),
      h("span", { class: "sp" }),
    ),
    h(
      "div",
      { class: "pad stack" },
      h(
        "div",
        { class: "dim" },
        "No call holds the step at the cursor: the planner does it itself. Press 1–9 to make it a call, or W to wrap several steps (Shift+click, or Shift+Space and arrows, marks them).",
      ),
      differenceCard(view),
      stepLines(view, first, last, null),
      h(
        "div",
        { class: "row buttons" },
        action(view, "Make a call", "1–9", () => view.act.showPolicies()),
        action(view, "Wrap", "W", () => view.act.wrap()),
        action(view, "Note", "N", () => view.act.note()),
      ),
    ),
  ];
}

function callCard(view, segment) {
  const { state } = view;
  const [, word] = stateSign(segment);
  const known = isPolicy(state, segment.policy);
  const raw = confidenceText(segment.confidence);
  const certain = state.calibrated
    ? `confidence ${confidenceText(surely(state, segment.confidence))} (${raw} before calibration)`
    : `confidence ${raw} uncalibrated`;
  return [
    h(
      "div",
      { class: "row pad head" },
      h("i", { class: "swatch", style: { "--c": colorOf(view, segment.policy) } }),
      h("b", { data: { part: "policy" } }, segment.policy),
      h("span", { class: "dim" }, spanText(segment.first, segment.last)),
      h(
        "span",
        { class: segment.state === "pending" ? "vh" : `state ${segment.state}`, data: { part: "state" } },
        word,
      ),
      h("span", { class: "sp" }),
      !known && h("span", { class: "chip warn" }, "no policy yet"),
      segment.confidence !== null &&
        h(
          "span",
          { class: "chip", title: "The labeller's own number; not checked against reviewed labels yet" },
          certain,
        ),
    ),
    h(
      "div",
      { class: "pad stack grow" },
      differenceCard(view),
      !known && proposedNote(view, segment),
      segment.why &&
        h("div", { data: { part: "why" } }, h("span", { class: "dim" }, waits(segment) ? "Why next: " : "Doubt: "), segment.why),
      segment.rule === "live" && h("div", { class: "dim" }, "Marked while recording"),
      segment.reason &&
        segment.reason !== segment.why &&
        h("div", {}, h("span", { class: "dim" }, segment.rule && segment.rule !== "live" ? `${segment.rule}: ` : "Reason: "), segment.reason),
      view.editing ? argumentForm(view, segment) : argumentTable(view, segment),
      stepLines(view, segment.first, segment.last, segment),
      policyCard(view, segment.policy),
    ),
    h("div", { class: "pad foot" }, actions(view, segment)),
  ];
}

/** A labeller proposed a policy that does not exist: what one can do about it. */
function proposedNote(view, segment) {
  const name = segment.policy.replace(/^proposed:/, "");
  return h(
    "div",
    { class: "note" },
    h("div", {}, `The labeller found no policy for this and proposes a new one, “${name}”.`),
    h(
      "div",
      { class: "row buttons" },
      action(view, "Name it by one there is", "1–9", () => view.act.showPolicies()),
      h("button", { type: "button", onclick: () => view.leave("policies") }, "Look at it in Policies"),
    ),
  );
}

/** When a policy is to be called and when it is done, for who is unsure. */
function policyCard(view, name) {
  const policy = view.state.policies.find((p) => p.name === name);
  if (!policy) return null;
  const line = (label, text) => text && h("div", {}, h("span", { class: "dim" }, `${label}: `), text);
  const params = policy.params.map((p) => ` [${p.name}]`).join("");
  return h(
    "details",
    { class: "policycard", open: view.cardOpen, ontoggle: (event) => (view.cardOpen = event.target.open) },
    h("summary", { class: "dim" }, "What ", h("span", { class: "mono" }, policy.name + params), " is for"),
    h("div", {}, policy.description),
    line("When", policy.when_to_use),
    line("Not when", policy.when_not),
    line("Done when", policy.stop_rule),
  );
}

const SOURCES = {
  step_value: "typed value",
  element_name: "element name",
  objective: "objective",
  observation: "observation",
  inferred: "inferred",
  person: "by hand",
};

/** Where an argument's value comes from, in words. */
function whence({ value, source, found }) {
  if (!value.trim()) return "missing";
  const from = SOURCES[source] || source;
  return found ? `${from} ✓` : `${from}, not found`;
}

function argumentTable(view, segment) {
  const row = (name, value, source, found) =>
    h(
      "tr",
      {},
      h("th", { scope: "row" }, name),
      h(
        "td",
        { onclick: () => view.act.edit(name) },
        value === null || value === "" ? h("span", { class: "dim" }, "none") : value,
      ),
      h("td", { class: found === false ? "warn" : "dim" }, source),
    );
  return h(
    "table",
    { class: "args", "aria-label": "Arguments" },
    h(
      "tbody",
      {},
      segment.args.map((a) => row(a.name, a.value, whence(a), a.found)),
      row("returns", segment.returns, segment.returns === null ? "" : "return value"),
    ),
  );
}

/** Enter saves, Escape leaves; sent only when something differs. */
function argumentForm(view, segment) {
  const save = (event) => {
    event.preventDefault();
    const values = Object.fromEntries(new FormData(event.target));
    view.act.saveArguments(segment, values);
  };
  const leave = (event) => {
    if (event.key === "Escape") view.act.leaveEditing();
  };
  const params = (view.state.policies.find((p) => p.name === segment.policy) || { params: [] }).params;
  const names = [...new Set([...params.map((p) => p.name), ...segment.args.map((a) => a.name)])];
  const value = (name) => (segment.args.find((a) => a.name === name) || { value: "" }).value;
  const field = (name, label, text, hint) =>
    h(
      "label",
      {},
      h("span", { class: "dim" }, label),
      h("input", { name, value: text, placeholder: hint || "", autocomplete: "off", spellcheck: "false" }),
    );
  return h(
    "form",
    { class: "edit", onsubmit: save, onkeydown: leave, "aria-label": "Arguments and return value" },
    names.map((name) => field(`arg:${name}`, name, value(name))),
    field("returns", "returns", segment.returns || "", "what the call gives back; empty for nothing"),
    h(
      "div",
      { class: "row" },
      h("button", { class: "pri", type: "submit" }, "Save ", h("kbd", {}, "⏎")),
      h("button", { type: "button", onclick: () => view.act.leaveEditing() }, "Cancel ", h("kbd", {}, "Esc")),
    ),
  );
}

/** The steps of a call; those a lane ends elsewhere are marked as in doubt. */
function stepLines(view, first, last, segment) {
  const { state } = view;
  const nested = segment ? childrenOf(state, segment.id) : [];
  const doubted = segment ? doubtedSteps(state, segment) : new Set();
  const line = (index) => {
    const step = state.steps[index];
    const child = nested.find((s) => s.first <= index && index <= s.last);
    const target = step.target ? ` ${step.target.role} '${shorten(step.target.name, 50)}'` : "";
    return h(
      "button",
      {
        type: "button",
        class: `step-line${index === view.cursor ? " here" : ""}${doubted.has(index) ? " warn" : ""}`,
        onclick: () => view.act.goTo(index, false, true),
        title: step.sentence,
      },
      h("span", { class: "n" }, index + 1),
      view.check.mark(step.uid),
      `${step.action}${target}`,
      child && h("span", { class: "dim" }, `  in ${child.policy}`),
      state.notes[step.uid] && h("span", { class: "noted", title: state.notes[step.uid] }, `  ✎ ${shorten(state.notes[step.uid], 60)}`),
      (state.remarks || {})[step.uid] && h("span", { class: "dim", title: state.remarks[step.uid] }, `  ${shorten(state.remarks[step.uid], 80)}`),
      (state.mistakes || []).includes(step.uid) &&
        h("span", { class: "warn", title: "Marked while recording: nobody learns from it" }, "  a mistake"),
      doubted.has(index) && h("span", { class: "vh" }, " (in doubt)"),
    );
  };
  return h(
    "div",
    { class: "mono steps", role: "group", "aria-label": "Steps of the call" },
    Array.from({ length: last - first + 1 }, (_, i) => line(first + i)),
  );
}

/** Steps of a call without calls in it that some lane ends before. */
function doubtedSteps(state, segment) {
  const out = new Set();
  for (const lane of childrenOf(state, segment.id).length ? [] : state.lanes) {
    const home = lane.segments.find((s) => s.differs && s.first <= segment.first && segment.first <= s.last);
    for (let i = segment.first; home && i <= segment.last; i++) if (i > home.last) out.add(i);
  }
  return out;
}

function action(view, text, key, run, options = {}) {
  return h(
    "button",
    {
      type: "button",
      class: options.primary ? "pri" : null,
      disabled: options.disabled,
      data: { act: text },
      onclick: run,
    },
    `${text} `,
    h("kbd", {}, key),
  );
}

function actions(view, segment) {
  const { state, act } = view;
  const edge = edgeAt(segment, view.cursor) === "first" ? "start" : "end";
  const share = confidenceText(state.threshold);
  return [
    h(
      "div",
      { class: "row buttons" },
      action(view, "Accept", "A", () => act.accept(), {
        primary: true,
        disabled: segment.state === "accepted" || !isPolicy(state, segment.policy),
      }),
      action(view, "Relabel", "1–9", () => act.showPolicies()),
      action(view, "Split", "S", () => act.split(), {
        disabled: view.cursor <= segment.first || view.cursor > segment.last,
      }),
      action(view, "Merge", "M", () => act.merge(), { disabled: !nextSibling(state, segment) }),
      action(view, "Reject", "X", () => act.reject()),
      action(view, "Edit", "E", () => act.edit()),
      action(view, "Wrap", "W", () => act.wrap()),
      action(view, "Note", "N", () => act.note()),
    ),
    h(
      "div",
      { class: "keys dim" },
      h("span", {}, h("kbd", {}, "⇧←"), " ", h("kbd", {}, "⇧→"), ` move ${edge}`),
      h(
        "button",
        { class: "plain dim", type: "button", onclick: () => act.edit("returns") },
        h("kbd", {}, "V"),
        " returns",
      ),
      h(
        "button",
        { class: "plain dim", type: "button", disabled: !state.can_redo, onclick: () => act.redo() },
        h("kbd", {}, "Y"),
        " redo",
      ),
      h(
        "button",
        { class: "plain dim", type: "button", onclick: () => act.bulk() },
        h("kbd", {}, "B"),
        ` accept ≥ ${share}`,
      ),
      h("button", { class: "plain dim", type: "button", onclick: () => act.help() }, h("kbd", {}, "?"), " keys"),
    ),
  ];
}
