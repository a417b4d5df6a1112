// Seat map: a click gives the seat to the passenger chosen on the left, and goes on to the next without a seat.

/** @param {HTMLElement} root */
export function attachSeatMap(root) {
  const people = [...root.querySelectorAll("input[name=for]")];
  const seats = [...root.querySelectorAll("[data-seat]")];
  const held = people.map((_, n) => root.querySelector(`input[name=seat_${n}]`));

  function draw() {
    const taken = new Set(held.map((field) => field.value));
    seats.forEach((seat) => seat.setAttribute("aria-pressed", String(taken.has(seat.dataset.seat))));
    held.forEach((field, n) => { root.querySelector(`[data-seat-of="${n}"]`).textContent = field.value || "No seat"; });
  }

  function take(seat) {
    const who = people.findIndex((radio) => radio.checked);
    const mine = held[who].value === seat;
    held.filter((field) => field.value === seat).forEach((field) => { field.value = ""; });
    if (!mine) held[who].value = seat;
    const next = held.findIndex((field) => !field.value);
    if (!mine && next >= 0) people[next].checked = true;
    draw();
  }

  seats.forEach((seat) => seat.addEventListener("click", () => take(seat.dataset.seat)));
}
