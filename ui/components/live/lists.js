/* The list of a <select>, drawn over the canvas: arrows, letters or a filter, groups, one option or several. */

const FILTER_FROM = 13;

function selectList(message, reply) {
  return new SelectList(message, reply).widget();
}

class SelectList {
  constructor(message, reply) {
    this.message = message;
    this.reply = reply;
    this.chosen = new Set(message.options.filter((o) => o.selected).map((o) => o.index));
    this.before = this.answer().join();
    this.items = message.options.map((option) => optionItem(option, this.chosen.has(option.index), message.multiple));
    this.usable = this.items.filter((_, i) => !message.options[i].disabled);
    this.at = Math.max(
      0,
      this.usable.findIndex((item) => this.chosen.has(Number(item.dataset.index))),
    );
    this.anchor = this.at;
    this.typed = "";
  }

  widget() {
    const { message } = this;
    const name = message.name || "Options";
    this.list = h("div", {
      class: "options",
      role: "listbox",
      id: `ss-list-${++listCount}`,
      tabindex: 0,
      "aria-label": name,
      "aria-multiselectable": message.multiple ? "true" : null,
    });
    this.list.append(...grouped(message.options, this.items));
    this.list.addEventListener("click", (event) => this.clicked(event));
    this.filter = message.options.length >= FILTER_FROM && this.filterField(name);
    this.none = h("div", { class: "pad dim", role: "status", hidden: true }, "No option has that in it.");
    const box = h("div", { class: "select pop" }, this.filter, this.list, this.none, message.multiple && this.doneRow());
    box.addEventListener("keydown", (event) => this.key(event));
    box.addEventListener("keyup", stop);
    const element = clearVeil(() => this.away(), box);
    return {
      element,
      focus: this.filter || this.list,
      place: (screen) => placeUnder(box, message.box, screen, 380),
      shown: () => this.show(),
    };
  }

  filterField(name) {
    return h("input", {
      class: "filter",
      type: "text",
      role: "combobox",
      placeholder: "Filter",
      autocomplete: "off",
      spellcheck: "false",
      "aria-label": `Filter ${name}`,
      "aria-controls": this.list.id,
      "aria-expanded": "true",
      "aria-autocomplete": "list",
      oninput: () => this.sift(),
    });
  }

  doneRow() {
    this.count = h("span", { class: "dim" });
    const done = h("button", { class: "pri", type: "button", onclick: () => this.finish() }, "Done");
    return h("div", { class: "row foot" }, this.count, h("span", { class: "sp" }), done);
  }

  answer() {
    return [...this.chosen].sort((a, b) => a - b);
  }

  finish() {
    this.reply(this.answer());
  }

  /** A press beside the list: several that were marked stay marked, as in a page's own list. */
  away() {
    if (this.message.multiple && this.answer().join() !== this.before) this.finish();
    else this.reply(null);
  }

  shownItems() {
    return this.usable.filter((item) => !item.hidden);
  }

  show() {
    const shown = this.shownItems();
    this.at = Math.max(0, Math.min(shown.length - 1, this.at));
    const now = shown[this.at];
    if (this.marked) this.marked.classList.remove("at");
    this.marked = now;
    if (this.count) this.count.textContent = `${this.chosen.size} chosen`;
    const holder = this.filter || this.list;
    if (!now) return holder.removeAttribute("aria-activedescendant");
    now.classList.add("at");
    holder.setAttribute("aria-activedescendant", now.id);
    return now.scrollIntoView({ block: "nearest" });
  }

  go(to, extend) {
    this.at = Math.max(0, Math.min(this.shownItems().length - 1, to));
    if (extend && this.message.multiple) this.range();
    else this.anchor = this.at;
    this.show();
  }

  /** Only the options that have the filter's words in them, and the groups these are in. */
  sift() {
    const words = this.filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const item of this.items) {
      const text = `${item.textContent} ${item.dataset.group || ""}`.toLowerCase();
      item.hidden = !words.every((word) => text.includes(word));
    }
    for (const head of this.list.querySelectorAll(".group"))
      head.hidden = !this.items.some((item) => !item.hidden && item.dataset.group === head.textContent);
    this.none.hidden = this.items.some((item) => !item.hidden);
    this.at = 0;
    this.show();
  }

  mark(item, on) {
    const index = Number(item.dataset.index);
    if (on) this.chosen.add(index);
    else this.chosen.delete(index);
    item.setAttribute("aria-selected", String(on));
  }

  /** Exactly the options between the anchor and here. */
  range() {
    const shown = this.shownItems();
    const [from, to] = [Math.min(this.anchor, this.at), Math.max(this.anchor, this.at)];
    shown.forEach((item, i) => this.mark(item, i >= from && i <= to));
  }

  pick(item) {
    if (!item) return;
    const index = Number(item.dataset.index);
    if (!this.message.multiple) return void this.reply([index]);
    this.mark(item, !this.chosen.has(index));
    this.show();
  }

  clicked(event) {
    const item = event.target.closest("[role=option]");
    const shown = this.shownItems();
    const at = shown.indexOf(item);
    if (at < 0) return;
    this.at = at;
    if (event.shiftKey && this.message.multiple) {
      this.range();
      this.show();
      return;
    }
    this.anchor = at;
    this.pick(item);
  }

  key(event) {
    const typing = event.target === this.filter;
    const shown = this.shownItems();
    const page = 8;
    const multiple = this.message.multiple;
    const runs = {
      ArrowDown: () => this.go(this.at + 1, event.shiftKey),
      ArrowUp: () => this.go(this.at - 1, event.shiftKey),
      PageDown: () => this.go(this.at + page, event.shiftKey),
      PageUp: () => this.go(this.at - page, event.shiftKey),
      Home: () => (typing && this.filter.value ? false : this.go(0)),
      End: () => (typing && this.filter.value ? false : this.go(shown.length - 1)),
      Enter: () => (event.target.matches("button") ? false : multiple ? this.finish() : this.pick(shown[this.at])),
      " ": () => (event.target.matches("button") || (typing && !multiple) ? false : this.pick(shown[this.at])),
      Escape: () => this.reply(null),
      Tab: () => (multiple ? false : this.reply(null)),
      a: () => (multiple && !typing && (event.ctrlKey || event.metaKey) ? this.all() : this.jump(event, typing)),
    };
    ownKeys({ ...runs, ...(event.key in runs ? {} : { [event.key]: () => this.jump(event, typing) }) })(event);
  }

  all() {
    for (const item of this.shownItems()) this.mark(item, true);
    this.show();
  }

  /** Letters go to the next option that begins with them; the same letter again to the one after. */
  jump(event, typing) {
    if (typing || event.key.length !== 1 || event.ctrlKey || event.metaKey || event.altKey) return false;
    const key = event.key.toLowerCase();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => (this.typed = ""), 700);
    const again = this.typed === key;
    this.typed = again ? key : this.typed + key;
    const shown = this.shownItems();
    const from = again || this.typed.length === 1 ? this.at + 1 : this.at;
    const order = [...shown.keys()].map((i) => (i + from) % shown.length);
    const begins = (i) => shown[i].textContent.trim().toLowerCase().startsWith(this.typed);
    const found = order.find(begins);
    if (found !== undefined) this.go(found);
    return undefined;
  }
}

let listCount = 0;
let optionIds = 0;

function optionItem(option, selected, multiple) {
  return h(
    "div",
    {
      class: `option${multiple ? " many" : ""}`,
      role: "option",
      id: `ss-option-${++optionIds}`,
      "aria-selected": String(selected),
      "aria-disabled": option.disabled ? "true" : null,
      data: { index: option.index, ...(option.group ? { group: option.group } : {}) },
    },
    option.text || "\u00a0",
  );
}

/** Options under the headings of their groups. */
function grouped(options, items) {
  const out = [];
  let group = null;
  options.forEach((option, i) => {
    if (option.group !== group && option.group)
      out.push(h("div", { class: "group", role: "presentation" }, option.group));
    group = option.group;
    out.push(items[i]);
  });
  return out;
}
