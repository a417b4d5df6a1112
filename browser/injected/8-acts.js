/** What acting needs of an element by its id: a point to press, its kind, and values that no key can type. */

const NARROW = 60;

/** The element of an id such as "12" or "f1-3", as long as it is in the page. */
function elementOf(id) {
  let doc = document;
  const parts = id.split('-');
  const number = Number(parts.pop());
  for (const part of parts) {
    doc = frameOf(doc, Number(part.slice(1)));
    if (!doc) return null;
  }
  const el = documentMemory(doc).byId.get(number)?.deref();
  return el?.isConnected ? el : null;
}

function frameOf(doc, number) {
  const known = documentMemory(doc);
  for (const el of allFrames(doc)) if (known.frameNumbers.get(el) === number) return innerDocument(el);
  return null;
}

/** Every frame element of a document, in open shadow roots too. */
function allFrames(root) {
  const out = Array.from(root.querySelectorAll('iframe, frame, object'));
  for (const ref of memory.shadows) {
    const shadow = ref.deref();
    if (shadow && ownerDocument(shadow) === root) out.push(...shadow.querySelectorAll('iframe, frame'));
  }
  return out;
}

/**
 * Bring an element into view and find a point on it that nothing covers.
 * @returns {{x: number, y: number, clear: boolean, covered?: boolean, box: number[]}|null} in our viewport; null if it is
 *   gone or not drawn any more; `covered`: what a press would meet is no part of it, and it is no part of that
 */
function place({ id, scroll = true }) {
  const el = elementOf(id);
  if (!el) return null;
  const target = drawnStandIn(el);
  if (scroll) bringIntoView(target);
  const rects = Array.from(target.getClientRects()).filter((rect) => rect.width > 0 && rect.height > 0);
  const box = rects[0] ?? (firstChild(target) ? textBox(target) : rectOf(target));
  if (!box.width && !box.height && !target.checkVisibility()) return null;
  const at = (point) => ({ ...outward(target, point.x, point.y), clear: point.clear, box: outerBox(target) });
  for (const point of [...besideArrows(target), ...candidates(rects.length ? rects : [box])]) {
    if (reaches(target, point.x, point.y)) return at({ ...point, clear: true });
  }
  const middle = { x: box.left + box.width / 2, y: box.top + box.height / 2 };
  const over = deepest(ownerDocument(target), middle.x, middle.y).el;
  return { ...at({ ...middle, clear: false }), covered: Boolean(over) && !within(target, over) };
}

/** A closed list's option is reached through the list, a hidden tick through its label. */
function drawnStandIn(el) {
  if (localName(el) === 'option') return Element.prototype.closest.call(el, 'select') ?? el;
  if (localName(el) === 'input' && el.labels?.length && !drawnAnywhere(el)) return el.labels[0];
  return el;
}

function bringIntoView(el) {
  const box = rectOf(el);
  const win = viewOf(ownerDocument(el));
  const inside = box.top >= 0 && box.left >= 0 && box.bottom <= win.innerHeight && box.right <= win.innerWidth;
  const centre = deepest(ownerDocument(el), box.left + box.width / 2, box.top + box.height / 2).el;
  if (inside && win === window && centre && related(centre, el)) return;
  el.scrollIntoView({ block: 'center', inline: 'nearest', behavior: 'instant' });
}

/** A narrow number field is pressed at the edge its text begins at: its middle may lie on the arrows that step it. */
function besideArrows(el) {
  if (localName(el) !== 'input' || inputType(el) !== 'number') return [];
  const { left, right, top, width, height } = rectOf(el);
  const inwards = el.clientLeft + 0.5;
  const x = styleOf(el).direction === 'rtl' ? right - inwards : left + inwards;
  return width < NARROW ? [{ x, y: top + height / 2 }] : [];
}

function* candidates(rects) {
  for (const part of [[0.5, 0.5], [0.25, 0.5], [0.75, 0.5], [0.5, 0.25], [0.5, 0.75], [0.1, 0.5], [0.9, 0.5], [0.1, 0.1], [0.9, 0.9]]) {
    for (const rect of rects) yield { x: rect.left + rect.width * part[0], y: rect.top + rect.height * part[1] };
  }
}

function reaches(el, x, y) {
  const found = deepest(ownerDocument(el), x, y).el;
  return Boolean(found) && related(found, el);
}

/** Whether pressing `found` is pressing `el`: it, something in it, or its label. */
function related(found, el) {
  for (let node = found; node; node = drawnParent(node)) {
    if (node === el || (localName(node) === 'label' && node.control === el)) return true;
  }
  return false;
}

/** A point of an element's own viewport, in ours. */
function outward(el, x, y) {
  let point = { x, y };
  for (let win = viewOf(ownerDocument(el)); win !== window; win = win.parent) {
    const frame = win.frameElement;
    const view = innerView(frame, { box: rectOf(frame), style: styleOf(frame) }, { x: 0, y: 0, sx: 1, sy: 1 });
    point = { x: view.x + point.x * view.sx, y: view.y + point.y * view.sy };
  }
  return point;
}

function outerBox(el) {
  const box = rectOf(el);
  const from = outward(el, box.left, box.top);
  const to = outward(el, box.right, box.bottom);
  return [from.x, from.y, to.x - from.x, to.y - from.y];
}

/** What kind of thing it is, for those who act on it. */
function kindOf({ id, prefix = '' }) {
  const el = elementOf(id);
  if (!el) return null;
  const select = localName(el) === 'option' ? Element.prototype.closest.call(el, 'select') : el;
  const native = /^(date|time|month|week|datetime-local|color|range)$/.test(inputType(el));
  const suggests = /list|both|inline/.test(attr(el, 'aria-autocomplete') ?? '') || attr(el, 'role') === 'combobox'
    || hasAttr(el, 'aria-haspopup') || attr(el, 'autocomplete') === 'off' || hasAttr(el, 'list');
  return {
    tag: localName(el), type: inputType(el), native, suggests,
    select: select && localName(select) === 'select' ? prefix + idLike(select, id) : null,
    label: localName(el) === 'option' ? tidy(el.label) : null,
    editable: isEditable(el) || /^(input|textarea)$/.test(localName(el)),
    unseen: memory.unseen?.deref() === el,
    disabled: matches(el, ':disabled'), readonly: el.readOnly === true,
  };
}

const idLike = (el, id) => `${id.slice(0, id.lastIndexOf('-') + 1)}${numberOf(el)}`;

/** Choose an option by its text, as a person would in the open list. @returns {string} '' or what was wrong */
function choose({ id, text }) {
  const el = elementOf(id);
  if (!el || localName(el) !== 'select') return 'it is not a list';
  if (el.multiple && !text) return chooseAll(el, []);
  if (el.multiple && text.includes('\n')) return chooseAll(el, text.split('\n'));
  const wanted = tidy(text);
  const options = Array.from(el.options);
  const found = optionOf(el, text);
  if (!found) return `it has no option ${quote(wanted)}; it has ${options.slice(0, 8).map((option) => quote(tidy(option.label))).join(', ')}${options.length > 8 ? ' ...' : ''}`;
  if (found.disabled) return `its option ${quote(wanted)} is disabled`;
  el.focus();
  if (el.multiple) found.selected = !found.selected;
  else el.selectedIndex = options.indexOf(found);
  announce(el);
  return '';
}

function optionOf(select, text) {
  const wanted = tidy(text);
  const options = Array.from(select.options);
  return options.find((option) => tidy(option.label) === wanted)
    ?? options.find((option) => tidy(option.label).toLowerCase() === wanted.toLowerCase())
    ?? options.find((option) => option.value === text);
}

/** In a list that takes several: exactly these. */
function chooseAll(select, texts) {
  const found = texts.map((text) => optionOf(select, text));
  const missing = texts.find((_, index) => !found[index]);
  if (missing !== undefined) return `it has no option ${quote(tidy(missing))}`;
  select.focus();
  for (const option of select.options) option.selected = found.includes(option);
  announce(select);
  return '';
}

/** Set a value of a date, time, colour or range field, which has a picker instead of text. @returns {string} '' or what was wrong */
function setValue({ id, text }) {
  const el = elementOf(id);
  if (!el) return 'it is no longer on the page';
  el.focus();
  el.value = text.trim();
  if (el.value !== text.trim()) return `a ${inputType(el)} field does not take ${quote(tidy(text))}`;
  announce(el);
  return '';
}

function announce(el) {
  el.dispatchEvent(new Event('input', { bubbles: true, composed: true }));
  el.dispatchEvent(new Event('change', { bubbles: true }));
}

/** Whether the element has the focus, and its whole text selected so that typing replaces it. */
function selectAll({ id }) {
  const el = elementOf(id);
  if (!el) return false;
  if (typeof el.select === 'function') el.select();
  else if (isEditable(el)) viewOf(ownerDocument(el)).getSelection().selectAllChildren(el);
  let active = ownerDocument(el).activeElement;
  while (active && shadowRootOf(active)?.activeElement) active = shadowRootOf(active).activeElement;
  return active === el || Boolean(active && Node.prototype.contains.call(el, active));
}

/** Give the focus to an element, as Tab would. */
function focusOn({ id }) {
  const el = elementOf(id);
  el?.focus();
  return Boolean(el);
}

/** Whether keys would go to some element rather than to the page as a whole. */
function focusTaken() {
  const el = document.activeElement;
  return Boolean(el) && !/^(body|html)$/.test(localName(el));
}

/** Work that will change the page without a change of the DOM: finite animations on the way. */
function stirring() {
  const running = document.getAnimations().filter((animation) => animation.playState === 'running'
    && Number.isFinite(animation.effect?.getComputedTiming().endTime) && animation.effect.getComputedTiming().endTime < 2000);
  return { mutations: mutations(), animations: running.length, loading: document.readyState !== 'complete' };
}

/** Forget what was numbered and withheld, and take the focus away, as if the document had just been loaded. */
function beginAnew() {
  memory.documents = new WeakMap();
  memory.secretFields = new WeakSet();
  memory.secretNames = new Set();
  memory.secretValues = new Map();
  memory.unseen = null;
  memory.pointed = null;
  document.activeElement?.blur();
  getSelection().removeAllRanges();
  return true;
}

globalThis.__stepscope = { beginAnew, observe, find, adopt, mutations, place, kindOf, choose, setValue, selectAll, focusOn, focusTaken, stirring, elementOf, suspects, adoptRoot };
