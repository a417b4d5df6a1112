// Ticked rows of a table: one box for all of them, a bar of actions while any is ticked, and their names in the dialog.

/** @param {HTMLFormElement} form */
export function attachSelection(form) {
  const all = form.querySelector("[data-all]");
  const boxes = [...form.querySelectorAll("tbody input[type=checkbox]")];
  const bar = form.querySelector("[data-bulk]");
  const chosen = form.querySelector("[data-chosen]");

  function show() {
    const ticked = boxes.filter((box) => box.checked);
    bar.hidden = ticked.length === 0;
    bar.querySelector("[data-count]").textContent = `${ticked.length} selected`;
    all.checked = ticked.length === boxes.length;
    all.indeterminate = ticked.length > 0 && !all.checked;
    boxes.forEach((box) => box.closest("tr").classList.toggle("ticked", box.checked));
    chosen.replaceChildren(...ticked.map(line));
  }

  function line(box) {
    const item = document.createElement("li");
    item.textContent = `${box.value} ${box.closest("tr").querySelector(".subject span").textContent}`;
    return item;
  }

  function tick(on) {
    boxes.forEach((box) => { box.checked = on; });
    show();
  }

  all.addEventListener("change", () => tick(all.checked));
  boxes.forEach((box) => box.addEventListener("change", show));
  form.querySelector("[data-unselect]").addEventListener("click", () => tick(false));
  show();
}
