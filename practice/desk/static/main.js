// Gives the pages their behaviour. Each module looks for its own data attribute and does nothing without it.
import { attachCalendar } from "/shared/calendar.js";
import { attachCombobox } from "./combobox.js";
import { attachEditor } from "./editor.js";
import { attachConfirm, attachDialog, attachOpener, attachRange, attachSwitch, attachTabs, attachToast } from "./parts.js";
import { attachReorder } from "./reorder.js";
import { attachSelection } from "./selection.js";
import { attachTags } from "./tags.js";
import "./rating.js";

const each = (selector, attach) => document.querySelectorAll(selector).forEach(attach);

each("[data-calendar]", attachCalendar);
each("[data-combobox]", attachCombobox);
each("[data-editor]", attachEditor);
each("[data-tabs]", attachTabs);
each("[data-tags]", attachTags);
each("[data-selection]", attachSelection);
each("[data-reorder]", attachReorder);
each("[data-switch]", attachSwitch);
each("[data-range]", attachRange);
each("[data-native-confirm]", attachConfirm);
each("[data-open]", attachOpener);
each("dialog", attachDialog);
each(".toast", attachToast);
document.querySelector("[aria-invalid=true]")?.focus();
