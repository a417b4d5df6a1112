"""Where labels are kept: label runs, review events, label sets and prompt sets, as bodies in the workspace's tables.

`Rows` is all this needs of a workspace; `MemoryRows` is the fake that keeps them in a dictionary. Errors of the store
become errors of labelling here.
"""

from __future__ import annotations

import copy
import json
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol, TypeVar

from labeling.calibration import Calibration
from labeling.checks.finding import Finding
from labeling.errors import Conflict, UnknownLabel
from labeling.model import LabelRun, LabelSet, ReviewEvent, StepRemark
from labeling.prompts.model import PromptSet
from store.errors import Conflict as StoreConflict
from store.errors import NotFound

Body = dict[str, Any]
V = TypeVar("V", LabelRun, LabelSet)
REMEMBERED = 256
"""Label runs and sets that are kept parsed."""
EXPERIMENT = "experiment"
"""Who made the sets that are arms of an experiment: they are found by their id, and are in no list and no `latest`."""


class Rows(Protocol):
    """Bodies by key in named tables, and numbered review events; store.workspace.Workspace is one."""

    def put(self, table: str, key: str, body: Body, **columns: Any) -> None:
        """Set a row."""
        ...

    def put_all(self, table: str, rows: Iterable[tuple[str, Body, dict[str, Any]]]) -> None:
        """Set rows (key, body, columns), all of them or none."""
        ...

    def get(self, table: str, key: str) -> Body:
        """One body. Raises NotFound."""
        ...

    def rows(self, table: str, **equal: Any) -> list[Body]:
        """Bodies in order of creation."""
        ...

    def keys(self, table: str, **equal: Any) -> list[str]:
        """Keys in order of creation."""
        ...

    def append_event(self, episode: str, track: str, base: int, body: Body) -> int:
        """Append after number `base`; raises store.errors.Conflict when that is not the last."""
        ...

    def events(self, episode: str, track: str, after: int = 0) -> list[Body]:
        """Events after number `after` in order, each with its `number`."""
        ...

    def tracks(self, episode: str | None = None) -> list[tuple[str, str]]:
        """(episode, track) of every track."""
        ...

    def heads(self, episode: str | None = None) -> dict[tuple[str, str], tuple[int, float]]:
        """Number and time of the last event by (episode, track)."""
        ...


class LabelRepository:
    """Reads and writes labels. Raises UnknownLabel for what is not there, Conflict when somebody was faster.

    `changed` is told the episode whose labels a new proposal or review event has changed, after it was stored.
    """

    def __init__(self, rows: Rows, changed: Callable[[str], None] = lambda episode: None) -> None:
        self._rows = rows
        self._changed = changed
        self._known: OrderedDict[str, Any] = OrderedDict()

    def add_run(self, run: LabelRun) -> LabelRun:
        """Keep a label run; an equal one is kept once, as first created."""
        return self.add_runs([run])[0]

    def add_runs(self, runs: Sequence[LabelRun]) -> tuple[LabelRun, ...]:
        """The same with several at once: nobody sees some of them without the others."""
        kept = {run.id: self._kept(run) for run in runs}
        new = [run for run in runs if kept[run.id] is None]
        told = [(run.id, _body(run), {"episode": run.episode, "labeller": run.labeller}) for run in new]
        self._rows.put_all("label_run", told)
        for run in new:
            self._changed(run.episode)
        return tuple(kept[run.id] or run for run in runs)

    def _kept(self, run: LabelRun) -> LabelRun | None:
        try:
            return self.run(run.id)
        except UnknownLabel:
            return None

    def run(self, run_id: str) -> LabelRun:
        """One label run."""
        return LabelRun.model_validate(self._get("label_run", run_id))

    def runs(self, episode: str) -> tuple[LabelRun, ...]:
        """The label runs of an episode, oldest first."""
        return tuple(self._remembered(key, self.run) for key in self._rows.keys("label_run", episode=episode))

    def add_findings(self, run: LabelRun, findings: Iterable[Finding]) -> None:
        """Keep what checks found of a run's calls, in place of what they found before."""
        body = {"findings": [one.model_dump(mode="json") for one in findings]}
        self._rows.put("label_report", f"checks-{run.id}", body, episode=run.episode)

    def add_remarks(self, run: LabelRun, remarks: Iterable[StepRemark]) -> None:
        """Keep what a labeller notes of single steps, in place of what it noted before."""
        body = {"remarks": [one.model_dump(mode="json") for one in remarks]}
        self._rows.put("label_report", f"remarks-{run.episode}", body, episode=run.episode)

    def remarks(self, episode: str) -> tuple[StepRemark, ...]:
        """What was noted last of the steps of an episode: rules of another day may see them otherwise."""
        noted = [body["remarks"] for body in self._rows.rows("label_report", episode=episode) if "remarks" in body]
        return tuple(StepRemark.model_validate(one) for one in noted[-1]) if noted else ()

    def findings(self, episode: str) -> tuple[Finding, ...]:
        """What checks found of the calls that were proposed for an episode."""
        bodies = self._rows.rows("label_report", episode=episode)
        return tuple(Finding.model_validate(one) for body in bodies for one in body.get("findings", ()))

    def replayed(self, episode: str) -> dict[str, str]:
        """What the newest replay check met at each step, by uid: what was in the way, '' where nothing was."""
        rows = self._rows.rows("annotation", episode=episode, kind="replay")
        found = {str(row["step"]): json.loads(row["text"]) for row in rows}
        return {uid: "" if one["replayable"] else str(one["why"] or "it failed") for uid, one in found.items()}

    def append(self, event: ReviewEvent) -> ReviewEvent:
        """Store an event after its base; returns it with its number. Raises Conflict, and then nothing is stored."""
        body = {key: value for key, value in _body(event).items() if key != "number"}
        try:
            number = self._rows.append_event(event.episode, event.track, event.base, body)
        except StoreConflict as error:
            raise Conflict(error.current) from error
        self._changed(event.episode)
        return event.model_copy(update={"number": number})

    def events(self, episode: str, track: str, after: int = 0) -> tuple[ReviewEvent, ...]:
        """The events of a track in order, those after number `after`."""
        return tuple(ReviewEvent.model_validate(body) for body in self._rows.events(episode, track, after))

    def tracks(self, episode: str | None = None) -> tuple[tuple[str, str], ...]:
        """(episode, track) of every track there is, or of one episode's."""
        return tuple(self._rows.tracks(episode))

    def heads(self, episode: str | None = None) -> dict[tuple[str, str], tuple[int, float]]:
        """Number and time of the last event by (episode, track): whether a track has changed since."""
        return self._rows.heads(episode)

    def add_label_set(self, label_set: LabelSet) -> LabelSet:
        """Keep a label set; an equal one is kept once, as first created."""
        try:
            return self.label_set(label_set.id)
        except UnknownLabel:
            self._rows.put("label_set", label_set.id, _body(label_set))
            return label_set

    def label_set(self, set_id: str) -> LabelSet:
        """One label set; `latest` is the newest."""
        return LabelSet.model_validate(self._named("label_set", set_id))

    def label_sets(self) -> tuple[LabelSet, ...]:
        """All label sets but those that experiments made, oldest first."""
        every = (self._remembered(key, self.label_set) for key in self._rows.keys("label_set"))
        return tuple(one for one in every if one.actor != EXPERIMENT)

    def newest_set(self) -> LabelSet:
        """The label set made last, parsed once. Raises UnknownLabel when there is none."""
        found = max(self.label_sets(), key=lambda one: one.created, default=None)
        return found or self.label_set("latest")

    def add_calibration(self, calibration: Calibration) -> Calibration:
        """Keep a calibration as the newest of its labeller."""
        self._rows.put("calibration", calibration.id, _body(calibration), labeller=calibration.labeller)
        return calibration

    def calibration(self, labeller: str) -> Calibration | None:
        """The newest calibration of a labeller; None while there is none."""
        bodies = self._rows.rows("calibration", labeller=labeller)
        found = max(bodies, key=lambda body: float(body["created"]), default=None)
        return None if found is None else Calibration.model_validate(found)

    def add_prompt_set(self, prompt_set: PromptSet) -> PromptSet:
        """Keep a prompt set; an equal one is kept once, as first created."""
        try:
            return self.prompt_set(prompt_set.id)
        except UnknownLabel:
            self._rows.put("prompt_set", prompt_set.id, _body(prompt_set))
            return prompt_set

    def prompt_set(self, set_id: str) -> PromptSet:
        """One prompt set; `latest` is the newest."""
        return PromptSet.model_validate(self._named("prompt_set", set_id))

    def prompt_sets(self) -> tuple[PromptSet, ...]:
        """All prompt sets but those that experiments made, oldest first."""
        return tuple(PromptSet.model_validate(body) for body in self._listed("prompt_set"))

    def _remembered(self, key: str, read: Callable[[str], V]) -> V:
        """A run or set that is there, parsed once: neither changes, and both are named by their content."""
        found: V | None = self._known.get(key)
        if found is None:
            found = read(key)
            self._known[key] = found
            while len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        return found

    def _listed(self, table: str) -> list[Body]:
        return [body for body in self._rows.rows(table) if EXPERIMENT not in (body.get("author"), body.get("actor"))]

    def _named(self, table: str, key: str) -> Body:
        if key != "latest":
            return self._get(table, key)
        bodies = self._listed(table)
        if not bodies:
            raise UnknownLabel(f"There is no {_said(table)} yet. {_HOW[table]}")
        return max(bodies, key=lambda body: float(body["created"]))

    def _get(self, table: str, key: str) -> Body:
        try:
            return self._rows.get(table, key)
        except NotFound as error:
            raise UnknownLabel(f"There is no {_said(table)} {key!r} in this workspace. {_HOW[table]}") from error


_HOW = {
    "label_run": "Label the episode first.",
    "label_set": "Accept the calls of a demonstration in Label first.",
    "prompt_set": "Build one on the Prompts screen, or name one that it lists.",
}


def _said(table: str) -> str:
    return table.replace("_", " ")


def _body(value: Calibration | LabelRun | LabelSet | PromptSet | ReviewEvent) -> Body:
    return value.model_dump(mode="json")


class MemoryRows:
    """Rows in memory, for tests; copies bodies as a database would."""

    def __init__(self) -> None:
        self._tables: dict[str, dict[str, tuple[Body, dict[str, Any]]]] = {}
        self._events: dict[tuple[str, str], list[Body]] = {}
        self._heads: dict[tuple[str, str], tuple[int, float]] = {}

    def put(self, table: str, key: str, body: Body, **columns: Any) -> None:
        """Set a row."""
        self.put_all(table, [(key, body, columns)])

    def put_all(self, table: str, rows: Iterable[tuple[str, Body, dict[str, Any]]]) -> None:
        """Set rows (key, body, columns)."""
        for key, body, columns in rows:
            self._tables.setdefault(table, {})[key] = (copy.deepcopy(body), columns)

    def get(self, table: str, key: str) -> Body:
        """One body. Raises NotFound."""
        found = self._tables.get(table, {}).get(key)
        if found is None:
            raise NotFound(f"There is no {table} {key!r}.")
        return copy.deepcopy(found[0])

    def rows(self, table: str, **equal: Any) -> list[Body]:
        """Bodies in order of creation, where the named columns have the given values."""
        rows = self._tables.get(table, {}).values()
        return [copy.deepcopy(body) for body, columns in rows if equal.items() <= columns.items()]

    def keys(self, table: str, **equal: Any) -> list[str]:
        """Keys in order of creation, where the named columns have the given values."""
        rows = self._tables.get(table, {}).items()
        return [key for key, (_, columns) in rows if equal.items() <= columns.items()]

    def append_event(self, episode: str, track: str, base: int, body: Body) -> int:
        """Append after number `base`. Raises store.errors.Conflict."""
        events = self._events.setdefault((episode, track), [])
        if base != len(events):
            raise StoreConflict(len(events))
        events.append(copy.deepcopy(body))
        self._heads[episode, track] = (len(events), time.time())
        return len(events)

    def events(self, episode: str, track: str, after: int = 0) -> list[Body]:
        """Events after number `after` in order, each with its `number`."""
        found = self._events.get((episode, track), [])[after:]
        return [{**copy.deepcopy(body), "number": number} for number, body in enumerate(found, after + 1)]

    def tracks(self, episode: str | None = None) -> list[tuple[str, str]]:
        """(episode, track) of every track with an event."""
        return sorted(key for key, events in self._events.items() if events and episode in (None, key[0]))

    def heads(self, episode: str | None = None) -> dict[tuple[str, str], tuple[int, float]]:
        """Number and time of the last event by (episode, track)."""
        return {key: self._heads[key] for key in self.tracks(episode)}
