/* Keys of the replay screen. What each does is said in docs/keys.md; `show` is how it is printed there, `always`: also while an
   episode is loading. */

/** What is said where a key has no call to go to. */
const NONE = {
  parent: "No call made this one",
  child: "No call was made from here",
  before: "No call before it at this level",
  after: "No call after it at this level",
  inside: "No call in this call to fold",
  later: "No later call of this policy",
  earlier: "No earlier call of this policy",
};

/** @type {{show: string, key?: string, keys?: string, shift?: boolean, always?: boolean, run: (app: App, key: string) => void}[]} */
const BINDINGS = [
  { show: "←", key: "ArrowLeft", run: (app) => app.move(-1) },
  { show: "→", key: "ArrowRight", run: (app) => app.move(1) },
  { show: "Shift ←", key: "ArrowLeft", shift: true, run: (app) => app.move(-10) },
  { show: "Shift →", key: "ArrowRight", shift: true, run: (app) => app.move(10) },
  { show: "Home", key: "Home", run: (app) => app.toEdge(0) },
  { show: "End", key: "End", run: (app) => app.toEdge(1) },
  { show: "↑", key: "ArrowUp", run: (app) => app.toFrame(app.recording.parent[app.frame], NONE.parent) },
  { show: "↓", key: "ArrowDown", run: (app) => app.toFrame(app.recording.children[app.frame][0], NONE.child) },
  { show: "[", key: "[", run: (app) => app.toFrame(app.recording.sibling(app.frame, -1), NONE.before) },
  { show: "]", key: "]", run: (app) => app.toFrame(app.recording.sibling(app.frame, 1), NONE.after) },
  { show: "o", key: "o", run: (app) => app.outline.fold(app.outline.folds.seen(app.frame)) || app.toast(NONE.inside) },
  { show: "O", key: "O", run: (app) => app.outline.foldAll() },
  { show: "p", key: "p", run: (app) => app.toFrame(app.recording.peer(app.frame, 1), NONE.later) },
  { show: "P", key: "P", run: (app) => app.toFrame(app.recording.peer(app.frame, -1), NONE.earlier) },
  { show: "n", key: "n", run: (app) => app.toStop(1) },
  { show: "N", key: "N", run: (app) => app.toStop(-1) },
  { show: "f", key: "f", run: (app) => app.toFailure() },
  { show: "y", key: "y", run: (app) => app.saying.answerHere(true) },
  { show: "x", key: "x", run: (app) => app.saying.answerHere(false) },
  { show: "1–9", keys: "123456789", run: (app, key) => app.saying.tagOf(key) },
  { show: "m", key: "m", run: (app) => app.notes.write() },
  { show: "t", key: "t", run: (app) => teachFrom(app) },
  { show: "j", key: "j", run: (app) => app.travel.go("after"), always: true },
  { show: "k", key: "k", run: (app) => app.travel.go("before"), always: true },
  { show: "w", key: "w", run: (app) => app.window.ofCall() },
  { show: ",", key: ",", run: (app) => app.window.edge(0) },
  { show: ".", key: ".", run: (app) => app.window.edge(1) },
  { show: "g", key: "g", run: (app) => app.askForStep() },
  { show: "/", key: "/", run: (app) => app.search.open() },
  { show: "b", key: "b", run: (app) => app.setStage(app.stage.mode === "before" ? "after" : "before") },
  { show: "d", key: "d", run: (app) => app.setStage(app.stage.mode === "diff" ? "before" : "diff") },
  { show: "z", key: "z", run: (app) => app.timeline.zoomTo(app.frame) },
  { show: "0", key: "0", run: (app) => app.timeline.reset() },
  { show: "l", key: "l", run: (app) => app.copyLink() },
  { show: "Space", key: " ", run: (app) => app.player.toggle() },
  { show: "+", key: "+", run: (app) => app.player.change(1) },
  { show: "-", key: "-", run: (app) => app.player.change(-1) },
  { show: "?", key: "?", run: (app) => app.showKeys() },
  { show: "Esc", key: "Escape", run: (app) => app.back() },
];

const BY_KEY = new Map(
  BINDINGS.flatMap((b) => (b.keys ? [...b.keys] : [b.key]).map((key) => [`${b.shift ? "shift " : ""}${key}`, b])),
);

/**
 * The binding a key event asks for, or null: not while typing, not with Ctrl, Alt or Meta, not when the event belongs
 * to another part of the page (what lies around the screen, as the body or the app's main part that a press on a blank
 * spot gives the focus, is none; nor is a link of the menu, which keeps the focus after Back and takes no key but
 * Enter). Space and Enter are left to the button that has the focus.
 * @param {KeyboardEvent} event @param {HTMLElement} root @param {Map<string, any>} bindings by key
 */
function bindingOf(event, root, bindings = BY_KEY) {
  if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return null;
  const path = event.composedPath();
  const target = path[0];
  const ours = path.includes(root);
  const around = target.contains(root.getRootNode().host ?? root) || isMenu(target);
  if (!ours && !around) return null;
  if (isTyping(event)) return null;
  if (event.key === " " && ours && target.closest("button, summary, [role=treeitem], [role=option]")) return null;
  const arrows = event.key.startsWith("Arrow") || event.key === "Home" || event.key === "End";
  return bindings.get(`${arrows && event.shiftKey ? "shift " : ""}${event.key}`) || null;
}

/** Whether it is a link of the page around the component. */
function isMenu(target) {
  return target instanceof HTMLAnchorElement && target.getRootNode() === document;
}

/** The sheet that `?` opens, made from the table of docs/keys.md. @param {[string[], string][]} table */
function keySheet(table, close) {
  const rows = table.map(([keys, does]) =>
    h(
      "tr",
      {},
      h(
        "td",
        {},
        keys.map((key) => [h("kbd", {}, key), " "]),
      ),
      h("td", {}, does),
    ),
  );
  return sheet("Keys", close, h("table", { class: "keys" }, h("tbody", {}, rows)));
}

/** Asks for the number of a step, or of what else `word` says. */
function stepSheet(n, place, word, go, close) {
  const field = h("input", {
    type: "number",
    min: "1",
    max: String(n),
    value: String(place + 1),
    "aria-label": `${sentenceCase(word)}, 1 to ${n}`,
  });
  const submit = (event) => {
    event.preventDefault();
    const wanted = Number(field.value);
    if (!Number.isFinite(wanted) || field.value === "") return;
    close();
    go(Math.min(n, Math.max(1, Math.round(wanted))) - 1);
  };
  const form = h(
    "form",
    { class: "row", novalidate: true, onsubmit: submit },
    field,
    h("span", { class: "dim" }, `of ${n}`),
    h("button", { class: "pri" }, "Go"),
  );
  queueMicrotask(() => field.select());
  return sheet(`Go to ${word}`, close, form);
}

/** A dialog over the component; Escape and the veil close it, Tab stays inside. */
function sheet(title, close, ...children) {
  const button = h("button", { type: "button", class: "plain", "aria-label": "Close", onclick: close }, "✕");
  const box = h(
    "div",
    { class: "sheet", role: "dialog", "aria-modal": "true", "aria-label": title, tabindex: "-1" },
    h("div", { class: "row" }, h("h2", {}, title), h("span", { class: "sp" }), button),
    ...children,
  );
  const veil = h("div", { class: "veil", onclick: (event) => event.target === veil && close() }, box);
  veil.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "Escape") close();
    if (event.key === "Tab") keepInside(event, box);
  });
  queueMicrotask(() => (box.querySelector("input") || box).focus());
  return veil;
}

function keepInside(event, box) {
  const stops = [...box.querySelectorAll("button, input")];
  const first = stops[0];
  const last = stops[stops.length - 1];
  const at = box.getRootNode().activeElement;
  if (event.shiftKey ? at === first || at === box : at === last) {
    event.preventDefault();
    (event.shiftKey ? last : first).focus();
  }
}
