// Small behaviours: passenger stepper, sorting, one-way or return, cancel dialog, whole rows as links, toasts.

/** @param {HTMLElement} root */
export function attachStepper(root) {
  const field = root.querySelector("input");
  const shown = root.querySelector("output");
  const buttons = [...root.querySelectorAll("button")];
  const most = Number(root.dataset.max);

  function set(count) {
    field.value = shown.textContent = String(count);
    buttons.forEach((button) => { button.disabled = count + Number(button.dataset.by) < 1 || count + Number(button.dataset.by) > most; });
  }

  buttons.forEach((button) => button.addEventListener("click", () => set(Number(field.value) + Number(button.dataset.by))));
  set(Math.min(Math.max(Number(field.value) || 1, 1), most));
}

/** @param {HTMLTableElement} table */
export function attachSorting(table) {
  const heads = [...table.querySelectorAll("th[data-key]")];
  const body = table.tBodies[0];

  function sort(head) {
    const down = head.getAttribute("aria-sort") === "ascending";
    heads.forEach((other) => other.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    const value = (row) => Number(row.dataset[head.dataset.key]) * (down ? -1 : 1);
    body.append(...[...body.rows].sort((a, b) => value(a) - value(b)));
  }

  heads.forEach((head) => head.querySelector("button").addEventListener("click", () => sort(head)));
}

/** @param {HTMLFormElement} form */
export function attachTrip(form) {
  const back = form.querySelector("#return").closest("[data-calendar]");
  form.querySelectorAll("input[name=trip]").forEach((radio) =>
    radio.addEventListener("change", () => { back.hidden = radio.value !== "return"; }));
}

/** @param {HTMLFormElement} form */
export function attachCancelDialog(form) {
  const dialog = form.closest("dialog");
  const shown = form.querySelector("[data-refund-shown]");
  const reason = form.querySelector("select");
  document.querySelector(`[data-open="${dialog.id}"]`).addEventListener("click", () => dialog.showModal());
  form.querySelector("[data-close]").addEventListener("click", () => dialog.close());
  reason.addEventListener("change", () => { shown.textContent = reason.selectedOptions[0].dataset.refund ?? "–"; });
}

/** @param {HTMLTableRowElement} row */
export function attachRows(row) {
  row.addEventListener("click", (event) => event.target.closest("a") || row.querySelector("a").click());
}

/** @param {HTMLElement} toast */
export function attachToasts(toast) {
  toast.querySelector("[data-dismiss]").addEventListener("click", () => toast.remove());
}
