/* What a picture of the page cannot show, drawn by us over the canvas: this file opens, places and closes the widgets. */

/**
 * The widgets now open, by the id of what the page asks or offers.
 * `to`: `answer(id, value)` sends a person's choice, `done()` gives the keys back to the page, `view` is the live view.
 */
class Widgets {
  constructor(stage, to) {
    this.stage = stage;
    this.to = to;
    this.open = new Map();
    this.watching = false;
  }

  /** Show what a message of the server asks for or offers. */
  show(message) {
    const make = MAKERS[message.type];
    this.close(message.id, false);
    const reply = (value) => {
      this.to.answer(message.id, value);
      this.close(message.id, true);
    };
    this.put(message.id, make(message, reply, this.to.view));
  }

  /** Show a widget: `{element, focus, place, keys}`; without `focus` the keys stay with the page. */
  put(id, widget) {
    this.open.set(id, widget);
    widget.element.inert = this.watching;
    widget.element.style.colorScheme = isDark(this.stage) ? "dark" : "light";
    this.stage.append(widget.element);
    if (widget.place) widget.place(this.to.view.screen);
    if (widget.focus && !this.watching) widget.focus.focus({ preventScroll: true });
    if (widget.shown) widget.shown();
  }

  /** Take a widget away; the keys go back to the page when it was the last that had them. */
  close(id, refocus) {
    const widget = this.open.get(id);
    if (!widget) return;
    this.open.delete(id);
    widget.element.remove();
    const held = [...this.open.values()].some((other) => other.focus);
    if (refocus && widget.focus && !held && !this.watching) this.to.done();
  }

  clear() {
    for (const id of [...this.open.keys()]) this.close(id, false);
  }

  /** Who only watches sees the widgets and cannot use them. */
  watch(watching) {
    this.watching = watching;
    for (const { element } of this.open.values()) element.inert = watching;
  }

  /** The stage has another size. */
  place() {
    for (const widget of this.open.values()) if (widget.place) widget.place(this.to.view.screen);
  }

  /** Whether a key that was meant for the page is for a list under its field. */
  takes(event) {
    return [...this.open.values()].some((widget) => widget.keys && widget.keys(event));
  }
}

/** Keys inside a widget are neither the page's nor Streamlit's; the view's own chords are heard before. */
function ownKeys(handlers) {
  return (event) => {
    event.stopPropagation();
    if (event.isComposing) return;
    const run = handlers[event.key];
    if (!run || run(event) === false) return;
    event.preventDefault();
  };
}

function stop(event) {
  event.stopPropagation();
}

/** Tab stays within a box that must be answered. */
function stayWithin(box) {
  return (event) => {
    const inside = [...box.querySelectorAll("button, input, textarea, [tabindex='0']")].filter(
      (element) => !element.disabled && element.offsetParent !== null,
    );
    const [first, last] = [inside[0], inside[inside.length - 1]];
    const now = box.getRootNode().activeElement;
    if (event.shiftKey ? now !== first : now !== last) return false;
    (event.shiftKey ? last : first).focus();
    return true;
  };
}

/** A box in the middle of the stage that has to be answered. `escape` is what Escape does. */
function sheet({ title, said = "", role = "dialog", escape }, ...children) {
  const box = h("div", { class: "sheet", role, "aria-modal": "true", "aria-label": said ? `${title}: ${said}` : title });
  box.append(h("h2", {}, title), ...flat(children));
  box.addEventListener("keydown", ownKeys({ Escape: escape, Tab: stayWithin(box) }));
  box.addEventListener("keyup", stop);
  return h("div", { class: "veil" }, box);
}

/** A form's two buttons. */
function buttons(yes, no, cancel) {
  const ok = h("button", { class: "pri", type: "submit" }, yes);
  const other = no && h("button", { type: "button", onclick: cancel }, no);
  return { ok, row: h("div", { class: "row" }, ok, other) };
}

function form(submit, ...children) {
  const send = (event) => {
    event.preventDefault();
    submit();
  };
  return h("form", { onsubmit: send, class: "stack" }, ...children);
}

/** A veil that nothing is seen of: a press beside the widget runs `away`. */
function clearVeil(away, ...children) {
  const veil = h(
    "div",
    {
      class: "veil clear",
      onpointerdown: (event) => event.target === veil && (event.preventDefault(), away()),
      oncontextmenu: (event) => event.preventDefault(),
    },
    ...children,
  );
  return veil;
}

/** Under the field's box, or above it where there is more room; never outside the stage. */
function placeUnder(element, box, screen, most = 360) {
  const { scale, viewport } = screen;
  const at = box || { x: viewport.width / 3, y: viewport.height / 3, width: 0, height: 0 };
  const top = Math.max(0, Math.min(at.y, viewport.height));
  const bottom = Math.max(0, Math.min(at.y + at.height, viewport.height));
  const below = viewport.height - bottom;
  const up = below * scale < 220 && top > below;
  const room = (up ? top : below) * scale - 10;
  element.style.minWidth = `${Math.max(140, Math.min(at.width, viewport.width) * scale)}px`;
  element.style.maxHeight = `${Math.max(90, Math.min(most, room))}px`;
  element.style.top = up ? "auto" : `${bottom * scale + 2}px`;
  element.style.bottom = up ? `${(viewport.height - top) * scale + 2}px` : "auto";
  element.style.left = "0";
  const most_left = viewport.width * scale - element.offsetWidth - 2;
  element.style.left = `${Math.max(0, Math.min(at.x * scale, most_left))}px`;
}

const DIALOG_TITLES = {
  alert: "The page says",
  confirm: "The page asks",
  prompt: "The page asks",
  beforeunload: "Leave this page?",
};

/** alert, confirm, prompt, and the page's question before it is left. */
function dialogBox(message, reply) {
  const { kind } = message;
  const leaving = kind === "beforeunload";
  const input =
    kind === "prompt" &&
    h("input", { class: "wide", name: "answer", value: message.default || "", autocomplete: "off" });
  if (input) input.setAttribute("aria-label", message.message || "Answer");
  const { ok, row } = buttons(leaving ? "Leave" : "OK", kind !== "alert" && (leaving ? "Stay" : "Cancel"), () => reply(false));
  const said = message.message || (leaving ? "What you changed on it may not be saved." : "");
  const title = DIALOG_TITLES[kind] || "The page asks";
  const element = sheet(
    { title, said, role: "alertdialog", escape: () => reply(kind === "alert") },
    form(() => reply(input ? input.value : true), h("p", { class: "said" }, said), input, row),
  );
  return { element, focus: input || ok };
}

/** A site that asks for name and password by itself. Neither is kept. */
function loginBox(message, reply) {
  const name = h("input", { class: "wide", name: "name", autocomplete: "off", "aria-label": "Name" });
  const password = h("input", { class: "wide", type: "password", autocomplete: "off", "aria-label": "Password" });
  const { ok, row } = buttons("Sign in", "Cancel", () => reply(null));
  const said = [
    message.again && "That was not accepted.",
    `${message.site} asks for a name and a password${message.realm ? ` for “${message.realm}”` : ""}.`,
  ];
  const element = sheet(
    { title: "Sign in", said: said.filter(Boolean).join(" "), escape: () => reply(null) },
    form(
      () => (ok.disabled = true) && reply([name.value, password.value]),
      h("p", { class: "said" }, said.filter(Boolean).join(" ")),
      h("label", { class: "stack" }, "Name", name),
      h("label", { class: "stack" }, "Password", password),
      h("p", { class: "dim" }, "Neither is written down: the recording says only that you signed in."),
      row,
    ),
  );
  return { element, focus: name };
}
