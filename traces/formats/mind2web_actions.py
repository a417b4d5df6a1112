"""What results of Online-Mind2Web say was done, in our words: four ways of writing it are in use.

Words (`Click at (12, 30)`), arrows with the element first (SeeAct's `[button] Search -> CLICK`), the benchmark's
grammar A (`CLICK coords(12, 30) -> open the menu | SUCCESS`) and B (`click_at(x=12, y=30)`). All else is a note.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from traces.actions import Action
from traces.formats.gym_actions import python_calls
from traces.formats.playwright_actions import selector_kept
from traces.model import Target

_POINT = re.compile(
    r"^(?:double[- ])?(?:click|tap|press)\w* (?:at|on) \((-?\d+(?:\.\d+)?), *(-?\d+(?:\.\d+)?)\)$", re.I
)
_COORDS = re.compile(r"^coords\( *(-?\d+(?:\.\d+)?) *, *(-?\d+(?:\.\d+)?) *\)$", re.I)
_SCROLL = re.compile(r"delta_x=(-?\d+).*?delta_y=(-?\d+)", re.I)
_ENDED = re.compile(r"\s*\|\s*(SUCCESS|FAILED|FAILURE|ERROR)\s*$", re.I)
_MOVED = re.compile(r"\s*\bURL: \S* ?-> ?(\S+)\s*$")
_ADDRESS = re.compile(r"\bhttps?://[^\s'\"|>]+")
_QUOTED = re.compile(r"(?<!\w)(?:'([^'\n]+)'|\"([^\"\n]+)\"|‘([^’\n]+)’|“([^”\n]+)”)(?!\w)")
_ROLE = re.compile(r"^[\[<]([A-Za-z][A-Za-z0-9 _-]{0,60})(?:\s[^\]>]*)?[\]>]\s*(.*)$", re.DOTALL)
_KEY = re.compile(r"\bpress(?:ed|ing)?\s+(?:the\s+)?([A-Za-z0-9]+(?:\+[A-Za-z0-9]+)*)", re.I)
_WAY = re.compile(r"\b(up|down|left|right)\b", re.I)
_VERBS = {
    "CLICK": "click",
    "DOUBLE_CLICK": "dblclick",
    "TAP": "click",
    "HOVER": "hover",
    "TYPE": "type",
    "FILL": "type",
    "SELECT": "select",
    "PRESS_KEY": "press",
    "PRESS": "press",
    "PRESS_ENTER": "press",
    "SCROLL": "scroll",
    "NAVIGATE": "goto",
    "GOTO": "goto",
    "GO_BACK": "go_back",
    "GO_FORWARD": "go_forward",
    "REFRESH": "reload",
    "NEW_TAB": "new_tab",
    "CLOSE_TAB": "close_tab",
    "TASK_COMPLETE": "stop",
    "TERMINATE": "stop",
}
_SEEACT = re.compile(
    rf"(.*) -> ({'|'.join(sorted((name.replace('_', '[ _]') for name in _VERBS), key=len, reverse=True))})(?::(.*))?\Z",
    re.DOTALL,
)
_KEYS = {
    "cmd": "Meta",
    "ctrl": "Control",
    "del": "Delete",
    "esc": "Escape",
    "pagedown": "PageDown",
    "pageup": "PageUp",
    "return": "Enter",
    **{f"arrow{way}": f"Arrow{way.capitalize()}" for way in ("up", "down", "left", "right")},
}
_BY_POINT = {"click_at": "click_at", "type_at": "type_text", "hover": "hover"}
LONGEST = 20_000


@dataclass(frozen=True)
class Told:
    """An entry in our words; `failed` where it says itself that it had no effect."""

    action: Action
    target: Target | None = None
    failed: bool = False


def told(text: str, url: str = "") -> Told:
    """What an entry says; `url` is the address beside it, of a navigation where it led.

    >>> str(told("[textbox] Where to? -> TYPE: Rome").action)
    'type [Where to?] [Rome]'
    """
    plain = text.strip()[:LONGEST]
    ended = _ENDED.search(plain)
    body = plain[: ended.start()] if ended else plain
    made = _call(body) or _arrows(body, url) or Told(_words(body, plain))
    return Told(made.action, made.target, bool(ended and ended[1].upper() != "SUCCESS"))


def _words(text: str, whole: str) -> Action:
    """Plain English."""
    point, lower = _POINT.match(text), text.lower()
    if point is not None:
        return Action("click_at", (point[1], point[2]))
    if lower.startswith(("navigate to ", "go to ", "goto ", "goto: ")):
        return Action("goto", (text.split(" ")[-1],))
    if lower in ("navigate back", "go back"):
        return Action("go_back")
    if lower in ("navigate forward", "go forward"):
        return Action("go_forward")
    if lower in ("new tab", "close tab"):
        return Action(lower.replace(" ", "_"))
    if lower.startswith("press "):
        return Action("press", (_key(text[6:].strip()),))
    scrolled = _SCROLL.search(text) if lower.startswith("scroll") else None
    if scrolled is not None:
        return Action("scroll", (_way(int(scrolled[1]), int(scrolled[2])),))
    if lower in ("scroll up", "scroll down", "scroll left", "scroll right"):
        return Action("scroll", (lower.split(" ")[1],))
    if lower.startswith("type ") and len(text) > 6 and text[5] in "\"'":
        return Action("type_text", (text[6:].rstrip("\"'"),))
    if lower.partition(":")[0] in ("terminate", "task_complete"):
        return _stop(text.partition(":")[2])
    return Action("note", (whole,))


def _arrows(text: str, url: str) -> Told | None:
    """Grammar A with the verb before or after what it is about, or SeeAct's with its value at the end."""
    first, arrow, rest = text.partition(" -> ")
    if not arrow:
        return None
    verb, about = _headed(first)
    if verb:
        return _meant(verb, about, rest, url, text)
    seen = _SEEACT.match(text)
    if seen is not None:
        return _seen(_spaced(seen[2]), seen[1], (seen[3] or "").strip(), text)
    verb, more, said = rest.partition(" -> ")
    return _meant(_spaced(verb), first, said, url, text) if more and _VERBS.get(_spaced(verb)) else None


def _headed(first: str) -> tuple[str, str]:
    """(verb, what it is about) of a part that begins with a verb in capitals."""
    verb, _, about = first.partition(" ")
    return (verb, about.strip()) if verb in _VERBS else ("", "")


def _meant(verb: str, about: str, said: str, url: str, whole: str) -> Told:
    """Grammar A: what was typed, chosen or pressed stands in the description, where it stands anywhere."""
    name, note = _VERBS[verb], Told(Action("note", (whole,)))
    point, quoted = _COORDS.match(about), _quoted(said)
    place = (float(point[1]), float(point[2])) if point else None
    moved = _MOVED.search(said) or _ADDRESS.search(said)
    match name:
        case "stop":
            return Told(_stop(said.strip().removeprefix("ANSWER:")))
        case "goto":
            to = url or (moved[moved.lastindex or 0].rstrip(".,)") if moved else "")
            return Told(Action("goto", (to,))) if to else note
        case "go_back" | "go_forward" | "reload" | "new_tab" | "close_tab":
            return Told(Action(name))
        case "scroll":
            way = _WAY.search(said)
            return Told(Action("scroll", (way[1].lower(),))) if way else note
        case "press":
            key = _KEY.search(said)
            return Told(Action("press", (_key(key[1]),))) if key else note
        case "click" if place is not None and point is not None:
            return Told(Action("click_at", (point[1], point[2])))
    target = Target(id=None, role="element", name=said[:200], point=place, selectors=selector_kept(about))
    if name in ("type", "select"):
        return Told(Action(name, (about, quoted)), target) if about and quoted is not None else note
    return Told(Action(name, (about,)), target) if about else note


def _seen(verb: str, element: str, value: str, whole: str) -> Told:
    """SeeAct: `[role] name -> VERB: value`."""
    name, known = _VERBS[verb], _ROLE.match(element.strip())
    role, said = (known[1].strip(), known[2].strip()) if known else ("element", element.strip())
    target = Target(id=None, role=role.lower(), name=said[:200])
    if name == "stop":
        return Told(_stop(value))
    if name in ("type", "select"):
        return Told(Action(name, (said, value)), target)
    if name in ("click", "dblclick", "hover"):
        return Told(Action(name, (said,)), target)
    if name in ("go_back", "go_forward", "reload", "new_tab", "close_tab"):
        return Told(Action(name))
    return Told(Action("press", (_key(value or "Enter"),)) if name == "press" else Action("note", (whole,)))


def _call(text: str) -> Told | None:
    """Grammar B, which is one call of a Python function with names."""
    calls = python_calls(text) or []
    if len(calls) != 1:
        return None
    name, args, more = calls[0]
    point = (str(more["x"]), str(more["y"])) if {"x", "y"} <= set(more) else None
    if point is None and name in _BY_POINT and len(args) > 1:
        point = (str(args[0]), str(args[1]))
    match name:
        case "click_at" | "type_at" | "hover" if point is not None:
            return _at(_BY_POINT[name], point, more)
        case "type" | "type_text" if "text" in more or args:
            return Told(Action("type_text", (str(more.get("text", args[0] if args else "")),)))
        case "scroll" if str(more.get("direction")) in ("up", "down", "left", "right"):
            return Told(Action("scroll", (more["direction"],)))
        case "press_key" if more.get("key"):
            return Told(Action("press", (_key(str(more["key"])),)))
        case "select_option" if more.get("selector"):
            selector = str(more["selector"])
            target = Target(id=None, role="element", name=selector[:200], selectors=selector_kept(selector))
            return Told(Action("select", (selector, str(more.get("value", "")))), target)
        case "navigate" if more.get("url"):
            return Told(Action("goto", (str(more["url"]),)))
        case "go_back" | "go_forward" if not args:
            return Told(Action(name))
    return None


def _at(name: str, point: tuple[str, str], more: Mapping[str, Any]) -> Told:
    try:
        place = (float(point[0]), float(point[1]))
    except ValueError:
        place = None
    target = Target(id=None, role="", name="", point=place)
    if name == "click_at":
        return Told(Action(name, point))
    said = f"coords({', '.join(point)})" if name == "hover" else str(more.get("text", ""))
    return Told(Action(name, (said,)), target)


def _stop(answer: str) -> Action:
    return Action("stop", (answer.strip(),)) if answer.strip() else Action("stop")


def _quoted(text: str) -> str | None:
    """The one text in quotation marks; None where there is none, or several."""
    found = _QUOTED.findall(text)
    return next(filter(None, found[0])) if len(found) == 1 else None


def _spaced(verb: str) -> str:
    """A verb as the table has it; SeeAct writes `PRESS ENTER`."""
    return verb.strip().replace(" ", "_") if verb.strip().isupper() else ""


def _key(name: str) -> str:
    """The key as browsers name it."""
    return "+".join(_KEYS.get(one.lower(), one.capitalize() if len(one) > 1 else one) for one in name.split("+"))


def _way(x: int, y: int) -> str:
    if abs(x) > abs(y):
        return "right" if x > 0 else "left"
    return "down" if y >= 0 else "up"
