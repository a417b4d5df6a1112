"""A question cut to the room a model has: first the page, then the policy's history, then the examples.

Of the page stay the elements nearest to what the objective (a call's arguments) and the last action speak of, with what
is above and beside them; rare words say more than common ones. Elements keep their ids, and every cut is told in
words. Lengths are characters of the whole prompt.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from agent.learner.words import telling
from agent.model import Decision, Shown
from labeling.prompts.pruning import OPERABLE
from llm_client.errors import ContextOverflow

Size = Callable[[Decision, Sequence[Shown]], int]
"""How long the prompt of a decision with these examples is."""
PAGE_FLOOR = 1200
"""Characters of the page that always stay."""
HISTORY_FLOOR = 3
"""Latest lines of history that always stay."""
NEAR = 2
"""Lines before and after a telling one that go before the rest."""
MARK = 60
"""Characters for the line that says what was left out."""
REPLY_ROOM = 800
"""Tokens kept free for the reply, as far as that leaves half of the room."""
_LINE = re.compile(r"^( *)\[([^\]\s]+)\] (\S+)")
_ALWAYS = re.compile(r" focused\b|^ *\[[^\]\s]+\] (?:alert|dialog|alertdialog|heading)\b")


@dataclass(frozen=True)
class Fitted:
    """What is asked in the end, and what was left out of it, in words."""

    decision: Decision
    examples: tuple[Shown, ...]
    notes: tuple[str, ...] = ()


def fitted(asked: Decision, examples: Sequence[Shown], room: int | None, size: Size) -> Fitted:
    """Cut as far as the room demands and the floors allow; None is room for everything."""
    whole = Fitted(asked, tuple(examples))
    if room is None:
        return whole
    for cut in (_page, _history, _examples):
        excess = size(whole.decision, whole.examples) - room
        if excess <= 0:
            break
        whole = cut(whole, excess)
    return whole


def smaller(length: int, error: ContextOverflow) -> int:
    """Room to try next after a prompt of `length` characters was too long: what the endpoint says, else half."""
    if not error.room or not error.asked:
        return length // 2
    free = max(error.room - REPLY_ROOM, error.room // 2)
    return min(int(0.95 * length * free / error.asked), int(0.9 * length))


def prune_page(text: str, about: str, room: int) -> str:
    r"""The lines nearest to the words of `about`, in their order, at most about `room` characters.

    >>> prune_page("[1] text 'a b'\n[2] link 'Oslo'\n[3] text 'c d'", "to Oslo", 20).split("\n")[0]
    "[2] link 'Oslo'"
    """
    lines = text.split("\n")
    kept: set[int] = set()
    left = room
    for at in _by_worth(lines, telling(about)):
        new = {at, *_above(lines, at)} - kept
        cost = sum(len(lines[one]) + 1 for one in new)
        if cost <= left:
            kept |= new
            left -= cost
    shown = [lines[at] for at in sorted(kept)]
    return "\n".join([*shown, f"... ({len(lines) - len(kept)} of {len(lines)} lines do not fit)"])


def _page(whole: Fitted, excess: int) -> Fitted:
    asked = whole.decision
    room = max(PAGE_FLOOR, len(asked.observation) - excess - MARK)
    if room >= len(asked.observation):
        return whole
    last = asked.previous[-1] if asked.previous else ""
    text = prune_page(asked.observation, f"{_arguments(asked.objective)} {_arguments(last)}", room)
    before, after = asked.observation.count("\n") + 1, text.count("\n")
    note = f"the page was cut from {before} to {after} lines"
    return Fitted(replace(asked, observation=text), whole.examples, (*whole.notes, note))


def _arguments(text: str) -> str:
    """What stands in the brackets of an action or call; a task is all said."""
    head, bracket, rest = text.partition("[")
    return rest if bracket and " " not in head.strip() else text


def _history(whole: Fitted, excess: int) -> Fitted:
    lines = whole.decision.previous
    gone, excess = 0, excess + MARK
    while excess > 0 and len(lines) - gone > HISTORY_FLOOR:
        excess -= len(lines[gone]) + 1
        gone += 1
    if not gone:
        return whole
    kept = (f"... ({gone} earlier actions do not fit)", *lines[gone:])
    note = f"{gone} of {len(lines)} earlier actions were left out"
    return Fitted(replace(whole.decision, previous=kept), whole.examples, (*whole.notes, note))


def _examples(whole: Fitted, excess: int) -> Fitted:
    shown = whole.examples
    gone = 0
    while excess > 0 and gone < len(shown):
        excess -= len(shown[gone].observation) + len(shown[gone].objective)
        gone += 1
    note = f"{gone} of {len(shown)} examples were left out"
    return Fitted(whole.decision, shown[gone:], (*whole.notes, note)) if gone else whole


def _by_worth(lines: Sequence[str], said: frozenset[str]) -> list[int]:
    """Positions of lines, the most telling first: words said, neighbours of those, what can be operated, the rest."""
    shared = [telling(_LINE.sub("", line)) & said for line in lines]
    count = Counter(word for words in shared for word in words)
    words = [sum(1 / count[word] for word in words) for words in shared]
    near = {beside for at, hits in enumerate(words) if hits for beside in range(at - NEAR, at + NEAR + 1)}

    def worth(at: int) -> tuple[int, float, int]:
        if _ALWAYS.search(lines[at]) and not lines[at].startswith("    "):
            return 0, 0, at
        if words[at]:
            return 1, -words[at], at
        found = _LINE.match(lines[at])
        operable = found is not None and found[3] in OPERABLE
        return (2 if at in near else 3 if operable else 4), 0, at

    return sorted(range(len(lines)), key=worth)


def _above(lines: Sequence[str], at: int) -> Iterator[int]:
    """The lines an element stands in, by their indentation."""
    level = _level(lines[at])
    for above in range(at - 1, -1, -1):
        if level == 0:
            return
        if _level(lines[above]) < level:
            level = _level(lines[above])
            yield above


def _level(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
