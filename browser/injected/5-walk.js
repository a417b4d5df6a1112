/**
 * The walk: every element worth a line, in document order, as records with their place in the tree.
 *
 * A record is {el, role, name, source, attrs, flags, box, parent, prefix, path, index, kept}. Structure is proposed
 * before its contents are known and dropped afterwards if it holds too little; records below a dropped one move up.
 */

class Walk {
  constructor(options) {
    this.ignore = (options.ignore ?? []).join(', ');
    memory.ignore = this.ignore;
    memory.labels = new WeakMap();
    this.secrets = (options.secrets ?? []).join(', ');
    this.prefix = options.prefix ?? '';
    this.records = [];
    this.byElement = new Map();
    this.foreign = [];
    this.ticks = new Set();
    this.active = null;
  }

  /** Add a record for an element; `box` in the coordinates of its own viewport. */
  add(el, role, name, ctx, box, flags = [], attrs = {}, source = 'content') {
    const { view } = ctx;
    const record = {
      el, role, name, source, flags, attrs, kept: true, parent: ctx.parent, prefix: ctx.prefix, path: ctx.path,
      index: this.records.length, id: null, depth: 0, line: 0,
      box: [view.x + box.left * view.sx, view.y + box.top * view.sy, box.width * view.sx, box.height * view.sy],
    };
    this.records.push(record);
    this.byElement.set(el, record);
    return record;
  }

  /** Everything below a node, as drawn. */
  children(el, ctx, except) {
    const shadow = shadowRootOf(el);
    if (shadow) watch(shadow);
    else if (localName(el) !== 'slot') {
      for (let node = firstElementOf(el); node; node = nextElementOf(node)) if (!except?.has(node)) this.visit(node, ctx);
      return;
    }
    for (const node of drawnChildren(el)) {
      if (nodeType(node) === ELEMENT && !except?.has(node)) this.visit(node, ctx);
    }
  }

  visit(el, ctx) {
    const name = localName(el);
    if (SKIPPED.has(name) || (this.ignore && matches(el, this.ignore))) return;
    const seen = look(el, name, ctx);
    if (seen === null) return;
    suspect(el, name, seen.box);
    const below = !seen.nested ? ctx : { ...ctx, flow: seen.flow, held: seen.held, above: seen.style };
    if (name === 'svg') this.drawingOf(el, seen, ctx, below);
    else if (name === 'label' && el.control) this.label(el, seen, ctx, below);
    else {
      const role = roleOf(el);
      if ((role === 'iframe' || name === 'object') && isFrame(el)) this.frame(el, seen, ctx, below);
      else if (role === null) this.plain(el, seen, ctx, below);
      else if (Object.hasOwn(STRUCTURE, role) && localName(el) !== 'select') this.structure(el, role, seen, ctx, below);
      else this.widget(el, role, seen, ctx, below);
    }
  }

  /** An element with a role of its own that is not mere structure. */
  widget(el, role, seen, ctx, below) {
    if (localName(el) === 'input' && inputType(el) === 'hidden') return;
    if (!seen.shown && OPERABLE.has(role)) shownByContents(el, seen);
    if (!seen.shown || (ctx.mute && !OPERABLE.has(role))) {
      this.children(el, below);
      return;
    }
    if (role === 'cell') {
      this.cell(el, seen, ctx, below);
      return;
    }
    const [own, source] = nameOf(el, role);
    const name = framedName(el, own, ctx);
    if (role === 'img' && !name && Math.min(seen.box.width, seen.box.height) < 16) return;
    if (role === 'img' && attr(el, 'alt') === '' && !hintsClick(el, seen.style, ctx)) return;
    const record = this.add(el, role, name, ctx, seen.box, flagsOf(el, role, ctx), {}, source);
    if (role === 'img' && hintsClick(el, seen.style, ctx)) record.flags.push('clickable');
    this.fill(record, el, role);
    if (localName(el) === 'select') this.options(el, record, ctx, seen);
    else if (!FIELDS.has(role) || !isEditable(el)) this.children(el, { ...below, parent: record, mute: NAMED_BY_CONTENT.has(role) || ctx.mute });
  }

  /** Value, level, kind and the like. */
  fill(record, el, role) {
    const secret = isField(el) && isSecret(el, this.secrets);
    const value = fieldValue(el, role);
    if (secret) {
      record.flags.push('secret');
      rememberSecret(el, value);
    }
    if (value) record.attrs.value = secret ? SECRET : tidyValue(value);
    const type = inputType(el);
    if (localName(el) === 'input' && !/^(text|search|checkbox|radio|button|submit|reset|image|range|number)$/.test(type)) record.attrs.type = type;
    if (role === 'heading') record.attrs.level = attr(el, 'aria-level') ?? (/^h([1-6])$/.exec(localName(el))?.[1] ?? '2');
    const hint = tidy(attr(el, 'placeholder') ?? '', 80);
    if (hint && !value && hint !== record.name) record.attrs.placeholder = hint;
  }

  options(select, record, ctx, seen) {
    const options = Array.from(select.options);
    const chosen = options.filter((option) => option.selected);
    if (record.role === 'combobox' && chosen[0]) record.attrs.value = tidy(chosen[0].label);
    const open = record.role === 'listbox';
    const listed = options.length <= 60 ? options : [...new Set([...options.slice(0, 60), ...chosen])];
    for (const option of listed) {
      const box = open ? rectOf(option) : seen.box;
      const flags = [...(option.disabled ? ['disabled'] : []), ...(option.selected ? ['selected'] : [])];
      this.add(option, 'option', tidy(option.label), { ...ctx, parent: record }, box.width ? box : seen.box, flags);
    }
    if (options.length > listed.length) record.attrs.more = String(options.length - listed.length);
  }

  /** A form, list, row ...: kept if it holds enough. */
  structure(el, role, seen, ctx, below) {
    const own = WORDED.has(role) ? ownText(el) : { text: '', merged: null };
    const text = ctx.mute ? '' : tidy(own.text);
    const [name, source] = role === 'listitem' ? [text, 'content'] : nameOf(el, role);
    const hints = hintsClick(el, seen.style, ctx);
    const flags = [...flagsOf(el, role, ctx), ...(hints ? ['clickable'] : [])];
    const attrs = name && text && name !== text ? { value: text } : {};
    const record = this.add(el, role, name || text, ctx, seen.box, flags, attrs, name ? source : 'content');
    this.children(el, { ...below, parent: record }, own.merged);
    if (text || flags.includes('selected')) return;
    if (ctx.mute || !seen.box.width) this.drop(record);
    else this.keepIf(record, STRUCTURE[role], flags);
  }

  keepIf(record, least, flags) {
    const held = this.below(record);
    if (held.length >= Math.max(least, 1) && (held.length > 1 || least === 1 || !flags.includes('clickable'))) return;
    if (held.length === 1) passOn(flags, held[0]);
    if (held.length === 0 && (record.name || flags.includes('clickable')) && record.role !== 'form') {
      if (!record.name) record.name = tidy(textOf(record.el)) || classWords(record.el);
      return;
    }
    this.drop(record);
  }

  /** A table cell: its own text, or nothing but what is inside it. */
  cell(el, seen, ctx, below) {
    const own = ownText(el);
    const text = tidy(own.text);
    const hints = hintsClick(el, seen.style, ctx);
    const flags = [...flagsOf(el, 'cell', ctx), ...(hints ? ['clickable'] : [])];
    const record = this.add(el, 'cell', ariaName(el)?.[0] ?? text, ctx, seen.box, flags);
    this.children(el, { ...below, parent: record }, own.merged);
    if (!record.name && !flags.includes('selected')) this.wordless(record, seen, hints);
  }

  /** A <label>: its control, drawn or not, stands for it; text that is the control's name is not said twice. */
  label(el, seen, ctx, below) {
    const control = el.control;
    this.children(el, { ...below, mute: true });
    if (!this.byElement.has(control) && !this.ticks.has(control) && seen.shown && !ctx.mute && !drawnAnywhere(control)) {
      const role = roleOf(control) ?? 'button';
      const [name, source] = nameOf(control, role);
      this.fill(this.add(control, role, name, ctx, seen.box, flagsOf(control, role, ctx), {}, source), control, role);
    }
    this.ticks.add(control);
    const record = this.byElement.get(control);
    if (record) this.byElement.set(el, record);
  }

  /** An element without a role: text, something clickable, one of several alike, or nothing by itself. */
  plain(el, seen, ctx, below) {
    const own = ownText(el);
    const text = ctx.mute || namesParent(el, ctx) ? '' : tidy(own.text);
    const hints = hintsClick(el, seen.style, ctx);
    const flat = !seen.box.width || !seen.box.height;
    const box = flat && text && seen.style.overflow === 'visible' ? textBox(el) : seen.box;
    if (text && (seen.drawn || seen.style.visibility === 'visible') && box.width && box.height) {
      const secret = this.secrets && matches(el, this.secrets);
      const flags = [...flagsOf(el, 'text', ctx), ...(hints ? ['clickable'] : []), ...(secret ? ['secret'] : [])];
      const record = this.add(el, 'text', secret ? SECRET : text, ctx, box, flags);
      if (!secret) this.children(el, { ...below, parent: record }, own.merged);
      return;
    }
    const proposed = seen.shown && !ctx.mute && (hints || oneOfSeveral(el) || drawing(seen.style)
      || painted(el, seen.style, seen.box) || framed(el, seen.style, seen.box) || isCustom(el));
    if (!proposed) {
      this.children(el, below, own.merged);
      return;
    }
    const record = this.add(el, 'group', ariaName(el)?.[0] ?? '', ctx, seen.box, flagsOf(el, 'group', ctx));
    if (hints) record.flags.push('clickable');
    this.children(el, { ...below, parent: record }, own.merged);
    this.wordless(record, seen, hints);
  }

  /** Decide what a proposed group without text is, now that its contents are known. */
  wordless(record, seen, hints) {
    const held = this.below(record);
    if (held.length === 1 && !record.name) {
      passOn(record.flags, held[0]);
      this.drop(record);
    } else if (held.length > 1) {
      const alike = record.role === 'group' && (hints || oneOfSeveral(record.el) || record.name);
      if (!alike) this.drop(record);
    } else if (held.length === 0 && !this.picture(record, seen, hints)) this.drop(record);
  }

  picture(record, seen, hints) {
    if (seen.box.width < 4 || seen.box.height < 4) return false;
    const given = record.name || tidy(attr(record.el, 'title') ?? '');
    const image = drawing(seen.style);
    const colour = painted(record.el, seen.style, seen.box);
    const frame = framed(record.el, seen.style, seen.box);
    if (!hints && !image && !colour && !frame && !isCustom(record.el)) return false;
    if (colour && !image) record.name = given || `${colourWord(seen.style.backgroundColor)} box`;
    else if (frame) record.name = given || attr(record.el, 'id').replace(/[-_]+/g, ' ');
    else record.name = given || classWords(record.el) || (isCustom(record.el) ? localName(record.el).replace(/-/g, ' ') : '');
    record.role = image ? 'img' : (colour || frame) && !hints ? 'shape' : isCustom(record.el) && !hints ? 'group' : 'button';
    if (image && !record.flags.includes('clickable')) record.flags.push('clickable');
    record.source = 'class';
    return true;
  }

  /** An SVG: an icon is one line, a drawing lists its shapes. */
  drawingOf(el, seen, ctx, below) {
    if (!seen.shown || ctx.mute) return;
    const hints = hintsClick(el, seen.style, ctx);
    const [name] = nameOf(el, 'svg');
    const small = seen.box.width <= 40 && seen.box.height <= 40;
    if (small && !name && !hints && !pointerAbove(ctx)) return;
    const record = this.add(el, small ? 'img' : 'svg', name, ctx, seen.box, hints ? ['clickable'] : []);
    if (small) return;
    this.shapes(el, { ...below, parent: record }, { left: 120 });
    tellGrids(this.records.slice(record.index + 1));
  }

  shapes(el, ctx, budget) {
    for (const node of drawnChildren(el)) {
      if (nodeType(node) !== ELEMENT || budget.left <= 0) continue;
      const kind = localName(node);
      if (kind === 'defs' || kind === 'clipPath' || kind === 'mask' || kind === 'symbol') continue;
      if (!Object.hasOwn(SHAPES, kind)) {
        if (kind === 'foreignObject') this.children(node, ctx);
        else this.shapes(node, ctx, budget);
        continue;
      }
      const style = styleOf(node);
      const box = rectOf(node);
      if (style.display === 'none' || style.visibility !== 'visible' || box.width + box.height === 0) continue;
      const name = shapeName(node, style);
      if (!name) continue;
      budget.left -= 1;
      const flags = hintsClick(node, style, ctx) ? ['clickable'] : [];
      this.add(node, kind === 'text' ? 'text' : 'shape', name, ctx, box, flags, {}, 'class');
    }
  }

  /** A frame: its document if we may read it, else a place for what its own world says. */
  frame(el, seen, ctx, below) {
    if (!seen.shown) return;
    const [name] = nameOf(el, 'iframe');
    const record = this.add(el, 'iframe', name, ctx, seen.box);
    const prefix = `${ctx.prefix}f${frameNumberOf(el)}`;
    const view = innerView(el, seen, ctx.view);
    const doc = innerDocument(el);
    const focusIn = ctx.focusIn && ownerDocument(el).activeElement === el;
    const path = [...ctx.path, el];
    if (doc) this.document(doc, { ...below, parent: record, prefix: `${prefix}-`, path, view, mute: false, focusIn });
    else this.foreign.push({ record, prefix, el, x: view.x, y: view.y, sx: view.sx, sy: view.sy });
  }

  document(doc, ctx) {
    watch(doc);
    const win = viewOf(doc);
    const view = { ...ctx.view, win, scrollX: win.scrollX, scrollY: win.scrollY };
    const active = ctx.focusIn ? activeIn(doc) : null;
    const root = rootElement(doc);
    if (active) this.active = active;
    const within = { ...ctx, view, active, flow: null, held: null, above: null };
    if (root) this.visit(root, within);
    if (ctx.focusIn) listUnseen(this, active, within);
  }

  below(record) {
    const from = record.index + 1;
    const out = [];
    for (let i = from; i < this.records.length && out.length < 3; i += 1) if (this.records[i].kept) out.push(this.records[i]);
    return out;
  }

  drop(record) {
    record.kept = false;
    this.byElement.delete(record.el);
  }
}

const isField = (el) => /^(input|textarea|select)$/.test(localName(el)) || isEditable(el);
const isCustom = (el) => localName(el).includes('-') && !shadowRootOf(el) && firstChild(el) === null;
const passOn = (flags, record) => {
  const add = flags.includes('clickable') && !OPERABLE.has(record.role) && !record.flags.includes('clickable');
  if (add) record.flags.push('clickable');
};

function fieldValue(el, role) {
  const type = inputType(el);
  if (localName(el) === 'input') {
    if (/^(checkbox|radio|submit|button|reset|image|hidden)$/.test(type)) return '';
    return type === 'file' ? Array.from(el.files ?? [], (file) => file.name).join(', ') : el.value;
  }
  if (localName(el) === 'textarea') return el.value;
  if (localName(el) === 'select') return '';
  if (isEditable(el)) return el.innerText ?? '';
  if (role === 'slider' || role === 'spinbutton' || role === 'progressbar' || role === 'meter') {
    return attr(el, 'aria-valuetext') ?? attr(el, 'aria-valuenow') ?? (el.value === undefined ? '' : String(el.value));
  }
  return '';
}

/** Whether the element is the legend or caption whose text its group already has as its name. */
const namesParent = (el, ctx) => /^(legend|caption|figcaption)$/.test(localName(el)) && Boolean(ctx.parent?.name);

/** An element's own words: its text nodes and formatting without a life of its own. */
function ownText(el) {
  if (!childCount(el) && !shadowRootOf(el) && localName(el) !== 'slot') return { text: rawText(el), merged: null };
  let text = '';
  let merged = null;
  for (const node of drawnChildren(el)) {
    if (nodeType(node) === TEXT) text += node.data;
    else if (nodeType(node) === ELEMENT && isFormatting(node)) {
      text += localName(node) === 'br' ? ' ' : nodeText(node, 0);
      (merged ??= new Set()).add(node);
    } else text += ' ';
  }
  return { text, merged };
}

function isFormatting(el) {
  if (!FORMATTING.has(localName(el))) return false;
  if (el.attributes.length && ['id', 'class', 'onclick', 'role', 'tabindex', 'style'].some((name) => hasAttr(el, name))) return false;
  for (const node of drawnChildren(el)) if (nodeType(node) === ELEMENT && !isFormatting(node)) return false;
  return true;
}

/** One of at least two siblings of the same kind (rows, cards, messages): worth a group of its own. */
function oneOfSeveral(el) {
  const kind = attr(el, 'class');
  if (kind === null || !childCount(el) || !/^(div|section|span|dl|a)$/.test(localName(el))) return false;
  const like = (other) => other && localName(other) === localName(el) && attr(other, 'class') === kind;
  return like(el.previousElementSibling) || like(el.nextElementSibling) || false;
}

const drawnAnywhere = (control) => {
  const box = rectOf(control);
  return box.width > 0 && box.height > 0 && control.checkVisibility(VISIBLE) && !readerOnly(box, styleOf(control));
};

function innerView(el, seen, view) {
  const scaleX = el.offsetWidth ? seen.box.width / el.offsetWidth : 1;
  const scaleY = el.offsetHeight ? seen.box.height / el.offsetHeight : 1;
  const left = seen.box.left + (el.clientLeft + parseFloat(seen.style.paddingLeft)) * scaleX;
  const top = seen.box.top + (el.clientTop + parseFloat(seen.style.paddingTop)) * scaleY;
  return { x: view.x + left * view.sx, y: view.y + top * view.sy, sx: view.sx * scaleX, sy: view.sy * scaleY };
}
