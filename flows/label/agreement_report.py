"""Agreement as a file to pass on: CSV with one line per figure, or one HTML page that needs nothing else."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from html import escape
from pathlib import Path
from typing import Any

from labeling.errors import ExportRefused

COLUMNS = ("part", "name", "value", "low", "high", "n", "tolerance")
_WORK = {"edits": "edits per demonstration", "seconds_per_call": "seconds per call", "kept": "proposed calls kept"}
_STYLE = """body{font:15px/1.5 system-ui,sans-serif;max-width:52rem;margin:2rem auto;padding:0 1rem;color:#16181c}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.25rem .7rem;border-bottom:1px solid #e6e5e1}
td.n{text-align:right;font-variant-numeric:tabular-nums}.warn{border-left:3px solid #b7791f;padding-left:.8rem}"""


def write(told: Mapping[str, Any], path: Path) -> None:
    """A new file in the format its ending says. Raises ExportRefused."""
    maker = {".csv": as_csv, ".html": as_html}.get(path.suffix.lower())
    if maker is None:
        raise ExportRefused(f"A report is a .csv or .html file, not {path.name!r}. Nothing was written.")
    try:
        with path.open("x", encoding="utf-8", newline="") as file:
            file.write(maker(told))
    except OSError as error:
        raise ExportRefused(f"{path} cannot be written ({error.strerror}). Nothing was written.") from error


def as_csv(told: Mapping[str, Any]) -> str:
    """One line per figure, policy and kind of review; a cell that a spreadsheet would run is quoted."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in rows(told):
        writer.writerow([_harmless(row[name]) for name in COLUMNS])
    return out.getvalue()


def as_html(told: Mapping[str, Any]) -> str:
    """A page of its own, without scripts or anything from elsewhere."""
    title = f"Agreement of {told['one']} with {told['other']}"
    warned = f'<p class="warn">{escape(told["warning"])}</p>' if told["warning"] else ""
    tables = "".join(_table(part, told) for part in ("figure", "policy", "review"))
    left_out = "".join(f"<li>{escape(one['reason'])}</li>" for one in told["left_out"])
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(title)}</title><style>{_STYLE}</style>'
        f"<h1>{escape(title)}</h1><p>{told['demonstrations']} demonstrations. Figures are means over demonstrations; "
        "intervals hold the mean of 95 of 100 corpora drawn again from them.</p>"
        f"{warned}{tables}{f'<h2>Left out</h2><ul>{left_out}</ul>' if left_out else ''}</html>\n"
    )


def rows(told: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The lines of the report; what has no value is None."""
    for figure in told["figures"].values():
        yield {"part": "figure", "name": figure["title"], **_numbers(figure), "tolerance": figure["tolerance"]}
    for row in told["policies"]:
        of = f"{row['matched']} of {row['one']} and {row['other']} calls matched by half their steps"
        yield {"part": "policy", "name": row["policy"], "value": row["f1"], "low": None, "high": None,
               "n": row["one"] + row["other"], "tolerance": of}  # fmt: skip
    for kind, took in told["work"].items():
        for name, said in _WORK.items():
            yield {"part": "review", "name": f"{said}, {kind}", **_numbers(took[name]), "tolerance": ""}


def _numbers(found: Mapping[str, Any] | None) -> dict[str, Any]:
    return {name: found[name] if found else None for name in ("value", "low", "high", "n")}


def _table(part: str, told: Mapping[str, Any]) -> str:
    found = [row for row in rows(told) if row["part"] == part]
    if not found:
        return ""
    heads = "".join(f"<th>{name}</th>" for name in COLUMNS[1:])
    lines = "".join(f"<tr>{''.join(_cell(row[name]) for name in COLUMNS[1:])}</tr>" for row in found)
    return f"<h2>{_TITLES[part]}</h2><table><tr>{heads}</tr>{lines}</table>"


_TITLES = {"figure": "Measures", "policy": "By policy", "review": "What reviewing took"}


def _cell(value: Any) -> str:
    if isinstance(value, int | float):
        return f'<td class="n">{value:.3f}</td>' if isinstance(value, float) else f'<td class="n">{value}</td>'
    return f"<td>{escape(str(value)) if value is not None else 'nothing to find'}</td>"


def _harmless(value: Any) -> Any:
    """Text that a spreadsheet would take for a formula begins with an apostrophe instead."""
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") else value
