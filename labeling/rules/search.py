"""R5 search: a query typed into a search field and sent, by Enter or by the button beside it.

A field is a search field by its role or name; failing that, by being the only field beside a button named like search.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

from labeling.model import Argument
from labeling.rules.page import FIELDS, FORMS
from labeling.rules.scene import Moment, Proposal, Scene, is_scroll
from labeling.rules.text import Typing, read_typing

RULE = "R5"
NAMED, LONE, UNSENT = 0.9, 0.75, 0.65
"""Prior confidence: a search field that was sent, a lone field beside a search button, a search field never sent."""

_FIELD = re.compile(r"\b(search|find|look ?up|query)\b", re.IGNORECASE)
_BUTTON = re.compile(r"^(search|find|go|look ?up|filter|apply)\b", re.IGNORECASE)
_BUTTONS = frozenset({"button", "link", "img", "text"})


def search(scene: Scene, start: int) -> Proposal | None:
    """A search field that was given a query."""
    typing = read_typing(scene, start)
    if typing is None:
        return None
    moment = scene.moments[typing.typed]
    query = moment.action.args[1].strip()
    sent, how = _sent(scene, typing)
    if typing.suggestion is not None and scene.moments[typing.suggestion].moved:
        return _opened(scene, start, typing)
    named, alone = _is_search_field(moment), moment.role != "spinbutton" and _is_alone(moment)
    if not query or not (named or (alone and ("pressed ‘" in how or _asked(scene.moments[sent], moment, query)))):
        return None
    what = "a search field" if named else "the only field here"
    return Proposal(
        first=start,
        last=sent,
        policy="search",
        args=(_query(scene, moment, query),),
        rule=RULE,
        evidence=f"typed {query!r} into ‘{moment.label}’, {what}; {how}",
        confidence=(NAMED if named else LONE) if sent > typing.typed or _entered(moment) else UNSENT,
        anchor=moment.target,
        page=moment.before,
    )


def _opened(scene: Scene, start: int, typing: Typing) -> Proposal:
    """What was looked for, opened from what typing brought up."""
    moment, last = scene.moments[typing.typed], scene.moments[typing.last]
    query = moment.action.args[1].strip()
    return Proposal(
        first=start,
        last=typing.last,
        policy="search",
        args=(_query(scene, moment, query),),
        rule=RULE,
        evidence=f"typed {query!r} into ‘{moment.label}’ and opened ‘{last.name}’, which that had brought up",
        confidence=NAMED,
        anchor=moment.target,
        page=moment.before,
    )


def _is_search_field(moment: Moment) -> bool:
    return moment.role == "searchbox" or _FIELD.search(moment.label) is not None


def _is_alone(moment: Moment) -> bool:
    """Whether nothing else can be filled in the same form (or, without a form, on the page)."""
    if moment.target is None:
        return False
    form = moment.before.nearest(moment.target, FORMS)
    around = moment.before.inside(form) if form else moment.before.nodes
    return sum(node.role in FIELDS for node in around) == 1


def _query(scene: Scene, moment: Moment, query: str) -> Argument:
    said = scene.as_said(query)
    return moment.argument("query", said or query, "objective" if said and said != query else "step_value")


def _asked(sent: Moment, moment: Moment, query: str) -> bool:
    """Whether Enter asked the page for something: its address has the words now, or the field keeps them elsewhere."""
    if "secret" in (moment.target.flags if moment.target else ()):
        return False
    words = {value for values in parse_qs(urlsplit(sent.after.url).query).values() for value in values}
    if query in words:
        return True
    kept = [node for node in sent.after.nodes if node.role == moment.role and node.value == query]
    return sent.moved and bool(kept)


def _sent(scene: Scene, typing: Typing) -> tuple[int, str]:
    """Position of the step that sent the query, and how in words."""
    if _entered(scene.moments[typing.typed]) or scene.moments[typing.last].keys.lower() == "enter":
        return typing.last, "sent it with Enter"
    index = scene.skip(typing.last + 1, is_scroll)
    button = scene.at(index)
    if button is not None and button.is_click and button.role in _BUTTONS and _BUTTON.match(button.name):
        return index, f"then pressed ‘{button.name}’"
    return typing.last, "what is listed follows the typing"


def _entered(moment: Moment) -> bool:
    return moment.action.args[2:] == ("1",)
