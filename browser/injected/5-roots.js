/**
 * Closed shadow roots. No script can tell an element that has one, so elements that may are put to the browser itself
 * (browser/roots.py), once for each size they have; the roots it hands back are then walked like open ones.
 */

const HOSTS = new Set(['article', 'aside', 'blockquote', 'body', 'div', 'footer', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6',
  'header', 'main', 'nav', 'p', 'section', 'span']);
const SUSPECTS = 40;
const SUSPECTS_AT_REST = 120;

const sizeOf = (box) => `${Math.round(box.width)} ${Math.round(box.height)}`;

/** Forget the elements that the last look would have asked about, but ask again about what was under its point. */
function beginSuspecting() {
  memory.likely = new Map();
  memory.possible = new Map();
  const el = memory.pointed?.deref();
  if (el?.isConnected) suspectPointed(el);
}

/** What lies under the pointer is asked about at every look: a press may attach a root. */
function suspectPointed(el) {
  memory.pointed = new WeakRef(el);
  memory.asked.delete(el);
  suspect(el, localName(el), rectOf(el), true);
}

/** Custom elements are likely to have a root; so is what `shown` says: something drawn that nothing listed explains. */
function suspect(el, name, box, shown = false) {
  const custom = name.includes('-');
  if (!custom && (!HOSTS.has(name) || (!shown && (firstChild(el) !== null || !box.width || !box.height)))) return;
  if (shadowRootOf(el)) return;
  const size = sizeOf(box);
  if (memory.asked.get(el) !== size) (custom || shown ? memory.likely : memory.possible).set(el, size);
}

/** A child that is not drawn at all, not even hidden: its parent has a root without a place for it. */
function suspectAround(el) {
  const host = parentNode(el);
  if (host && nodeType(host) === ELEMENT) suspect(host, localName(host), rectOf(host), true);
}

const suspected = (every) => memory.likely.size + (every ? memory.possible.size : 0);

/** The elements to ask about now; `every`: the less likely ones too. */
function suspects({ every }) {
  const out = [];
  const most = every ? SUSPECTS_AT_REST : SUSPECTS;
  for (const found of every ? [memory.likely, memory.possible] : [memory.likely]) {
    for (const [el, size] of found) {
      if (out.length >= most) return out;
      found.delete(el);
      memory.asked.set(el, size);
      out.push(el);
    }
  }
  return out;
}

/** A closed root the browser has handed over. */
function adoptRoot(root) {
  memory.closedRoots.set(root.host, root);
}
