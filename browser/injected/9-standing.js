/**
 * Whether the page stands as it did: what the mutation counter does not see, in one cheap pass.
 *
 * Scripts set values and ticks, move the focus and scroll without a mutation. A look is used again only while the
 * counter, this sum and the picture on the screen are all the same (browser/recorder/standing.py).
 */

/** A document that takes another's place is never the same. */
const BORN = Math.floor(Math.random() * 2 ** 31);

/** @returns {number[]} the mutation counter, and a sum over fields, focus and scrolling */
function standing() {
  const sum = { of: BORN };
  const roots = [document, ...memory.shadows.map((ref) => ref.deref()).filter(Boolean)];
  for (const root of roots) addRoot(sum, root, 0);
  return [mutations(), sum.of];
}

function addRoot(sum, root, depth) {
  for (const el of allIn(root, 'input, select, textarea')) addField(sum, el);
  const doc = ownNodeType(root) === Node.DOCUMENT_NODE ? root : null;
  if (!doc) return;
  const view = viewOf(doc);
  const active = activeIn(doc);
  for (const part of [view.scrollX, view.scrollY, view.innerWidth, view.innerHeight]) addText(sum, String(part));
  if (active) addText(sum, String(documentMemory(ownerDocument(active)).ids.get(active) ?? 0));
  if (depth > 8) return;
  for (const frame of allIn(doc, 'iframe')) {
    const inner = innerDocument(frame);
    if (inner && viewOf(inner)) addRoot(sum, inner, depth + 1);
  }
}

function addField(sum, el) {
  addText(sum, String(el.value));
  addText(sum, `${el.checked}${el.indeterminate}${el.disabled}${el.selectedIndex}`);
}

function addText(sum, text) {
  let { of } = sum;
  for (let i = 0; i < text.length; i += 1) of = (Math.imul(of, 31) + text.charCodeAt(i)) | 0;
  sum.of = (Math.imul(of, 31) + 7) | 0;
}

Object.assign(globalThis.__stepscope, { standing });
