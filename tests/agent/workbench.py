"""What workers run with in tests: pages in memory that behave as their name says."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from agent.errors import ModelError
from agent.fakes import ScriptedEnvironment
from agent.models.scripted import ScriptedModel
from policies.library import PolicySet, load_set
from traces.actions import Action
from traces.environment import EnvironmentStart


class Page(ScriptedEnvironment):
    """`fake:ok` counts clicks; `die` ends the process at the second click; `raise`, `hang` and `slow` do so too."""

    def __init__(self, name: str, settings: Mapping[str, Any]) -> None:
        super().__init__("[1] button 'more'", self._turn, "click twice", name=name)
        self._how, self._marks = name.partition(":")[2], Path(settings["marks"])

    def reset(self, seed: int) -> EnvironmentStart:
        """Leave a mark, so that a test can count how often an episode was begun."""
        with (self._marks / "begun").open("a") as marks:
            marks.write(f"{self.name}/{seed} {os.getpid()}\n")
        if self._how == "fail":
            self._judge = lambda text, answer: False
        return super().reset(seed)

    def _turn(self, action: Action, text: str) -> str:
        if len(self.acted) == 2:
            if self._how == "die":
                os._exit(3)
            if self._how == "raise":
                raise RuntimeError("the page is gone")
            if self._how == "hang":
                time.sleep(60)
        if self._how == "slow":
            time.sleep(0.05)
        return f"{text}\n[{len(self.acted) + 1}] text 'clicked'"


class Bench:
    """Makes pages, and a model that clicks twice and stops."""

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self._settings = settings

    def environment(self, name: str) -> Page:
        return Page(name, self._settings)

    def policies(self, policy_set: str) -> PolicySet:
        return load_set(policy_set)

    def model(self, name: str, prompt_set: str | None, policy_set: str) -> ScriptedModel:
        if name == "missing":
            raise ModelError("There is no such model. Nothing was run. Choose another.")
        time.sleep(self._settings.get("learns", 0))  # stands for learning, longer than the patience that is tested
        times = self._settings.get("clicks", 2)
        return ScriptedModel(lambda asked: "click [1]" if len(asked.previous) < times else "stop")

    def close(self) -> None:
        pass


def make(settings: Mapping[str, Any]) -> Bench:
    """The factory."""
    if settings.get("broken"):
        os._exit(4)
    return Bench(settings)
