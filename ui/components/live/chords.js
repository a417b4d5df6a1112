/* Our chords: heard before the page and the app, never sent to either. Which they are is a person's own setting. */

/** The defaults; flows/chords.py has the same and hands over a person's own. */
const CHORDS = {
  leave: "Alt+Shift+X",
  stop: "Alt+Shift+Enter",
  pause: "Alt+Shift+P",
  boundary: "Alt+Shift+B",
  end: "Alt+Shift+E",
  undo: "Alt+Shift+U",
  redo: "Alt+Shift+Y",
  mistake: "Alt+Shift+M",
  note: "Alt+Shift+N",
  help: "Alt+Shift+H",
};

/** The keys held together as a chord is written; what the keys have printed on them counts, where that is a letter. */
function chordOf(event) {
  const printed = /^[a-z]$/i.test(event.key) ? event.key.toUpperCase() : null;
  const key = printed || event.code.replace(/^(Key|Digit|Numpad)(?=.)/, "");
  const held = { Control: event.ctrlKey, Alt: event.altKey, Meta: event.metaKey, Shift: event.shiftKey };
  const names = ["Alt", "Control", "Meta", "Shift"].filter((name) => held[name]);
  return [...names, key].join("+");
}

/** A chord as it is shown. @param {string} chord */
function chordText(chord) {
  return chord.replace("Shift", "⇧").replace("Enter", "⏎").replace("Control", "Ctrl").replaceAll("+", " ");
}

/**
 * Hear the chords wherever the focus is, in the capture phase. A chord's letter reaches nobody else, nor does its
 * release; the modifiers before it do no harm, for a page is given them only with another key.
 * @param {() => Object<string, string>} chords by command
 * @param {(name: string) => void} run
 * @param {AbortSignal} signal
 */
function listenForChords(chords, run, signal) {
  const ours = new Set();
  const swallow = (event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  const down = (event) => {
    if (!event.shiftKey || event.isComposing) return;
    const chord = chordOf(event);
    const name = Object.keys(chords()).find((one) => chords()[one] === chord);
    if (!name) return;
    swallow(event);
    ours.add(event.code);
    if (!event.repeat) run(name);
  };
  const up = (event) => {
    if (ours.delete(event.code)) swallow(event);
  };
  window.addEventListener("keydown", down, { signal, capture: true });
  window.addEventListener("keyup", up, { signal, capture: true });
}

/** The list of the chords; Escape or OK closes it. @param {LiveView} view */
function chordSheet(view) {
  const line = ([name, does]) =>
    h("tr", {}, h("td", {}, h("kbd", {}, chordText(view.chords[name] || ""))), h("td", {}, does));
  const close = () => {
    fill(view.parts.overlay);
    view.focusPage();
  };
  const keys = (event) => {
    event.stopPropagation();
    if (event.key === "Escape") close();
  };
  const ok = h("button", { class: "pri", type: "button", onclick: close }, "OK");
  const box = h(
    "div",
    { class: "sheet keys-sheet", role: "dialog", "aria-modal": "true", "aria-label": "Keys", onkeydown: keys },
    h("h2", {}, "Keys"),
    h("table", {}, h("tbody", {}, view.sheet.map(line))),
    h("p", { class: "dim" }, "They are never sent to the page and never become steps. Settings has others for you."),
    h("div", { class: "row" }, ok),
  );
  fill(view.parts.overlay, h("div", { class: "veil" }, box));
  ok.focus();
}
