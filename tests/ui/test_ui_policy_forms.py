"""What the tables and fields of the forms on the Policies screen mean as operations."""

from __future__ import annotations

import pandas as pd
import pytest
from pydantic import ValidationError

from ui.policies.forms import _given, created

TEXTS = {
    "description": "Zooms.",
    "when_to_use": "Small.",
    "when_not": "",
    "stop_rule": "Stop.",
    "actions": ("click",),
    "sub_policies": (),
}


def table(*rows: dict) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["name", "type", "required", "description", "was"])


def test_rows_are_parameters_with_what_they_were():
    """A renamed row knows its old name, an added one has none and is required text, an empty one is none."""
    rows = table(
        {"name": "place ", "type": "element", "required": True, "description": "where", "was": "field"},
        {"name": "added", "type": None, "required": None, "description": None, "was": None},
        {"name": None, "type": "date", "required": None, "description": None, "was": None},
    )
    first, second = _given(rows)
    assert (first.name, first.type, first.was, first.description) == ("place", "element", "field", "where")
    assert (second.name, second.type, second.was, second.required) == ("added", "text", None, True)


def test_an_optional_parameter_stays_optional():
    """An unticked box is an answer, not an empty cell."""
    (one,) = _given(table({"name": "how", "type": "text", "required": False, "description": "", "was": ""}))
    assert (one.required, one.was) == (False, None)


def test_a_new_policy_from_the_form():
    """Its kind follows from what it may call; a name that is none is refused."""
    rows = table({"name": "how", "type": "text", "required": True, "description": "", "was": ""})
    made = created("web", "zoom", TEXTS, rows)
    assert (made.home, made.policy.signature, made.policy.kind) == ("web", "zoom [how]", "atomic")
    assert created("web", "zoom", {**TEXTS, "sub_policies": ("search",)}, rows).policy.kind == "composite"
    with pytest.raises(ValidationError):
        created("web", "Zoom in", TEXTS, rows)
