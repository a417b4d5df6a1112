"""Label Studio tasks: one a demonstration, its steps as a time series, a control for each depth of the call tree.

Proposals are `predictions`, the frozen labels the `annotation`. A region is one call from its first to its last step
(counted from 0); its texts (call, return value, reason) are per-region text. The tree itself is flattened to depths.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, Literal
from xml.sax.saxutils import quoteattr

from pydantic import Field

from labeling.exports.material import Labelled, Source
from labeling.exports.out import Out
from labeling.label_sets import content_id
from labeling.model import LabelTree, ReviewEvent, Segment
from labeling.tree import depth, max_depth
from traces.model import Frozen, Step
from traces.sentences import sentence

SERIES = "steps"
LONGEST_PAUSE = 300.0
"""Seconds between two changes that still count as work."""


class Range(Frozen):
    """Where a region lies, in steps; `instant` for one step."""

    start: int
    end: int
    instant: bool


class LabelledRange(Range):
    """The policy of a region."""

    timeserieslabels: tuple[str, ...] = Field(min_length=1)


class RangeText(Range):
    """A text about a region."""

    text: tuple[str, ...] = Field(min_length=1)


class LabelResult(Frozen):
    """A region, drawn by the control of its depth."""

    id: str
    from_name: str = Field(pattern=r"^depth[1-9]\d*$")
    to_name: Literal["steps"] = "steps"
    type: Literal["timeserieslabels"] = "timeserieslabels"
    value: LabelledRange
    score: float | None = None


class TextResult(Frozen):
    """A text about the region of the same id."""

    id: str
    from_name: Literal["call", "returns", "reason"]
    to_name: Literal["steps"] = "steps"
    type: Literal["textarea"] = "textarea"
    value: RangeText


Result = LabelResult | TextResult


class Prediction(Frozen):
    """What a labeller proposed; `score` is the mean of its confidences."""

    id: int
    model_version: str
    score: float | None
    result: tuple[Result, ...]


class Annotation(Frozen):
    """What was decided. `lead_time` in seconds of work; `parent_prediction` is the id of the proposal it began with."""

    id: int
    lead_time: float | None
    parent_prediction: int | None
    ground_truth: bool
    was_cancelled: Literal[False] = False
    result: tuple[Result, ...]


class Task(Frozen):
    """One demonstration."""

    id: int
    data: dict[str, Any]
    predictions: tuple[Prediction, ...]
    annotations: tuple[Annotation, ...]


def write_label_studio(source: Source, out: Out) -> None:
    """`tasks.json` to import, and `config.xml`, the labelling configuration it needs."""
    deepest, number = 1, 0
    out.text("tasks.json", "[")
    for number, one in enumerate(source.demonstrations, 1):
        deepest = max(deepest, *(max_depth(tree) for tree in (one.tree, *(run.tree for run in one.runs))))
        out.counts["demonstrations"] += 1
        out.counts["predictions"] += len(one.runs)
        out.counts["regions"] += len(one.tree.segments)
        body = json.dumps(task(one, number).model_dump(mode="json", exclude_none=True), ensure_ascii=False)
        out.text("tasks.json", f"{',' if number > 1 else ''}\n{body}")
    out.text("tasks.json", "\n]\n" if number else "]\n")
    out.text("config.xml", config([policy.name for policy in source.policies], deepest))
    out.note("Label Studio has no parents of regions: depth says which call lies in which.")
    out.note("Label Studio wants the ids of its own users, so who decided is in the task's data, not in completed_by.")


def task(one: Labelled, number: int) -> Task:
    """The task of a demonstration; `number` makes its ids, which count from 1."""
    runs = [run for run in one.runs if run.tree.uids == one.tree.uids]
    ids = {run.id: number * 1000 + index for index, run in enumerate(runs, 1)}
    reviewed = next((track for track in one.tracks if track.same), None)
    begun = reviewed.run.id if reviewed and reviewed.run else None
    annotation = Annotation(
        id=number,
        lead_time=work(reviewed.events) if reviewed else None,
        parent_prediction=ids.get(begun or ""),
        ground_truth=one.status == "gold",
        result=tuple(results(one.tree, f"{number}-labels")),
    )
    predictions = tuple(
        Prediction(
            id=ids[run.id], model_version=run.labeller, score=_score(run.tree), result=_proposed(run.tree, run.id)
        )
        for run in runs
    )
    return Task(id=number, data=_data(one), predictions=predictions, annotations=(annotation,))


def results(tree: LabelTree, prefix: str) -> Iterator[Result]:
    """The regions of a tree; an id is the prefix's and the call's."""
    for segment in tree.segments:
        first, last = tree.span(segment.id)
        key = content_id("r", [prefix, tree.episode, segment.id])
        place: dict[str, Any] = {"start": first, "end": last, "instant": first == last}
        yield LabelResult(
            id=key,
            from_name=f"depth{depth(tree, segment.id) - 1}",
            value=LabelledRange(**place, timeserieslabels=(segment.policy,)),
            score=segment.confidence,
        )
        for name, text in _texts(segment):
            yield TextResult(id=key, from_name=name, value=RangeText(**place, text=(text,)))


def work(events: Sequence[ReviewEvent]) -> float:
    """Seconds of work on a track: the time between changes, pauses cut off."""
    times = [event.at for event in events]
    gaps = (min(max(0.0, later - sooner), LONGEST_PAUSE) for sooner, later in zip(times, times[1:], strict=False))
    return round(sum(gaps), 3)


def config(policies: Sequence[str], depths: int) -> str:
    """The labelling configuration: one control per depth, texts per region, the steps as a series."""
    labels = "".join(f"    <Label value={quoteattr(name)}/>\n" for name in sorted(policies))
    controls = "".join(
        f'  <TimeSeriesLabels name="depth{level}" toName="{SERIES}">\n{labels}  </TimeSeriesLabels>\n'
        for level in range(1, max(2, depths))
    )
    texts = "".join(
        f'  <TextArea name="{name}" toName="{SERIES}" perRegion="true"/>\n' for name in ("call", "returns", "reason")
    )
    series = (
        f'  <TimeSeries name="{SERIES}" value="$series" valueType="json" timeColumn="step">\n'
        '    <Channel column="page"/>\n    <Channel column="seconds"/>\n  </TimeSeries>\n'
    )
    return f'<View>\n  <Header value="$objective"/>\n{controls}{series}{texts}</View>\n'


def _texts(segment: Segment) -> Iterator[tuple[Literal["call", "returns", "reason"], str]]:
    yield "call", segment.call
    if segment.returns:
        yield "returns", segment.returns
    if segment.reason:
        yield "reason", segment.reason


def _proposed(tree: LabelTree, run: str) -> tuple[Result, ...]:
    return tuple(results(tree, run))


def _score(tree: LabelTree) -> float | None:
    sure = [segment.confidence for segment in tree.segments if segment.confidence is not None]
    return round(sum(sure) / len(sure), 4) if sure else None


def _data(one: Labelled) -> dict[str, Any]:
    episode = one.demonstration.episode
    by_uid = {step.uid: step for step in one.demonstration.steps}
    steps = [by_uid[uid] for uid in one.tree.uids]
    return {
        "episode": episode.id,
        "objective": episode.objective,
        "task": episode.task or "",
        "split": one.split,
        "label_set": one.label_set,
        "reviewers": [track.name for track in one.tracks if track.same],
        "steps": [{"uid": step.uid, "action": step.action, "said": sentence(step)} for step in steps],
        "series": {
            "step": list(range(len(steps))),
            "page": _pages(steps),
            "seconds": [round(step.started / 1000, 3) for step in steps],
        },
    }


def _pages(steps: Sequence[Step]) -> list[int]:
    """Which page each step was on, counted from 0."""
    pages, page = [], 0
    for step in steps:
        pages.append(page)
        page += "url" in step.changed
    return pages
