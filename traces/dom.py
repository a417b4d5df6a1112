"""Elements of a page as a log from elsewhere keeps them, made into our observation text.

Close to what `browser/injected/*.js` writes of the page itself (docs/formats/observation.md); what a log does not have
(styles, handlers) is not guessed, so hidden elements may be listed and no line says `clickable`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from traces.dom_elements import (
    BY_CONTENT,
    FIELDS,
    PLAIN_INPUTS,
    SKIPPED,
    STRUCTURE,
    TICKS,
    WORDED,
    Element,
    class_words,
    flags_of,
    is_hidden,
    is_labelable,
    is_secret,
    native_name,
    own_text,
    role_of,
    tidy,
    words,
)
from traces.observation_text import quote
from traces.sentences import shortened

SECRET = "{SECRET}"
LONGEST_NAME, LONGEST_VALUE = 1000, 2000
_APART = frozenset(("input", "select", "textarea", "button", "a", "br", "hr", "img", "ul", "ol", "table", "form"))


@dataclass(eq=False)
class Line:
    """A line of the text. `id` is '' until it is written."""

    role: str
    name: str
    element: Element
    under: Line | None
    attrs: dict[str, str] = field(default_factory=dict)
    flags: list[str] = field(default_factory=list)
    kept: bool = True
    id: str = ""

    @property
    def holder(self) -> Line | None:
        """The nearest line around it that is kept."""
        line = self.under
        while line is not None and not line.kept:
            line = line.under
        return line


@dataclass
class Numbers:
    """Ids of elements by their key: a number each, the same for one element at every instant."""

    known: dict[str, str] = field(default_factory=dict)

    def of(self, key: str) -> str:
        """The element's id."""
        return self.known.setdefault(key, str(len(self.known) + 1))


class Rendered:
    """A page as text: `text`, a box per id where the log has boxes, `marked` the line of what something was done to."""

    def __init__(self, root: Element, numbers: Numbers) -> None:
        whole = [root, *root.below()]
        walk = _Walk(root, whole)
        walk.visit(root, None, mute=False)
        self.lines = [line for line in walk.lines if line.kept]
        self._of = walk.of
        self.secrets = walk.secrets
        title = next((one for one in whole if one.tag == "title"), None)
        self.title = tidy("".join(one for one in title.children if isinstance(one, str)) if title is not None else "")
        depths: dict[int, int] = {}
        written = []
        for line in self.lines:
            line.id = numbers.of(line.element.key)
            holder = line.holder
            depths[id(line)] = depth = 0 if holder is None else depths[id(holder)] + 1
            written.append(f"{'  ' * depth}{_written(line)}")
        self.text = "\n".join(written)
        found = (self.line_of(one) for one in whole if one.marked)
        self.marked = next(filter(None, found), None)
        self.boxes = {line.id: line.element.box for line in self.lines if line.element.box is not None}

    def line_of(self, element: Element) -> Line | None:
        """The line that stands for an element: its own, or that of what it is a part of."""
        line = self._of.get(element.key)
        return line if line is None or line.kept else line.holder


class _Walk:
    def __init__(self, root: Element, whole: Sequence[Element]) -> None:
        self.lines: list[Line] = []
        self.of: dict[str, Line] = {}
        self.secrets: set[str] = set()
        self._places = {id(child): (one, at) for one in whole for at, child in enumerate(one.children)}
        self._labels = dict(self._labelled(whole))
        self._controls = {id(label): key for key, label in self._labels.items()}

    def _labelled(self, whole: Sequence[Element]) -> Iterator[tuple[str, Element]]:
        """Keys of controls with their labels."""
        named = {one.get("id"): one for one in whole if one.get("id") and is_labelable(one)}
        for label in (one for one in whole if one.tag == "label"):
            inside = next((one for one in label.below() if is_labelable(one)), None)
            control = named.get(label.get("for")) if label.get("for") else inside
            if control is not None:
                yield control.key, label

    def visit(self, element: Element, under: Line | None, *, mute: bool) -> None:
        """The element and all that is inside it."""
        if element.tag in SKIPPED and not element.get(":shadow") or is_hidden(element):
            return
        if under is not None:
            self.of[element.key] = under
        role = role_of(element)
        if id(element) in self._controls:
            self._label(element, under)
        elif role is None:
            self._plain(element, under, mute)
        elif role in STRUCTURE:
            self._structure(element, role, under, mute)
        else:
            self._widget(element, role, under, mute)

    def _inside(
        self, element: Element, under: Line | None, *, mute: bool, merged: frozenset[int] = frozenset()
    ) -> None:
        for child in element.children:
            if isinstance(child, Element) and id(child) not in merged:
                self.visit(child, under, mute=mute)
            elif isinstance(child, Element) and under is not None:
                self.of.update(dict.fromkeys((one.key for one in (child, *child.below())), under))

    def _add(self, element: Element, role: str, name: str, under: Line | None) -> Line:
        line = Line(role, shortened(name, LONGEST_NAME), element, under, flags=flags_of(element, role))
        self.lines.append(line)
        self.of[element.key] = line
        return line

    def _label(self, label: Element, under: Line | None) -> None:
        """A label's control stands for it."""
        self._inside(label, under, mute=True)
        line = self.of.get(self._controls[id(label)])
        if line is not None:
            inner = [one for one in label.below() if self.of.get(one.key) is under]
            self.of.update(dict.fromkeys((one.key for one in (label, *inner)), line))

    def _plain(self, element: Element, under: Line | None, mute: bool) -> None:
        own, merged = own_text(element)
        wordless = not element.children and (element.marked or element.box is not None)
        if own and not mute:
            line = self._add(element, "text", own, under)
            self._inside(element, line, mute=mute, merged=merged)
        elif wordless and not mute and (element.marked or class_words(element)):
            self._add(element, "img" if class_words(element) else "shape", class_words(element), under)
        else:
            self._inside(element, under, mute=mute, merged=merged)

    def _structure(self, element: Element, role: str, under: Line | None, mute: bool) -> None:
        own, merged = own_text(element) if role in WORDED else ("", frozenset())
        own = "" if mute else own
        name = own if role == "listitem" else self._name(element, role) or own
        line = self._add(element, role, name, under)
        if own and own != name:
            line.attrs["value"] = shortened(own, LONGEST_VALUE)
        before = len(self.lines)
        self._inside(element, line, mute=mute, merged=merged)
        held = sum(one.kept for one in self.lines[before:])
        line.kept = bool(own) or held >= max(STRUCTURE[role], 1) and not mute

    def _widget(self, element: Element, role: str, under: Line | None, mute: bool) -> None:
        if mute and role not in BY_CONTENT | FIELDS or element.tag == "input" and element.get("type") == "hidden":
            self._inside(element, under, mute=mute)
            return
        if role == "cell":
            self._cell(element, under, mute)
            return
        name = self._name(element, role)
        if role == "img" and not name and not element.marked:
            return
        line = self._add(element, role, name, under)
        self._fill(line)
        if element.tag == "select":
            self._options(line)
        elif role not in FIELDS:
            self._inside(element, line, mute=mute or role in BY_CONTENT)

    def _cell(self, element: Element, under: Line | None, mute: bool) -> None:
        own, merged = own_text(element)
        line = self._add(element, "cell", element.get("aria-label") or own, under)
        line.kept = bool(line.name) and not mute
        self._inside(element, line, mute=mute, merged=merged)

    def _fill(self, line: Line) -> None:
        element = line.element
        value, kind = element.get("value"), element.get("type").lower()
        if line.role in FIELDS and is_secret(element):
            self.secrets.update({value} if value else ())
            line.flags.append("secret")
            value = SECRET if value else ""
        if value and line.role in FIELDS:
            line.attrs["value"] = shortened(value, LONGEST_VALUE)
        if element.tag == "input" and kind and kind not in PLAIN_INPUTS and re.fullmatch(r"[a-z-]+", kind):
            line.attrs["type"] = kind
        if line.role == "heading":
            line.attrs["level"] = element.tag[1] if re.fullmatch("h[1-6]", element.tag) else "2"
        hint = tidy(element.get("placeholder"))
        if hint and not value and hint != line.name:
            line.attrs["placeholder"] = shortened(hint, 80)

    def _options(self, line: Line) -> None:
        options = [one for one in line.element.below() if one.tag == "option"]
        for option in options[:60]:
            self._add(option, "option", tidy(option.get("label") or words(option)), line)
        chosen = next((one for one in options if one.get(":selected") == "true"), None)
        if chosen is not None:
            line.attrs["value"] = shortened(tidy(chosen.get("label") or words(chosen)), LONGEST_VALUE)
        if len(options) > 60:
            line.attrs["more"] = str(len(options) - 60)

    def _name(self, element: Element, role: str) -> str:
        """ARIA's name, roughly, then what a person would read beside it."""
        label = self._labels.get(element.key)
        given = (
            tidy(element.get("aria-label")) or (tidy(words(label)) if label is not None else "") or native_name(element)
        )
        if not given and role in BY_CONTENT and element.tag != "input":
            given = tidy(words(element))
        given = given or tidy(element.get("title")) or tidy(element.get("placeholder"))
        if not given and role in FIELDS | TICKS:
            given = self._beside(element, after=role in TICKS)
        return given or (class_words(element) if role in ("img", "svg", "button", "link") else "")

    def _beside(self, element: Element, *, after: bool) -> str:
        """The words right before a field, or right after a tick."""
        for _ in range(3):
            parent, at = self._places.get(id(element), (None, 0))
            if parent is None:
                return ""
            near = parent.children[at + 1 : at + 9] if after else parent.children[max(0, at - 8) : at][::-1]
            found = next((one for one in near if isinstance(one, Element) or one.strip()), None)
            if found is not None:
                return _said_beside(found)
            if parent.tag in ("form", "body", "table") or sum(isinstance(one, Element) for one in parent.children) > 2:
                return ""
            element = parent
        return ""


def _said_beside(one: Element | str) -> str:
    if isinstance(one, Element) and any(inner.tag in _APART for inner in (one, *one.below())):
        return ""
    said = tidy(one if isinstance(one, str) else words(one))
    return re.sub(r"[:*\s]+$", "", said) if len(said) <= 80 else ""


def _written(line: Line) -> str:
    name = f" {quote(line.name)}" if line.name else ""
    attrs = "".join(f" {key}={quote(value)}" for key, value in line.attrs.items())
    return f"[{line.id}] {line.role}{name}{attrs}" + "".join(f" {flag}" for flag in line.flags)
