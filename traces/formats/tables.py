"""CSV as other programs write it: rows by the names of their columns, whatever the order and what separates them."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from traces.draft import MOST_STEPS
from traces.formats.bounds import MAX_TEXT
from traces.formats.foreign import BadRecording
from traces.formats.source import Source

_SEPARATORS = ",;\t"
_LONGEST = 10_000
"""Characters of a first line that may name columns."""
_NUMBERS = ("reward", "success", "num_actions", "id", "task_id", "seed")
_TOLD = (*_NUMBERS, "done")
_NOTHING = frozenset({"nan", "none", "null"})
"""How other programs write an empty cell of what an environment told."""
CUT = "The last row of the file breaks off and was left out."
Row = Mapping[str, str]


@dataclass(frozen=True)
class Table:
    """A table's rows that are not empty; `cut` says that the last one broke off and was left out."""

    rows: Sequence[Row]
    cut: bool = False


def columns_of(source: Source) -> Sequence[str]:
    """The columns that a text's first line names; none where it is no table."""
    return _head(source)[1]


def table_of(source: Source) -> Table:
    """The table that a text is. Raises BadRecording."""
    separator, columns = _head(source)
    text = source.text.lstrip("\n")
    limit = csv.field_size_limit(MAX_TEXT)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
        cells = [row for row in islice(reader, 1, MOST_STEPS + 1) if any(row)]
    except csv.Error as error:
        raise BadRecording(f"It is no CSV that can be read ({error}).") from error
    finally:
        csv.field_size_limit(limit)
    cut = bool(cells) and len(cells[-1]) < len(columns) and not text.endswith("\n")
    kept = cells[:-1] if cut else cells
    return Table([dict(zip(columns, row, strict=False)) for row in kept], cut)


def _head(source: Source) -> tuple[str, Sequence[str]]:
    """(what separates cells, the columns)."""
    first = "" if source.is_binary else source.text.lstrip("\n").partition("\n")[0].replace("\r", "")
    if len(first) > _LONGEST or first.lstrip().startswith(("{", "[", "<")):
        return ",", ()
    separator = max(_SEPARATORS, key=first.count)
    columns = [name.strip() for name in next(csv.reader([first], delimiter=separator), [])]
    return separator, columns if len(columns) > 1 else ()


def grouped(rows: Sequence[Row], names: Sequence[str]) -> Sequence[Sequence[Row]]:
    """The rows in groups that agree in these columns, in order of first appearance."""
    groups: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        groups.setdefault(tuple(row.get(name, "") for name in names), []).append(row)
    return list(groups.values())


def plain_cells(row: Row) -> dict[str, Any]:
    """The row as JSON would have it: empty cells left out, counts and rewards as numbers."""
    told = {name: cell for name, cell in row.items() if cell and (name not in _TOLD or cell.lower() not in _NOTHING)}
    return {name: _number(cell) if name in _NUMBERS else cell for name, cell in told.items()}


def _number(cell: str) -> float | int | str:
    try:
        number = float(cell)
    except ValueError:
        return cell
    if not math.isfinite(number):
        return cell
    return int(number) if number.is_integer() else number
