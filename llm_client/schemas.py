"""Pieces of JSON schemas in the strict subset that endpoints share: every field required, nothing besides."""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]
TEXT: Schema = {"type": "string"}


def object_of(fields: dict[str, Any]) -> Schema:
    """An object with exactly these fields, in this order."""
    return {"type": "object", "properties": fields, "required": list(fields), "additionalProperties": False}


def list_of(items: Schema) -> Schema:
    """A list of any length."""
    return {"type": "array", "items": items}


def one_of(*texts: str) -> Schema:
    """One of the texts."""
    return {"type": "string", "enum": list(dict.fromkeys(texts))}
