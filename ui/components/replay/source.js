/* Where the component gets an episode from: our server, by address. Steps and pictures are kept for a while. */

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
 * One episode on the server. What is loaded has a `peek` form that answers at once (the value or undefined) and a
 * promise form that loads it; a request that is under way is never sent twice.
 */
class Source {
  /** @param {{root: string, token: string, episode: string, labelRef: string|null}} link */
  constructor(link) {
    this.link = link;
    this.path = `${link.root}/episodes/${encodeURIComponent(link.episode)}`;
    this.under_way = new Map();
    this.steps = new Lru(400);
    this.pictures = new Lru(40, (bitmap) => bitmap.close());
    this.thumbs = new Lru(400, (bitmap) => bitmap && bitmap.close());
    this.stopped = new AbortController();
  }

  /** @returns {Promise<any>} frames and columns, docs/formats/skeleton.md */
  async skeleton() {
    const query = this.link.labelRef ? `?label_ref=${encodeURIComponent(this.link.labelRef)}` : "";
    return (await this.ask(`/skeleton${query}`)).json();
  }

  peekStep(uid) {
    return this.steps.get(uid);
  }

  step(uid) {
    return this.load(this.steps, uid, async () => (await this.ask(`/steps/${encodeURIComponent(uid)}`)).json());
  }

  peekPicture(hash) {
    return this.pictures.get(hash);
  }

  picture(hash) {
    return this.load(this.pictures, hash, async () => bitmapOf(await this.ask(`/pictures/${hash}`)));
  }

  peekThumb(hash) {
    return this.thumbs.get(hash);
  }

  /** Null where no thumbnail is kept. */
  thumb(hash) {
    const missing = (error) => {
      if (error instanceof Refused && error.status === 404) return null;
      throw error;
    };
    return this.load(this.thumbs, hash, async () => bitmapOf(await this.ask(`/thumbs/${hash}`)).catch(missing));
  }

  /** Steps of a running episode may be said anew. */
  forgetSteps() {
    this.steps.clear();
  }

  close() {
    this.stopped.abort();
    for (const cache of [this.steps, this.pictures, this.thumbs]) cache.clear();
  }

  load(cache, key, fetched) {
    const known = cache.get(key);
    if (known !== undefined) return Promise.resolve(known);
    const name = `${cache === this.steps ? "s" : cache === this.pictures ? "p" : "t"}:${key}`;
    if (!this.under_way.has(name)) {
      const keep = (value) => {
        if (!this.stopped.signal.aborted) cache.set(key, value);
        return value;
      };
      this.under_way.set(
        name,
        fetched()
          .then(keep)
          .finally(() => this.under_way.delete(name)),
      );
    }
    return this.under_way.get(name);
  }

  async ask(path) {
    const options = { headers: { "X-Stepscope-Token": this.link.token }, signal: this.stopped.signal };
    let answer;
    try {
      answer = await fetch(this.path + path, { credentials: "same-origin", ...options });
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
}

async function bitmapOf(answer) {
  return createImageBitmap(await answer.blob());
}

/** The sentence in an answer that is not a success. */
async function saidBy(answer) {
  const text = await answer.text();
  try {
    const { error } = JSON.parse(text);
    return [error.what, error.next].filter(Boolean).join(" ");
  } catch {
    return text && !text.startsWith("<") ? text.slice(0, 300) : `The server answered ${answer.status}.`;
  }
}
