/* What lies over the board for a moment: forms, the key sheet, toasts, and the banner of a gesture not saved. */

const TOAST_MS = 3500;

function toast(view, text) {
  const note = h("div", { class: "toast" }, text);
  view.parts.toasts.append(note);
  while (view.parts.toasts.children.length > 3) view.parts.toasts.firstChild.remove();
  setTimeout(() => note.remove(), TOAST_MS);
}

/** A message that stays until it is read. */
function notice(view, text) {
  const close = h("button", { type: "button", onclick: () => fill(view.parts.banner) }, "OK");
  fill(
    view.parts.banner,
    h("div", { class: "note row", role: "alert" }, h("span", {}, text), h("span", { class: "sp" }), close),
  );
}

/** The gesture that could not be saved: it is kept, and waits for another try. */
function drawFailure(view) {
  const { failed, waiting } = view.line;
  if (!failed) return fill(view.parts.failure);
  const behind = waiting.length ? ` ${waiting.length} more wait behind it.` : "";
  const text = `Not saved yet: the server could not be reached or failed (${failed.error.message}). Your gesture is kept.${behind}`;
  return fill(
    view.parts.failure,
    h(
      "div",
      { class: "note bad row", role: "alert" },
      h("span", {}, text),
      h("span", { class: "sp" }),
      h("button", { class: "pri", type: "button", onclick: () => view.line.retry() }, "Try again"),
      h("button", { type: "button", onclick: () => view.line.drop() }, "Forget it"),
    ),
  );
}

/** A dialog over the board; Escape closes it and the focus goes back where it was. */
function sheet(view, title, content) {
  const before = view.parts.root.getRootNode().activeElement;
  const close = () => {
    fill(view.parts.overlay);
    (before && before.isConnected ? before : view.parts.timeline).focus({ preventScroll: true });
  };
  const keys = (event) => {
    event.stopPropagation();
    if (event.key === "Escape") close();
    if (event.key === "Tab") holdFocus(box, event);
  };
  const box = h(
    "div",
    { class: "sheet", role: "dialog", "aria-modal": "true", "aria-label": title, tabindex: -1, onkeydown: keys },
    h("h2", {}, title),
    h("div", { class: "stack" }, content(close)),
  );
  const outside = (event) => event.target === event.currentTarget && close();
  fill(view.parts.overlay, h("div", { class: "veil", onpointerdown: outside }, box));
  const first = box.querySelector("input, select, button.pri, button") || box;
  first.focus();
  if (first.select) first.select();
  return close;
}

function holdFocus(box, event) {
  const all = [...box.querySelectorAll("input, select, button, a")].filter((e) => !e.disabled);
  const at = all.indexOf(box.getRootNode().activeElement);
  const to = event.shiftKey ? at - 1 : at + 1;
  if (to >= 0 && to < all.length) return;
  event.preventDefault();
  (event.shiftKey ? all[all.length - 1] : all[0] || box).focus();
}

function buttons(close, text) {
  return h(
    "div",
    { class: "row buttons" },
    h("button", { class: "pri", type: "submit" }, text),
    h("button", { type: "button", onclick: close }, "Cancel"),
  );
}

function form(onsubmit, ...children) {
  const submit = (event) => {
    event.preventDefault();
    onsubmit(Object.fromEntries(new FormData(event.target)));
  };
  return h("form", { class: "stack", onsubmit: submit }, children);
}

function wrapForm(view) {
  const [first, last] = rangeOf(view);
  const { steps, policies } = view.state;
  const number = (name, value) =>
    h("input", { name, type: "number", min: 1, max: steps.length, value, required: true });
  sheet(view, "Wrap steps in a call", (close) => {
    const save = ({ from, to, policy }) => {
      close();
      const [a, b] = [Number(from) - 1, Number(to) - 1].sort((x, y) => x - y);
      view.commit(
        `Wrapped ${spanText(a, b)} in ${policy}`,
        () => ({ op: "wrap", first: steps[a].uid, last: steps[b].uid, policy }),
        stay,
      );
    };
    const options = policies.map((p) => h("option", { value: p.name }, p.name));
    return form(
      save,
      h(
        "div",
        { class: "row" },
        h("label", {}, "from step ", number("from", first + 1)),
        h("label", {}, "to step ", number("to", last + 1)),
      ),
      h("label", {}, "in a call of ", h("select", { name: "policy", "aria-label": "Policy" }, options)),
      buttons(close, "Wrap"),
    );
  });
}

function bulkForm(view) {
  const { state } = view;
  const pending = state.segments.filter((s) => s.state === "pending");
  const sure = (threshold) =>
    pending.filter((s) => s.confidence !== null && surely(state, s.confidence) >= threshold).map((s) => s.confidence);
  const count = (threshold) => sure(threshold).length;
  sheet(view, "Accept all calls the labeller is sure of", (close) => {
    const said = h("span", { class: "dim", role: "status" }, "");
    const tell = (value) => (said.textContent = `${count(Number(value))} of ${pending.length} calls not decided yet`);
    const save = ({ threshold }) => {
      close();
      const n = count(Number(threshold));
      view.commit(
        `Accepted ${n} calls; U takes all of it back`,
        () => (n ? { op: "bulk_accept", above: Math.min(...sure(Number(threshold))) } : null),
        goOn,
      );
    };
    const input = h("input", {
      name: "threshold",
      type: "number",
      min: 0,
      max: 1,
      step: 0.01,
      value: state.threshold,
      required: true,
      oninput: (e) => tell(e.target.value),
    });
    tell(state.threshold);
    const uncalibrated =
      !state.calibrated && h("div", { class: "dim" }, "These confidences are the labeller's own and not calibrated.");
    return form(save, h("label", {}, "confidence at least ", input), said, uncalibrated, buttons(close, "Accept them"));
  });
}

/** A remark on the step at the cursor; an empty one takes it away. */
function noteForm(view) {
  const { state, cursor } = view;
  const { uid } = state.steps[cursor];
  const before = state.notes[uid] || "";
  sheet(view, `Note on step ${cursor + 1}`, (close) => {
    const save = ({ text }) => {
      close();
      const same = text.trim() === before;
      view.commit(text.trim() ? "Noted" : "Note taken away", () => (same ? null : { op: "note", step: uid, text }), stayHere);
    };
    const field = h("input", { name: "text", value: before, maxlength: 2000, size: 60, autocomplete: "off" });
    return form(save, h("label", {}, "note ", field), buttons(close, "Keep"));
  });
}

/** After a gesture that made nothing: everything stays as it was. */
function stayHere() {}

function nameForm(view) {
  sheet(view, "Who is labelling?", (close) => {
    const save = async ({ name }) => {
      try {
        await sayName(view.link, name);
        close();
        const { id } = view.state.episode;
        view.state = null;
        await view.load(id);
      } catch (error) {
        fill(said, error.message);
      }
    };
    const said = h("div", { class: "warn", role: "alert" });
    const input = h("input", {
      name: "name",
      maxlength: 60,
      required: true,
      value: view.state.author.name,
      autocomplete: "off",
    });
    const text =
      "Every gesture is kept under a name, and each name has its own track. It is stored in a cookie of this browser.";
    return form(
      save,
      h("div", { class: "dim" }, text),
      h("label", {}, "name ", input),
      said,
      buttons(close, "Use this name"),
    );
  });
}

function helpSheet(view) {
  const row = ([keys, what]) =>
    h(
      "tr",
      {},
      h(
        "td",
        {},
        keys.map((k) => [h("kbd", {}, k), " "]),
      ),
      h("td", {}, what),
    );
  sheet(view, "Keys of the Label screen", (close) => [
    h("table", { class: "keytable" }, h("tbody", {}, view.keys.map(row))),
    h(
      "div",
      { class: "dim" },
      "By mouse: click a call or a step, drag a boundary, Shift+click marks steps to wrap. No key acts while you type.",
    ),
    h("div", { class: "row buttons" }, h("button", { class: "pri", type: "button", onclick: close }, "Close")),
  ]);
}

function finishedSheet(view, body) {
  const next = view.state.queue.find((q) => waitsFor(q, "all") && q.episode !== view.state.episode.id);
  sheet(view, "All calls are decided", (close) => {
    const go = (run) => () => {
      close();
      run();
    };
    return [
      h(
        "div",
        { class: "dim" },
        `The labels are frozen as a label set${body.label_set ? ` (${body.label_set.slice(0, 12)})` : ""}. Prompts are built from it; you can still change labels and finish again.`,
      ),
      h(
        "div",
        { class: "row buttons" },
        h("button", { class: "pri", type: "button", onclick: go(() => view.leave("prompts")) }, "Build prompts"),
        next &&
          h(
            "button",
            { type: "button", onclick: go(() => view.act.open(next)) },
            "Next demonstration ",
            h("kbd", {}, "J"),
          ),
        h("button", { type: "button", onclick: close }, "Stay here"),
      ),
    ];
  });
}
