/** What an element is called: an approximation of ARIA's accessible name, then what a person would read beside it. */

/**
 * The text below an element as drawn, images and labelled elements by their names; hidden parts left out.
 * With `spoken` also what is drawn for the eye alone (aria-hidden).
 */
function textOf(el, depth = 0, spoken = false) {
  if (!childCount(el) && !shadowRootOf(el) && localName(el) !== 'slot') return rawText(el);
  let out = '';
  for (const node of drawnChildren(el)) out += nodeText(node, depth, spoken);
  return out;
}

function rawText(el) {
  const node = firstChild(el);
  if (!node) return '';
  if (nodeType(node) === TEXT && !nextSibling(node)) return node.data;
  let out = '';
  for (let child = node; child; child = nextSibling(child)) if (nodeType(child) === TEXT) out += child.data;
  return out;
}

const BLOCKY = new Set(['div', 'p', 'li', 'tr', 'td', 'th', 'br', 'section', 'article', 'ul', 'ol', 'h1', 'h2', 'h3',
  'h4', 'h5', 'h6', 'dt', 'dd', 'button', 'input', 'select', 'label', 'pre', 'table']);

const VISIBLE = { visibilityProperty: true };

function nodeText(node, depth, spoken) {
  if (nodeType(node) === TEXT) return node.data;
  if (nodeType(node) !== ELEMENT || depth > 40) return '';
  const name = localName(node);
  if (SKIPPED.has(name) || !node.checkVisibility?.(VISIBLE)) return '';
  const said = attr(node, 'aria-label') ?? (name === 'img' ? attr(node, 'alt') : null);
  if (said !== null && said.trim()) return ` ${said} `;
  if (attr(node, 'aria-hidden') === 'true' && (spoken || !textNeeded(node))) return '';
  if (name === 'svg') return svgTitle(node);
  if (name === 'input' || name === 'select' || name === 'textarea') return '';
  const text = textOf(node, depth + 1, spoken);
  return BLOCKY.has(name) || styleOf(node).display !== 'inline' ? ` ${text} ` : text;
}

/** Icon fonts put letters of a private area into hidden elements; anything else that is drawn counts. */
const textNeeded = (node) => /[^\s\ue000-\uf8ff]/.test(node.textContent ?? '');

/** The words of a label: without those drawn for the eye alone (a star for required), unless there are no others. */
const labelWords = (el) => attr(el, 'aria-label') ?? (tidy(textOf(el, 0, true)) || textOf(el));

function svgTitle(svg) {
  const title = Element.prototype.querySelector.call(svg, 'title');
  return title ? ` ${title.textContent} ` : '';
}

/** @returns {[string, string]} the name and where it is from: aria, label, native, content, title, near or class */
function nameOf(el, role) {
  const given = ariaName(el) || nativeName(el, role);
  if (given) return given;
  const name = localName(el);
  if (NAMED_BY_CONTENT.has(role) && name !== 'input' && name !== 'select') {
    const text = tidy(textOf(el));
    if (text) return [text, 'content'];
  }
  const title = tidy(attr(el, 'title') ?? '');
  if (title) return [title, 'title'];
  const placeholder = tidy(attr(el, 'placeholder') ?? attr(el, 'aria-placeholder') ?? '');
  if (placeholder) return [placeholder, 'title'];
  return unnamed(el, role);
}

function ariaName(el) {
  const ids = attr(el, 'aria-labelledby');
  if (ids) {
    const root = el.getRootNode();
    const parts = ids.split(/\s+/).map((id) => id && root.getElementById?.(id)).filter(Boolean);
    const text = tidy(parts.map(labelWords).join(' '));
    if (text) return [text, 'aria'];
  }
  const label = tidy(attr(el, 'aria-label') ?? '');
  return label ? [label, 'aria'] : null;
}

function nativeName(el, role) {
  const name = localName(el);
  if (name === 'input' || name === 'select' || name === 'textarea' || name === 'meter' || name === 'progress' || name === 'button') {
    const label = labelText(el);
    if (label) return [label, 'label'];
  }
  if (name === 'input') return inputName(el);
  if (name === 'img' || name === 'area') return said(attr(el, 'alt'));
  if (name === 'svg') return said(svgTitle(el));
  if (name === 'fieldset') return said(childText(el, 'legend'));
  if (name === 'table') return said(childText(el, 'caption'));
  if (name === 'figure') return said(childText(el, 'figcaption'));
  if (name === 'details') return said(childText(el, 'summary'));
  if (name === 'iframe' && role === 'iframe') return said(attr(el, 'title') ?? attr(el, 'name'));
  return null;
}

const said = (text) => { const clean = tidy(text ?? ''); return clean ? [clean, 'native'] : null; };

function inputName(el) {
  const type = inputType(el);
  if (type === 'submit' || type === 'reset' || type === 'button') {
    return said(el.value || { submit: 'Submit', reset: 'Reset' }[type]);
  }
  if (type === 'image') return said(attr(el, 'alt') || el.value || 'Submit');
  return null;
}

/** The labels of a control. Its own list searches the document for every control, so a root's labels are read once a look. */
function labelsOf(el) {
  const root = el.getRootNode();
  let known = memory.labels.get(root);
  if (!known) {
    known = new Map();
    for (const label of allIn(root, 'label')) {
      const { control } = label;
      if (control) known.set(control, [...(known.get(control) ?? []), label]);
    }
    memory.labels.set(root, known);
  }
  return known.get(el) ?? [];
}

/** Text of the labels of a control, without the control itself. */
function labelText(el) {
  const labels = labelsOf(el);
  if (!labels.length) return '';
  return tidy(labels.map(labelWords).join(' '));
}

function childText(el, tag) {
  for (const node of drawnChildren(el)) if (nodeType(node) === ELEMENT && localName(node) === tag) return textOf(node);
  return '';
}

/** Names for what has none by the standard: the text beside a field, the words of an icon's class or file. */
function unnamed(el, role) {
  if (FIELDS.has(role) || role === 'checkbox' || role === 'radio' || role === 'switch') {
    const tick = role === 'checkbox' || role === 'radio' || role === 'switch';
    const near = textBeside(el, tick) || (tick ? '' : textBelow(el));
    return near ? [near, 'near'] : ['', 'near'];
  }
  if (role === 'img' || role === 'button' || role === 'link' || role === 'svg') {
    return [classWords(el) || fileWords(el) || (role === 'button' ? colourWord(styleOf(el).backgroundColor) : ''), 'class'];
  }
  return ['', 'none'];
}

/** The label-like text right before a field (after it for ticks): an unbound <label>, a text node, the cell to the left. */
function textBeside(el, after) {
  const step = (node) => (after ? node.nextSibling : node.previousSibling);
  for (let node = el, hops = 0; node && hops < 3; hops += 1) {
    for (let side = step(node); side; side = step(side)) {
      if (nodeType(side) === TEXT && !side.data.trim()) continue;
      return besideText(side);
    }
    const parent = parentNode(node);
    if (!parent || nodeType(parent) !== ELEMENT || childCount(parent) > 2 || /^(form|body|table)$/.test(localName(parent))) break;
    node = parent;
  }
  return '';
}

/** The words that share a box with a field and nothing else, though they come after it. */
function textBelow(el) {
  const parent = parentNode(el);
  const both = parent && nodeType(parent) === ELEMENT && childCount(parent) === 2 && !/^(form|body|td)$/.test(localName(parent));
  return both && firstElementOf(parent) === el ? besideText(nextElementOf(el)) : '';
}

function besideText(node) {
  if (nodeType(node) === TEXT) return tidy(node.data, 80).replace(/[:*\s]+$/, '');
  if (nodeType(node) !== ELEMENT || matches(node, memory.ignore) || !node.checkVisibility?.()) return '';
  if (/^(input|select|textarea|button|a|br|hr|img|ul|ol|table|form)$/.test(localName(node))) return '';
  if (Element.prototype.querySelector.call(node, 'input,select,textarea,button,a')) return '';
  const text = tidy(textOf(node), 81);
  return text.length > 80 ? '' : text.replace(/[:*\s]+$/, '');
}

const NOISE = new Set(['icon', 'icons', 'ico', 'fa', 'fas', 'far', 'fab', 'ui', 'btn', 'button', 'glyphicon', 'bi', 'mdi',
  'material', 'svg', 'img', 'image', 'js', 'is', 'has', 'the', 'mat', 'css', 'sc', 'small', 'large', 'default', 'state',
  'corner', 'all', 'widget', 'helper', 'clearfix', 'primary', 'secondary', 'only', 'left', 'right', 'lg', 'ql', 'sm', 'md', 'xs']);

/** Up to three telling words of the class or id, e.g. "trash" of `fa fa-trash`. */
function classWords(el) {
  for (const source of [attr(el, 'class'), attr(el, 'id'), attr(el, 'name')]) {
    const words = [];
    for (const word of (source ?? '').replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase().split(/[^a-z]+/)) {
      if (word.length > 1 && !NOISE.has(word) && !words.includes(word)) words.push(word);
    }
    if (words.length) return words.slice(0, 3).join(' ');
  }
  const inner = firstElement(el);
  return inner && childCount(el) === 1 ? classWords(inner) : '';
}

function firstElement(el) {
  for (const node of drawnChildren(el)) if (nodeType(node) === ELEMENT) return node;
  return null;
}

function fileWords(el) {
  const source = attr(el, 'src') ?? '';
  if (!source || source.startsWith('data:')) return '';
  const file = source.split(/[?#]/)[0].split('/').pop() ?? '';
  const words = file.replace(/\.\w+$/, '').split(/[^A-Za-z]+/).filter((word) => word.length > 2);
  return words.slice(0, 3).join(' ').toLowerCase();
}
