"""Tables of the SteP agent's first release (HeaP): a CSV of steps, of demonstrations or of runs on live sites.

A row is what was seen (`browser_content`) and what was done there (`CLICK 18`, `TYPE 24 "Boston"`). Where rows have a
`label`, equal ones in a row are one call. Rows are the positions of warnings.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from traces.actions import Action, parse_action
from traces.axtree import observation_text
from traces.draft import Draft
from traces.errors import ActionError
from traces.foreign_actions import plain_action
from traces.formats.foreign import BadRecording
from traces.formats.step_logs import policy_name
from traces.formats.tables import CUT, Row, Table, grouped, plain_cells
from traces.model import StepKind

NAME = "heap"
_RUN = ("task", "scenario", "site", "seed", "context", "url", "policy", "episode")
_ACTION = re.compile(r"(CLICK|TYPE|CLEAR)\s+(-?\w+)\s*(.*)", re.DOTALL)
_QUOTED = re.compile(r'"([^"]*)"')


def is_steps(columns: Collection[str]) -> bool:
    """Whether a table is of steps; one of results alone has no pages."""
    return {"browser_content", "action"} <= set(columns)


def read(table: Table) -> Sequence[Draft]:
    """The episodes of a table. Raises BadRecording where it has no row."""
    drafts = [_draft(rows) for group in grouped(table.rows, _RUN) for rows in _begun_anew(group)]
    if not drafts:
        raise BadRecording("It has the columns of HeaP's steps, and no row.")
    if table.cut:
        drafts[-1].warn("end", CUT)
    return drafts


def _begun_anew(rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    """Runs that no column tells apart: time steps begin anew. A log that never counts them has all at 0."""
    begun, last = 0, -1.0
    for place, row in enumerate(rows):
        step = plain_cells({"id": row.get("time_step", "")}).get("id")
        now = step if isinstance(step, int | float) else last
        if now < last:
            yield rows[begun:place]
            begun = place
        last = now
    yield rows[begun:]


def _draft(rows: Sequence[Row]) -> Draft:
    first = rows[0]
    labelled, run = any(row.get("label") for row in rows), bool(first.get("policy"))
    draft = Draft(NAME, objective=first.get("context", "").strip())
    draft.header = {"task": first.get("task") or None, "actor": "agent" if labelled or run else "human"}
    draft.raw = [dict(row) for row in rows]
    open_label = ""
    for number, row in enumerate(rows):
        label = row.get("label", "").strip()
        if label != open_label:
            _switch(draft, row, open_label, label)
            open_label = label
        _step(draft, number, row)
    if open_label and _call(open_label):
        _add(draft, "pop", rows[-1], "stop")
    return draft


def _switch(draft: Draft, row: Row, last: str, label: str) -> None:
    """One label's steps are over, another's begin."""
    if _call(last):
        _add(draft, "pop", row, "stop")
    if call := _call(label):
        _add(draft, "push", row, call)


def _step(draft: Draft, number: int, row: Row) -> None:
    said = row.get("action", "").strip()
    action = _action(said)
    try:
        is_read = parse_action(action).is_page
    except ActionError:
        is_read = False
    if said == "DONE":
        _add(draft, "note", row, "note [DONE]")
    elif is_read:
        _add(draft, "act", row, action)
    else:
        draft.warn(number, f"{said[:80]!r} is no action of ours; it is kept as it was written.")
        _add(draft, "invalid", row, said or "(no action)", error="it is no action that can be read")


def _add(draft: Draft, kind: StepKind, row: Row, action: str, error: str | None = None) -> None:
    text, title = observation_text(row.get("browser_content", ""))
    page = draft.page(row.get("url", ""), text, title)
    draft.step(kind, action, observation_before=page, reason=row.get("reason") or None, error=error)


def _action(said: str) -> str:
    """The action in our words."""
    match = _ACTION.fullmatch(said)
    if match is None:
        return plain_action(said)
    verb, element, rest = match.groups()
    text = rest.strip().removeprefix('"').removesuffix('"')
    if verb == "CLICK":
        return str(Action("click", (element,)))
    return str(Action("type", (element, text if verb == "TYPE" else "")))


def _call(label: str) -> str:
    """The call that a label says, `FILL_TEXT "City" "Rome"`; empty for that of a single action, or of none."""
    name, _, rest = label.partition(" ")
    if not name or _ACTION.fullmatch(label) or name == "DONE":
        return ""
    quoted = _QUOTED.findall(rest)
    plain = " ".join(_QUOTED.sub("", rest).split())
    return str(Action(policy_name(name).lower(), tuple(arg for arg in (plain, *quoted) if arg)))
