"""Retrieval: of everything a prompt set may show, the pieces likest to the moment a policy is asked about."""

from __future__ import annotations

from collections.abc import Sequence

from labeling.prompts.likeness import Likeness, Moment, moment_of
from labeling.prompts.model import Piece, PromptSet
from labeling.prompts.pieces import pieces_of


class Retriever:
    """Finds pieces of one prompt set; the pool is what entered it, so what is held out or banned is never found."""

    def __init__(self, prompt_set: PromptSet, planner: str) -> None:
        self._pieces: dict[str, list[Piece]] = {}
        by_id = prompt_set.by_id
        moments: dict[str, list[Moment]] = {}
        for piece in pieces_of(prompt_set.examples, prompt_set.config, planner):
            self._pieces.setdefault(piece.policy, []).append(piece)
            moments.setdefault(piece.policy, []).append(moment_of(by_id[piece.turns[0]]))
        self._likeness = {policy: Likeness(found) for policy, found in moments.items()}
        self._pins = frozenset(prompt_set.config.pins)
        self._budget = prompt_set.config.room

    def retrieve(
        self, policy: str, goal: str, observation: str, k: int, previous: tuple[str, ...] = ()
    ) -> tuple[Piece, ...]:
        """At most `k` pieces within the token budget, the likest last; pinned ones are always among them.

        `goal` is the whole call text, or the task for the planner. A policy nobody demonstrated has none.
        """
        pieces = self._pieces.get(policy, [])
        if not pieces:
            return ()
        alike = self._likeness[policy].to_new(Moment(goal, observation, previous))
        best = sorted(range(len(pieces)), key=lambda at: (not self._pinned(pieces[at]), -alike[at], pieces[at].id))
        taken = _within(pieces, best, k, self._budget)
        return tuple(pieces[at] for at in sorted(taken, key=lambda at: (alike[at], pieces[at].id)))

    def _pinned(self, piece: Piece) -> bool:
        return bool(self._pins & {piece.id, *piece.turns})


def _within(pieces: Sequence[Piece], ordered: Sequence[int], k: int, budget: int) -> list[int]:
    taken: list[int] = []
    for at in ordered:
        if len(taken) < k and pieces[at].tokens <= budget:
            taken.append(at)
            budget -= pieces[at].tokens
    return taken
