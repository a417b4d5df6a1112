/* From episode to episode of the list one came from. However quickly one presses, every press counts. */

/** Milliseconds after which an episode that was asked for is no longer waited for. */
const TRAVEL_PATIENCE = 15000;

class Travel {
  /** @param {App} app */
  constructor(app) {
    this.app = app;
    this.queue = [];
    this.bound = null;
    this.asking = false;
  }

  /** Whether another episode has been asked for that is not here yet. */
  get travelling() {
    return this.asking || this.bound !== null;
  }

  /** An episode is here; perhaps the one that was asked for. */
  arrived(episode) {
    if (!this.asking && this.bound?.id === episode) this.bound = null;
  }

  /** One more to the next or the one before. @param {"before"|"after"} which */
  async go(which) {
    const { app } = this;
    if (!app.source.feed.beside) return app.toast("Open the episode in the app to go on to others");
    this.queue.push(which);
    if (this.asking) return;
    this.asking = true;
    try {
      await this.follow();
    } catch (error) {
      this.queue = [];
      this.bound = null;
      app.complain(error);
    } finally {
      this.asking = false;
    }
  }

  /** Ask the list for each press in turn, then Python for the episode they end at. */
  async follow() {
    const { app, bound: from } = this;
    let end = null;
    while (this.queue.length) {
      const found = (await this.beside())[this.queue[0]];
      if (!found) end = this.queue[0];
      this.bound = found || this.bound;
      this.queue.shift();
    }
    if (end) app.toast(end === "after" ? "This is the last episode of the list" : "This is the first episode of the list");
    if (this.bound === from) return;
    clearTimeout(app.resting); // a state told right after a trigger makes Streamlit forget the trigger
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => (this.bound = null), TRAVEL_PATIENCE);
    app.setTriggerValue("go", { episode: this.bound.id, step: this.bound.step });
  }

  /** What stands beside the episode one is bound for; asked again where another one was opened meanwhile. */
  async beside() {
    const { source, data } = this.app;
    try {
      return await source.feed.beside(data.list || "", this.bound?.id ?? data.episode);
    } catch (error) {
      if (error.name !== "AbortError" || source === this.app.source) throw error;
      return this.beside();
    }
  }
}
