/* Other labels beside one's own: going from difference to difference, taking one over, settling those of a gold track. */

/** In the timeline's legend: how many places differ, and the way to the other people's labels. */
function comparing(view) {
  const { state } = view;
  const found = differencesOf(state);
  const gold = !isGold(state) && state.others.find((o) => o.kind === "gold");
  const finished = finishedTracks(state);
  return [
    found.length > 0 &&
      h(
        "button",
        { type: "button", class: "plain dim", title: "Go to the next difference (Shift: the one before)", onclick: () => view.act.difference(1) },
        `${found.length} ${found.length === 1 ? "difference" : "differences"} `,
        h("kbd", {}, "D"),
      ),
    gold && h("button", { type: "button", class: "link", onclick: () => view.act.openGold() }, "gold track"),
    isGold(state) && h("button", { type: "button", class: "link", onclick: () => view.act.openMine() }, "my labels"),
    !gold &&
      !isGold(state) &&
      finished.length > 1 &&
      h("button", { type: "button", class: "link", onclick: () => view.act.together() }, "bring together"),
  ];
}

/** The tracks, one's own too, that are decided whole: two of them can be brought together. */
function finishedTracks(state) {
  const mine = state.decided && !isGold(state) && !isBlind(state) ? [state.track.name] : [];
  return [...mine, ...state.others.filter((o) => o.settled && !o.mine && o.kind !== "gold").map((o) => o.name)];
}

/** What others say where the cursor stands, with the way to take it over. */
function differenceCard(view) {
  const found = differenceAt(view);
  if (!found) return null;
  return isGold(view.state) ? choiceCard(view, found) : takeCard(view, found);
}

function takeCard(view, found) {
  const all = differencesOf(view.state);
  const place = all.findIndex((d) => d.ref === found.ref && d.first === found.first) + 1;
  return h(
    "div",
    { class: "note compare", role: "group", "aria-label": "Difference", data: { part: "difference" } },
    h("div", {}, h("b", {}, found.name), ` has ${found.text}`),
    h(
      "div",
      { class: "row buttons" },
      action(view, "Take over", "T", () => view.act.take()),
      action(view, "Next difference", "D", () => view.act.difference(1)),
      h("span", { class: "dim" }, `${place} of ${all.length}`),
    ),
  );
}

const CHOSEN = { left: "the left side was chosen", right: "the right side was chosen", own: "settled in a way of its own" };

function choiceCard(view, found) {
  const [left, right] = view.state.track.sides;
  const place = view.state.gold.findIndex((d) => d.key === found.key) + 1;
  const side = (choice, name, said, key) =>
    h(
      "div",
      { class: `side${found.choice === choice ? " chosen" : ""}` },
      h("div", {}, h("b", {}, name), " ", h("span", { class: "dim" }, choice)),
      h("div", { class: "mono" }, said),
      action(view, `Choose ${choice}`, key, () => view.act.settle(choice)),
    );
  return h(
    "div",
    { class: "note compare", role: "group", "aria-label": "Difference", data: { part: "difference" } },
    h(
      "div",
      { class: "row" },
      h("b", {}, `Difference ${place} of ${view.state.gold.length}`),
      h("span", { class: "dim" }, found.choice ? CHOSEN[found.choice] : spanText(found.first, found.last)),
    ),
    h("div", { class: "sides" }, side("left", left, found.left, "["), side("right", right, found.right, "]")),
    h(
      "div",
      { class: "row buttons" },
      action(view, "As it is now", "O", () => view.act.settle("own")),
      h("span", { class: "dim" }, "neither is right: change the calls, then this"),
    ),
  );
}

/** To the next difference after the cursor (`by` 1) or the one before it, around the end; in a gold track to open ones. */
function goToDifference(view, by) {
  const all = differencesOf(view.state);
  const open = all.filter((d) => d.choice === "");
  const among = isGold(view.state) && open.length ? open : all;
  if (!among.length) return toast(view, isBlind(view.state) ? "Nothing is shown beside a blind track" : "Nothing differs");
  const now = view.difference && among.findIndex((d) => d.ref === view.difference.ref && d.first === view.difference.first);
  const after = among.findIndex((d) => (by > 0 ? d.first > view.cursor : false));
  const standing = now !== null && now >= 0;
  const at = standing ? now + by : by > 0 ? (after < 0 ? 0 : after) : among.length - 1;
  return lookAt(view, among[(at + among.length) % among.length]);
}

function lookAt(view, found, step = found.first) {
  view.difference = found;
  view.anchor = null;
  view.cursor = step;
  view.selected = (deepestAt(view.state, step) || { id: null }).id;
  view.editing = false;
  view.draw();
}

function takeOver(view) {
  const make = (v) => {
    const found = differenceAt(v);
    return found && found.ref ? { op: "take", source: found.ref, at: found.at } : null;
  };
  view.commit(() => `Took over what ${(differenceAt(view) || { name: "the other" }).name} says`, make, stay);
}

function settle(view, choice) {
  const make = (v) => {
    const found = differenceAt(v);
    return found && found.key && found.choice !== choice ? { op: "take", settles: found.key, choice } : null;
  };
  view.commit(`Settled: ${CHOSEN[choice]}`, make, (v) => {
    const next = v.state.gold.find((d) => !d.choice);
    v.difference = next || null;
    if (!next) return toast(v, "Every difference is settled: ⏎ finishes the gold track");
    v.cursor = next.first;
    v.selected = (deepestAt(v.state, next.first) || { id: null }).id;
    return undefined;
  });
}

/** Choose the two tracks to bring together. */
function togetherForm(view) {
  const found = finishedTracks(view.state);
  const pick = (name, chosen) =>
    h(
      "select",
      { name, "aria-label": name },
      found.map((name, i) => h("option", { value: name, selected: i === chosen }, name)),
    );
  sheet(view, "Bring two people’s labels together", (close) => {
    const said = h("div", { class: "warn", role: "alert" });
    const save = async ({ left, right }) => {
      try {
        const state = await bringTogether(view.link, view.state.episode.id, left, right);
        close();
        view.show(state);
        goToDifference(view, 1);
      } catch (error) {
        fill(said, error.message);
      }
    };
    const text =
      "What both have is taken as it is; each difference waits for your choice. The result is the gold track of this demonstration, under your name. The two stay as they are.";
    return form(
      save,
      h("div", { class: "dim" }, text),
      h("div", { class: "row" }, h("label", {}, "left ", pick("left", 0)), h("label", {}, "right ", pick("right", 1))),
      said,
      buttons(close, "Begin"),
    );
  });
}

/** What blind labelling is, on or off, and asking for it. */
function blindSheet(view) {
  const { state } = view;
  sheet(view, "Labelling blind", (close) => {
    const turn = (on) => () => {
      view.blindly = on;
      close();
      drawHeader(view);
      toast(view, on ? "Demonstrations you have not seen open without their proposal" : "Proposals are shown again");
    };
    const ask = async () => {
      try {
        await wantBlind(view.link, state.episode.id);
        close();
        toast(view, "Asked: it waits in everybody else’s queue as “wanted blind”");
      } catch (error) {
        fill(said, error.message);
      }
    };
    const giveUp = () => {
      close();
      view.commit("Given up: the proposal is shown", () => ({ op: "finish", given_up: true }));
    };
    const said = h("div", { class: "warn", role: "alert" });
    const text =
      "Who sees a proposal tends to agree with it. What is labelled without one shows how far people really agree, and how good a labeller is. You make the calls yourself, then hand them in; after that the proposal is shown.";
    return [
      h("div", { class: "dim" }, text),
      h(
        "div",
        { class: "stack" },
        view.blindly
          ? h("button", { type: "button", class: "pri", onclick: turn(false) }, "Show proposals again")
          : h("button", { type: "button", class: "pri", onclick: turn(true) }, "Open new demonstrations blind"),
        isBlind(state)
          ? h("button", { type: "button", onclick: giveUp }, "Give up and show the proposal (does not count as blind)")
          : h("button", { type: "button", onclick: ask }, "Ask that somebody else labels this one blind"),
        h("button", { type: "button", onclick: close }, "Close"),
      ),
      said,
    ];
  });
}
