/** What an element is: its role (ARIA's, from the attribute or the tag) and whether a person can operate it. */

const SKIPPED = new Set(['script', 'style', 'template', 'noscript', 'meta', 'head', 'link', 'title', 'base', 'source',
  'track', 'param', 'datalist', 'option', 'optgroup', 'map', 'area', 'colgroup', 'col']);
const FORMATTING = new Set(['b', 'i', 'em', 'strong', 'u', 'small', 'mark', 'sub', 'sup', 'code', 'abbr', 'br', 'wbr',
  'font', 's', 'del', 'ins', 'q', 'cite', 'kbd', 'samp', 'var', 'time', 'bdi', 'bdo', 'big', 'tt', 'strike', 'dfn']);

/** Operable roles, whose text is their name: what stands inside is not listed again. */
const NAMED_BY_CONTENT = new Set(['button', 'link', 'checkbox', 'radio', 'switch', 'tab', 'menuitem',
  'menuitemcheckbox', 'menuitemradio', 'option', 'treeitem', 'heading', 'gridcell', 'columnheader', 'rowheader',
  'tooltip', 'caption']);
const OPERABLE = new Set(['button', 'link', 'checkbox', 'radio', 'switch', 'tab', 'menuitem', 'menuitemcheckbox',
  'menuitemradio', 'option', 'treeitem', 'textbox', 'searchbox', 'combobox', 'listbox', 'slider', 'spinbutton',
  'gridcell']);
const FIELDS = new Set(['textbox', 'searchbox', 'combobox', 'spinbutton', 'slider', 'listbox']);
/** Roles listed only for the structure they give, with the number of lines they must hold. */
const STRUCTURE = { form: 1, dialog: 0, alertdialog: 0, list: 2, table: 1, grid: 1, treegrid: 1, row: 1, listbox: 1,
  radiogroup: 1, group: 2, tablist: 1, menu: 1, menubar: 1, navigation: 1, toolbar: 2, tree: 1, tabpanel: 2,
  search: 1, region: 1, listitem: 2, article: 2, alert: 1, status: 1, log: 1, figure: 2 };
/** Structure whose own words stand with it; in the others words have elements of their own. */
const WORDED = new Set(['listitem', 'alert', 'status', 'dialog', 'alertdialog', 'region', 'article', 'group', 'form', 'search',
  'tabpanel', 'figure', 'navigation']);
const KNOWN = new Set([...NAMED_BY_CONTENT, ...OPERABLE, ...Object.keys(STRUCTURE), 'img', 'progressbar', 'meter',
  'cell', 'scrollbar', 'separator', 'timer', 'math', 'document', 'application', 'note']);
const PLAIN = new Set(['presentation', 'none', 'generic', 'separator', 'document', 'application', 'note', 'timer',
  'math', 'scrollbar', 'tooltip', 'caption', 'log']);

const INPUTS = { button: 'button', submit: 'button', reset: 'button', image: 'button', checkbox: 'checkbox',
  radio: 'radio', range: 'slider', number: 'spinbutton', search: 'searchbox', file: 'button', color: 'textbox' };
const TAGS = { button: 'button', textarea: 'textbox', h1: 'heading', h2: 'heading', h3: 'heading', h4: 'heading',
  h5: 'heading', h6: 'heading', img: 'img', svg: 'svg', canvas: 'canvas', iframe: 'iframe', frame: 'iframe',
  summary: 'button', dialog: 'dialog', ul: 'list', ol: 'list', menu: 'list', li: 'listitem', table: 'table',
  tr: 'row', td: 'cell', th: 'columnheader', form: 'form', fieldset: 'group', details: 'group', nav: 'navigation',
  progress: 'progressbar', meter: 'meter', video: 'video', audio: 'audio', output: 'status', search: 'search',
  article: 'article', figure: 'figure', object: 'img', embed: 'img' };

/** @returns {string|null} the role, or null for a plain element */
function roleOf(el) {
  const named = attr(el, 'role');
  if (!named) return nativeRole(el);
  for (const token of named.toLowerCase().split(/\s+/)) {
    if (PLAIN.has(token)) return isEditable(el) ? 'textbox' : null;
    if (KNOWN.has(token)) return token;
  }
  return nativeRole(el);
}

function nativeRole(el) {
  const name = localName(el);
  if (name === 'input') return inputRole(el);
  if (name === 'a') return hasAttr(el, 'href') ? 'link' : null;
  if (name === 'select') return el.multiple || Number(attr(el, 'size')) > 1 ? 'listbox' : 'combobox';
  if (name === 'section') return hasAttr(el, 'aria-label') || hasAttr(el, 'aria-labelledby') ? 'region' : null;
  if (isEditable(el)) return 'textbox';
  if (name === 'td' && attr(parentTable(el) ?? el, 'role') === 'grid') return 'gridcell';
  return Object.hasOwn(TAGS, name) ? TAGS[name] : null;
}

function inputRole(el) {
  const type = inputType(el);
  if (type === 'hidden') return null;
  if (hasAttr(el, 'list') && (type === 'text' || type === 'search')) return 'combobox';
  return INPUTS[type] ?? 'textbox';
}

const inputType = (el) => (localName(el) === 'input' ? el.type : localName(el) === 'textarea' ? 'text' : '');
const parentTable = (el) => Element.prototype.closest.call(el, 'table');

/** Whether the element itself starts an editable region. */
function isEditable(el) {
  const own = attr(el, 'contenteditable');
  return own === null ? editsDocument(el) : own !== 'false' && el.isContentEditable === true;
}

/** Hints on a plain element that it can be clicked; handlers added by scripts cannot be seen. */
function hintsClick(el, style, ctx) {
  if (hasAttributes(el)) {
    if (hasAttr(el, 'onclick') || hasAttr(el, 'onmousedown')) return true;
    const tab = attr(el, 'tabindex');
    if (tab !== null && Number(tab) >= 0) return true;
  }
  return style.cursor === 'pointer' && !pointerAbove(ctx);
}

/** Whether the hand cursor is inherited from around the element. */
const pointerAbove = (ctx) => ctx.above !== null && ctx.above.cursor === 'pointer';

const PASSWORDS = new Set(['one-time-code', 'cc-number', 'cc-csc', 'current-password', 'new-password']);

/**
 * Whether a field's value must not leave the page; once secret, always secret: a toggle may show a password, or put
 * another field of that name in its place.
 */
function isSecret(el, secrets) {
  if (memory.secretFields.has(el)) return true;
  const called = attr(el, 'name') || attr(el, 'id');
  const tokens = (attr(el, 'autocomplete') ?? '').toLowerCase().split(/\s+/);
  const again = called && memory.secretNames.has(called) && /^(text|tel|number)$/.test(inputType(el));
  const secret = inputType(el) === 'password' || again || tokens.some((token) => PASSWORDS.has(token)) || matches(el, secrets);
  if (secret) memory.secretFields.add(el);
  if (secret && called) memory.secretNames.add(called);
  return secret;
}

const TICKABLE = /^(input|button|select|textarea|fieldset|option|summary)$/;

/** State words of a line, in a fixed order. */
function flagsOf(el, role, ctx) {
  const flags = [];
  if (!hasAttributes(el) && !TICKABLE.test(localName(el))) return el === ctx.active ? ['focused'] : flags;
  const add = (when, flag) => { if (when) flags.push(flag); };
  const aria = (name) => attr(el, `aria-${name}`);
  add(el === ctx.active, 'focused');
  add((TICKABLE.test(localName(el)) && matches(el, ':disabled')) || aria('disabled') === 'true', 'disabled');
  const ticked = checkedState(el, role);
  if (ticked) flags.push(ticked);
  add(aria('selected') === 'true', 'selected');
  const open = aria('expanded') ?? (localName(el) === 'summary' ? String(Boolean(parentNode(el)?.open)) : null);
  add(open === 'true', 'expanded');
  add(open === 'false', 'collapsed');
  add(localName(el) === 'textarea' || aria('multiline') === 'true', 'multiline');
  add(FIELDS.has(role) && (el.readOnly === true || aria('readonly') === 'true'), 'readonly');
  add(el.required === true || aria('required') === 'true', 'required');
  add(aria('pressed') === 'true', 'pressed');
  add(aria('invalid') === 'true', 'invalid');
  const current = aria('current');
  add(current !== null && current !== 'false' && current !== '', 'current');
  return flags;
}

function checkedState(el, role) {
  const type = inputType(el);
  if (type === 'checkbox' || type === 'radio') return el.indeterminate ? 'mixed' : el.checked ? 'checked' : 'unchecked';
  if (!['checkbox', 'radio', 'switch', 'menuitemcheckbox', 'menuitemradio', 'option', 'treeitem'].includes(role)) return null;
  const state = attr(el, 'aria-checked');
  if (state === null) return role === 'checkbox' || role === 'radio' || role === 'switch' ? 'unchecked' : null;
  return state === 'mixed' ? 'mixed' : state === 'true' ? 'checked' : 'unchecked';
}
