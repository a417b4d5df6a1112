/* Which panes one looks at: kept from episode to episode and over a reload, so that nobody has to choose them again. */

const VIEW = "stepscope:replay";

/** Note which tabs and which axis are chosen; a browser that keeps nothing is no fault. @param {App} app */
function keepView({ outline, stage, reading, timeline }) {
  const chosen = { left: outline.mode, middle: stage.mode, right: reading.mode, axis: timeline.axisName };
  try {
    sessionStorage.setItem(VIEW, JSON.stringify(chosen));
  } catch {
    /* kept for this episode only */
  }
}

/** What was chosen last, as far as this screen has it. @returns {{left?: string, middle?: string, right?: string, axis?: string}} */
function keptView() {
  let kept = null;
  try {
    kept = JSON.parse(sessionStorage.getItem(VIEW));
  } catch {
    /* nothing was kept */
  }
  const known = (at) => (kept?.[at] !== "label" && Object.hasOwn(TABS[at], kept?.[at]) ? kept[at] : undefined);
  return {
    left: known("left"),
    middle: known("middle"),
    right: known("right"),
    axis: AXES.includes(kept?.axis) ? kept.axis : undefined,
  };
}

/** Choose again what was chosen last. @param {App} app whose parts are new */
function restoreView({ outline, stage, reading, timeline, recording }) {
  const { left, middle, right, axis } = keptView();
  if (left) outline.setMode(left);
  if (middle) stage.setMode(middle);
  if (right) reading.setMode(right);
  if (axis && recording.has(axis)) timeline.axisName = axis;
}
