/** What can be seen: hidden, clipped and empty boxes, and what wordless drawings look like. */

/** How an element stands on the page: its box, whether it is drawn, whether it is shown, the clips for what is below. */
class Seen {
  constructor(el, ctx, drawn) {
    this.el = el;
    this.win = ctx.view.win;
    this.drawn = drawn;
    this.box = null;
    this.shown = false;
    this.nested = false;
    this.flow = null;
    this.held = null;
    this.known = null;
  }

  /** The computed style. Asking for it is what costs most, and most fields, links and texts can do without. */
  get style() {
    return (this.known ??= this.win.getComputedStyle(this.el));
  }
}

const DRAWN = { visibilityProperty: true, opacityProperty: true };

/** @returns {Seen|null} null when the element and all below it cannot be seen */
function look(el, name, ctx) {
  const drawn = el.checkVisibility(DRAWN);
  const seen = new Seen(el, ctx, drawn);
  if (!drawn && seen.style.display === '') suspectAround(el);
  if (!drawn && hiddenWithAllBelow(el, seen.style)) return null;
  const box = rectOf(el);
  const { width, height } = box;
  const sized = width > 0 && height > 0;
  const tiny = sized && width <= 2 && height <= 2;
  const clipped = ctx.flow !== null || ctx.held !== null;
  const position = clipped || tiny ? seen.style.position : '';
  const clip = position === 'fixed' ? null : position === 'absolute' ? ctx.held : ctx.flow;
  if (sized && (outside(box, clip) || beyondPage(box, ctx) || (tiny && readerOnly(box, seen.style)))) return null;
  seen.box = box;
  seen.nested = childCount(el) > 0 || shadowRootOf(el) !== null || FRAME_LIKE.test(name);
  const next = seen.nested ? innerClip(el, seen.style, box, clip, ctx) : OPEN;
  if (next === null) return null;
  seen.shown = sized && (drawn || (seen.style.visibility === 'visible' && seen.style.display !== 'contents'));
  seen.flow = next.flow;
  seen.held = next.held;
  return seen;
}

const FRAME_LIKE = /^(slot|iframe|frame|object)$/;
const OPEN = { flow: null, held: null };

/** Hidden elements whose contents may still show are those with visibility: hidden or display: contents. */
function hiddenWithAllBelow(el, style) {
  if (style.display === 'none' || style.contentVisibility === 'hidden') return true;
  if (Number(style.opacity) === 0) return !isTickOrFile(el);
  return style.visibility === 'visible' && style.display !== 'contents' && !isTickOrFile(el);
}

const isTickOrFile = (el) => localName(el) === 'input' && /^(checkbox|radio|file)$/.test(el.type);

const outside = (box, clip) => clip !== null
  && (box.right <= clip.left || box.left >= clip.right || box.bottom <= clip.top || box.top >= clip.bottom);

/** Left of or above everything that scrolling can reach. */
function beyondPage(box, ctx) {
  return box.right + ctx.view.scrollX <= 0 || box.bottom + ctx.view.scrollY <= 0;
}

/** The usual way of hiding text from all but screen readers. */
function readerOnly(box, style) {
  if (box.width > 2 || box.height > 2) return false;
  return style.position === 'absolute' && style.overflowX !== 'visible';
}

/** Clips for what is below: one for the flow, one for absolutely positioned boxes. Null if nothing below can show. */
function innerClip(el, style, box, clip, ctx) {
  const overflow = style.overflow;
  const cuts = overflow !== 'visible' && style.display !== 'inline' && !/^(body|html)$/.test(localName(el));
  if (!cuts && ctx.flow === null && ctx.held === null) return OPEN;
  const positioned = style.position !== 'static' || style.transform !== 'none';
  const held = positioned ? clip : ctx.held;
  if (!cuts) return { flow: clip, held };
  if (box.width < 1 || box.height < 1) return positioned ? null : { flow: NOWHERE, held };
  if (/auto|scroll/.test(overflow)) return { flow: null, held: positioned ? null : held };
  const own = clip ? intersection(box, clip) : box;
  return { flow: own, held: positioned ? own : held };
}

const NOWHERE = { left: Infinity, right: -Infinity, top: Infinity, bottom: -Infinity };

const intersection = (a, b) => ({
  left: Math.max(a.left, b.left),
  right: Math.min(a.right, b.right),
  top: Math.max(a.top, b.top),
  bottom: Math.min(a.bottom, b.bottom),
});

/** The box of an element's own text, where the element itself has no size (display: contents, collapsed blocks). */
function textBox(el) {
  const range = ownerDocument(el).createRange();
  range.selectNodeContents(el);
  return range.getBoundingClientRect();
}

/** An element without a size of its own is where its contents are drawn. */
function shownByContents(el, seen) {
  if ((seen.box.width && seen.box.height) || firstChild(el) === null || seen.style.visibility !== 'visible') return;
  const box = textBox(el);
  if (!box.width || !box.height) return;
  seen.box = box;
  seen.shown = true;
}

/** Whether an element without text draws something: a picture or a coloured box. */
function drawing(style) {
  if (style.backgroundImage.includes('url(') || style.content.startsWith('url(')) return 'img';
  if (style.maskImage && style.maskImage.includes('url(')) return 'img';
  return null;
}

/** A coloured box that a script or an inline style painted, of the size of something to look at or to click. */
function painted(el, style, box) {
  if (box.width < 6 || box.height < 6 || box.width * box.height > 90000) return false;
  if (!/background|border/.test(attr(el, 'style') ?? '') && !hasAttr(el, 'data-color')) return false;
  return !/^rgba\(.*, 0\)$|^transparent$/.test(style.backgroundColor);
}

/** An empty box with a frame and a name of its own, such as a square of a board. */
function framed(el, style, box) {
  if (!hasAttr(el, 'id') || childCount(el) || box.width < 8 || box.height < 8 || box.width * box.height > 40000) return false;
  return style.borderTopStyle !== 'none' && style.borderLeftStyle !== 'none' && style.borderTopWidth !== '0px';
}

const COLOURS = { black: [0, 0, 0], white: [255, 255, 255], grey: [128, 128, 128], red: [255, 0, 0],
  green: [0, 128, 0], lime: [0, 255, 0], blue: [0, 0, 255], yellow: [255, 255, 0], orange: [255, 165, 0],
  purple: [128, 0, 128], pink: [255, 192, 203], magenta: [255, 0, 255], cyan: [0, 255, 255], olive: [128, 128, 0],
  brown: [139, 69, 19], navy: [0, 0, 128], teal: [0, 128, 128], maroon: [128, 0, 0], silver: [192, 192, 192] };

/** The nearest of a few colour words, or '' for what has none. */
function colourWord(css) {
  const found = /rgba?\(([\d.]+),\s*([\d.]+),\s*([\d.]+)(?:,\s*([\d.]+))?\)/.exec(css ?? '');
  if (!found || found[4] === '0') return '';
  const rgb = found.slice(1, 4).map(Number);
  let best = '';
  let least = Infinity;
  for (const [word, other] of Object.entries(COLOURS)) {
    const distance = rgb.reduce((sum, part, i) => sum + (part - other[i]) ** 2, 0);
    if (distance < least) [best, least] = [word, distance];
  }
  return best;
}

const SHAPES = { circle: 'circle', ellipse: 'ellipse', rect: 'rectangle', line: 'line', polygon: 'polygon',
  polyline: 'line', path: 'path', text: 'text', image: 'image', use: 'icon' };
const CORNERS = { 3: 'triangle', 4: 'quadrilateral', 5: 'pentagon', 6: 'hexagon', 8: 'octagon' };

/** Words for an SVG shape, e.g. "red circle"; for text its text. */
function shapeName(el, style) {
  const kind = localName(el);
  if (kind === 'text') return tidy(el.textContent ?? '');
  const fill = colourWord(style.fill) || colourWord(style.stroke);
  const points = (attr(el, 'points') ?? '').trim().split(/[\s,]+/).length / 2;
  const form = kind === 'polygon' ? CORNERS[points] ?? 'polygon' : SHAPES[kind];
  return `${fill} ${form}`.trim();
}

/** Alike shapes that fill a grid are told apart by what the eye counts: the column from the left, the row from the top. */
function tellGrids(records) {
  const kinds = new Map();
  for (const record of records) {
    if (record.role === 'shape') kinds.set(record.name, [...(kinds.get(record.name) ?? []), record]);
  }
  for (const alike of kinds.values()) {
    const across = lanes(alike.map(({ box }) => box[0] + box[2] / 2));
    const down = lanes(alike.map(({ box }) => box[1] + box[3] / 2));
    if (across.count < 2 || down.count < 2 || across.count * down.count !== alike.length) continue;
    alike.forEach((record, i) => {
      record.attrs.column = `${across.of[i]} of ${across.count}`;
      record.attrs.row = `${down.of[i]} of ${down.count}`;
    });
  }
}

/** Which of the lanes (columns or rows, from 1) each position is in; positions less than 3 pixels apart share one. */
function lanes(positions) {
  const sorted = [...positions].sort((one, other) => one - other);
  const starts = sorted.filter((position, i) => i === 0 || position - sorted[i - 1] >= 3);
  return { count: starts.length, of: positions.map((position) => starts.filter((start) => start <= position).length) };
}
