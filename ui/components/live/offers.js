/* What is offered while the page goes on: suggestions under a field, our context menu, and the two clipboards. */

/** A list under the field; the keys stay with the page, but for arrows, Escape, and Enter on what was gone to. */
function suggestionList(message, _, view) {
  const take = (value) => view.send({ type: "pick", id: message.id, value, frame: view.screen.shown });
  const items = message.options.map(({ value, label }, i) =>
    h(
      "div",
      { class: "option", role: "option", id: `${message.id}-${i}`, "aria-selected": "false", onclick: () => take(value) },
      value,
      label && label !== value && h("span", { class: "dim" }, ` ${label}`),
    ),
  );
  const list = h("div", { class: "options", role: "listbox", "aria-label": `Suggestions for ${message.name || "the field"}` });
  list.append(...items);
  const element = h("div", { class: "pop select", onpointerdown: (event) => event.preventDefault() }, list);
  let at = -1;
  const go = (to) => {
    at = (to + items.length + 1) % (items.length + 1);
    if (at === items.length) at = -1;
    items.forEach((item, i) => {
      item.classList.toggle("at", i === at);
      item.setAttribute("aria-selected", String(i === at));
    });
    view.parts.field.toggleAttribute("aria-activedescendant", false);
    if (at < 0) return true;
    view.parts.field.setAttribute("aria-activedescendant", items[at].id);
    items[at].scrollIntoView({ block: "nearest" });
    return true;
  };
  const hide = () => (element.remove(), true);
  const keys = (event) => {
    if (!element.isConnected || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return false;
    const runs = {
      ArrowDown: () => go(at + 1),
      ArrowUp: () => go(at < 0 ? items.length - 1 : at - 1),
      Escape: hide,
      Enter: () => at >= 0 && (take(message.options[at].value), true),
    };
    return Boolean(runs[event.key] && runs[event.key]());
  };
  return { element, focus: null, keys, place: (screen) => placeUnder(element, message.box, screen, 220) };
}

/** Our context menu, where the page has none of its own. */
function contextMenu(message, reply, view) {
  const { link, selection, editable } = message;
  const key = (letter) => () => pressKeys(view, letter, ["Control"]);
  const go = (action, text = "") => () => view.send({ type: "nav", action, text });
  const groups = [
    link && [
      ["Open link in new tab", go("new_tab", link)],
      ["Copy link address", () => copyLink(view, link)],
    ],
    [
      selection && editable && ["Cut", key("x")],
      selection && ["Copy", key("c")],
      editable && ["Paste", () => pasteFromHere(view)],
      ["Select all", key("a")],
    ],
    [
      ["Back", go("back"), !view.page.can_back],
      ["Forward", go("forward"), !view.page.can_forward],
      ["Reload", go("reload")],
    ],
  ];
  const menu = h("div", { class: "pop menu", role: "menu", "aria-label": "Menu for what was pressed" });
  const choose = (run) => () => {
    reply(null);
    run();
  };
  for (const group of groups.filter(Boolean)) {
    if (menu.firstChild) menu.append(h("div", { role: "separator" }));
    menu.append(...group.filter(Boolean).map((entry) => menuItem(entry, choose)));
  }
  const items = [...menu.querySelectorAll("button:not(:disabled)")];
  const move = (by) => {
    const at = items.indexOf(menu.getRootNode().activeElement);
    items[(at + by + items.length) % items.length].focus();
  };
  const runs = {
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    Home: () => items[0].focus(),
    End: () => items[items.length - 1].focus(),
    Escape: () => reply(null),
    Tab: () => reply(null),
  };
  menu.addEventListener("keydown", ownKeys(runs));
  menu.addEventListener("keyup", stop);
  return { element: clearVeil(() => reply(null), menu), focus: items[0], place: (screen) => placeAt(menu, message, screen) };
}

function menuItem([text, run, disabled], choose) {
  return h("button", { type: "button", role: "menuitem", tabindex: -1, disabled, onclick: choose(run) }, text);
}

/** With its corner where the pointer is, turned over where it would leave the stage. */
function placeAt(element, { x, y }, { scale, viewport }) {
  const [wide, high] = [viewport.width * scale, viewport.height * scale];
  const left = x * scale + element.offsetWidth > wide ? x * scale - element.offsetWidth : x * scale;
  const top = y * scale + element.offsetHeight > high ? y * scale - element.offsetHeight : y * scale;
  element.style.left = `${Math.max(0, Math.min(left, wide - element.offsetWidth))}px`;
  element.style.top = `${Math.max(0, Math.min(top, high - element.offsetHeight))}px`;
  element.style.maxHeight = `${high}px`;
}

/** A chord as keys of the page. */
function pressKeys(view, key, modifiers) {
  const code = `Key${key.toUpperCase()}`;
  for (const kind of ["down", "up"])
    view.send({ type: "key", kind, key, code, modifiers, frame: view.screen.shown });
}

function copyLink(view, link) {
  copyHere(view, link);
  view.send({ type: "missed", what: "copied a link's address from the menu: the page has no part in that" });
}

/** Text onto this computer's clipboard; where the browser does not let us, the person takes it from a box. */
async function copyHere(view, text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = h("textarea", { class: "field wide", rows: 4, readonly: true, "aria-label": "Text to copy" });
    area.value = text;
    const close = () => view.widgets.close("copy", true);
    const { row } = buttons("Close", null);
    const said = "This browser does not let us put text on your clipboard. Press Ctrl C to take it.";
    const element = sheet({ title: "Copy from the page", escape: close }, form(close, h("p", {}, said), area, row));
    view.widgets.close("copy", false);
    view.widgets.put("copy", { element, focus: area, shown: () => area.select() });
  }
}

/** This computer's clipboard into the page; where the browser does not let us read it, the person pastes into a box. */
async function pasteFromHere(view) {
  try {
    const text = await navigator.clipboard.readText();
    if (text) return pasteText(view, text);
    return banner(view, "", "There is no text on your clipboard.", [["OK", () => clearBanner(view)]]);
  } catch {
    const area = h("textarea", { class: "field wide", rows: 4, "aria-label": "Text to paste" });
    const close = () => view.widgets.close("paste", true);
    const give = () => {
      close();
      if (area.value) pasteText(view, area.value);
    };
    const { row } = buttons("Paste into the page", "Cancel", close);
    const said = "This browser does not let us read your clipboard. Paste here with Ctrl V.";
    const element = sheet({ title: "Paste into the page", escape: close }, form(give, h("p", {}, said), area, row));
    view.widgets.close("paste", false);
    return view.widgets.put("paste", { element, focus: area });
  }
}

function pasteText(view, text) {
  view.send({ type: "text", text: text.replace(/\r\n?/g, "\n"), paste: true, frame: view.screen.shown });
}

const MAKERS = {
  dialog: dialogBox,
  login: loginBox,
  select: selectList,
  chooser: fileBox,
  value: valueBox,
  datalist: suggestionList,
  menu: contextMenu,
};
