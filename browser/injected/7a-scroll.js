/** What the wheel turns: the box around a point that moves, as the target of a scroll. */

/** What a turn of the wheel over an element scrolls: a box inside the page, listed or not, or the page (nothing). */
function describedScroller(walk, found, [dx, dy]) {
  const el = found.el && scrolledBy(found.el, dx, dy);
  const record = el && walk.byElement.get(el);
  if (!el) return { ...NOTHING, foreign: found.foreign };
  if (record?.kept) return { ...described(walk, record), foreign: found.foreign };
  return { ...describedBox(walk, el), foreign: found.foreign };
}

/** An element without a line of its own, by its place, its class's words and what it holds. */
function describedBox(walk, el) {
  const record = boxRecord(walk, el);
  const around = aroundOf(walk, record);
  const [left, top, width, height] = outerBox(el);
  const { x, y, sx, sy } = walk.place;
  const box = [x + left * sx, y + top * sy, width * sx, height * sy];
  return {
    id: null, role: 'generic', name: record.name, box, selectors: selectorsFor(record, walk, around),
    near: nearTold(around), shadow: hostsOf(el), frames: framesTold(walk, record.path),
  };
}

/** A record for an element that has none, at the place in the walk of what it holds. */
function boxRecord(walk, el) {
  const known = walk.byElement.get(el);
  if (known?.kept) return known;
  const inner = walk.records.find((record) => record.kept && within(record.el, el));
  const { path = [], prefix = '', index = 0, parent = null } = inner ?? {};
  return { el, role: 'generic', name: ariaName(el)?.[0] ?? '', source: 'none', flags: [], prefix, path, index, parent };
}

/** The innermost box around an element that such a turn of the wheel moves; null for the page itself. */
function scrolledBy(el, dx, dy) {
  for (let node = el; node; node = drawnParent(node)) {
    if (/^(html|body)$/.test(localName(node))) continue;
    const style = styleOf(node);
    const down = dy && /auto|scroll|overlay/.test(style.overflowY) && room(node.scrollTop, node.scrollHeight - node.clientHeight, dy);
    const across = dx && /auto|scroll|overlay/.test(style.overflowX) && room(node.scrollLeft, node.scrollWidth - node.clientWidth, dx);
    if (down || across) return node;
  }
  const frame = viewOf(ownerDocument(el)).frameElement;
  if (!frame) return null;
  const root = ownerDocument(el).scrollingElement;
  const moves = root && (room(root.scrollTop, root.scrollHeight - root.clientHeight, dy) || room(root.scrollLeft, root.scrollWidth - root.clientWidth, dx));
  return moves ? frame : scrolledBy(frame, dx, dy);
}

/** Whether there is room to go on in the direction; a right-to-left box counts its places below zero. */
const room = (at, most, by) => most > 0 && (by > 0 ? Math.abs(at) < most - 1 || at < 0 : at > 1 || at < 0);
