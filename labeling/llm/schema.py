"""The form a reply has to have, as JSON schema: the strict subset that endpoints share, all fields required.

No recursion (nesting is asked level by level), no defaults, no limits of numbers or lengths. Whatever an endpoint
makes of it, replies are checked by labeling.llm.repair.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from labeling.llm.model import NEW, OWN, Certainty

ROLES = ("mis_click", "correction", "detour")
CERTAINTIES: tuple[Certainty, ...] = ("high", "medium", "low")

Schema = dict[str, Any]


def steps_schema(policies: Sequence[str]) -> Schema:
    """Level 1: calls by their first step, and remarks on steps."""
    note = {"step": {"type": "integer"}, "role": {"type": "string", "enum": list(ROLES)}, "why": _TEXT}
    return _object({"calls": _list(_call("first_step", policies)), "notes": _list(_object(note))})


def groups_schema(policies: Sequence[str]) -> Schema:
    """Levels above: calls around calls, by their first item."""
    return _object({"groups": _list(_call("first_item", policies))})


def _call(first: str, policies: Sequence[str]) -> Schema:
    """A call that begins at `first`; the evidence stands before the choice it is for."""
    return _object(
        {
            first: {"type": "integer"},
            "evidence": _TEXT,
            "policy": {"type": "string", "enum": [*policies, OWN, NEW]},
            "proposed": _or_null(_object({"name": _TEXT, "description": _TEXT})),
            "args": _ARGS,
            "returns": {"type": ["string", "null"]},
            "certainty": _CERTAINTY,
        }
    )


def reasons_schema() -> Schema:
    """The second pass: one reason for each call and each step."""
    reasons = _list(_object({"number": {"type": "integer"}, "reason": _TEXT}))
    return _object({"calls": reasons, "steps": reasons})


def _object(fields: dict[str, Any]) -> Schema:
    return {"type": "object", "properties": fields, "required": list(fields), "additionalProperties": False}


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


_TEXT: Schema = {"type": "string"}
_CERTAINTY: Schema = {"type": "string", "enum": list(CERTAINTIES)}
_ARGS: Schema = _list(_object({"name": _TEXT, "value": _TEXT}))
