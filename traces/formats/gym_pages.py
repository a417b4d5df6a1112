"""What BrowserGym says a page was: its text, address, title, boxes and picture, in whichever of its forms."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from typing import Any

from traces.axtree import our_role, read_tree
from traces.formats.foreign import text_of
from traces.formats.source import Source, mapping_of, number_of
from traces.model import Box
from traces.observation_text import quote

TEXTS = ("axtree_txt", "axtree_pruned", "axtree", "accessibility_tree", "text", "observation")
_ROLE = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,40}")
_SILENT = frozenset({"none", "generic", "inlinetextbox", "linebreak", "presentation", ""})
_FLAGS = frozenset({"focused", "disabled", "selected", "required", "readonly", "multiline"})
MOST_NODES = 20_000
DEEPEST = 60


def page_text(seen: Mapping[str, Any]) -> tuple[str, str]:
    """(our text, title) of what was seen; empty where nothing of it is a text."""
    tree = mapping_of(seen.get("axtree_object")).get("nodes")
    text = next((seen[name] for name in TEXTS if isinstance(seen.get(name), str) and seen[name].strip()), "")
    if not text and isinstance(tree, list):
        return "\n".join(_lines(tree)), _title(seen)
    ours, title = read_tree(text)
    return ours, _title(seen) or title


def page_url(seen: Mapping[str, Any]) -> str:
    """The address of the page in front."""
    return text_of(seen.get("url")) or _of_tabs(seen, "open_pages_urls")


def boxes(seen: Mapping[str, Any]) -> dict[str, Box]:
    """The boxes of elements, where it says them."""
    found = {}
    for element, facts in list(mapping_of(seen.get("extra_element_properties")).items())[:MOST_NODES]:
        sizes = mapping_of(facts).get("bbox")
        numbers = [number_of(one) for one in sizes] if isinstance(sizes, list) and len(sizes) == 4 else [None]
        if all(one is not None for one in numbers):
            x, y, width, height = (float(one or 0.0) for one in numbers)
            found[element] = Box(x=x, y=y, width=max(0.0, width), height=max(0.0, height))
    return found


def picture(seen: Mapping[str, Any], source: Source) -> tuple[bytes | None, str | None]:
    """(the picture's bytes, why there are none): from a data address, base64, or a file beside."""
    given = next((seen[name] for name in ("screenshot", "screenshot_path", "image") if seen.get(name)), None)
    if given is None:
        return None, None
    if not isinstance(given, str):
        return None, "Its picture is written as numbers, which is not read."
    beside = source.beside(given)
    if beside is not None:
        return beside, None
    text = given.partition("base64,")[2] if given.startswith("data:") else given
    try:
        return base64.b64decode(text, validate=True), None
    except (binascii.Error, ValueError):
        return None, f"Its picture {given[:60]!r} is not there."


def _title(seen: Mapping[str, Any]) -> str:
    return text_of(seen.get("title")) or _of_tabs(seen, "open_pages_titles")


def _of_tabs(seen: Mapping[str, Any], name: str) -> str:
    tabs, active = seen.get(name), seen.get("active_page_index", 0)
    number = active[0] if isinstance(active, list) and active else active
    if not isinstance(tabs, list) or not tabs:
        return ""
    place = int(number) if isinstance(number, int | float) and 0 <= number < len(tabs) else 0
    return text_of(tabs[place])


def _lines(nodes: list[Any]) -> Iterator[str]:
    """The lines of an accessibility tree as Chromium gives it, children after their parents, each once."""
    by_id = {text_of(node.get("nodeId")): node for node in nodes if isinstance(node, dict)}
    first = next(iter(by_id), None)
    waiting = [(first, 0)] if first is not None else []
    seen: set[str] = set()
    while waiting and len(seen) < MOST_NODES:
        id, depth = waiting.pop()
        node = by_id.get(id)
        if node is None or id in seen:
            continue
        seen.add(id)
        line = _line(node, f"n{len(seen)}")
        if line:
            yield f"{'  ' * depth}{line}"
        below = node.get("childIds")
        inner = min(DEEPEST, depth + 1) if line else depth
        waiting += [(child, inner) for child in reversed(below if isinstance(below, list) else []) if _is_id(child)]


def _is_id(value: object) -> bool:
    return isinstance(value, str)


def _line(node: Mapping[str, Any], id: str) -> str:
    """One element as our text; '' for what says nothing."""
    role = text_of(mapping_of(node.get("role")).get("value"))
    name = " ".join(str(mapping_of(node.get("name")).get("value") or "").split())
    if node.get("ignored") or (role.lower() in _SILENT and not name):
        return ""
    bid = text_of(node.get("browsergym_id")) or id
    plain = "".join(char for char in bid if char not in "[] \t\n")[:40] or id
    flags = [one for one in _properties(node) if one in _FLAGS]
    told = our_role(role) if _ROLE.fullmatch(role) else "generic"
    return f"[{plain}] {told} {quote(name)}" + "".join(f" {flag}" for flag in dict.fromkeys(flags))


def _properties(node: Mapping[str, Any]) -> Iterator[str]:
    listed = node.get("properties")
    for one in listed if isinstance(listed, list) else ():
        if mapping_of(mapping_of(one).get("value")).get("value") in (True, "true"):
            yield text_of(mapping_of(one).get("name"))
