"""Elements of a page as a log from elsewhere keeps them, made into our observation text.

Close to what `browser/injected/*.js` writes of the page itself (docs/formats/observation.md); what a log does not have
(styles, handlers) is not guessed, so hidden elements may be listed and no line says `clickable`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from traces.model import Box
from traces.observation_text import quote

SECRET = "{SECRET}"
LONGEST_NAME, LONGEST_VALUE = 1000, 2000


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


SKIPPED = _set(
    "script style template noscript meta head link title base source track param datalist option optgroup map "
    "area colgroup col"
)
FORMATTING = _set(
    "b i em strong u small mark sub sup code abbr br wbr font s del ins q cite kbd samp var time bdi bdo big "
    "tt strike dfn"
)
_BY_CONTENT = _set(
    "button link checkbox radio switch tab menuitem menuitemcheckbox menuitemradio option treeitem heading "
    "gridcell columnheader rowheader"
)
_FIELDS = _set("textbox searchbox combobox spinbutton slider listbox")
_TICKS = _set("checkbox radio switch")
_STRUCTURE = {
    "form": 1, "dialog": 0, "alertdialog": 0, "list": 2, "table": 1, "grid": 1, "treegrid": 1, "row": 1,
    "radiogroup": 1, "group": 2, "tablist": 1, "menu": 1, "menubar": 1, "navigation": 1, "toolbar": 2, "tree": 1,
    "tabpanel": 2, "search": 1, "region": 1, "listitem": 2, "article": 2, "alert": 1, "status": 1, "log": 1,
    "figure": 2,
}  # fmt: skip
"""Roles that only give structure, with the number of lines they must hold."""
_WORDED = _set("listitem alert status dialog alertdialog region article group form search tabpanel figure navigation")
_INPUTS = {
    "button": "button", "submit": "button", "reset": "button", "image": "button", "checkbox": "checkbox",
    "radio": "radio", "range": "slider", "number": "spinbutton", "search": "searchbox", "file": "button",
}  # fmt: skip
_TAGS = {
    "button": "button", "textarea": "textbox", "select": "combobox", "img": "img", "svg": "svg", "canvas": "canvas",
    "iframe": "iframe", "frame": "iframe", "summary": "button", "dialog": "dialog", "ul": "list", "ol": "list",
    "menu": "list", "li": "listitem", "table": "table", "tr": "row", "td": "cell", "th": "columnheader",
    "form": "form", "fieldset": "group", "details": "group", "nav": "navigation", "progress": "progressbar",
    "meter": "meter", "video": "video", "audio": "audio", "output": "status", "search": "search",
    "article": "article", "figure": "figure", "h1": "heading", "h2": "heading", "h3": "heading", "h4": "heading",
    "h5": "heading", "h6": "heading",
    **dict.fromkeys(("circle", "rect", "ellipse", "polygon", "path", "line", "polyline"), "shape"),
}  # fmt: skip
_KNOWN = _BY_CONTENT | _FIELDS | frozenset(_STRUCTURE) | {"img", "progressbar", "meter", "cell"}
_PLAIN_INPUTS = _set("text search checkbox radio button submit reset image range number")
_HIDDEN = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)\s*(?:!important\s*)?(?:;|$)", re.I)
_SECRETS = _set("one-time-code cc-number cc-csc current-password new-password")
_APART = _set("input select textarea button a br hr img ul ol table form")
_NOISE = _set(
    "icon icons ico fa fas far fab ui btn button glyphicon bi mdi material svg img image js is has the mat css sc "
    "small large default state corner all widget helper clearfix primary secondary only left right lg ql sm md xs"
)


@dataclass(eq=False)
class Element:
    """An element: `attrs` by lower-case name, `key` the same later, `marked` where something was done to it.

    What a person sees of a field are the attributes `value`, `:checked`, `:selected`, `:focused` ("true" or "false").
    """

    tag: str
    attrs: Mapping[str, str]
    key: str
    children: list[Element | str] = field(default_factory=list)
    box: Box | None = None
    marked: bool = False

    def get(self, name: str) -> str:
        """The attribute, '' where it has none."""
        return self.attrs.get(name, "")

    def below(self) -> Iterator[Element]:
        """All elements inside it, in order."""
        waiting = [child for child in reversed(self.children) if isinstance(child, Element)]
        while waiting:
            one = waiting.pop()
            yield one
            waiting.extend(child for child in reversed(one.children) if isinstance(child, Element))


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
        named = {one.get("id"): one for one in whole if one.get("id") and _labelable(one)}
        for label in (one for one in whole if one.tag == "label"):
            inside = next((one for one in label.below() if _labelable(one)), None)
            control = named.get(label.get("for")) if label.get("for") else inside
            if control is not None:
                yield control.key, label

    def visit(self, element: Element, under: Line | None, *, mute: bool) -> None:
        """The element and all that is inside it."""
        if element.tag in SKIPPED and not element.get(":shadow") or _is_hidden(element):
            return
        if under is not None:
            self.of[element.key] = under
        role = role_of(element)
        if id(element) in self._controls:
            self._label(element, under)
        elif role is None:
            self._plain(element, under, mute)
        elif role in _STRUCTURE:
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
        line = Line(role, _short(name, LONGEST_NAME), element, under, flags=_flags(element, role))
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
        own, merged = _own_text(element)
        wordless = not element.children and (element.marked or element.box is not None)
        if own and not mute:
            line = self._add(element, "text", own, under)
            self._inside(element, line, mute=mute, merged=merged)
        elif wordless and not mute and (element.marked or class_words(element)):
            self._add(element, "img" if class_words(element) else "shape", class_words(element), under)
        else:
            self._inside(element, under, mute=mute, merged=merged)

    def _structure(self, element: Element, role: str, under: Line | None, mute: bool) -> None:
        own, merged = _own_text(element) if role in _WORDED else ("", frozenset())
        own = "" if mute else own
        name = own if role == "listitem" else self._name(element, role) or own
        line = self._add(element, role, name, under)
        if own and own != name:
            line.attrs["value"] = _short(own, LONGEST_VALUE)
        before = len(self.lines)
        self._inside(element, line, mute=mute, merged=merged)
        held = sum(one.kept for one in self.lines[before:])
        line.kept = bool(own) or held >= max(_STRUCTURE[role], 1) and not mute

    def _widget(self, element: Element, role: str, under: Line | None, mute: bool) -> None:
        if mute and role not in _BY_CONTENT | _FIELDS or element.tag == "input" and element.get("type") == "hidden":
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
        elif role not in _FIELDS:
            self._inside(element, line, mute=mute or role in _BY_CONTENT)

    def _cell(self, element: Element, under: Line | None, mute: bool) -> None:
        own, merged = _own_text(element)
        line = self._add(element, "cell", element.get("aria-label") or own, under)
        line.kept = bool(line.name) and not mute
        self._inside(element, line, mute=mute, merged=merged)

    def _fill(self, line: Line) -> None:
        element = line.element
        value, kind = element.get("value"), element.get("type").lower()
        if line.role in _FIELDS and _is_secret(element):
            self.secrets.update({value} if value else ())
            line.flags.append("secret")
            value = SECRET if value else ""
        if value and line.role in _FIELDS:
            line.attrs["value"] = _short(value, LONGEST_VALUE)
        if element.tag == "input" and kind and kind not in _PLAIN_INPUTS and re.fullmatch(r"[a-z-]+", kind):
            line.attrs["type"] = kind
        if line.role == "heading":
            line.attrs["level"] = element.tag[1] if re.fullmatch("h[1-6]", element.tag) else "2"
        hint = tidy(element.get("placeholder"))
        if hint and not value and hint != line.name:
            line.attrs["placeholder"] = _short(hint, 80)

    def _options(self, line: Line) -> None:
        options = [one for one in line.element.below() if one.tag == "option"]
        for option in options[:60]:
            self._add(option, "option", tidy(option.get("label") or words(option)), line)
        chosen = next((one for one in options if one.get(":selected") == "true"), None)
        if chosen is not None:
            line.attrs["value"] = _short(tidy(chosen.get("label") or words(chosen)), LONGEST_VALUE)
        if len(options) > 60:
            line.attrs["more"] = str(len(options) - 60)

    def _name(self, element: Element, role: str) -> str:
        """ARIA's name, roughly, then what a person would read beside it."""
        label = self._labels.get(element.key)
        given = tidy(element.get("aria-label")) or (tidy(words(label)) if label is not None else "") or _native(element)
        if not given and role in _BY_CONTENT and element.tag != "input":
            given = tidy(words(element))
        given = given or tidy(element.get("title")) or tidy(element.get("placeholder"))
        if not given and role in _FIELDS | _TICKS:
            given = self._beside(element, after=role in _TICKS)
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


def role_of(element: Element) -> str | None:
    """The role by the attribute, else by the tag; None for a plain element."""
    for one in element.get("role").lower().split():
        if one in _KNOWN:
            return one
    if element.tag == "input":
        return _INPUTS.get(element.get("type").lower(), "textbox")
    if element.tag == "a":
        return "link" if "href" in element.attrs else None
    if element.tag == "section":
        return "region" if element.get("aria-label") else None
    if element.tag == "select" and ("multiple" in element.attrs or element.get("size") not in ("", "0", "1")):
        return "listbox"
    if "contenteditable" in element.attrs and element.get("contenteditable") != "false":
        return "textbox"
    return _TAGS.get(element.tag)


def words(element: Element) -> str:
    """All text inside an element, fields and what is never drawn left out."""
    if element.tag in ("input", "select", "textarea") or (element.tag in SKIPPED and element.tag != "option"):
        return ""
    said = element.get("aria-label") or (element.get("alt") if element.tag == "img" else "")
    if said or _is_hidden(element):
        return f" {said} " if said else ""
    inner = "".join(one if isinstance(one, str) else words(one) for one in element.children)
    return inner if element.tag in FORMATTING or element.tag in ("span", "a", "label") else f" {inner} "


def tidy(text: str) -> str:
    """On one line, with single blanks."""
    return " ".join(text.split())


def class_words(element: Element) -> str:
    """Up to three telling words of its class, else of its id: `icon-trash` is trash."""
    for source in (element.get("class"), element.get("id")):
        split = re.split(r"[^a-z]+", re.sub(r"([a-z])([A-Z])", r"\1 \2", source[:500]).lower())
        found = dict.fromkeys(word for word in split if len(word) > 1 and word not in _NOISE)
        if found:
            return " ".join(list(found)[:3])
    return ""


def _own_text(element: Element) -> tuple[str, frozenset[int]]:
    """(the words that stand right in it, the formatting elements whose words are among them)."""
    said, merged = [], []
    for child in element.children:
        if isinstance(child, str):
            said.append(child)
        elif child.tag in FORMATTING and not any(role_of(one) for one in (child, *child.below())):
            said.append(words(child) or " ")
            merged.append(id(child))
    own = tidy("".join(one for one in said))
    return own, frozenset(merged)


def _native(element: Element) -> str:
    if element.tag == "input" and element.get("type").lower() in ("submit", "reset", "button"):
        return tidy(element.get("value")) or {"submit": "Submit", "reset": "Reset"}.get(element.get("type").lower(), "")
    if element.tag in ("img", "area") or element.get("type") == "image":
        return tidy(element.get("alt"))
    if element.tag in ("iframe", "frame"):
        return tidy(element.get("title") or element.get("name"))
    inner = {"fieldset": "legend", "table": "caption", "figure": "figcaption", "details": "summary", "svg": "title"}
    wanted = inner.get(element.tag)
    found = next((one for one in element.children if isinstance(one, Element) and one.tag == wanted), None)
    return tidy("".join(one for one in found.children if isinstance(one, str))) if found is not None else ""


def _flags(element: Element, role: str) -> list[str]:
    aria = {name: element.get(f"aria-{name}") for name in ("disabled", "checked", "selected", "expanded", "pressed")}
    checked = element.get(":checked") or aria["checked"] or ("false" if role in _TICKS else "")
    told = {
        "focused": element.get(":focused") == "true",
        "disabled": "disabled" in element.attrs or aria["disabled"] == "true",
        "checked": role in _TICKS and checked == "true",
        "unchecked": role in _TICKS and checked == "false",
        "mixed": role in _TICKS and checked == "mixed",
        "selected": element.get(":selected") == "true" or aria["selected"] == "true",
        "expanded": aria["expanded"] == "true",
        "collapsed": aria["expanded"] == "false",
        "multiline": element.tag == "textarea",
        "readonly": role in _FIELDS and "readonly" in element.attrs,
        "required": "required" in element.attrs or element.get("aria-required") == "true",
        "pressed": aria["pressed"] == "true",
    }
    return [flag for flag, is_so in told.items() if is_so]


def _is_hidden(element: Element) -> bool:
    return "hidden" in element.attrs or bool(_HIDDEN.search(element.get("style")))


def _is_secret(element: Element) -> bool:
    return element.get("type").lower() == "password" or not _SECRETS.isdisjoint(
        element.get("autocomplete").lower().split()
    )


def _labelable(element: Element) -> bool:
    return element.tag in ("select", "textarea", "button", "meter", "progress") or (
        element.tag == "input" and element.get("type").lower() != "hidden"
    )


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def _written(line: Line) -> str:
    name = f" {quote(line.name)}" if line.name else ""
    attrs = "".join(f" {key}={quote(value)}" for key, value in line.attrs.items())
    return f"[{line.id}] {line.role}{name}{attrs}" + "".join(f" {flag}" for flag in line.flags)
