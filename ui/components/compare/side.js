/* One side of a comparison: the page before its step with the target drawn, the calls open, the action, its reason. */

class Side {
  /**
   * @param {string} name "A" or "B" @param {Source} source
   * @param {{failed: (error: Error) => void, onFrame: (frame: number) => void}} ports
   */
  constructor(name, source, ports) {
    Object.assign(this, { name, source, ports });
    this.picture = new Picture(name, source, ports.failed);
    this.told = h("div", { class: "told" });
    this.element = h("section", { class: "card pad side", "aria-label": `Episode ${name}` }, this.told, this.picture.element);
    this.watch = new ResizeObserver(() => this.picture.again());
    this.watch.observe(this.picture.box);
  }

  /** Show the step at a position; where this side has none in the pair, the page as it stood. `frame`: the call, if any. */
  show(recording, ink, place, seen, link, frame) {
    Object.assign(this, { recording, ink, place, seen, link, frame, details: null });
    this.element.classList.toggle("absent", place === null);
    this.element.style.setProperty("--shape", recording.episode.viewport.join(" / "));
    const at = Math.max(0, seen);
    const side = place === null && seen >= 0 ? "after" : "before";
    this.picture.show(recording.n ? recording.picture(at, side) : null, at, (g, fit) => this.mark(g, fit));
    this.describe();
    if (place === null) return;
    const uid = recording.columns.uid[place];
    this.source.step(uid).then((details) => {
      if (this.place !== place || this.recording !== recording) return;
      this.details = details;
      this.picture.again();
      this.describe();
    }, this.ports.failed);
  }

  mark(g, { width }) {
    const target = this.details && this.details.step.target;
    const scale = width / this.recording.episode.viewport[0];
    if (!target || this.place === null) return;
    if (target.box) outlined(g, [target.box.x, target.box.y, target.box.width, target.box.height], scale, this.ink.target, 0);
    if (target.point) clicked(g, target.point[0] * scale, target.point[1] * scale, this.ink.target);
  }

  describe() {
    const { recording, place, details } = this;
    const before = details && details.before;
    this.picture.describe(before ? before.url : "", before ? before.title || before.url : this.sentence());
    if (place === null) {
      fill(this.told, h("p", { class: "dim" }, this.seen < 0 ? "Nothing done yet." : this.sentence()));
      return;
    }
    const { step } = details || { step: null };
    fill(
      this.told,
      crumbs(recording, this.ink, this.frame ?? recording.frameAt(place), this.ports.onFrame, `Open calls of ${this.name}`),
      h("div", { class: "action mono" }, recording.columns.sentence[place]),
      step && step.reason ? h("p", { class: "reason dim" }, shorten(step.reason, 400)) : null,
      step && step.error ? h("p", { class: "bad" }, step.error) : null,
      h(
        "div",
        { class: "row" },
        h("span", { class: "dim" }, `step ${place + 1} of ${recording.n}`),
        h("span", { class: "sp" }),
        h("a", { href: this.link, "aria-label": `Open ${this.name} in Replay` }, "Open in Replay"),
      ),
    );
  }

  sentence() {
    const { recording, place, seen } = this;
    if (place !== null) return recording.columns.sentence[place];
    return `No step here; the page after step ${seen + 1}.`;
  }

  close() {
    this.watch.disconnect();
    this.source.close();
  }
}
