"""What labelling with a model will take, before anything is spent: calls, tokens, and cost or that it is unknown.

Level 1 is planned from the very questions that will be asked; the levels above from the calls the rules propose.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from labeling.labeller import Labeller, ObservationOf, steps_to_label
from labeling.llm.asking import Asker
from labeling.llm.budget import Budget, Purse
from labeling.llm.building import Unit, first_units
from labeling.llm.exemplars import NO_EXEMPLARS, Exemplars
from labeling.llm.labeller import LlmLabeller, groups_level, steps_level
from labeling.llm.levels import SHIFT, SMALLEST, Level
from labeling.llm.lines import told
from labeling.llm.model import LabelSettings
from labeling.llm.prompt import Item, Question
from labeling.llm.reasons import reasons_questions
from labeling.llm.votes import vote
from labeling.llm.windows import plan_windows
from labeling.rules.labeller import RulesLabeller
from labeling.rules.scene import make_scene
from policies.library import PolicySet
from traces.model import Episode, Frozen, Step

REPLY_EACH = 55
"""Tokens a reply usually spends on one call or step, as an estimate."""


class Plan(Frozen):
    """Calls a demonstration will usually take, of which `kept` are answered already, and the most it can take.

    Tokens and `cost` (US dollars, None where the price is unknown) are those of the usual calls not yet answered.
    """

    calls: int = 0
    kept: int = 0
    most_calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    cost: float | None = None


@dataclass
class _Counted:
    calls: int = 0
    kept: int = 0
    most: int = 0
    tokens_in: int = 0
    tokens_out: int = 0


def plan_label(
    asker: Asker,
    episode: Episode,
    steps: Sequence[Step],
    observation: ObservationOf,
    policies: PolicySet,
    settings: LabelSettings,
    others: Labeller | None = None,
    exemplars: Exemplars = NO_EXEMPLARS,
) -> Plan:
    """The plan for one demonstration; nothing is asked. Where all is answered that will be, it says exactly that.

    Raises NothingToLabel.
    """
    chosen = steps_to_label(episode, steps)
    rules = (others or RulesLabeller()).label(episode, chosen, observation, policies)
    text = told(make_scene(episode.objective, chosen, observation), settings)
    counted = _Counted()
    level = steps_level(text, rules, policies, settings, episode.id, exemplars.text)
    _count(counted, level, asker, settings)
    if counted.kept == counted.calls:
        done = LlmLabeller(asker, settings, others, Purse(Budget(calls=0)), exemplars)
        done.label(episode, chosen, observation, policies)
        if done.report.status == "ok":
            return Plan(calls=done.report.calls, kept=done.report.calls, most_calls=done.report.calls, cost=0.0)
    units: tuple[Unit, ...] = first_units(vote([level.fallback], len(chosen)), len(chosen))
    if settings.levels > 1 and len(units) > 2:
        _count(counted, groups_level(2, units, text, rules, policies, settings, episode.id), asker, settings)
    if settings.reasons and rules.segments:
        calls = [Item(one.call, *rules.span(one.id)) for one in rules.segments]
        for question in reasons_questions(text, calls, settings):
            _add(counted, asker, question, "r", len(calls) + question.last - question.first + 1, 1)
    cost = asker.prices.cost(asker.model, counted.tokens_in, counted.tokens_out)
    return Plan(
        calls=counted.calls,
        kept=counted.kept,
        most_calls=counted.most,
        tokens_in=counted.tokens_in,
        tokens_out=counted.tokens_out,
        cost=cost,
    )


def summed(plans: Sequence[Plan]) -> Plan:
    """What several demonstrations take together; the cost of all is unknown if one's is."""
    known = [plan.cost for plan in plans if plan.cost is not None]
    return Plan(
        calls=sum(plan.calls for plan in plans),
        kept=sum(plan.kept for plan in plans),
        most_calls=sum(plan.most_calls for plan in plans),
        tokens_in=sum(plan.tokens_in for plan in plans),
        tokens_out=sum(plan.tokens_out for plan in plans),
        cost=sum(known) if len(known) == len(plans) and plans else None,
    )


def worst(size: int, settings: LabelSettings, depth: int = 0) -> int:
    """The most calls one window of one pass can take: asked twice, and so its halves.

    >>> worst(40, LabelSettings(halvings=2)), worst(5, LabelSettings(halvings=2))
    (14, 2)
    """
    if depth >= settings.halvings or size < 2 * SMALLEST:
        return 2
    return 2 + worst(size // 2, settings, depth + 1) + worst(size - size // 2, settings, depth + 1)


def _count(counted: _Counted, level: Level, asker: Asker, settings: LabelSettings) -> None:
    """The usual passes of a level; the most is that of all passes, and for the levels above 1 of all such levels."""
    levels = 1 if level.number == 1 else settings.levels - 1
    for number in range(settings.most):
        windows = plan_windows(level.tokens, level.strong, settings, shift=number * SHIFT)
        counted.most += sum(worst(window.size, settings) for window in windows) * levels
        for window in windows if number < settings.least else ():
            _add(counted, asker, level.question(window, number), f"p{number}a0", window.size, 0)


def _add(counted: _Counted, asker: Asker, question: Question, attempt: str, size: int, most: int) -> None:
    counted.calls += 1
    counted.most += most
    if asker.has(question, attempt):
        counted.kept += 1
        return
    tokens_in, tokens_out = asker.expected(question)
    counted.tokens_in += tokens_in
    counted.tokens_out += min(tokens_out, REPLY_EACH * size + 20)
