/* Keys of the Label screen. None act while someone types; C and R belong to Streamlit and are left alone. */

const KEYS = {
  a: (act) => act.accept(),
  x: (act) => act.reject(),
  e: (act) => act.edit(),
  s: (act) => act.split(),
  m: (act) => act.merge(),
  w: (act) => act.wrap(),
  v: (act) => act.edit("returns"),
  u: (act) => act.undo(),
  y: (act) => act.redo(),
  b: (act) => act.bulk(),
  d: (act) => act.difference(1),
  t: (act) => act.take(),
  n: (act) => act.note(),
  h: (act) => act.history(),
  o: (act) => act.settle("own"),
  "[": (act) => act.settle("left"),
  "]": (act) => act.settle("right"),
  j: (act) => act.neighbour(1),
  k: (act) => act.neighbour(-1),
  "?": (act) => act.help(),
  ArrowLeft: (act) => act.move(-1),
  ArrowRight: (act) => act.move(1),
};

const SHIFTED = {
  D: (act) => act.difference(-1),
  " ": (act) => act.mark(),
  ArrowLeft: (act) => act.edge(-1),
  ArrowRight: (act) => act.edge(1),
  "?": (act) => act.help(),
};

function onKey(view, event) {
  if (!view.state || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing)
    return;
  if (view.parts.overlay.firstChild || isTyping(event) || isElsewhere(view, event)) return;
  if (view.holding) return hold(view, event);
  const run = event.shiftKey ? SHIFTED[event.key] : commandOf(view, event);
  if (!run) return;
  event.preventDefault();
  event.stopPropagation();
  if (isOnControl(event)) view.parts.timeline.focus({ preventScroll: true }); // so that Enter is the board's again
  run(view.act);
}

function commandOf(view, event) {
  if (event.key >= "1" && event.key <= "9") {
    const policy = view.state.policies[Number(event.key) - 1];
    return policy && ((act) => act.policy(policy.name));
  }
  if (event.key === "Enter") return isOnControl(event) ? null : (act) => act.finish();
  return KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
}

/** A control takes Enter itself; a bar or thumbnail that has the focus is chosen already. */
function isOnControl(event) {
  const target = event.composedPath()[0];
  const takesEnter = "button:not(.bar, .thumb), a, summary, [role=tab], [role=button]";
  return target instanceof Element && target.matches(takesEnter);
}

/** Arrow keys in a list, menu or dialog outside the board are that widget's own. */
function isElsewhere(view, event) {
  const path = event.composedPath();
  if (path.includes(view.parts.root)) return false;
  const owns =
    "[role=listbox],[role=menu],[role=dialog],[role=radiogroup],[role=slider],[role=combobox],[role=grid],[role=tablist]";
  return path.some((node) => node instanceof Element && node.matches(owns));
}

/** A key of a field that is on its way, because a gesture before it is still being saved. */
function hold(view, event) {
  const { key, shiftKey } = event;
  if (key.length > 1 && !["Enter", "Escape", "Backspace", "Tab"].includes(key)) return;
  event.preventDefault();
  view.held.push({ key, shiftKey });
}

/** No field is on its way any more; gives the keys that were kept for it. */
function letGo(view) {
  view.holding = false;
  return view.held.splice(0);
}

/** Give the field that has come what was typed before it was there; what follows its Enter are keys of the board. */
function typeHeld(view) {
  const root = view.parts.root.getRootNode();
  const typed = new Map();
  const keys = letGo(view);
  if (!(root.activeElement instanceof HTMLInputElement)) return; // none came
  for (const held of keys) {
    const field = root.activeElement;
    const heard = new KeyboardEvent("keydown", { ...held, bubbles: true, composed: true, cancelable: true });
    if (!(field instanceof HTMLInputElement)) (field || view.parts.timeline).dispatchEvent(heard);
    else if (field.dispatchEvent(heard)) typeInto(field, held, typed);
  }
}

/** One key as the browser would take it, into a field whose text was selected. @param {Map} typed what went where */
function typeInto(field, { key, shiftKey }, typed) {
  if (key === "Enter") return field.form.requestSubmit();
  if (key === "Tab") return tabFrom(field, shiftKey ? -1 : 1);
  if (key === "Escape") return undefined;
  const before = typed.get(field) || "";
  typed.set(field, key === "Backspace" ? before.slice(0, -1) : before + key);
  field.value = typed.get(field);
  return field.dispatchEvent(new InputEvent("input", { bubbles: true }));
}

function tabFrom(field, by) {
  const all = [...field.form.elements].filter((one) => !one.disabled);
  const to = all[(all.indexOf(field) + by + all.length) % all.length];
  to.focus();
  if (to.select) to.select();
}
