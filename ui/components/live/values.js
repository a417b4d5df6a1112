/* Date, time, month, week and colour: a field of the same kind in the person's own browser stands for the page's. */

const VALUE_TITLES = {
  date: "Date",
  time: "Time",
  month: "Month",
  week: "Week",
  "datetime-local": "Date and time",
  color: "Colour",
};
/** Kinds whose calendar closes with the choice: that is the answer. */
const CALENDARS = new Set(["date", "month", "week"]);
const COLOUR = /^#[0-9a-f]{6}$/i;

function valueBox(message, reply, view) {
  const { kind } = message;
  const title = VALUE_TITLES[kind] || "Value";
  const own = message.name && message.name.toLowerCase() !== title.toLowerCase();
  const name = own ? `${title} for ${message.name}` : title;
  const input = h("input", { type: kind, name: "value", "aria-label": title });
  for (const limit of ["min", "max", "step"]) if (message[limit]) input.setAttribute(limit, message[limit]);
  input.required = message.required;
  input.value = message.value;
  const shown = kind === "color" ? colourPair(input) : null;
  const swatches = (message.options || []).map(({ value, label }) => offered(value, label, kind, (v) => reply(v)));
  const { row } = buttons("OK", "Cancel", () => reply(null));
  if (kind !== "color" && !message.required)
    row.append(h("span", { class: "sp" }), h("button", { type: "button", onclick: () => reply("") }, "Clear"));
  const submit = () => input.reportValidity() && reply(input.value);
  let typed = false;
  input.addEventListener("keydown", () => (typed = true));
  input.addEventListener("change", () => CALENDARS.has(kind) && view.pointing && !typed && submit());
  const box = h(
    "div",
    { class: "pop value", role: "dialog", "aria-modal": "true", "aria-label": name },
    form(
      submit,
      h("strong", {}, name),
      shown || input,
      hint(message),
      swatches.length > 0 && h("div", { class: "swatches" }, swatches),
      row,
    ),
  );
  box.addEventListener("keydown", ownKeys({ Escape: () => reply(null), Tab: stayWithin(box) }));
  box.addEventListener("keyup", stop);
  return {
    element: clearVeil(() => reply(null), box),
    focus: shown ? shown.querySelector("[type=text]") : input,
    place: (screen) => placeUnder(box, message.box, screen, 400),
    shown: () => view.pointing && openPicker(input),
  };
}

/** Who pressed with the mouse sees the calendar at once, where the browser allows that. */
function openPicker(input) {
  try {
    input.showPicker();
  } catch {
    // no press of the person's own is near enough: the field is there all the same
  }
}

/** A colour and its number, each following the other. */
function colourPair(input) {
  const text = h("input", { type: "text", class: "mono", "aria-label": "Colour as #rrggbb", size: 8, value: input.value });
  const follow = () => COLOUR.test(text.value) && (input.value = text.value);
  text.addEventListener("input", () => {
    text.setCustomValidity(COLOUR.test(text.value) ? "" : "A colour is # and six digits, 0 to f.");
    follow();
  });
  input.addEventListener("input", () => {
    text.value = input.value;
    text.setCustomValidity("");
  });
  return h("div", { class: "row" }, input, text);
}

function offered(value, label, kind, take) {
  const colour = kind === "color" && COLOUR.test(value) ? h("span", { class: "swatch", style: { background: value } }) : null;
  return h("button", { type: "button", onclick: () => take(value) }, colour, label || value);
}

/** What the page allows, in words. */
function hint({ min, max }) {
  const said = min && max ? `from ${min} to ${max}` : min ? `from ${min}` : max ? `up to ${max}` : "";
  return said && h("span", { class: "dim" }, said);
}
