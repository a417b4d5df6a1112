/**
 * What the widgets over the canvas ask: which native picker is open, what a field suggests, what a right press met.
 *
 * Whether a page keeps an event for itself is read from the event after its dispatch: we hear it first, in the capture
 * phase on the window, and keep it; a page that stops it on the way cannot hide from us what it decided.
 */

const PICKED = /^(date|time|month|week|datetime-local|color)$/;
const kept = { contextmenu: null, dragover: null, drop: null, beforeprint: null };

/** Schemes that stay in the browser. Any other is another program's, and Chromium would ask before it starts one. */
const BROWSED = /^(https?|about|blob|data|file|filesystem|javascript|view-source|chrome[a-z-]*):/i;
const inOwnWindow = typeof WINDOW !== 'undefined';
let handedOn = '';

onWatch.push((root) => {
  if (root.host) return;
  for (const type of Object.keys(kept)) viewOf(root)?.addEventListener(type, keep, { capture: true, passive: true });
  if (!inOwnWindow) viewOf(root)?.navigation?.addEventListener('navigate', stay);
});

/** A page that leads to another program stays as it is: without a window nobody could answer what Chromium asks. */
function stay(event) {
  const { url } = event.destination;
  if (BROWSED.test(url)) return;
  event.preventDefault();
  handedOn = url.slice(0, url.indexOf(':') + 1);
}

function keep(event) {
  kept[event.type] = { event, target: event.composedPath()[0] };
}

/** @returns {{event: Event, target: EventTarget}|null} the last event of a type, once */
function take(type) {
  const found = kept[type];
  kept[type] = null;
  return found;
}

/**
 * What the last input made Chromium show outside the page.
 * @returns {{picker: string, printed: boolean, program: string, menu: Object|null}} `program`: the scheme of an address
 *   that another program would open, '' without one
 */
function noticed({ menu = false }) {
  const program = handedOn;
  handedOn = '';
  return { picker: openPicker(document), printed: Boolean(take('beforeprint')), program, menu: menu ? menuFor(take('contextmenu')) : null };
}

/** The id of the list or field whose native picker is open; '' where none is (or Chromium is older than 133). */
function openPicker(doc) {
  for (const root of [doc, ...shadowsOf(doc)]) {
    const el = firstOpen(root);
    if (el) return idFromTop(el);
  }
  for (const frame of allFrames(doc)) {
    const inner = innerDocument(frame);
    const found = inner ? openPicker(inner) : '';
    if (found) return found;
  }
  return '';
}

function shadowsOf(doc) {
  return memory.shadows.map((ref) => ref.deref()).filter((shadow) => shadow && ownerDocument(shadow) === doc);
}

function firstOpen(root) {
  try {
    return Array.from(root.querySelectorAll('select:open, input:open')).find((el) => localName(el) === 'select' || PICKED.test(inputType(el)));
  } catch {
    return undefined;
  }
}

/** Whether the element's own picker is open (for frames that are asked by themselves). */
function isOpen({ id }) {
  const el = elementOf(id);
  try {
    return Boolean(el) && Element.prototype.matches.call(el, 'select:open, input:open');
  } catch {
    return false;
  }
}

function idFromTop(el) {
  let prefix = '';
  for (let win = viewOf(ownerDocument(el)); win !== window; win = win.parent) {
    prefix = `f${frameNumberOf(win.frameElement)}-${prefix}`;
  }
  return `${prefix}${numberOf(el)}`;
}

/** What a field with a picker takes. */
function pickerOf({ id }) {
  const el = elementOf(id);
  if (!el || !PICKED.test(inputType(el))) return null;
  return {
    kind: inputType(el), value: memory.secretFields.has(el) ? '' : el.value, min: attr(el, 'min') ?? '', max: attr(el, 'max') ?? '',
    step: attr(el, 'step') ?? '', required: el.required, options: suggested(el),
  };
}

/** What a field with a <datalist> offers for the text it holds; null where it offers nothing. */
function suggestionsOf({ id }) {
  const el = elementOf(id);
  if (!el || localName(el) !== 'input' || !hasAttr(el, 'list') || memory.secretFields.has(el) || el.readOnly) return null;
  const held = el.value.toLowerCase();
  const fitting = suggested(el).filter(({ value, label }) => `${value}\n${label}`.toLowerCase().includes(held));
  return fitting.length && !(fitting.length === 1 && fitting[0].value === el.value) ? fitting : null;
}

function suggested(el) {
  return Array.from(el.list?.options ?? [], (option) => ({ value: option.value, label: tidy(option.label) }))
    .filter((option) => option.value).slice(0, 500);
}

/** Whether a field of a picked kind can hold the text at all. @returns {string} '' or what is wrong */
function wouldTake({ id, text }) {
  const el = elementOf(id);
  if (!el) return 'it is no longer on the page';
  const probe = document.createElement('input');
  for (const name of ['type', 'min', 'max', 'step']) if (hasAttr(el, name)) probe.setAttribute(name, attr(el, name));
  probe.value = text.trim();
  return probe.value === text.trim() ? '' : `a ${inputType(el)} field does not take ${quote(tidy(text))}`;
}

/** The element that keys go to, through shadow roots and readable frames. */
function keyboardElement() {
  let el = document.activeElement;
  for (;;) {
    const inner = shadowRootOf(el ?? document.body)?.activeElement ?? (el && isFrame(el) ? innerDocument(el)?.activeElement : null);
    if (!inner) return el ?? document.body;
    el = inner;
  }
}

/** Offer the page a paste of its own. @returns {boolean} whether it took it (rich editors do) */
function pasteInto({ text }) {
  const el = keyboardElement();
  const clipboardData = new DataTransfer();
  clipboardData.setData('text/plain', text);
  return !el.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true, composed: true }));
}

/** What our context menu can offer; null where the page has one of its own, or heard nothing. */
function menuFor(found) {
  if (!found || found.event.defaultPrevented) return null;
  const el = nodeType(found.target) === ELEMENT ? found.target : parentNode(found.target);
  const link = Element.prototype.closest.call(el, 'a[href], area[href]');
  const field = /^(input|textarea)$/.test(localName(el));
  return {
    link: link && /^https?:$/.test(link.protocol) ? link.href : null,
    selection: Boolean(selectedText()),
    editable: (field && !el.readOnly && !el.disabled) || el.isContentEditable === true,
  };
}

/** Whether what lies under dragged files takes them. */
function takesFiles() {
  const over = take('dragover');
  if (!over) return false;
  const files = localName(over.target) === 'input' && inputType(over.target) === 'file' && !over.target.disabled;
  return over.event.defaultPrevented || files;
}

Object.assign(globalThis.__stepscope, { noticed, isOpen, pickerOf, suggestionsOf, wouldTake, pasteInto, takesFiles });
