"""The labeller `llm:MODEL`: a model is asked level by level, and whatever it says becomes a valid tree of calls.

Every step is covered once; what the model does not answer, the rules do. Where replies are kept and what may be spent
comes from outside; docs/labelling-llm.md tells the whole way.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from labeling.checks.checking import check
from labeling.labeller import Labeller, ObservationOf, steps_to_label
from labeling.llm.asking import Asker, Spent
from labeling.llm.budget import OverBudget, Purse
from labeling.llm.building import Builder, Node, Unit, first_units, grouped, items_of
from labeling.llm.confidence import doubted
from labeling.llm.exemplars import NO_EXEMPLARS, Exemplars
from labeling.llm.levels import Level, LevelSolver, Solved
from labeling.llm.lines import Told, told
from labeling.llm.model import LabelSettings, Partition, RemarkReport, Report, Stretch, WindowReport, joined
from labeling.llm.prompt import Item, Question, callable_names, groups_question, offered, steps_question
from labeling.llm.reasons import Reasons, read_reasons, reasons_questions
from labeling.llm.windows import Window
from labeling.model import LabelTree, Segment
from labeling.rules.labeller import RulesLabeller
from labeling.rules.scene import Scene, make_scene
from labeling.tree import children, make_tree
from llm_client.tokens import estimate_tokens
from policies.library import PolicySet
from traces.model import Episode, Step

PREFIX = "llm:"


@dataclass
class _Found:
    """What the levels of one demonstration have come to so far."""

    reports: list[WindowReport] = field(default_factory=list)
    passes: dict[int, int] = field(default_factory=dict)
    proposals: dict[str, str] = field(default_factory=dict)

    def add(self, number: int, solved: Solved) -> None:
        self.reports += solved.reports
        self.passes[number] = solved.passes
        self.proposals |= dict(solved.proposals)


class LlmLabeller:
    """Proposes calls by asking a model; `others` is who answers where it does not, and the second opinion.

    `exemplars` are shown to the model; they must not be of a demonstration that it labels.
    """

    def __init__(
        self,
        asker: Asker,
        settings: LabelSettings | None = None,
        others: Labeller | None = None,
        purse: Purse | None = None,
        exemplars: Exemplars = NO_EXEMPLARS,
    ) -> None:
        self._asker, self._settings, self._exemplars = asker, settings or LabelSettings(), exemplars
        self._others = others or RulesLabeller()
        self._purse = purse or Purse()
        self.name = PREFIX + asker.model
        self.report = Report(model=asker.model)

    def label(
        self,
        episode: Episode,
        steps: Sequence[Step],
        observation: ObservationOf,
        policies: PolicySet,
        derivation: int = 1,
    ) -> LabelTree:
        """A valid tree over the steps, every segment pending; how it came about is in `report` afterwards.

        Raises NothingToLabel, LabellerStopped, or ModelEndpointError when no request can be answered at all.
        """
        chosen = steps_to_label(episode, steps)
        scene = make_scene(episode.objective, chosen, observation)
        rules = self._others.label(episode, chosen, observation, policies, derivation)
        spent, found = Spent(), _Found()
        solver = LevelSolver(self._asker, policies, self._settings, self._purse, spent)
        text = told(scene, self._settings)
        level = steps_level(text, rules, policies, self._settings, episode.id, self._exemplars.text)
        solved = solver.solve(level)
        found.add(1, solved)
        units = self._nested(first_units(solved.voted, len(chosen)), text, rules, policies, solver, found, episode.id)
        segments = Builder(scene, rules).segments(units)
        reasons = self._reasons(segments, text, rules, spent, episode.id)
        self.report = self._reported(found, solved, spent, scene, reasons)
        tree = make_tree(episode.id, derivation, rules.uids, _reasoned(segments, reasons))
        return doubted(tree, check(tree, scene, policies))

    def _nested(
        self,
        units: tuple[Unit, ...],
        text: Told,
        rules: LabelTree,
        policies: PolicySet,
        solver: LevelSolver,
        found: _Found,
        episode: str,
    ) -> tuple[Unit, ...]:
        """The units with calls around calls, level by level until a level finds none."""
        for number in range(2, self._settings.levels + 1):
            if len(units) < 3 or not any(isinstance(unit, Node) for unit in units):
                break
            level = groups_level(number, units, text, rules, policies, self._settings, episode)
            solved = solver.solve(level)
            found.add(number, solved)
            grown, refused = grouped(solved.voted, units)
            if refused:
                found.reports.append(_said(number, len(units), refused))
            if len(grown) == len(units):
                break
            units = grown
        return units

    def _reasons(
        self, segments: Sequence[Segment], text: Told, rules: LabelTree, spent: Spent, episode: str
    ) -> Reasons:
        """The model's reasons for the final calls and the steps, as far as it gives any and the budget goes."""
        found = Reasons()
        if not self._settings.reasons or not segments:
            return found
        calls = [Item(one.call, rules.position[one.first], rules.position[one.last]) for one in segments]
        for question in reasons_questions(text, calls, self._settings, f"label {episode} reasons"):
            try:
                answer = self._asker.ask(question, "r", self._purse)
            except OverBudget:
                return replace(found, whole=False)
            spent.add(answer)
            if answer.kind in ("text", "truncated"):
                said = read_reasons(answer.text, len(calls), len(text.lines))
                found = Reasons(said.calls | found.calls, said.steps | found.steps)
        return found

    def _reported(self, found: _Found, steps: Solved, spent: Spent, scene: Scene, reasons: Reasons) -> Report:
        cut = not reasons.whole or any(report.why == "budget" for report in found.reports)
        return Report(
            model=self._asker.model,
            status="partial" if cut else "ok",
            passes=found.passes,
            windows=tuple(found.reports),
            remarks=tuple(
                RemarkReport(step=scene.moments[one.step].step.uid, role=one.role, why=one.why) for one in steps.remarks
            ),
            proposals=found.proposals,
            exemplars=self._exemplars.episodes,
            label_set=self._exemplars.label_set,
            reasons={scene.moments[place].step.uid: said for place, said in reasons.steps.items()},
            calls=spent.calls,
            cached=spent.cached,
            tokens_in=spent.tokens_in,
            tokens_out=spent.tokens_out,
            cost=spent.cost,
        )


def steps_level(
    text: Told, rules: LabelTree, policies: PolicySet, settings: LabelSettings, episode: str, examples: str = ""
) -> Level:
    """Level 1: which steps are calls; `examples` are shown with the policies."""
    told_of = offered(policies, text, {one.policy for one in rules.segments}, composite_only=False, examples=examples)

    def question(window: Window, number: int) -> Question:
        purpose = f"label {episode} steps {window.first + 1}-{window.last + 1} pass {number + 1}"
        return steps_question(text, window, told_of, settings, number, purpose)

    names = callable_names(policies, composite_only=False)
    return Level(1, text.tokens, text.strong, names, question, rules_steps(rules))


def groups_level(
    number: int,
    units: Sequence[Unit],
    text: Told,
    rules: LabelTree,
    policies: PolicySet,
    settings: LabelSettings,
    episode: str,
) -> Level:
    """A level above: which units were made by a larger call."""
    items = items_of(units, text.lines)
    told_of = offered(policies, text, {one.policy for one in rules.segments}, composite_only=True)

    def question(window: Window, pass_number: int) -> Question:
        purpose = f"label {episode} level {number} items {window.first + 1}-{window.last + 1} pass {pass_number + 1}"
        return groups_question(text, items, window, told_of, settings, pass_number, purpose)

    return Level(
        number,
        tuple(estimate_tokens(item.text) for item in items),
        frozenset(place for place, item in enumerate(items) if item.first in text.strong),
        callable_names(policies, composite_only=True),
        question,
        rules_groups(rules, items),
    )


def rules_steps(rules: LabelTree) -> Partition:
    """The rules' innermost calls as a partition of the steps; a call's steps around its children are its own."""
    out: list[Stretch] = [Stretch(0, source="rules")]
    for segment in rules.segments:
        if not children(rules, segment.id):
            first, last = rules.span(segment.id)
            out += [_of_rules(segment, first), Stretch(last + 1, source="rules")]
    kept = {stretch.first: stretch for stretch in out if stretch.first < len(rules.uids)}
    return joined([kept[place] for place in sorted(kept)])


def rules_groups(rules: LabelTree, items: Sequence[Item]) -> Partition:
    """The rules' innermost calls around two or more items, as far as they end where items end."""
    begins = {item.first: place for place, item in enumerate(items)}
    ends = {item.last: place for place, item in enumerate(items)}
    taken: dict[int, tuple[int, Segment]] = {}
    for segment in reversed(rules.segments):
        first, last = rules.span(segment.id)
        begin, end = begins.get(first), ends.get(last)
        if begin is None or end is None or end <= begin or end - begin + 1 == len(items):
            continue
        if all(end < start or stop < begin for start, (stop, _) in taken.items()):
            taken[begin] = end, segment
    free = {0, *(end + 1 for end, _ in taken.values())} - taken.keys()
    out = [Stretch(place, source="rules") for place in free if place < len(items)]
    out += [_of_rules(segment, begin) for begin, (_, segment) in taken.items()]
    return joined(sorted(out, key=lambda stretch: stretch.first))


def _reasoned(segments: Sequence[Segment], reasons: Reasons) -> Iterator[Segment]:
    """The segments with the model's reasons; templates stay where it gave none."""
    for number, one in enumerate(segments):
        said = reasons.calls.get(number)
        yield one if said is None else one.model_copy(update={"reason": said})


def _of_rules(segment: Segment, first: int) -> Stretch:
    args = tuple((argument.name, argument.value) for argument in segment.args)
    return Stretch(first, segment.policy, args, segment.evidence, "medium", segment.returns, source="rules")


def _said(number: int, units: int, refused: Sequence[str]) -> WindowReport:
    return WindowReport(
        level=number, number=0, first=0, last=units - 1, answered="again", why="after the vote", repairs=tuple(refused)
    )
