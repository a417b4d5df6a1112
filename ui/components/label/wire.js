/* Talking to our own server: the state of a demonstration, and gestures committed one after the other. */

const HEADERS = (token) => ({ "Content-Type": "application/json", "X-Stepscope-Token": token });

/** An answer that is not a success; `kept` is what the server holds, `body` what it said. */
class Refusal extends Error {
  constructor(status, body) {
    super((body && body.message) || `The server answered ${status}.`);
    this.status = status;
    this.body = body || {};
  }
}

/** What a refusal says, as JSON or as a plain sentence. */
function bodyOf(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text && !text.trimStart().startsWith("<") ? { message: text.slice(0, 300) } : {};
  }
}

/** @param {{root: string, token: string}} link */
async function ask(link, path, options) {
  const reply = await fetch(link.root + path, { ...options, headers: HEADERS(link.token), credentials: "same-origin" });
  if (reply.ok) return reply.json();
  const text = await reply.text();
  throw new Refusal(reply.status, bodyOf(text));
}

function loadState(link, episode, as = "shown") {
  const path = episode ? `/label/${encodeURIComponent(episode)}?as=${as}` : "/label";
  return ask(link, path, { method: "GET" });
}

function loadHistory(link, episode, as) {
  return ask(link, `/label/${encodeURIComponent(episode)}/history?as=${as}`, { method: "GET" });
}

/** Begin (or open) the gold track of two others. */
function bringTogether(link, episode, left, right) {
  const options = { method: "POST", body: JSON.stringify({ left, right }) };
  return ask(link, `/label/${encodeURIComponent(episode)}/together`, options);
}

/** Ask that somebody else labels the demonstration blind. */
function wantBlind(link, episode) {
  return ask(link, `/label/${encodeURIComponent(episode)}/wanted`, { method: "POST", body: "{}" });
}

function sendGesture(link, episode, gesture) {
  return ask(link, `/label/${encodeURIComponent(episode)}/events`, { method: "POST", body: JSON.stringify(gesture) });
}

function sayName(link, name) {
  return ask(link, "/whoami", { method: "POST", body: JSON.stringify({ name }) });
}

/** Address of a stored picture ("pictures") or its thumbnail ("thumbs"); null without a hash. */
function pictureUrl(link, episode, kind, hash) {
  if (!hash) return null;
  return `${link.root}/episodes/${encodeURIComponent(episode)}/${kind}/${hash}?t=${encodeURIComponent(link.token)}`;
}

/**
 * Commands in the order they were given: one waits until the one before is committed and drawn, so that a fast hand
 * acts on what its last key made. A failure stops the line and keeps the command for `retry`.
 */
class Line {
  constructor(onChange) {
    this.waiting = [];
    this.running = false;
    this.failed = null;
    this.onChange = onChange;
  }

  get idle() {
    return !this.running && !this.failed && this.waiting.length === 0;
  }

  /** @param {{what: string, run: () => Promise<void>}} command */
  push(command) {
    this.waiting.push(command);
    this.pump();
  }

  retry() {
    if (!this.failed) return;
    this.waiting.unshift(this.failed.command);
    this.failed = null;
    this.pump();
  }

  /** Forget what could not be saved and what was waiting behind it. */
  drop() {
    this.failed = null;
    this.waiting = [];
    this.onChange(true);
  }

  async pump() {
    if (this.running || this.failed) return;
    this.running = true;
    while (this.waiting.length && !this.failed) {
      const command = this.waiting.shift();
      try {
        await command.run();
      } catch (error) {
        this.failed = { command, error };
      }
    }
    this.running = false;
    this.onChange();
  }
}
