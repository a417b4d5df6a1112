"""What a person says of a recording while it runs: where calls begin and end, steps taken back, mistakes.

Values only, each a raw event of its own kind (docs/formats/raw-events.md). None of them reaches the page or is a step;
what they do to the steps is `corrections`, the calls they amount to is `calls`.
"""

from __future__ import annotations

from typing import Literal

from traces.model import Frozen


class CallBegun(Frozen):
    """From here on a call of `policy` is made; `args` are (parameter, value) as far as the person knew them."""

    kind: Literal["call"] = "call"
    policy: str
    args: tuple[tuple[str, str], ...] = ()


class CallEnded(Frozen):
    """The innermost open call ends here; `returns` is its answer, where it has one."""

    kind: Literal["return"] = "return"
    returns: str | None = None


class Undo(Frozen):
    """The step made of these raw events is no part of the demonstration. The page stays as it is."""

    kind: Literal["undo"] = "undo"
    events: tuple[int, ...]


class Redo(Frozen):
    """The undone step made of these raw events is one again."""

    kind: Literal["redo"] = "redo"
    events: tuple[int, ...]


class Mistake(Frozen):
    """The step made of these raw events was a mistake (`on`), or was none after all."""

    kind: Literal["mistake"] = "mistake"
    events: tuple[int, ...]
    on: bool = True


CallMark = CallBegun | CallEnded
StepMark = Undo | Redo | Mistake
PersonMark = CallBegun | CallEnded | Undo | Redo | Mistake
