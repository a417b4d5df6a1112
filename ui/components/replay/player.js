/* Playing an episode: one step after the other, at a speed one chooses, to the end of the window. */

const PLAY = 700;
const SPEEDS = [0.25, 0.5, 1, 2, 4, 8];

class Player {
  /** @param {App} app */
  constructor(app) {
    this.app = app;
    this.speed = 1;
    this.timer = null;
    this.button = h("button", { type: "button", class: "plain", onclick: () => this.toggle() });
    this.pace = h("button", { type: "button", class: "plain dim", onclick: () => this.next() });
    this.element = h("span", { class: "player" }, this.button, this.pace);
    this.tell();
  }

  toggle() {
    if (this.timer !== null) return this.pause();
    const step = () => {
      if (this.app.place >= this.app.window.span()[1]) return this.pause();
      this.app.move(1);
      this.timer = setTimeout(step, PLAY / this.speed);
    };
    this.timer = setTimeout(step, 0);
    this.tell();
  }

  pause() {
    if (this.timer === null) return;
    clearTimeout(this.timer);
    this.timer = null;
    this.tell();
  }

  /** The next faster (1) or slower (−1) speed. */
  change(by) {
    this.setSpeed(SPEEDS[Math.min(SPEEDS.length - 1, Math.max(0, SPEEDS.indexOf(this.speed) + by))]);
    this.app.said.textContent = `Speed ${this.speed}`;
  }

  /** The next faster speed, after the fastest the slowest. */
  next() {
    this.setSpeed(SPEEDS[(SPEEDS.indexOf(this.speed) + 1) % SPEEDS.length]);
  }

  setSpeed(speed) {
    this.speed = speed;
    this.tell();
  }

  tell() {
    const playing = this.timer !== null;
    fill(this.button, h("span", { "aria-hidden": "true" }, playing ? "❚❚" : "▶"));
    this.button.setAttribute("aria-label", playing ? "Pause" : "Play");
    this.button.title = playing ? "Pause (Space)" : "Play (Space)";
    this.pace.textContent = `${this.speed}×`;
    this.pace.setAttribute("aria-label", `Speed ${this.speed}×`);
    this.pace.title = "Faster; after the fastest the slowest (+ and −)";
  }
}
