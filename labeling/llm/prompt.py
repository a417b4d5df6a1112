"""What a model is asked: a static part that is the same for every window of a policy set, then objective and window.

Static first and byte for byte equal, so that endpoints can keep it; passes differ only behind it. Pure.
"""

from __future__ import annotations

import json
import random
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache

from labeling.llm.lines import Told
from labeling.llm.model import NEW, OWN, LabelSettings
from labeling.llm.schema import groups_schema, steps_schema
from labeling.llm.shortlist import shortlist
from labeling.llm.windows import Window
from llm_client.chat import ChatRequest, Message
from llm_client.schemas import Schema
from policies.library import PolicySet
from policies.model import Policy

AHEAD = 3
"""Step lines shown before and after a window."""

_STEPS = f"""You read what a person did on web pages and say which steps were calls of which policy.

Rules
- Name only the FIRST step of each call, in order. A call ends where the next one begins.
- Steps that are in no call are the person's own: begin such a stretch with policy {OWN}.
- A step belongs to the innermost call that wanted it. Clicks and keys that open, turn, focus, leave or close a field or
  picker belong to that field's call; a correction stays inside the call it corrects.
- One call for one field, however many steps it took. The button that sends a form is {OWN} unless one policy covers it.
- A single click that no policy describes is {OWN}. A mis-click and what takes it back are {OWN}.
- Where no policy fits two or more steps that belong together, use {NEW} with a name in lower_case and a description.
- Arguments: a field by its name as the page shows it; a value as the objective writes it, else as it was entered;
  several values joined by a comma and a space. Keep slots like {{SECRET:password}} as they are.
- Write the evidence first, in a few words, then the policy it leads to.
- Remark steps that were mistakes: mis_click, correction or detour."""

_GROUPS = f"""You read the calls a person's work on web pages was made of and say which were made by a larger call.

Rules
- Items are calls (with their steps) and single steps, in order. Name only the FIRST item of each group; it ends where
  the next one begins. Items that lie in no larger call begin a stretch with policy {OWN}.
- A larger call is one a planner would make: it has an objective of its own, e.g. the fields of one form and the click
  that sends it. Opening the form is not part of it.
- A group that would hold every item is none: that is the planner already. A group never holds one call alone.
- For the same two or more items done for each of several things use {NEW}, once for each thing.
- Where two readings remain, take the one with fewer calls."""

_EXAMPLE = {
    "calls": [
        {
            "first_step": 1,
            "evidence": "typed into Name after clicking it",
            "policy": "fill_text",
            "proposed": None,
            "args": [{"name": "field", "value": "Name"}, {"name": "text", "value": "Mia Wong"}],
            "returns": None,
            "certainty": "high",
        },
        {
            "first_step": 3,
            "evidence": "a lone button",
            "policy": OWN,
            "proposed": None,
            "args": [],
            "returns": None,
            "certainty": "medium",
        },
    ],
    "notes": [],
}


@dataclass(frozen=True)
class Question:
    """One request but for what a second attempt adds: `first`..`last` are the units as the model is told, from 1 on."""

    system: str
    user: str
    schema: Schema
    purpose: str
    max_tokens: int
    first: int = 1
    last: int = 1

    def request(self, problems: Sequence[str] = ()) -> ChatRequest:
        """The request; `problems` of an earlier reply make it another of nearly the same size."""
        user = self.user if not problems else f"{self.user}\n\n{_again(problems)}"
        return ChatRequest(
            (Message("system", self.system), Message("user", user)),
            purpose=self.purpose,
            temperature=None,
            max_tokens=self.max_tokens,
            schema=self.schema,
        )


@dataclass(frozen=True)
class Offered:
    """What a level's questions offer, the same for all its windows: policies by name with their cards, and examples."""

    names: tuple[str, ...]
    cards: tuple[str, ...]
    examples: str = ""


@dataclass(frozen=True)
class Item:
    """A unit of the levels above 1: what it says, and its first and last step (positions)."""

    text: str
    first: int
    last: int


def steps_question(
    told: Told,
    window: Window,
    offered: Offered,
    settings: LabelSettings,
    number: int = 0,
    purpose: str = "",
) -> Question:
    """Which of a window's steps are calls of what, asked for the pass of that number."""
    names = offered.names
    rows = [_objective(told), *_context("Before:", told.lines[max(0, window.first - AHEAD) : window.first])]
    rows.append(f"Steps s{window.first + 1} to s{window.last + 1}:")
    for position in range(window.first, window.last + 1):
        if position == window.first or position in told.strong:
            rows.append(_indented(told.pages[position], "  page| "))
        rows.append(told.lines[position])
        rows.append(_indented(told.seen[position], "  | "))
    rows += _context("What comes after:", told.lines[window.last + 1 : window.last + 1 + AHEAD])
    rows.append(_closing(names, number, f"the steps s{window.first + 1} to s{window.last + 1}"))
    return Question(
        system=_system(_STEPS, offered, json.dumps(_EXAMPLE)),
        user="\n".join(row for row in rows if row),
        schema=steps_schema(names),
        purpose=purpose,
        max_tokens=settings.reply_tokens + settings.reply_tokens_each * window.size,
        first=window.first + 1,
        last=window.last + 1,
    )


def groups_question(
    told: Told,
    items: Sequence[Item],
    window: Window,
    offered: Offered,
    settings: LabelSettings,
    number: int = 0,
    purpose: str = "",
) -> Question:
    """Which of the items were made by a larger call."""
    names = offered.names
    rows = [_objective(told), "Items:"]
    for place in range(window.first, window.last + 1):
        rows.append(f"i{place + 1} | {items[place].text}")
    rows.append(_closing(names, number, f"the items i{window.first + 1} to i{window.last + 1}"))
    return Question(
        system=_system(_GROUPS, offered, '{"groups": [...]} with the fields the schema names, `first_item` first'),
        user="\n".join(rows),
        schema=groups_schema(names),
        purpose=purpose,
        max_tokens=settings.reply_tokens + settings.reply_tokens_each * window.size,
        first=window.first + 1,
        last=window.last + 1,
    )


@lru_cache(maxsize=64)
def _shuffled(names: tuple[str, ...], number: int) -> tuple[str, ...]:
    order = list(names)
    random.Random(number).shuffle(order)
    return tuple(order)


def callable_names(policies: PolicySet, *, composite_only: bool) -> tuple[str, ...]:
    """Names a model may answer with, in alphabetical order; the planner is never called."""
    chosen = [p for p in policies if p.name != policies.planner.name and p.kind != "planner"]
    return tuple(sorted(p.name for p in chosen if p.kind == "composite" or not composite_only))


def offered(
    policies: PolicySet, told: Told, keep: Collection[str], *, composite_only: bool, examples: str = ""
) -> Offered:
    """What a level of a demonstration is offered: all policies it may call, of very many the likeliest and `keep`."""
    cards = [(name, card(policies.policies[name])) for name in callable_names(policies, composite_only=composite_only)]
    chosen = frozenset(shortlist(cards, (told.objective, *told.lines), keep))
    kept = [(name, text) for name, text in cards if name in chosen]
    return Offered(tuple(name for name, _ in kept), tuple(text for _, text in kept), examples)


def card(policy: Policy) -> str:
    """A policy as a model is told of it."""
    rows = [f"{policy.signature} ({policy.kind}): {policy.description}", f"  use: {policy.when_to_use}"]
    rows += [f"  not: {policy.when_not}"] if policy.when_not else []
    rows += [f"  {parameter.name}: {parameter.description}" for parameter in policy.parameters if parameter.description]
    return "\n".join([*rows, f"  over: {policy.stop_rule}"])


def _system(rules: str, offered: Offered, answer: str) -> str:
    cards = "\n".join(offered.cards)
    parts = [
        rules,
        f"Policies\n{cards}",
        *([f"Examples a person decided on\n\n{offered.examples}"] * bool(offered.examples)),
    ]
    return "\n\n".join([*parts, f"Answer with one JSON object and nothing else, like\n{answer}"])


def _objective(told: Told) -> str:
    return f"Objective: {told.objective}"


def _context(title: str, lines: Sequence[str]) -> list[str]:
    return [title, *lines] if lines else []


def _closing(names: tuple[str, ...], number: int, what: str) -> str:
    """The end of a question, where one pass differs from another."""
    listed = ", ".join(_shuffled((*names, OWN, NEW), number))
    return f"Say the calls of {what}. A policy is one of: {listed}."


def _again(problems: Sequence[str]) -> str:
    listed = "\n".join(f"- {problem}" for problem in problems[:8])
    return f"An earlier answer could not be used as it was:\n{listed}\nAnswer again, whole and in the form asked for."


def _indented(text: str, mark: str) -> str:
    return "\n".join(mark + line for line in text.split("\n") if line)
