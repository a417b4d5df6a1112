"""Steps made of answers: a dialog's, that of a list or picker some other element opened, and files dropped on the page.

The drafts of this kind; what begins with a press or a key is in `drafts`.
"""

from __future__ import annotations

from browser.recorder.drafts import Draft, called, picked
from browser.recorder.events import Answer, Drop, Event, Gate, Opened
from traces.actions import Action
from traces.model import Target


class Replied(Draft):
    """A dialog of the page and the person's answer."""

    def __init__(self, number: int, event: Opened, gate: Gate) -> None:
        super().__init__(number, gate, 0.0)
        self.opened = event
        self.answer: Answer | None = None

    @property
    def target(self) -> Target | None:
        """The dialog, by its kind and message; it has no id."""
        return Target(id=None, role="dialog", name=f"{self.opened.dialog or 'dialog'}: {self.opened.message or ''}")

    def action(self) -> Action | str:
        """`dialog [accept|dismiss] [text]`."""
        if self.answer is None:
            return f"the {self.opened.dialog or 'dialog'} was not answered"
        word = "accept" if self.answer.accepted else "dismiss"
        return Action("dialog", (word, *self.answer.values[:1]))

    def _takes(self, number: int, event: Event) -> bool:
        if not isinstance(event, Answer) or event.to != self.first or self.answer is not None:
            return False
        self.answer, self.dispatched_at = event, event.dispatched_at
        return True


class Chosen(Replied):
    """A list or picker that another element opened (a button's `showPicker()`), and what was chosen."""

    @property
    def target(self) -> Target | None:
        """The field or list itself."""
        return self.gate.target

    def action(self) -> Action | str:
        """`type [id] [value] [0]` or `select [id] [option]`."""
        target = self.gate.target
        if self.answer is None or not self.answer.accepted or target is None or target.id is None:
            return f"the picker of {called(target)} was opened and nothing was chosen"
        return picked(self.opened.widget, target.id, self.answer)


class Dropped(Draft):
    """Files of the person's machine dropped on something."""

    def __init__(self, number: int, event: Drop) -> None:
        super().__init__(number, event.gate, event.dispatched_at)
        self.event = event

    def action(self) -> Action | str:
        """`upload [id] [file]`, several on lines of their own."""
        if self.target is None or self.target.id is None:
            return f"files dropped at ({self.event.x:.0f}, {self.event.y:.0f}): nothing there has an id"
        return Action("upload", (self.target.id, "\n".join(self.event.files)))
