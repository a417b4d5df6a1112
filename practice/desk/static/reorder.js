// A list whose items are moved by dragging (by pointer, or by the browser's own drag and drop) or with the arrow keys.
// An item takes the place it is dropped on; those between move up by one.

const THRESHOLD = 5;

/** @param {HTMLElement} list */
export function attachReorder(list) {
  const told = list.parentElement.querySelector("[data-moved]");
  const items = () => [...list.children];
  const named = (item) => item.querySelector("[data-item]").getAttribute("aria-label");

  function move(item, place) {
    const from = items().indexOf(item);
    if (place < 0 || place >= list.children.length || place === from) return false;
    list.insertBefore(item, place > from ? list.children[place].nextSibling : list.children[place]);
    told.textContent = `${named(item)} is now in place ${place + 1} of ${list.children.length}.`;
    return true;
  }

  list.addEventListener("keydown", (event) => {
    const by = { ArrowUp: -1, ArrowLeft: -1, ArrowDown: 1, ArrowRight: 1 }[event.key];
    const item = event.target.closest("li");
    if (!by || !item) return;
    event.preventDefault();
    if (move(item, items().indexOf(item) + by)) event.target.focus();
  });
  (list.dataset.reorder === "drag" ? byDragAndDrop : byPointer)(list, items, move);
}

/** Items follow the pointer; the place is the nearest one among the places there were at the start. */
function byPointer(list, items, move) {
  let held = null;

  function slotAt(x, y) {
    const far = held.slots.map((slot) => Math.hypot(x - slot.left - slot.width / 2, y - slot.top - slot.height / 2));
    return far.indexOf(Math.min(...far));
  }

  function follow(event) {
    const [dx, dy] = [event.clientX - held.x, event.clientY - held.y];
    if (!held.moving && Math.hypot(dx, dy) < THRESHOLD) return;
    held.moving = true;
    held.item.classList.add("dragged");
    move(held.item, slotAt(event.clientX, event.clientY));
    held.item.style.transform = "";
    const now = held.item.getBoundingClientRect();
    held.item.style.transform = `translate(${held.start.left + dx - now.left}px, ${held.start.top + dy - now.top}px)`;
  }

  function drop() {
    if (!held) return;
    held.item.classList.remove("dragged");
    held.item.style.transform = "";
    held = null;
  }

  list.addEventListener("pointerdown", (event) => {
    const item = event.target.closest("li");
    if (!item || event.button !== 0) return;
    const slots = items().map((other) => other.getBoundingClientRect());
    held = { item, slots, start: item.getBoundingClientRect(), x: event.clientX, y: event.clientY, moving: false };
    list.setPointerCapture(event.pointerId);
  });
  list.addEventListener("pointermove", (event) => held && follow(event));
  list.addEventListener("pointerup", drop);
  list.addEventListener("pointercancel", drop);
}

/** The browser carries a ghost; the item moves when it is dropped on another one. */
function byDragAndDrop(list, items, move) {
  let carried = null;
  const clear = () => items().forEach((item) => item.classList.remove("above", "below", "dragged"));

  function mark(over) {
    clear();
    carried.classList.add("dragged");
    if (over && over !== carried) over.classList.add(items().indexOf(over) > items().indexOf(carried) ? "below" : "above");
  }

  list.addEventListener("dragstart", (event) => {
    carried = event.target.closest("li");
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", carried.textContent.trim());
  });
  list.addEventListener("dragover", (event) => {
    if (!carried) return;
    event.preventDefault();
    mark(event.target.closest("li"));
  });
  list.addEventListener("drop", (event) => {
    event.preventDefault();
    const over = event.target.closest("li");
    if (carried && over) move(carried, items().indexOf(over));
  });
  list.addEventListener("dragend", () => {
    clear();
    carried = null;
  });
}
