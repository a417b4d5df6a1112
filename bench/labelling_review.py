"""How fast the Label screen answers a key, in real Chromium on the running app; and whether undo leads back.

A key is pressed when the segment before is shown; the clock starts at the key event's own time stamp and stops when the
next segment's card is painted with its picture. After every press the gesture is looked up in the workspace's database.
"""

from __future__ import annotations

import sys
import tempfile
import time
from functools import cache
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from playwright.sync_api import Page, Request

from bench.app_process import App, Visitor
from bench.common import percentile, quick, summary
from bench.replay_episode import Page as Drawn
from flows.label import labels
from tests.builders import Recording
from tests.labeling.sequences import wrong
from traces.writer import EpisodeWriter
from wiring import Parts

NORMAL, LONG = 60, 1_000
"""Steps of a normal demonstration and of a long one; the rules see a call in every second step."""
DEMONSTRATIONS = 6
LONG_PRESSES = 150
PAUSE_S = 0.05
"""Between a segment that is shown and the next key: the pace of a fast hand. Nothing is waited for by it."""
SEQUENCES = 2_000
TRACK = "me"

WATCH = """() => {
  const roots = [...document.querySelectorAll('*')].map((e) => e.shadowRoot);
  const root = roots.find((r) => r && r.querySelector('.ss.label'));
  window.pressed = 0;
  window.shown = [];
  document.addEventListener('keydown', (event) => { window.pressed = event.timeStamp; }, {capture: true});
  root.addEventListener('stepscope:shown', async () => {
    if (!window.pressed) return;
    const began = window.pressed;
    window.pressed = 0;
    const picture = root.querySelector('.page img');
    if (picture && !picture.complete) await picture.decode();
    requestAnimationFrame(() => {
      const painted = new MessageChannel();
      painted.port1.onmessage = () => window.shown.push(performance.now() - began);
      painted.port2.postMessage(0);
    });
  });
}"""


def measured() -> dict[str, Any]:
    """Milliseconds from key to next segment, on normal demonstrations and on a long one; which gestures were stored."""
    with tempfile.TemporaryDirectory(prefix="stepscope-bench-") as folder:
        home = Path(folder) / "workspace"
        normal = [_made(home, NORMAL, number) for number in range(quick(DEMONSTRATIONS))]
        long = _made(home, LONG, 0)
        with App(home) as app, Visitor() as visitor:
            page = visitor.page()
            page.set_viewport_size({"width": 1440, "height": 900})
            ms = [one for episode in normal for one in _reviewed(app, page, home, episode, NORMAL // 2 - 1)]
            slow = _reviewed(app, page, home, long, quick(LONG_PRESSES))
    return {"ms": ms, "long_ms": slow}


def undone() -> dict[str, Any]:
    """Seeded sequences of gestures, each undone whole: how many, and what went wrong."""
    count = quick(SEQUENCES)
    return {"sequences": count, "wrong": [f"{seed}: {what}" for seed in range(count) if (what := wrong(seed))]}


def figures(review: dict[str, Any], undo: dict[str, Any]) -> dict[str, float]:
    """The figures' names and values."""
    return {
        "review_key_ms_p95": round(percentile(review["ms"], 0.95), 1),
        "review_key_long_ms_p95": round(percentile(review["long_ms"], 0.95), 1),
        "undo_sequences": undo["sequences"],
        "undo_wrong": len(undo["wrong"]),
    }


def detail(review: dict[str, Any], undo: dict[str, Any]) -> dict[str, Any]:
    """What else helps to read them."""
    return {
        "ms": summary(review["ms"]),
        "long_ms": summary(review["long_ms"]),
        "wrong": undo["wrong"][:5],
        "measured": "A pressed on the served app, to the next call's card and picture painted; the gesture was in the "
        f"database by then each time. {NORMAL // 2} calls; long: {LONG // 2}.",
    }


def recording(steps: int, episode: str) -> Recording:
    """Somebody types into one of twelve fields and presses a button, over and over."""
    made = Recording("Keep the notes", episode, fields={"started": 1_700_000_000.0})
    values = [""] * 12
    for turn in range(steps // 2):
        field = turn % 12
        made.page(_text(turn, values)).do(f"type [{10 + field}] [note {turn}] [0]")
        values[field] = f"note {turn}"
        made.page(_text(turn, values)).do("click [90]")
    return made.page(_text(steps // 2, values))


def _text(turn: int, values: list[str]) -> str:
    fields = [f"[{10 + n}] textbox 'Note {n}'" + (f" value='{text}'" if text else "") for n, text in enumerate(values)]
    rows = [f"[{30 + n}] text 'Entry {turn + n} was kept'" for n in range(25)]
    return "\n".join(
        ["[1] heading 'Notes' level='1'", *fields, *rows, "[90] button 'Keep'", f"[91] status '{turn} kept'"]
    )


def _made(home: Path, steps: int, number: int) -> str:
    """A demonstration in the workspace, labelled by the rules: every second step is a call."""
    parts = Parts(home)
    try:
        shown = recording(steps, f"review{steps}n{number}")
        episode = parts.episodes.register_file(_written(parts.workspace.episodes_dir, shown)).id
        found = len(labels.propose(parts, episode).tree.segments)
        if found != steps // 2:
            raise RuntimeError(f"The rules see {found} calls in {steps} steps.")
        return episode
    finally:
        parts.close()


def _written(folder: Path, shown: Recording) -> Path:
    """The recording with a picture of a page at every step."""
    with EpisodeWriter.create(folder, shown.episode.model_copy(update={"status": "running"})) as writer:
        keys = {key: writer.put_observation(seen) for key, seen in shown.observations.items()}
        pictures = [writer.put_picture(_drawn(mark)) for mark in range(20)]
        for step in shown.steps:
            around = {f"picture_{when}": pictures[(step.seq + n) % 20] for n, when in enumerate(("before", "after"))}
            ends = {name: keys.get(getattr(step, name)) for name in ("observation_before", "observation_after")}
            writer.append(step.model_copy(update={**ends, **around}))
        return writer.seal(status="success", n_steps=len(shown.steps))


@cache
def _drawn(mark: int) -> bytes:
    return Drawn(origin=f"Entry {mark}").picture(mark)


def _reviewed(app: App, page: Page, home: Path, episode: str, presses: int) -> list[float]:
    """Press A so often; the time of each. Raises RuntimeError when a gesture shown is not stored."""
    page.goto(f"{app.url}/label?episode={episode}")
    page.locator("[data-part=decided]").wait_for()
    page.wait_for_load_state("networkidle")
    page.evaluate(WATCH)
    parts = Parts(home)
    stored: list[int] = []
    page.on("response", lambda answer: stored.append(answer.status) if _is_gesture(answer.request) else None)
    try:
        for press in range(1, presses + 1):
            page.keyboard.press("a")
            page.wait_for_function("count => window.shown.length >= count", arg=press, polling=10)
            kept = [event.op for event in parts.labels.events(episode, TRACK, 1)]
            if kept != ["accept"] * press:
                raise RuntimeError(f"After {press} keys the database holds {len(kept)} gestures.")
            time.sleep(PAUSE_S)
        if set(stored) != {200}:
            raise RuntimeError(f"The server answered {sorted(set(stored))}.")
        return list(page.evaluate("window.shown"))
    finally:
        parts.close()


def _is_gesture(request: Request) -> bool:
    return request.method == "POST" and request.url.endswith("/events")


if __name__ == "__main__":
    once, back = measured(), undone()
    print({**figures(once, back), **detail(once, back)})
