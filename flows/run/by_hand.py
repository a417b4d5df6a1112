"""Runs in which a person plays a policy: in this process, on its own browser, the page shown in the live view.

What the person is asked to do now is `Parts.lending.asked`; whoever draws it (ui/run_by_hand.py) gives the page back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from agent.by_hand import Ahead, ByHand, HumanModel, Move, Opened, Played
from agent.errors import ModelError, RunError
from agent.history import NO_ANSWER
from agent.model import Decision
from agent.models.names import read_name
from agent.plan import RunPlan
from browser.environment import URL_PREFIX
from browser.errors import BrowserError
from browser.live.lending import Done, stage_of
from browser.recorder.options import RecordingOptions
from flows import settings
from policies.errors import PolicyError
from store.errors import StoreError
from wiring import Parts, Workbench

HUMAN = "human:"


def is_by_hand(plan: RunPlan) -> bool:
    """Whether a person takes part."""
    return any(arm.model.startswith(HUMAN) for arm in plan.arms)


def check(parts: Parts, plan: RunPlan) -> None:
    """Raises RunError for a run with a person that cannot be: with other models, or policies that are not there."""
    if not is_by_hand(plan):
        return
    if len(plan.arms) > 1:
        raise RunError("A person plays one run at a time, with one model and prompt set. Nothing was run.")
    (arm,) = plan.arms
    library = parts.policies(arm.policy_set)
    try:
        for name in read_name(arm.model).policies:
            library.resolve(name)
    except PolicyError as error:
        raise RunError(f"{arm.model}: {error} Nothing was run.") from error


def refuse_outside(plan: RunPlan) -> None:
    """Raises RunError where a person would have to be shown a page and there is no screen of ours."""
    if is_by_hand(plan):
        raise RunError(
            f"{plan.arms[0].model} needs a person at the page. Nothing was run. Start it on the Run screen of the app."
        )


class HandBench:
    """A workbench whose model is a person for some policies; the rest is the workspace's own workbench."""

    def __init__(self, parts: Parts, told: Mapping[str, Any], model: str, stopped: Callable[[], bool]) -> None:
        self._parts, self._stopped = parts, stopped
        self._bench = Workbench(told, parts)
        named = read_name(model)
        self._mine = frozenset(named.policies)
        self._rest = model.partition("+")[2] if named.rest else None
        self._ahead: Ahead = Ahead()
        self._page: ByHand | None = None

    def environment(self, name: str) -> ByHand:
        """The environment of that name, which knows what was done by hand."""
        self._page = ByHand(self._bench.environment(name), self._ahead)
        return self._page

    def policies(self, policy_set: str) -> Opened:
        """The policy set; a person may do anything."""
        library = self._bench.policies(policy_set)
        return Opened(library, frozenset(library.resolve(name).name for name in self._mine))

    def model(self, name: str, prompt_set: str | None, policy_set: str) -> HumanModel:
        """The person, with the model that plays the rest. Raises ModelError."""
        rest = self._bench.model(self._rest, prompt_set, policy_set) if self._rest else None
        library = self._bench.policies(policy_set)
        mine = frozenset(library.resolve(policy).name for policy in self._mine)
        return HumanModel(name, mine, self, self._ahead, rest)

    def close(self) -> None:
        """Nothing of its own: the workspace and the browser are the app's."""

    def play(self, request: Decision) -> Played:
        """Show the page to the person until they give it back. Raises ModelError when that is not possible."""
        if self._page is None:
            raise ModelError("There is no page to be played on.")
        try:
            stage = stage_of(self._page.real)
            done = self._parts.lending.lend(
                stage.tabs, self._options(request, stage), request.policy.name, self._stopped
            )
        except (BrowserError, StoreError) as error:
            raise ModelError(f"The page could not be handed over: {error}") from error
        return _played(done)

    def _options(self, request: Decision, stage: Any) -> RecordingOptions:
        asked_for = self._page is not None and not self._page.name.startswith(URL_PREFIX)
        return RecordingOptions(
            url=request.url,
            objective=request.objective,
            viewport=stage.viewport,
            secrets=settings.load(self._parts).redaction_selectors,
            known_secrets=asked_for,
            own_ports=self._parts.own_ports,
            allow_private=self._parts.allow_private,
        )


def _played(done: Done) -> Played:
    moves = tuple(Move(step.action, view, step.target, step.error) for step, view in done.steps)
    return Played(moves, done.answer or (NO_ANSWER if done.outcome == "not-done" else None), done.stopped)
