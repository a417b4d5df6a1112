"""What changed from one prompt set to another: pieces that came, went or read otherwise, and tokens by policy."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Literal

from labeling.prompts.model import Piece, PromptSet
from traces.model import Frozen

Change = Literal["added", "removed", "changed"]


class Difference(Frozen):
    """One piece that is not the same in both; `fields` are what reads otherwise in a changed one."""

    change: Change
    policy: str
    before: Piece | None = None
    after: Piece | None = None
    fields: tuple[str, ...] = ()

    @property
    def piece(self) -> Piece:
        """The newer of the two."""
        piece = self.after or self.before
        assert piece is not None
        return piece


class Tokens(Frozen):
    """What a policy's pieces come to in both sets."""

    policy: str
    before: int
    after: int


class PromptDiff(Frozen):
    """From one set to another: differences by policy, tokens of every policy, and settings as (name, before, after)."""

    before: str
    after: str
    differences: tuple[Difference, ...]
    tokens: tuple[Tokens, ...]
    settings: tuple[tuple[str, str, str], ...]


def compare(before: PromptSet, after: PromptSet) -> PromptDiff:
    """What changed. Pieces are the same ones where they come from the same turns of the same steps."""
    old, new = _by_place(before), _by_place(after)
    found: list[Difference] = []
    for place in sorted(old.keys() | new.keys()):
        one, other = old.get(place), new.get(place)
        if one is None or other is None:
            change: Change = "added" if one is None else "removed"
            found.append(Difference(change=change, policy=place[0], before=one, after=other))
        elif fields := _otherwise(one, other):
            found.append(Difference(change="changed", policy=place[0], before=one, after=other, fields=fields))
    return PromptDiff(
        before=before.id,
        after=after.id,
        differences=tuple(found),
        tokens=tuple(_tokens(before.pieces, after.pieces)),
        settings=tuple(_settings(before, after)),
    )


def _by_place(prompt_set: PromptSet) -> dict[tuple[str, ...], Piece]:
    """Each piece by its policy, the steps of its turns, and whether it stops: what stays when its words change."""
    found: dict[tuple[str, ...], Piece] = {}
    for piece in prompt_set.pieces:
        turns = [prompt_set.by_id[turn] for turn in piece.turns]
        place = (piece.policy, *(f"{turn.episode}/{turn.step}" for turn in turns), "stop" if piece.is_stop else "")
        found[(*place, str(sum(other[: len(place)] == place for other in found)))] = piece
    return found


def _otherwise(one: Piece, other: Piece) -> tuple[str, ...]:
    names = ("objective", "url", "observation", "previous", "reason", "actions", "why")
    return tuple(name for name in names if getattr(one, name) != getattr(other, name))


def _tokens(before: Sequence[Piece], after: Sequence[Piece]) -> list[Tokens]:
    old: Counter[str] = Counter()
    new: Counter[str] = Counter()
    for counted, pieces in ((old, before), (new, after)):
        for piece in pieces:
            counted[piece.policy] += piece.tokens
    return [Tokens(policy=name, before=old[name], after=new[name]) for name in sorted(old.keys() | new.keys())]


def _settings(before: PromptSet, after: PromptSet) -> list[tuple[str, str, str]]:
    old, new = before.config.model_dump(mode="json"), after.config.model_dump(mode="json")
    pairs = [(name, old[name], new[name]) for name in old]
    pairs += [(name, getattr(before, name), getattr(after, name)) for name in ("policy_set", "label_sets", "pruner")]
    return [(name, _said(one), _said(other)) for name, one, other in pairs if one != other]


def _said(value: object) -> str:
    """A setting in words.

    >>> _said(["ex-1", "ex-2"]), _said(()), _said(8000)
    ('ex-1, ex-2', 'none', '8000')
    """
    return (", ".join(map(str, value)) or "none") if isinstance(value, list | tuple) else str(value)
