"""Numbered rows in memory, as a workspace keeps them."""

from __future__ import annotations

import json
from typing import Any

from store.errors import Conflict


class NumberedRows:
    """Bodies of one table; with `faster` somebody else appends just before."""

    def __init__(self) -> None:
        self._bodies: list[str] = []
        self.faster = False

    def append(self, table: str, base: int, body: dict[str, Any]) -> int:
        if self.faster or base != len(self._bodies):
            raise Conflict(len(self._bodies))
        self._bodies.append(json.dumps(body))
        return len(self._bodies)

    def rows(self, table: str) -> list[dict[str, Any]]:
        return [json.loads(body) for body in self._bodies]

    def count(self, table: str) -> int:
        return len(self._bodies)
