"""Selection: which pieces of one policy a prompt shows, and why each.

Pins first; for a caller, one piece for each policy it calls; one stop, one for each kind of widget, one near miss; then
those least like what is there, as long as the budget lasts. The same pool gives the same choice. For experiments: as
many at random, or all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from labeling.prompts.likeness import Likeness, Signature, answer_kind, moment_of, said_signature, signature
from labeling.prompts.model import Dropped, Example, Piece, PromptConfig, Why
from traces.actions import VERBS

RELEVANT = 0.4
"""How much a piece's likeness to the whole pool counts against its likeness to what is chosen already."""
ALIKE = 0.3
"""Likeness from which on a moment with another answer is a near miss."""


@dataclass(frozen=True)
class Candidate:
    """A piece with the turns it is made of."""

    piece: Piece
    turns: tuple[Example, ...]

    @property
    def first(self) -> Example:
        """The turn whose page is shown."""
        return self.turns[0]

    @property
    def calls(self) -> tuple[str, ...]:
        """The policies it calls."""
        names = (turn.action.partition(" ")[0] for turn in self.turns)
        return tuple(name for name in names if name not in VERBS)


def choose(candidates: Sequence[Candidate], config: PromptConfig) -> tuple[tuple[Piece, ...], tuple[Dropped, ...]]:
    """What is shown of one policy's candidates, in a stable order, and what is not and why."""
    ordered = sorted(candidates, key=lambda one: one.piece.id)
    choice = _Choice(ordered, config)
    choice.run()
    shown = tuple(
        ordered[at].piece.model_copy(update={"why": why, "note": note})
        for at, (why, note) in sorted(choice.chosen.items())
    )
    dropped = tuple(
        Dropped(policy=one.piece.policy, turns=one.piece.turns, tokens=one.piece.tokens, reason=choice.why_not(at))
        for at, one in enumerate(ordered)
        if at not in choice.chosen
    )
    return shown, dropped


@dataclass
class _Choice:
    """One policy's choice under way: positions that are chosen with why, and the tokens left."""

    candidates: Sequence[Candidate]
    config: PromptConfig
    chosen: dict[int, tuple[Why, str]] = field(default_factory=dict)
    used: int = 0

    def run(self) -> None:
        """Every stage in turn."""
        self._like = Likeness([moment_of(one.first) for one in self.candidates])
        self._to: dict[int, list[float]] = {}
        best = (self._calls, self._stops, self._widgets, self._near_miss, self._diverse)
        stages = {"best": best, "random": (self._random,), "all": (self._all,)}[self.config.selection]
        for stage in (self._pins, *stages):
            stage()

    def why_not(self, at: int) -> str:
        """Why a position is not chosen."""
        if self.used + self.candidates[at].piece.tokens > self.config.room:
            return "the token budget is used up"
        return f"{self.config.most} pieces were chosen before it"

    def _pins(self) -> None:
        pins = {*self.config.pins}
        for at, one in enumerate(self.candidates):
            if pins & {one.piece.id, *one.piece.turns}:
                self._take(at, "pinned", "pinned")

    def _calls(self) -> None:
        """A caller is shown every policy it is known to call, whatever the budget."""
        for called in sorted({name for one in self.candidates for name in one.calls}):
            showing = [at for at, one in enumerate(self.candidates) if called in one.calls]
            if not self.chosen.keys() & {*showing}:
                self._take(self._shortest(showing), "call", f"shows a call of {called}")

    def _widgets(self) -> None:
        kinds = [{signature(turn) for turn in one.turns if _acts(turn)} for one in self.candidates]
        for kind in sorted(set[Signature]().union(*kinds)):
            showing = [at for at, mine in enumerate(kinds) if kind in mine]
            if not self.chosen.keys() & {*showing}:
                self._take_if_room(self._shortest(showing), "widget", f"covers {said_signature(kind)}", spare=1)

    def _stops(self) -> None:
        """One stop, with an answer where there are answers."""
        stops = [at for at, one in enumerate(self.candidates) if one.piece.is_stop]
        answered = [at for at in stops if self.candidates[at].turns[-1].action.startswith("stop [")]
        if stops and not self.chosen.keys() & {*stops}:
            self._take_if_room(self._shortest(answered or stops), "stop", "shows when to stop")

    def _near_miss(self) -> None:
        """Of all moments nearly like a chosen one but answered otherwise, the likest."""
        best: tuple[float, int, int] | None = None
        for at in self.chosen:
            kind = answer_kind(self.candidates[at].first)
            for other in self._open():
                alike = self._likeness(at)[other]
                if (
                    answer_kind(self.candidates[other].first) != kind
                    and alike >= ALIKE
                    and (best is None or (alike, -other) > (best[0], -best[1]))
                ):
                    best = (alike, other, at)
        if best is not None:
            _, other, at = best
            like, answer = self.candidates[at].piece.id, self.candidates[other].first.action.partition(" ")[0]
            self._take_if_room(other, "near_miss", f"looks like {like}, but the answer is {answer}")

    def _diverse(self) -> None:
        """Maximal marginal relevance among what still fits."""
        middle = self._like.to_middle() if self.candidates else []
        while open_ := [at for at in self._open() if self._fits(at)]:
            if len(self.chosen) >= self.config.most:
                return
            worth = {at: RELEVANT * middle[at] - (1 - RELEVANT) * self._nearest(at) for at in open_}
            at = max(open_, key=lambda at: (round(worth[at], 6), -at))
            self._take(at, "diverse", f"least like the others ({self._nearest(at):.2f})")

    def _random(self) -> None:
        """In the order of ids, which are hashes: as good as drawn, and the same again."""
        for at in [*self._open()]:
            self._take_if_room(at, "random", "drawn by its id")

    def _all(self) -> None:
        for at in [*self._open()]:
            self._take(at, "all", "everything is shown")

    def _nearest(self, at: int) -> float:
        return max((self._likeness(other)[at] for other in self.chosen), default=0.0)

    def _likeness(self, at: int) -> list[float]:
        if at not in self._to:
            self._to[at] = self._like.to(at)
        return self._to[at]

    def _open(self) -> Iterator[int]:
        return (at for at in range(len(self.candidates)) if at not in self.chosen)

    def _shortest(self, among: Sequence[int]) -> int:
        return min(among, key=lambda at: (self.candidates[at].piece.tokens, at))

    def _fits(self, at: int) -> bool:
        return self.used + self.candidates[at].piece.tokens <= self.config.room

    def _take_if_room(self, at: int, why: Why, note: str, spare: int = 0) -> None:
        if self._fits(at) and len(self.chosen) < self.config.most - spare:
            self._take(at, why, note)

    def _take(self, at: int, why: Why, note: str) -> None:
        self.chosen[at] = (why, note)
        self.used += self.candidates[at].piece.tokens


def _acts(turn: Example) -> bool:
    return not turn.is_stop and turn.action.partition(" ")[0] in VERBS
