"""Saying a step in a person's words: "type 'BOS' into From"."""

from __future__ import annotations

from typing import Any

from traces.actions import Action, parse_action
from traces.errors import ActionError
from traces.model import Step

_PLAIN = {
    "go_back": "go back",
    "go_forward": "go forward",
    "reload": "reload the page",
    "new_tab": "open a new tab",
    "close_tab": "close the tab",
}


def shortened(text: str, most: int) -> str:
    """The text in at most so many characters; what is left out is told by an ellipsis."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def at_most(value: Any, most: int = 4000) -> Any:
    """A value as a list or a screen has room for it: of a text its first characters, anything else as it is."""
    return shortened(value, most) if isinstance(value, str) else value


def sentence(step: Step) -> str:
    """What the step did, with the target's name instead of its id."""
    try:
        action = parse_action(step.action)
    except ActionError:
        return step.action
    if step.kind == "push":
        return f"call {step.action}"
    if step.kind == "pop":
        return f"return {action.args[0]!r}" if action.args else "return"
    return _said(action, _named(step, action))


def counted(count: int, noun: str) -> str:
    """How many of something.

    >>> counted(1, "step"), counted(1200, "step")
    ('1 step', '1,200 steps')
    """
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


ENDINGS = {
    "stop": "returned",
    "environment": "task over",
    "steps": "step limit",
    "calls": "call limit",
    "invalid": "too many invalid actions",
    "depth": "depth limit",
    "tokens": "token limit",
    "cost": "cost limit",
    "seconds": "time limit",
    "model": "model failed",
    "page": "page failed",
    "crash": "worker crashed",
}
"""What the first word of an end reason says to a person."""


def ending(end_reason: str | None) -> str:
    """Why an episode ended, in a person's words; '' where nothing is known.

    >>> ending("page: the site did not answer")
    'page failed: the site did not answer'
    """
    word, colon, detail = (end_reason or "").partition(":")
    return ENDINGS.get(word, word.replace("_", " ")) + colon + detail


def _said(action: Action, target: str) -> str:
    match action.name, action.args:
        case ("type", (_, text, *rest)):
            return f"type {text!r} into {target}" + (", Enter" if rest == ["1"] else "")
        case ("type_text", (text,)):
            return f"type {text!r}"
        case ("click_at", (x, y)):
            return f"press at ({x}, {y})"
        case ("select", (_, option)):
            return f"select {option!r} in {target}"
        case ("upload", (_, file)):
            return f"upload {file!r} to {target}"
        case ("drag", (_, onto)):
            return f"drag {target} to [{onto}]"
        case ("dialog", (answer, *text)):
            return f"{answer} the dialog" + (f" with {text[0]!r}" if text else "")
        case ("scroll", (way, _)):
            return f"scroll {way} in {target}"
        case (("goto" | "press" | "scroll" | "note"), args):
            return f"{action.name} {' '.join(args)}"
        case (name, ()):
            return _PLAIN.get(name, name)
        case (name, _):
            return f"{_VERBS.get(name, name)} {target}"


_VERBS = {"dblclick": "double click", "rightclick": "right click", "tab_focus": "switch to tab"}


def _named(step: Step, action: Action) -> str:
    target = step.target
    if target is None:
        return f"[{action.args[0]}]" if action.args else ""
    name = " ".join(target.name.split())
    short = name if len(name) <= 60 else name[:59] + "…"
    if not short:
        return target.role
    return short if target.role in ("textbox", "searchbox", "combobox", "spinbutton") else f"{target.role} ‘{short}’"
