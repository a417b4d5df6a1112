/* What the Label board knows: the state the server sent, and questions about it. Pure; nothing is drawn or sent here. */

/**
 * @typedef {{uid: string, seq: number, action: string, sentence: string, target: ?{id: ?string, role: string, name: string,
 *   box: ?{x: number, y: number, width: number, height: number}}, picture_before: ?string, picture_after: ?string}} LabelStep
 * @typedef {{name: string, value: string, source: string, found: boolean}} LabelArg
 * @typedef {{id: string, first: number, last: number, depth: number, parent: ?string, policy: string, args: LabelArg[],
 *   returns: ?string, reason: string, rule: ?string, evidence: string, confidence: ?number, state: string, why: string,
 *   doubt: number}} LabelSegment
 * first and last are positions in `steps`, both inclusive; depth of a call of the planner is 2.
 * @typedef {{episode: Object, author: Object, steps: LabelStep[], segments: LabelSegment[], rejected: number,
 *   lanes: Object[], gold: ?Object[], policies: Object[], queue: Object[], to_review: number, base: number,
 *   can_undo: boolean, can_redo: boolean, finished: boolean, decided: boolean, threshold: number, notes: Object,
 *   track: {name: string, kind: string, sides: ?string[]}, others: Object[]}} LabelState
 */

const DECIDED = new Set(["accepted", "edited", "auto_accepted"]);

/** Whether a call waits for somebody: not decided yet, or drawn to be audited. */
const waits = (segment) => !DECIDED.has(segment.state);

/** The segment with this id, if it is there. */
function segmentOf(state, id) {
  return state.segments.find((s) => s.id === id) || null;
}

/** The deepest segment over a step, if any. */
function deepestAt(state, step) {
  const over = state.segments.filter((s) => s.first <= step && step <= s.last);
  return over.reduce((best, s) => (!best || s.depth > best.depth ? s : best), null);
}

function siblingsOf(state, segment) {
  return state.segments.filter((s) => s.parent === segment.parent).sort((a, b) => a.first - b.first);
}

/** The sibling that follows, if there is one. */
function nextSibling(state, segment) {
  const all = siblingsOf(state, segment);
  return all[all.findIndex((s) => s.id === segment.id) + 1] || null;
}

function childrenOf(state, id) {
  return state.segments.filter((s) => s.parent === id);
}

/** How many calls are decided, and of how many; a rejected one is gone from the tree but was decided. */
function progressOf(state) {
  const decided = state.segments.filter((s) => DECIDED.has(s.state)).length;
  return { decided: decided + state.rejected, total: state.segments.length + state.rejected };
}

/** The state after a gesture: what the server did not send has not changed. @returns {LabelState} */
function mergedState(state, body) {
  if (body.state) return { ...state, ...body.state, ...(body.queue && { queue: body.queue, to_review: body.to_review }) };
  const { gone, segments, ...rest } = body.changes;
  if (JSON.stringify(rest.notes) === JSON.stringify(state.notes)) rest.notes = state.notes;
  const changed = new Map(segments.map((s) => [s.id, s]));
  const all = gone ? segments : state.segments.map((s) => changed.get(s.id) || s);
  return { ...state, ...rest, segments: all };
}

/**
 * The next call to decide: of those still pending the one most in doubt, the first of equals.
 * @param {LabelState} state
 * @param {?string} notThis an id to pass over
 */
function nextPending(state, notThis) {
  let best = null;
  let passed = null;
  for (const s of state.segments) {
    if (!waits(s)) continue;
    if (s.id === notThis) passed = s;
    else if (!best || s.doubt > best.doubt) best = s;
  }
  return best || passed;
}

/** Whether two states are over the same steps. */
const sameSteps = (a, b) =>
  a.steps.length === b.steps.length && a.steps.every((step, i) => step.uid === b.steps[i].uid);

/** Whether a policy of this name exists; a labeller may propose one that does not. */
function isPolicy(state, name) {
  return state.policies.some((p) => p.name === name);
}

/** Whether nothing proposed is shown here. */
const isBlind = (state) => state.track.kind === "blind";
const isGold = (state) => state.track.kind === "gold";

/**
 * Every place where other labels differ, in order of steps: of a gold track its own differences, else those of all lanes.
 * @returns {{first: number, last: number, text: string, ref: ?string, name: string, at: ?string, key: ?string, choice: ?string}[]}
 */
function differencesOf(state) {
  const all = state.gold
    ? state.gold.map((d) => ({ ...d, name: "", ref: null, at: null, text: "" }))
    : state.lanes.flatMap((lane) => lane.differences.map((d) => ({ ...d, ref: lane.ref, name: lane.name, key: null })));
  return all.sort((a, b) => a.first - b.first || a.last - b.last);
}

/** The difference one looks at: the one jumped to while the cursor is in it, else the first at the cursor. */
function differenceAt(view) {
  const here = differencesOf(view.state).filter((d) => d.first <= view.cursor && view.cursor <= d.last);
  const like = view.difference;
  return (like && here.find((d) => d.ref === like.ref && d.first === like.first)) || here[0] || null;
}

/** Which end Shift+arrow moves: the start while the cursor stands on it, else the end. */
function edgeAt(segment, cursor) {
  return cursor === segment.first && segment.last > segment.first ? "first" : "last";
}

/**
 * Between which steps an end of a segment may lie: inside the parent, at least one step long. A neighbour may be
 * pushed back but not swallowed, a child not left outside.
 * @returns {[number, number]} least and greatest position of that end
 */
function boundsOf(state, segment, edge) {
  const parent = segmentOf(state, segment.parent);
  const [low, high] = parent ? [parent.first, parent.last] : [0, state.steps.length - 1];
  const all = siblingsOf(state, segment);
  const at = all.findIndex((s) => s.id === segment.id);
  if (edge === "first") {
    const before = all[at - 1];
    return [before ? before.first + 1 : low, segment.last];
  }
  const after = all[at + 1];
  return [segment.first, after ? after.last - 1 : high];
}

/** The steps a new call would hold: the range marked with Shift, else the selected call, else the step at the cursor. */
function rangeOf(view) {
  const { state, cursor, anchor, selected } = view;
  if (anchor !== null) return [Math.min(anchor, cursor), Math.max(anchor, cursor)];
  const segment = segmentOf(state, selected);
  return segment ? [segment.first, segment.last] : [cursor, cursor];
}

/** "step 4" or "steps 4–7", counted from 1. */
function spanText(first, last) {
  return first === last ? `step ${first + 1}` : `steps ${first + 1}–${last + 1}`;
}

/** What a bar says: the policy, then its arguments as far as they fit. */
function barText(segment) {
  const args = segment.args.map((a) => a.value).filter(Boolean);
  return [segment.policy, ...args].join(" ");
}

/** The state as a sign and a word, so that colour is never the only one. */
function stateSign(segment) {
  return (
    {
      accepted: ["✓", "accepted"],
      edited: ["✎", "edited"],
      auto_accepted: ["⚙", "accepted automatically"],
      audit: ["?", "to audit"],
    }[segment.state] || ["", "not decided"]
  );
}

/** What a confidence is worth: the share of such calls that were right, or as it is where nobody knows that yet. */
function surely(state, confidence) {
  const knots = state.calibrated;
  if (!knots || confidence === null || confidence === undefined) return confidence;
  const next = knots.findIndex(([raw]) => raw > confidence);
  if (next <= 0) return knots[next === 0 ? 0 : knots.length - 1][1];
  const [[x0, y0], [x1, y1]] = [knots[next - 1], knots[next]];
  return y0 + ((y1 - y0) * (confidence - x0)) / (x1 - x0);
}

/** A share as text: .58, or "none" where the labeller gave no number. */
function confidenceText(value) {
  if (value === null || value === undefined) return "none";
  return value >= 1 ? "1.0" : value.toFixed(2).replace(/^0/, "");
}
