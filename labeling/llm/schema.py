"""The form a reply has to have, as JSON schema: the strict subset that endpoints share, all fields required.

No recursion (nesting is asked level by level), no defaults, no limits of numbers or lengths. Whatever an endpoint
makes of it, replies are checked by labeling.llm.repair.
"""

from __future__ import annotations

from collections.abc import Sequence

from labeling.llm.model import NEW, OWN, Certainty
from llm_client.schemas import TEXT, Schema, list_of, object_of, one_of

ROLES = ("mis_click", "correction", "detour")
CERTAINTIES: tuple[Certainty, ...] = ("high", "medium", "low")


def steps_schema(policies: Sequence[str]) -> Schema:
    """Level 1: calls by their first step, and remarks on steps."""
    note = {"step": {"type": "integer"}, "role": one_of(*ROLES), "why": TEXT}
    return object_of({"calls": list_of(_call("first_step", policies)), "notes": list_of(object_of(note))})


def groups_schema(policies: Sequence[str]) -> Schema:
    """Levels above: calls around calls, by their first item."""
    return object_of({"groups": list_of(_call("first_item", policies))})


def _call(first: str, policies: Sequence[str]) -> Schema:
    """A call that begins at `first`; the evidence stands before the choice it is for."""
    return object_of(
        {
            first: {"type": "integer"},
            "evidence": TEXT,
            "policy": one_of(*policies, OWN, NEW),
            "proposed": _or_null(object_of({"name": TEXT, "description": TEXT})),
            "args": _ARGS,
            "returns": {"type": ["string", "null"]},
            "certainty": _CERTAINTY,
        }
    )


def reasons_schema() -> Schema:
    """The second pass: one reason for each call and each step."""
    reasons = list_of(object_of({"number": {"type": "integer"}, "reason": TEXT}))
    return object_of({"calls": reasons, "steps": reasons})


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


_CERTAINTY = one_of(*CERTAINTIES)
_ARGS = list_of(object_of({"name": TEXT, "value": TEXT}))
