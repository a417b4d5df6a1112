"""What is offered over the canvas without waiting for an answer: suggestions under a field, our context menu.

The page and the queue go on meanwhile. What a person takes from an offer comes back as input of its own.
"""

from __future__ import annotations

from typing import Any, Literal

from browser.errors import BrowserError
from browser.recorder.desk import Desk
from browser.recorder.widgets.questions import Questions

Kind = Literal["datalist", "menu"]


class Offers:
    """The offers of one recording: at most one of each kind."""

    def __init__(self, desk: Desk, questions: Questions) -> None:
        self._desk = desk
        self._questions = questions
        self._shown: dict[Kind, dict[str, Any]] = {}
        self.right_pressed: tuple[float, float] | None = None
        """Where the person let go of the right button, until it is known whether the page has a menu of its own."""

    @property
    def messages(self) -> list[dict[str, Any]]:
        """What the views are to show."""
        return list(self._shown.values())

    def withdraw(self, *kinds: Kind) -> None:
        """Take offers back; all of them if none is named."""
        for kind in kinds or tuple(self._shown):
            message = self._shown.pop(kind, None)
            if message is not None:
                self._desk.tell({"type": "closed", "id": message["id"]})

    def put_away(self, offer: str) -> bool:
        """Withdraw the offer of that id; whether it was there."""
        kinds = [kind for kind, message in self._shown.items() if message["id"] == offer]
        for kind in kinds:
            self.withdraw(kind)
        return bool(kinds)

    async def suggest(self) -> None:
        """Offer what the field with the keyboard suggests, if it is another than before."""
        look = self._desk.eyes.last
        field = look.focus if look is not None and look.page is self._desk.tabs.page else None
        options = None
        if field is not None and field.id is not None and field.editable and not field.secret:
            options = await self._suggestions(field.id)
        if field is None or not options:
            self.withdraw("datalist")
            return
        box = field.target.box
        said = {
            "field": field.id,
            "box": box.model_dump() if box else None,
            "name": field.target.name,
            "options": options,
        }
        self._show("datalist", said)

    def suggested(self, offer: str, value: str) -> str | None:
        """The field of a suggestion that was taken; None if it is not offered (any more)."""
        message = self._shown.get("datalist")
        if message is None or message["id"] != offer or value not in [o["value"] for o in message["options"]]:
            return None
        field: str = message["field"]
        return field

    def menu(self, found: dict[str, Any]) -> None:
        """Offer our context menu where the page has none of its own."""
        if self.right_pressed is None:
            return
        (x, y), self.right_pressed = self.right_pressed, None
        link = found["link"]
        if link is not None and self._desk.vault.blank(link) != link:
            link = None  # an address that holds a secret stays with the page
        self._show("menu", {**found, "link": link, "x": x, "y": y})

    async def _suggestions(self, field: str) -> list[dict[str, str]] | None:
        try:
            found: list[dict[str, str]] | None = await self._desk.tabs.observer.ask("suggestionsOf", field)
        except BrowserError:
            return None
        return found

    def _show(self, kind: Kind, said: dict[str, Any]) -> None:
        before = self._shown.get(kind)
        if before is not None and {**before, **said} == before:
            return
        self.withdraw(kind)
        message = {"type": kind, "id": self._questions.name(), **said}
        self._shown[kind] = message
        self._desk.tell(message)
