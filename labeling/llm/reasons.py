"""The second pass: why each of the final calls was made and each step taken, asked once the calls are decided.

So that no reason contradicts a label. One question holds up to `whole_steps` steps; replies are read as far as they go.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from labeling.llm.lines import Told
from labeling.llm.model import LabelSettings
from labeling.llm.prompt import Item, Question
from labeling.llm.reading import clean, read_json, whole_number
from labeling.llm.schema import reasons_schema

_LONGEST = 300
_RULES = """You say why a person made each call and took each step, in one short sentence in the present tense each, as
they would have thought it before doing it. Do not name policies. Do not contradict the calls: they are decided."""
_FORM = '{"calls": [{"number": 1, "reason": "..."}], "steps": [{"number": 1, "reason": "..."}]}'


@dataclass(frozen=True)
class Reasons:
    """Reasons by position: of calls and of steps; `whole` unless a budget ended the asking."""

    calls: dict[int, str] = field(default_factory=dict)
    steps: dict[int, str] = field(default_factory=dict)
    whole: bool = True


def reasons_questions(
    told: Told, calls: Sequence[Item], settings: LabelSettings, purpose: str = ""
) -> Iterator[Question]:
    """The questions for a whole demonstration; each asks for the steps it shows and the calls that begin there."""
    for first in range(0, len(told.lines), settings.whole_steps):
        last = min(first + settings.whole_steps, len(told.lines)) - 1
        shown = [n for n, call in enumerate(calls) if call.first <= last and call.last >= first]
        rows = [f"Objective: {told.objective}", "Calls:"]
        rows += [f"c{n + 1} | {calls[n].text} (steps s{calls[n].first + 1} to s{calls[n].last + 1})" for n in shown]
        rows += ["Steps:", *(_line(told, calls, place) for place in range(first, last + 1))]
        asked = [n + 1 for n in shown if calls[n].first >= first]
        rows.append(f"Say the reasons of the calls {_listed('c', asked)} and of the steps s{first + 1} to s{last + 1}.")
        rows.append(f"Answer with one JSON object and nothing else, like\n{_FORM}")
        each = settings.reply_tokens_each // 2
        longest = settings.reply_tokens + each * (len(asked) + last - first + 1)
        yield Question(_RULES, "\n".join(rows), reasons_schema(), purpose, longest, first + 1, last + 1)


def read_reasons(text: str, calls: int, steps: int) -> Reasons:
    """The reasons in whatever the model wrote, of so many calls and steps; never raises."""
    value, _ = read_json(text)
    if not isinstance(value, dict):
        return Reasons()
    return Reasons(_read(value.get("calls"), calls), _read(value.get("steps"), steps))


def _read(listed: Any, count: int) -> dict[int, str]:
    found: dict[int, str] = {}
    for one in listed[: count * 2] if isinstance(listed, list) else []:
        number = whole_number(one.get("number")) if isinstance(one, dict) else None
        reason = clean(one.get("reason"), _LONGEST).strip() if isinstance(one, dict) else ""
        if number is not None and 1 <= number <= count and reason:
            found.setdefault(number - 1, reason)
    return found


def _line(told: Told, calls: Sequence[Item], place: int) -> str:
    """A step's line, with the innermost call it is in."""
    inside = [n for n, call in enumerate(calls) if call.first <= place <= call.last]
    return told.lines[place] + (f" | in c{inside[-1] + 1}" if inside else "")


def _listed(mark: str, numbers: Sequence[int]) -> str:
    return ", ".join(f"{mark}{number}" for number in numbers) or "none"
