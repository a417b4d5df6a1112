"""Actions as other programs log them: our grammar without its escapes, so a backslash or a lone bracket is itself."""

from __future__ import annotations

import re
from collections.abc import Iterator

from traces.actions import Action, parse_action
from traces.errors import ActionError

_NAME = re.compile(r"\s*([A-Za-z_]\w*)\s*")


def plain_action(text: str) -> str:
    r"""The action as we write it; what cannot be read stays as it was.

    >>> plain_action("type [5] [C:\\new] [1]")
    'type [5] [C:\\\\new] [1]'
    """
    name = _NAME.match(text)
    if name is None:
        return text
    args = list(_brackets(text[name.end() :].strip()))
    return text if None in args else str(Action(name[1], tuple(one for one in args if one is not None)))


def stop_text(text: str) -> str:
    r"""A return as it can be read, its answer whole: brackets in it stay, also those that do not balance.

    >>> stop_text("stop [see [1], [2]")
    'stop [see \\[1\\], \\[2]'
    """
    rest = text.strip().removeprefix("stop").strip()
    args = list(_brackets(rest))
    if rest.startswith("[") and rest.endswith("]") and (len(args) == 1 or None in args):
        rest = rest[1:-1]
        return str(Action("stop", (rest,)))
    return str(Action("stop", (rest,))) if rest else "stop"


def argument(action: str) -> str | None:
    """The action's first argument, such as the answer of a `stop`; None where it has none that can be read."""
    try:
        args = parse_action(action).args
    except ActionError:
        return None
    return args[0] if args else None


def _brackets(text: str) -> Iterator[str | None]:
    """What stands between each bracket and its partner; None where there is anything else."""
    depth, begin = 0, 0
    for place, char in enumerate(text):
        if char == "[":
            begin = place + 1 if depth == 0 else begin
            depth += 1
        elif char == "]":
            depth -= 1
            if depth == 0:
                yield text[begin:place]
        elif depth == 0 and not char.isspace():
            yield None
            return
        if depth < 0:
            yield None
            return
    if depth:
        yield None
