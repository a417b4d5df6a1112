/* The canvas: the newest picture of the page, its size on the screen, and where on the page a pointer is. */

/** A small page is not blown up further than this. */
const MOST_SCALE = 2;

/** Draws frames, newest only: while one is decoded, only the last that came meanwhile is kept. */
class Screen {
  /** @param {HTMLCanvasElement} canvas @param {(seq: number) => void} ack called when a frame is on the screen */
  constructor(canvas, ack) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d", { alpha: false });
    this.ack = ack;
    this.viewport = { width: 1280, height: 720 };
    this.shown = null;
    this.next = null;
    this.busy = false;
    this.drawn = [];
    this.latency = null;
    this.asked = null;
  }

  /** @param {Frame} frame */
  take(frame) {
    this.next = frame;
    if (!this.busy) this.pump();
  }

  async pump() {
    this.busy = true;
    while (this.next) {
      const frame = this.next;
      this.next = null;
      try {
        const bitmap = await createImageBitmap(frame.jpeg);
        if (this.next) bitmap.close();
        else this.draw(frame, bitmap);
      } catch {
        // a damaged picture: the next one will do; it is acknowledged so that the next one comes
      }
      this.ack(frame.seq);
    }
    this.busy = false;
  }

  draw(frame, bitmap) {
    const { canvas } = this;
    if (canvas.width !== bitmap.width || canvas.height !== bitmap.height) {
      canvas.width = bitmap.width;
      canvas.height = bitmap.height;
    }
    this.context.drawImage(bitmap, 0, 0);
    bitmap.close();
    if (this.shown === null) canvas.parentElement.classList.add("shown");
    this.shown = frame.seq;
    const now = performance.now();
    this.began = now - frame.at;
    this.drawn.push(now);
    while (this.drawn[0] < now - 1000) this.drawn.shift();
    if (this.asked !== null) {
      const took = now - this.asked;
      this.latency = this.latency === null ? took : 0.7 * this.latency + 0.3 * took;
      this.asked = null;
    }
  }

  /** An input left now; the next picture tells how long its way to the screen was. */
  asking() {
    if (this.asked === null) this.asked = performance.now();
  }

  /** Pictures of the last second, and the time from an input to its picture, in words. */
  get pace() {
    const recent = this.drawn.filter((t) => t > performance.now() - 1000).length;
    const parts = [
      this.latency === null ? null : `${Math.round(this.latency)} ms`,
      recent ? `${recent} fps` : "page is still",
    ];
    return parts.filter(Boolean).join(" · ");
  }

  /** Seconds since the recording began, as far as the pictures tell. */
  get seconds() {
    return this.began === undefined ? 0 : (performance.now() - this.began) / 1000;
  }

  /** The point of the page under a pointer, in CSS pixels of the page's viewport. */
  point(event) {
    const box = this.canvas.getBoundingClientRect();
    const clamp = (value, most) => Math.max(0, Math.min(most - 1, Math.round(value)));
    return {
      x: clamp(((event.clientX - box.left) / box.width) * this.viewport.width, this.viewport.width),
      y: clamp(((event.clientY - box.top) / box.height) * this.viewport.height, this.viewport.height),
    };
  }

  /** Make the stage as large as its room allows, in the page's proportions, and the columns no taller than it needs. */
  fit(stage, columns) {
    columns.style.height = "";
    const room = stage.parentElement;
    const style = getComputedStyle(room);
    const wide = room.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
    const high = room.clientHeight - parseFloat(style.paddingTop) - parseFloat(style.paddingBottom);
    const { width, height } = this.viewport;
    this.scale = Math.max(0.1, Math.min(wide / width, high / height, MOST_SCALE));
    stage.style.width = `${Math.floor(width * this.scale)}px`;
    stage.style.height = `${Math.floor(height * this.scale)}px`;
    const spare = Math.floor(high - height * this.scale);
    if (spare > 0) columns.style.height = `${columns.clientHeight - spare}px`;
  }
}
