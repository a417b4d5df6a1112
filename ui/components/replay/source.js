/* Where the component gets an episode from: our server, or what the page around it holds. Kept for a while. */

/** Keeps the `size` entries used last; `dispose` is told of each that goes. */
class Lru {
  /** @param {number} size @param {(value: any) => void} [dispose] */
  constructor(size, dispose = () => {}) {
    this.size = size;
    this.dispose = dispose;
    this.entries = new Map();
  }

  get(key) {
    const value = this.entries.get(key);
    if (value !== undefined) {
      this.entries.delete(key);
      this.entries.set(key, value);
    }
    return value;
  }

  set(key, value) {
    this.entries.set(key, value);
    while (this.entries.size > this.size) {
      const [oldest, gone] = this.entries.entries().next().value;
      this.entries.delete(oldest);
      this.dispose(gone);
    }
  }

  clear() {
    this.entries.forEach(this.dispose);
    this.entries.clear();
  }
}

/** The server said no; `message` is fit to be shown. */
class Refused extends Error {
  /** @param {number} status @param {string} message */
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/**
 * An episode on the server, by address. Whoever hands in `data.source` gives an object with the same methods instead
 * (docs/formats/skeleton.md, "Source"): then nothing is fetched, and without `annotate` nothing can be said of steps.
 */
class ServerFeed {
  /** @param {{root: string, token: string, episode: string, label_ref: string|null}} link */
  constructor(link) {
    this.link = link;
    this.path = `${link.root}/episodes/${encodeURIComponent(link.episode)}`;
    this.stopped = new AbortController();
    this.wholes = new Lru(6);
  }

  /** @returns {Promise<any>} frames and columns, docs/formats/skeleton.md */
  async skeleton() {
    const query = this.link.label_ref ? `?label_ref=${encodeURIComponent(this.link.label_ref)}` : "";
    const answer = await this.ask(`/skeleton${query}`);
    return answer.json().catch((error) => {
      if (!(error instanceof SyntaxError)) throw error;
      throw new Refused(200, "The episode's file is damaged: its overview cannot be read. It was left as it is.");
    });
  }

  /** A running episode's steps from one on (docs/formats/skeleton.md, "Tail"); a whole skeleton under a label. */
  async tail(since) {
    return this.link.label_ref ? this.skeleton() : (await this.ask(`/tail?since=${since}`)).json();
  }

  async step(uid) {
    return (await this.ask(`/steps/${encodeURIComponent(uid)}`)).json();
  }

  /** A picture that is kept as what differs from a whole one comes as that, and is put together here. */
  async picture(hash) {
    const answer = await this.ask(`/pictures/${hash}?patch=1`);
    const own = await answer.blob();
    const [base, left, top] = (answer.headers.get("X-Stepscope-Patch") || "").split(" ");
    return base ? patched(await this.whole(base), own, Number(left), Number(top)) : own;
  }

  /** The last whole pictures that others are patches to. @returns {Promise<ImageBitmap>} */
  whole(hash) {
    let kept = this.wholes.get(hash);
    if (kept === undefined) {
      kept = this.ask(`/pictures/${hash}`).then(async (answer) => createImageBitmap(await answer.blob()));
      kept.catch(() => this.wholes.entries.delete(hash));
      this.wholes.set(hash, kept);
    }
    return kept;
  }

  /** @returns {Promise<Blob|null>} null where no thumbnail is kept */
  async thumb(hash) {
    const answer = await this.found(`/thumbs/${hash}`);
    return answer && answer.blob();
  }

  /** Signals, where failure begins and whose it is; null where nothing was computed. */
  async signals() {
    const answer = await this.found("/signals");
    return answer && answer.json();
  }

  /** What stands before and after an episode in a list, by the list's filter as in the address of Episodes. */
  async beside(list, episode) {
    const path = `${this.link.root}/episodes/${encodeURIComponent(episode)}`;
    return (await this.ask(`/beside?${new URLSearchParams({ list })}`, {}, path)).json();
  }

  /** Steps whose texts hold some words. */
  async search(text) {
    return (await this.ask(`/search?${new URLSearchParams({ q: text })}`)).json();
  }

  /** Say something of the episode; answers with the signals as they stand then. */
  async annotate(body) {
    return (await this.ask("/annotations", { method: "POST", body: JSON.stringify(body) })).json();
  }

  /** The answer, or null where there is no such thing. */
  found(path) {
    return this.ask(path).catch((error) => {
      if (error instanceof Refused && error.status === 404) return null;
      throw error;
    });
  }

  async ask(path, more = {}, below = this.path) {
    const headers = { "X-Stepscope-Token": this.link.token };
    if (more.body) headers["Content-Type"] = "application/json";
    let answer;
    try {
      const options = { credentials: "same-origin", headers, signal: this.stopped.signal, ...more };
      answer = await fetch(below + path, options);
    } catch (error) {
      if (error.name === "AbortError") throw error;
      throw new Refused(
        0,
        "The server does not answer. Your place is kept in the address; it is asked again at the next step.",
      );
    }
    if (answer.ok) return answer;
    throw new Refused(answer.status, await saidBy(answer));
  }

  close() {
    this.stopped.abort();
  }
}

/**
 * What was read of one episode. Everything has a `peek` form that answers at once (the value or undefined) and a
 * promise form that loads it; a request that is under way is never sent twice.
 */
class Source {
  /** @param {any} feed a ServerFeed, or an object like it */
  constructor(feed) {
    this.feed = feed;
    this.underWay = new Map();
    this.closed = false;
    this.steps = new Lru(400);
    this.pictures = new Lru(40, (bitmap) => bitmap.close());
    this.thumbs = new Lru(400, (bitmap) => bitmap && bitmap.close());
  }

  skeleton() {
    return this.feed.skeleton();
  }

  peekStep(uid) {
    return this.steps.get(uid);
  }

  step(uid) {
    return this.load(this.steps, `s:${uid}`, uid, () => this.feed.step(uid));
  }

  peekPicture(hash) {
    return this.pictures.get(hash);
  }

  picture(hash) {
    return this.load(this.pictures, `p:${hash}`, hash, async () => createImageBitmap(await this.feed.picture(hash)));
  }

  /** Pictures that may be wanted soon. Only one is on its way at a time, so that it cannot hold up one that is wanted. */
  async wish(hashes) {
    this.wishes = hashes;
    if (this.wishing) return;
    this.wishing = true;
    while (this.wishes.length && !this.closed) await this.picture(this.wishes.shift()).catch(() => {});
    this.wishing = false;
  }

  peekThumb(hash) {
    return this.thumbs.get(hash);
  }

  /** Null where no thumbnail is kept. */
  thumb(hash) {
    const drawn = async () => {
      const blob = await this.feed.thumb(hash);
      return blob && createImageBitmap(blob);
    };
    return this.load(this.thumbs, `t:${hash}`, hash, drawn);
  }

  /** An episode has gone on: what was not there before may have been written since. */
  askAgain() {
    for (const [hash, bitmap] of [...this.thumbs.entries]) if (bitmap === null) this.thumbs.entries.delete(hash);
  }

  close() {
    this.closed = true;
    this.feed.close?.();
    for (const cache of [this.steps, this.pictures, this.thumbs]) cache.clear();
  }

  load(cache, name, key, fetched) {
    const known = cache.get(key);
    if (known !== undefined) return Promise.resolve(known);
    if (!this.underWay.has(name)) {
      const keep = (value) => {
        if (!this.closed) cache.set(key, value);
        return value;
      };
      this.underWay.set(
        name,
        fetched()
          .then(keep)
          .finally(() => this.underWay.delete(name)),
      );
    }
    return this.underWay.get(name);
  }
}

/** A picture put together from a whole one and what differs. @returns {Promise<OffscreenCanvas>} */
async function patched(below, own, left, top) {
  const above = await createImageBitmap(own);
  const canvas = new OffscreenCanvas(below.width, below.height);
  const g = canvas.getContext("2d");
  g.drawImage(below, 0, 0);
  g.drawImage(above, left, top);
  above.close();
  return canvas;
}

/** The sentence in an answer that is not a success. */
async function saidBy(answer) {
  const text = await answer.text();
  try {
    const { error, message } = JSON.parse(text);
    return message || [error.what, error.next].filter(Boolean).join(" ");
  } catch {
    return text && !text.startsWith("<") ? text.slice(0, 300) : `The server answered ${answer.status}.`;
  }
}
