"""R12 click: what no other rule explains, for policy sets that have a policy for a single click.

The shipped sets have none, since a single click needs no policy (labelling guide, 1): there it stays its caller's own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from labeling.rules.naming import field_argument
from labeling.rules.scene import Proposal, Scene

RULE = "R12"
UNEXPLAINED = 0.3
"""Prior confidence: nothing speaks for it but that somebody clicked."""


def with_clicks(scene: Scene, calls: Sequence[Proposal]) -> tuple[Proposal, ...]:
    """The calls with one for each click that is in none of them, at every depth but in atomic calls."""
    return tuple(_filled(scene, calls, 0, len(scene)))


def _filled(scene: Scene, calls: Sequence[Proposal], first: int, end: int) -> Iterator[Proposal]:
    at = first
    for call in calls:
        yield from _clicks(scene, at, call.first)
        inside = tuple(_filled(scene, call.children, call.first, call.last + 1)) if call.children else ()
        yield replace(call, children=inside)
        at = call.last + 1
    yield from _clicks(scene, at, end)


def _clicks(scene: Scene, first: int, end: int) -> Iterator[Proposal]:
    for index in range(first, end):
        moment = scene.moments[index]
        if moment.is_click and moment.target is not None:
            yield Proposal(
                first=index,
                last=index,
                policy="click",
                args=(field_argument(scene, moment, name="element"),),
                rule=RULE,
                evidence=f"clicked ‘{moment.label}’; no other rule explains it",
                confidence=UNEXPLAINED,
                anchor=moment.target,
                page=moment.before,
            )
