// Gives the pages their behaviour. Each module looks for its own data attribute and does nothing without it.
import { attachCalendar } from "/shared/calendar.js";
import { attachCombobox } from "./combobox.js";
import { attachCancelDialog, attachRows, attachSorting, attachStepper, attachToasts, attachTrip } from "./parts.js";
import { attachSeatMap } from "./seatmap.js";

const each = (selector, attach) => document.querySelectorAll(selector).forEach(attach);

each("[data-combobox]", attachCombobox);
each("[data-calendar]", attachCalendar);
each("[data-stepper]", attachStepper);
each("[data-sortable]", attachSorting);
each("[data-seat-map]", attachSeatMap);
each("[data-cancel]", attachCancelDialog);
each(".search-form", attachTrip);
each("tr.linked", attachRows);
each(".toast", attachToasts);
document.querySelector("[aria-invalid=true]")?.focus();
