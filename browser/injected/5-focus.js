/**
 * Where keys go: the focused element, a document that is edited as a whole, and a field nobody sees.
 *
 * Editors made of frames edit a body; editors that draw text themselves listen in a field that is not drawn. Both are
 * what a person types into, so both have a line.
 */

/** Whether keys go into the body itself: `designMode`, or an editable body. */
const editsDocument = (el) => localName(el) === 'body'
  && (ownerDocument(el).designMode === 'on' || (hasAttr(el, 'contenteditable') && el.isContentEditable === true));

/** The body that a press on the root goes to, where it is edited; else the element itself. */
function editedBody(el) {
  const body = localName(el) === 'html' ? ownerDocument(el).body : null;
  return body && localName(body) === 'body' && editsDocument(body) ? body : el;
}

/** The focused element, through open shadow roots; frames do not count, a body only where it is edited. */
function activeIn(doc) {
  const el = activeAt(doc);
  if (!el || (/^(body|html)$/.test(localName(el)) && !editsDocument(el)) || isFrame(el)) return null;
  return el;
}

function activeAt(doc) {
  let el = doc.activeElement;
  while (el && shadowRootOf(el)?.activeElement) el = shadowRootOf(el).activeElement;
  return el;
}

/** The id of the element keys go to, through shadow roots and readable frames; '' for the page as a whole. */
function focusNow() {
  let prefix = '';
  for (let doc = document; doc;) {
    const el = activeAt(doc);
    if (!el) return prefix;
    if (!isFrame(el)) return activeIn(doc) ? `${prefix}${numberOf(el)}` : prefix;
    prefix += `f${frameNumberOf(el)}-`;
    doc = innerDocument(el);
  }
  return prefix;
}

const takesText = (el) => localName(el) === 'textarea' || isEditable(el)
  || (localName(el) === 'input' && !/^(button|checkbox|radio|submit|reset|file|image|hidden|range|color)$/.test(inputType(el)));

/** A line for a text field that has the keyboard and is not drawn. */
function listUnseen(walk, el, ctx) {
  memory.unseen = null;
  if (!el || walk.byElement.get(el) || !takesText(el)) return;
  if (walk.ignore && Element.prototype.closest.call(el, walk.ignore)) return;
  const role = roleOf(el) ?? 'textbox';
  const [name, source] = nameOf(el, role);
  walk.fill(walk.add(el, role, name, ctx, rectOf(el), flagsOf(el, role, ctx), {}, source), el, role);
  memory.unseen = new WeakRef(el);
}

/** A body without a name of its own is called as its frame is. */
const framedName = (el, name, ctx) => (name || localName(el) !== 'body' || ctx.parent?.role !== 'iframe' ? name : ctx.parent.name);
