/* The tracks under the calls: addresses, signals, reward; and over everything the beginning of failure and the window. */

/** Pixels the track of addresses, a lane of signals, and the rewards at the end are high. */
const ADDRESS = 11;
const LANE = 11;
const REWARD = 16;
/** Pixels of the track with a bar for each step that was given something. */
const REWARDS = 24;
/** Pixels the track of problems is high. */
const MARKS = 14;
/** Who gives an episode its rewards, in words. */
const GIVERS = { rule: "evaluator", judge: "judge model", human: "person" };

/** Where the tracks under the film strip are, from a height on. */
function trackLayout(recording, from) {
  const { findings } = recording;
  const tracks = { addresses: from };
  let at = from + (recording.urls ? ADDRESS + GAP - 1 : 0);
  tracks.calls = at;
  tracks.hasCalls = recording.called;
  if (tracks.hasCalls) at += CALLS + 2;
  tracks.signals = at;
  tracks.hasMarks = recording.problems.length > 0 || !findings.lanes.length;
  if (tracks.hasMarks) at += MARKS;
  tracks.lanes = at + (findings.lanes.length ? 1 : 0);
  at += findings.lanes.length * LANE + (findings.lanes.length ? 2 : 0);
  tracks.reward = at;
  tracks.hasReward = recording.rewards.length > 0 || recording.rewarded;
  tracks.rewardHeight = recording.rewarded ? REWARDS : REWARD;
  if (tracks.hasReward) at += tracks.rewardHeight;
  return { ...tracks, axis: at + 2 };
}

/** Bands of one address each, the path written where there is room; neighbours differ in shade. */
function paintAddresses(painter) {
  const { g, ink, layout, recording } = painter;
  if (!recording.urls) return;
  g.font = ink.small;
  g.textBaseline = "middle";
  let reached = -Infinity;
  for (const [band, first, last] of recording.bandsIn(...painter.range())) {
    const [left, right] = painter.extent(first, last);
    if (right - reached < 1) continue;
    reached = right;
    g.fillStyle = ink.dim;
    g.globalAlpha = band % 2 ? 0.16 : 0.3;
    g.fillRect(Math.round(left + 1), layout.addresses, Math.max(1, Math.round(right - left - 2)), ADDRESS);
    g.globalAlpha = 1;
    if (right - left < 30) continue;
    const low = Math.max(left, GUTTER);
    const text = fitted(g, pathOf(recording.urlAt(first)), Math.min(right, GUTTER + layout.plot) - low - 10);
    g.fillStyle = ink.ink;
    if (text) g.fillText(text, low + 5, layout.addresses + ADDRESS / 2 + 0.5);
  }
}

/** An address without its scheme and host, as far as it says something. */
function pathOf(url) {
  const match = /^[a-z]+:\/\/[^/?#]*(.*)$/i.exec(url);
  return match ? (match[1] === "" || match[1] === "/" ? url.replace(/^[a-z]+:\/\//i, "") : match[1]) : url;
}

/** Each kind of problem has a shape of its own. */
function paintMarks(painter) {
  const { g, ink, layout, recording } = painter;
  const y = layout.signals + MARKS / 2;
  let reached = -Infinity;
  for (const { place, kind } of recording.problems) {
    const [left, right] = painter.extent(place, place);
    const x = (left + right) / 2;
    if (x - reached < 2 || x < GUTTER || x > GUTTER + layout.plot) continue;
    reached = x;
    g.fillStyle = kind === "invalid" ? ink.warn : ink.bad;
    g.globalAlpha = painter.faded(place);
    g.beginPath();
    if (kind === "invalid") (g.moveTo(x, y - 5), g.lineTo(x + 5, y + 4), g.lineTo(x - 5, y + 4), g.closePath());
    else if (kind === "error") g.arc(x, y, 4.2, 0, 7);
    else g.rect(x - 4, y - 4, 8, 8);
    g.fill();
  }
  g.globalAlpha = 1;
}

/** One lane for each kind of signal; what a person denied is only an outline, what one confirmed has a solid edge. */
function paintLanes(painter) {
  const { g, ink, layout, recording } = painter;
  const { lanes, signals } = recording.findings;
  const reached = new Map();
  for (const one of signals) {
    const [left, right] = painter.extent(one.from, one.to);
    if (right < GUTTER || left > GUTTER + layout.plot || right - (reached.get(one.detector) ?? -Infinity) < 0.7) continue;
    reached.set(one.detector, right);
    const y = layout.lanes + lanes.indexOf(one.detector) * LANE;
    rounded(g, left + 1, y, Math.max(3, right - left - 2), LANE - 2, 3);
    g.fillStyle = g.strokeStyle = ink.bad;
    g.lineWidth = 1;
    const faded = Math.max(painter.faded(one.from), painter.faded(one.to));
    g.globalAlpha = faded * (one.confirmed === true ? 0.85 : 0.4);
    if (one.confirmed !== false) g.fill();
    g.globalAlpha = faded;
    if (typeof one.confirmed === "boolean") g.stroke();
  }
  g.globalAlpha = 1;
}

/** What the steps were given, and what the episode was given at its end, by who gave it. */
function paintReward(painter) {
  const { g, ink, layout, recording } = painter;
  if (!layout.hasReward || !recording.n) return;
  if (recording.rewarded) paintRewards(painter);
  if (!recording.rewards.length) return;
  const y = layout.reward + layout.rewardHeight / 2;
  const [, end] = painter.extent(0, recording.n - 1);
  g.font = ink.small;
  g.textAlign = "right";
  const text = recording.rewards.map(([who, value]) => `${value.toFixed(2)} by ${GIVERS[who] || who}`).join(" · ");
  if (!recording.rewarded) paintEnd(painter, y + 4, end);
  g.fillStyle = ink.dim;
  g.fillText(text, end - 8, y);
  g.textAlign = "left";
}

/** One bar at the end, as high as the best of what was given. */
function paintEnd({ g, ink, recording }, y, end) {
  const best = Math.max(...recording.rewards.map(([, value]) => value));
  const height = 8 * Math.max(0.15, Math.min(1, best));
  g.strokeStyle = ink.line;
  g.lineWidth = 1;
  g.beginPath();
  (g.moveTo(GUTTER, y), g.lineTo(end, y), g.stroke());
  g.fillStyle = best > 0 ? ink.ok : ink.bad;
  g.fillRect(end - 3, y - height, 3, height);
}

/** A bar up or down for each step that was given something, and a line of what was gathered so far; both to one scale. */
function paintRewards(painter) {
  const { g, ink, layout, recording } = painter;
  const { sums, low, high } = recording.gathered;
  const height = layout.rewardHeight - 6;
  const y = (value) => layout.reward + 3 + (height * (high - value)) / (high - low);
  const [first, last] = painter.range();
  g.fillStyle = ink.line;
  g.fillRect(GUTTER, y(0) - 0.5, painter.extent(first, last)[1] - GUTTER, 1);
  let reached = -Infinity;
  g.strokeStyle = ink.dim;
  g.lineWidth = 1.2;
  g.beginPath();
  for (let i = first; i <= last; i++) {
    const [left, right] = painter.extent(i, i);
    if (i === first) g.moveTo(left, y(i ? sums[i - 1] : 0));
    if (right - reached > 0.7) (g.lineTo(left, y(i ? sums[i - 1] : 0)), g.lineTo(left, y(sums[i])), (reached = right));
    if (i === last) g.lineTo(right, y(sums[i]));
  }
  g.stroke();
  for (let i = first; i <= last; i++) {
    const reward = recording.columns.reward[i];
    if (!reward) continue;
    const [left, right] = painter.extent(i, i);
    g.fillStyle = reward > 0 ? ink.ok : ink.bad;
    g.globalAlpha = painter.faded(i);
    const top = Math.min(y(0), y(reward));
    g.fillRect((left + right) / 2 - 1.5, top, 3, Math.max(2, Math.abs(y(reward) - y(0))));
  }
  g.globalAlpha = 1;
}

/** A broken line where failure begins. */
function paintBeginning(painter) {
  const { g, ink, layout, recording } = painter;
  const { begins } = recording.findings;
  if (begins < 0) return;
  const x = painter.extent(begins, begins)[0];
  if (x < GUTTER - 1 || x > GUTTER + layout.plot) return;
  g.save();
  g.strokeStyle = ink.bad;
  g.lineWidth = 1.4;
  g.setLineDash([3, 2]);
  g.beginPath();
  (g.moveTo(x, 0), g.lineTo(x, layout.axis - 1), g.stroke());
  g.restore();
}

/** Steps a search found: short lines at the lower edge of the film strip. */
function paintMatches(painter, matches) {
  const { g, ink, layout } = painter;
  g.fillStyle = ink.target;
  let reached = -Infinity;
  for (const place of matches) {
    const [left, right] = painter.extent(place, place);
    const x = (left + right) / 2;
    if (x - reached < 2 || x < GUTTER || x > GUTTER + layout.plot) continue;
    reached = x;
    g.fillRect(x - 1.5, layout.strip - 4, 3, 4);
  }
}

/** Everything outside the window is veiled. */
function paintWindow(painter, [low, high], closed) {
  const { g, ink, layout } = painter;
  const sides = painter.extent(low, high).map((x) => Math.max(GUTTER, Math.min(x, GUTTER + layout.plot)));
  veiled(g, ink, sides, layout, closed);
}

/** A veil over a plot but for what is between two pixels; a window that is still being drawn has a broken edge. */
function veiled(g, ink, [left, right], { plot, axis }, closed) {
  g.fillStyle = ink.bg;
  g.globalAlpha = 0.62;
  g.fillRect(GUTTER - 1, 0, left - GUTTER + 1, axis - 1);
  g.fillRect(right, 0, GUTTER + plot + 1 - right, axis - 1);
  g.globalAlpha = 1;
  g.strokeStyle = ink.accent;
  g.lineWidth = 1;
  if (!closed) g.setLineDash([4, 3]);
  g.strokeRect(left - 0.5, 0.5, Math.max(2, right - left + 1), axis - 2);
  g.setLineDash([]);
}

/** What the tracks are called, left of them. */
function paintNames(painter) {
  const { g, ink, layout, recording } = painter;
  g.font = ink.small;
  g.fillStyle = ink.dim;
  g.textBaseline = "middle";
  g.fillText("depth", 2, layout.rows + Math.min(layout.row, 23) / 2);
  if (layout.hasStrip) g.fillText("pages", 2, layout.strip + STRIP / 2);
  if (recording.urls) g.fillText("address", 2, layout.addresses + ADDRESS / 2);
  if (layout.hasCalls) g.fillText("calls", 2, layout.calls + CALLS / 2 + 2);
  g.fillText("signals", 2, layout.signals + MARKS / 2);
  if (layout.hasReward) g.fillText("reward", 2, layout.reward + layout.rewardHeight / 2);
  g.font = ink.tiny;
  g.textAlign = "right";
  recording.findings.lanes.forEach((name, lane) =>
    g.fillText(name, GUTTER - 5, layout.lanes + lane * LANE + LANE / 2 - 0.5),
  );
  g.textAlign = "left";
}
