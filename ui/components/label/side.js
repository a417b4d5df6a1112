/* The lists at the right: what waits for review and why, and the policies a call can be named by. */

function drawSide(view) {
  const { parts, side } = view;
  const choose = (id, focus) => {
    view.side = id;
    drawSide(view);
    if (focus) parts.side.querySelector('[aria-selected="true"]').focus();
  };
  const tabs = tabList(
    "Queue and policies",
    [
      { id: "queue", text: "Queue" },
      { id: "policies", text: "Policies" },
    ],
    side,
    choose,
  );
  fill(parts.side, tabs, side === "queue" ? queueList(view) : policyList(view));
}

const WHOSE = [
  ["all", "All"],
  ["mine", "Mine"],
  ["others", "Others’"],
  ["new", "New"],
  ["done", "Decided"],
];

/** Whether a line waits under a filter; what is decided waits for nobody. */
const waitsFor = (q, whose) => (whose === "all" ? q.whose !== "done" : q.whose === whose);

/** The queue with this demonstration's line as it is now; what is finished leaves it. */
function queueWith(state) {
  const left = state.segments.filter(waits).length;
  const worst = nextPending(state, null);
  const decided = state.finished ? `decided by ${state.author.name}` : "decided, not finished yet";
  const why = left ? [`${left} left`, worst.why].filter(Boolean).join(" · ") : decided;
  const now = (q) => {
    if (q.episode !== state.episode.id || isBlind(state) || isGold(state)) return q;
    return { ...q, left, whose: state.finished ? "done" : "mine", why };
  };
  return state.queue.map(now);
}

/** The lines that the filters let through. */
function queueShown(view) {
  const { queue } = view.state;
  return queue.filter((q) => waitsFor(q, view.whose) && (!view.site || q.site === view.site));
}

function queueFilters(view) {
  const { queue } = view.state;
  const sites = [...new Set(queue.map((q) => q.site).filter(Boolean))].sort();
  const choose = (whose) => () => {
    view.whose = whose;
    drawSide(view);
    view.parts.side.querySelector(`[data-whose="${whose}"]`).focus();
  };
  const count = (whose) => queue.filter((q) => waitsFor(q, whose)).length;
  const asked = queue.filter((q) => waitsFor(q, "all") && !q.to_review).length;
  const counted = `${view.state.to_review} to review${asked ? ` · ${asked} asked of you` : ""}`;
  const select = (event) => {
    view.site = event.target.value;
    drawSide(view);
    view.parts.side.querySelector("select").focus();
  };
  return h(
    "div",
    { class: "filters" },
    h("div", { class: "dim", title: "To review: nobody has decided all its calls yet; the same number stands on Home" }, counted),
    h(
      "div",
      { class: "row whose", role: "group", "aria-label": "Whose" },
      WHOSE.filter(([id]) => id === "all" || id === view.whose || count(id)).map(([id, text]) =>
        h(
          "button",
          { type: "button", class: "plain", "aria-pressed": String(view.whose === id), data: { whose: id }, onclick: choose(id) },
          `${text} ${count(id)}`,
        ),
      ),
    ),
    sites.length > 1 &&
      h(
        "select",
        { "aria-label": "Site or task", onchange: select },
        h("option", { value: "" }, "every site and task"),
        sites.map((site) => h("option", { value: site, selected: site === view.site }, site.replaceAll(":", " · "))),
      ),
  );
}

function queueList(view) {
  const { state } = view;
  if (!state.queue.length) return h("div", { class: "pad dim" }, "Nothing else waits for review.");
  const shown = queueShown(view);
  return h(
    "div",
    { class: "pad side-list" },
    queueFilters(view),
    shown.length
      ? h("div", { class: "list", role: "group", "aria-label": "Queue, most doubtful first" }, shown.map((q) => queueItem(view, q)))
      : h("div", { class: "dim" }, view.whose === "all" ? "Nothing waits for review." : "Nothing here. Choose “All”."),
  );
}

function queueItem(view, entry) {
  const here = entry.episode === view.state.episode.id;
  return h(
    "button",
    {
      type: "button",
      class: `item${here ? " here" : ""}`,
      "aria-current": here ? "true" : null,
      title: [entry.objective, entry.site.replaceAll(":", " · "), entry.why].filter(Boolean).join("\n"),
      onclick: () => view.act.open(entry),
    },
    h("span", {}, shorten(entry.objective, 60)),
    " ",
    h("span", { class: "dim" }, shorten(entry.why, 90)),
  );
}

/** Nothing is left to review: what one can do instead. */
function emptyInto(view, state) {
  const go = (text, where, primary) =>
    h("button", { type: "button", class: primary ? "pri" : null, onclick: () => view.leave(where) }, text);
  const done = state.queue;
  const some = done.length > 0;
  const text = some
    ? "Every demonstration is decided. Build prompts from them, or record another one."
    : "There is no demonstration with steps yet. Record one, and the rules propose its calls here.";
  fill(
    view.parts.banner,
    h(
      "div",
      { class: "card nothing" },
      h("h2", {}, "Nothing waits for review"),
      h("p", { class: "dim" }, text),
      h(
        "div",
        { class: "row" },
        some && go("Build prompts", "prompts", true),
        go("Record a demonstration", "record", !some),
      ),
      some &&
        h(
          "div",
          { class: "list", role: "group", "aria-label": "Decided demonstrations" },
          h("p", { class: "dim" }, "Look at one that is decided:"),
          done.slice(0, 12).map((q) =>
            h(
              "button",
              { type: "button", class: "item", onclick: () => view.load(q.episode) },
              h("span", {}, shorten(q.objective, 90)),
              h("span", { class: "dim" }, ` ${q.why}`),
            ),
          ),
        ),
    ),
  );
}

function policyList(view) {
  const list = h("div", { class: "list", role: "group", "aria-label": "Policies: a click relabels the selected call" });
  const refill = () =>
    fill(
      list,
      policiesFound(view).map((p) => policyItem(view, p)),
    );
  const type = (event) => {
    view.filter = event.target.value;
    refill();
  };
  const props = {
    name: "filter",
    class: "filter",
    type: "search",
    placeholder: "Find a policy",
    "aria-label": "Find a policy",
  };
  refill();
  return h("div", { class: "pad" }, h("input", { ...props, value: view.filter, oninput: type }), list);
}

/** Policies that match the filter, each with the key 1–9 of its place in the whole list. */
function policiesFound(view) {
  const wanted = view.filter.trim().toLowerCase();
  const keyed = view.state.policies.map((policy, i) => ({ ...policy, key: i < 9 ? String(i + 1) : null }));
  return keyed.filter((p) => !wanted || `${p.name} ${p.description}`.toLowerCase().includes(wanted));
}

function policyItem(view, policy) {
  const segment = segmentOf(view.state, view.selected);
  const here = segment && segment.policy === policy.name;
  const params = policy.params.map((a) => ` [${a.name}]`).join("");
  return h(
    "button",
    {
      type: "button",
      class: `item policy${here ? " here" : ""}`,
      title: policy.description,
      onclick: () => view.act.policy(policy.name),
    },
    h("i", { class: "swatch", style: { "--c": colorOf(view, policy.name) } }),
    h("span", {}, policy.name, h("span", { class: "dim" }, params)),
    policy.key && h("kbd", {}, policy.key),
  );
}
