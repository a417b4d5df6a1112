/* What each gesture does, by key, button or mouse. Everything that changes a label goes through `view.commit`. */

/** @param {Board} view */
function actionsOf(view) {
  const chosen = () => segmentOf(view.state, view.selected);
  const named = (verb) => () => `${verb} ${(chosen() || { policy: "" }).policy}`.trim();
  const onChosen = (op, extra) => (v) => {
    const segment = segmentOf(v.state, v.selected);
    const more = segment && extra ? extra(v, segment) : {};
    return segment && more ? { op, segment: segment.id, ...more } : null;
  };
  return {
    accept: () => view.commit(named("Accepted"), onChosen("accept", notYet), goOn),
    reject: () => view.commit(named("Rejected"), onChosen("reject"), goOn),
    split: () => view.commit(named("Split"), onChosen("split", splitAt), stay),
    merge: () =>
      view.commit(
        named("Merged"),
        onChosen("merge", (v, s) => nextSibling(v.state, s) && {}),
        stay,
      ),
    undo: () =>
      view.commit(
        () => `Undone: ${view.state.undo_text || "last change"}`,
        (v) => (v.state.can_undo ? { op: "undo" } : null),
        stay,
      ),
    redo: () =>
      view.commit(
        () => `Redone: ${view.state.redo_text || "last change"}`,
        (v) => (v.state.can_redo ? { op: "redo" } : null),
        stay,
      ),
    policy: (name) => choosePolicy(view, name),
    goTo: (step, extend, keep) => whenIdle(view, () => goTo(view, step, extend, keep)),
    move: (by) => whenIdle(view, () => step(view, by)),
    select: (id, step, extend) => whenIdle(view, () => select(view, id, step, extend)),
    edge: (by) => moveByKey(view, by),
    moveEdge: (id, edge, to) => moveEdge(view, id, edge, to),
    edit: (name) => whenIdleToType(view, () => startEditing(view, name)),
    leaveEditing: () => ((view.editing = false), drawCall(view), view.parts.timeline.focus({ preventScroll: true })),
    saveArguments: (segment, values) => saveArguments(view, segment, values),
    wrap: () => whenIdleToType(view, () => wrapForm(view)),
    bulk: () => whenIdleToType(view, () => bulkForm(view)),
    help: () => helpSheet(view),
    name: () => nameForm(view),
    showPolicies: () => showPolicies(view),
    note: () => whenIdleToType(view, () => noteForm(view)),
    mark: () => whenIdle(view, () => mark(view)),
    history: () => whenIdle(view, () => historySheet(view)),
    blind: () => whenIdle(view, () => blindSheet(view)),
    difference: (by) => whenIdle(view, () => goToDifference(view, by)),
    look: (found, step) => whenIdle(view, () => (found ? lookAt(view, found, step) : goTo(view, step, false, false))),
    take: () => takeOver(view),
    settle: (choice) => settle(view, choice),
    together: () => whenIdle(view, () => togetherForm(view)),
    openGold: () => whenIdle(view, () => view.load(view.state.episode.id, "gold")),
    openMine: () => whenIdle(view, () => view.load(view.state.episode.id, "shown")),
    open: (entry) => whenIdle(view, () => openLine(view, entry)),
    neighbour: (by) => whenIdle(view, () => neighbour(view, by)),
    finish: () => finish(view),
  };
}

/** Move the cursor; while steps are being marked, mark on. */
function step(view, by) {
  goTo(view, view.cursor + by, view.anchor !== null && view.marking, false);
}

/** Moves wait for what is being saved, so that keys keep their order. */
function whenIdle(view, run) {
  if (!view.state) return;
  if (view.line.idle) run();
  else view.line.push({ what: "move", run: async () => run() });
}

/** The same for what opens a field: what is typed before it is there is kept for it. */
function whenIdleToType(view, run) {
  if (!view.state) return;
  view.holding = true;
  whenIdle(view, () => {
    run();
    typeHeld(view);
  });
}

/** Accepting what is accepted changes nothing and is no gesture; it still goes on. */
function notYet(view, segment) {
  if (segment.state !== "accepted") return {};
  goOn(view, null, segment);
  view.draw();
  return null;
}

const splitAt = (view, segment) =>
  view.cursor > segment.first && view.cursor <= segment.last ? { at: view.state.steps[view.cursor].uid } : null;

/** To the next call that needs a decision. */
function goOn(view, _body, before) {
  const next = nextPending(view.state, before && before.id);
  if (!next) return toast(view, "Every call is decided: ⏎ finishes this demonstration");
  view.selected = next.id;
  view.cursor = next.first;
  view.anchor = null;
  return undefined;
}

/** Remain at the cursor; select what the server made there. */
function stay(view, body) {
  view.anchor = null;
  if (body.touched && segmentOf(view.state, body.touched)) {
    view.selected = body.touched;
    const segment = segmentOf(view.state, body.touched);
    if (view.cursor < segment.first || view.cursor > segment.last) view.cursor = segment.first;
  } else view.selected = (deepestAt(view.state, view.cursor) || { id: null }).id;
}

/** Begin to mark steps at the cursor, as Shift+click does; again leaves them. */
function mark(view) {
  view.marking = view.anchor === null;
  view.anchor = view.marking ? view.cursor : null;
  view.draw();
}

function goTo(view, step, extend, keepCall) {
  const to = Math.max(0, Math.min(view.state.steps.length - 1, step));
  if (extend) view.anchor = view.anchor === null ? view.cursor : view.anchor;
  else view.anchor = null;
  view.cursor = to;
  const segment = segmentOf(view.state, view.selected);
  const inside = segment && segment.first <= to && to <= segment.last;
  if (!extend && !(keepCall && inside) && !inside) view.selected = (deepestAt(view.state, to) || { id: null }).id;
  view.editing = view.editing && inside;
  view.draw();
}

function select(view, id, step, extend) {
  const segment = segmentOf(view.state, id);
  if (!segment) return;
  if (extend) {
    view.anchor = view.anchor === null ? Math.min(view.cursor, segment.first) : view.anchor;
    view.cursor = view.anchor < segment.first ? segment.last : segment.first;
  } else {
    view.anchor = null;
    view.selected = id;
    if (view.cursor < segment.first || view.cursor > segment.last) view.cursor = step === null ? segment.first : step;
  }
  view.editing = false;
  view.draw();
}

function moveByKey(view, by) {
  const make = (v) => {
    const segment = segmentOf(v.state, v.selected);
    if (!segment) return null;
    const edge = edgeAt(segment, v.cursor);
    return edgeGesture(v, segment, edge, segment[edge] + by);
  };
  view.commit(edgeSaid(view), make, (v, body, before) => {
    const edge = before ? edgeAt(before, v.cursor) : "last";
    stay(v, body);
    const now = segmentOf(v.state, v.selected);
    if (now) v.cursor = now[edge];
  });
}

function moveEdge(view, id, edge, to) {
  view.commit(edgeSaid(view), (v) => edgeGesture(v, segmentOf(v.state, id), edge, to), stay);
}

const edgeSaid = (view) => () =>
  `Moved the boundary of ${(segmentOf(view.state, view.selected) || { policy: "the call" }).policy}`;

function edgeGesture(view, segment, edge, to) {
  if (!segment) return null;
  const [low, high] = boundsOf(view.state, segment, edge);
  if (to < low || to > high || to === segment[edge]) return null;
  const side = edge === "first" ? "start" : "end";
  return { op: "move_boundary", segment: segment.id, edge: side, to: view.state.steps[to].uid };
}

/** A policy for the selected call; where no call is selected, a new call of the steps marked. */
function choosePolicy(view, name) {
  const make = (v) => {
    const segment = segmentOf(v.state, v.selected);
    if (segment && v.anchor === null)
      return segment.policy === name ? null : { op: "relabel", segment: segment.id, policy: name };
    const [first, last] = rangeOf(v);
    return { op: "wrap", first: v.state.steps[first].uid, last: v.state.steps[last].uid, policy: name };
  };
  view.commit(() => `Now ${name}`, make, stay);
}

function startEditing(view, name) {
  if (!segmentOf(view.state, view.selected)) return;
  view.editing = true;
  drawCall(view);
  const fields = [...view.parts.call.querySelectorAll("form.edit input")];
  const field = fields.find((f) => f.name === name || f.name === `arg:${name}`) || fields[0];
  field.focus();
  field.select();
}

/** Save arguments and return value, each only when it differs. */
function saveArguments(view, segment, values) {
  const args = Object.entries(values)
    .filter(([key]) => key.startsWith("arg:"))
    .map(([key, value]) => ({ name: key.slice(4), value: value.trim() }));
  const now = Object.fromEntries(segment.args.map((a) => [a.name, a.value]));
  const same = args.every((a) => a.value === (now[a.name] || ""));
  const returns = values.returns.trim() || null;
  const { id, policy } = segment;
  view.act.leaveEditing();
  if (!same) view.commit(`Changed the arguments of ${policy}`, () => ({ op: "set_args", segment: id, args }), stay);
  if (returns !== segment.returns)
    view.commit(`Changed what ${policy} returns`, () => ({ op: "set_returns", segment: id, returns }), stay);
}

/** Open a line of the queue: blind where that was asked for, or where one wants it so and has not seen the proposal. */
function openLine(view, entry) {
  const blind = view.blindly && entry.as === "shown" && entry.whose !== "mine";
  return view.load(entry.episode, blind ? "blind" : entry.as);
}

function showPolicies(view) {
  view.side = "policies";
  drawSide(view);
  view.parts.side.querySelector("input.filter").focus();
}

function neighbour(view, by) {
  const { episode } = view.state;
  const queue = queueShown(view);
  const at = queue.findIndex((q) => q.episode === episode.id);
  const to = queue[at < 0 ? (by > 0 ? 0 : queue.length - 1) : at + by];
  if (to && to.episode !== episode.id) openLine(view, to);
  else
    toast(
      view,
      by > 0 ? "This is the last demonstration in the queue" : "This is the first demonstration in the queue",
    );
}

function finish(view) {
  const blind = isBlind(view.state);
  const make = (v) => (canFinish(v.state) ? { op: "finish" } : null);
  const said = blind ? "Handed in: these are your labels now" : "Finished: these labels are frozen and can be built into prompts";
  view.commit(said, make, (v, body) => {
    v.report("finished", { episode: v.state.episode.id, label_set: body.label_set || null });
    finishedSheet(v, body);
  });
}
