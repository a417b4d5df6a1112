"""Accessibility trees as WebArena, BrowserGym and SteP print them, made into our observation text.

Theirs: a line an element, indented by tabs, `[12] link 'Orders' focused: True url: '/orders'`. Ours is
docs/formats/observation.md. A line that is none becomes `text`, so that no word is lost.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from traces.errors import ObservationError
from traces.observation_text import parse_observation, quote

_TAB = re.compile(r"^Tab (\d+)( \(current\))?: (.*)$")
_LINE = re.compile(r"^(\s*)\[([^\]\s]{1,40})\] ([A-Za-z][\w-]{0,40})(?: (.*))?$")
_BARE = re.compile(r"^(\s*)([A-Za-z][\w-]{0,40}) ('.*|\".*)$")
_MARKED = re.compile(r"^(\s*)\[([^\]\s]{0,40})\] \[([A-Za-z][\w-]{0,40})\] \[(.*)\]$")
"""A line beside a picture with marks (VisualWebArena): `[12] [A] [Orders]`, without a number for a text."""
_TAGGED = re.compile(r"^(\s*)<([A-Za-z][\w-]{0,40}) id=(-?\w{1,40}) val=(.*?) ?/>$")
"""A line of SteP's MiniWoB++ pages: `<button id=4 val=Submit />`."""
_WHOLE = re.compile(r"^(\s*)<([a-z]{1,20}) id=(\d{1,9})((?: [^<>]*?)?)(?:/>|>(.*)</\2>)$")
"""A line of the pages of SteP's first release: `<input id=24 text>Rome</input>`, `<link id=9 aria-label="Cart"/>`."""
_ATTRIBUTE = re.compile(r'[a-z-]+="([^"]*)"')
_PROPERTY = re.compile(r",? ?\b([a-zA-Z][\w-]*)(?:: |=)('(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|[^\s,]+)")
_BARE_FLAG = re.compile(r", ?([a-zA-Z]\w*)(?=,|$)")
"""A property that is true, as BrowserGym writes it: `, clickable, visible`."""
_INPUTS = frozenset({"text", "password", "checkbox", "radio", "search", "email", "tel", "number", "date"})
_ROLES = {
    "statictext": "text",
    "inlinetextbox": "text",
    "rootwebarea": "document",
    "labeltext": "label",
    "span": "text",
    "p": "text",
    "a": "link",
    "select": "combobox",
    "input": "textbox",
    "textarea": "textbox",
    "input-text": "textbox",
    "input-password": "textbox",
    "input-checkbox": "checkbox",
    "input-radio": "radio",
    "t": "text",
    "body": "generic",
    "div": "generic",
}
"""Roles of Chromium's tree, and HTML tags that some of these logs print instead."""
_FLAGS = {
    "focused": "focused",
    "disabled": "disabled",
    "selected": "selected",
    "required": "required",
    "readonly": "readonly",
    "clickable": "clickable",
    "multiline": "multiline",
}
_EITHER = {"checked": ("checked", "unchecked"), "expanded": ("expanded", "collapsed"), "pressed": ("pressed", None)}
_KEPT = {"value": "value", "valuetext": "value", "level": "level", "placeholder": "placeholder"}
DEEPEST = 60
LONGEST = 3_000
"""Characters of a line that are read as an element; a longer one is text, and cut."""
MOST_LINES = 20_000
TRIED = 12
"""Quotation marks at either end of a line that are tried as the end of its name."""


def observation_text(tree: str) -> tuple[str, str]:
    r"""(our text, the current tab's title) of a printed tree. Any text can be read; it is at worst lines of `text`.

    >>> observation_text("[1] RootWebArea 'Shop' focused: True\n\t[12] link 'Orders'")[0].splitlines()
    ["[1] document 'Shop' focused", "  [12] link 'Orders'"]
    """
    title = ""
    lines: list[tuple[int, str]] = []
    for number, line in enumerate(tree.splitlines()[:MOST_LINES]):
        tab = _TAB.match(line.strip())
        if tab is not None and not lines:
            title = tab[3] if tab[2] or not title else title
        elif line.strip():
            lines.append(_line(line, f"t{number}"))
    return "\n".join(_stepped(lines)), title


def read_tree(tree: str) -> tuple[str, str]:
    """(our text, title) of a printed tree in theirs or in ours, which stays as it is."""
    lines = tree.splitlines()
    tab = _TAB.match(lines[0].strip()) if lines else None
    own = "\n".join(lines[1:]).strip("\n") if tab else tree
    try:
        parse_observation(own)
    except ObservationError:
        return observation_text(tree)
    return own, tab[3] if tab else ""


def _line(line: str, id: str) -> tuple[int, str]:
    """(depth, our line)."""
    depth, told = _element(line)
    return depth, told if told.startswith("[") else f"[{id}] {told}"


@lru_cache(20_000)
def _element(line: str) -> tuple[int, str]:
    """(depth, our line); it has no id where theirs has none. Most lines of a page are those of the page before."""
    if len(line) > LONGEST:
        return _depth(line[:LONGEST]), f"text {quote(line.strip()[:1000] + '…')}"
    match = _LINE.match(line)
    if match is not None:
        return _depth(match[1]), f"[{match[2]}] {our_role(match[3])}{_told(match[4] or '')}"
    marked = _MARKED.match(line)
    if marked is not None:
        return _depth(marked[1]), _named_line(marked[2], marked[3], marked[4])
    tagged = _TAGGED.match(line)
    if tagged is not None:
        return _depth(tagged[1]), _named_line(tagged[3], tagged[2], tagged[4])
    whole = _WHOLE.match(line)
    if whole is not None:
        return _depth(whole[1]), _whole_line(*whole.groups()[1:])
    bare = _BARE.match(line)
    if bare is not None:
        return _depth(bare[1]), f"{our_role(bare[2])}{_told(bare[3])}"
    return _depth(line), f"text {quote(line.strip())}"


def _named_line(id: str, role: str, name: str) -> str:
    told = f"{our_role(role)} {quote(name)}" if name.strip() else our_role(role)
    return f"[{id}] {told}" if id else told


def _whole_line(tag: str, id: str, about: str, inner: str | None) -> str:
    """An element with its attributes and its text, which is an input's value; a type among them is no name."""
    told = " ".join(_ATTRIBUTE.sub(r"\1", about).split())
    if tag != "input":
        return _named_line(id, tag, inner or told)
    kind, _, hint = told.partition(" ") if told.split(" ")[0] in _INPUTS else ("text", "", told)
    role = kind if kind in ("checkbox", "radio") else tag
    return _named_line(id, role, hint) + (f" value={quote(inner)}" if inner else "")


def _depth(indent: str) -> int:
    blank = indent[: len(indent) - len(indent.lstrip())]
    return min(DEEPEST, blank.count("\t") + blank.count(" ") // 2)


def our_role(role: str) -> str:
    """The role as our text has it."""
    plain = role.lower().replace("_", "-")
    return _ROLES.get(plain, plain)


def _told(rest: str) -> str:
    """Name, attributes and flags."""
    name, properties = _named(rest.strip())
    told = f" {quote(name)}" if name else ""
    flags = []
    for key, value in _PROPERTY.findall(properties):
        plain, is_true = key.lower(), value.strip("'\"").lower() == "true"
        if plain in _KEPT and f" {_KEPT[plain]}=" not in told:
            told += f" {_KEPT[plain]}={quote(value.strip(chr(39) + chr(34)))}"
        elif plain in _FLAGS and is_true:
            flags.append(_FLAGS[plain])
        elif plain in _EITHER:
            flags.extend(one for one in (_EITHER[plain][0 if is_true else 1],) if one)
    flags += [_FLAGS[word.lower()] for word in _BARE_FLAG.findall(properties) if word.lower() in _FLAGS]
    return told + "".join(f" {flag}" for flag in dict.fromkeys(flags))


def _named(rest: str) -> tuple[str, str]:
    """(name, what follows it). The name ends at the last quotation mark after which only properties follow."""
    if not rest or rest[0] not in "'\"":
        return "", rest
    mark = rest[0]
    ends = [at for at, char in enumerate(rest) if char == mark and at]
    for at in ends if len(ends) <= 2 * TRIED else (*ends[:TRIED], *ends[-TRIED:]):
        after = rest[at + 1 :]
        if not after.strip() or (after[0] in " ," and not _BARE_FLAG.sub("", _PROPERTY.sub("", after)).strip(" ,'\"")):
            return rest[1:at], after
    return rest[1:], ""


def _stepped(lines: list[tuple[int, str]]) -> Iterator[str]:
    """Each line no more than one level deeper than the one before, for so our text has it."""
    last = -1
    for depth, line in lines:
        last = min(depth, last + 1)
        yield f"{'  ' * last}{line}"
