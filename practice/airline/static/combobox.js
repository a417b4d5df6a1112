// Airport field: suggestions as one types, taken by click or Enter. Text alone chooses nothing.
import airports from "/data/airports.js";

const MAX_SHOWN = 6;
const SILENT = new Set(["Tab", "Shift", "Control", "Alt", "Meta", "Escape", "Enter", "ArrowUp", "ArrowDown"]);

/** @param {string} text @returns {typeof airports} */
function suggest(text) {
  const wanted = text.trim().toLowerCase();
  if (!wanted) return [];
  const rank = (a) =>
    a.code.toLowerCase() === wanted ? 0 : a.label.toLowerCase().startsWith(wanted) ? 1 : a.name.toLowerCase().startsWith(wanted) ? 2 : 9;
  return airports.filter((a) => rank(a) < 9).sort((a, b) => rank(a) - rank(b)).slice(0, MAX_SHOWN);
}

/** @param {HTMLElement} root */
export function attachCombobox(root) {
  const input = root.querySelector("[role=combobox]");
  const code = root.querySelector("input[type=hidden]");
  const list = root.querySelector("[role=listbox]");
  let shown = [];
  let active = 0;

  function close() {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function choose(airport) {
    input.value = airport.short;
    code.value = airport.code;
    input.removeAttribute("aria-invalid");
    root.classList.remove("has-error");
    root.querySelector(".field-error")?.remove();
    close();
  }

  function mark() {
    [...list.children].forEach((item, n) => item.setAttribute("aria-selected", String(n === active)));
    input.setAttribute("aria-activedescendant", list.children[active].id);
  }

  function option(airport, n) {
    const item = document.createElement("li");
    item.id = `${list.id}-${n}`;
    item.setAttribute("role", "option");
    item.setAttribute("aria-label", airport.label);
    item.innerHTML = '<span class="option-code"></span><span><span class="option-city"></span><br><span class="muted"></span></span>';
    const [badge, , city, name] = item.querySelectorAll("span");
    [badge.textContent, city.textContent, name.textContent] = [airport.code, airport.label, airport.name];
    item.addEventListener("mousedown", (event) => event.preventDefault()); // the field keeps the focus
    item.addEventListener("click", () => choose(airport));
    return item;
  }

  function open() {
    shown = suggest(input.value);
    if (!shown.length) return close();
    active = 0;
    list.replaceChildren(...shown.map(option));
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    mark();
  }

  input.addEventListener("keyup", (event) => SILENT.has(event.key) || open());
  input.addEventListener("input", (event) => {
    code.value = "";
    if (event.inputType === "insertFromPaste") open();
  });
  input.addEventListener("focus", () => input.value && setTimeout(() => input.select()));
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    if (event.key === "Escape") return close();
    if (event.key === "Enter") {
      event.preventDefault();
      return choose(shown[active]);
    }
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    active = (active + by + shown.length) % shown.length;
    mark();
  });
}
