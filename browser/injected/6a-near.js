/**
 * What stands around an element, by which a person tells it from others of its name: the row or card it is in, its column,
 * the words before it, the section. Records of the walk are asked, so that only what can be read counts.
 */

const LEAD = 14;
const PIECES = 4;
const NAVIGATES = new Set(['navigation', 'menu', 'menubar', 'tablist']);
const ROWS = new Set(['row', 'listitem', 'article']);
const SPOKEN = new Set(['text', 'cell', 'link', 'heading', 'rowheader', 'columnheader', 'gridcell', 'listitem', 'img', 'checkbox', 'radio']);
const SECTIONS = new Set(['group', 'dialog', 'alertdialog', 'form', 'region', 'tabpanel', 'figure', 'radiogroup', 'search', 'list', 'table']);

/** @returns {{row: {el, kind, texts}|null, column: string, before: string, section: {record, text, heading}|null}} */
function aroundOf(walk, record) {
  return {
    row: rowAround(walk, record), column: columnOf(record.el), before: wordsBefore(record), section: sectionOf(walk, record),
  };
}

/** As it is kept: kind and text, the most telling first. */
function nearTold({ row, column, before, section }) {
  const out = (row?.texts ?? []).map((text) => [row.kind, text]);
  if (column) out.push(['column', column]);
  if (before) out.push(['before', before]);
  if (section) out.push(['section', section.text]);
  return out;
}

/** The innermost row, list item or card around an element that says something itself, with what sets it apart. */
function rowAround(walk, record) {
  let node = drawnParent(record.el);
  for (let hops = 0; node && hops < LEAD; hops += 1, node = drawnParent(node)) {
    const kind = rowKind(node);
    const pieces = kind ? piecesOf(walk, record, node) : [];
    if (!pieces.length) continue;
    const alone = (piece) => !saidBeside(walk, node, piece.name);
    const telling = pieces.find((piece) => saysPlainly(piece.el, piece.name) && alone(piece)) ?? pieces.slice(0, PIECES).find(alone);
    return { el: node, kind, texts: (telling ? [telling] : pieces.slice(0, PIECES)).map((piece) => piece.name) };
  }
  return null;
}

/** `row` for what the page itself calls one of several, `card` for what merely looks alike; '' for neither. */
function rowKind(el) {
  const name = localName(el);
  if (name === 'body' || name === 'html' || name === 'td' || name === 'th') return '';
  const role = roleOf(el);
  if (ROWS.has(role)) return inNavigation(el) ? '' : 'row';
  return alikeBeside(el) ? 'card' : '';
}

function inNavigation(el) {
  for (let node = drawnParent(el), hops = 0; node && hops < LEAD; node = drawnParent(node), hops += 1) {
    if (NAVIGATES.has(roleOf(node))) return true;
  }
  return false;
}

/** Whether a sibling is built alike: the same class, or the same children. */
function alikeBeside(el) {
  const kind = attr(el, 'class');
  const size = childCount(el);
  const alike = (other) => {
    if (!other || localName(other) !== localName(el)) return false;
    if (kind !== null && attr(other, 'class') === kind && (size > 0 || localName(el).includes('-'))) return true;
    if (localName(el).includes('-')) return true;
    const [mine, its] = [firstElementOf(el), firstElementOf(other)];
    return size > 1 && childCount(other) === size && localName(mine) === localName(its);
  };
  return alike(el.previousElementSibling) || alike(el.nextElementSibling);
}

/** Whether a text stands in an element in one run: what Playwright's text="..." finds, and CSS's :text-is. */
function saysPlainly(el, text, depth = 0) {
  let run = '';
  for (const node of drawnChildren(el)) {
    if (nodeType(node) === TEXT) run += node.data;
    else if (nodeType(node) === ELEMENT) {
      if (tidy(run) === text || (depth < 6 && saysPlainly(node, text, depth + 1))) return true;
      run = '';
    }
  }
  return tidy(run) === text;
}

/** Records of what is said in a container beside the element itself, in reading order, its heading first. */
function piecesOf(walk, record, container) {
  const out = new Map();
  const heads = new Map();
  for (const other of recordsIn(walk, record, container)) {
    const { role, name, el } = other;
    if (!name || name.length > 80 || !SPOKEN.has(role) || !QUOTABLE.test(name) || name.includes(SECRET)) continue;
    if (other.source === 'class' || other.source === 'near') continue;
    if (within(el, record.el) || within(record.el, el)) continue;
    const of = role === 'heading' || role === 'rowheader' ? heads : out;
    if (!of.has(name)) of.set(name, other);
  }
  return [...heads.values(), ...out.values()];
}

/** The kept records inside a container that holds the record, in order: they stand together in the walk. */
function recordsIn(walk, record, container) {
  const out = [];
  const { records } = walk;
  const take = (from, way) => {
    for (let i = from; i >= 0 && i < records.length && out.length < 120; i += way) {
      if (!within(records[i].el, container)) return;
      if (records[i].kept) out.push(records[i]);
    }
  };
  take(record.index - 1, -1);
  out.reverse();
  take(record.index + 1, 1);
  return out;
}

/** Whether an element lies in another, in the page as drawn. */
function within(el, container) {
  for (let node = el; node; node = drawnParent(node)) if (node === container) return true;
  return false;
}

/** Whether a neighbour of the container says the same. */
function saidBeside(walk, container, text) {
  const around = drawnParent(container) ?? container;
  return recordsNamed(walk, text).some((other) => other.kept && !within(other.el, container) && within(other.el, around));
}

/** The heading of a table's column. */
function columnOf(el) {
  const cell = Element.prototype.closest.call(el, 'td');
  const table = cell && parentTable(cell);
  if (!table) return '';
  const rows = table.tHead?.rows ?? table.rows;
  const heads = table.tHead ? rows[rows.length - 1]?.cells : rows[0]?.cells;
  const head = heads?.[cell.cellIndex];
  return head && localName(head) === 'th' ? tidy(textOf(head), 80) : '';
}

/** The words a field stands behind (a tick: before), and the label-like text right before anything else. */
function wordsBefore(record) {
  const tick = record.role === 'checkbox' || record.role === 'radio' || record.role === 'switch';
  const text = textBeside(record.el, tick && record.source === 'near');
  return text && text !== record.name && QUOTABLE.test(text) && !text.includes(SECRET) ? text : '';
}

/** The nearest named part of the page around an element (too small for a line of its own or not), else its heading. */
function sectionOf(walk, record) {
  for (let part = record.parent; part; part = part.parent) {
    if (part.name && SECTIONS.has(part.role) && part.name.length <= 120 && QUOTABLE.test(part.name)) {
      return { record: part, text: part.name, heading: false };
    }
  }
  const least = Math.max(0, record.index - 400);
  for (let i = record.index - 1; i >= least; i -= 1) {
    const other = walk.records[i];
    const fits = other.kept && other.role === 'heading' && other.prefix === record.prefix && other.name.length <= 80;
    if (fits) return QUOTABLE.test(other.name) ? { record: other, text: other.name, heading: true } : null;
  }
  return null;
}

/** Selectors by what stands around, those that fit this element alone: "button 'Delete' in the row of 'Order 17'". */
function nearWays(walk, record, around, alone) {
  const out = [];
  const keep = (value) => { if (value && out.length < 3 && isOnly(walk, record, value)) out.push(value); };
  const { row, section, before } = around;
  if (row) keep(inContainer(walk, record, row.el, row.texts));
  if (!alone && section) keep(inSection(walk, record, section));
  if (!alone && before && !tickLike(record)) keep(`text="${before}" >> xpath=following::${localName(record.el)}[1]`);
  return out;
}

const tickLike = (record) => /^(checkbox|radio)$/.test(inputType(record.el));

/** By a text in a container: from the text up to the container and down to the element. */
function inContainer(walk, record, container, texts) {
  const last = lastPart(walk, record, container);
  if (!last) return '';
  const more = texts.slice(1).map((text) => `internal:has-text="${text}"i >> `).join('');
  const start = recordsIn(walk, record, container).find((other) => other.name === texts[0] && saysPlainly(other.el, texts[0]));
  if (!start) return '';
  if (rootOf(start.el) !== rootOf(container)) return `css=${localName(container)}:has(:text-is("${texts[0]}")) >> ${more}${last}`;
  const tag = localName(container);
  let level = 0;
  for (let node = parentNode(start.el); node; node = parentNode(node)) {
    if (nodeType(node) === ELEMENT && localName(node) === tag) level += 1;
    if (node === container) return `text="${texts[0]}" >> xpath=ancestor::${tag}[${level}] >> ${more}${last}`;
  }
  return '';
}

function inSection(walk, record, section) {
  const { record: part, text, heading } = section;
  if (!heading) {
    const last = standardName(part) ? lastPart(walk, record, part.el) : '';
    return last && `role=${part.role}[name="${text}"] >> ${last}`;
  }
  let container = parentNode(part.el);
  while (container && nodeType(container) === ELEMENT && !within(record.el, container)) container = parentNode(container);
  if (!container || nodeType(container) !== ELEMENT || /^(body|html)$/.test(localName(container))) return '';
  return inContainer(walk, record, container, [text]);
}

/** The element within a container: by role and name, by role alone, or by its place where nothing else is left. */
function lastPart(walk, record, container) {
  const { role, name, el } = record;
  const same = recordsIn(walk, record, container).filter((other) => other.role === role);
  const named = standardName(record) && QUOTABLE.test(name);
  if (named && !same.some((other) => other.name === name)) return `role=${role}[name="${name}"]`;
  if (!OURS.has(role) && roleOf(el) === role && !same.length) return `role=${role}`;
  if (rootOf(el) !== rootOf(container)) return '';
  const css = cssPath(el, container);
  return css && css.length < 200 ? `css=${css}` : '';
}
