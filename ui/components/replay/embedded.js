/* The replay on a page of its own, without a server: it unpacks what the page holds when it is asked for
   (docs/formats/standalone.md). Joined behind the viewer's scripts by ui/standalone.py. */

/** Step blocks kept unpacked: the one in sight, those around it, and a few that were left. */
const BLOCKS_KEPT = 6;
/** Whole pictures kept that others are patches to. */
const WHOLE_KEPT = 4;
/** Letters shown before and after what a search found. */
const AROUND = 60;
const THEMES = { "": "as the system", light: "light", dark: "dark" };

/** The bytes of base64 text. @param {string} text @returns {Uint8Array} */
function bytesOf(text) {
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(text);
  const raw = atob(text);
  const out = new Uint8Array(raw.length);
  for (let at = 0; at < raw.length; at++) out[at] = raw.charCodeAt(at);
  return out;
}

/** Blocks of the page by name. While the page is still being read, one counts when something follows it. */
class Blocks {
  constructor() {
    this.whole =
      document.readyState === "loading"
        ? new Promise((done) => document.addEventListener("DOMContentLoaded", done, { once: true }))
        : Promise.resolve();
    this.read = document.readyState !== "loading";
    this.whole.then(() => (this.read = true));
  }

  /** @returns {Promise<Uint8Array|null>} null where the page holds no such block */
  async bytes(name) {
    if (!this.here(name)) await this.whole;
    const element = document.getElementById(name);
    return element && bytesOf(element.textContent);
  }

  here(name) {
    const element = document.getElementById(name);
    return this.read || (element !== null && element.nextElementSibling !== null);
  }

  /** @returns {Promise<any>} the value a packed block holds */
  async value(name) {
    const packed = await this.bytes(name);
    if (!packed) throw new Refused(404, "A part of this page is missing. Export the episode again.");
    const text = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
    return new Response(text).json();
  }
}

/** The episode of this page, as `data.source` of the viewer. */
class Embedded {
  /** @param {Blocks} blocks @param {any} head the block "head" */
  constructor(blocks, head) {
    this.blocks = blocks;
    this.head = head;
    this.kept = new Lru(BLOCKS_KEPT);
    this.whole = new Lru(WHOLE_KEPT, (bitmap) => bitmap.then((one) => one.close()));
    this.placeOf = new Map(head.skeleton.steps.uid.map((uid, place) => [uid, place]));
  }

  async skeleton() {
    return this.head.skeleton;
  }

  async signals() {
    return this.head.signals;
  }

  /** As the server's search: the words stand together, whatever their case. Blocks are gone through one by one. */
  async search(text) {
    const form = new RegExp(text.trim().replace(/[.*+?^${}()|[\]\\]/g, "\\$&"), "i");
    const out = [];
    for (let number = 0; number < this.head.starts.length; number++) {
      const { steps, pages } = await this.blocks.value(`s${number}`);
      for (const [uid, told] of Object.entries(steps)) {
        const found = [...this.texts(uid, told, pages)]
          .map(([where, words]) => ({ in: where, text: around(form, words) }))
          .filter((one) => one.text !== null);
        if (found.length) out.push({ uid, found });
      }
    }
    return { words: text, steps: out, more: false };
  }

  *texts(uid, { step, call, before }, pages) {
    const { role, name } = step.target || { role: "", name: "" };
    yield ["action", `${step.action} ${role} ${name} ${this.head.skeleton.steps.sentence[this.placeOf.get(uid)]}`];
    yield ["reason", step.reason || ""];
    yield ["error", step.error || ""];
    yield ["reply", (call && call.reply) || ""];
    yield ["page", pages[before] ? pages[before].text : ""];
  }

  /** The block that holds a step; one that is being unpacked is not unpacked twice. */
  block(place) {
    const { starts } = this.head;
    let number = 0;
    while (number + 1 < starts.length && starts[number + 1] <= place) number++;
    const name = `s${number}`;
    if (this.kept.get(name) === undefined) this.kept.set(name, this.blocks.value(name));
    return this.kept.get(name);
  }

  async step(uid) {
    const place = this.placeOf.get(uid);
    if (place === undefined) throw new Refused(404, "This episode has no such step.");
    const { steps, pages, texts } = await this.block(place);
    const found = steps[uid];
    const call = found.call && { ...found.call, parts: found.call.parts.map((p) => ({ ...p, text: texts[p.hash] })) };
    return { ...found, before: pages[found.before] ?? null, after: pages[found.after] ?? null, call };
  }

  /** @returns {Promise<Blob|OffscreenCanvas|HTMLImageElement>} within the page, or beside it */
  async picture(hash) {
    if (this.head.pictures) return this.fileOf(hash);
    const bytes = await this.blocks.bytes(`p-${hash}`);
    if (!bytes) throw new Refused(404, "This picture is not part of the page.");
    const own = new Blob([bytes], { type: "image/webp" });
    const { base, left, top } = document.getElementById(`p-${hash}`).dataset;
    return base === undefined ? own : this.patched(base, own, Number(left), Number(top));
  }

  /** A picture that is kept as what differs from a whole one. @returns {Promise<OffscreenCanvas>} */
  async patched(base, own, left, top) {
    if (this.whole.get(base) === undefined) this.whole.set(base, this.picture(base).then(createImageBitmap));
    const [below, above] = await Promise.all([this.whole.get(base), createImageBitmap(own)]);
    const canvas = new OffscreenCanvas(below.width, below.height);
    const g = canvas.getContext("2d");
    g.drawImage(below, 0, 0);
    g.drawImage(above, left, top);
    return canvas;
  }

  /** A picture of an archive, from the folder beside the page. */
  async fileOf(hash) {
    const image = new Image();
    image.src = `${this.head.pictures}/${hash}.webp`;
    try {
      await image.decode();
    } catch {
      throw new Refused(404, `${image.getAttribute("src")} is not beside this page. Unpack the whole archive.`);
    }
    return image;
  }

  async thumb(hash) {
    const bytes = await this.blocks.bytes(`t-${hash}`);
    return bytes && new Blob([bytes], { type: "image/webp" });
  }
}

/** The first match with what stands around it on its line; null without one. */
function around(form, text) {
  const match = form.exec(text);
  if (!match) return null;
  const begin = Math.max(text.lastIndexOf("\n", match.index) + 1, match.index - AROUND);
  const end = text.indexOf("\n", match.index + match[0].length);
  return text.slice(begin, Math.min(end < 0 ? text.length : end, match.index + match[0].length + AROUND)).trim();
}

/** What the page is, and the choice of light or dark. @param {any} head @param {() => void} changed */
function pageBar(head, changed) {
  const choose = (event) => {
    document.documentElement.dataset.theme = event.target.value;
    changed();
  };
  const options = Object.entries(THEMES).map(([value, text]) => h("option", { value }, text));
  return h(
    "div",
    { class: "pagebar row" },
    h("b", {}, "Stepscope"),
    h("span", { class: "dim" }, head.told),
    h("span", { class: "sp" }),
    h("label", { class: "row" }, h("span", { class: "dim" }, "Theme"), h("select", { onchange: choose }, options)),
  );
}

async function startReplay() {
  const blocks = new Blocks();
  const host = document.getElementById("replay");
  const bar = document.getElementById("bar");
  const head = await blocks.value("head");
  const source = new Embedded(blocks, head);
  const began = head.signals?.beginning?.step;
  /* the step behind "#", else where failure begins; without either, the first */
  const asked = () => new URLSearchParams(location.hash.slice(1)).get("step") ?? began;
  const mount = (step) => {
    const data = { ...head.data, step, source, root: "", token: "", held: {} };
    mountReplay({ data, parentElement: host, setStateValue: () => {}, setTriggerValue: () => {} });
  };
  bar.replaceChildren(pageBar(head, () => mount(asked())));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => mount(asked()));
  addEventListener("hashchange", () => mount(asked()));
  mount(asked());
}

startReplay().catch((error) => {
  const bar = document.getElementById("bar");
  bar.textContent = `This page cannot be shown: ${error.message}`;
});
