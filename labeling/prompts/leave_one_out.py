"""Leave one out: is each piece of a prompt set predicted by the others, and does it help or harm them?

Nothing of the same demonstration or the same task is ever asked. Without a model the nearest examples vote; with one,
the prompt without the piece is really asked (`Ask`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Literal

from labeling.prompts.likeness import Likeness, answer_kind, moment_of
from labeling.prompts.model import Example, Piece, PromptSet
from labeling.splits import group_of
from traces.actions import parse_action
from traces.errors import ActionError
from traces.model import Frozen

VOTERS = 3
"""Nearest examples that vote."""
TWIN = 0.95
"""Likeness from which on two pieces with the same kind of answer tell the same."""
Flag = Literal["", "harmful", "redundant"]
Ask = Callable[[Piece, Sequence[Piece]], str | None]
"""What a model answers to a piece's question when it is shown these pieces; None when it cannot be asked."""


class Verdict(Frozen):
    """One piece: what it should answer, what was predicted without it, and what it does to others.

    `match` is None where no other task shows this policy. `helps` is how many other answers are right only with it,
    less those right only without it, of `asked`.
    """

    piece: str
    policy: str
    gold: str
    predicted: str | None
    match: bool | None
    helps: int = 0
    asked: int = 0
    flag: Flag = ""
    note: str = ""


class PolicyScore(Frozen):
    """One policy: how many of its pieces were judged, and how many were predicted."""

    policy: str
    judged: int
    matched: int


class Check(Frozen):
    """What came of leaving each piece out; `by` is `nearest` or the model's name, `calls` what it took."""

    prompt_set: str
    by: str
    verdicts: tuple[Verdict, ...]
    scores: tuple[PolicyScore, ...]
    unasked: int = 0


def check_offline(prompt_set: PromptSet) -> Check:
    """The vote of the nearest examples: right when the verb and the element's role, or the called policy, are."""
    verdicts = [one for policy in prompt_set.policies for one in _Vote(prompt_set, policy).verdicts()]
    return _check(prompt_set.id, "nearest", verdicts)


def check_with(prompt_set: PromptSet, by: str, ask: Ask) -> Check:
    """A model's answers: each piece asked without it and its kin, then its nearest other piece with and without it."""
    verdicts = [
        one for policy in prompt_set.policies for one in _Asked(prompt_set, prompt_set.shown(policy), ask).verdicts()
    ]
    return _check(prompt_set.id, by, verdicts)


def same_action(one: str, other: str) -> bool:
    """Whether two answers come to the same, spacing apart; a piece may have several lines."""
    return _normal(one) == _normal(other)


class _Vote:
    """The examples of one policy, compared with each other."""

    def __init__(self, prompt_set: PromptSet, policy: str) -> None:
        self._pool = prompt_set.of(policy)
        self._pieces = prompt_set.shown(policy)
        self._at = {example.id: at for at, example in enumerate(self._pool)}
        self._kinds = [answer_kind(example) for example in self._pool]
        self._groups = [_kin(example) for example in self._pool]
        self._likeness = Likeness([moment_of(example) for example in self._pool])
        self._rows: dict[int, list[float]] = {}

    def verdicts(self) -> list[Verdict]:
        """One for each piece, in their order."""
        shown = [self._at[piece.turns[0]] for piece in self._pieces]
        return [self._verdict(piece, at, shown) for piece, at in zip(self._pieces, shown, strict=True)]

    def _verdict(self, piece: Piece, at: int, shown: Sequence[int]) -> Verdict:
        others = [other for other in shown if other != at]
        voted = self._vote(at, others)
        gold = " ".join(self._kinds[at])
        helps, asked = self._helps(at, shown, others)
        twin = self._twin(at, shown[: shown.index(at)])
        flag: Flag = "harmful" if helps < 0 else "redundant" if twin is not None and helps == 0 else ""
        predicted = None if voted is None else " ".join(voted)
        return Verdict(
            piece=piece.id,
            policy=piece.policy,
            gold=gold,
            predicted=predicted,
            match=None if voted is None else voted == self._kinds[at],
            helps=helps,
            asked=asked,
            flag=flag,
            note=_note(flag, helps, None if twin is None else self._pool[twin].id),
        )

    def _helps(self, at: int, shown: Sequence[int], others: Sequence[int]) -> tuple[int, int]:
        """What the piece does to every other example of the pool, and how many of them it had a say in."""
        helps = asked = 0
        for one in range(len(self._pool)):
            if self._groups[one] & self._groups[at]:
                continue
            asked += 1
            right = self._kinds[one]
            helps += (self._vote(one, shown) == right) - (self._vote(one, others) == right)
        return helps, asked

    def _vote(self, at: int, voters: Sequence[int]) -> tuple[str, ...] | None:
        """What the nearest voters of other demonstrations and tasks would answer; None without any."""
        alike = self._row(at)
        allowed = [one for one in voters if one != at and not self._groups[one] & self._groups[at]]
        nearest = sorted(allowed, key=lambda one: (-alike[one], self._pool[one].id))[:VOTERS]
        if not nearest:
            return None
        weight: Counter[tuple[str, ...]] = Counter()
        for one in nearest:
            weight[self._kinds[one]] += round(alike[one] * 1_000_000)
        return max(sorted(weight), key=lambda kind: weight[kind])

    def _twin(self, at: int, others: Sequence[int]) -> int | None:
        alike = self._row(at)
        same = (one for one in others if self._kinds[one] == self._kinds[at] and alike[one] >= TWIN)
        return next(same, None)

    def _row(self, at: int) -> list[float]:
        if at not in self._rows:
            self._rows[at] = self._likeness.to(at)
        return self._rows[at]


class _Asked:
    """The pieces of one policy, each asked of a model."""

    def __init__(self, prompt_set: PromptSet, pieces: Sequence[Piece], ask: Ask) -> None:
        self._pieces, self._ask = pieces, ask
        firsts = [prompt_set.by_id[piece.turns[0]] for piece in pieces]
        self._groups = [_kin(example) for example in firsts]
        self._likeness = Likeness([moment_of(example) for example in firsts])

    def verdicts(self) -> list[Verdict]:
        """One for each piece, in their order."""
        return [self._verdict(at) for at in range(len(self._pieces))]

    def _verdict(self, at: int) -> Verdict:
        piece, others = self._pieces[at], self._strangers(at)
        said = self._ask(piece, [self._pieces[one] for one in others]) if others else None
        helps, asked = self._helps(at)
        flag: Flag = "harmful" if helps < 0 else ""
        return Verdict(
            piece=piece.id,
            policy=piece.policy,
            gold=piece.action,
            predicted=said,
            match=None if said is None else same_action(said, piece.action),
            helps=helps,
            asked=asked,
            flag=flag,
            note=_note(flag, helps, None) if others else "no other task shows this policy",
        )

    def _helps(self, at: int) -> tuple[int, int]:
        """(what the piece does to its nearest stranger, 1), or (0, 0) where that cannot be asked."""
        alike = self._likeness.to(at)
        strangers = self._strangers(at)
        if not strangers:
            return 0, 0
        nearest = max(strangers, key=lambda one: (alike[one], -one))
        witness, with_it = self._pieces[nearest], self._strangers(nearest)
        before = self._ask(witness, [self._pieces[one] for one in with_it])
        after = self._ask(witness, [self._pieces[one] for one in with_it if one != at])
        if before is None or after is None:
            return 0, 0
        return same_action(before, witness.action) - same_action(after, witness.action), 1

    def _strangers(self, at: int) -> list[int]:
        return [one for one in range(len(self._pieces)) if not self._groups[one] & self._groups[at]]


def _check(prompt_set: str, by: str, verdicts: Sequence[Verdict]) -> Check:
    scores = []
    for policy in sorted({one.policy for one in verdicts}):
        judged = [one for one in verdicts if one.policy == policy and one.match is not None]
        matched = sum(one.match is True for one in judged)
        scores.append(PolicyScore(policy=policy, judged=len(judged), matched=matched))
    unasked = sum(one.match is None for one in verdicts)
    return Check(prompt_set=prompt_set, by=by, verdicts=tuple(verdicts), scores=tuple(scores), unasked=unasked)


def _kin(example: Example) -> frozenset[str]:
    """What it must not share with what it is judged by: its demonstration and its task."""
    return frozenset((f"episode {example.episode}", group_of(example.task, example.root_objective)))


def _note(flag: Flag, helps: int, twin: str | None) -> str:
    if flag == "redundant":
        return f"says the same as {twin}"
    number = f"{abs(helps)} more {'answer is' if abs(helps) == 1 else 'answers are'} right"
    return f"{number} {'without' if helps < 0 else 'with'} it" if helps else ""


def _normal(answer: str) -> list[str]:
    lines = []
    for line in answer.strip().split("\n"):
        try:
            lines.append(str(parse_action(line)))
        except ActionError:
            lines.append(" ".join(line.split()))
    return lines
