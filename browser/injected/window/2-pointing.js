/** A person's pointer: presses, releases, drags, the wheel, scroll bars, and the pointer coming to rest. */

const NEAR = 5;
const DOUBLE_MS = 500;
const WHEEL_MS = 400;
const REST_MS = 150;
const pointer = { last: null, dragging: false, wheel: null, moved: 0, timer: 0, at: [0, 0], bar: null };

const near = (a, b) => Math.abs(a[0] - b[0]) <= NEAR && Math.abs(a[1] - b[1]) <= NEAR;

function onPress(event) {
  if (!event.isTrusted) return;
  endBurst();
  pointer.wheel = null;
  pointer.dragging = false;
  const at = pointOf(event);
  if (onScrollBar(event)) {
    grabBar(event, at);
    return;
  }
  const count = countOf(event, at);
  const select = selectOf(innermost(event));
  pointer.last = { at, time: event.timeStamp, button: event.button, count, on: new WeakRef(innermost(event) ?? document) };
  say('down', event, {
    ...outside(at), button: event.button, mods: modifiersOf(event), count, touch: event.pointerType === 'touch',
    list: select ? nameOfElement(select) : null, drawn: Boolean(select) && !select.multiple && !(select.size > 1),
    disabled: Boolean(select) && matches(select, ':disabled'), seen: count === 1 ? lookNow(at) : null,
  });
}

/** 2 for the second press of a double click: it has no look of its own. */
function countOf(event, at) {
  const { last } = pointer;
  const again = last && last.button === event.button && last.on.deref() === innermost(event) && !last.moved
    && event.timeStamp - last.time < DOUBLE_MS && near(last.at, at);
  return again ? last.count + 1 : 1;
}

function onRelease(event) {
  if (!event.isTrusted) return;
  const at = pointOf(event);
  const { last } = pointer;
  const moved = Boolean(last) && !near(last.at, at);
  if (last) last.moved = moved;
  say('up', event, { ...outside(at), drag: false, seen: moved ? lookNow(at) : null });
}

function onDragStart(event) {
  if (!event.isTrusted) return;
  pointer.dragging = true;
  if (pointer.last) pointer.last.moved = true;
}

/** The pointer was taken away (a drag, a touch that scrolls): a drag's end comes as `drop` or `dragend`. */
function onCancel(event) {
  if (!event.isTrusted || pointer.dragging) return;
  say('cancel', event, { ...outside(pointOf(event)) });
}

function onDrop(event) {
  if (!event.isTrusted) return;
  pointer.dragging = false;
  const at = pointOf(event);
  const files = Array.from(event.dataTransfer?.files ?? [], (file) => file.name);
  say('up', event, { ...outside(at), drag: true, files, seen: lookNow(at) });
}

function onDragEnd(event) {
  if (!event.isTrusted || !pointer.dragging) return;
  pointer.dragging = false;
  const at = pointOf(event);
  say('up', event, { ...outside(at), drag: true, files: [], seen: lookNow(at) });
}

/** The first turn of a burst has a look: its listener may hold the scrolling up, so the page is still where it was. */
function onWheel(event) {
  if (!event.isTrusted || event.ctrlKey) return;
  endBurst();
  const at = pointOf(event);
  const way = `${Math.sign(event.deltaX)} ${Math.sign(event.deltaY)}`;
  const { wheel } = pointer;
  const goesOn = wheel && wheel.way === way && event.timeStamp - wheel.time < WHEEL_MS;
  pointer.wheel = { way, time: event.timeStamp };
  pointer.last = null;
  say('wheel', event, { ...outside(at), dx: event.deltaX, dy: event.deltaY, seen: goesOn ? null : lookNow(at, [event.deltaX, event.deltaY]) });
}

/** Whether a press went to a scroll bar, which no element is. */
function onScrollBar(event) {
  const el = innermost(event);
  if (!el || event.button !== 0) return false;
  if (el === rootElement(ownerDocument(el))) return event.clientX >= el.clientWidth || event.clientY >= el.clientHeight;
  const box = rectOf(el);
  const right = box.left + el.clientLeft + el.clientWidth;
  const bottom = box.top + el.clientTop + el.clientHeight;
  const style = styleOf(el);
  const down = /auto|scroll/.test(style.overflowY) && el.scrollHeight > el.clientHeight && event.clientX >= right && event.clientX < box.right - parseFloat(style.borderRightWidth);
  const across = /auto|scroll/.test(style.overflowX) && el.scrollWidth > el.clientWidth && event.clientY >= bottom && event.clientY < box.bottom - parseFloat(style.borderBottomWidth);
  return down || across;
}

function grabBar(event, at) {
  const el = innermost(event);
  const scroller = el === rootElement(ownerDocument(el)) ? (ownerDocument(el).scrollingElement ?? el) : el;
  pointer.bar = { scroller, at, left: scroller.scrollLeft, top: scroller.scrollTop, seen: lookNow(at, [0, 1]) };
}

/** What the scroll bar did is known when the scrolling ends. */
function onScrollEnd(event) {
  const { bar } = pointer;
  if (!event.isTrusted || !bar) return;
  const dx = bar.scroller.scrollLeft - bar.left;
  const dy = bar.scroller.scrollTop - bar.top;
  if (!dx && !dy) return;
  pointer.bar = null;
  say('wheel', null, { ...outside(bar.at), dx, dy, seen: bar.seen });
}

function onMove(event) {
  if (!event.isTrusted) return;
  pointer.at = pointOf(event);
  pointer.moved = performance.now();
  if (!pointer.timer && !event.buttons) pointer.timer = setTimeout(rested, REST_MS);
}

function rested() {
  pointer.timer = 0;
  const left = REST_MS - (performance.now() - pointer.moved);
  if (left > 1) pointer.timer = setTimeout(rested, left);
  else if (!document.hidden) say('rest', null, { ...outside(pointer.at), at: performance.timeOrigin + pointer.moved });
}

/** The pointer leaves for the browser's own bar, as far as can be told: a good moment for a look. */
function onLeave(event) {
  if (event.isTrusted && event.relatedTarget === null && event.view === window && window === window.parent) say('left', event, {});
}
