"""Two looks at what may be the same page: whether they are, what differs, and an action in the ids of the other."""

from __future__ import annotations

import difflib
import re
from urllib.parse import urlsplit

from analysis.signals.course import Page, Pages
from traces.actions import Action
from traces.model import Observation

PATIENCE_S = 3.0
"""How long a page has to become what it was."""
MOST_LINES = 80
"""Lines that differ, at most so many are told."""
_ID = re.compile(r"^(\s*)\[[^\]]*\] ")


def same(then: Observation, now: Observation, ours: bool) -> bool:
    """Whether every element is as it was; on a site of `ours` the port does not count."""
    return read_page(then, ours).key == read_page(now, ours).key


def read_page(seen: Observation, ours: bool = False) -> Page:
    """The page, read; a site of ours is on another port each time."""
    url = urlsplit(seen.url)._replace(scheme="", netloc="").geturl() if ours else seen.url
    return Pages(lambda _: seen.model_copy(update={"url": url})).page("")


def here(action: Action, before: Observation, after: Observation, ours: bool) -> Action | None:
    """The action with the ids of the page as it is now; None where its element is not there.

    On equal pages elements stand at equal places; on others an element is the only one of its role and name.
    """
    then, now = read_page(before), read_page(after)
    at = {node.id: place for place, node in enumerate(then.nodes)}
    args = list(action.args)
    if action.name in ("goto", "new_tab") and args and ours:
        args[0] = _moved(args[0], before.url, after.url)
    for number in (0, 1) if action.name == "drag" else (0,) if action.element is not None else ():
        place = at.get(args[number])
        if place is None:
            return None
        node = then.nodes[place]
        alike = [one for one in now.nodes if (one.role, one.name) == (node.role, node.name)]
        among = [one for one in then.nodes if (one.role, one.name) == (node.role, node.name)]
        if len(alike) != len(among):
            return None
        args[number] = alike[among.index(node)].id
    return Action(action.name, tuple(args))


def _moved(address: str, then: str, now: str) -> str:
    """An address on a site of ours, where the site is now."""
    parts = urlsplit(address)
    there = parts.netloc == urlsplit(then).netloc
    return parts._replace(netloc=urlsplit(now).netloc).geturl() if there else address


def differing(then: Observation, now: Observation, ours: bool) -> tuple[str, ...]:
    """What differs, without the elements' ids, which say nothing from one time to the next."""
    address = [] if ours or then.url == now.url else [f"- {then.url}", f"+ {now.url}"]
    before, after = ([_ID.sub(r"\1", line) for line in seen.text.split("\n")] for seen in (then, now))
    changed = difflib.unified_diff(before, after, n=0, lineterm="")
    found = [f"{line[0]} {line[1:]}" for line in changed if line[:1] in "+-" and line[:3] not in ("+++", "---")]
    return (*address, *found[:MOST_LINES])
