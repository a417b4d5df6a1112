/* What a picture of the page cannot show, drawn by us over the canvas: select lists, dialogs and file choosers. */

const MOST_BYTES = 10 * 1024 * 1024;

/**
 * The widgets now open, by the id of what the page waits for. `answer(id, value)` sends a person's choice.
 */
class Widgets {
  constructor(stage, answer, done) {
    this.stage = stage;
    this.answer = answer;
    this.done = done;
    this.open = new Map();
  }

  /** Show what a `dialog`, `select` or `chooser` message asks for. */
  show(message, screen) {
    this.close(message.id, false);
    const reply = (value) => {
      this.answer(message.id, value);
      this.close(message.id, true);
    };
    const make = { dialog: dialogBox, select: selectList, chooser: fileBox }[message.type];
    const { element, focus } = make(message, reply, screen);
    this.open.set(message.id, element);
    this.stage.append(element);
    focus.focus();
  }

  /** Take a widget away; the keys go back to the page when it was the last. */
  close(id, refocus) {
    const element = this.open.get(id);
    if (!element) return;
    this.open.delete(id);
    element.remove();
    if (refocus && !this.open.size) this.done();
  }

  clear() {
    for (const id of [...this.open.keys()]) this.close(id, false);
  }
}

/** Keys inside a widget are neither the page's nor Streamlit's. */
function ownKeys(handlers) {
  return (event) => {
    event.stopPropagation();
    const run = handlers[event.key];
    if (!run) return;
    event.preventDefault();
    run(event);
  };
}

const DIALOG_TITLES = {
  alert: "The page says",
  confirm: "The page asks",
  prompt: "The page asks",
  beforeunload: "Leave this page?",
};

function dialogBox(message, reply) {
  const { kind } = message;
  const isPrompt = kind === "prompt";
  const input =
    isPrompt &&
    h("input", {
      class: "wide",
      name: "answer",
      value: message.default || "",
      "aria-label": message.message || "Answer",
      autocomplete: "off",
    });
  const yes = () => reply(isPrompt ? input.value : true);
  const ok = h("button", { class: "pri", type: "submit" }, kind === "beforeunload" ? "Leave" : "OK");
  const no =
    kind !== "alert" &&
    h("button", { type: "button", onclick: () => reply(false) }, kind === "beforeunload" ? "Stay" : "Cancel");
  const submit = (event) => {
    event.preventDefault();
    yes();
  };
  const text = message.message || (kind === "beforeunload" ? "Changes you made may not be saved." : "");
  const form = h(
    "form",
    { onsubmit: submit, class: "stack" },
    h("p", { class: "said" }, text),
    input,
    h("div", { class: "row" }, ok, no),
  );
  const escape = ownKeys({ Escape: () => reply(kind === "alert") });
  const title = DIALOG_TITLES[kind] || "The page asks";
  const box = h(
    "div",
    {
      class: "sheet",
      role: "alertdialog",
      "aria-modal": "true",
      "aria-label": `${title}: ${text}`,
      onkeydown: escape,
      onkeyup: stop,
    },
    h("h2", {}, title),
    form,
  );
  return { element: h("div", { class: "veil" }, box), focus: input || ok };
}

function stop(event) {
  event.stopPropagation();
}

function fileBox(message, reply) {
  const said = h("div", { class: "warn", role: "alert" });
  const input = h("input", { type: "file", multiple: message.multiple, "aria-label": "Files for the page" });
  const ok = h("button", { class: "pri", type: "submit", disabled: true }, "Give to the page");
  const check = () => {
    const size = [...input.files].reduce((sum, file) => sum + file.size, 0);
    fill(
      said,
      size > MOST_BYTES &&
        `These files are ${(size / 1048576).toFixed(1)} MB together; at most 10 MB can be given. Choose smaller ones.`,
    );
    ok.disabled = !input.files.length || size > MOST_BYTES;
  };
  input.addEventListener("change", check);
  const submit = async (event) => {
    event.preventDefault();
    ok.disabled = true;
    reply(await Promise.all([...input.files].map(encoded)));
  };
  const cancel = h("button", { type: "button", onclick: () => reply(null) }, "Cancel");
  const form = h("form", { onsubmit: submit, class: "stack" }, input, said, h("div", { class: "row" }, ok, cancel));
  const escape = ownKeys({ Escape: () => reply(null) });
  const title = message.name
    ? `Choose ${message.multiple ? "files" : "a file"} for ${message.name}`
    : "The page asks for a file";
  const box = h(
    "div",
    { class: "sheet", role: "dialog", "aria-modal": "true", "aria-label": title, onkeydown: escape, onkeyup: stop },
    h("h2", {}, title),
    form,
  );
  return { element: h("div", { class: "veil" }, box), focus: input };
}

function encoded(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onerror = () => reject(reader.error);
    reader.onload = () => resolve({ name: file.name, base64: reader.result.slice(reader.result.indexOf(",") + 1) });
    reader.readAsDataURL(file);
  });
}

/** A list under the page's own box; arrows, Home, End, letters, Enter and Escape as in any list. */
function selectList(message, reply, screen) {
  const chosen = new Set(message.options.filter((o) => o.selected).map((o) => o.index));
  const items = message.options.map((option) => optionItem(option, chosen.has(option.index)));
  const usable = items.filter((item, i) => !message.options[i].disabled);
  let at = Math.max(
    0,
    usable.findIndex((item) => item.getAttribute("aria-selected") === "true"),
  );
  const list = h("div", {
    class: "options",
    role: "listbox",
    tabindex: 0,
    "aria-label": message.name || "Options",
    "aria-multiselectable": message.multiple ? "true" : null,
  });
  const show = () => {
    for (const item of items) item.classList.toggle("at", item === usable[at]);
    if (!usable[at]) return;
    list.setAttribute("aria-activedescendant", usable[at].id);
    usable[at].scrollIntoView({ block: "nearest" });
  };
  const go = (to) => {
    at = Math.max(0, Math.min(usable.length - 1, to));
    show();
  };
  const pick = (item) => {
    const index = Number(item.dataset.index);
    if (!message.multiple) return reply([index]);
    if (!chosen.delete(index)) chosen.add(index);
    item.setAttribute("aria-selected", String(chosen.has(index)));
    return undefined;
  };
  for (const item of usable) item.addEventListener("click", () => pick(item));
  list.append(...grouped(message.options, items));
  const done =
    message.multiple &&
    h("button", { class: "pri", type: "button", onclick: () => reply([...chosen].sort((a, b) => a - b)) }, "Done");
  const element = h(
    "div",
    { class: "veil clear", onpointerdown: (e) => e.target === element && reply(null) },
    h("div", { class: "select" }, list, done),
  );
  list.addEventListener(
    "keydown",
    selectKeys({ go, pick, reply, usable, now: () => at, multiple: message.multiple, chosen }),
  );
  element.addEventListener("keyup", stop);
  placeUnder(element.firstChild, message.box, screen);
  queueMicrotask(show);
  return { element, focus: list };
}

let optionIds = 0;

function optionItem(option, selected) {
  return h(
    "div",
    {
      class: "option",
      role: "option",
      id: `ss-option-${++optionIds}`,
      "aria-selected": String(selected),
      "aria-disabled": option.disabled ? "true" : null,
      data: { index: option.index },
    },
    option.text || "\u00a0",
  );
}

/** Options under the headings of their groups. */
function grouped(options, items) {
  const out = [];
  let group = null;
  options.forEach((option, i) => {
    if (option.group !== group && option.group)
      out.push(h("div", { class: "group", role: "presentation" }, option.group));
    group = option.group;
    out.push(items[i]);
  });
  return out;
}

function selectKeys({ go, pick, reply, usable, now, multiple, chosen }) {
  const page = 8;
  const named = ownKeys({
    ArrowDown: () => go(now() + 1),
    ArrowUp: () => go(now() - 1),
    PageDown: () => go(now() + page),
    PageUp: () => go(now() - page),
    Home: () => go(0),
    End: () => go(usable.length - 1),
    Enter: () => (multiple ? reply([...chosen].sort((a, b) => a - b)) : usable[now()] && pick(usable[now()])),
    " ": () => usable[now()] && pick(usable[now()]),
    Escape: () => reply(null),
    Tab: () => reply(null),
  });
  let typed = "";
  let timer = null;
  return (event) => {
    if (event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      typed += event.key.toLowerCase();
      clearTimeout(timer);
      timer = setTimeout(() => (typed = ""), 700);
      const found = usable.findIndex((item) => item.textContent.trim().toLowerCase().startsWith(typed));
      if (found >= 0) go(found);
    }
    named(event);
  };
}

/** Under the box, or above it where there is more room; never outside the stage. */
function placeUnder(element, box, screen) {
  const { scale, viewport } = screen;
  const below = viewport.height - box.y - box.height;
  const up = below < 180 && box.y > below;
  const room = (up ? box.y : below) * scale - 8;
  element.style.left = `${Math.max(0, Math.min(box.x, viewport.width - 160)) * scale}px`;
  element.style.minWidth = `${Math.max(120, box.width * scale)}px`;
  element.style.maxHeight = `${Math.max(120, Math.min(360, room))}px`;
  if (up) element.style.bottom = `${(viewport.height - box.y) * scale + 2}px`;
  else element.style.top = `${(box.y + box.height) * scale + 2}px`;
}
