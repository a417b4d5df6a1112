/* Around the canvas: the header with objective and Stop, the navigation bar with tabs, and the line below the page. */

function drawHeader(view) {
  const { parts, hello } = view;
  const { steps, state } = view;
  const live = state === "recording";
  const count = `${steps.size} ${steps.size === 1 ? "step" : "steps"}`;
  fill(
    parts.header,
    h(
      "span",
      { class: `dot${live ? "" : " off"}`, role: "img", "aria-label": live ? "Recording" : `State: ${state}` },
      "●",
    ),
    h("h1", { title: hello.objective }, hello.objective || "Recording"),
    state === "paused"
      ? h("span", { class: "chip warn", title: "Nothing is recorded", data: { part: "paused" } }, "Paused")
      : view.site && h("span", { class: "chip" }, view.site),
    h("span", { class: "chip", data: { part: "count" } }, count, " · ", view.parts.clock),
    view.role.views > 1 && h("span", { class: "chip", data: { part: "views" } }, `${view.role.views} views`),
    trail(view),
    h("span", { class: "sp" }),
    !view.role.driving && h("button", { type: "button", onclick: () => view.send({ type: "drive" }) }, "Take over"),
    !view.lent && pauseButton(view),
    h(
      "button",
      { class: "pri", type: "button", disabled: view.over, onclick: () => view.stop() },
      view.lent ? "Return " : "Stop and label ",
      h("kbd", {}, chordText(view.chords.stop)),
    ),
  );
}

/** The buttons of the navigation bar, made once so that a page that moves on takes no focus away. */
function tools(view) {
  const tool = (name, text, action) =>
    h(
      "button",
      {
        class: "plain tool",
        type: "button",
        "aria-label": name,
        title: name,
        onclick: () => view.send({ type: "nav", action, text: "" }),
      },
      text,
    );
  return {
    back: tool("Back", "‹", "back"),
    forward: tool("Forward", "›", "forward"),
    reload: tool("Reload", "⟳", "reload"),
    add: tool("New tab", "+", "new_tab"),
  };
}

const SIZES = ["1280×720", "1440×900", "1024×768", "768×1024", "390×844"];

/** Say the size the page has; one that is none of the usual ones, as a task's own, stands among them. */
function showSize(select, width, height) {
  const size = `${width}×${height}`;
  if (![...select.options].some((option) => option.value === size)) select.append(h("option", { value: size }, size));
  select.value = size;
}

/** The size of the page's viewport; a page can be recorded as a telephone shows it. */
function sizes(view) {
  const change = (event) => {
    const [width, height] = event.target.value.split("×").map(Number);
    view.send({ type: "resize", width, height });
    view.focusPage();
  };
  const title = "Size of the page in pixels";
  return h("select", { class: "size", "aria-label": title, title, onchange: change }, SIZES.map((size) => h("option", { value: size }, size)));
}

function drawBar(view) {
  const { parts, page } = view;
  const manyTabs = page.tabs.length > 1;
  parts.tools.back.disabled = !page.can_back;
  parts.tools.forward.disabled = !page.can_forward;
  parts.address.value = view.typedAddress === null ? page.url : view.typedAddress;
  parts.title.hidden = manyTabs || !page.title;
  parts.title.textContent = shorten(page.title, 28);
  parts.title.title = page.title;
  parts.bar.classList.toggle("loading", Boolean(page.loading));
  fill(parts.tabs, manyTabs && page.tabs.map((tab) => pageTab(view, tab)));
  const front = parts.tabs.querySelector(".on");
  if (front) front.scrollIntoView({ block: "nearest", inline: "nearest" });
}

function pageTab(view, tab) {
  const active = tab.index === view.page.active;
  const say = (action) => view.send({ type: "nav", action, text: String(tab.index) });
  const name = tab.title || tab.url || "new tab";
  return h(
    "span",
    { class: `pagetab${active ? " on" : ""}` },
    h(
      "button",
      {
        class: "plain name",
        type: "button",
        title: `${name}\n${tab.url}`,
        "aria-current": active ? "page" : null,
        onclick: () => say("tab"),
      },
      shorten(name, 80),
    ),
    h(
      "button",
      { class: "plain", type: "button", "aria-label": `Close tab ${name}`, onclick: () => say("close_tab") },
      "×",
    ),
  );
}

/** The address field: what is being typed is never overwritten by where the page goes meanwhile. */
function addressField(view) {
  const input = h("input", {
    class: "mono address",
    name: "address",
    type: "text",
    inputmode: "url",
    spellcheck: "false",
    autocomplete: "off",
    "aria-label": "Address",
  });
  input.addEventListener("focus", () => input.select());
  input.addEventListener("input", () => (view.typedAddress = input.value));
  input.addEventListener("blur", () => ((view.typedAddress = null), (input.value = view.page.url)));
  const leave = (event) => {
    event.stopPropagation();
    if (event.key !== "Escape") return;
    view.typedAddress = null;
    input.value = view.page.url;
    view.focusPage();
  };
  input.addEventListener("keydown", leave);
  const submit = (event) => {
    event.preventDefault();
    const text = input.value.trim();
    if (text && view.send({ type: "nav", action: "goto", text })) view.focusPage();
  };
  return { input, form: h("form", { class: "address-form", onsubmit: submit }, input) };
}

/** A message that stays until it is read or taken back; `actions` are [text, run]. */
function banner(view, kind, text, actions = []) {
  const button = ([label, run]) => h("button", { type: "button", onclick: run }, label);
  fill(
    view.parts.banner,
    h(
      "div",
      { class: `note row ${kind}`, role: "alert" },
      h("span", {}, text),
      h("span", { class: "sp" }),
      actions.map(button),
    ),
  );
}

function clearBanner(view) {
  fill(view.parts.banner);
}
