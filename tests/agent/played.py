"""Episodes played by a script on a page in memory: four policies, a page of three lines, what was asked and kept.

The page: typing shows in the field, a click on Go turns the page (with `moves`, to another address).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from agent.fakes import MemoryLog, ScriptedEnvironment
from agent.limits import Limits
from agent.loop import run_episode
from agent.model import Decision, PolicyModel
from agent.models.scripted import Line, ScriptedModel
from policies.library import PolicySet
from policies.model import Parameter, Policy
from traces.actions import Action
from traces.environment import Effect, View
from traces.model import Episode, Observation

PAGE = "[1] textbox 'City' value=''\n[2] button 'Go'\n[3] text '3 commits'"
TASK = "count the commits"
Script = Iterable[Line] | Callable[[Decision], Line]


def policy(name: str, calls: tuple[str, ...] = (), actions: tuple[str, ...] = ("click", "type")) -> Policy:
    """A policy with one free argument (none for the planner) and an alias."""
    return Policy(
        name=name,
        kind="planner" if name == "planner" else "composite",
        aliases=(f"do_{name}",),
        description=f"{name}.",
        when_to_use="In tests.",
        stop_rule="Stop when done.",
        parameters=() if name == "planner" else (Parameter(name="query", type="text"),),
        actions=actions,
        sub_policies=calls,
    )


ALL = {
    "planner": policy("planner", ("find", "note_down")),
    "find": policy("find", ("find", "look")),
    "look": policy("look"),
    "note_down": policy("note_down", actions=("type", "note")),
}
POLICIES = PolicySet("test", ALL, ALL["planner"])


def turn(action: Action, text: str) -> str:
    """Typing shows in the field; a click on Go turns the page."""
    if action.name == "type":
        return text.replace("value=''", f"value='{action.args[1]}'")
    return text.replace("button 'Go'", "button 'Gone'") if action.name == "click" else text


def moves(action: Action, text: str) -> Effect | str:
    """As `turn`, but a click leads to another address."""
    after = turn(action, text)
    url = "http://page.test/next" if "Gone" in after else "http://page.test/"
    return Effect(View(Observation(url=url, title="page", text=after)), changed=("text",))


def failing(error: str, times: int = 99, *, passing: bool = False) -> Callable[[Action, str], Effect | str]:
    """A page that answers its first clicks with an error."""
    left = [times]

    def page(action: Action, text: str) -> Effect | str:
        if action.name != "click" or not left[0]:
            return turn(action, text)
        left[0] -= 1
        return Effect(ScriptedEnvironment(text).observe(), error=error, passing=passing)

    return page


class Played:
    """One episode: `model` holds what was asked, `log` what was kept, `environment` what was done."""

    def __init__(
        self,
        script: Script,
        limits: Limits = Limits(),  # noqa: B008 -- frozen
        page: Callable[[Action, str], Effect | str] = turn,
        mode: Callable[[PolicyModel], PolicyModel] = lambda model: model,
        text: str = PAGE,
    ) -> None:
        self.environment = ScriptedEnvironment(text, page, TASK, lambda _, answer: answer == "3")
        self.model, self.log = ScriptedModel(script), MemoryLog()
        self.episode: Episode = run_episode(self.environment, mode(self.model), POLICIES, self.log, limits)

    @property
    def kinds(self) -> list[str]:
        """What kind each step is of."""
        return [step.kind for step in self.log.steps]

    @property
    def asked(self) -> list[str]:
        """Which policy was asked, decision by decision."""
        return [decision.policy.name for decision in self.model.asked]

    @property
    def ends(self) -> list[tuple[str, str]]:
        """How each frame ended."""
        return [(frame.policy, frame.end) for frame in self.log.frames]

    def seen(self, decision: int) -> Sequence[str]:
        """The previous actions a decision was shown."""
        return self.model.asked[decision].previous
