"""What a person feels at the live view: click to pixel, a page that is still, hasty hands, and twelve keys a second.

All through the live socket from another process than the one that records.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from difflib import SequenceMatcher
from itertools import groupby
from typing import Any

from bench.live_view import Change, LiveView, pixels
from bench.site import Site
from bench.studio import Studio
from practice.server import PracticeServer
from traces.reader import EpisodeReader

KEYS_PER_S = 12.0
BEGUN = 0.1
CARET_S = 0.35
"""A focused field's caret blinks every half second, so a page with one is never quite still."""
TEXT = "the small harbour keeps its boats behind a wall of grey stone and counts all three twice each night"


def click_to_pixel(studio: Studio, presses: int) -> list[float]:
    """Milliseconds from sending a press until a picture arrives that shows it: the focus ring of a field of the desk.

    The two fields of a product's page are pressed in turn, the pointer arriving a moment before, as a hand does. The
    ring fades in over 120 ms: the press shows once the picture is a tenth of the way to it.
    """
    with PracticeServer("desk") as desk:
        desk.reset(1, "update_product")
        recording, address = studio.open(f"{desk.url}/products/HB-280")
        pace = random.Random(7)
        with LiveView(address) as view:
            changes = {selector: _change(view, selector) for selector in ("#name", "#description")}
            selectors = list(changes)
            took = [_press(view, selectors[turn % 2], changes[selectors[turn % 2]], pace) for turn in range(presses)]
        studio.stop(recording)
    return took


def _change(view: LiveView, selector: str) -> Change:
    """What pressing the field changes, learned by pressing it once; its upper edge is inside the box."""
    x, y = view.place(selector)
    box = (x - 100, y - 54, 200, 108)
    _until_rested(view, CARET_S, 3.0)
    assert view.newest is not None
    before = pixels(view.newest, box)
    view.click(x, y)
    _until_rested(view, CARET_S, 3.0)
    return Change(box, before, pixels(view.newest, box))


def _press(view: LiveView, selector: str, change: Change, pace: random.Random) -> float:
    x, y = view.place(selector)
    view.send(type="mouse", kind="move", x=x, y=y)
    time.sleep(pace.uniform(0.05, 0.4))
    assert view.newest is not None
    after, began = view.newest.seq, time.monotonic()
    view.press(x, y)
    shown = view.wait_frame(lambda frame: change.share(frame) > BEGUN, after, 10.0)
    view.ask(type="mouse", kind="up", x=x, y=y)
    return (shown.at - began) * 1000


def still(studio: Studio, site: Site, seconds: float) -> dict[str, float]:
    """Pictures that come from a page nobody touches, and the share of one processor everything uses meanwhile, in %."""
    recording, address = studio.open(f"{site.url}/still.html")
    with LiveView(address) as view:
        _until_rested(view)
        frames, used, began = view.frames, studio.tree.seconds(), time.monotonic()
        time.sleep(seconds)  # what is measured is that nothing happens
        spent, took = studio.tree.seconds() - used, time.monotonic() - began
        counted = view.frames - frames
    studio.stop(recording)
    return {"frames": float(counted), "cpu_pct": 100 * spent / took, "seconds": took}


def _until_rested(view: LiveView, calm_s: float = 3.0, limit_s: float = 30.0) -> None:
    """Until no picture has come for a while: the page has been drawn, and shown once more at its best."""
    end, seen, since = time.monotonic() + limit_s, -1, time.monotonic()
    while time.monotonic() < end and time.monotonic() - since < calm_s:
        if view.frames != seen:
            seen, since = view.frames, time.monotonic()
        time.sleep(0.05)


def hasty(studio: Studio, site: Site, gestures: int) -> dict[str, Any]:
    """Clicks, keys and turns of the wheel sent without waiting: how many the page heard, how many are accounted for.

    Accounted for: exactly one step, or one entry of what was not recorded.
    """
    recording, address = studio.open(f"{site.url}/hasty.html")
    with LiveView(address) as view:
        for turn in range(gestures):
            _HASTY[turn % len(_HASTY)](view, turn)
        view.ask(gestures, type="key", kind="up", key="F12")  # answered when everything before it is over
        heard = len([entry for entry in site.wait("hasty", gestures) if "gesture" in entry])
    with EpisodeReader(studio.stop(recording)) as reader:
        steps, entries = len(reader.steps()), len(reader.episode.not_recorded)
    return {"tried": gestures, "heard": heard, "steps": steps, "entries": entries}


def _hasty_click(view: LiveView, turn: int) -> None:
    x = 60.0 + 110 * (turn % 7)
    view.send(type="mouse", kind="move", x=x, y=40)
    view.press(x, 40)
    view.send(type="mouse", kind="up", x=x, y=40)


def _hasty_key(view: LiveView, turn: int) -> None:
    name = ("ArrowDown", "Escape", "ArrowUp", "Tab")[turn // 4 % 4]
    view.send(type="key", kind="down", key=name)
    view.send(type="key", kind="up", key=name)


def _hasty_wheel(view: LiveView, turn: int) -> None:
    view.send(type="wheel", x=300, y=300, dx=0, dy=50 if turn // 4 % 2 else -50)


_HASTY: tuple[Callable[[LiveView, int], None], ...] = (_hasty_click, _hasty_key, _hasty_click, _hasty_wheel)


def letters(studio: Studio, site: Site, count: int) -> dict[str, Any]:
    """So many characters at twelve keys a second: how many are doubled or missing, and whether field and step agree."""
    words = random.Random(5).choices(TEXT.split(" "), k=count)
    text = " ".join(words)[:count]
    recording, address = studio.open(f"{site.url}/typing.html")
    with LiveView(address) as view:
        x, y = view.place("#text")
        view.click(x, y)
        began = time.monotonic()
        for turn, char in enumerate(text):
            view.send(type="key", kind="down", key=char)
            view.send(type="key", kind="up", key=char)
            time.sleep(max(0.0, began + (turn + 1) / KEYS_PER_S - time.monotonic()))
        view.ask(count, type="key", kind="down", key="Tab")
        found = site.wait("typing", 1)
    with EpisodeReader(studio.stop(recording)) as reader:
        actions = [step.action for step in reader.steps()]
    value = str(found[-1]["value"]) if found else ""
    return {
        "sent": count,
        "value": value == text,
        "step": any(text in action for action in actions),
        **_off(text, value),
    }


def _off(sent: str, got: str) -> dict[str, int]:
    """Letters that stand more often in a row than they were sent (doubled), and less often (missing)."""
    wanted, found = _runs(sent), _runs(got)
    matcher = SequenceMatcher(None, [char for char, _ in wanted], [char for char, _ in found], autojunk=False)
    doubled = missing = 0
    for kind, a, b, c, d in matcher.get_opcodes():
        counts = [sum(n for _, n in wanted[a:b]), sum(n for _, n in found[c:d])]
        if kind == "equal":
            pairs = zip(wanted[a:b], found[c:d], strict=True)
            extra = [got_n - sent_n for (_, sent_n), (_, got_n) in pairs]
            counts = [-sum(n for n in extra if n < 0), sum(n for n in extra if n > 0)]
        missing, doubled = missing + counts[0], doubled + counts[1]
    return {"doubled": doubled, "missing": missing}


def _runs(text: str) -> list[tuple[str, int]]:
    return [(char, len(list(run))) for char, run in groupby(text)]
