// <star-rating name value max label>: a row of stars in an open shadow root, part of the form around it.

const STAR = "m12 3.6 2.6 5.4 5.9.8-4.3 4.1 1.1 5.9-5.3-2.9-5.3 2.9 1.1-5.9L3.5 9.8l5.9-.8z";
const STYLE = `
  :host { display: inline-flex; }
  div { display: flex; gap: 2px; }
  button { width: 30px; height: 30px; padding: 2px; border: 0; border-radius: 7px; background: none; cursor: pointer; }
  button:hover { background: #f0f3f2; }
  button:focus-visible { outline: none; box-shadow: 0 0 0 3px rgba(13, 110, 110, .35); }
  svg { width: 100%; height: 100%; fill: #fff; stroke: #9aa8ad; stroke-width: 1.5; stroke-linejoin: round; }
  button.on svg { fill: #eaa83c; stroke: #b97a14; }
`;

class StarRating extends HTMLElement {
  static formAssociated = true;
  #internals = this.attachInternals();
  #root = this.attachShadow({ mode: "open" });

  connectedCallback() {
    const count = Number(this.getAttribute("max"));
    const stars = Array.from({ length: count }, (_, n) => this.#star(n + 1));
    const row = document.createElement("div");
    row.setAttribute("role", "radiogroup");
    row.setAttribute("aria-label", this.getAttribute("label"));
    row.append(...stars);
    const style = document.createElement("style");
    style.textContent = STYLE;
    this.#root.replaceChildren(style, row);
    this.#show();
  }

  get name() { return this.getAttribute("name"); }

  get value() { return Number(this.getAttribute("value")); }

  set value(value) {
    this.setAttribute("value", String(value));
    this.#show();
  }

  #star(n) {
    const button = document.createElement("button");
    button.type = "button";
    button.setAttribute("role", "radio");
    button.setAttribute("aria-label", n === 1 ? "1 star" : `${n} stars`);
    button.innerHTML = `<svg viewBox="0 0 24 24" aria-hidden="true"><path d="${STAR}"/></svg>`;
    button.addEventListener("click", () => this.#choose(n));
    button.addEventListener("keydown", (event) => {
      const by = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
      if (!by) return;
      event.preventDefault();
      this.#choose(Math.min(Math.max(n + by, 1), Number(this.getAttribute("max"))));
    });
    return button;
  }

  #choose(n) {
    this.value = n;
    this.#root.querySelectorAll("button")[n - 1].focus();
    this.dispatchEvent(new Event("change", { bubbles: true }));
  }

  #show() {
    this.#internals.setFormValue(String(this.value));
    this.#root.querySelectorAll("button").forEach((button, n) => {
      button.classList.toggle("on", n < this.value);
      button.setAttribute("aria-checked", String(n + 1 === this.value));
      button.tabIndex = n + 1 === (this.value || 1) ? 0 : -1;
    });
  }
}

customElements.define("star-rating", StarRating);
