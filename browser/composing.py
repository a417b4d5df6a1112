"""One observation of several worlds' answers: the main document's lines with those of foreign frames below theirs.

Pure. The answers are what browser/injected's `observe` gives, by the prefix their ids carry; asking is `observe`'s.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from browser.targets import hit_target, inside_frame, target_from
from traces.model import Box, Observation, Target
from traces.observation_text import quote

Raw = dict[str, Any]


@dataclass(frozen=True)
class Capture:
    """The page at one instant.

    `at` is `time.monotonic()` in ms when the answer was in; `mutations` counts changes of the page (nodes, texts,
    values, scrolling) since its document began. `hit` is what stands under the point, `focused` what has the focus.
    """

    observation: Observation
    html: str | None
    mutations: int
    at: float
    hit: Target | None = None
    focused: Target | None = None


@dataclass
class _Seen:
    """What one world and those inside it show."""

    lines: list[str]
    boxes: dict[str, Box]
    hit: Target | None
    focused: Target | None
    mutations: int

    def insert(self, frame: Raw, inner: _Seen) -> None:
        """Put a frame's lines below its own line, and take over what was found in it."""
        line, indent = frame["line"], "  " * (frame["depth"] + 1)
        self.lines[line + 1 : line + 1] = [indent + text for text in inner.lines]
        self.boxes.update(inner.boxes)
        self.hit = inside_frame(frame["way"], inner.hit) or self.hit
        self.focused = inside_frame(frame["way"], inner.focused) or self.focused
        self.mutations += inner.mutations


def composed(raws: Mapping[str, Raw], point: tuple[float, float] | None, at: float) -> Capture:
    """The page of which the worlds said `raws`, the main document's under ''; `point` in the top viewport."""
    main = raws[""]
    seen = _seen(raws, "", point)
    if main["dropped"]:
        seen.lines.append(f"[more] text {quote(str(main['dropped']) + ' more elements not shown')}")
    observation = Observation(url=main["url"], title=main["title"], text="\n".join(seen.lines), boxes=seen.boxes)
    return Capture(observation, main["html"], seen.mutations, at, seen.hit, seen.focused)


def with_dialog(last: Observation | None, kind: str, message: str) -> Observation:
    """The page with the open dialog as a last line, `[dialog] dialog 'message' type='confirm'`."""
    last = last or Observation(url="about:blank", title="", text="")
    text = " ".join(message.split())[:500]
    line = f"[dialog] dialog {quote(text)} type='{kind}'"
    return last.model_copy(update={"text": f"{last.text}\n{line}" if last.text else line})


def _seen(raws: Mapping[str, Raw], prefix: str, point: tuple[float, float] | None) -> _Seen:
    raw = raws[prefix]
    hit, focused = hit_target(raw, point), target_from(raw["focused"])
    seen = _Seen(list(raw["lines"]), _boxes(raw), hit, focused, raw["mutations"])
    for frame in reversed(raw["foreign"]):
        inner = f"{frame['prefix']}-"
        if inner in raws:
            seen.insert(frame, _seen(raws, inner, point))
    return seen


def _boxes(raw: Raw) -> dict[str, Box]:
    flat = raw["boxes"]
    corners = zip(flat[0::4], flat[1::4], flat[2::4], flat[3::4], strict=True)
    return {
        element: Box(x=x, y=y, width=width, height=height)
        for element, (x, y, width, height) in zip(raw["ids"], corners, strict=True)
    }
