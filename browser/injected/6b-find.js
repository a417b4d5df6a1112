/**
 * Which element a kept target is now: its selectors tried in order, each accepted only if it fits one element that can be
 * seen, of the same role, and with the same words around it. A path of places alone must lead to the same name as well.
 *
 * The selectors understood are those that 6-selectors.js and 6a-near.js make (and made for older episodes).
 */

const PART = /^(role|text|css|xpath|internal:label|internal:has-text)=([\s\S]*)$/;
const ROLE_PART = /^([\w-]+)(?:\[name="([\s\S]*)"\])?$/;
const HOLDS_TEXT = /^([\w-]+):has\(:text-is\("([^"]*)"\)\)$/;
/** Playwright's mark of a text that is asked for exactly, or anywhere. */
const QUOTED_TEXT = /^"([\s\S]*)"[si]?$/;

/** Whether a selector fits the record's element and no other that can be seen. */
function isOnly(walk, record, value) {
  const found = fitting(walk, record.prefix, ownerDocument(record.el), value);
  return found.length === 1 && found[0] === record.el;
}

/** The elements of a document that a selector of ours fits and that can be seen; none for what is no selector. */
function fitting(walk, prefix, doc, value) {
  let found = [null];
  for (const part of value.split(' >> ')) {
    const [, kind, body] = PART.exec(part) ?? [];
    if (!kind) return [];
    found = [...new Set(found.flatMap((scope) => PARTS[kind](walk, prefix, doc, body, scope)))];
  }
  return found.filter((el) => el && canBeSeen(walk, el));
}

const canBeSeen = (walk, el) => walk.byElement.get(el)?.el === el || drawnBox(el);

function drawnBox(el) {
  const box = rectOf(el);
  return box.width > 0 && box.height > 0 && el.checkVisibility(VISIBLE);
}

const recordsLike = (walk, prefix, scope, name, like, counts = (record) => record.kept) => recordsNamed(walk, name)
  .filter((record) => counts(record) && record.prefix === prefix && like(record) && (!scope || within(record.el, scope)))
  .map((record) => record.el);

/** The walk's records of a name, looked for once; all of them without a name. */
function recordsNamed(walk, name) {
  if (name === undefined) return walk.records;
  walk.named ??= new Map();
  if (!walk.named.has(name)) walk.named.set(name, walk.records.filter((record) => record.name === name));
  return walk.named.get(name);
}

/** Parts of the page count by their role and name also where they hold too little for a line of their own. */
const namedPart = (record) => record.kept || (SECTIONS.has(record.role) && record.name !== '');

/** One part of a selector: the elements it leads to, within a scope (null: the document). */
const PARTS = {
  role(walk, prefix, doc, body, scope) {
    const [, role, name] = ROLE_PART.exec(body) ?? [];
    const like = (record) => record.role === role && record.el !== scope && (name === undefined || standardName(record));
    return recordsLike(walk, prefix, scope, name, like, namedPart);
  },
  text(walk, prefix, doc, body, scope) {
    const text = QUOTED_TEXT.exec(body)?.[1];
    return recordsLike(walk, prefix, scope, text ?? '', (record) => record.source === 'content'
      && record.role !== 'option' && saysPlainly(record.el, text));
  },
  'internal:label'(walk, prefix, doc, body, scope) {
    const text = QUOTED_TEXT.exec(body)?.[1];
    return recordsLike(walk, prefix, scope, text ?? '', (record) => record.source === 'label');
  },
  'internal:has-text'(walk, prefix, doc, body, scope) {
    const text = QUOTED_TEXT.exec(body)?.[1]?.toLowerCase();
    return scope && text && tidy(textOf(scope), 5000).toLowerCase().includes(text) ? [scope] : [];
  },
  css(walk, prefix, doc, body, scope) {
    const [, tag, text] = HOLDS_TEXT.exec(body) ?? [];
    if (!tag) return byCss(doc, body, scope);
    const texts = recordsLike(walk, prefix, scope, text, () => true);
    return byCss(doc, tag, scope).filter((el) => texts.some((inner) => inner !== el && within(inner, el)));
  },
  xpath(walk, prefix, doc, body, scope) {
    try {
      const found = doc.evaluate(body, scope ?? doc, null, XPathResult.ORDERED_NODE_SNAPSHOT_TYPE, null);
      return Array.from({ length: found.snapshotLength }, (_, i) => found.snapshotItem(i)).filter((node) => nodeType(node) === ELEMENT);
    } catch {
      return [];
    }
  },
};

/** The shadow roots of a document that are known and drawn. */
const rootsIn = (doc) => memory.shadows.map((ref) => ref.deref()).filter((root) => root?.host.isConnected && ownerDocument(root) === doc);

/** By CSS, through shadow roots too: in each root of the document (or below the scope) for itself. */
function byCss(doc, selector, scope) {
  const roots = [scope ?? doc, ...rootsIn(doc).filter((root) => !scope || within(root.host, scope))];
  try {
    return roots.flatMap((root) => Array.from(root.querySelectorAll(selector)));
  } catch {
    return [];
  }
}

/**
 * @param {{role: string, name: string, selectors: Array<[string, string, boolean]>, near: Array<[string, string]>,
 *   frames: Array<object>, prefix?: string}} wanted and the options of a walk
 * @returns {object} `at`: the selector's place in the list with the element's `id`, `role`, `name`; or `why`; or the frame
 *   of another origin where the search goes on, as `foreign` with the frames that are left
 */
function find(wanted) {
  const walk = new Walk(wanted);
  knownSecrets(walk.secrets);
  const start = { prefix: wanted.prefix ?? '', path: [], view: { x: 0, y: 0, sx: 1, sy: 1, ...wanted.view } };
  walk.document(document, { ...start, parent: null, mute: false, focusIn: false });
  let [doc, prefix, sure] = [document, start.prefix, wanted.sure !== false];
  for (const [depth, frame] of wanted.frames.entries()) {
    const { el, placed } = frameFitting(walk, prefix, doc, frame);
    if (!el) return { why: 'the frame it was in is not there, or not alone' };
    sure = sure && !placed;
    const inner = innerDocument(el);
    if (!inner) return { foreign: foreignAt(walk, el), left: wanted.frames.slice(depth + 1), sure };
    prefix = `${prefix}f${frameNumberOf(el)}-`;
    doc = inner;
  }
  return chosen(walk, { ...wanted, sure }, prefix, doc);
}

function foreignAt(walk, el) {
  const found = walk.foreign.find((frame) => frame.el === el);
  if (!found) return null;
  const { record, prefix, x, y, sx, sy } = found;
  return { id: idOf(record), prefix, frame: memory.frameIds.get(el) ?? null, view: { x, y, sx, sy } };
}

/** The frame by what it says of itself; by its place only where the frames are as many and it looks the same. */
function frameFitting(walk, prefix, doc, frame) {
  const places = [];
  for (const [, value] of frame.selectors) {
    const found = fitting(walk, prefix, doc, value).filter((el) => isFrame(el));
    if (found.length !== 1) continue;
    if (!isPlace(value)) return { el: found[0], placed: false };
    places.push(found[0]);
  }
  const all = framesIn(walk, doc);
  if (frame.of === null) return { el: places[0] ?? null, placed: true };
  const el = all.length === frame.of ? places[0] ?? all[frame.index] : places[0];
  const same = el && tidy(attr(el, 'name') ?? '', 120) === frame.name && addressOf(el) === frame.src;
  return { el: same ? el : null, placed: all.length > 1 };
}

/** Whether a selector leads by a path of places, as against something the element says of itself or of what is around it. */
function isPlace(value) {
  return value.startsWith('xpath=') || value.split(' >> ').some((part) => part.startsWith('css=') && PLACES.test(part.slice(4)));
}

const PLACES = / > |:nth-of-type\(|^[\w-]+$/;

function chosen(walk, wanted, prefix, doc) {
  let why = 'no selector fits one visible element of its role';
  const alone = wanted.selectors.some(([kind, , unique]) => kind === 'role' && unique);
  for (const [at, [, value]] of wanted.selectors.entries()) {
    const found = fitting(walk, prefix, doc, value);
    if (found.length !== 1) continue;
    const record = recordAround(walk, found[0]);
    const problem = mismatch(walk, wanted, value, record, found[0], alone);
    if (!problem) return { at, id: record ? idOf(record) : `${prefix}${numberOf(found[0])}`, role: record?.role ?? 'generic', name: record?.name ?? '' };
    why = problem;
  }
  return { why };
}

/** The record an element stands for: its own, or that of what it is the text of. */
function recordAround(walk, el) {
  for (let node = el, hops = 0; node && hops < 4; node = drawnParent(node), hops += 1) {
    const record = walk.byElement.get(node);
    if (record?.kept) return record;
  }
  return null;
}

/** Why the element a selector fits is not the one that was meant; '' if it may be. */
function mismatch(walk, wanted, value, record, el, alone) {
  const box = wanted.role === 'generic';
  if (!box && record?.role !== wanted.role) return 'no selector fits one visible element of its role';
  const place = isPlace(value);
  if (place && !box && wanted.name && record.name !== wanted.name && !guessed(record)) {
    return `what stands in its place is called ‘${cut(record.name, 60)}’`;
  }
  const kinds = new Set(['row', ...(place || !alone ? ['card'] : []), ...(place || !wanted.sure ? ['column', 'before', 'section'] : [])]);
  const told = wanted.near.filter(([kind]) => kinds.has(kind));
  if (!told.length) return wanted.sure ? '' : 'nothing tells which of several frames it was in';
  const said = saidAround(walk, box ? boxRecord(walk, el) : record);
  const missing = told.find(([kind, text]) => !said(kind, text));
  return missing ? `what fits is not ${BESIDE[missing[0]]} ‘${missing[1]}’` : '';
}

const BESIDE = { row: 'in the row of', card: 'beside', column: 'in the column', before: 'behind', section: 'under' };
const guessed = (record) => record.source === 'class' || record.source === 'none';

/** Asks what is said around a record, as `nearTold` tells it; of its row everything counts. */
function saidAround(walk, record) {
  const around = aroundOf(walk, record);
  const row = new Set(around.row ? piecesOf(walk, record, around.row.el).map((piece) => piece.name) : []);
  const rest = nearTold({ ...around, row: null });
  return (kind, text) => (kind === 'row' || kind === 'card' ? row.has(text) : rest.some(([of, said]) => of === kind && said === text));
}
