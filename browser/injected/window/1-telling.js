/**
 * What our world says to the recorder while a person works in a window of their own: one message for one event.
 *
 * The files of this folder are joined behind those of the folder above, and only for a window. `WINDOW` is what the
 * recorder told at the start: {binding, call, secrets, ignore, cap, known}. A message is one JSON string; the look at the
 * page in it is made here and now, before the page's own handlers hear of the event.
 */

/** Where this world's viewport lies in the top one and what its ids begin with, as the recorder last said. */
const ground = { prefix: '', view: { x: 0, y: 0, sx: 1, sy: 1 } };
const documentName = Math.random().toString(36).slice(2, 12);
/** Whether we are here before anything of the document, so that no listener of the page can be before ours. */
let first = rootElement(document) === null;
let told = 0;

globalThis.__stepscope.observe = (options) => {
  ground.prefix = options.prefix ?? '';
  ground.view = { x: 0, y: 0, sx: 1, sy: 1, ...options.view };
  return observe(options);
};

const now = () => performance.timeOrigin + performance.now();

/** When an event came into being, ms since 1970; frames count from a start of their own. */
function timeOf(event) {
  const clock = (event.view ?? window).performance;
  return now() - Math.max(0, clock.now() - event.timeStamp);
}

/** Say it. `event` gives the time; `more` is what the kind of message has. */
function say(kind, event, more) {
  told += 1;
  const at = event ? timeOf(event) : now();
  const said = { k: kind, n: told, doc: documentName, at, first, prefix: ground.prefix, ...more, done: now() };
  globalThis[WINDOW.binding](JSON.stringify(said));
}

/** The page at this very moment; null if it cannot be read, and then the recorder's last look stands in. */
function lookNow(point, wheel) {
  const began = now();
  try {
    const raw = observe({ ignore: WINDOW.ignore, secrets: WINDOW.secrets, cap: WINDOW.cap, html: false, ...ground, ...(point ? { point } : {}), ...(wheel ? { wheel } : {}) });
    const kind = raw.focused ? kindOf({ id: raw.focused.id.slice(ground.prefix.length) }) : null;
    return { ...raw, began, kind };
  } catch {
    return null;
  }
}

/** A point of the viewport an event came in, in the viewport of this world. */
function pointOf(event) {
  const win = event.view ?? window;
  if (win === window) return [event.clientX, event.clientY];
  const { x, y } = outward(rootElement(win.document), event.clientX, event.clientY);
  return [x, y];
}

/** The same in the top viewport, as messages give it. */
const outside = ([x, y]) => ({ x: ground.view.x + x * ground.view.sx, y: ground.view.y + y * ground.view.sy });

/** The id an element has in observations. */
function nameOfElement(el) {
  let frames = '';
  for (let win = viewOf(ownerDocument(el)); win !== window; win = win.parent) frames = `f${frameNumberOf(win.frameElement)}-${frames}`;
  return `${ground.prefix}${frames}${numberOf(el)}`;
}

const modifiersOf = (event) => ['Alt', 'Control', 'Meta', 'Shift'].filter((name) => event.getModifierState?.(name));
const innermost = (event) => {
  const [first] = event.composedPath();
  return first && first.nodeType === ELEMENT ? first : null;
};
const selectOf = (el) => (el && /^(select|option|optgroup)$/.test(localName(el)) ? Element.prototype.closest.call(el, 'select') : null);
