/* What rules and people found of an episode, laid over its steps: signals as stretches, where failure begins, blame. */

/** Whose fault it may be, and what that means. */
const BLAMED = {
  planner: "called what was not right, or did not call",
  policy: "did what was not right",
  grounding: "acted on another element than was meant",
  environment: "the page or the browser failed",
  observation: "what mattered was not shown",
  evaluator: "it was right and was judged wrong",
  scaffold: "a reply was read, or a call ended, wrongly",
  infrastructure: "the model or the machine was slow or failed",
};

/** A body of `…/signals` against a recording; an episode that has none has an empty one. */
class Findings {
  /** @param {any|null} body docs/formats/skeleton.md @param {Recording} recording */
  constructor(body, recording) {
    this.recording = recording;
    const rules = (body && body.rules) || {};
    this.precision = (body && body.precision) || {};
    this.blame = (body && body.blame) || null;
    this.judge = (body && body.judge) || null;
    this.signals = ((body && body.signals) || [])
      .map((one) => this.placed({ rule: rules[one.detector]?.rule, ...one }))
      .filter((one) => one !== null)
      .sort((a, b) => a.from - b.from || a.to - b.to);
    this.lanes = [...new Set(this.signals.map((one) => one.detector))].sort((a, b) => number(a) - number(b));
    this.began = (body && body.beginning) || null;
    this.begins = this.began ? (recording.placeOf.get(this.began.step) ?? -1) : -1;
    this.stops = this.stopsOf();
  }

  /** The signal with its positions; null when none of its steps is here. */
  placed(signal) {
    const known = signal.steps.map((uid) => this.recording.placeOf.get(uid)).filter((place) => place !== undefined);
    if (!known.length) return null;
    return { ...signal, from: Math.min(...known), to: Math.max(...known), places: new Set(known) };
  }

  /** Where signals begin and problems lie, each position once, in order. @returns {{place: number, what: string}[]} */
  stopsOf() {
    const found = new Map(this.recording.problems.map((one) => [one.place, one]));
    for (const one of this.signals) if (!found.has(one.from)) found.set(one.from, { place: one.from, what: one.name });
    if (this.begins >= 0 && !found.has(this.begins))
      found.set(this.begins, { place: this.begins, what: "failure begins" });
    return [...found.values()].sort((a, b) => a.place - b.place);
  }

  /** The stops of a window. */
  within([low, high]) {
    return this.stops.filter((one) => one.place >= low && one.place <= high);
  }

  /** The next stop after a position (or before it) within a window, or undefined. */
  stop(place, direction, window_) {
    const inside = this.within(window_);
    return direction > 0 ? inside.find((one) => one.place > place) : inside.findLast((one) => one.place < place);
  }

  /** Signals whose stretch touches the steps from..to. */
  between(from, to) {
    return this.signals.filter((one) => one.from <= to && from <= one.to);
  }

  /** Signals whose stretch holds a position; those that rest on the step itself first. */
  at(place) {
    const here = this.between(place, place);
    return here.sort((a, b) => Number(b.places.has(place)) - Number(a.places.has(place)));
  }

  /** The one that `y` and `x` answer at a position: the first nobody answered, else the one answered `last`, else the first. */
  asked(place, last = null) {
    const here = this.at(place);
    const open = here.find((one) => one.confirmed === null || one.confirmed === undefined);
    return open || here.find((one) => one.key === last) || here[0] || null;
  }

  /** The line of the heading: where failure begins and whose it is suspected to be; null without a beginning. */
  headline() {
    if (this.begins < 0) return null;
    const { blame } = this;
    const by = blame && blame.by === "person" ? "said by a person" : "suspected";
    const whose = blame ? `${by}: ${blame.blamed}, in ${shorten(blame.policy, 40)}` : "nobody is suspected";
    return `failure begins at step ${this.begins + 1} (${whose})`;
  }
}

function number(detector) {
  return Number(detector.slice(1)) || 0;
}

/** "steps 14–25", "step 7"; or of what else `word` says. */
function stretch(from, to, word = "step") {
  return from === to ? `${word} ${from + 1}` : `${word}s ${from + 1}–${to + 1}`;
}

/** What people said of a detector's signals, in words; null where nobody said anything. */
function precisionSaid(one) {
  const total = one ? one.confirmed + one.denied : 0;
  if (!total) return null;
  const percent = (share) => Math.round(100 * share);
  const sure = one.low === undefined ? "" : `; likely ${percent(one.low)} to ${percent(one.high)} %`;
  return `people confirmed ${one.confirmed} of ${total} like it (${percent(one.confirmed / total)} %${sure})`;
}

/** The signals at a step, each with its rule and, where one may answer, the two answers. */
function signalCards(findings, place, answer, last) {
  const asked = findings.asked(place, last);
  return findings.at(place).map((one) => signalCard(findings, one, one === asked, answer));
}

function signalCard(findings, one, asked, answer) {
  const said = precisionSaid(findings.precision[one.detector]);
  const holds = one.confirmed === true ? "confirmed" : one.confirmed === false ? "not a fault" : null;
  return h(
    "section",
    { class: `trouble${one.confirmed === false ? " denied" : ""}`, "aria-label": `Signal: ${one.name}, ${stretch(one.from, one.to)}` },
    h("b", {}, sentenceCase(one.name)),
    h("span", { class: "dim" }, ` ${stretch(one.from, one.to)} · ${one.detector} v${one.version}`),
    h("div", {}, one.said),
    h(
      "details",
      { class: "dim" },
      h("summary", {}, `The rule · ${said || "nobody has answered one like it yet"}`),
      one.rule || "The rule is not kept with this episode.",
    ),
    answer ? answers(one, asked, answer) : holds && h("div", { class: "dim" }, `A person says: ${holds}.`),
  );
}

function answers(one, asked, answer) {
  const button = (text, key, value) =>
    h(
      "button",
      {
        type: "button",
        data: { act: value ? "confirm" : "deny", signal: one.key },
        "aria-pressed": String(one.confirmed === value),
        onclick: () => answer(one, one.confirmed === value ? null : value),
      },
      one.confirmed === value ? `✓ ${text} ` : `${text} `,
      asked ? h("kbd", {}, key) : null,
    );
  return h("div", { class: "row answers" }, button("Confirm", "y", true), button("Not a fault", "x", false));
}

/** Whose fault the failure is, who says so, and the way to correct both. @param {Saying|null} saying */
function blamePanel(findings, place, saying) {
  const { blame, began, begins } = findings;
  if (!blame || begins < 0 || !(place === begins || findings.at(place).length)) return null;
  const by = { rule: "by rule", model: "by a model", person: "by a person" }[blame.by] || blame.by;
  const rests = blame.signals.length ? `, from ${blame.signals.join(", ")}` : "";
  const caller = blame.caller ? `, called by ${blame.caller}` : "";
  const where = place === begins ? "here" : [`at step ${begins + 1}`];
  return h(
    "section",
    { class: "blame", "aria-label": "Failure" },
    h("b", {}, "Failure begins "),
    where,
    h("span", { class: "dim" }, ` · ${began.said}`),
    h(
      "div",
      {},
      h("span", {}, `${saying ? "In" : `Blame: ${blame.blamed}, in`} ${blame.policy}${caller} `),
      h("span", { class: "dim" }, `(${by}${rests}${blame.sure ? "" : "; not sure"})`),
    ),
    saying ? blameForm(blame, place === begins, saying) : null,
  );
}

function blameForm(blame, here, saying) {
  const options = Object.entries(BLAMED).map(([value, means]) =>
    h("option", { value, selected: value === blame.blamed, title: means }, value),
  );
  const choose = (event) => saying.correct(event.target.value, false);
  return h(
    "div",
    { class: "row" },
    h("label", { class: "dim" }, "Blame ", h("select", { onchange: choose }, options)),
    h("span", { class: "dim" }, BLAMED[blame.blamed]),
    here
      ? null
      : h("button", { type: "button", onclick: () => saying.correct(blame.blamed, true) }, "It begins at this step"),
  );
}
