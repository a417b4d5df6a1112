/* The header, the page at the cursor, and the lists at the right: queue and policies. call.js has the card between. */

function drawHeader(view) {
  const { state, parts } = view;
  const focused = parts.header.contains(parts.root.getRootNode().activeElement)
    ? parts.root.getRootNode().activeElement.dataset.act
    : null;
  const { decided, total } = progressOf(state);
  const { site, number } = state.episode;
  const from = [site, number && `demonstration ${number}`].filter(Boolean).join(" · ");
  const counted = total ? `${decided} of ${total} calls decided` : "no calls yet";
  fill(
    parts.header,
    h("h1", { title: state.episode.objective }, state.episode.objective),
    from && h("span", { class: "chip" }, from),
    h("span", { class: `chip${total && decided === total ? " ok" : ""}`, data: { part: "decided" } }, counted),
    view.check.summary(),
    h("span", { class: "sp" }),
    !view.line.idle && h("span", { class: "dim", role: "status" }, view.line.failed ? "not saved" : "saving …"),
    h("button", { type: "button", onclick: () => view.act.name() }, `as ${state.author.name}`),
    h(
      "button",
      { type: "button", disabled: !state.can_undo, title: state.undo_text || "", onclick: () => view.act.undo() },
      "Undo ",
      h("kbd", {}, "U"),
    ),
    finishButton(view, decided, total),
  );
  if (focused) parts.header.querySelector(`[data-act="${focused}"]`)?.focus();
}

function finishButton(view, decided, total) {
  const ready = total > 0 && decided === total;
  const title = ready
    ? "Freeze these labels, so that prompts can be built from them"
    : "Every call needs a decision first";
  if (view.state.finished) return h("span", { class: "chip ok" }, "Finished ✓");
  return h(
    "button",
    { class: "pri", type: "button", disabled: !ready, title, onclick: () => view.act.finish() },
    "Finish ",
    h("kbd", {}, "⏎"),
  );
}

function drawLegend(view) {
  const { state, parts } = view;
  const signs = [h("i", { class: "key pending" }), "not decided", h("i", { class: "key" }), "✓ accepted ✎ edited"];
  const differs = state.lanes.length > 0 && [h("i", { class: "key differs" }), "differs from yours"];
  fill(
    parts.legend,
    h("b", {}, "Mine"),
    state.adopted && h("span", { class: "dim" }, `adopted from ${state.adopted}`),
    h("span", { class: "sp" }),
    h("span", { class: "legend dim" }, signs, differs),
  );
}

const PAGE_TABS = (view) => [
  { id: "before", text: `Page at step ${view.cursor + 1}` },
  { id: "after", text: "After the call" },
  { id: "text", text: "Observation" },
];

function drawPage(view) {
  const { state, parts, cursor, tab } = view;
  const choose = (id, focus) => {
    view.tab = id;
    drawPage(view);
    if (focus) parts.page.querySelector('[aria-selected="true"]').focus();
  };
  const tabs = tabList("What to look at", PAGE_TABS(view), tab, choose);
  const step = state.steps[cursor];
  const segment = segmentOf(state, view.selected);
  const last = state.steps[segment ? segment.last : cursor];
  const stamp = [state.episode.id, tab, cursor, last.uid, Boolean(segment)].join(" ");
  if (parts.page.dataset.stamp === stamp) return;
  parts.page.dataset.stamp = stamp;
  const body = h("div", { class: "pad grow", role: "tabpanel", tabindex: 0, "aria-label": "Page" });
  fill(parts.page, tabs, body);
  if (tab === "before")
    fill(body, picture(view, step.picture_before, step.target, step.sentence), caption(cursor, step));
  if (tab === "after")
    fill(
      body,
      picture(view, last.picture_after, null, `after: ${last.sentence}`),
      caption(segment ? segment.last : cursor, last, "after "),
    );
  if (tab === "text") observationInto(view, body, step);
}

function caption(index, step, prefix = "") {
  return h(
    "div",
    { class: "caption dim" },
    `${prefix}step ${index + 1}: ${step.sentence}`,
    step.url && ` · ${step.url}`,
  );
}

function picture(view, hash, target, alt) {
  const { state } = view;
  const src = pictureUrl(view.link, state.episode.id, "pictures", hash);
  if (!src) return h("div", { class: "empty" }, "No picture was kept of this moment.");
  const [wide, high] = state.episode.viewport;
  const percent = (value, whole) => `${(100 * value) / whole}%`;
  const box = target && target.box;
  const gone = (event) =>
    event.target.closest(".page").replaceWith(h("div", { class: "empty" }, "The picture could not be loaded."));
  return h(
    "div",
    { class: "page", style: { "aspect-ratio": `${wide} / ${high}` } },
    h("img", { src, alt: `Page, ${alt}`, onerror: gone }),
    box &&
      h("div", {
        class: "target",
        "aria-hidden": "true",
        style: {
          left: percent(box.x, wide),
          top: percent(box.y, high),
          width: percent(box.width, wide),
          height: percent(box.height, high),
        },
      }),
  );
}

/** The observation's lines with the target's line marked; fetched once a step. */
async function observationInto(view, body, step) {
  fill(body, h("div", { class: "dim" }, "Loading the observation …"));
  try {
    const text = await view.texts(step.uid);
    const id = step.target && step.target.id;
    const lines = text.split("\n").map((line) => {
      const isTarget = id && line.trimStart().startsWith(`[${id}] `);
      return h("span", { class: isTarget ? "line hit" : "line" }, line + "\n");
    });
    if (view.tab === "text" && view.state.steps[view.cursor] === step) fill(body, h("pre", { class: "mono" }, lines));
    const hit = body.querySelector(".hit");
    if (hit) body.scrollTop = hit.offsetTop - body.offsetTop - body.clientHeight / 2;
  } catch (error) {
    fill(body, h("div", { class: "note bad" }, `The observation could not be loaded. ${error.message}`));
  }
}

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

/** The queue as it was, with this demonstration's line as it is now; what is finished leaves it. */
function queueWith(queue, state) {
  const mine = state.entry;
  return queue.map((q) => (q.episode === mine.episode ? mine : q)).filter((q) => q !== mine || !state.finished);
}

/** Nothing is left to review: what one can do instead. */
function emptyInto(view, state) {
  const go = (text, where, primary) =>
    h("button", { type: "button", class: primary ? "pri" : null, onclick: () => view.leave(where) }, text);
  const some = state.reviewed > 0;
  const text = some
    ? "Every demonstration is reviewed and frozen. Build prompts from them, or record another one."
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
    ),
  );
}

function queueList(view) {
  const { state } = view;
  if (!state.queue.length) return h("div", { class: "pad dim" }, "Nothing else waits for review.");
  const item = (entry) =>
    h(
      "button",
      {
        type: "button",
        class: `item${entry.episode === state.episode.id ? " here" : ""}`,
        "aria-current": entry.episode === state.episode.id ? "true" : null,
        title: entry.objective,
        onclick: () => view.act.open(entry.episode),
      },
      entry.number && h("b", {}, `${entry.number} `),
      h("span", {}, shorten(entry.objective, 60)),
      " ",
      h("span", { class: "dim" }, entry.why),
    );
  return h(
    "div",
    { class: "pad list", role: "group", "aria-label": "Queue, most doubtful first" },
    state.queue.map(item),
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
