// Date field: a calendar dialog under it, opened by clicking the field or its button; typing a date works as well.
// Days are counted in UTC from the page's own "today"; the clock of the machine is never read.
// `data-first` is the earliest day, `data-last` the latest (330 days later when left out), and `data-after` the id of
// another field whose day is not passed either.

const MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
const WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const DAY = 86_400_000;
const HORIZON_DAYS = 330;
const CHEVRON = { "-1": "m14.5 6-6 6 6 6", 1: "m9.5 6 6 6-6 6" };

const fromIso = (iso) => new Date(`${iso}T00:00:00Z`);
const longDate = (day) => `${day.getUTCDate()} ${MONTHS[day.getUTCMonth()]} ${day.getUTCFullYear()}`;
const monthStart = (day, by = 0) => new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + by, 1));

/** The date written as `3 March 2026`, `3 Mar 2026` or `2026-03-03`, else null. @param {string} text */
function parse(text) {
  const iso = /^\d{4}-\d{2}-\d{2}$/.exec(text.trim());
  if (iso) return fromIso(iso[0]);
  const words = /^(\d{1,2}) ([a-z]{3,9}) (\d{4})$/i.exec(text.trim());
  const month = words ? MONTHS.findIndex((name) => name.toLowerCase().startsWith(words[2].toLowerCase())) : -1;
  return month < 0 ? null : new Date(Date.UTC(Number(words[3]), month, Number(words[1])));
}

function make(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** @param {HTMLElement} root */
export function attachCalendar(root) {
  const input = root.querySelector("input");
  const opener = root.querySelector("button");
  const label = root.querySelector("label").textContent;
  const first = fromIso(root.dataset.first);
  const last = root.dataset.last ? fromIso(root.dataset.last) : new Date(first.getTime() + HORIZON_DAYS * DAY);
  let month = monthStart(first);
  let dialog = null;

  function earliest() {
    const other = document.getElementById(root.dataset.after ?? "");
    const chosen = other ? parse(other.value) : null;
    return chosen && chosen > first ? chosen : first;
  }

  function close(focus = true) {
    if (!dialog) return;
    dialog.remove();
    dialog = null;
    if (focus) input.focus();
  }

  function choose(day) {
    input.value = longDate(day);
    input.removeAttribute("aria-invalid");
    root.classList.remove("has-error");
    root.querySelector(".field-error")?.remove();
    close();
  }

  function turn(by) {
    month = monthStart(month, by);
    draw();
    dialog.querySelector(`[data-turn="${by}"]:enabled`)?.focus();
  }

  function turner(by, name) {
    const button = make("button", { type: "button", class: "icon-button", "aria-label": name, "data-turn": String(by) });
    button.innerHTML = `<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="${CHEVRON[by]}"/></svg>`;
    button.disabled = by < 0 ? month <= monthStart(first) : month >= monthStart(last);
    button.addEventListener("click", () => turn(by));
    return button;
  }

  function dayButton(day, from) {
    const button = make("button", { type: "button", "aria-label": longDate(day), "data-day": String(day.getTime()) }, String(day.getUTCDate()));
    button.disabled = day < from || day > last;
    if (day.getTime() === fromIso(document.body.dataset.today).getTime()) button.setAttribute("aria-current", "date");
    if (day.getTime() === parse(input.value)?.getTime()) button.setAttribute("aria-pressed", "true");
    button.addEventListener("click", () => choose(day));
    return button;
  }

  function grid() {
    const days = new Date(monthStart(month, 1).getTime() - DAY).getUTCDate();
    const offset = (month.getUTCDay() + 6) % 7;
    const cells = Array.from({ length: offset + days }, (_, n) => (n < offset ? null : new Date(month.getTime() + (n - offset) * DAY)));
    const head = make("tr", {}, ...WEEKDAYS.map((name) => make("th", { scope: "col", abbr: name }, name.slice(0, 2))));
    const rows = [];
    for (let n = 0; n < cells.length; n += 7) {
      rows.push(make("tr", {}, ...cells.slice(n, n + 7).map((day) => make("td", {}, ...(day ? [dayButton(day, earliest())] : [])))));
    }
    return make("table", { "aria-label": `${MONTHS[month.getUTCMonth()]} ${month.getUTCFullYear()}` }, make("thead", {}, head), make("tbody", {}, ...rows));
  }

  function draw() {
    const title = make("h2", { "aria-live": "polite" }, `${MONTHS[month.getUTCMonth()]} ${month.getUTCFullYear()}`);
    dialog.replaceChildren(make("div", { class: "calendar-head" }, turner(-1, "Previous month"), title, turner(1, "Next month")), grid());
  }

  function open() {
    if (dialog) return;
    const shown = parse(input.value);
    month = monthStart(shown && shown >= first && shown <= last ? shown : earliest());
    dialog = make("div", { role: "dialog", class: "calendar", "aria-label": `Choose ${label.toLowerCase()}` });
    dialog.addEventListener("keydown", move);
    root.append(dialog);
    draw();
  }

  function move(event) {
    const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 }[event.key];
    const from = Number(event.target.dataset.day);
    if (!by || !from) return;
    event.preventDefault();
    const day = new Date(from + by * DAY);
    if (day < earliest() || day > last) return;
    month = monthStart(day);
    draw();
    dialog.querySelector(`[data-day="${day.getTime()}"]`).focus();
  }

  input.addEventListener("click", open);
  input.addEventListener("input", () => close(false));
  opener.addEventListener("click", () => {
    if (dialog) return close();
    open();
    (dialog.querySelector("[aria-pressed]") ?? dialog.querySelector("[data-day]:enabled"))?.focus();
  });
  root.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
    else if (event.key === "ArrowDown" && event.target === input) (open(), dialog.querySelector("[data-day]:enabled")?.focus());
  });
  root.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !root.contains(event.relatedTarget)) close(false);
  });
  document.addEventListener("mousedown", (event) => root.contains(event.target) || close(false));
}
