"""Targets as the page tells them: from the observer's raw answer to a value, and back to what a page is asked to find.

What the fields mean is docs/formats/targets.md; asking is browser/observe.py, answering browser/injected.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from traces.model import Box, FrameLink, Host, Near, Selector, Target

Json = dict[str, Any]
SHARED = 4096
"""So many selectors and texts are kept as one value each: a recording holds the same ones over and over."""


@dataclass(frozen=True)
class Found:
    """The element a kept target is now, and which of its selectors led there (`at`); `why` where none did."""

    at: int | None = None
    id: str | None = None
    role: str = ""
    name: str = ""
    why: str = ""


def hit_target(raw: Json, point: tuple[float, float] | None) -> Target | None:
    """What lies under the point the page was asked about, None where it was asked about none."""
    return None if raw["hit"] is None else target_from(raw["hit"], point)


def target_from(raw: Json | None, point: tuple[float, float] | None = None) -> Target | None:
    """The target of an element the page describes."""
    if raw is None:
        return None
    box = raw["box"] and Box(**dict(zip(("x", "y", "width", "height"), raw["box"], strict=True)))
    return Target(
        id=raw["id"],
        role=raw["role"],
        name=raw["name"],
        box=box or None,
        point=point,
        selectors=_selectors(raw["selectors"]),
        frames=tuple(link["css"] for link in raw["frames"]),
        frame_chain=tuple(_link(link) for link in raw["frames"]),
        shadow=tuple(Host(css=host["css"], open=host["open"]) for host in raw["shadow"]),
        near=tuple(_near(*one) for one in raw["near"]),
    )


def wanted(target: Target) -> Json:
    """What the page is asked for; of a target without a chain of frames, by the CSS paths alone."""
    chain = target.frame_chain or tuple(
        FrameLink(selectors=(Selector(kind="css", value=f"css={css}", unique=True),)) for css in target.frames
    )
    return {
        "role": target.role,
        "name": target.name,
        "selectors": [(one.kind, one.value, one.unique) for one in target.selectors],
        "near": [(one.kind, one.text) for one in target.near],
        "frames": [
            {
                **link.model_dump(exclude={"selectors"}),
                "selectors": [(s.kind, s.value, s.unique) for s in link.selectors],
            }
            for link in chain
        ],
    }


def inside_frame(way: list[Json] | None, target: Target | None) -> Target | None:
    """The target of a frame of another origin, with the frames on the way to that frame."""
    if target is None or way is None:
        return target
    outer = tuple(_link(link) for link in way)
    css = tuple(link["css"] for link in way)
    return target.model_copy(update={"frames": css + target.frames, "frame_chain": outer + target.frame_chain})


def _link(raw: Json) -> FrameLink:
    return FrameLink(
        name=raw["name"], src=raw["src"], index=raw["index"], of=raw["of"], selectors=_selectors(raw["selectors"])
    )


def _selectors(raw: Sequence[Sequence[Any]]) -> tuple[Selector, ...]:
    return tuple(_selector(*one) for one in raw)


@lru_cache(maxsize=SHARED)
def _selector(kind: str, value: str, unique: bool) -> Selector:
    return Selector(kind=kind, value=value, unique=unique)


@lru_cache(maxsize=SHARED)
def _near(kind: str, text: str) -> Near:
    return Near(kind=kind, text=text)
