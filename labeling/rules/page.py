"""One observed page as the rules see it: its elements, what contains them, and what a person would call a field.

Nothing here knows a site: only roles, names, values, flags and the order of elements.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from traces.errors import ObservationError
from traces.model import Observation
from traces.observation_text import Node, parse_observation

TEXT_FIELDS = frozenset({"textbox", "searchbox", "combobox", "spinbutton"})
FIELDS = TEXT_FIELDS | {"listbox", "checkbox", "radio", "switch", "slider"}
PLAIN = frozenset({"text", "label", "heading", "term", "legend", "cell", "columnheader", "rowheader", "paragraph"})
FORMS = frozenset({"form", "dialog", "alertdialog", "search"})
_ROW, _TABLE = frozenset({"row"}), frozenset({"table", "grid"})
GROUPS = frozenset({"group", "radiogroup", "fieldset", "listbox", "list", "table", "grid", "menu", "region"})


@dataclass(frozen=True, eq=False)
class Page:
    """The elements of one observation in document order; compared by identity, so that readings of it can be kept."""

    url: str
    title: str
    nodes: tuple[Node, ...]

    @cached_property
    def by_id(self) -> dict[str, Node]:
        """Each element under its id."""
        return {node.id: node for node in self.nodes}

    def ancestors(self, node: Node) -> Iterator[Node]:
        """What contains the element, nearest first."""
        while node.parent is not None:
            node = self.nodes[node.parent]
            yield node

    def inside(self, node: Node) -> tuple[Node, ...]:
        """Everything the element contains."""
        end = next((n.index for n in self.nodes[node.index + 1 :] if n.depth <= node.depth), len(self.nodes))
        return self.nodes[node.index + 1 : end]

    def nearest(self, node: Node, roles: frozenset[str]) -> Node | None:
        """The nearest container of one of these roles."""
        return next((one for one in self.ancestors(node) if one.role in roles), None)

    def label(self, node: Node) -> str:
        """What a person would call the field: its name, else the text it stands behind, else its role."""
        return tidy(node.name) or self.beside(node) or node.role

    def beside(self, node: Node) -> str:
        """The text a field stands behind or in, '' where there is none with letters."""
        found = (self._text_around(node), self._text_before(node), self._column_of(node))
        return next((text for text in found if any(character.isalpha() for character in text)), "")

    def group_label(self, node: Node) -> str:
        """What a person would call the group an option is in: its name, else the text before its first option."""
        group = self.nearest(node, GROUPS)
        if group is None:
            return self._heading_before(node) or node.role
        return tidy(group.name) or self._text_before(group) or group.role

    def _text_around(self, node: Node) -> str:
        parent = None if node.parent is None else self.nodes[node.parent]
        if parent is None or parent.role not in PLAIN:
            return ""
        fields = [one for one in self.inside(parent) if one.role in FIELDS or one is node]
        return tidy(parent.name) if fields and fields[0] is node else ""

    def _text_before(self, node: Node) -> str:
        """The plain text just before the element, nothing else to act on between them."""
        if node.index == 0:
            return ""
        before = self.nodes[node.index - 1]
        return tidy(before.name) if before.role in PLAIN and before.index != node.parent else ""

    def _column_of(self, node: Node) -> str:
        """What the first row of a table says over the place of a field in another row."""
        row = self.nearest(node, _ROW)
        table = self.nearest(row, _TABLE) if row is not None else None
        rows = [one for one in self.inside(table) if one.role == "row"] if table is not None else []
        if row is None or not rows or rows[0] is row:
            return ""
        heads, places = self._cells(rows[0]), self._cells(row)
        at = next((i for i, one in enumerate(places) if one is node or node in self.inside(one)), len(places))
        return tidy(heads[at].name) if len(heads) == len(places) and at < len(heads) else ""

    def _cells(self, row: Node) -> list[Node]:
        return [one for one in self.inside(row) if one.parent == row.index]

    def _heading_before(self, node: Node) -> str:
        """The plain text before the run of like elements that the element belongs to."""
        index = node.index
        while index > 0 and self.nodes[index - 1].role == node.role:
            index -= 1
        return self.beside(self.nodes[index])


EMPTY = Page("", "", ())


def read_page(observation: Observation) -> Page:
    """The page of an observation. One whose text is not of the format has no elements: no evidence, no error."""
    try:
        nodes = parse_observation(observation.text)
    except ObservationError:
        nodes = ()
    return Page(observation.url, observation.title, nodes)


def appeared(before: Page, after: Page) -> frozenset[str]:
    """Ids of elements that the second page shows and the first did not."""
    return frozenset(after.by_id) - frozenset(before.by_id)


def came_up(before: Page, after: Page) -> frozenset[tuple[str, str]]:
    """Roles and names that the second page shows and the first did not, however it was drawn anew."""
    old, new = ({(node.role, node.name) for node in page.nodes} for page in (before, after))
    return frozenset(new - old)


def same_place(before: str, after: str) -> bool:
    """Whether two addresses are one page: a fragment counts only when it is a route (`#/…`)."""
    return _place(before) == _place(after)


def tidy(text: str) -> str:
    """A label without what surrounds it in a form: spaces, a colon, the star of a required field."""
    return re.sub(r"[\s:*]+$", "", " ".join(text.split()))


def _place(url: str) -> str:
    base, mark, fragment = url.partition("#")
    return base + mark + fragment if fragment.startswith(("/", "!")) else base
