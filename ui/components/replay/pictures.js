/* The middle: the page before and after a step, with the target drawn, and what changed between them. */

/** Lines that differ, at most so many are told. */
const LINES_TOLD = 400;

/** One picture on a canvas that fits its box; draws at once what is loaded and waits for what is not. */
class Picture {
  /** @param {string} title @param {Source} source @param {(error: Error) => void} failed */
  constructor(title, source, failed) {
    Object.assign(this, { title, source, failed, wanted: null, shown: null, overlay: null });
    this.canvas = h("canvas", { role: "img", "aria-label": title });
    this.address = h("span", { class: "address mono" });
    this.note = h("span", { class: "dim" });
    this.missing = h("div", { class: "missing dim", hidden: true });
    this.box = h("div", { class: "box" }, this.canvas, this.missing);
    this.element = h("figure", {}, h("figcaption", {}, h("b", {}, title), this.address, this.note), this.box);
  }

  /** @param {{hash: string, place: number}|null} picture @param {number} place @param {(g, scale, bitmap) => void} overlay */
  show(picture, place, overlay) {
    this.overlay = overlay;
    this.wanted = picture && picture.hash;
    this.note.textContent = picture && picture.place !== place ? `as of step ${picture.place + 1}` : "";
    this.missing.hidden = Boolean(picture);
    this.canvas.hidden = !picture;
    if (!picture) {
      this.missing.textContent = "No picture was kept for this step.";
      this.shown = null;
      return true;
    }
    const here = this.source.peekPicture(picture.hash);
    if (here) return this.arrived(here, picture.hash);
    this.canvas.classList.add("stale");
    this.source.picture(picture.hash).then((bitmap) => this.arrived(bitmap, picture.hash), this.failed);
    return false;
  }

  /** A picture is here: draw it and say so, unless another one is wanted by now. */
  arrived(bitmap, hash) {
    if (this.wanted !== hash) return false;
    this.draw(bitmap, hash);
    this.canvas.dispatchEvent(new CustomEvent("stepscope:drawn", { bubbles: true, composed: true, detail: { hash } }));
    return true;
  }

  /** The page's address above the picture, and a name for those who do not see it. */
  describe(url, text) {
    this.address.textContent = url;
    this.address.title = url;
    this.canvas.setAttribute("aria-label", `${this.title}: ${text}`);
  }

  draw(bitmap, hash) {
    this.shown = hash;
    this.canvas.classList.remove("stale");
    const room = { width: this.box.clientWidth - 2, height: this.box.clientHeight - 2 };
    if (room.width < 10 || room.height < 10) return;
    const fit = Math.min(room.width / bitmap.width, room.height / bitmap.height, 2);
    const width = Math.max(1, Math.round(bitmap.width * fit));
    const height = Math.max(1, Math.round(bitmap.height * fit));
    const ratio = window.devicePixelRatio || 1;
    const g = this.canvas.getContext("2d");
    if (this.canvas.width !== Math.round(width * ratio) || this.canvas.height !== Math.round(height * ratio)) {
      this.canvas.width = Math.round(width * ratio);
      this.canvas.height = Math.round(height * ratio);
      this.canvas.style.width = `${width}px`;
      this.canvas.style.height = `${height}px`;
    }
    g.setTransform(ratio, 0, 0, ratio, 0, 0);
    g.imageSmoothingQuality = "high";
    g.drawImage(bitmap, 0, 0, width, height);
    if (this.overlay) this.overlay(g, { width, height, bitmap });
  }

  /** Draw again what is shown: a target came to be known, the box changed its size. */
  again() {
    const bitmap = this.shown && this.source.peekPicture(this.shown);
    if (bitmap) this.draw(bitmap, this.shown);
  }
}

/** Before, After and Diff of the selected step. */
class Stage {
  /** @param {Source} source @param {{failed: (error: Error) => void}} ports */
  constructor(source, ports) {
    this.mode = "before";
    this.highlight = null;
    this.before = new Picture("Before", source, ports.failed);
    this.after = new Picture("After", source, ports.failed);
    this.source = source;
    this.lines = h("div", { class: "lines mono", tabindex: "0", role: "region", "aria-label": "What changed" });
    this.pair = h("div", { class: "pair" }, this.before.element, this.after.element);
    this.element = h("div", { class: "stage", role: "tabpanel", "aria-label": "Page" }, this.pair, this.lines);
    this.watch = new ResizeObserver(() => [this.before, this.after].forEach((picture) => picture.again()));
    this.watch.observe(this.before.box);
    this.watch.observe(this.after.box);
    this.setMode("before");
  }

  setMode(mode) {
    this.mode = mode;
    this.element.dataset.mode = mode;
    this.before.element.hidden = mode === "after";
    this.after.element.hidden = mode === "before";
  }

  /** Show a step's pictures now; `details` may come later through `tell`. @returns whether all was drawn at once */
  show(recording, place, ink, details) {
    Object.assign(this, { recording, place, ink, details, highlight: null });
    this.element.style.setProperty("--shape", recording.episode.viewport.join(" / "));
    let drawn = true;
    if (this.mode !== "after")
      drawn = this.before.show(recording.n ? recording.picture(place, "before") : null, place, (g, at) =>
        this.mark(g, at, "before"),
      );
    if (this.mode !== "before")
      drawn =
        this.after.show(recording.n ? recording.picture(place, "after") : null, place, (g, at) =>
          this.mark(g, at, "after"),
        ) && drawn;
    return drawn;
  }

  /** The step's record is here: addresses, target, lines that differ. */
  tell(details) {
    this.details = details;
    const { step, before } = details;
    const after = details.after || (details.same ? before : null);
    const target = step.target;
    const on = target ? `, target ${target.role} ${target.name}` : "";
    this.before.describe(before ? before.url : "", before ? `${before.title || before.url}${on}` : "page not kept");
    this.after.describe(after ? after.url : "", after ? after.title || after.url : "page not kept");
    this.redraw();
    this.tellLines(before, after);
  }

  redraw() {
    if (this.mode !== "after") this.before.again();
    if (this.mode !== "before") this.after.again();
  }

  /** Point at an element by its box in CSS pixels of the page, or at none. */
  point(box) {
    this.highlight = box;
    this.redraw();
  }

  mark(g, { width, height, bitmap }, side) {
    const scale = width / this.recording.episode.viewport[0];
    const target = this.details && this.details.step.target;
    if (side === "after" && this.mode === "diff") this.markChanges(g, width, height, bitmap);
    if (this.highlight && side === "before") outlined(g, this.highlight, scale, this.ink.accent, 0.16);
    if (!target || side === "after") return;
    if (target.box)
      outlined(g, [target.box.x, target.box.y, target.box.width, target.box.height], scale, this.ink.target, 0);
    if (target.point) clicked(g, target.point[0] * scale, target.point[1] * scale, this.ink.target);
  }

  markChanges(g, width, height, bitmap) {
    const picture = this.before.shown && this.source.peekPicture(this.before.shown);
    if (!picture || picture === bitmap) return;
    g.strokeStyle = this.ink.bad;
    g.lineWidth = 2;
    g.globalAlpha = 0.55;
    for (const box of changedRegions(picture, bitmap)) {
      rounded(g, box.x * width - 3, box.y * height - 3, box.width * width + 6, box.height * height + 6, 4);
      g.stroke();
    }
    g.globalAlpha = 1;
  }

  tellLines(before, after) {
    if (!before || !after)
      return fill(
        this.lines,
        h("div", { class: "dim told" }, "One of the two pages was not kept, so their text cannot be compared."),
      );
    const out = [];
    for (const [what, a, b] of [
      ["address", before.url, after.url],
      ["title", before.title, after.title],
      ["focus", focused(before.text), focused(after.text)],
    ])
      if (a !== b) out.push(line("-", `${what} ${a}`), line("+", `${what} ${b}`));
    out.push(...this.around(before, after));
    const lines = condensed(diffLines(before.text.split("\n"), after.text.split("\n")));
    const changed = lines.some((l) => l.sign === "-" || l.sign === "+");
    if (!changed)
      out.push(
        h(
          "div",
          { class: "dim" },
          out.length ? "The page's text is the same." : "Nothing the observation shows has changed.",
        ),
      );
    else
      for (const l of lines.slice(0, LINES_TOLD))
        out.push(
          l.sign === "…" ? h("div", { class: "dim" }, `  … ${count(l.count, "unchanged line")}`) : line(l.sign, l.text),
        );
    if (lines.length > LINES_TOLD)
      out.push(h("div", { class: "dim" }, `… ${count(lines.length - LINES_TOLD, "more line")}`));
    return fill(this.lines, out);
  }

  /** Dialogs that opened or closed, and whether the browser's tabs changed. */
  around(before, after) {
    const [was, is] = [dialogs(before.text), dialogs(after.text)];
    const { changed } = this.details.step;
    return [
      ...was.filter((one) => !is.includes(one)).map((one) => line("-", `closed: ${one}`)),
      ...is.filter((one) => !was.includes(one)).map((one) => line("+", `opened: ${one}`)),
      ...(changed.includes("tabs") ? [h("div", {}, "~ the browser's tabs changed")] : []),
    ];
  }

  close() {
    this.watch.disconnect();
  }
}

function line(sign, text) {
  const kind = { "-": "del", "+": "add" }[sign];
  return h("div", { class: kind || "dim" }, `${sign} ${text}`);
}

/** The element that has the keyboard, by role and name. @param {string} text an observation */
function focused(text) {
  const found = /^ *\[[^\]\s]+\] (\S+ '(?:[^'\\]|\\.)*')(?:.*')? (?:[a-z]+ )*focused\b/m.exec(text);
  return found ? found[1] : "none";
}

/** The dialogs of a page, by role and name. @param {string} text an observation @returns {string[]} */
function dialogs(text) {
  return [...text.matchAll(/^ *\[[^\]\s]+\] ((?:alert)?dialog(?: '(?:[^'\\]|\\.)*')?)/gm)].map((found) => found[1]);
}

function outlined(g, [x, y, width, height], scale, colour, alpha) {
  rounded(g, x * scale - 2.5, y * scale - 2.5, width * scale + 5, height * scale + 5, 4);
  g.fillStyle = colour;
  g.globalAlpha = alpha;
  if (alpha) g.fill();
  g.globalAlpha = 1;
  g.lineWidth = 4;
  g.strokeStyle = "#ffffffb0";
  g.stroke();
  g.lineWidth = 2;
  g.strokeStyle = colour;
  g.stroke();
}

/** A dot where the click went. */
function clicked(g, x, y, colour) {
  g.beginPath();
  g.arc(x, y, 3.5, 0, 7);
  g.fillStyle = colour;
  g.fill();
  g.lineWidth = 1.5;
  g.strokeStyle = "#fff";
  g.stroke();
}
