"""Files that hold logs of the SteP agent: one log or several as JSON, rows as a list, as JSON lines or as CSV.

A CSV of steps without objectives is of the agent's first release (HeaP): `heap_tables`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from traces.draft import Draft
from traces.formats import heap_tables, step_logs
from traces.formats.foreign import BadRecording
from traces.formats.gym_json import MARKS
from traces.formats.source import Source
from traces.formats.tables import CUT, Table, columns_of, grouped, plain_cells, table_of

_RUN = ("logfile", "task", "id", "task_id", "seed", "model", "type", "policy", "episode", "run")
"""Columns that say of which log a row is."""


def recognise(source: Source) -> bool:
    """Whether a file's JSON, its lines or its table are such logs."""
    data = source.json
    if data is not None:
        return step_logs.is_log(data) or any(_is_any(one) for one in _listed(data)[:20])
    columns = columns_of(source)
    return _has_rows(columns) or heap_tables.is_steps(columns) or any(_is_any(one) for one in source.lines[:20])


def read(source: Source) -> Sequence[Draft]:
    """The episodes of a file. Raises BadRecording where no row can be read."""
    columns = columns_of(source) if source.json is None else ()
    if _has_rows(columns):
        return _of_table(table_of(source))
    if heap_tables.is_steps(columns):
        return heap_tables.read(table_of(source))
    return _of_json(source)


def _of_json(source: Source) -> Sequence[Draft]:
    """The episodes of JSON or lines of it; entries beside whole logs that are none are told."""
    if step_logs.is_log(source.json):
        return [step_logs.read(source.json)]
    entries = source.lines if source.json is None else _listed(source.json)
    drafts = [step_logs.read(one) for one in entries if step_logs.is_log(one)]
    if not drafts:
        return [step_logs.read({"trajectory": list(entries)})]
    for number, one in enumerate(entries):
        if not step_logs.is_log(one):
            drafts[0].warn(f"entry {number}", "It is no log and was left out.")
    return drafts


def _of_table(table: Table) -> Sequence[Draft]:
    """The episodes of a table, told apart by the columns that name a run."""
    drafts = []
    for group in grouped(table.rows, _RUN):
        rows = [plain_cells(row) for row in group]
        about = {name: rows[0][name] for name in _RUN if name in rows[0]}
        drafts.append(step_logs.read({**about, "trajectory": rows}))
    if not drafts:
        raise BadRecording("It has the columns of a log of the SteP agent, and no row.")
    if table.cut:
        drafts[-1].breaks_off(CUT)
    return drafts


def _has_rows(columns: Collection[str]) -> bool:
    return {"objective", "action"} <= set(columns)


def _listed(data: Any) -> Sequence[Any]:
    return data if isinstance(data, list) else []


def _is_any(value: Any) -> bool:
    return step_logs.is_log(value) or (step_logs.is_row(value) and not MARKS & value.keys())
