"""Labelling demonstrations with a model: the plan before anything is spent, and doing it, several at a time.

Whatever ends it early (a stop, a budget, an endpoint that is gone) keeps what was answered; the same command goes on.
"""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from flows import settings as saved
from flows.label.labels import to_review
from flows.progress import Pace, Report, Stop, Update, never, silent
from labeling.errors import LabelError, LabellerStopped, NothingToLabel
from labeling.llm.asking import Asker
from labeling.llm.budget import Budget, Purse, parse_budget
from labeling.llm.exemplars import Exemplars, Shown, choose
from labeling.llm.labeller import PREFIX, LlmLabeller, rules_steps
from labeling.llm.ledger import LedgerRows, Total
from labeling.llm.model import LabelSettings
from labeling.llm.model import Report as LabelReport
from labeling.llm.planning import Plan, plan_label, summed
from labeling.model import DECIDED, LabelRun, LabelTree
from llm_client.chat import ChatModel
from llm_client.endpoint import endpoint_from_environment
from llm_client.errors import ModelEndpointError
from llm_client.prices import PriceTable, load_prices
from server.people import track_of
from server.proposing import propose_all
from store.errors import StoreError
from traces.errors import TraceError
from traces.model import Annotation
from traces.reader import EpisodeReader
from wiring import POLICY_SET, Parts, with_endpoint

REPORTS = "label_report"


@dataclass(frozen=True)
class Asked:
    """What a person asks for: a model, which demonstrations, what may be spent in all and on each, who accepts.

    Without `episode` or `episodes` all demonstrations are meant that nobody has decided whole. `label_set` is one (or
    `latest`) of which demonstrations are shown to the model as examples; '' shows none.
    """

    model: str
    episode: str | None = None
    policy_set: str = POLICY_SET
    budget: str = ""
    budget_each: str = ""
    accept_by: str | None = None
    settings: LabelSettings = field(default_factory=LabelSettings)
    label_set: str = ""
    episodes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Office:
    """What labelling with a model works with: the model, its ledger, and where it is."""

    chat: ChatModel
    ledger: LedgerRows
    address: str
    prices: PriceTable


@contextmanager
def office(parts: Parts, model: str) -> Iterator[Office]:
    """The configured endpoint's model. Raises NoEndpoint or PriceTableError."""
    from llm_client.openai_chat import OpenAIChat  # only here: it loads a client that takes a third of a start

    endpoint = endpoint_from_environment(with_endpoint(saved.load(parts).model_endpoint))
    prices = load_prices()
    ledger = LedgerRows(parts.workspace, PREFIX + model)
    with OpenAIChat(model, endpoint, prices, ledger.write, sending=ledger.write) as chat:
        yield Office(chat, ledger, endpoint.base_url or "", prices)


def plan(parts: Parts, asked: Asked) -> dict[str, Any]:
    """What it would take; nothing is asked.

    `{"model", "endpoint", "episodes": [{"episode", calls ...}], "total", "examples": [episodes], "prices_of"}`.

    Raises NothingToLabel when there is no demonstration, LabelError for a budget that cannot be held to.
    """
    ids, policies = _chosen(parts, asked), parts.policies(asked.policy_set)
    with office(parts, asked.model) as at:
        for written in (asked.budget, asked.budget_each):
            _budget(written, asked, at)
        asker, shown = _asker(parts, at, asked), examples(parts, asked, ids)
        plans: dict[str, Plan] = {}
        for one in ids:
            with parts.episode(one) as reader:
                steps = reader.steps(_derivation(reader))
                plans[one] = plan_label(
                    asker, reader.episode, steps, reader.observation, policies, asked.settings, exemplars=shown
                )
        total = summed(tuple(plans.values()))
        return {
            "model": asked.model,
            "endpoint": at.address,
            "episodes": [{"episode": one, **made.model_dump()} for one, made in plans.items()],
            "total": total.model_dump(),
            "examples": list(shown.episodes),
            "prices_of": str(at.prices.date) if at.prices.date else None,
        }


def label(parts: Parts, asked: Asked, report: Report = silent, stop: Stop = never, expected: int = 0) -> dict[str, Any]:
    """Label, and keep every proposal with how it came about; each answer is reported if so many calls are `expected`.

    `{"model", "labelled": [{"episode", "run", "segments", "status", "fallbacks", "repairs", ...}],
    "left_out": [{"episode", "reason"}], "examples", "ledger": {...}, "stopped"}`. Raises
    NothingToLabel, NoEndpoint, UnknownLabel for a label set there is not, or LabelError for a budget that cannot be
    held to.
    """
    ids = _chosen(parts, asked)
    parts.desk(asked.policy_set)
    with office(parts, asked.model) as at:
        return Labelling(parts, asked, at, report, stop, expected).run(ids)


def examples(parts: Parts, asked: Asked, labelled: Sequence[str]) -> Exemplars:
    """The examples the model is shown: of the label set, none of them labelled now or kept for tests.

    Raises UnknownLabel for a set there is not.
    """
    if not asked.label_set:
        return Exemplars()
    found = parts.labels.label_set(asked.label_set)
    kept = [tree for tree in found.trees if found.policy_set == asked.policy_set and _decided(tree)]
    settings = asked.settings
    return choose(found.id, _shown(parts, kept), labelled, rules_steps, settings.exemplars, settings.exemplar_tokens)


class Labelling:
    """One call of `label`: demonstrations side by side, requests together never more than the settings allow."""

    def __init__(
        self, parts: Parts, asked: Asked, at: Office, report: Report = silent, stop: Stop = never, expected: int = 0
    ) -> None:
        self._parts, self._asked, self._at, self._report = parts, asked, at, report
        self._told = _Told(expected)
        self._given_up = threading.Event()
        self._asked_to_stop = stop
        self._whole, self._each = _budget(asked.budget, asked, at), _budget(asked.budget_each, asked, at)
        self._purse = Purse(self._whole)
        self._asker = _asker(parts, at, asked, self._stop, self._answered if expected else _unheard)
        self._error: Exception | None = None
        self._examples = Exemplars()

    def _stop(self) -> bool:
        return self._given_up.is_set() or self._asked_to_stop()

    def _answered(self) -> None:
        self._report(self._told.answered())

    def run(self, ids: Sequence[str]) -> dict[str, Any]:
        """Label them all, each kept as soon as it is done."""
        self._told.of = len(ids)
        self._examples = examples(self._parts, self._asked, ids)
        labelled: dict[str, dict[str, Any]] = {}
        left_out: dict[str, str] = {}
        with ThreadPoolExecutor(max_workers=min(len(ids), self._asked.settings.concurrency)) as pool:
            waiting = {pool.submit(self._one, one): one for one in ids}
            try:
                for done in as_completed(waiting):
                    self._take(done, waiting[done], labelled, left_out)
                    self._report(self._told.finished())
            except BaseException:
                self._given_up.set()
                pool.shutdown(wait=True, cancel_futures=True)
                raise
        if self._error is not None and not labelled:
            raise self._error
        return {
            "model": self._asked.model,
            "labelled": [labelled[one] for one in ids if one in labelled],
            "left_out": [{"episode": one, "reason": left_out[one]} for one in ids if one in left_out],
            "examples": list(self._examples.episodes),
            "ledger": _said_total(self._at.ledger.total()),
            "stopped": self._asked_to_stop(),
        }

    def _take(
        self, done: Future[dict[str, Any]], one: str, labelled: dict[str, dict[str, Any]], left_out: dict[str, str]
    ) -> None:
        try:
            labelled[one] = done.result()
        except ModelEndpointError as error:
            self._given_up.set()
            self._error, left_out[one] = error, str(error)
        except (LabelError, StoreError, TraceError) as error:
            if self._asked.episode and not isinstance(error, LabellerStopped):
                raise
            left_out[one] = str(error)

    def _one(self, episode_id: str) -> dict[str, Any]:
        if self._stop():
            raise LabellerStopped("Stopped before it began. Label again to go on.")
        if self._purse.exhausted:
            raise LabellerStopped("The budget of the run is used up. What was answered is kept. Give a larger one.")
        labeller = LlmLabeller(
            self._asker, self._asked.settings, purse=Purse(self._each, self._purse), exemplars=self._examples
        )
        desk = self._parts.desk(self._asked.policy_set)
        with self._parts.episode(episode_id) as reader:
            derivation = _derivation(reader)
            steps = reader.steps(derivation)
            propose_all(desk, reader)
            run = desk.propose(labeller, reader.episode, steps, reader.observation, derivation)
        keep_report(self._parts, run, labeller.report)
        keep_reasons(self._parts, run, labeller.report)
        if by := self._asked.accept_by:
            desk.accept_all(desk.begin(run, track_of(by), by), by)
        return _facts(run, labeller.report)


class _Told:
    """How far a run is: demonstrations, and of the expected calls how many are answered. Safe to use from threads."""

    def __init__(self, expected: int) -> None:
        self.of = 0
        self._done, self._answers, self._pace, self._lock = 0, 0, Pace(expected), threading.Lock()

    def answered(self) -> Update:
        """After another answer."""
        return self._update(0, 1)

    def finished(self) -> Update:
        """After another demonstration."""
        return self._update(1, 0)

    def _update(self, demonstrations: int, answers: int) -> Update:
        with self._lock:
            self._done, self._answers = self._done + demonstrations, self._answers + answers
            line = f"{self._done} of {self.of} demonstrations"
            if not self._pace.total:
                return Update(line, self._done, self.of)
            self._pace.total = max(self._pace.total, self._answers)
            return Update(f"{line} · requests: {self._pace.said(self._answers)}", self._answers, self._pace.total)


def keep_report(parts: Parts, run: LabelRun, report: LabelReport) -> None:
    """Keep how a label run came about, under the run's id."""
    parts.workspace.put(REPORTS, run.id, report.model_dump(mode="json"), episode=run.episode)


def keep_reasons(parts: Parts, run: LabelRun, report: LabelReport) -> None:
    """Keep the reasons of steps as annotations by the labeller, those that are not its newest word already."""
    known, at = parts.episodes.annotations.reasons(run.episode), time.time()
    parts.episodes.annotations.add(
        *(
            Annotation(
                id=uuid.uuid4().hex, episode=run.episode, kind="reason", author=run.labeller, at=at, text=text, step=uid
            )
            for uid, text in report.reasons.items()
            if known.get(uid) != text
        )
    )


def report_of(parts: Parts, run_id: str) -> LabelReport:
    """How a label run came about. Raises NotFound for one no model was asked for."""
    return LabelReport.model_validate(parts.workspace.get(REPORTS, run_id))


def _facts(run: LabelRun, report: LabelReport) -> dict[str, Any]:
    return {
        "episode": run.episode,
        "run": run.id,
        "segments": [segment.call for segment in run.tree.segments],
        "status": report.status,
        "calls": report.calls,
        "cached": report.cached,
        "passes": {str(level): count for level, count in report.passes.items()},
        "fallbacks": len(report.fallbacks),
        "repairs": report.repairs,
        "tokens_in": report.tokens_in,
        "tokens_out": report.tokens_out,
        "cost": report.cost,
    }


def _chosen(parts: Parts, asked: Asked) -> list[str]:
    ids = [asked.episode] if asked.episode else list(asked.episodes) or to_review(parts)
    if not ids:
        raise NothingToLabel("There is no demonstration to label. Nothing was asked. Record one, or name an episode.")
    return ids


def _decided(tree: LabelTree) -> bool:
    return all(segment.state in DECIDED for segment in tree.segments)


def _shown(parts: Parts, trees: Iterable[LabelTree]) -> Iterator[tuple[LabelTree, Shown]]:
    """What the trees are of, each open while it is looked at; what cannot be read is left out."""
    for tree in trees:
        try:
            with parts.episode(tree.episode) as reader:
                yield tree, (reader.episode, reader.steps(tree.derivation), reader.observation)
        except (StoreError, TraceError):
            continue


def _derivation(reader: EpisodeReader) -> int:
    return max((one.number for one in reader.derivations()), default=1)


def _unheard() -> None:
    """Nobody wants to know of each answer."""


def _asker(
    parts: Parts, at: Office, asked: Asked, stop: Stop = never, answered: Callable[[], None] = _unheard
) -> Asker:
    return Asker(at.chat, parts.workspace, at.address, at.prices, asked.settings.concurrency, stop, answered)


def _budget(written: str, asked: Asked, at: Office) -> Budget:
    """The budget, if it can be held to. Raises LabelError for dollars of a model without a price."""
    if not written:
        return Budget()
    budget = parse_budget(written)
    if budget.dollars is not None and at.prices.cost(asked.model, 0, 0) is None:
        raise LabelError(
            f"The price of {asked.model!r} is not in the price table, so {written} cannot be held to. "
            "Nothing was asked. Give the budget in tokens or calls, or add the price."
        )
    return budget


def _said_total(total: Total) -> dict[str, Any]:
    return dict(total.__dict__)
