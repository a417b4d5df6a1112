"""R1 navigate: addresses, back and forward, and clicks on links, tabs and menu entries that only change the page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from labeling.model import Source
from labeling.rules.page import TEXT_FIELDS, came_up
from labeling.rules.scene import Moment, Proposal, Scene, in_words

RULE = "R1"
ADDRESS, LINK, MENU, TAB, IN_PLACE = 0.95, 0.8, 0.75, 0.75, 0.6
"""Prior confidence: an address or history step, a link, an entry of a menu, a tab, what shows something in place."""

MOST, ANEW = 2 / 3, 1 / 4
"""Share of what a page says that is gone when a list gave way to a view, and when the page of a list was turned."""

_PAGING = re.compile(r"^\W*(next|previous|prev|back|older|newer|page \d+|\d+)( page)?\W*$", re.IGNORECASE)
_LINKS = frozenset({"link", "menuitem", "treeitem", "tab"})
_ROWS = frozenset({"listitem", "row", "treeitem", "text", "heading", "cell", "gridcell"})
_ENTRIES = frozenset({"menuitem", "listitem", "link", "option", "text"})
_DIALOGS = frozenset({"dialog", "alertdialog", "form"})
_MENUS = frozenset({"navigation", "menu", "menubar", "list", "banner", "complementary", "toolbar"})
MOST_OPENERS = 3
_WORDS = {"go_back": "back", "go_forward": "forward", "reload": "reload"}


def navigate(scene: Scene, start: int) -> Proposal | None:
    """One change of place."""
    return (
        _address(scene, start)
        or _tab(scene, start)
        or _link(scene, start)
        or _menu(scene, start)
        or _in_place(scene, start)
    )


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
    """Clicks or hovers that only bring up the entry that is clicked next, which opens another page or a dialog."""
    opener = scene.moments[start]
    known = {(node.role, node.name) for node in opener.before.nodes}
    index = start
    while (moment := scene.at(index)) is not None and index - start < MOST_OPENERS and _opens(moment):
        index = scene.skip(index + 1, lambda m: m.action.name == "scroll")
        entry = scene.at(index)
        if entry is None or entry.target is None or (entry.role, entry.name) in known:
            return None
        led = _led(scene, index, entry) if entry.is_click else ""
        if led:
            evidence = f"opened ‘{opener.label}’ and clicked ‘{entry.label}’ in it, {led}"
            return _proposal(start, index, entry, entry.label, "element_name", evidence, MENU)
    return None


def _opens(moment: Moment) -> bool:
    """A click or hover on something that stays where it is, as what opens a menu does."""
    if moment.moved or moment.target is None or moment.target.id not in moment.after.by_id:
        return False
    return (moment.is_click and moment.role in ("button", "menuitem")) or moment.action.name == "hover"


def _led(scene: Scene, index: int, entry: Moment) -> str:
    """What followed from an entry of a menu, in words; '' if nothing that makes it one."""
    if _leads_away(entry):
        return "and the page's address changed"
    if entry.role not in _ENTRIES or entry.moved or entry.target is None or entry.target.id in entry.after.by_id:
        return "and that was the end" if entry.role == "menuitem" and index == len(scene) - 1 else ""
    new = {role for role, _ in came_up(entry.before, entry.after)}
    return "which brought up a dialog" if new & _DIALOGS or ("heading" in new and new & TEXT_FIELDS) else ""


def _in_place(scene: Scene, start: int) -> Proposal | None:
    """A link that shows something else at the same address, or an entry of a list that its click replaces by a view."""
    moment = scene.moments[start]
    if not moment.is_click or not moment.name or moment.moved or _folds(scene, start):
        return None
    if moment.role == "link" and (_gone(moment) > 0 or start == len(scene) - 1):
        evidence = f"clicked the link ‘{moment.label}’; the address stayed"
    elif _of_menu(moment) and _other_heading(moment):
        evidence = f"clicked ‘{moment.label}’ of a menu that stayed, and the page's heading was another afterwards"
    elif moment.role in _ROWS and _gone(moment) > MOST:
        evidence = f"clicked ‘{moment.label}’ in a list, and most of the page was another afterwards"
    elif moment.role in _ROWS and (_other_heading(moment) or _headed(moment)):
        evidence = f"clicked ‘{moment.label}’, and the page's heading was another afterwards"
    else:
        return None
    words = re.sub(r"^\W+", "", moment.label)  # a picture of a folder before its name is not part of it
    place = words if scene.says(words) and moment.role in _ROWS else moment.label
    return _proposal(start, start, moment, place, "element_name", evidence, IN_PLACE)


def _folds(scene: Scene, start: int) -> bool:
    """Whether a second click on the same takes away what the first one showed in place."""
    moment, before, later = scene.moments[start], scene.at(start - 1), scene.at(start + 1)
    pairs = ((before, moment), (moment, later))
    return any(
        one is not None and two is not None and one.is_click and two.is_click and one.same_target(two)
        and not came_up(one.before, two.after) and not came_up(two.after, one.before)
        for one, two in pairs
    )  # fmt: skip


def _of_menu(moment: Moment) -> bool:
    """A button that stands with others in a menu, and is there with them afterwards."""
    page, target = moment.before, moment.target
    if moment.role != "button" or target is None or target.id not in moment.after.by_id:
        return False
    box = page.nearest(target, _MENUS) if target.id in page.by_id else None
    others = [one for one in page.inside(box) if one.role == "button"] if box is not None else []
    return len(others) > 1 and all(one.id in moment.after.by_id for one in others)


def _other_heading(moment: Moment) -> bool:
    """Whether none of the page's headings is still there, and others are."""
    before, after = ({n.name for n in page.nodes if n.role == "heading"} for page in (moment.before, moment.after))
    return bool(before and after) and not before & after


def _headed(moment: Moment) -> bool:
    """Whether the clicked words came up as a heading, as when a record is opened beside its list."""
    new = came_up(moment.before, moment.after)
    return any(role == "heading" and in_words(moment.label, name) for role, name in new)


def turned(scene: Scene, calls: Sequence[Proposal]) -> Iterator[Proposal]:
    """The calls with `navigate` for each own click that turns the page of a list or of a wizard."""
    free = 0
    for call in (*calls, None):
        end = call.first if call is not None else len(scene)
        for index in range(free, end):
            moment = scene.moments[index]
            if _turns(moment) and not (index == free and free and _sets(calls, index - 1)):
                evidence = f"pressed ‘{moment.label}’, and the list or page went on"
                yield _proposal(index, index, moment, moment.label, "element_name", evidence, IN_PLACE)
        if call is not None:
            yield call
            free = call.last + 1


def _sets(calls: Sequence[Proposal], index: int) -> bool:
    """Whether a field was set just before: then the click sends it."""
    return any(call.last == index and call.policy in ("fill_text", "select_option", "choose_date") for call in calls)


def _turns(moment: Moment) -> bool:
    return moment.is_click and moment.role == "button" and bool(_PAGING.match(moment.name)) and _gone(moment) > ANEW


def _gone(moment: Moment) -> float:
    """The share of what the page said that it does not say afterwards."""
    before, after = (
        {(node.role, node.name) for node in page.nodes if node.name} for page in (moment.before, moment.after)
    )
    return len(before - after) / len(before) if before and after else 0.0


def _leads_away(moment: Moment) -> bool:
    """A click on a link whose name says where it leads, after which the address is another.

    One of several that are called the same and stand alike is one of a list of buttons; the same words in the menu and
    in the path above the page are not.
    """
    target = moment.target
    if not moment.is_click or target is None or moment.role not in _LINKS or not moment.moved or not moment.name:
        return False
    alike = (n for n in moment.before.nodes if (n.role, n.name, n.depth) == (target.role, target.name, target.depth))
    return sum(1 for _ in alike) < 2


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
