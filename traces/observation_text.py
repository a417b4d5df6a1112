r"""Reading the compact observation text: one line per element, indented two spaces per level of structure.

`[id] role 'name' key='value' flag ...` with `\\ \' \n` escaped inside quotes; see docs/formats/observation.md.
The text is written by browser/observe.js; everything that looks at pages (labellers, learner, viewer) reads it here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from traces.errors import ObservationError

_LINE = re.compile(r"^( *)\[([^\]\s]+)\] ([a-z][a-z0-9-]*)(?: '((?:[^'\\]|\\.)*)')?((?: .*)?)$")
_ATTR = re.compile(r" ([a-z][a-z-]*)(?:='((?:[^'\\]|\\.)*)')?")
_ESCAPE = re.compile(r"\\(.)")


@dataclass(frozen=True)
class Node:
    """One element: its id, role, accessible name, attributes (`value`, `level` ...), flags and place in the tree."""

    id: str
    role: str
    name: str
    depth: int
    index: int
    attrs: dict[str, str] = field(default_factory=dict)
    flags: frozenset[str] = frozenset()
    parent: int | None = None

    @property
    def value(self) -> str:
        """The field's value, '' if it has none."""
        return self.attrs.get("value", "")


def parse_observation(text: str) -> tuple[Node, ...]:
    """All elements in document order; `parent` and `index` are positions in the result. Raises ObservationError."""
    return tuple(_nodes(text))


def _nodes(text: str) -> Iterator[Node]:
    open_nodes: list[Node] = []
    for index, line in enumerate(line for line in text.split("\n") if line.strip()):
        node = _node(line, index, open_nodes)
        open_nodes.append(node)
        yield node


def _node(line: str, index: int, open_nodes: list[Node]) -> Node:
    """A line's element; of `open_nodes` those it does not lie in are taken away."""
    match = _LINE.match(line)
    if not match:
        raise ObservationError(f"line {index + 1} of the observation is not '[id] role ...': {line[:80]!r}")
    indent, element, role, name, rest = match.groups()
    depth = len(indent) // 2
    while open_nodes and open_nodes[-1].depth >= depth:
        open_nodes.pop()
    parent = open_nodes[-1].index if open_nodes else None
    if not rest:
        return Node(element, role, unquote(name or ""), depth, index, parent=parent)
    pairs = _ATTR.findall(rest)
    attrs = {key: unquote(value) for key, value in pairs if f" {key}='" in rest}
    flags = frozenset(key for key, _ in pairs if key not in attrs)
    return Node(element, role, unquote(name or ""), depth, index, attrs, flags, parent)


def unquote(text: str) -> str:
    """The text that stands escaped inside quotes."""
    return _ESCAPE.sub(lambda m: "\n" if m.group(1) == "n" else m.group(1), text) if "\\" in text else text


def quote(text: str) -> str:
    """The text as it stands inside quotes, quotes included."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n") + "'"
