"""R1 navigate: addresses, back and forward, and clicks on links, tabs and menu entries that only change the page."""

from __future__ import annotations

from labeling.model import Source
from labeling.rules.scene import Moment, Proposal, Scene

RULE = "R1"
ADDRESS, LINK, MENU, TAB = 0.95, 0.8, 0.75, 0.75
"""Prior confidence: an address or history step, a link, an entry of a menu opened for it, a tab."""

_LINKS = frozenset({"link", "menuitem", "treeitem", "tab"})
_WORDS = {"go_back": "back", "go_forward": "forward", "reload": "reload"}


def navigate(scene: Scene, start: int) -> Proposal | None:
    """One change of place."""
    return _address(scene, start) or _tab(scene, start) or _link(scene, start) or _menu(scene, start)


def _address(scene: Scene, start: int) -> Proposal | None:
    moment = scene.moments[start]
    if moment.action.name == "goto":
        place = moment.action.args[0]
        return _proposal(start, start, moment, place, "step_value", f"opened the address {place}", ADDRESS)
    word = _WORDS.get(moment.action.name)
    if word is None:
        return None
    return _proposal(start, start, moment, word, "inferred", f"used the browser's {word}", ADDRESS)


def _tab(scene: Scene, start: int) -> Proposal | None:
    moment = scene.moments[start]
    if not moment.is_click or moment.role != "tab" or not moment.label:
        return None
    return _proposal(start, start, moment, moment.label, "element_name", f"clicked the tab ‘{moment.label}’", TAB)


def _link(scene: Scene, start: int) -> Proposal | None:
    moment = scene.moments[start]
    if not _leads_away(moment):
        return None
    evidence = f"clicked the {moment.role} ‘{moment.label}’, and the page's address changed"
    return _proposal(start, start, moment, moment.label, "element_name", evidence, LINK)


def _menu(scene: Scene, start: int) -> Proposal | None:
    """A click or hover that only brings up the entry that is clicked next."""
    opener = scene.moments[start]
    index = scene.skip(start + 1, lambda m: m.action.name == "scroll")
    entry = scene.at(index)
    opens = (opener.is_click and opener.role in ("button", "menuitem")) or opener.action.name == "hover"
    if not opens or opener.moved or entry is None or not _leads_away(entry) or entry.target is None:
        return None
    if entry.target.id in opener.before.by_id:
        return None
    evidence = f"opened ‘{opener.label}’ and clicked ‘{entry.label}’ in it, and the page's address changed"
    return _proposal(start, index, entry, entry.label, "element_name", evidence, MENU)


def _leads_away(moment: Moment) -> bool:
    """A click on a link that no other has the name of: its name says where it leads."""
    if not moment.is_click or moment.role not in _LINKS or not moment.moved or not moment.name:
        return False
    return sum(node.role == moment.role and node.name == moment.name for node in moment.before.nodes) < 2


def _proposal(
    first: int, last: int, moment: Moment, place: str, source: Source, evidence: str, confidence: float
) -> Proposal:
    return Proposal(
        first=first,
        last=last,
        policy="navigate",
        args=(moment.argument("place", place, source),),
        rule=RULE,
        evidence=evidence,
        confidence=confidence,
    )
