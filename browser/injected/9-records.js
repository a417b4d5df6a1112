/** What the recorder asks beyond looking: what a field holds, what a list offers, how to bring something into view. */

/** A field's own text, for recognising its echoes; it never leaves the recorder's memory. */
function rawValue({ id }) {
  const el = elementOf(id);
  return el ? String(el.value ?? el.textContent ?? '') : null;
}

/** All that a field holds, where its line shows only the beginning; never of a secret field. */
function wholeValue({ id }) {
  const el = elementOf(id);
  if (!el || memory.secretFields.has(el)) return null;
  return withheld(String(el.value ?? el.innerText ?? '').replace(/\r\n?/g, '\n')).toWellFormed();
}

/** The same of a secret field, null of any other element. */
function secretValue({ id, secrets = [] }) {
  const el = elementOf(id);
  return el && isField(el) && isSecret(el, secrets.join(', ')) ? rawValue({ id }) : null;
}

/** What a <select> offers. */
function optionsOf({ id }) {
  const el = elementOf(id);
  if (!el || localName(el) !== 'select') return null;
  const options = Array.from(el.options, (option, index) => ({
    index, text: tidy(option.label), value: option.value.slice(0, 1000), disabled: matches(option, ':disabled'), selected: option.selected,
    group: localName(parentNode(option)) === 'optgroup' ? tidy(parentNode(option).label) : null,
  }));
  const drops = !el.multiple && el.size <= 1 && CSS.supports('selector(select:open)');
  return { options, drops, multiple: el.multiple, disabled: matches(el, ':disabled') };
}

/** Choose exactly the options of these indexes. @returns {string} '' or what was wrong */
function chooseIndexes({ id, indexes }) {
  const el = elementOf(id);
  if (!el || localName(el) !== 'select') return 'the list is no longer on the page';
  if (indexes.some((index) => !el.options[index])) return 'the list no longer has that option';
  const before = Array.from(el.options, (option) => option.selected).join();
  el.focus();
  if (el.multiple) Array.from(el.options).forEach((option, index) => { option.selected = indexes.includes(index); });
  else el.selectedIndex = indexes[0];
  if (Array.from(el.options, (option) => option.selected).join() !== before) announce(el);
  return '';
}

/**
 * How to turn the wheel so that an element comes into view: where (in the top viewport) and by how much.
 * @returns {{x: number, y: number, dx: number, dy: number}|null} null if its middle is in view
 */
function wheelTo({ id }) {
  const el = elementOf(id);
  return el ? wheelFor(drawnStandIn(el)) : null;
}

function wheelFor(el) {
  const box = rectOf(el);
  const x = box.left + box.width / 2;
  const y = box.top + box.height / 2;
  for (let node = drawnParent(el); node; node = drawnParent(node)) {
    const need = scrollable(node) ? beyond(x, y, rectOf(node)) : null;
    if (need) return turned(node, rectOf(node), need);
  }
  const win = viewOf(ownerDocument(el));
  const view = { left: 0, top: 0, right: win.innerWidth, bottom: win.innerHeight };
  const need = beyond(x, y, view);
  if (need) return turned(rootElement(ownerDocument(el)), view, need);
  return win === window ? null : wheelFor(win.frameElement);
}

function scrollable(el) {
  const style = styleOf(el);
  const down = /auto|scroll/.test(style.overflowY) && el.scrollHeight > el.clientHeight;
  const across = /auto|scroll/.test(style.overflowX) && el.scrollWidth > el.clientWidth;
  return (down || across) && !/^(html|body)$/.test(localName(el));
}

/** How far a point lies from the middle of a view that does not show it. */
function beyond(x, y, view) {
  const across = x < view.left || x > view.right;
  const down = y < view.top || y > view.bottom;
  if (!across && !down) return null;
  return { dx: across ? x - (view.left + view.right) / 2 : 0, dy: down ? y - (view.top + view.bottom) / 2 : 0 };
}

function turned(el, view, need) {
  const win = viewOf(ownerDocument(el));
  const left = Math.max(view.left, 0);
  const top = Math.max(view.top, 0);
  const middle = { x: (left + Math.min(view.right, win.innerWidth)) / 2, y: (top + Math.min(view.bottom, win.innerHeight)) / 2 };
  return { ...outward(el, middle.x, middle.y), ...need };
}

/** What is selected, for the person's own clipboard; never from a secret field. */
function selectedText() {
  let doc = document;
  let el = doc.activeElement;
  while (el && (shadowRootOf(el)?.activeElement || (isFrame(el) && innerDocument(el)))) {
    if (shadowRootOf(el)?.activeElement) el = shadowRootOf(el).activeElement;
    else {
      doc = innerDocument(el);
      el = doc.activeElement;
    }
  }
  if (el && memory.secretFields.has(el)) return '';
  if (el && /^(input|textarea)$/.test(localName(el)) && typeof el.selectionStart === 'number') {
    return el.value.slice(el.selectionStart, el.selectionEnd);
  }
  return String(doc.getSelection() ?? '');
}

/**
 * The CSS cursor at a point of our viewport.
 * @returns {{shape: string, frame: string|null}} `frame` is the browser's id of a frame that must be asked instead
 */
function cursorAt({ x, y }) {
  const { el } = deepest(document, x, y);
  if (!el) return { shape: 'default', frame: null };
  const frame = isFrame(el) && !innerDocument(el) ? memory.frameIds.get(el) ?? null : null;
  return { shape: cursorOf(el), frame };
}

const UNTYPED = /^(button|submit|reset|checkbox|radio|file|color|range|image)$/;

function cursorOf(el) {
  const shape = styleOf(el).cursor;
  if (shape !== 'auto') return shape;
  const typed = isEditable(el) || (/^(input|textarea)$/.test(localName(el)) && !UNTYPED.test(inputType(el)));
  return typed ? 'text' : 'default';
}

Object.assign(globalThis.__stepscope, { focusNow, rawValue, secretValue, wholeValue, optionsOf, chooseIndexes, wheelTo, selectedText, cursorAt });
