/* A person's mouse and keys on their way to the page: canvas events and a hidden text field, made into messages. */

const MOVE_MS = 33;
const BUTTONS = ["left", "middle", "right"];
const OWN_KEYS = new Set(["F5", "F11", "F12"]);
const IS_MAC = /Mac|iPhone|iPad/.test(navigator.platform);

/** Modifiers held, by the names the page knows; on a Mac, Command does what Control does there. */
function modifiersOf(event) {
  const control = event.ctrlKey || (IS_MAC && event.metaKey);
  const held = { Alt: event.altKey, Control: control, Meta: event.metaKey && !IS_MAC, Shift: event.shiftKey };
  return Object.keys(held).filter((name) => held[name]);
}

/**
 * @param {{canvas: HTMLCanvasElement, field: HTMLTextAreaElement, screen: Screen, send: (m: Object) => boolean,
 *   takes: (e: KeyboardEvent) => boolean, view: LiveView}} to `takes`: a key is for a list under the page's field
 * @param {AbortSignal} signal
 */
function listenForInput(to, signal) {
  listenForPointer(to, signal);
  listenForKeys(to, signal);
  listenForText(to, signal);
}

function listenForPointer({ canvas, field, screen, send, view }, signal) {
  let pressed = 0;
  const say = (kind, event) => {
    if (screen.shown === null) return; // nobody can mean a place on a page that was not shown yet
    const more = { button: BUTTONS[event.button] || "left", click_count: Math.max(1, event.detail || 1) };
    const sent = send({
      type: "mouse",
      kind,
      ...screen.point(event),
      modifiers: modifiersOf(event),
      frame: screen.shown,
      ...more,
    });
    if (sent && kind !== "move") screen.asking();
  };
  const moves = throttled((event) => say("move", event));
  const wheel = summed((dx, dy, event) => send({ type: "wheel", ...screen.point(event), dx, dy, frame: screen.shown }));
  const down = (event) => {
    if (event.button > 2) return;
    event.preventDefault();
    view.pointing = true;
    takeFocus(field, canvas, event);
    moves.drop();
    pressed |= 1 << event.button;
    say("down", event);
  };
  const up = (event) => {
    if (!(pressed & (1 << event.button))) return;
    pressed &= ~(1 << event.button);
    moves.drop();
    say("up", event);
  };
  canvas.addEventListener("mousedown", down, { signal });
  window.addEventListener("mouseup", up, { signal });
  canvas.addEventListener("mousemove", (event) => !pressed && moves.push(event), { signal });
  window.addEventListener("mousemove", (event) => pressed && moves.push(event), { signal });
  canvas.addEventListener("wheel", (event) => (event.preventDefault(), wheel(event)), { signal, passive: false });
  for (const name of ["contextmenu", "auxclick", "dragstart"])
    canvas.addEventListener(name, (event) => event.preventDefault(), { signal });
}

/** Keys go to the hidden field, which stands where the person clicked, so that an input method opens there. */
function takeFocus(field, canvas, event) {
  const box = canvas.getBoundingClientRect();
  field.style.left = `${event.clientX - box.left}px`;
  field.style.top = `${event.clientY - box.top}px`;
  field.focus({ preventScroll: true });
}

/** At most one call in MOVE_MS, the last one always. */
function throttled(run) {
  let last = 0;
  let timer = null;
  let waiting = null;
  const go = () => {
    timer = null;
    last = performance.now();
    run(waiting);
    waiting = null;
  };
  return {
    push(event) {
      waiting = event;
      if (timer === null) timer = setTimeout(go, Math.max(0, last + MOVE_MS - performance.now()));
    },
    drop() {
      clearTimeout(timer);
      timer = null;
      waiting = null;
    },
  };
}

/** Wheel deltas in CSS pixels, summed between two sendings. */
function summed(run) {
  const unit = { 0: 1, 1: 18, 2: 600 };
  let [x, y] = [0, 0];
  const later = throttled((event) => {
    run(Math.round(x), Math.round(y), event);
    [x, y] = [0, 0];
  });
  return (event) => {
    const turn = event.shiftKey && !event.deltaX;
    x += (turn ? event.deltaY : event.deltaX) * unit[event.deltaMode];
    y += (turn ? 0 : event.deltaY) * unit[event.deltaMode];
    later.push(event);
  };
}

function listenForKeys({ field, screen, send, takes, view }, signal) {
  const held = new Map();
  const say = (kind, key, code, modifiers) => send({ type: "key", kind, key, code, modifiers, frame: screen.shown });
  const down = (event) => {
    event.stopPropagation();
    view.pointing = false;
    if (takes(event)) return event.preventDefault();
    const way = wayOf(event);
    if (way === "text" || way === "own") return undefined;
    event.preventDefault();
    if (event.repeat && !held.has(event.code)) return undefined; // still held from a panel of ours
    if (typeof way === "object") return send({ type: "nav", ...way });
    const key = IS_MAC && event.key === "Meta" ? "Control" : event.key;
    held.set(event.code, key);
    if (say("down", key, event.code, modifiersOf(event))) screen.asking();
    return undefined;
  };
  const up = (event) => {
    event.stopPropagation();
    if (!held.has(event.code)) return;
    event.preventDefault();
    say("up", held.get(event.code), event.code, modifiersOf(event));
    held.delete(event.code);
  };
  const release = () => {
    for (const [code, key] of held) say("up", key, code, []);
    held.clear();
  };
  field.addEventListener("keydown", down, { signal });
  field.addEventListener("keyup", up, { signal });
  field.addEventListener("keypress", (event) => event.stopPropagation(), { signal });
  field.addEventListener("blur", release, { signal });
}

/**
 * Which way a key goes: "key" as itself, "text" by what the field receives (dead keys, input methods, paste, letters no
 * key of the page's keyboard makes), "own" left to this browser, or an action of the navigation bar.
 */
function wayOf(event) {
  const command = event.ctrlKey || event.metaKey;
  if (event.isComposing || event.keyCode === 229 || event.key === "Dead" || event.key === "Unidentified") return "text";
  if (event.getModifierState("AltGraph") && event.key.length === 1) return "text";
  if (OWN_KEYS.has(event.key) || (command && event.code === "KeyR")) return "own";
  if (command && event.code === "KeyV") return "text";
  if (event.altKey && !command && event.key === "ArrowLeft") return { action: "back" };
  if (event.altKey && !command && event.key === "ArrowRight") return { action: "forward" };
  if (event.key.length === 1 && !command && !(event.key >= " " && event.key <= "~")) return "text";
  return "key";
}

function listenForText({ field, screen, send, view }, signal) {
  const say = (text, how = {}) => {
    field.value = "";
    if (text && send({ type: "text", text, ...how, frame: screen.shown })) screen.asking();
  };
  const input = (event) => {
    event.stopPropagation();
    if (!event.isComposing) say(field.value);
  };
  const paste = (event) => {
    event.preventDefault();
    event.stopPropagation();
    const text = event.clipboardData.getData("text/plain");
    if (text) pasteText(view, text);
    else if (event.clipboardData.files.length) view.refuse("A paste of something other than text", "Drop files on the page instead.");
  };
  const composed = (event) => {
    field.classList.remove("composing");
    say(event.data, { composed: true });
  };
  field.addEventListener("input", input, { signal });
  field.addEventListener("paste", paste, { signal });
  field.addEventListener("compositionstart", () => field.classList.add("composing"), { signal });
  field.addEventListener("compositionend", composed, { signal });
}
