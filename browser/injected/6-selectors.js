/** Ways to find an element again, in Playwright's syntax, each with whether it fits just one element now. */

const TEST_IDS = ['data-testid', 'data-test-id', 'data-test', 'data-cy', 'data-qa'];
const QUOTABLE = /^[^"\\\n]{1,120}$/;

/** @returns {Array<[string, string, boolean]>} kind, selector, unique */
function selectorsFor(record, walk) {
  const { el, role, name, source } = record;
  const out = [];
  const standard = source === 'aria' || source === 'label' || source === 'native' || source === 'content';
  if (standard && name && QUOTABLE.test(name) && role !== 'text' && role !== 'shape' && role !== 'svg') {
    out.push(['role', `role=${role}[name="${name}"]`, onlyOne(walk, record, (other) => other.role === role && other.name === name)]);
  }
  if (source === 'label' && QUOTABLE.test(name)) {
    out.push(['label', `internal:label="${name}"s`, onlyOne(walk, record, (other) => other.source === 'label' && other.name === name)]);
  }
  const text = role === 'option' ? '' : name;
  if (source === 'content' && text && QUOTABLE.test(text)) {
    out.push(['text', `text="${text}"`, onlyOne(walk, record, (other) => other.source === 'content' && other.name === text)]);
  }
  for (const key of TEST_IDS) {
    const value = attr(el, key);
    if (value && QUOTABLE.test(value)) out.push(['testid', `css=[${key}="${value}"]`, count(el, `[${key}="${value}"]`) === 1]);
  }
  const css = cssPath(el);
  out.push(['css', `css=${css}`, count(el, css) === 1]);
  if (!el.getRootNode().host) out.push(['xpath', `xpath=${xpathOf(el)}`, true]);
  return out;
}

function onlyOne(walk, record, like) {
  let found = 0;
  for (const other of walk.records) if (other.kept && other.prefix === record.prefix && like(other)) found += 1;
  return found === 1;
}

function count(el, selector) {
  try {
    return el.getRootNode().querySelectorAll(selector).length;
  } catch {
    return 0;
  }
}

/** An id or name that looks chosen by a person, not made by a framework. */
const looksChosen = (value) => Boolean(value) && value.length < 40 && !/\d{3,}|^[:\d]|[a-f0-9]{8}|^(ember|react|radix|ui-id|headlessui|mui)/i.test(value);

/** The shortest of: own id, own name, a path of tags from the nearest such ancestor. */
function cssPath(el) {
  const parts = [];
  for (let node = el; node && nodeType(node) === ELEMENT; node = parentNode(node)) {
    const own = anchor(node);
    parts.unshift(own ?? step(node));
    if (own || localName(node) === 'html') break;
  }
  return parts.join(' > ');
}

function anchor(el) {
  const id = attr(el, 'id');
  if (looksChosen(id) && count(el, `#${CSS.escape(id)}`) === 1) return `#${CSS.escape(id)}`;
  const name = attr(el, 'name');
  const selector = looksChosen(name) ? `${localName(el)}[name="${CSS.escape(name)}"]` : '';
  return selector && count(el, selector) === 1 ? selector : null;
}

function step(el) {
  const tag = CSS.escape(localName(el));
  const parent = parentNode(el);
  if (!parent || !parent.children) return tag;
  const alike = Array.from(parent.children).filter((other) => localName(other) === localName(el));
  return alike.length > 1 ? `${tag}:nth-of-type(${alike.indexOf(el) + 1})` : tag;
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
