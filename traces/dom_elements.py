"""Elements of a page as a log from elsewhere keeps them, and what HTML and ARIA say of each: role, name, states, words.

What a log does not have (styles, handlers) is not guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from traces.model import Box


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
BY_CONTENT = _set(
    "button link checkbox radio switch tab menuitem menuitemcheckbox menuitemradio option treeitem heading "
    "gridcell columnheader rowheader"
)
FIELDS = _set("textbox searchbox combobox spinbutton slider listbox")
TICKS = _set("checkbox radio switch")
STRUCTURE = {
    "form": 1, "dialog": 0, "alertdialog": 0, "list": 2, "table": 1, "grid": 1, "treegrid": 1, "row": 1,
    "radiogroup": 1, "group": 2, "tablist": 1, "menu": 1, "menubar": 1, "navigation": 1, "toolbar": 2, "tree": 1,
    "tabpanel": 2, "search": 1, "region": 1, "listitem": 2, "article": 2, "alert": 1, "status": 1, "log": 1,
    "figure": 2,
}  # fmt: skip
"""Roles that only give structure, with the number of lines they must hold."""
WORDED = _set("listitem alert status dialog alertdialog region article group form search tabpanel figure navigation")
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
_KNOWN = BY_CONTENT | FIELDS | frozenset(STRUCTURE) | {"img", "progressbar", "meter", "cell"}
PLAIN_INPUTS = _set("text search checkbox radio button submit reset image range number")
_HIDDEN = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)\s*(?:!important\s*)?(?:;|$)", re.I)
_SECRETS = _set("one-time-code cc-number cc-csc current-password new-password")
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
    if said or is_hidden(element):
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


def own_text(element: Element) -> tuple[str, frozenset[int]]:
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


def native_name(element: Element) -> str:
    """The name its tag gives it: a button's value, a picture's alternative, a table's caption; '' without one."""
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


def flags_of(element: Element, role: str) -> list[str]:
    """Its states as the observation's flags."""
    aria = {name: element.get(f"aria-{name}") for name in ("disabled", "checked", "selected", "expanded", "pressed")}
    checked = element.get(":checked") or aria["checked"] or ("false" if role in TICKS else "")
    told = {
        "focused": element.get(":focused") == "true",
        "disabled": "disabled" in element.attrs or aria["disabled"] == "true",
        "checked": role in TICKS and checked == "true",
        "unchecked": role in TICKS and checked == "false",
        "mixed": role in TICKS and checked == "mixed",
        "selected": element.get(":selected") == "true" or aria["selected"] == "true",
        "expanded": aria["expanded"] == "true",
        "collapsed": aria["expanded"] == "false",
        "multiline": element.tag == "textarea",
        "readonly": role in FIELDS and "readonly" in element.attrs,
        "required": "required" in element.attrs or element.get("aria-required") == "true",
        "pressed": aria["pressed"] == "true",
    }
    return [flag for flag, is_so in told.items() if is_so]


def is_hidden(element: Element) -> bool:
    """Whether it says itself that it is not drawn."""
    return "hidden" in element.attrs or bool(_HIDDEN.search(element.get("style")))


def is_secret(element: Element) -> bool:
    """Whether what is typed into it is withheld."""
    return element.get("type").lower() == "password" or not _SECRETS.isdisjoint(
        element.get("autocomplete").lower().split()
    )


def is_labelable(element: Element) -> bool:
    """Whether a `<label>` may be its."""
    return element.tag in ("select", "textarea", "button", "meter", "progress") or (
        element.tag == "input" and element.get("type").lower() != "hidden"
    )
