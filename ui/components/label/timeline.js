/* The timeline: thumbnails with step numbers, calls as nested bars, lanes of other label runs, the cursor. */

const LEFT = 10;
const ROW = 29;
const LANE = 42;

/** Width of a step in pixels: all steps fit while they stay wide enough to click, and never grow silly. */
function stepWidth(view) {
  const room = view.room - 2 * LEFT;
  return Math.max(34, Math.min(150, Math.floor((room / Math.max(1, view.state.steps.length)) * 100) / 100));
}

function thumbHeight(width) {
  return Math.round(Math.max(44, Math.min(76, width * 0.5625)));
}

/** Draw what is other than before: thumbnails, bars and lanes are kept while they would be drawn the same. */
function drawTimeline(view) {
  const { state, parts } = view;
  const width = stepWidth(view);
  const rows = Math.max(1, ...state.segments.map((s) => s.depth));
  const barsTop = thumbHeight(width) + 30;
  const lanesTop = barsTop + rows * ROW + 8;
  const height = lanesTop + state.lanes.length * LANE + 6;
  const layout = { width, rows, barsTop, lanesTop, height, total: 2 * LEFT + width * state.steps.length };
  view.layout = layout;
  const strip = [state.steps, width, view.check.state && view.check.state.steps, state.notes];
  if (!sameParts(view.drawn.strip, strip)) drawStrip(view);
  view.drawn.strip = strip;
  parts.track.style.width = `${layout.total}px`;
  parts.track.style.height = `${height}px`;
  drawBars(view);
  const lanes = [state.lanes, width, lanesTop, view.difference];
  if (!sameParts(view.drawn.lanes, lanes))
    fill(
      parts.lanes,
      state.lanes.map((lane, i) => laneOf(view, lane, lanesTop + i * LANE)),
    );
  view.drawn.lanes = lanes;
  drawCursor(view);
}

const sameParts = (a, b) => Boolean(a) && a.every((part, i) => part === b[i]);

/** The bars, each made anew only when it would look different; the focus stays on the one it was on. */
function drawBars(view) {
  const { state, parts, drawn } = view;
  const active = parts.bars.getRootNode().activeElement;
  const focused = active && parts.bars.contains(active) ? active.dataset.id : null;
  const now = new Map([["root", [rootStamp(view), () => rootBar(view)]]]);
  for (const s of state.segments) now.set(s.id, [barStamp(view, s), () => bar(view, s)]);
  for (const [id, old] of drawn.bars) {
    if (now.has(id) && now.get(id)[0] === old.stamp) continue;
    old.node.remove();
    drawn.bars.delete(id);
  }
  let before = null;
  for (const [id, [stamp, make]] of now) {
    if (!drawn.bars.has(id)) drawn.bars.set(id, { stamp, node: make() });
    const { node } = drawn.bars.get(id);
    const wanted = before ? before.nextSibling : parts.bars.firstChild;
    if (node !== wanted) parts.bars.insertBefore(node, wanted);
    before = node;
  }
  drawn.range?.remove();
  drawn.range = rangeMark(view);
  if (drawn.range) parts.bars.append(drawn.range);
  if (focused) drawn.bars.get(focused)?.node.focus({ preventScroll: true });
}

const rootStamp = ({ state, layout, dark }) =>
  [state.episode.id, state.finished, layout.width, layout.barsTop, dark].join(" ");

function barStamp(view, s) {
  const { layout, selected, state, dark } = view;
  const isSelected = s.id === selected;
  const first = !selected && s === state.segments[0];
  const edge = isSelected ? edgeAt(s, view.cursor) : "";
  return [s.first, s.last, s.depth, s.state, isSelected, first, edge, layout.width, layout.barsTop, dark, barText(s)].join(" ");
}

function xOf(view, step) {
  return LEFT + step * view.layout.width;
}

/** The step under a pointer. */
function stepAt(view, event) {
  const x = event.clientX - view.parts.track.getBoundingClientRect().left - LEFT;
  return Math.max(0, Math.min(view.state.steps.length - 1, Math.floor(x / view.layout.width)));
}

function drawStrip(view) {
  const { state, parts, layout } = view;
  const tall = thumbHeight(layout.width);
  fill(
    parts.strip,
    state.steps.map((step, i) =>
      h(
        "button",
        {
          class: "thumb",
          type: "button",
          tabindex: -1,
          title: `${i + 1}. ${step.sentence}`,
          "aria-label": `Step ${i + 1}: ${step.sentence}`,
          style: { left: `${xOf(view, i) + 2}px`, width: `${layout.width - 4}px`, height: `${tall + 22}px` },
          data: { step: i },
          onclick: (event) => view.act.goTo(i, event.shiftKey),
        },
        thumbPicture(view, step, tall),
        h("span", { class: "number" }, i + 1, view.check.mark(step.uid), noteMark(state, step)),
      ),
    ),
  );
  view.drawn.here = null;
}

/** A sign under a step that somebody, or a labeller, remarked on. */
function noteMark(state, step) {
  const text = state.notes[step.uid] || (state.remarks || {})[step.uid];
  return text && h("span", { class: "noted", title: text }, "✎", h("span", { class: "vh" }, ` note: ${text}`));
}

function thumbPicture(view, step, tall) {
  const style = { height: `${tall}px` };
  const src = pictureUrl(view.link, view.state.episode.id, "thumbs", step.picture_before);
  if (!src) return h("span", { class: "shot none", style });
  const gone = (event) => event.target.replaceWith(h("span", { class: "shot none", style }));
  return h("img", { class: "shot", src, alt: "", loading: "lazy", decoding: "async", style, onerror: gone });
}

function rootBar(view) {
  const { state, layout } = view;
  const text = `planner · ${state.episode.objective}`;
  const style = place(view, 0, state.steps.length - 1, layout.barsTop);
  return h(
    "div",
    { class: "bar root", style: { ...style, "--c": colorOf(view, "planner") }, title: text },
    h("span", {}, text),
    state.finished && h("b", {}, " ✓"),
  );
}

function place(view, first, last, top, tall = 25) {
  return {
    left: `${xOf(view, first) + 1}px`,
    width: `${(last - first + 1) * view.layout.width - 2}px`,
    top: `${top}px`,
    height: `${tall}px`,
  };
}

function colorOf(view, policy) {
  return policyColour(view.colours, policy, view.dark);
}

function bar(view, segment) {
  const { layout, selected, state } = view;
  const [sign, word] = stateSign(segment);
  const text = barText(segment);
  const isSelected = segment.id === selected;
  const style = place(view, segment.first, segment.last, layout.barsTop + (segment.depth - 1) * ROW);
  const where = spanText(segment.first, segment.last);
  return h(
    "button",
    {
      class: `bar ${waits(segment) ? "pending" : segment.state}${isSelected ? " selected" : ""}`,
      type: "button",
      tabindex: isSelected || (!selected && segment === state.segments[0]) ? 0 : -1,
      style: { ...style, "--c": colorOf(view, segment.policy) },
      title: `${text} · ${where} · ${word}`,
      "aria-label": `${text}, ${where}, depth ${segment.depth}, ${word}`,
      "aria-pressed": String(isSelected),
      data: { id: segment.id },
      onclick: (event) => view.act.select(segment.id, event.shiftKey ? null : segment.first, event.shiftKey),
    },
    h("span", {}, text),
    sign && h("b", {}, ` ${sign}`),
    isSelected && grips(view, segment),
  );
}

/** The two ends one can drag; the one that Shift+arrow would move is drawn strong. */
function grips(view, segment) {
  const live = edgeAt(segment, view.cursor);
  return ["first", "last"].map((edge) =>
    h("i", {
      class: `grip ${edge}${edge === live ? " live" : ""}`,
      title: "Drag to move this boundary",
      onpointerdown: (event) => dragEdge(view, segment, edge, event),
      onclick: (event) => event.stopPropagation(),
    }),
  );
}

/** Follow the pointer with an outline and commit where it is let go; Escape leaves everything as it was. */
function dragEdge(view, segment, edge, event) {
  event.preventDefault();
  event.stopPropagation();
  const grip = event.currentTarget;
  const [low, high] = boundsOf(view.state, segment, edge);
  const ghost = h("div", { class: "ghost" });
  view.parts.bars.append(ghost);
  let to = segment[edge];
  const show = () => {
    const first = edge === "first" ? to : segment.first;
    const last = edge === "last" ? to : segment.last;
    const style = place(view, first, last, view.layout.barsTop + (segment.depth - 1) * ROW);
    for (const [name, value] of Object.entries(style)) ghost.style.setProperty(name, value);
  };
  const move = (e) => {
    const half = (e.clientX - view.parts.track.getBoundingClientRect().left - LEFT) / view.layout.width;
    const wanted = edge === "first" ? Math.round(half) : Math.round(half) - 1;
    to = Math.max(low, Math.min(high, wanted));
    show();
  };
  const off = new AbortController();
  const { signal } = off;
  const end = (commit) => {
    off.abort();
    ghost.remove();
    if (commit && to !== segment[edge]) view.act.moveEdge(segment.id, edge, to);
  };
  const cancel = (e) => {
    if (e.key !== "Escape") return;
    e.stopPropagation();
    end(false);
  };
  grip.setPointerCapture(event.pointerId);
  grip.addEventListener("pointermove", move, { signal });
  grip.addEventListener("pointerup", () => end(true), { signal });
  grip.addEventListener("pointercancel", () => end(false), { signal });
  window.addEventListener("keydown", cancel, { capture: true, signal });
  show();
}

/** The steps marked with Shift, which W wraps. */
function rangeMark(view) {
  if (view.anchor === null) return null;
  const [first, last] = rangeOf(view);
  const { barsTop, rows } = view.layout;
  return h("div", { class: "range", style: place(view, first, last, barsTop - 2, rows * ROW + 2) });
}

/** Other labels as a row of pieces; a click on one that differs goes there. */
function laneOf(view, lane, top) {
  const count = lane.differences.length;
  const counted = count ? `${count} ${count === 1 ? "difference" : "differences"}` : "no difference";
  const piece = (s) => {
    const found = s.differs && lane.differences.find((d) => d.first <= s.last && s.first <= d.last);
    const said = found ? `, ${found.text}. D goes on to the next difference, T takes it over` : "";
    return h("div", {
      class: `lane${s.differs ? " differs" : ""}${found && isHere(view, lane, found) ? " here" : ""}`,
      title: `${lane.name}: ${s.policy}, ${spanText(s.first, s.last)}${said}`,
      style: { ...place(view, s.first, s.last, top + 18, 14), "--c": colorOf(view, s.policy) },
      onclick: () => view.act.look(found ? { ...found, ref: lane.ref } : null, s.first),
    });
  };
  return [
    h("span", { class: "lane-name", style: { top: `${top}px` } }, `${lane.name} · ${counted}`),
    lane.segments.map(piece),
  ];
}

const isHere = (view, lane, found) =>
  Boolean(view.difference) && view.difference.ref === lane.ref && view.difference.first === found.first;

function drawCursor(view) {
  const { parts, layout, cursor } = view;
  parts.cursor.style.left = `${xOf(view, cursor)}px`;
  parts.cursor.style.height = `${layout.height - 6}px`;
  const here = parts.strip.children[cursor];
  if (view.drawn.here !== here) {
    view.drawn.here?.classList.remove("here");
    here?.classList.add("here");
    view.drawn.here = here;
  }
  if (layout.total <= view.room) return;
  const [left, right] = [xOf(view, cursor) - 40, xOf(view, cursor + 1) + 40];
  if (left < view.scrolled) scrollTo(view, left);
  else if (right > view.scrolled + view.room) scrollTo(view, right - view.room);
}

/** Where it is scrolled to is remembered, since asking for it makes the browser lay everything out. */
function scrollTo(view, left) {
  view.scrolled = Math.max(0, left);
  view.parts.timeline.scrollLeft = left;
}
