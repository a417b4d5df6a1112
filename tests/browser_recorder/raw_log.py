"""Building raw logs by hand: gates, points and events with rising numbers."""

from __future__ import annotations

from browser.recorder.events import Event, Focus, Gate, RawEvent, Settled
from traces.model import Target


def target(element: str | None, role: str = "textbox", name: str = "") -> Target:
    return Target(id=element, role=role, name=name or f"name of {element}")


def field(element: str, value: str | None = "", **more: object) -> Focus:
    return Focus(target=target(element), value=value, **{"editable": True, **more})


def gate(
    element: str | None = None, focused: Focus | None = None, changed: tuple[str, ...] = (), **more: object
) -> Gate:
    hit = target(element) if element is not None else None
    return Gate(target=hit, focused=focused, changed=changed, **{"observation": "before", **more})


def settled(focused: Focus | None = None, changed: tuple[str, ...] = (), seen: str = "after") -> Settled:
    return Settled(observation=seen, focused=focused, changed=changed)


def log(*events: Event) -> list[RawEvent]:
    """The events numbered from 1, ten milliseconds apart."""
    return [RawEvent(number, number * 10.0, event) for number, event in enumerate(events, 1)]
