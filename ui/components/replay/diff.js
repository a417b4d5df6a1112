/* What changed between two pages: lines of the observation text, and regions of the picture. */

/** Lines in which two pages differ, at most, so that they are compared line by line. */
const LONGEST_DIFF = 1500;

/**
 * Lines gone ("-"), new ("+") and kept (" "), in order. Beginnings and ends that agree are cut off first; what is left
 * is compared by longest common subsequence, or, when it is very long, taken as wholly replaced.
 * @param {string[]} before @param {string[]} after @returns {{sign: string, text: string}[]}
 */
function diffLines(before, after) {
  let head = 0;
  let tail = 0;
  const shortest = Math.min(before.length, after.length);
  while (head < shortest && before[head] === after[head]) head++;
  while (tail < shortest - head && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++;
  const kept = (lines) => lines.map((text) => ({ sign: " ", text }));
  const a = before.slice(head, before.length - tail);
  const b = after.slice(head, after.length - tail);
  const middle = a.length > LONGEST_DIFF || b.length > LONGEST_DIFF ? replaced(a, b) : subsequence(a, b);
  return [...kept(before.slice(0, head)), ...middle, ...kept(before.slice(before.length - tail))];
}

function replaced(a, b) {
  return [...a.map((text) => ({ sign: "-", text })), ...b.map((text) => ({ sign: "+", text }))];
}

function subsequence(a, b) {
  const width = b.length + 1;
  const longest = new Uint16Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      longest[i * width + j] =
        a[i] === b[j]
          ? longest[(i + 1) * width + j + 1] + 1
          : Math.max(longest[(i + 1) * width + j], longest[i * width + j + 1]);
  const out = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) (out.push({ sign: " ", text: a[i++] }), j++);
    else if (j >= b.length || (i < a.length && longest[(i + 1) * width + j] >= longest[i * width + j + 1]))
      out.push({ sign: "-", text: a[i++] });
    else out.push({ sign: "+", text: b[j++] });
  }
  return out;
}

/** The changed lines with one line around them; longer stretches as {sign: "…", count}. */
function condensed(lines, around = 1) {
  const near = new Uint8Array(lines.length);
  lines.forEach((line, at) => {
    if (line.sign !== " ")
      for (let k = Math.max(0, at - around); k <= Math.min(lines.length - 1, at + around); k++) near[k] = 1;
  });
  const out = [];
  for (let at = 0; at < lines.length; at++) {
    if (near[at]) out.push(lines[at]);
    else if (out.length && out[out.length - 1].sign === "…") out[out.length - 1].count++;
    else out.push({ sign: "…", count: 1 });
  }
  return out;
}

/** Cells two pictures are compared by. */
const GRID_X = 96;
const GRID_Y = 54;
/** Cells between two changes that are told as one. */
const NEAR = 5;
/** Of 255: a cell whose red, green or blue differs by more has changed. */
const SAME = 9;
/** Regions that are outlined, the largest. */
const REGIONS = 12;

/**
 * Boxes around what differs between two pictures, as shares of their width and height, largest first.
 * @returns {{x: number, y: number, width: number, height: number}[]}
 */
function changedRegions(before, after) {
  let a;
  let b;
  try {
    [a, b] = [reduced(before), reduced(after)];
  } catch (error) {
    if (error.name === "SecurityError") return []; // pictures in files beside a page may be shown, not read
    throw error;
  }
  const marked = new Uint8Array(GRID_X * GRID_Y);
  for (let cell = 0; cell < marked.length; cell++) {
    let most = 0;
    for (let k = 0; k < 3; k++) most = Math.max(most, Math.abs(a[cell * 4 + k] - b[cell * 4 + k]));
    marked[cell] = most > SAME ? 1 : 0;
  }
  const boxes = [];
  for (let cell = 0; cell < marked.length; cell++) if (marked[cell]) boxes.push(flooded(marked, cell));
  return boxes.sort((p, q) => q.width * q.height - p.width * p.height).slice(0, REGIONS);
}

function reduced(bitmap) {
  const g = new OffscreenCanvas(GRID_X, GRID_Y).getContext("2d", { willReadFrequently: true });
  g.imageSmoothingQuality = "high";
  g.drawImage(bitmap, 0, 0, GRID_X, GRID_Y);
  return g.getImageData(0, 0, GRID_X, GRID_Y).data;
}

/** The box around the marked cells connected with one (up to NEAR cells apart); takes the marks away. */
function flooded(marked, start) {
  const stack = [start];
  let left = GRID_X;
  let right = 0;
  let top = GRID_Y;
  let bottom = 0;
  marked[start] = 0;
  while (stack.length) {
    const cell = stack.pop();
    const x = cell % GRID_X;
    const y = (cell / GRID_X) | 0;
    [left, right, top, bottom] = [Math.min(left, x), Math.max(right, x), Math.min(top, y), Math.max(bottom, y)];
    for (let dy = -NEAR; dy <= NEAR; dy++)
      for (let dx = -NEAR; dx <= NEAR; dx++) {
        const nx = x + dx;
        const ny = y + dy;
        if (nx < 0 || ny < 0 || nx >= GRID_X || ny >= GRID_Y || !marked[ny * GRID_X + nx]) continue;
        marked[ny * GRID_X + nx] = 0;
        stack.push(ny * GRID_X + nx);
      }
  }
  return { x: left / GRID_X, y: top / GRID_Y, width: (right - left + 1) / GRID_X, height: (bottom - top + 1) / GRID_Y };
}
