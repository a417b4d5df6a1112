/* How the replay screen is laid out: heading, tabs and cards. What they show is drawn elsewhere. */

const TABS = {
  left: { label: "Outline", frames: "Frames", steps: "Steps" },
  middle: { label: "Page", before: "Before", after: "After", diff: "Diff" },
  right: { label: "Step", decision: "Decision", prompt: "Prompt", observation: "Observation", notes: "Notes" },
};

/** Characters of an objective that two lines of a window of 1,280 px may not hold, and that two lines of any window hold. */
const LONG = 130;
const TWO_LINES = 1000;
/** Of the whole one so many are laid out: files from elsewhere have some of megabytes. */
const WHOLE = 20_000;
/** Of a chip. */
const CHIP = 200;

/** The objective and how much was done for it. */
function headline({ episode, n, columns }) {
  const spent = n ? columns.ended[n - 1] : 0;
  const said = episode.objective || "No objective";
  const objective = h("h1", { title: shorten(said, TWO_LINES) }, shorten(said, TWO_LINES));
  const unfold = ({ currentTarget }) => {
    const whole = objective.classList.toggle("whole");
    objective.textContent = shorten(said, whole ? WHOLE : TWO_LINES);
    currentTarget.setAttribute("aria-expanded", String(whole));
    currentTarget.textContent = whole ? "less" : "more";
  };
  const props = { type: "button", class: "plain dim", "aria-label": "Whole objective", "aria-expanded": "false", onclick: unfold };
  return [
    objective,
    said.length > LONG ? h("button", props, "more") : null,
    h("span", { class: "dim nowrap" }, [count(n, "step"), spent > 0 && duration(spent)].filter(Boolean).join(" · ")),
  ];
}

/** How it ended, what the task was and who did it. */
function about(recording, data) {
  const { episode } = recording;
  const [kind, word] = STATUS[episode.status] || ["", episode.status];
  const chip = (text, kind_ = "") => text && h("span", { class: `chip ${kind_}`, title: shorten(text, CHIP) }, shorten(text, CHIP));
  const task = [episode.task || episode.site, episode.seed !== null && `seed ${episode.seed}`]
    .filter(Boolean)
    .join(" · ");
  const who =
    episode.actor === "human"
      ? `by ${episode.author || "a person"}`
      : [episode.model, episode.prompt_set && episode.prompt_set.slice(0, 8)].filter(Boolean).join(" · ");
  return [
    chip([word, shorten(recording.ending, 40)].filter(Boolean).join(" · "), kind),
    chip(task),
    chip(who),
    chip(data.label_ref && `labels ${shorten(data.label_ref, 24)}`),
  ];
}

/** Why the evaluator says so, where it is not simply all done. */
function verdictLine(recording) {
  const { rule } = recording.episode.rewards || {};
  const whole = rule === undefined || rule === null || rule >= 1;
  if (whole && (recording.episode.status === "success" || !recording.verdict)) return null;
  const given = whole ? "" : ` gave ${rule.toFixed(2)} of 1`;
  return [h("b", {}, `Evaluator${given}`), recording.verdict && `: ${recording.verdict}`];
}

/** Buttons at the right end of the heading; a page of its own has only those that need no other screen. */
function headButtons(app) {
  const { episode, source } = app.data;
  const link = (page, name, text) =>
    h("a", { class: "button", href: `${page}?${new URLSearchParams({ [name]: episode })}` }, text);
  return [
    source ? null : link("compare", "a", "Compare"),
    source ? null : link("transfer", "episode", "Share"),
    h("button", { type: "button", onclick: () => app.copyLink() }, "Copy link ", h("kbd", {}, "l")),
    h("button", { type: "button", "aria-label": "Keys", onclick: () => app.showKeys() }, h("kbd", {}, "?")),
  ];
}

/** Where to go on where an episode cannot be shown. @param {App} app @returns {HTMLElement[]} */
function otherWays({ data }) {
  if (data.source) return [];
  const link = (href, text) => h("a", { class: "button", href }, text);
  const plain = `replay?${new URLSearchParams({ episode: data.episode })}`;
  return [data.label_ref ? link(plain, "Without these labels") : null, link("episodes", "All episodes")];
}

/** Where failure begins, or how many signals and problems there are, in the window if there is one; a press leads there. */
function problemButton(app) {
  const { findings } = app.recording;
  const stops = findings.within(app.window.span());
  const narrowed = app.window.brush && stops.length < findings.stops.length;
  const begins = app.window.holds(findings.begins) && findings.headline();
  if (narrowed && !stops.length) {
    const rest = count(findings.stops.length, "place");
    return h("span", { class: "dim" }, `nothing to look at in these steps; ${rest} elsewhere`);
  }
  if (!begins && !stops.length) return null;
  const first = begins || (stops.length === 1 ? `${stops[0].what} at step ${stops[0].place + 1}` : several(stops, narrowed));
  const props = { type: "button", class: "plain signal", data: { act: "first" }, onclick: () => app.toFailure() };
  return h("button", props, `● ${first} `, h("kbd", {}, "f"));
}

function several(stops, narrowed) {
  const where = narrowed ? " in these steps" : "";
  return `${stops.length} places to look at${where}, the first at step ${stops[0].place + 1} (${stops[0].what})`;
}

/** The timeline under its own heading. */
function stackCard(app) {
  const top = [h("b", {}, "Stack"), app.tabs.axis, h("span", { class: "sp" }), app.replayed, app.signal];
  const head = h("div", { class: "row stackhead" }, top);
  return h("section", { class: "card stack", "aria-label": "Stack over time" }, head, app.timeline.element);
}

function searchButton(app) {
  if (!app.source.feed.search) return null;
  const props = { type: "button", class: "plain", "aria-label": "Search", title: "Search (/)", onclick: () => app.search.open() };
  return h("button", props, h("kbd", {}, "/"));
}

/** Outline, page and step beside each other. */
function columnCards(app) {
  const card = (name, at, body, extra = null) => {
    const head = h("div", { class: "tabrow" }, app.tabs[at], extra);
    return h("section", { class: `card column ${name}`, "aria-label": name }, head, body);
  };
  return h(
    "div",
    { class: "columns" },
    card("outline", "left", [app.search.element, app.outline.element], [app.foldAll, searchButton(app)]),
    card("page", "middle", app.stage.element, [app.player.element, app.number]),
    card("step", "right", app.reading.element),
  );
}

/** One row of tabs; the focus stays on it when it is drawn again. */
function drawTabs(app, at, current, choose) {
  const { label, ...names } = TABS[at];
  const tabs = Object.entries(names).map(([id, text]) => ({ id, text }));
  const focused = app.tabs[at].contains(app.root.getRootNode().activeElement);
  fill(app.tabs[at], tabList(label, tabs, current, choose));
  if (focused) app.tabs[at].querySelector("[aria-selected=true]").focus();
}

/** What the timeline's x is; what the episode has no figures for cannot be chosen. */
function drawAxes(app) {
  const focused = app.root.getRootNode().activeElement?.dataset.axis;
  const button = (name) => {
    const known = app.recording.has(name);
    const props = {
      type: "button",
      class: "plain",
      data: { axis: name },
      "aria-pressed": String(app.timeline.axisName === name),
      disabled: !known,
      title: known ? null : `This episode has no ${name}`,
      onclick: () => app.setAxis(name),
    };
    return h("button", props, name);
  };
  fill(app.tabs.axis, h("span", { class: "dim" }, "x:"), AXES.map(button));
  if (focused) app.tabs.axis.querySelector(`[data-axis=${focused}]`).focus();
}
