/* The live view's socket (docs/formats/live-protocol.md): connecting, coming back after a loss, frames and messages. */

const HEADER_BYTES = 20;
const ENDED = 1000;
const REFUSED = 1008;
const WAITS = [500, 1000, 2000, 4000, 8000];

/** @typedef {{seq: number, at: number, width: number, height: number, scrollY: number, jpeg: Blob}} Frame */

/** @param {ArrayBuffer} buffer @returns {Frame} */
function frameOf(buffer) {
  const head = new DataView(buffer, 0, HEADER_BYTES);
  return {
    seq: head.getUint32(0),
    at: head.getFloat64(4),
    width: head.getUint16(12),
    height: head.getUint16(14),
    scrollY: head.getFloat32(16),
    jpeg: new Blob([new Uint8Array(buffer, HEADER_BYTES)], { type: "image/jpeg" }),
  };
}

/**
 * Keeps one connection to the recording. Handlers: `frame(Frame)`, `message(Object)`, `up()`, `lost(seconds)`,
 * `ended()` (the recording is over) and `refused(reason)`.
 */
class LiveSocket {
  constructor(url, handlers) {
    this.url = url;
    this.on = handlers;
    this.tries = 0;
    this.closed = false;
    this.open();
  }

  get isUp() {
    return !this.closed && this.socket.readyState === WebSocket.OPEN;
  }

  open() {
    clearTimeout(this.timer);
    const socket = new WebSocket(this.url);
    socket.binaryType = "arraybuffer";
    socket.onopen = () => this.on.up();
    socket.onmessage = (event) => this.take(event.data);
    socket.onclose = (event) => this.socket === socket && this.gone(event);
    this.socket = socket;
  }

  take(data) {
    if (typeof data !== "string") return this.on.frame(frameOf(data));
    const message = JSON.parse(data);
    if (message.type === "hello") this.tries = 0;
    return this.on.message(message);
  }

  gone(event) {
    if (this.closed) return;
    if (event.code === ENDED || event.code === REFUSED) {
      this.closed = true;
      if (event.code === ENDED) this.on.ended();
      else this.on.refused(event.reason);
      return;
    }
    const wait = WAITS[Math.min(this.tries++, WAITS.length - 1)];
    this.on.lost(Math.round(wait / 1000));
    this.timer = setTimeout(() => this.open(), wait);
  }

  /** Try again at once. */
  again() {
    if (this.closed || this.isUp) return;
    this.socket.onclose = null;
    this.socket.close();
    this.open();
  }

  /** Whether the message went out; what cannot be sent now is not kept, for the page may be another one by then. */
  send(message) {
    if (!this.isUp) return false;
    this.socket.send(JSON.stringify(message));
    return true;
  }

  close() {
    this.closed = true;
    clearTimeout(this.timer);
    this.socket.onclose = null;
    this.socket.close();
  }
}
