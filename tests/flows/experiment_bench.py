"""What experiments play on in tests: the sign-in page of tests.workspaces in memory, with the real model demos."""

from __future__ import annotations

from agent.fakes import ScriptedEnvironment
from tests.workspaces import SIGN_IN
from traces.actions import Action
from traces.environment import EnvironmentStart
from wiring import Workbench

NAMES = ("bo", "cy", "di", "ed", "flo")


class SignUp(ScriptedEnvironment):
    """Whose name is to be signed up depends on the seed; it is done once both fields hold what was asked for."""

    def __init__(self, name: str) -> None:
        super().__init__("", self._turn, judge=self._right, name=name)

    def reset(self, seed: int) -> EnvironmentStart:
        """An empty form."""
        self._who, self._fields = NAMES[seed % len(NAMES)], {"3": "", "4": ""}
        self._objective = f"Sign up {self._who} with {self._who}@x.org"
        self._first = self._drawn()
        return super().reset(seed)

    def _turn(self, action: Action, text: str) -> str:
        if action.name == "type":
            self._fields[action.args[0]] = action.args[1]
        if str(action) == "click [5]":
            return "[9] heading 'Welcome'\n[10] button 'Show the desk'"
        if str(action) == "click [10]":
            return "[11] heading 'The desk'"
        return self._drawn()

    def _drawn(self) -> str:
        user, mail = (f" value='{value}'" if value else "" for value in self._fields.values())
        return SIGN_IN.format(user=user, mail=mail)

    def _right(self, text: str, answer: str | None) -> bool:
        return "The desk" in text and self._fields == {"3": self._who, "4": f"{self._who}@x.org"}


class Bench(Workbench):
    """The real workbench, on that page."""

    def environment(self, name: str) -> SignUp:
        """The page."""
        return SignUp(name)
