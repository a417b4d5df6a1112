/**
 * Listening: first of all, on every window this world may read, and again whenever a page has swept listeners away.
 *
 * document.open() removes every listener of a window, ours too; adding the same function twice does nothing.
 */

const REARM_MS = 300;
const PASSIVE = { capture: true, passive: true };
const HOLDING = { capture: true, passive: false };
const LISTENERS = [
  ['pointerdown', onPress], ['pointerup', onRelease], ['pointercancel', onCancel], ['pointermove', onMove],
  ['mouseout', onLeave], ['dragstart', onDragStart], ['drop', onDrop], ['dragend', onDragEnd], ['scrollend', onScrollEnd],
  ['keydown', onKey], ['keyup', onKeyUp], ['beforeinput', onBeforeInput], ['input', onInput], ['change', onChange],
  ['compositionstart', onCompose], ['compositionend', onComposed],
  [WINDOW.call, armAll],
];
const frames = { count: 0, root: null };

function arm(win) {
  const add = win.EventTarget.prototype.addEventListener;
  for (const [type, heard] of LISTENERS) add.call(win, type, heard, PASSIVE);
  add.call(win, 'wheel', onWheel, HOLDING);
  for (let index = 0; index < win.length; index += 1) {
    const inner = readable(win, index);
    if (inner) arm(inner);
  }
}

function readable(win, index) {
  try {
    return win[index].document && win[index];
  } catch {
    return null;
  }
}

function armAll() {
  frames.count = window.length;
  const root = rootElement(document);
  if (frames.root && frames.root !== root) first = false;
  frames.root = root;
  arm(window);
}

armAll();
new MutationObserver(() => {
  if (window.length !== frames.count || rootElement(document) !== frames.root) armAll();
}).observe(document, { childList: true, subtree: true });
setInterval(armAll, REARM_MS);
