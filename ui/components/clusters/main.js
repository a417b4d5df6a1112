/* Clusters of failures as cards, the largest first. */

/** One mounted column of cards. */
class Cards {
  constructor(parent) {
    this.root = h("div", { class: "ss clusters" });
    parent.appendChild(this.root);
  }

  update({ data, setTriggerValue }) {
    this.go = (link) => setTriggerValue("went", link);
    const said = JSON.stringify(data);
    if (said === this.said) return;
    this.said = said;
    this.data = data;
    fill(this.root, data.clusters.map((one, place) => this.card(one, place)));
    if (this.root.getBoundingClientRect().top < 0) this.root.scrollIntoView(); // another page is read from its beginning
  }

  card(one, place) {
    const name = `cluster-${place}`;
    return h(
      "section",
      { class: "card pad", "aria-labelledby": `${name} ${name}-facts` },
      h("div", { class: "row head" }, h("h2", { id: name }, one.title), h("span", { class: "sp" }), this.share(one)),
      h("div", { class: "facts" }, this.facts(one, name)),
      h("div", { class: "examples" }, one.examples.map((example) => this.example(example))),
      h("div", { class: "row ways" }, this.link(one.link, one.all, "button"), one.tasks.map((task) => this.task(task))),
    );
  }

  /** The bar only repeats what the words say. */
  share(one) {
    const bar = h("span", { class: "bar", "aria-hidden": "true" }, h("span", { style: { width: `${100 * one.share}%` } }));
    return [bar, h("strong", {}, one.count.toLocaleString("en")), h("span", { class: "dim" }, one.said)];
  }

  facts(one, name) {
    const swatch = h("span", {
      class: "swatch",
      style: { background: policyColour(this.data.colours, one.policy || "planner", isDark(this.root)) },
      "aria-hidden": "true",
    });
    const page = one.page ? h("code", {}, one.page) : "no page";
    return [
      h("div", { id: `${name}-facts` }, swatch, one.blamed, " · ", page),
      one.rules.length > 0 && this.rules(one.rules),
    ];
  }

  /** The rules in words, folded: the title has named them already. */
  rules(rules) {
    const said = rules.map(([id, title, rule]) => h("div", {}, h("span", { class: "chip" }, `${id} ${title}`), " ", rule));
    return h("details", { class: "dim" }, h("summary", {}, rules.length > 1 ? `What the ${rules.length} rules say` : "What the rule says"), said);
  }

  example(one) {
    const query = new URLSearchParams({ t: this.data.token, v: one.version });
    if (one.began !== null) query.set("at", one.began);
    const src = `${this.data.root}/episodes/${encodeURIComponent(one.id)}/film?${query}`;
    const film = h("img", { src, alt: "", loading: "lazy", decoding: "async", onerror: (event) => event.target.replaceWith("No picture was kept.") });
    return h(
      "div",
      { class: "example" },
      h("div", { class: "film dim" }, film),
      h("div", { class: "what" }, this.link(one.link, one.where), " ", h("span", { class: "dim" }, one.task)),
      h("div", { class: "dim said" }, one.said),
    );
  }

  task([title, link]) {
    return this.link(link, title, "chip");
  }

  link(link, text, style = "") {
    const press = (event) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || event.button) return;
      event.preventDefault();
      this.go(link);
    };
    return h("a", { href: link, class: style, onclick: press }, text);
  }

  close() {
    this.root.remove();
  }
}

export default mounting(Cards);
