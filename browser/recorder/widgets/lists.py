"""The list of a `<select>`: ours is shown over the canvas instead of Chromium's, which no screencast shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from browser.acting import target_of
from browser.recorder.desk import Desk
from browser.recorder.events import Gate, Opened
from browser.recorder.widgets.questions import BadAnswer, Questions

LISTS = frozenset({"combobox", "listbox", "option"})


@dataclass(frozen=True)
class Listing:
    """A `<select>` under the pointer or with the focus: its id and what it offers.

    `drops`: Chromium opens a list of its own for it, and says so.
    """

    id: str
    options: tuple[dict[str, Any], ...]
    multiple: bool
    drops: bool


class Lists:
    """Lists of one recording's pages."""

    def __init__(self, desk: Desk, questions: Questions) -> None:
        self._desk = desk
        self._questions = questions

    async def at(self, gate: Gate) -> tuple[Listing, Gate] | None:
        """The `<select>` the gate's target is (part of), with the gate turned to it."""
        target = gate.target
        if target is None or target.id is None or target.role not in LISTS or not gate.fresh:
            return None
        kind = await self._desk.tabs.observer.ask("kindOf", target.id)
        if not kind or not kind["select"]:
            return None
        listing = await self.of(kind["select"])
        if listing is None:
            return None
        last = self._desk.eyes.last
        whole = target_of(last.observation, listing.id) if last and listing.id != target.id else None
        whole = whole.model_copy(update={"point": target.point}) if whole else target
        return listing, gate.model_copy(update={"target": whole})

    async def of(self, element: str) -> Listing | None:
        """What a `<select>` offers; None if it is disabled or none."""
        told = await self._desk.tabs.observer.ask("optionsOf", element)
        if not told or told["disabled"]:
            return None
        return Listing(element, tuple(told["options"]), told["multiple"], told["drops"])

    def open(self, listing: Listing, name: str, gate: Gate | None = None) -> None:
        """Show it; `gate` where another element opened it."""
        last = self._desk.eyes.last
        box = last.observation.boxes.get(listing.id) if last else None
        said = {
            "box": box.model_dump() if box else None,
            "options": list(listing.options),
            "multiple": listing.multiple,
            "name": name,
        }

        async def answer(value: Any) -> tuple[bool, tuple[str, ...]]:
            return await self._choose(listing, value)

        self._questions.ask("select", Opened(widget="select", gate=gate), said, answer)

    async def _choose(self, listing: Listing, value: Any) -> tuple[bool, tuple[str, ...]]:
        if value is None or (value == [] and not _clears(listing)):
            return False, ()
        chosen = [option for option in listing.options if isinstance(value, list) and option["index"] in value]
        kept = [option for option in chosen if option["disabled"] and not option["selected"]]
        if (not chosen and value != []) or (len(chosen) > 1 and not listing.multiple) or kept:
            raise BadAnswer("A list is answered with the indexes of options it has, or null.")
        indexes = [option["index"] for option in chosen]
        problem = await self._desk.tabs.observer.ask("chooseIndexes", listing.id, indexes=indexes)
        if problem:
            self._desk.refuse(problem)
            return False, ()
        return True, tuple(option["text"] for option in chosen)


def _clears(listing: Listing) -> bool:
    """Whether choosing nothing takes something away."""
    return listing.multiple and any(option["selected"] for option in listing.options)
