r"""The action grammar: `verb [argument] [argument]`, parsed, never searched.

An argument is the text between a bracket and its partner; brackets nest. Text that would not survive that (unbalanced
brackets, a backslash, a line break) is escaped: `\[ \] \\ \n \r`. docs/formats/actions.md has the table of verbs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from traces.errors import ActionError

VERBS: dict[str, tuple[int, int]] = {
    "click": (1, 2),
    "dblclick": (1, 1),
    "rightclick": (1, 1),
    "type": (2, 3),
    "hover": (1, 1),
    "scroll": (1, 2),
    "goto": (1, 1),
    "go_back": (0, 0),
    "go_forward": (0, 0),
    "reload": (0, 0),
    "press": (1, 2),
    "select": (2, 2),
    "drag": (2, 2),
    "upload": (2, 2),
    "new_tab": (0, 1),
    "tab_focus": (1, 1),
    "close_tab": (0, 1),
    "dialog": (1, 2),
    "note": (1, 1),
    "stop": (0, 1),
}
"""Every page action with its least and greatest number of arguments; any other name is a call of a policy."""

TARGETED = frozenset({"click", "dblclick", "rightclick", "type", "hover", "select", "drag", "upload"})
"""Verbs whose first argument is an element id of the observation."""

FOREIGN = frozenset({"click_at", "type_text"})
"""Verbs that only runs of other programs hold: a press on a point, typing where the cursor is."""

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_PIECE = re.compile(r"\\[nr\\\[\]]|[^\\\[\]]+|.", re.DOTALL)
"""An escape, a run of plain text, or one character."""
_BRACKET = re.compile(r"[\[\]]")
_UNESCAPE = {"n": "\n", "r": "\r", "\\": "\\", "[": "[", "]": "]"}


@dataclass(frozen=True)
class Action:
    """A parsed action or policy call: a name and its arguments, e.g. `Action("type", ("5", "bus stop"))`."""

    name: str
    args: tuple[str, ...] = ()

    @property
    def is_page(self) -> bool:
        """Whether this is a page action (or stop/note) rather than a call of a policy."""
        return self.name in VERBS

    @property
    def element(self) -> str | None:
        """The element id the action is about, if its verb takes one."""
        return self.args[0] if self.name in TARGETED and self.args else None

    def __str__(self) -> str:
        """The text form, which `parse_action` reads back to an equal value."""
        return " ".join([self.name, *(f"[{escape(arg)}]" for arg in self.args)])


def parse_action(text: str) -> Action:
    """Read one action. Raises ActionError that says where and why.

    >>> parse_action("stop [[a], [b]]").args
    ('[a], [b]',)
    """
    text = text.strip()
    match = _NAME.match(text)
    if not match:
        raise ActionError(f"an action begins with a verb or a policy's name, not {text[:40]!r}")
    args, position = [], match.end()
    while position < len(text):
        if text[position].isspace():
            position += 1
            continue
        if text[position] != "[":
            raise ActionError(f"expected '[' at column {position + 1} of {text[:80]!r}")
        arg, position = _argument(text, position)
        args.append(arg)
    return _checked(Action(match.group(), tuple(args)))


def escape(text: str) -> str:
    """The argument's text as it stands between brackets."""
    out = text.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")
    if not _balanced(text):
        out = out.replace("[", "\\[").replace("]", "\\]")
    return out


def _argument(text: str, start: int) -> tuple[str, int]:
    depth, out = 0, list[str]()
    for piece in _PIECE.finditer(text, start):
        said = piece.group()
        depth += (said == "[") - (said == "]")
        if depth == 0:
            return "".join(out[1:]), piece.end()
        out.append(_UNESCAPE[said[1]] if len(said) == 2 and said[0] == "\\" else said)
    raise ActionError(f"the bracket at column {start + 1} of {text[:80]!r} is never closed")


def _balanced(text: str) -> bool:
    depth = 0
    for bracket in _BRACKET.finditer(text):
        depth += 1 if bracket.group() == "[" else -1
        if depth < 0:
            return False
    return depth == 0


def _checked(action: Action) -> Action:
    least, most = VERBS.get(action.name, (0, 99))
    if not least <= len(action.args) <= most:
        wanted = str(least) if least == most else f"{least} to {most}"
        raise ActionError(f"{action.name} takes {wanted} arguments, not {len(action.args)}")
    return action
