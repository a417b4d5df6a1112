/**
 * Ground for the walker: reading the DOM in ways a page cannot spoil, and what our isolated world remembers.
 *
 * The files of this folder are joined in order inside one function (browser/worlds.py) and run in an isolated world:
 * built-ins are ours, page scripts see nothing of it. Forms and documents still let named children hide their own
 * properties (`<input name="firstChild">`), so those are read through the prototypes' getters.
 */

const reader = (proto, key) => {
  const get = Object.getOwnPropertyDescriptor(proto, key).get;
  return (node) => get.call(node);
};
const firstChild = reader(Node.prototype, 'firstChild');
const nextSibling = reader(Node.prototype, 'nextSibling');
const parentNode = reader(Node.prototype, 'parentNode');
const ownNodeType = reader(Node.prototype, 'nodeType');
const nodeType = (node) => {
  const type = node.nodeType;
  return typeof type === 'number' ? type : ownNodeType(node);
};
const ownerDocument = reader(Node.prototype, 'ownerDocument');
const ownLocalName = reader(Element.prototype, 'localName');
const localName = (el) => {
  const name = el.localName;
  return typeof name === 'string' ? name : ownLocalName(el);
};
const openRootOf = reader(Element.prototype, 'shadowRoot');
const shadowRootOf = (el) => openRootOf(el) ?? memory.closedRoots.get(el) ?? null;
const firstElementOf = reader(Element.prototype, 'firstElementChild');
const nextElementOf = reader(Element.prototype, 'nextElementSibling');
const childCount = reader(Element.prototype, 'childElementCount');
const rootElement = reader(Document.prototype, 'documentElement');
const titleOf = reader(Document.prototype, 'title');
const viewOf = reader(Document.prototype, 'defaultView');
const { getAttribute, hasAttribute, hasAttributes: anyAttributes, getBoundingClientRect } = Element.prototype;
const attr = (el, name) => getAttribute.call(el, name);
const hasAttr = (el, name) => hasAttribute.call(el, name);
const hasAttributes = (el) => anyAttributes.call(el);
const rectOf = (el) => getBoundingClientRect.call(el);
const styleOf = (el) => (ownerDocument(el) === document ? getComputedStyle(el) : viewOf(ownerDocument(el)).getComputedStyle(el));
const matches = (el, selector) => {
  try {
    return Boolean(selector) && Element.prototype.matches.call(el, selector);
  } catch {
    return false;
  }
};

const { querySelectorAll: allInDocument } = Document.prototype;
const { querySelectorAll: allInRoot } = DocumentFragment.prototype;
const { querySelectorAll: allInElement } = Element.prototype;
/** All that fit a selector in a document, a shadow root or an element. */
const allIn = (root, selector) => {
  const type = nodeType(root);
  return (type === 9 ? allInDocument : type === 11 ? allInRoot : allInElement).call(root, selector);
};

const ELEMENT = 1;
const TEXT = 3;
const NAME_LIMIT = 1000;
const VALUE_LIMIT = 2000;
const SECRET = '{SECRET}';
/** Plain words with single spaces need no tidying. */
const TIDY = /^(?:[!-~]+(?: [!-~]+)*)?$/;

/** Numbers of elements and frames by document, watched roots, and fields that held a secret once. */
const memory = {
  documents: new WeakMap(),
  watched: new WeakSet(),
  observers: [],
  shadows: [],
  closedRoots: new WeakMap(),
  asked: new WeakMap(),
  pointed: null,
  labels: new WeakMap(),
  likely: new Map(),
  possible: new Map(),
  mutations: 0,
  secretFields: new WeakSet(),
  secretNames: new Set(),
  secretValues: new Map(),
  frameIds: new WeakMap(),
  ignore: '',
  unseen: null,
};

/** @returns {{next: number, frames: number, ids: WeakMap, byId: Map, frameNumbers: WeakMap}} */
function documentMemory(doc) {
  let found = memory.documents.get(doc);
  if (!found) {
    found = { next: 1, frames: 1, ids: new WeakMap(), byId: new Map(), frameNumbers: new WeakMap() };
    memory.documents.set(doc, found);
  }
  return found;
}

/** The number of an element, the same as long as its document lives. */
function numberOf(el) {
  const known = documentMemory(ownerDocument(el));
  let number = known.ids.get(el);
  if (number === undefined) {
    number = known.next++;
    known.ids.set(el, number);
    known.byId.set(number, new WeakRef(el));
  }
  return number;
}

/** The number of an <iframe> among its document's frames. */
function frameNumberOf(iframe) {
  const known = documentMemory(ownerDocument(iframe));
  let number = known.frameNumbers.get(iframe);
  if (number === undefined) {
    number = known.frames++;
    known.frameNumbers.set(iframe, number);
  }
  return number;
}

/** The document inside a frame, or null where its origin is not ours. */
function innerDocument(iframe) {
  try {
    const doc = iframe.contentDocument;
    return doc && rootElement(doc) ? doc : null;
  } catch {
    return null;
  }
}

const isFrame = (el) => {
  const name = localName(el);
  return name === 'iframe' || name === 'frame' || (name === 'object' && Boolean(innerDocument(el)));
};

/** Parent in the tree as drawn: slot, shadow host or parent element; null at the root of a document. */
function drawnParent(el) {
  const slot = el.assignedSlot;
  if (slot) return slot;
  const parent = parentNode(el);
  if (!parent) return null;
  if (nodeType(parent) === ELEMENT) return parent;
  return parent.host ?? null;
}

/** Children in the tree as drawn: a shadow root's instead of its host's, a slot's assigned nodes. */
function drawnChildren(el) {
  const shadow = shadowRootOf(el);
  if (!shadow && localName(el) === 'slot' && typeof el.assignedNodes === 'function') {
    const assigned = el.assignedNodes();
    if (assigned.length) return assigned;
  }
  const out = [];
  for (let node = firstChild(shadow ?? el); node; node = nextSibling(node)) out.push(node);
  return out;
}

/** Text as it may stand in a line: one line, no control characters, well-formed, cut at `limit`. */
function tidy(text, limit = NAME_LIMIT) {
  if (text.length < 200 && TIDY.test(text)) return cut(withheld(text), limit);
  // eslint-disable-next-line no-control-regex
  const flat = text.replace(/[\u0000-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\s]+/g, ' ');
  return cut(withheld(flat.trim()), limit);
}

/** A field's text: line breaks are kept. */
function tidyValue(text) {
  // eslint-disable-next-line no-control-regex
  const clean = text.replace(/\r\n?/g, '\n').replace(/[\u0000-\u0009\u000b-\u001f\u007f\u2028\u2029]+/g, ' ');
  return cut(withheld(clean), VALUE_LIMIT);
}

function cut(text, limit) {
  return (text.length > limit ? `${text.slice(0, limit)}…` : text).toWellFormed();
}

/** Places where the page shows a secret again are blanked too. */
function withheld(text) {
  if (!memory.secretValues.size) return text;
  let out = text;
  for (const value of memory.secretValues.values()) out = out.split(value).join(SECRET);
  return out;
}

/** Keep what a secret field held last, as long as it is telling enough to be recognised elsewhere on the page. */
function rememberSecret(el, value) {
  if (value.length >= 5) memory.secretValues.set(el, value);
}

const quote = (text) => `'${text.replace(/\\/g, '\\\\').replace(/'/g, "\\'").replace(/\n/g, '\\n')}'`;

/** What else is done with a document or shadow root whenever it is seen. */
const onWatch = [];

/** Count changes below a document or shadow root from now on: nodes, attributes, text, typed values, scrolling. */
function watch(root) {
  hear(root);
  for (const begin of onWatch) begin(root);
  if (memory.watched.has(root)) return;
  memory.watched.add(root);
  if (root.host) memory.shadows.push(new WeakRef(root));
  const observer = new MutationObserver((records) => { memory.mutations += records.length; });
  observer.observe(root, { subtree: true, childList: true, attributes: true, characterData: true });
  memory.observers.push(new WeakRef(observer));
}

const counted = () => { memory.mutations += 1; };

/** Count what no mutation tells; each time anew, since `document.open` takes away every listener. */
function hear(root) {
  for (const type of ['input', 'change', 'scroll', 'toggle']) {
    root.addEventListener(type, counted, { capture: true, passive: true });
  }
}

/** The counter, including changes whose callback has not run yet. */
function mutations() {
  watch(document);
  memory.observers = memory.observers.filter((ref) => {
    const observer = ref.deref();
    if (observer) memory.mutations += observer.takeRecords().length;
    return Boolean(observer);
  });
  return memory.mutations;
}
