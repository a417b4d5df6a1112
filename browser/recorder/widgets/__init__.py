"""What a screencast cannot show, shown to the person over the canvas: dialogs, lists, file choosers.

Each question and its answer go into the raw log; what step they make is left to `normalise`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from browser.recorder.desk import Desk
from browser.recorder.widgets.dialogs import Dialogs
from browser.recorder.widgets.files import Files
from browser.recorder.widgets.lists import Lists
from browser.recorder.widgets.questions import Question, Questions


class Widgets:
    """The widgets of one recording. `changed` is called when a question opens or closes, `before` just before."""

    def __init__(self, desk: Desk, changed: Callable[[], None], before: Callable[[], None]) -> None:
        self.questions = Questions(desk, changed, before)
        self.dialogs = Dialogs(desk, self.questions)
        self.lists = Lists(desk, self.questions)
        self.files = Files(desk, self.questions)

    @property
    def waiting(self) -> Question | None:
        """The question to answer first: the newest."""
        return self.questions.waiting

    @property
    def messages(self) -> list[dict[str, Any]]:
        """What the views are to show."""
        return self.questions.messages

    def close(self) -> None:
        """Nothing more will be asked."""
        self.files.close()
