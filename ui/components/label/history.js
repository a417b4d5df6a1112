/* The history of a track: every change in words, and the way back to any of them. */

async function historySheet(view) {
  let entries;
  try {
    ({ entries } = await loadHistory(view.link, view.state.episode.id, view.state.track.kind));
  } catch (error) {
    return notice(view, `The history could not be loaded. ${error.message}`);
  }
  return sheet(view, `History of ${view.state.track.name}`, (close) => [
    h(
      "div",
      { class: "dim" },
      entries.length
        ? "The newest change is on top. Going back is a change like any other: U takes it back."
        : "Nothing was changed yet.",
    ),
    h(
      "ol",
      { class: "history", reversed: true },
      entries.map((entry, i) => historyLine(view, entry, i === 0, close)),
    ),
    h("div", { class: "row buttons" }, h("button", { type: "button", onclick: close }, "Close")),
  ]);
}

function historyLine(view, entry, newest, close) {
  const back = () => {
    close();
    view.commit(`Back at change ${entry.number}`, () => ({ op: "restore", change: entry.number }), stay);
  };
  const left = entry.pending ? `${entry.pending} left` : "all decided";
  const can = !newest && entry.op !== "undo";
  return h(
    "li",
    { class: entry.undone ? "undone" : null, value: entry.number },
    h(
      "div",
      {},
      h("span", {}, entry.text),
      can && h("button", { type: "button", onclick: back, "aria-label": `Go back to change ${entry.number}` }, "Go back to here"),
      h("span", { class: "dim" }, [entry.actor, when(entry.at), left, entry.undone && "taken back"].filter(Boolean).join(" · ")),
    ),
  );
}

/** When, in the reader's own way: the time alone for today. @param {number} seconds since the epoch */
function when(seconds) {
  const at = new Date(seconds * 1000);
  const today = at.toDateString() === new Date().toDateString();
  return today ? at.toLocaleTimeString() : at.toLocaleString();
}

/** Somebody was faster: what was not saved, and what one sees now. */
function conflict(view, said, newest) {
  const who = newest.track.kind === "gold" ? "Somebody" : `Another tab or window, as ${newest.author.name},`;
  const close = h("button", { type: "button", onclick: () => fill(view.parts.banner) }, "OK");
  const show = h("button", { type: "button", onclick: () => view.act.history() }, "What was changed");
  const text = `${who} changed these labels in the meantime. Your gesture (“${said}”) was not saved, and nothing was overwritten. You see the newest state now (change ${newest.base}); do it again if it still fits.`;
  fill(
    view.parts.banner,
    h("div", { class: "note row", role: "alert" }, h("span", {}, text), h("span", { class: "sp" }), show, close),
  );
}
