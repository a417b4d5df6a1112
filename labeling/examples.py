"""Examples: what each policy saw and answered at every turn of a labelled demonstration, the stop included.

A call is asked as the agent would ask it: its objective is the whole call text, it sees only its own previous actions,
and a finished call is to its caller one action with an answer (`answer = call [..]`, as SteP writes it).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from labeling.labeller import ObservationOf
from labeling.model import LabelTree, Segment
from labeling.tree import depth, items, steps_of
from traces.actions import Action, parse_action
from traces.errors import ActionError, ObservationError
from traces.model import Episode, Frozen, Observation, Step
from traces.observation_text import Node, parse_observation
from traces.sentences import sentence

CHARS_PER_TOKEN = 3.6
NO_ANSWER = "N/A"
MISTAKE = "it was marked as a mistake"


class Example(Frozen):
    """One turn of one policy: what it was shown and the reason and action it should answer with.

    `objective` is the call text (the task's objective for the planner), `previous` the policy's own actions so far;
    `episode`, `step` (a uid) and `label_set` say where it comes from. `tokens` is an estimate.
    """

    policy: str
    objective: str
    url: str
    observation: str
    previous: tuple[str, ...]
    reason: str
    action: str
    episode: str
    step: str
    label_set: str
    depth: int
    root_objective: str
    task: str | None = None
    seed: int | None = None
    tokens: int = 0

    @property
    def is_stop(self) -> bool:
        """Whether the policy ends here."""
        return self.action == "stop" or self.action.startswith("stop ")


class LeftOut(Frozen):
    """A turn that became no example, and why."""

    episode: str
    step: str
    policy: str
    reason: str


@dataclass(frozen=True)
class Demonstration:
    """A labelled demonstration with all that examples are made from; `mistakes` are uids nobody is to learn from."""

    episode: Episode
    steps: tuple[Step, ...]
    observation: ObservationOf
    mistakes: frozenset[str] = frozenset()


@dataclass(frozen=True)
class _Turn:
    """A turn before it is checked: who acts, on which observation, and what is answered."""

    caller: Segment | None
    step: Step
    seen: str | None
    previous: tuple[str, ...]
    reason: str
    action: str
    problem: str | None = None


def examples_of(
    demonstration: Demonstration, tree: LabelTree, label_set: str, planner: str
) -> Iterator[Example | LeftOut]:
    """Every turn of the planner and of each call, in the order a run would take them; unusable ones say why."""
    maker = _Maker(demonstration, tree, label_set, planner)
    yield from maker.turns_of(None)


def estimate_tokens(text: str) -> int:
    """How many tokens a text is about: characters by 3.6, rounded up. An estimate, whatever the model."""
    return math.ceil(len(text) / CHARS_PER_TOKEN)


class _Maker:
    """Makes the examples of one demonstration."""

    def __init__(self, demonstration: Demonstration, tree: LabelTree, label_set: str, planner: str) -> None:
        self._demo = demonstration
        self._tree = tree
        self._label_set = label_set
        self._planner = planner
        self._steps = {step.uid: step for step in demonstration.steps}

    def turns_of(self, caller: Segment | None) -> Iterator[Example | LeftOut]:
        """The turns of one call, each nested call's own turns right after the turn that makes it.

        A mistake is left out as if it had not been made: as a turn, and among the actions before later turns.
        """
        previous: tuple[str, ...] = ()
        for item in items(self._tree, caller.id if caller else None):
            uids = steps_of(self._tree, item.id) if isinstance(item, Segment) else (item,)
            if self._demo.mistakes.issuperset(uids):
                yield self._left_out(caller, uids[0], MISTAKE)
            elif isinstance(item, Segment):
                first = self._steps[item.first]
                yield self._made(_Turn(caller, first, first.observation_before, previous, item.reason, item.call))
                yield from self.turns_of(item)
                previous += (f"{item.returns or NO_ANSWER} = {item.call}",)
            else:
                step = self._steps[item]
                if step.kind == "note":
                    continue
                yield self._made(_own_turn(caller, step, previous))
                previous += (step.action,)
        yield self._made(self._stop(caller, previous))

    def _stop(self, caller: Segment | None, previous: tuple[str, ...]) -> _Turn:
        last = self._steps[steps_of(self._tree, caller.id if caller else None)[-1]]
        answer = caller.returns if caller else self._demo.episode.answer
        action = str(Action("stop", () if answer is None else (answer,)))
        reason = "What was asked for is done." if answer is None else f"The answer is {answer}."
        problem = "its last step was marked as a mistake" if last.uid in self._demo.mistakes else None
        return _Turn(caller, last, last.observation_after, previous, reason, action, problem)

    def _made(self, turn: _Turn) -> Example | LeftOut:
        policy = self._policy(turn.caller)
        problem = turn.problem or (None if turn.seen else "no observation was recorded at this point")
        if problem is None and turn.seen is not None:
            observation = self._demo.observation(turn.seen)
            problem = _problem(observation, turn.action)
            if problem is None:
                return self._example(turn, policy, observation)
        return self._left_out(turn.caller, turn.step.uid, problem or "")

    def _left_out(self, caller: Segment | None, step: str, reason: str) -> LeftOut:
        return LeftOut(episode=self._demo.episode.id, step=step, policy=self._policy(caller), reason=reason)

    def _policy(self, caller: Segment | None) -> str:
        return caller.policy if caller else self._planner

    def _example(self, turn: _Turn, policy: str, observation: Observation) -> Example:
        episode = self._demo.episode
        objective = turn.caller.call if turn.caller else episode.objective
        shown = (objective, observation.url, observation.text, *turn.previous, turn.reason, turn.action)
        return Example(
            policy=policy,
            objective=objective,
            url=observation.url,
            observation=observation.text,
            previous=turn.previous,
            reason=turn.reason,
            action=turn.action,
            episode=episode.id,
            step=turn.step.uid,
            label_set=self._label_set,
            depth=depth(self._tree, turn.caller.id if turn.caller else None),
            root_objective=episode.objective,
            task=episode.task,
            seed=episode.seed,
            tokens=estimate_tokens("\n".join(shown)),
        )


def _own_turn(caller: Segment | None, step: Step, previous: tuple[str, ...]) -> _Turn:
    problem = f"the action failed when it was recorded ({step.error})" if step.error else None
    if step.kind != "act":
        problem = f"the step is {step.kind}, not an action"
    return _Turn(caller, step, step.observation_before, previous, step.reason or _reason(step), step.action, problem)


def _reason(step: Step) -> str:
    """A template for a step nobody gave a reason for."""
    said = sentence(step)
    return f"Next: {said}."


def _problem(observation: Observation, action: str) -> str | None:
    """Why the pair cannot be an example: unreadable, target not shown, or a secret in plain sight."""
    try:
        nodes = parse_observation(observation.text)
        element = parse_action(action).element
    except (ActionError, ObservationError) as error:
        return f"it cannot be read: {error}"
    if element is not None and all(node.id != element for node in nodes):
        return f"the target [{element}] is not in the observation"
    if any(map(_leaks, nodes)):
        return "the observation shows the value of a secret field"
    return None


def _leaks(node: Node) -> bool:
    return "secret" in node.flags and node.value not in ("", "{SECRET}") and not node.value.startswith("{SECRET:")
