/* The window: a stretch of steps that is all one wants to see. Film strip, tree, step list and signals keep to it. */

class StepWindow {
  /** @param {App} app */
  constructor(app) {
    this.app = app;
    this.brush = null;
  }

  /** First and last step of the window; all steps without one. */
  span() {
    return this.brush || [0, this.app.recording.n - 1];
  }

  /** Show only these steps everywhere; null shows all. @param {[number, number]|null} brush */
  set(brush) {
    const { app } = this;
    if (!app.recording.n) return;
    this.show(brush);
    const [low, high] = this.span();
    const inside = Math.min(high, Math.max(low, app.place));
    app.select(inside, inside === app.place ? app.frame : undefined);
    app.said.textContent = brush ? `Only ${stretch(low, high)}` : "All steps";
  }

  show(brush) {
    this.brush = brush;
    this.app.timeline.setBrush(brush);
    this.app.outline.filter(brush);
    this.app.drawFound();
  }

  /** The window begins (edge 0) or ends (edge 1) at the selected step. */
  edge(edge) {
    const next = [...this.span()];
    next[edge] = this.app.place;
    this.set(next);
  }

  /** The selected call is the window, or no longer. */
  ofCall() {
    const { brush } = this;
    const { recording, frame } = this.app;
    if (!recording.n || !recording.size(frame)) return;
    const call = [recording.first[frame], recording.last[frame]];
    this.set(brush && brush[0] === call[0] && brush[1] === call[1] ? null : call);
  }

  /** A step outside of it was asked for by name: the window is closed, and that is said. */
  reach(place) {
    if (!this.brush || (place >= this.brush[0] && place <= this.brush[1])) return;
    this.show(null);
    this.app.toast("All steps are shown again");
  }

  /** The window and the way out of it, for the heading. */
  chip() {
    if (!this.brush) return null;
    const props = { type: "button", class: "plain window", data: { act: "window" }, onclick: () => this.set(null) };
    return h("button", props, `only ${stretch(...this.brush)} ✕ `, h("kbd", {}, "Esc"));
  }
}
