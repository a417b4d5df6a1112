"""What there is to count of every call of an episode, and the episodes they are of.

Gathered once from an ended episode and kept (`flows.understand.stack_facts`). Scorecards and stack analyses read
nothing else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from analysis.signals.calls import returned_nothing
from analysis.signals.model import Signal
from analysis.signals.registry import VERSION
from traces.frames import lone_root
from traces.model import Frame, LlmCall, Step
from traces.skeleton import innermost

LOOPS = frozenset({"D1", "D2", "D3"})
NO_EFFECT, NO_TARGET = frozenset({"D4"}), frozenset({"D5", "D6"})
"""The signals that are counted of a call."""
ENDED = frozenset({"success", "failed", "unsure", "error"})
"""Status of the episodes that count: those that came to an end of their own."""

SHAPE = 1
"""Changes when what is counted of a call does."""
READ_AS = sha256(f"{SHAPE} {VERSION}".encode()).hexdigest()[:12]
"""Changes when the facts of an episode may: by which rules they were read."""


@dataclass(frozen=True, slots=True)
class FrameFact:
    """One call. `first` and `last` are `seq` values; `uid` is the step it begins at, None where it never did anything.

    `acts` (page actions), `asked` (questions to the model), `tokens` and `cost` (US dollars, None when unknown) count
    the calls inside it too; `steps`, `own_acts`, `no_effect`, `no_target` and `loops` (signals D1 to D6) are its own.
    `empty`: it returned nothing.
    """

    number: int
    parent: int | None
    depth: int
    policy: str
    version: str | None
    end: str
    empty: bool
    first: int | None
    last: int | None
    uid: str | None
    steps: int = 0
    acts: int = 0
    own_acts: int = 0
    asked: int = 0
    tokens: int = 0
    cost: float | None = 0.0
    no_effect: int = 0
    no_target: int = 0
    loops: int = 0


@dataclass(frozen=True)
class Attempt:
    """An ended episode with its calls, the root first. `began` is the `seq` where failure is suspected to begin."""

    id: str
    actor: str
    status: str
    task: str | None
    seed: int | None
    run: str | None
    model: str | None
    prompt_set: str | None
    policy_set: str | None
    n_steps: int
    began: int | None
    frames: tuple[FrameFact, ...]

    @property
    def success(self) -> bool:
        """Whether it ended well."""
        return self.status == "success"

    @property
    def max_depth(self) -> int:
        """Calls open at once, at most; 1 is the planner alone."""
        return max((frame.depth for frame in self.frames), default=1)

    @property
    def acts(self) -> int:
        """Page actions."""
        return self.frames[0].acts if self.frames else 0

    @property
    def arm(self) -> str:
        """Who played: the model and its prompt set."""
        return " · ".join(filter(None, (self.model or self.actor, self.prompt_set)))

    @property
    def played_with(self) -> str:
        """Whose policies could be called: the policy set of a run, else who did it."""
        return self.policy_set or ("demonstrations" if self.actor == "human" else self.actor)

    def began_in(self) -> FrameFact | None:
        """The innermost call in which failure is suspected to begin; None for a success."""
        if self.success or self.began is None:
            return None
        around = [
            frame
            for frame in self.frames
            if frame.first is not None and frame.last is not None and frame.first <= self.began <= frame.last
        ]
        return max(around, key=lambda frame: frame.depth, default=None)


def gather(
    steps: Sequence[Step], frames: Sequence[Frame], calls: Sequence[LlmCall], signals: Iterable[Signal]
) -> tuple[FrameFact, ...]:
    """The facts of every call of an episode, in the order of `frames`; where there are none, of a root over all."""
    own = _empty(frames or (lone_root(),))
    at = innermost(steps, frames)
    for place, step in enumerate(steps):
        acted = int(step.kind == "act" and not step.action.startswith("note"))
        here = own[at[place]]
        own[at[place]] = replace(here, steps=here.steps + 1, acts=here.acts + acted, own_acts=here.own_acts + acted)
    _add_calls(own, frames, calls, {step.call: at[place] for place, step in enumerate(steps)})
    _add_signals(own, frames, signals)
    uids = {step.seq: step.uid for step in steps}
    return tuple(
        replace(fact, uid=None if fact.first is None else uids.get(fact.first)) for fact in _with_those_inside(own)
    )


def _empty(frames: Sequence[Frame]) -> list[FrameFact]:
    """A parent is a call that was opened before; whatever else a file says is no parent."""
    found: list[FrameFact] = []
    numbers: dict[str | None, int] = {}
    for number, frame in enumerate(frames):
        found.append(
            FrameFact(
                number=number,
                parent=numbers.get(frame.parent),
                depth=frame.depth,
                policy=frame.policy,
                version=frame.version,
                end=frame.end,
                empty=returned_nothing(frame),
                first=frame.first_step,
                last=frame.last_step,
                uid=None,
            )
        )
        numbers[frame.id] = number
    return found


def _add_calls(
    own: list[FrameFact], frames: Sequence[Frame], calls: Sequence[LlmCall], decided: dict[int | None, int]
) -> None:
    numbers = {frame.id: number for number, frame in enumerate(frames)}
    for call in calls:
        at = decided.get(call.number, numbers.get(call.frame or "", 0))
        here = own[at]
        cost = None if here.cost is None or call.cost is None else here.cost + call.cost
        tokens = here.tokens + call.tokens_in + call.tokens_out
        own[at] = replace(here, asked=here.asked + 1, tokens=tokens, cost=cost)


def _add_signals(own: list[FrameFact], frames: Sequence[Frame], signals: Iterable[Signal]) -> None:
    found: dict[str, Counter[str]] = {}
    for signal in signals:
        found.setdefault(signal.frame, Counter())[signal.detector] += 1
    for number, frame in enumerate(frames):
        counts = found.get(frame.id, Counter())
        no_effect, no_target, loops = (sum(counts[name] for name in kind) for kind in (NO_EFFECT, NO_TARGET, LOOPS))
        own[number] = replace(own[number], no_effect=no_effect, no_target=no_target, loops=loops)


def _with_those_inside(own: list[FrameFact]) -> list[FrameFact]:
    """Actions, questions, tokens and cost of each call with those of the calls inside it."""
    total = list(own)
    for fact in reversed(own):
        if fact.parent is None:
            continue
        inner, outer = total[fact.number], total[fact.parent]
        total[fact.parent] = replace(
            outer,
            acts=outer.acts + inner.acts,
            asked=outer.asked + inner.asked,
            tokens=outer.tokens + inner.tokens,
            cost=None if outer.cost is None or inner.cost is None else outer.cost + inner.cost,
        )
    return total
