/** A person's keyboard and what native pickers give: keys, text no key makes, chosen options, files and dates. */

const MODIFIERS = /^(Alt|AltGraph|CapsLock|Control|Fn|FnLock|Hyper|Meta|NumLock|ScrollLock|Shift|Super|Symbol)$/;
const UNSAID = /^(Process|Dead|Unidentified|Compose)$/;
const EDITS = /^(Backspace|Delete|ArrowLeft|ArrowRight|Home|End)$/;
const CHANGING = /^(Backspace|Delete)$/;
const VALUED = /^(date|time|month|week|datetime-local|color)$/;
const KEY_MS = 80;
const PAUSE_MS = 1500;
const MOST = 1000000;
const typing = { burst: null, since: 0, down: new Set(), up: -Infinity, composing: null, whole: null };

function endBurst() {
  typing.burst = null;
}

/** The element keys go to, through open shadow roots and readable frames; null for the page as a whole. */
function keyed() {
  for (let doc = document; doc;) {
    let el = doc.activeElement;
    while (el && shadowRootOf(el)?.activeElement) el = shadowRootOf(el).activeElement;
    if (!el || /^(body|html)$/.test(localName(el))) return null;
    if (!isFrame(el)) return el;
    doc = innerDocument(el);
  }
  return null;
}

const commanded = (event) => event.ctrlKey || event.altKey || event.metaKey;
const isKept = (el) => Boolean(el) && isField(el) && isSecret(el, WINDOW.secrets) && !WINDOW.known;

/** Whether the key changes what is written in a field (a name of one letter, of whatever planes), or moves in it. */
const edits = (event) => (event.key.length <= 2 && !commanded(event)) || (EDITS.test(event.key) && !commanded(event));

/** Whether the key goes on with a burst that has its look. */
const goesOn = (event, el) => el !== null && typing.burst === el && edits(event) && event.timeStamp - typing.since < PAUSE_MS;

function onKey(event) {
  if (!event.isTrusted) return;
  typing.down.add(event.code);
  if (MODIFIERS.test(event.key) || UNSAID.test(event.key) || event.isComposing) return;
  pointer.wheel = null;
  pointer.last = null;
  const el = keyed();
  const more = goesOn(event, el);
  const seen = more ? null : lookNow();
  const changes = edits(event) && (!EDITS.test(event.key) || CHANGING.test(event.key));
  typing.burst = more || (changes && writable(el)) ? el : null;
  typing.since = event.timeStamp;
  const hidden = isKept(el) && edits(event);
  const select = selectOf(el);
  say('key', event, {
    key: hidden ? null : event.key, mods: modifiersOf(event), seen, goes_on: more, repeat: event.repeat,
    drawn: Boolean(select) && !select.multiple && !(select.size > 1) && !matches(select, ':disabled'),
  });
  if (commanded(event) || /^F\d/.test(event.key)) {
    const number = told;
    setTimeout(() => say('unhandled', null, { of: number, prevented: event.defaultPrevented }), 0);
  }
}

function onKeyUp(event) {
  if (!event.isTrusted) return;
  typing.down.delete(event.code);
  typing.up = event.timeStamp;
}

const writable = (el) => Boolean(el) && (isEditable(el) || localName(el) === 'textarea'
  || (localName(el) === 'input' && !/^(button|checkbox|radio|submit|reset|file|image|hidden|range|color)$/.test(inputType(el))));

/** Text that came by no key: pasted or cut by a menu, dropped, put right, chosen from suggestions. */
function onBeforeInput(event) {
  if (!event.isTrusted || event.isComposing || /Composition/.test(event.inputType)) return;
  if (typing.down.size || event.timeStamp - typing.up < KEY_MS || typing.composing) return;
  const el = keyed();
  const seen = lookNow();
  typing.burst = writable(el) ? el : null;
  typing.since = event.timeStamp;
  const plain = event.inputType === 'insertText' || event.inputType === 'insertFromPaste' || event.inputType === 'insertLineBreak';
  typing.whole = plain ? null : { seen, el };
  if (!plain) return;
  const text = event.inputType === 'insertLineBreak' ? '\n' : event.data ?? event.dataTransfer?.getData('text/plain') ?? '';
  say('text', event, { text: isKept(el) ? null : text.slice(0, MOST), seen, goes_on: false, whole: false });
}

/** What took the place of a field's text (a suggestion, a drop, cut or undone by a menu) is known when it is there. */
function sayWhole(event, el) {
  const { whole } = typing;
  typing.whole = null;
  if (!whole || whole.el !== el) return;
  const value = String(el.value ?? el.innerText ?? '');
  say('text', event, { text: isKept(el) ? null : value.slice(0, MOST), seen: whole.seen, goes_on: false, whole: true });
}

function onCompose(event) {
  if (!event.isTrusted) return;
  const el = keyed();
  const more = el !== null && typing.burst === el;
  typing.composing = { seen: more ? null : lookNow(), more, el };
}

function onComposed(event) {
  if (!event.isTrusted || !typing.composing) return;
  const { seen, more, el } = typing.composing;
  typing.composing = null;
  if (!event.data) return;
  typing.burst = writable(el) ? el : null;
  typing.since = event.timeStamp;
  say('text', event, { text: isKept(el) ? null : event.data.slice(0, MOST), seen, goes_on: more, whole: false });
}

/** A secret field's value goes to the recorder's memory, so that its echoes are known; no key of it does. */
function onInput(event) {
  if (!event.isTrusted) return;
  const el = innermost(event);
  if (el) sayWhole(event, el);
  if (el && isField(el) && isSecret(el, WINDOW.secrets)) say('secret', event, { id: nameOfElement(el), value: String(el.value ?? el.textContent ?? '') });
}

function onChange(event) {
  if (!event.isTrusted) return;
  const el = innermost(event);
  if (!el) return;
  if (localName(el) === 'select') {
    const values = Array.from(el.selectedOptions, (option) => tidy(option.label)).slice(0, 1000);
    say('chosen', event, { id: nameOfElement(el), values, secret: isSecret(el, WINDOW.secrets) });
  } else if (inputType(el) === 'file') {
    say('files', event, { id: nameOfElement(el), values: Array.from(el.files ?? [], (file) => file.name).slice(0, 1000) });
  } else if (VALUED.test(inputType(el)) && typing.burst !== el && typing.since < event.timeStamp - PAUSE_MS) {
    say('value', event, { id: nameOfElement(el), value: isKept(el) ? null : el.value, type: inputType(el) });
  }
}
