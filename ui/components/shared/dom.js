/* Small DOM helpers every component of ours begins with. Text is set as text, never parsed as HTML. */

/**
 * Make an element. Properties beginning with "on" are listeners, "class", "style" (an object), "data" (an object) and
 * "aria-*" / "role" do what they say, null and false are left out; everything else is set as attribute.
 * @param {string} tag
 * @param {Object<string, any>} [props]
 * @param {...(Node|string|number|null|undefined|false|Array)} children
 * @returns {HTMLElement}
 */
function h(tag, props, ...children) {
  const element = document.createElement(tag);
  for (const [key, value] of Object.entries(props || {})) setProp(element, key, value);
  element.append(...flat(children));
  return element;
}

/** The same for SVG. */
function svg(tag, props, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [key, value] of Object.entries(props || {})) setProp(element, key, value);
  element.append(...flat(children));
  return element;
}

function setProp(element, key, value) {
  if (value === null || value === undefined || value === false) return;
  if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
  else if (key === "style") for (const [name, v] of Object.entries(value)) element.style.setProperty(name, v);
  else if (key === "data") Object.assign(element.dataset, value);
  else if (key === "value" && "value" in element) element.value = value;
  else element.setAttribute(key, value === true ? "" : String(value));
}

function flat(children) {
  return children.flat(3).filter((c) => c !== null && c !== undefined && c !== false && c !== "");
}

/** Replace what stands in an element. */
function fill(element, ...children) {
  element.replaceChildren(...flat(children));
  return element;
}

/** Whether a keyboard event goes into something one types in (looks through shadow roots). */
function isTyping(event) {
  const target = event.composedPath()[0];
  if (!(target instanceof Element)) return false;
  if (target.isContentEditable || target.tagName === "TEXTAREA" || target.tagName === "SELECT") return true;
  if (target.tagName !== "INPUT") return false;
  return !["button", "checkbox", "radio", "submit", "reset", "range"].includes(target.type);
}

/** A short text that says how long: "0:41", "12:05". @param {number} seconds */
function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** At most `limit` characters, the end marked. */
function shorten(text, limit) {
  return text.length > limit ? text.slice(0, limit - 1).trimEnd() + "…" : text;
}

/** An id nobody else has; names a gesture so that sending it twice does it once. */
function freshId() {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
}

/**
 * Tabs by roles, arrows move between them.
 * @param {string} label accessible name of the list
 * @param {{id: string, text: string}[]} tabs
 * @param {string} current
 * @param {(id: string, focus: boolean) => void} choose draws the tab; `focus` asks to put the focus on it again
 */
function tabList(label, tabs, current, choose) {
  const move = (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    const at = tabs.findIndex((t) => t.id === current);
    choose(tabs[(at + step + tabs.length) % tabs.length].id, true);
  };
  return h(
    "div",
    { class: "tabs", role: "tablist", "aria-label": label, onkeydown: move },
    tabs.map((t) =>
      h(
        "button",
        {
          role: "tab",
          type: "button",
          "aria-selected": String(t.id === current),
          tabindex: t.id === current ? 0 : -1,
          data: { tab: t.id },
          onclick: () => choose(t.id, true),
        },
        t.text,
      ),
    ),
  );
}

/** How an episode stands: the kind of its chip, and the word on it. */
const STATUS = {
  running: ["warn", "● running"],
  interrupted: ["warn", "‖ interrupted"],
  success: ["ok", "✓ done"],
  failed: ["bad", "✕ failed"],
  unsure: ["warn", "? unsure"],
  error: ["bad", "✕ error"],
  stopped: ["warn", "■ stopped"],
};

/** A press of the mouse inside an element leaves the keyboard to the screen: arrows go on meaning what they mean there. */
function leaveKeys(element) {
  element.addEventListener("mousedown", (event) => {
    event.preventDefault();
    element.getRootNode().activeElement?.blur();
  });
}

/** Whether the theme around an element is a dark one. */
function isDark(element) {
  const probe = getComputedStyle(element).getPropertyValue("--st-background-color").trim();
  const hex = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})/i.exec(probe);
  if (!hex) return matchMedia("(prefers-color-scheme: dark)").matches;
  const [r, g, b] = hex.slice(1).map((pair) => parseInt(pair, 16));
  return 0.299 * r + 0.587 * g + 0.114 * b < 128;
}

/**
 * The colour of a policy by its name, as ui/theme.py gives it out.
 * @param {{palette: [string, string][], fixed: Object<string, number>}} colours
 */
function policyColour(colours, name, dark) {
  const { palette, fixed } = colours;
  const slot = Object.hasOwn(fixed, name) ? fixed[name] : 1 + (fnv1a(name) % (palette.length - 1));
  return palette[slot][dark ? 1 : 0];
}

function fnv1a(text) {
  let value = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) value = Math.imul(value ^ byte, 0x01000193) >>> 0;
  return value;
}

/**
 * The component without a word to Python from another address. Back changes the address first: told then, Streamlit would
 * run the page that is being left, under the address of the other.
 */
const staying = (component, path) => {
  const tells = (name) => (...said) => location.pathname === path && component[name](...said);
  return { ...component, setStateValue: tells("setStateValue"), setTriggerValue: tells("setTriggerValue") };
};

/**
 * What a component exports: called on mounting and whenever data change, it returns what to do on leaving. One `Kind`
 * (made of the parent element, with `update(component)` and `close()`) lives in each place of the page.
 * @param {new (parent: HTMLElement) => any} Kind
 */
function mounting(Kind) {
  const mounted = new WeakMap();
  joinEntries();
  return (component) => {
    const { parentElement } = component;
    let one = mounted.get(parentElement);
    if (!one) mounted.set(parentElement, (one = { kind: new Kind(parentElement), path: location.pathname }));
    one.kind.update(staying(component, one.path));
    return () => {
      one.kind.close();
      mounted.delete(parentElement);
    };
  };
}
