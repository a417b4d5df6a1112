"""Labels as timelines: ELAN files with a tier for each depth, and one CSV table of all calls.

Steps have no common clock with a video, so a step is one second: step i lies from i to i + 1 (ELAN: milliseconds).
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from labeling.exports.material import Labelled, Source
from labeling.exports.out import Out
from labeling.model import LabelTree, Segment
from labeling.tree import depth, max_depth
from traces.sentences import sentence

SECOND = 1000
COLUMNS = (
    "episode", "task", "split", "label_status", "segment", "parent", "depth", "policy", "call", "arguments", "returns",
    "first_step", "last_step", "first_uid", "last_uid", "state", "rule", "confidence", "reason",
)  # fmt: skip
_NOT_XML = re.compile(r"[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
Mark = tuple[int, int, str]
"""First and last step (both included), and what is said of them."""


def write_csv(source: Source, out: Out) -> None:
    """`calls.csv`: one call a row, depth 1 being the planner; steps are counted from 0."""
    out.text("calls.csv", _csv_line(COLUMNS))
    for one in source.demonstrations:
        out.counts["demonstrations"] += 1
        out.text("calls.csv", _csv_line(_root(one, source.policies.planner.name)))
        for segment in one.tree.segments:
            out.counts["calls"] += 1
            out.text("calls.csv", _csv_line(_cells(one, segment)))


def write_elan(source: Source, out: Out) -> None:
    """`EPISODE.eaf` for each demonstration."""
    for one in source.demonstrations:
        out.counts["demonstrations"] += 1
        out.counts["annotations"] += len(one.tree.segments)
        out.text(f"{one.id}.eaf", eaf(one))
    out.note("A step is one second: recorded times are not kept.")


def eaf(one: Labelled) -> str:
    """An ELAN document (EAF 3.0): the objective, a tier for each depth of calls, and the steps."""
    tiers = [(name, parent, list(marks)) for name, parent, marks in _tiers(one)]
    slots = sorted({edge for _, _, marks in tiers for first, last, _ in marks for edge in (first, last + 1)})
    names = {edge: f"ts{index}" for index, edge in enumerate(slots, 1)}
    times = "".join(f'    <TIME_SLOT TIME_SLOT_ID="{names[edge]}" TIME_VALUE="{edge * SECOND}"/>\n' for edge in slots)
    number, drawn = 0, []
    for name, parent, marks in tiers:
        body = []
        for first, last, text in marks:
            number += 1
            body.append(_annotation(number, names[first], names[last + 1], text))
        kind = (
            f' PARENT_REF={quoteattr(parent)} LINGUISTIC_TYPE_REF="included"'
            if parent
            else ' LINGUISTIC_TYPE_REF="free"'
        )
        drawn.append(f"  <TIER{kind} TIER_ID={quoteattr(name)}>\n{''.join(body)}  </TIER>\n")
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<ANNOTATION_DOCUMENT AUTHOR="Stepscope" DATE="1970-01-01T00:00:00+00:00" FORMAT="3.0" VERSION="3.0" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        'xsi:noNamespaceSchemaLocation="http://www.mpi.nl/tools/elan/EAFv3.0.xsd">\n'
        '  <HEADER MEDIA_FILE="" TIME_UNITS="milliseconds">\n'
        f'    <PROPERTY NAME="lastUsedAnnotationId">{number}</PROPERTY>\n  </HEADER>\n'
        f"  <TIME_ORDER>\n{times}  </TIME_ORDER>\n{''.join(drawn)}"
        '  <LINGUISTIC_TYPE GRAPHIC_REFERENCES="false" LINGUISTIC_TYPE_ID="free" TIME_ALIGNABLE="true"/>\n'
        '  <LINGUISTIC_TYPE CONSTRAINTS="Included_In" GRAPHIC_REFERENCES="false" LINGUISTIC_TYPE_ID="included" '
        'TIME_ALIGNABLE="true"/>\n'
        "  <CONSTRAINT DESCRIPTION=\"Time alignable annotations within the parent annotation's time interval, gaps are "
        'allowed" STEREOTYPE="Included_In"/>\n'
        "</ANNOTATION_DOCUMENT>\n"
    )


def _tiers(one: Labelled) -> Iterator[tuple[str, str | None, Iterator[Mark]]]:
    """(name, parent, marks): the planner's, one for each further depth under the one above, and the steps."""
    tree, steps = one.tree, {step.uid: step for step in one.demonstration.steps}
    whole = [(0, len(tree.uids) - 1, one.demonstration.episode.objective)] if tree.uids else []
    yield "depth 1", None, iter(whole)
    for level in range(2, max_depth(tree) + 1):
        yield f"depth {level}", f"depth {level - 1}", _marks(tree, level)
    yield "steps", None, ((index, index, sentence(steps[uid])) for index, uid in enumerate(tree.uids))


def _marks(tree: LabelTree, level: int) -> Iterator[Mark]:
    for segment in tree.segments:
        if depth(tree, segment.id) == level:
            answer = f" → {segment.returns}" if segment.returns else ""
            yield *tree.span(segment.id), f"{segment.call}{answer}"


def _annotation(number: int, start: str, end: str, text: str) -> str:
    return (
        f'    <ANNOTATION>\n      <ALIGNABLE_ANNOTATION ANNOTATION_ID="a{number}" TIME_SLOT_REF1="{start}" '
        f'TIME_SLOT_REF2="{end}">\n        <ANNOTATION_VALUE>{escape(_printable(text))}</ANNOTATION_VALUE>\n'
        "      </ALIGNABLE_ANNOTATION>\n    </ANNOTATION>\n"
    )


def _printable(text: str) -> str:
    """The text with a mark in place of each character that XML cannot hold."""
    return _NOT_XML.sub("\ufffd", text)


def _root(one: Labelled, planner: str) -> tuple[object, ...]:
    episode, tree = one.demonstration.episode, one.tree
    last = len(tree.uids) - 1
    ends = (0, last, tree.uids[0], tree.uids[last]) if tree.uids else ("", "", "", "")
    head = (one.id, episode.task or "", one.split, one.status, "root", "", 1, planner, episode.objective, "[]")
    return (*head, episode.answer or "", *ends, "", "", "", "")


def _cells(one: Labelled, segment: Segment) -> tuple[object, ...]:
    first, last = one.tree.span(segment.id)
    arguments = json.dumps([{"name": arg.name, "value": arg.value} for arg in segment.args], ensure_ascii=False)
    return (
        one.id,
        one.demonstration.episode.task or "",
        one.split,
        one.status,
        segment.id,
        segment.parent or "root",
        depth(one.tree, segment.id),
        segment.policy,
        segment.call,
        arguments,
        segment.returns or "",
        first,
        last,
        segment.first,
        segment.last,
        segment.state,
        segment.rule or "",
        "" if segment.confidence is None else segment.confidence,
        segment.reason,
    )


def _csv_line(cells: tuple[object, ...]) -> str:
    """One line; a text that a spreadsheet would take for a formula begins with an apostrophe."""
    line = io.StringIO()
    safe = [f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell for cell in cells]
    csv.writer(line, lineterminator="\n").writerow(safe)
    return line.getvalue()
