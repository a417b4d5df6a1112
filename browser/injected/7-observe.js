/** One look at the page: text, boxes, the element under a point, and the counter, all of the same instant. */

/**
 * @param {{point?: number[], wheel?: number[], ignore?: string[], secrets?: string[], prefix?: string, view?: object,
 *   html?: boolean, cap?: number}} options `wheel`: what is under the point is what such a turn there would scroll
 */
function observe(options) {
  const walk = new Walk(options);
  const place = { x: 0, y: 0, sx: 1, sy: 1, ...options.view };
  const main = !options.prefix;
  walk.place = place;
  beginSuspecting();
  knownSecrets(walk.secrets);
  walk.document(document, {
    parent: null, prefix: options.prefix ?? '', path: [], view: place, mute: false, focusIn: main || document.hasFocus(),
  });
  const under = options.point ? hit(walk, options.point) : null;
  const listed = walk.records.filter((record) => record.kept);
  const kept = capped(listed, options.cap ?? 1500, place, under?.record ?? null);
  const lines = rendered(walk, kept);
  return {
    url: withheld(location.href),
    title: tidy(titleOf(document)),
    lines: lines.text,
    ids: lines.ids,
    boxes: lines.boxes,
    foreign: foreignFrames(walk, kept, under),
    dropped: listed.length - kept.length,
    hit: under && (options.wheel ? describedScroller(walk, under, options.wheel) : describedHit(walk, under)),
    focused: walk.active && walk.byElement.get(walk.active) ? described(walk, walk.byElement.get(walk.active)) : null,
    mutations: mutations(),
    suspects: suspected(options.html),
    html: options.html ? pageHtml() : null,
  };
}

function knownSecrets(secrets) {
  const selector = `input[type=password], input[autocomplete]${secrets ? `, ${secrets}` : ''}`;
  for (const root of readableRoots(document)) {
    for (const el of allIn(root, selector)) {
      if (!isField(el)) rememberSecret(el, tidy(el.textContent ?? ''));
      else if (isSecret(el, secrets)) rememberSecret(el, fieldValue(el, 'textbox'));
    }
  }
}

/** A document, the shadow roots in it, and those of the frames in it that can be read. */
function readableRoots(doc) {
  const own = memory.shadows.map((ref) => ref.deref()).filter((root) => root?.host.isConnected && ownerDocument(root) === doc);
  const inner = allFrames(doc).map(innerDocument).filter(Boolean);
  return [doc, ...own, ...inner.flatMap(readableRoots)];
}

/** The lines nearest to what is in view, if there are more than `cap`; document order stays. */
function capped(records, cap, view, always) {
  if (records.length <= cap) return records;
  const height = window.innerHeight;
  const away = (record) => {
    const top = (record.box[1] - view.y) / view.sy;
    return Math.max(0, top - height, -(top + record.box[3]));
  };
  const distances = Float64Array.from(records, (record) => (record === always ? -1 : away(record)));
  const limit = distances.slice().sort()[cap - 1];
  let ties = cap - distances.reduce((count, distance) => count + (distance < limit ? 1 : 0), 0);
  return records.filter((_, index) => distances[index] < limit || (distances[index] === limit && ties-- > 0));
}

function rendered(walk, kept) {
  const listed = new Set(kept);
  const text = [];
  const ids = [];
  const boxes = [];
  for (const record of kept) {
    const parent = listedParent(record, listed);
    record.depth = parent ? parent.depth + 1 : 0;
    record.line = text.length;
    text.push('  '.repeat(record.depth) + lineOf(record));
    ids.push(idOf(record));
    for (const part of record.box) boxes.push(Math.round(part * 10) / 10);
  }
  return { text, ids, boxes };
}

function listedParent(record, listed) {
  let parent = record.parent;
  while (parent && !listed.has(parent)) parent = parent.parent;
  return parent;
}

const idOf = (record) => (record.id ??= `${record.prefix}${numberOf(record.el)}`);

function lineOf(record) {
  const { role, name, attrs, flags } = record;
  let out = `[${idOf(record)}] ${role}`;
  if (name) out += ` ${quote(name)}`;
  for (const key of Object.keys(attrs)) out += ` ${key}=${quote(attrs[key])}`;
  return flags.length ? `${out} ${flags.join(' ')}` : out;
}

function foreignFrames(walk, kept, under) {
  const listed = new Set(kept);
  const asked = (el) => under?.el === el || ownerDocument(el).activeElement === el;
  return walk.foreign.filter(({ record }) => listed.has(record)).map(({ record, prefix, el, x, y, sx, sy }) => ({
    line: record.line, depth: record.depth, id: idOf(record), prefix, frame: memory.frameIds.get(el) ?? null,
    view: { x, y, sx, sy }, way: asked(el) ? framesTold(walk, [...record.path, el]) : null,
  }));
}

/** The frames on the way to an element: a path to each, and what each says of itself. */
const framesTold = (walk, path) => path.map((el) => ({ css: cssPath(el), ...frameTold(walk, el) }));

/** Remember which frame of the browser an <iframe> shows, as the browser itself tells us. */
function adopt(id, frame) {
  const el = elementOf(id);
  if (el) memory.frameIds.set(el, frame);
}

function described(walk, record) {
  const around = aroundOf(walk, record);
  return {
    id: idOf(record), role: record.role, name: record.name, box: record.box, selectors: selectorsFor(record, walk, around),
    near: nearTold(around), shadow: hostsOf(record.el), frames: framesTold(walk, record.path),
  };
}

const NOTHING = { id: null, role: 'generic', name: '', box: null, selectors: [], near: [], shadow: [], frames: [] };

function describedHit(walk, found) {
  return { ...(found.record ? described(walk, found.record) : NOTHING), foreign: found.foreign };
}

/** @returns {{record: object|null, foreign: string|null, el: Element|null}} what stands for the point [x, y] of our viewport */
function hit(walk, [x, y]) {
  const found = deepest(document, x, y);
  if (!found.el) return { record: null, foreign: null, el: null };
  suspectPointed(found.el);
  const record = recordFor(walk, found.el, found.x, found.y);
  const outside = isFrame(found.el) && !innerDocument(found.el);
  const foreign = outside ? walk.foreign.find((frame) => frame.el === found.el)?.prefix ?? null : null;
  return { record, foreign, el: found.el };
}

/** The innermost element under a point, through open shadow roots and readable frames; point in its own viewport. */
function deepest(doc, x, y) {
  let el = doc.elementFromPoint(x, y);
  while (el && shadowRootOf(el)) {
    const inner = shadowRootOf(el).elementFromPoint(x, y);
    if (!inner || inner === el) break;
    el = inner;
  }
  const inner = el && isFrame(el) ? innerDocument(el) : null;
  if (!inner) return { el, x, y };
  const view = innerView(el, { box: rectOf(el), style: styleOf(el) }, { x: 0, y: 0, sx: 1, sy: 1 });
  const below = deepest(inner, (x - view.x) / view.sx, (y - view.y) / view.sy);
  return below.el ? below : { el, x, y };
}

/** Containers that say little about where in them a click fell. */
const LOOSE = new Set(['form', 'list', 'table', 'dialog', 'group', 'region', 'navigation', 'search', 'article', 'figure',
  'toolbar', 'tabpanel', 'radiogroup', 'grid', 'listbox', 'menu', 'menubar', 'tablist', 'tree']);

function recordFor(walk, el, x, y) {
  let around = null;
  for (let node = editedBody(el); node && !around; node = drawnParent(node)) {
    const own = walk.byElement.get(node) ?? (localName(node) === 'label' && node.control ? walk.byElement.get(node.control) : undefined);
    if (own?.kept) around = own;
  }
  const precise = around && (around.el === el || !LOOSE.has(around.role) || around.flags.includes('clickable'));
  if (precise || /^(html|body)$/.test(localName(el))) return around;
  return nearestInside(walk, el, x, y) ?? around;
}

/** The listed element inside `el` whose box is closest to the point. */
function nearestInside(walk, el, x, y) {
  let best = null;
  let least = Infinity;
  for (const record of walk.records) {
    if (!record.kept || !Node.prototype.contains.call(el, record.el)) continue;
    const box = rectOf(record.el);
    const distance = Math.max(box.left - x, x - box.right, 0) + Math.max(box.top - y, y - box.bottom, 0);
    if (distance < least) [best, least] = [record, distance];
  }
  return best;
}

const escapedText = (text) => text.replace(/&/g, '&amp;').replace(/\u00a0/g, '&nbsp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');

/** The page's HTML with the values of secret fields blanked. */
function pageHtml() {
  const root = rootElement(document);
  let html = root ? root.outerHTML : '';
  for (const el of document.querySelectorAll('[value]')) {
    const value = attr(el, 'value');
    if (!memory.secretFields.has(el) || !value) continue;
    const escaped = value.replace(/&/g, '&amp;').replace(/\u00a0/g, '&nbsp;').replace(/"/g, '&quot;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
    for (const form of new Set([escaped, value.replace(/&/g, '&amp;').replace(/\u00a0/g, '&nbsp;').replace(/"/g, '&quot;')])) {
      html = html.split(`value="${form}"`).join(`value="${SECRET}"`);
    }
  }
  for (const value of memory.secretValues.values()) html = html.split(escapedText(value)).join(SECRET);
  return withheld(html).toWellFormed();
}
