/* The panels beside the page: the picker of a call's policy and arguments, the end of a call, a note. */

const RECENT = "stepscope.policies";
const MOST_RECENT = 8;

/** Policies this browser picked lately, newest first. */
function recentPolicies() {
  try {
    const kept = JSON.parse(localStorage.getItem(RECENT) || "[]");
    return Array.isArray(kept) ? kept.filter((name) => typeof name === "string") : [];
  } catch {
    return []; // no storage here, or not ours: the order of the set will do
  }
}

function rememberPolicy(name) {
  const kept = [name, ...recentPolicies().filter((one) => one !== name)].slice(0, MOST_RECENT);
  try {
    localStorage.setItem(RECENT, JSON.stringify(kept));
  } catch {
    // no storage here: nothing is remembered
  }
}

/** The policies that fit what was typed: names that begin with it, then recently used ones, then the set's order. */
function fitting(forms, typed, recent) {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  const text = (form) => `${form.name.replaceAll("_", " ")} ${form.name} ${form.description}`.toLowerCase();
  const used = (form) => (recent.includes(form.name) ? recent.indexOf(form.name) : MOST_RECENT);
  const begins = (form) => (words.length && form.name.startsWith(words.join("_")) ? 0 : 1);
  const found = forms.filter((form) => words.every((word) => text(form).includes(word)));
  return found.sort((a, b) => begins(a) - begins(b) || used(a) - used(b));
}

/** A panel with a title; its keys are its own. `keys` by name run beside Escape and Enter. */
function panelBox(marking, title, submit, keys, ...children) {
  const heard = (event) => {
    event.stopPropagation();
    const run = { Escape: () => marking.close(), ...keys }[event.key];
    if (!run) return;
    event.preventDefault();
    run();
  };
  const send = (event) => {
    event.preventDefault();
    submit();
  };
  return h(
    "form",
    { class: "panel stack", role: "dialog", "aria-label": title, onsubmit: send, onkeydown: heard, onkeyup: stop },
    h("h2", {}, title),
    children,
  );
}

function panelButtons(marking, text) {
  return h(
    "div",
    { class: "row" },
    h("button", { class: "pri", type: "submit" }, text, " ", h("kbd", {}, "⏎")),
    h("button", { type: "button", onclick: () => marking.close() }, "Leave ", h("kbd", {}, "Esc")),
  );
}

/** A call begins: choose the policy, look over its arguments. */
function callPanel(marking) {
  const picker = new Picker(marking);
  marking.ask();
  return picker.panel;
}

class Picker {
  constructor(marking) {
    this.marking = marking;
    this.recent = recentPolicies();
    this.given = {};
    this.guesses = {};
    this.values = [];
    this.shown = fitting(marking.forms, "", this.recent);
    this.at = 0;
    this.search = h("input", {
      class: "wide",
      name: "policy",
      role: "combobox",
      "aria-label": "Policy",
      "aria-expanded": "true",
      "aria-controls": "ss-policies",
      "aria-autocomplete": "list",
      autocomplete: "off",
      spellcheck: "false",
      placeholder: "type to find a policy",
      oninput: () => this.find(),
    });
    this.list = h("div", { class: "policies", role: "listbox", id: "ss-policies", "aria-label": "Policies" });
    this.args = h("div", { class: "stack" });
    this.said = h("div", { class: "warn", role: "alert" });
    const element = panelBox(
      marking,
      "A call begins",
      () => this.submit(),
      { ArrowDown: () => this.go(1), ArrowUp: () => this.go(-1) },
      this.search,
      this.list,
      this.args,
      this.said,
      panelButtons(marking, "Begin"),
    );
    const suggest = (told) => this.suggest(told);
    this.panel = { element, focus: this.search, submit: () => this.submit(), suggest };
    this.draw();
  }

  get form() {
    return this.shown[this.at];
  }

  find() {
    this.shown = fitting(this.marking.forms, this.search.value, this.recent);
    this.at = 0;
    this.draw();
  }

  go(by) {
    this.at = Math.max(0, Math.min(this.shown.length - 1, this.at + by));
    this.draw();
  }

  draw() {
    const none = "No policy has that name. Policies lists them all.";
    const options = this.shown.map((form, i) => this.option(form, i));
    fill(this.list, options.length ? options : h("div", { class: "dim pad" }, none));
    const chosen = this.list.querySelector('[aria-selected="true"]');
    if (chosen) {
      this.search.setAttribute("aria-activedescendant", chosen.id);
      requestAnimationFrame(() => chosen.scrollIntoView({ block: "nearest" }));
    }
    this.drawArguments();
  }

  option(form, i) {
    const names = form.parameters.map((one) => `[${one.name}${one.required ? "" : "?"}]`).join(" ");
    const choose = () => {
      this.at = i;
      this.draw();
    };
    return h(
      "div",
      {
        class: "policy",
        role: "option",
        id: `ss-policy-${i}`,
        "aria-selected": String(i === this.at),
        title: form.description,
        onmousedown: (event) => (event.preventDefault(), choose()),
      },
      h("b", {}, form.name),
      " ",
      h("span", { class: "dim" }, names),
    );
  }

  drawArguments() {
    const known = h("datalist", { id: "ss-values" }, this.values.map((value) => h("option", { value })));
    fill(this.args, known, this.form && this.form.parameters.map((one) => this.argument(one)));
  }

  argument(parameter) {
    const given = this.given[parameter.name];
    const guess = this.guesses[this.form.name]?.[parameter.name] || "";
    const input = h("input", {
      class: `wide${given === undefined && guess ? " guess" : ""}`,
      name: parameter.name,
      value: given === undefined ? guess : given,
      list: "ss-values",
      autocomplete: "off",
      spellcheck: "false",
      placeholder: parameter.required ? "found from the steps, if left empty" : "optional",
    });
    input.addEventListener("input", () => {
      this.given[parameter.name] = input.value;
      input.classList.remove("guess");
    });
    const name = h("span", { class: "dim" }, parameter.name);
    return h("label", { class: "argument", title: parameter.description }, name, input);
  }

  /** What the recorder knows: guesses by policy and parameter, and every value that could be meant. */
  suggest(told) {
    this.guesses = told.args;
    this.values = told.values;
    if (!this.args.contains(this.args.getRootNode().activeElement)) this.drawArguments();
  }

  submit() {
    const { form } = this;
    if (!form) return fill(this.said, "Choose a policy first: nothing was marked.");
    const filled = [...this.args.querySelectorAll("input")].filter((input) => input.value.trim());
    const args = Object.fromEntries(filled.map((input) => [input.name, input.value.trim()]));
    rememberPolicy(form.name);
    return this.marking.submit({ type: "mark", what: "boundary", policy: form.name, args });
  }
}

/** The innermost call ends, with its answer where it has one. */
function endPanel(marking) {
  const call = marking.marks.calls.at(-1);
  const input = h("input", { class: "wide", name: "returns", autocomplete: "off", "aria-label": "Answer of the call" });
  const submit = () => marking.submit({ type: "mark", what: "end", text: input.value.trim() || null });
  const title = `${call.policy} ends`;
  const label = h("label", { class: "argument" }, h("span", { class: "dim" }, "answer, if it gives one"), input);
  const whole = h("div", { class: "mono" }, call.call);
  const element = panelBox(marking, title, submit, {}, whole, label, panelButtons(marking, "End"));
  return { element, focus: input, submit };
}

/** A remark: a step of its own. */
function notePanel(marking) {
  const input = h("input", { class: "wide", name: "note", autocomplete: "off", "aria-label": "Note" });
  const submit = () => {
    const text = input.value.trim();
    if (text) marking.submit({ type: "note", text });
    else marking.close();
  };
  const element = panelBox(marking, "Note", submit, {}, input, panelButtons(marking, "Keep"));
  return { element, focus: input, submit };
}
