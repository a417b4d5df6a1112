/* Colours: policies by name from the table Python hands over, everything else from the Streamlit theme. */

/** Reads the theme as it is now; made anew when the theme changes. */
class Ink {
  /** @param {HTMLElement} element whose computed style holds the theme @param {any} table colours_for_components() */
  constructor(element, table) {
    const style = getComputedStyle(element);
    const read = (name) => style.getPropertyValue(name).trim();
    this.table = table;
    for (const name of ["ink", "dim", "line", "panel", "bg", "accent", "bad", "ok", "warn", "target"])
      this[name] = read(`--${name}`);
    this.font = `12px ${style.fontFamily}`;
    this.tiny = `9px ${style.fontFamily}`;
    this.small = `11px ${style.fontFamily}`;
    this.dark = isDark(element);
    this.key = ["ink", "dim", "line", "panel", "bg", "accent", "bad", "font"].map((name) => this[name]).join(" ");
    this.known = new Map();
  }

  /** The colour of a policy. */
  policy(name) {
    if (!this.known.has(name)) this.known.set(name, policyColour(this.table, name, this.dark));
    return this.known.get(name);
  }
}

/** A little square of a policy's colour; the name always stands beside it. */
function swatch(ink, policy) {
  return h("span", { class: "swatch", "aria-hidden": "true", style: { background: ink.policy(policy) } });
}
