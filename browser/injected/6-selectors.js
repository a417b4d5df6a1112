/**
 * Ways to find an element again, in Playwright's syntax, each with whether it fits just one element now.
 *
 * "Fits" is asked of the same function that replaying asks (6b-find.js): what a claim of uniqueness means there, it means
 * here. Ways by content come before ways by place.
 */

const TEST_IDS = ['data-testid', 'data-test-id', 'data-test', 'data-cy', 'data-qa'];
/** No quotes, and not the mark that joins the parts of a selector. */
const QUOTABLE = /^(?!.*>>)[^"\\\n]{1,120}$/;
/** Roles of ours that ARIA does not know. */
const OURS = new Set(['text', 'shape', 'svg', 'canvas', 'iframe', 'video', 'audio']);

/**
 * A path of places leads to one element as it is made; only shadow roots may hold another of the same path.
 * @returns {Array<[string, string, boolean]>} kind, selector, unique
 */
function selectorsFor(record, walk, around) {
  const { el, role, name, source } = record;
  const out = [];
  const add = (kind, value) => out.push([kind, value, isOnly(walk, record, value)]);
  if (name && QUOTABLE.test(name) && standardName(record)) add('role', `role=${role}[name="${name}"]`);
  if (source === 'label' && QUOTABLE.test(name)) add('label', `internal:label="${name}"s`);
  if (source === 'content' && name && role !== 'option' && QUOTABLE.test(name) && saysPlainly(el, name)) add('text', `text="${name}"`);
  const alone = out.length > 0 && out[0][0] === 'role' && out[0][2];
  for (const value of nearWays(walk, record, around, alone)) out.push(['near', value, true]);
  for (const key of TEST_IDS) {
    const value = attr(el, key);
    if (value && QUOTABLE.test(value)) add('testid', `css=[${key}="${value}"]`);
  }
  const css = `css=${cssPath(el)}`;
  const hosts = hostsOf(el);
  if (hosts.length) add('shadow', [...hosts.map((host) => `css=${host.css}`), css].join(' >> '));
  out.push(['css', css, (!hosts.length && !rootsIn(ownerDocument(el)).length) || isOnly(walk, record, css)]);
  if (!hosts.length) out.push(['xpath', `xpath=${xpathOf(el)}`, true]);
  return out;
}

/** Whether the record has a name that ARIA's rules give it too, and not a reader's guess. */
function standardName(record) {
  const { el, role, name, source } = record;
  if (!name || OURS.has(role)) return false;
  if (source === 'content' && !NAMED_BY_CONTENT.has(role) && role !== 'cell') return ariaName(el)?.[0] === name;
  return source === 'aria' || source === 'label' || source === 'native' || source === 'content' || source === 'title';
}

/** The shadow roots around an element, the outermost first: each host by a path within the root it lies in. */
function hostsOf(el) {
  const out = [];
  for (let root = rootOf(el); root.host; root = rootOf(root.host)) {
    out.unshift({ css: cssPath(root.host), open: root.mode === 'open' });
  }
  return out;
}

const rootOf = (el) => Node.prototype.getRootNode.call(el);

function count(el, selector) {
  try {
    return rootOf(el).querySelectorAll(selector).length;
  } catch {
    return 0;
  }
}

/** An id or name that looks chosen by a person, not made by a framework. */
const looksChosen = (value) => Boolean(value) && value.length < 40 && !/\d{3,}|^[:\d]|[a-f0-9]{8}|^(ember|react|radix|ui-id|headlessui|mui)/i.test(value);

/** The shortest of: own id, own name, a path of tags from the nearest such ancestor (or from `top`). */
function cssPath(el, top = null) {
  const parts = [];
  for (let node = el; node && node !== top && nodeType(node) === ELEMENT; node = parentNode(node)) {
    const own = top ? null : anchor(node);
    parts.unshift(own ?? step(node));
    if (own || localName(node) === 'html') break;
  }
  return parts.join(' > ');
}

function anchor(el) {
  const id = attr(el, 'id');
  if (looksChosen(id) && count(el, `#${CSS.escape(id)}`) === 1) return `#${CSS.escape(id)}`;
  const name = attr(el, 'name');
  const selector = looksChosen(name) ? `${CSS.escape(localName(el))}[name="${CSS.escape(name)}"]` : '';
  return selector && count(el, selector) === 1 ? selector : null;
}

function step(el) {
  const tag = CSS.escape(localName(el));
  const parent = parentNode(el);
  if (!parent) return tag;
  let [place, alike] = [0, 0];
  for (let other = firstChild(parent); other; other = nextSibling(other)) {
    if (nodeType(other) !== ELEMENT || localName(other) !== localName(el)) continue;
    alike += 1;
    if (other === el) place = alike;
  }
  return alike > 1 ? `${tag}:nth-of-type(${place})` : tag;
}

function xpathOf(el) {
  const parts = [];
  for (let node = el; node && nodeType(node) === ELEMENT; node = parentNode(node)) {
    const name = localName(node);
    const html = node.namespaceURI === 'http://www.w3.org/1999/xhtml';
    let index = 1;
    for (let side = node.previousElementSibling; side; side = side.previousElementSibling) if (localName(side) === name) index += 1;
    parts.unshift(html ? `${name}[${index}]` : `*[local-name()="${name}"][${index}]`);
  }
  return `/${parts.join('/')}`;
}

/**
 * A frame, for finding it again: what it says of itself, its place among the frames of its document, ways to its element.
 * @returns {{name: string, src: string, index: number, of: number, selectors: Array<[string, string, boolean]>}}
 */
function frameTold(walk, el) {
  const doc = ownerDocument(el);
  const all = framesIn(walk, doc);
  const name = tidy(attr(el, 'name') ?? '', 120);
  const src = addressOf(el);
  const tag = localName(el);
  const ways = [];
  if (name && QUOTABLE.test(name)) ways.push(`css=${tag}[name="${name}"]`);
  const title = attr(el, 'title') ?? '';
  if (title && QUOTABLE.test(title)) ways.push(`css=${tag}[title="${title}"]`);
  if (src && QUOTABLE.test(src)) ways.push(`css=${tag}[src^="${src}"]`);
  const css = `css=${cssPath(el)}`;
  const hosts = hostsOf(el);
  ways.push(hosts.length ? [...hosts.map((host) => `css=${host.css}`), css].join(' >> ') : css);
  const selectors = ways.map((value) => {
    const found = fitting(walk, '', doc, value);
    return ['css', value, found.length === 1 && found[0] === el];
  });
  return { name, src, index: all.indexOf(el), of: all.length, selectors };
}

/** Where a frame points, without what may be private in an address. */
const addressOf = (el) => tidy((attr(el, 'src') ?? '').split(/[?#]/)[0], 200).replace(/^(data|blob|javascript):.*/s, '');

/** The frames of a document that can be seen, in its open shadow roots too, in the order of the page. */
function framesIn(walk, doc) {
  const found = fitting(walk, '', doc, 'css=iframe, frame, object');
  return found.filter((el) => isFrame(el)).sort((a, b) => (a.compareDocumentPosition(b) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1));
}
