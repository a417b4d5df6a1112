"""R6 fill_text: typing into one field, with the click that focused it, corrections, and the suggestion that was taken.

Searching and dates are asked about before this rule; what is left of typing is filling in a text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

from labeling.clocks import times_in
from labeling.model import Argument
from labeling.rules.naming import field_argument
from labeling.rules.page import TEXT_FIELDS
from labeling.rules.scene import SENDING, Moment, Proposal, Scene, in_words, is_scroll

RULE = "R6"
SHOWN, TAKEN, UNSEEN, CONTRADICTED = 0.95, 0.9, 0.8, 0.5
"""Prior confidence: the field shows the text, a suggestion was taken, the field is gone, it shows another text."""

_PICKS = frozenset({"option", "menuitem", "listitem", "row", "gridcell", "cell", "link", "text", "button"})
_EDITING = frozenset({"backspace", "delete", "control+a", "home", "end", "shift+home"})
_LEAVING = frozenset({"enter", "tab", "escape"})
SLIP = 0.75
"""How alike two texts are of which the second mends the first."""
_LETTERS = re.compile(r"\b(?:upper|lower)[ -]?case\b|\bcapital letters\b|\bcapitals\b", re.IGNORECASE)
"""An objective that asks for upper or lower case: a text is then called as it was typed."""
_TAB = frozenset({"tab"})
_CHOOSING = frozenset({"arrowdown", "arrowup"})
_SET = frozenset({"slider"})
"""Fields that hold a text nobody writes: setting them is their caller's own step."""


@dataclass(frozen=True)
class Typing:
    """Typing into one field: positions of the first and last step, of the last `type`, and of a suggestion taken."""

    first: int
    typed: int
    last: int
    suggestion: int | None = None


def fill_text(scene: Scene, start: int) -> Proposal | None:
    """A field that was given a text, from the focusing click to the suggestion or key that finished it."""
    typing = read_typing(scene, start)
    if typing is None:
        return _behind(scene, start)
    if scene.moments[typing.typed].role in _SET:
        return None
    moment = scene.moments[typing.typed]
    text = _text_argument(scene, typing)
    if not text.value and not _emptied(moment):
        return None
    confidence, seen = _after_state(scene, typing)
    return Proposal(
        first=start,
        last=typing.last,
        policy="fill_text",
        args=(field_argument(scene, moment, scene.moments[typing.last].after), text),
        rule=RULE,
        evidence=f"typed {moment.action.args[1]!r} into {moment.role} ‘{moment.label}’; {seen}",
        confidence=confidence,
        anchor=moment.target,
        page=moment.before,
    )


def _emptied(moment: Moment) -> bool:
    """Whether what a field held was taken out of it."""
    return moment.target is not None and bool(moment.target.value) and moment.value_after() == ""


def _behind(scene: Scene, start: int) -> Proposal | None:
    """A field that opens another one to type into and takes its value from there, as on pages for telephones."""
    opener = scene.moments[start]
    typing = read_typing(scene, start + 1) if opener.is_click and start + 1 < len(scene) else None
    if typing is None or typing.suggestion is None or opener.target is None:
        return None
    moment, last = scene.moments[typing.typed], scene.moments[typing.last]
    if moment.target is None or moment.target.id in opener.before.by_id:
        return None
    taken, shown = " ".join(last.name.split()), last.after.by_id.get(opener.target.id)
    words = (shown.value, shown.name, *(one.name for one in last.after.inside(shown))) if shown is not None else ()
    if not taken or not any(taken.casefold() in word.casefold() for word in words):
        return None
    return Proposal(
        first=start,
        last=typing.last,
        policy="fill_text",
        args=(field_argument(scene, opener, last.after), _text_argument(scene, typing)),
        rule=RULE,
        evidence=f"opened ‘{opener.label}’, typed {moment.action.args[1]!r} and took ‘{taken}’; it shows that now",
        confidence=TAKEN,
        anchor=opener.target,
        page=opener.before,
    )


def read_typing(scene: Scene, start: int) -> Typing | None:
    """The run of steps from `start` on that put a text into one field, or None."""
    opener = scene.moments[start]
    following = scene.at(start + 1)
    if is_key(opener, _TAB) and following is not None and _is_field_typing(following):
        start, opener = start + 1, following  # a Tab between two fields is the second one's
    first_type = start
    if opener.is_click and opener.role in TEXT_FIELDS:
        first_type = scene.skip(start, lambda m: is_key(m, _EDITING) or (m.is_click and m.same_target(opener)))
    moment = scene.at(first_type)
    if moment is None or moment.action.name != "type" or (first_type > start and not moment.same_target(opener)):
        return None
    typed = _last_type(scene, first_type)
    suggestion = _suggestion(scene, start, typed)
    if suggestion is not None:
        return Typing(start, typed, suggestion, suggestion)
    return Typing(start, typed, _finish(scene, typed))


def _is_field_typing(moment: Moment) -> bool:
    return moment.action.name == "type" and moment.role in TEXT_FIELDS


def _last_type(scene: Scene, first: int) -> int:
    """Typing again into the same field corrects what was typed before; keys that edit may come between."""
    field, typed, index = scene.moments[first], first, first + 1
    while (moment := scene.at(index)) is not None:
        if moment.action.name == "type" and moment.same_target(field):
            if is_sent(scene.moments[typed], moment.action.args[1]):
                break
            typed = index
        elif _completed(scene.moments[typed], moment) or not (
            is_key(moment, _EDITING)
            or (moment.is_click and moment.same_target(field))
            or _marks_up(scene, index, scene.moments[typed])
        ):
            break
        index += 1
    return typed


def is_sent(typed: Moment, following: str) -> bool:
    """Whether what was typed went somewhere by Enter and left its field empty; a slip typed again is not meant."""
    written = typed.action.args[1]
    if typed.action.args[2:] != ("1",) or typed.value_after():
        return False
    return SequenceMatcher(None, written, following).ratio() < SLIP


def _marks_up(scene: Scene, index: int, field: Moment) -> bool:
    """A button of an editor: nothing comes or goes by it, and the typing goes on where it was."""
    moment, following = scene.moments[index], scene.at(index + 1)
    if not moment.is_click or moment.role not in ("button", "img") or following is None or moment.moved:
        return False
    if SENDING.search(moment.name):
        return False
    if following.action.name != "type" or not following.same_target(field):
        return False
    written = field.value_after() or ""
    same = set(moment.before.by_id) == set(moment.after.by_id)
    return same and bool(written.strip()) and following.action.args[1].startswith(written.strip())


def _suggestion(scene: Scene, start: int, typed: int) -> int | None:
    """A click on something that typing brought up, or on an option, that fits the text."""
    index = scene.skip(typed + 1, lambda m: is_scroll(m) or is_key(m, _CHOOSING))
    moment = scene.at(index)
    if moment is None or not moment.is_click or moment.target is None:
        return None
    if _completed(scene.moments[typed], moment):
        return index
    if moment.role not in _PICKS:
        return None
    is_new = moment.target.id not in scene.moments[start].before.by_id
    is_option = moment.role == "option"
    fits = scene.moments[typed].action.args[1].casefold() in moment.name.casefold()
    return index if is_new + is_option + fits >= 2 else None


def _completed(typed: Moment, click: Moment) -> bool:
    """Whether a click in the field itself, whose suggestions are no elements, put another value for what was typed."""
    was, now = typed.value_after(), click.value_after()
    return click.same_target(typed) and bool(now) and now != was and in_words(now or "", click.name)


def _finish(scene: Scene, typed: int) -> int:
    """Keys that choose a suggestion or leave the field belong to it."""
    last = typed
    while (moment := scene.at(last + 1)) is not None:
        following = scene.at(last + 2)
        if not is_key(moment, _CHOOSING | _LEAVING):
            break
        if is_key(moment, _TAB) and following is not None and _is_field_typing(following):
            break  # the next field's
        last += 1
        if is_key(moment, _LEAVING):
            break
    return last


def is_key(moment: Moment, keys: frozenset[str]) -> bool:
    """Whether the step pressed one of these keys."""
    return moment.keys.lower() in keys


def chosen_value(scene: Scene, typing: Typing) -> str | None:
    """What the field was made to hold in place of what was typed: by a suggestion, or by the page itself."""
    last, field = scene.moments[typing.last], scene.moments[typing.typed]
    if typing.suggestion is not None:
        return " ".join(((last.value_after() if last.same_target(field) else None) or last.name).split())
    node = last.after.by_id.get(field.target.id) if field.target else None
    value = " ".join(node.value.split()) if node is not None and "secret" not in node.flags else ""
    typed = field.action.args[1].strip()
    if not value or value.casefold() == typed.casefold():
        return None
    picked = any(is_key(m, _CHOOSING) for m in scene.moments[typing.typed : typing.last + 1])
    return value if picked or _completes(value, typed) else None


def _completes(value: str, typed: str) -> bool:
    """Whether the page may have put the value for what was typed: it has its letters, as a name has its code."""
    return any(character.isalpha() for character in typed) and typed.casefold() in value.casefold()


def _text_argument(scene: Scene, typing: Typing) -> Argument:
    """The text as the objective has it where it does: a part of what was taken, what was typed, else what was taken."""
    moment = scene.moments[typing.typed]
    typed, chosen = moment.action.args[1], chosen_value(scene, typing)
    if chosen is None:
        as_said = None if _LETTERS.search(scene.objective) else scene.as_said(typed)
        said = _time_said(scene, typed) or as_said or scene.spaced(typed)
        return moment.argument("text", said or typed, "objective" if said and said != typed else "step_value")
    shared = scene.longest_said(chosen)
    if shared is not None:
        return moment.argument("text", shared, "objective")
    if scene.says(typed) and (in_words(typed, chosen) or _is_quoted_beginning(scene, typed, chosen)):
        return moment.argument("text", typed, "step_value")
    return scene.moments[typing.last].argument("text", chosen, "element_name")


def _is_quoted_beginning(scene: Scene, typed: str, chosen: str) -> bool:
    """Whether all that was asked for is a beginning: ‘what starts with "Par"’ of Paraguay."""
    asked = re.search(rf"[\"“‘']{re.escape(typed.strip())}[\"”’']", scene.objective, re.IGNORECASE)
    return asked is not None and chosen.casefold().startswith(typed.strip().casefold())


def _time_said(scene: Scene, typed: str) -> str | None:
    """How the objective writes a time that was typed as a clock of 24 hours shows it: ‘8:04 PM’ for 20:04."""
    clock = re.fullmatch(r"(\d{1,2}):(\d\d)", typed.strip())
    if clock is None:
        return None
    wanted = f"{int(clock[1]):02}:{clock[2]}"
    return next((written for written, shown in times_in(scene.objective) if shown == wanted), None)


def _after_state(scene: Scene, typing: Typing) -> tuple[float, str]:
    """Confidence by what the field shows in the end, and that in words."""
    field, last = scene.moments[typing.typed], scene.moments[typing.last]
    if typing.suggestion is not None:
        return TAKEN, f"then took ‘{last.name}’, which typing had brought up"
    node = last.after.by_id.get(field.target.id) if field.target and not last.moved else None
    if node is None:
        return UNSEEN, "the field is no longer there afterwards"
    typed = field.action.args[1]
    if node.value == typed or "secret" in node.flags or chosen_value(scene, typing) is not None:
        return SHOWN, "the field shows it afterwards"
    if typed.casefold() in node.value.casefold():
        return TAKEN, f"the field shows {node.value!r} afterwards"
    return CONTRADICTED, f"but the field shows {node.value!r} afterwards"
