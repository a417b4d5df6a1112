// A field with suggestions as one types: from a list of its own (data-options), or asked from the desk (data-source).
// A suggestion that leads somewhere is opened; others fill the field.

const MAX_SHOWN = 7;

/** @typedef {{label: string, note?: string, href?: string}} Suggestion */

/** @param {HTMLElement} root */
export function attachCombobox(root) {
  const input = root.querySelector("[role=combobox]");
  const list = root.querySelector("[role=listbox]");
  const known = root.dataset.options ? JSON.parse(root.dataset.options) : [];
  /** @type {Suggestion[]} */
  let shown = [];
  let active = -1;
  let asked = 0;

  /** @returns {Promise<Suggestion[]>} */
  async function suggestions(text) {
    const wanted = text.trim().toLowerCase();
    if (!root.dataset.source) {
      return known.filter((name) => name.toLowerCase().split(" ").some((_, n, words) => words.slice(n).join(" ").startsWith(wanted)))
        .map((name) => ({ label: name }));
    }
    if (!wanted) return [];
    const answer = await fetch(`${root.dataset.source}?q=${encodeURIComponent(wanted)}`);
    return answer.ok ? answer.json() : [];
  }

  function close() {
    asked += 1;
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function choose(item) {
    close();
    if (item.href) window.location.assign(item.href);
    else input.value = item.label;
  }

  function mark() {
    [...list.children].forEach((item, n) => item.setAttribute("aria-selected", String(n === active)));
    if (active >= 0) input.setAttribute("aria-activedescendant", list.children[active].id);
  }

  function option(item, n) {
    const line = document.createElement("li");
    line.id = `${list.id}-${n}`;
    line.setAttribute("role", "option");
    line.setAttribute("aria-label", item.label);
    line.append(item.label);
    if (item.note) {
      const note = document.createElement("small");
      note.textContent = item.note;
      line.append(note);
    }
    line.addEventListener("mousedown", (event) => event.preventDefault()); // the field keeps the focus
    line.addEventListener("click", () => choose(item));
    return line;
  }

  async function open() {
    const turn = (asked += 1);
    const found = (await suggestions(input.value)).slice(0, MAX_SHOWN);
    if (turn !== asked || document.activeElement !== input) return;
    if (!found.length) return close();
    shown = found;
    active = root.dataset.source ? -1 : 0; // Enter in the search field searches, unless an arrow chose
    list.replaceChildren(...shown.map(option));
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    mark();
  }

  function move(by) {
    active = active < 0 && by < 0 ? shown.length - 1 : (active + by + shown.length) % shown.length;
    mark();
  }

  input.addEventListener("input", open);
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !list.hidden) {
      event.preventDefault(); // the dialog around it stays
      event.stopPropagation();
      return close();
    }
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by) {
      event.preventDefault();
      return list.hidden ? open() : move(by);
    }
    if (event.key !== "Enter") return;
    if (!list.hidden && active >= 0) {
      event.preventDefault();
      choose(shown[active]);
    } else if (!root.dataset.source) event.preventDefault(); // Enter chooses here, it sends nothing
  });
}
