/* What Replay and Compare are alike in: keys, dialogs, messages, the end. What they show is theirs. */

/** Milliseconds a short message stays; one that answers no key, while a page opens, longer. */
const TOAST = 2500;
const LONG_TOAST = 8000;
/** Milliseconds until a selection counts as rested. */
const REST = 150;

class Screen {
  /** @param {HTMLElement} parent @param {string} name class names @param {Map<string, any>} bindings by key */
  constructor(parent, name, bindings) {
    this.bindings = bindings;
    this.root = h("div", { class: `ss ${name}` });
    this.alarm = h("div", { class: "note bad", role: "alert", hidden: true });
    this.toasts = h("div", { class: "toasts", role: "status" });
    this.sheet = null;
    parent.appendChild(this.root);
    this.onKey = (event) => this.key(event);
    document.addEventListener("keydown", this.onKey);
  }

  /** Run what a key is bound to; Escape is left to others where nothing of ours is open. */
  key(event) {
    if (!this.root.isConnected) return;
    const binding = bindingOf(event, this.root, this.bindings);
    if (!binding || !(this.recording || this.recordings || binding.always)) return;
    if (binding.key === "Escape" && !this.isOpen()) return;
    event.preventDefault();
    event.stopPropagation();
    this.pressing?.(binding);
    binding.run(this, event.key);
  }

  /** Whether Escape has something to close. */
  isOpen() {
    return Boolean(this.sheet);
  }

  /** What has the focus when a dialog closes and what had it before is gone. @returns {HTMLElement|undefined} */
  get line() {
    return undefined;
  }

  showKeys() {
    this.openSheet(keySheet(this.data.keys, () => this.closeSheet()));
  }

  /** Ask for one of `n` steps (or pairs) by its number. */
  askFor(n, place, word, go) {
    if (n) this.openSheet(stepSheet(n, place, word, go, () => this.closeSheet()));
  }

  openSheet(element) {
    this.closeSheet();
    this.focusedBefore = this.root.getRootNode().activeElement;
    this.sheet = element;
    this.root.append(element);
  }

  closeSheet() {
    if (!this.sheet) return;
    this.sheet.remove();
    this.sheet = null;
    const back = this.focusedBefore?.isConnected ? this.focusedBefore : this.line;
    back?.focus({ preventScroll: true });
  }

  async copyAddress() {
    try {
      await navigator.clipboard.writeText(location.href);
      this.toast("Link copied");
    } catch {
      this.toast(`The browser did not allow copying. The address bar has the link: ${location.href}`);
    }
  }

  /** A short message; said again while it stands, it stands anew. @param {number} stays milliseconds */
  toast(text, stays = TOAST) {
    for (const old of [...this.toasts.children]) if (old.textContent === text) old.remove();
    const note = h("div", { class: "toast" }, text);
    this.toasts.append(note);
    setTimeout(() => note.remove(), stays);
  }

  complain(error) {
    if (error.name === "AbortError") return;
    this.alarm.textContent = error.message;
    this.alarm.hidden = false;
  }

  /** Nothing can be shown: why, and the way to try again; `ways` are links that lead elsewhere. */
  refuse(title, error, ways = []) {
    const again = h("button", { type: "button", onclick: () => this.open() }, "Try again");
    const row = h("div", { class: "row" }, again, ways);
    fill(this.root, h("div", { class: "card pad", role: "alert" }, h("h1", {}, title), h("p", {}, error.message), row));
  }

  close() {
    this.leave();
    document.removeEventListener("keydown", this.onKey);
    this.root.remove();
  }
}
