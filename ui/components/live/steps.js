/* The list beside the page: steps as they happen, what could not be recorded, and what was withheld. */

function drawSide(view) {
  const { parts, side } = view;
  const count = (n) => (n ? ` ${n}` : "");
  const withheld = Object.values(view.withheld).reduce((a, b) => a + b, 0);
  const tabs = [
    { id: "steps", text: "Steps" },
    { id: "missed", text: `Not recorded${count(view.missed.length)}` },
    { id: "withheld", text: `Withheld${count(withheld)}` },
  ];
  const choose = (id, focus) => {
    view.side = id;
    drawSide(view);
    if (focus) parts.side.querySelector('[aria-selected="true"]').focus();
  };
  const body = { steps: () => parts.steps, missed: () => missedList(view), withheld: () => withheldList(view) }[side]();
  fill(
    parts.side,
    tabList("What was recorded", tabs, side, choose),
    h(
      "div",
      { class: "pad grow", role: "tabpanel", tabindex: 0, "aria-label": tabs.find((t) => t.id === side).text },
      body,
    ),
    parts.marking.notice,
    parts.marking.row,
  );
  if (side === "steps") scrollDown(view);
}

function missedList(view) {
  if (!view.missed.length) return h("div", { class: "dim" }, "Everything you did so far became a step.");
  return [
    h("p", { class: "dim" }, "You did these, but they cannot be expressed as steps:"),
    h(
      "ul",
      { class: "plainlist" },
      view.missed.map((what) => h("li", {}, what)),
    ),
  ];
}

function withheldList(view) {
  const names = Object.entries(view.withheld);
  if (!names.length)
    return h(
      "div",
      { class: "dim" },
      "Nothing was withheld. Passwords and fields you declared secret are never written down.",
    );
  const times = (n) => (n === 1 ? "once" : `${n} times`);
  return [
    h("p", { class: "dim" }, "Kept out of the recording, in texts and pictures:"),
    h(
      "ul",
      { class: "plainlist" },
      names.map(([name, n]) => h("li", {}, `${name}: ${times(n)}`)),
    ),
  ];
}

/** All steps anew, after a hello. */
function drawSteps(view) {
  fill(
    view.parts.steps,
    view.steps.size ? [...view.steps.values()].map((step, i) => stepItem(view, step, i)) : emptySteps(),
  );
}

function emptySteps() {
  return h(
    "div",
    { class: "dim", data: { part: "empty" } },
    "Nothing yet. Click into the page and begin: each thing you do appears here, with the page as it was when you did it.",
  );
}

/** One step came or changed. */
function putStep(view, step) {
  const isNew = !view.steps.has(step.uid);
  view.steps.set(step.uid, step);
  const list = view.parts.steps;
  const old = list.querySelector(`[data-uid="${CSS.escape(step.uid)}"]`);
  if (isNew && view.steps.size === 1) fill(list);
  const place = [...view.steps.keys()].indexOf(step.uid);
  if (place !== step.seq && inOrder(view)) return drawSteps(view);
  const item = stepItem(view, step, place);
  if (old) old.replaceWith(item);
  else list.append(item);
  if (isNew) scrollDown(view);
  return undefined;
}

/** A step that was put back stands where it was: sorts the steps, and tells whether they stood otherwise. */
function inOrder(view) {
  const before = [...view.steps.keys()];
  view.steps = new Map([...view.steps].sort(([, a], [, b]) => a.seq - b.seq));
  return [...view.steps.keys()].some((uid, i) => uid !== before[i]);
}

function dropStep(view, uid) {
  view.steps.delete(uid);
  drawSteps(view);
}

function stepItem(view, step, place) {
  return h(
    "div",
    { class: `step${step.mistake ? " mistake" : ""}`, role: "listitem", data: { uid: step.uid } },
    thumbOf(view, step),
    h(
      "div",
      { class: "what" },
      h("b", {}, place + 1),
      " ",
      h("span", { class: "doing" }, shorten(step.sentence, 140)),
      step.provisional && h("span", { class: "dim" }, step.action.startsWith("type") ? " typing" : " …"),
      mistakeFlag(view, step, place),
      step.late &&
        h(
          "span",
          {
            class: "chip warn",
            title: "The page did not answer in time: the observation is the last settled one before this action",
          },
          "late",
        ),
      step.stale &&
        h(
          "span",
          { class: "chip warn", title: "The page had moved on from the picture you saw when you did this" },
          "stale",
        ),
    ),
  );
}

/** Whether the step was a mistake, and the button that says so or takes it back. */
function mistakeFlag(view, step, place) {
  return [
    step.mistake && h("span", { class: "chip bad", title: "It is kept, and nobody learns from it" }, "mistake"),
    h(
      "button",
      {
        class: "plain flag",
        type: "button",
        "aria-pressed": String(Boolean(step.mistake)),
        "aria-label": `Step ${place + 1} was a mistake`,
        title: step.mistake ? "It was no mistake" : "Mark as a mistake",
        onclick: () => view.send({ type: "mark", what: "mistake", uid: step.uid }),
      },
    ),
  ];
}

function thumbOf(view, step) {
  if (!step.thumb) return h("span", { class: "thumb" });
  const src = `${view.origin}${step.thumb}${step.thumb.includes("?") ? "&" : "?"}t=${encodeURIComponent(view.token)}`;
  const image = h("img", { class: "thumb", src, alt: "", decoding: "async" });
  let tries = 0;
  image.addEventListener("error", () => {
    if (++tries > 3) image.replaceWith(h("span", { class: "thumb" }));
    else setTimeout(() => (image.src = `${src}&again=${tries}`), 400 * tries);
  });
  return image;
}

function scrollDown(view) {
  const holder = view.parts.steps.parentElement;
  if (holder) holder.scrollTop = holder.scrollHeight;
}
