"""What each review gesture carries: the payloads of review events, checked wherever they come from.

A payload is complete: it names new segments' ids and full arguments, so that replaying events needs nothing else.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import ValidationError

from labeling.errors import ReviewError
from labeling.model import Argument, Op, Segment
from policies.moves import Move
from traces.model import Frozen


class Side(Frozen):
    """One of two tracks that are brought together, as it stood at change `number`."""

    track: str
    number: int


class Sides(Frozen):
    """What a gold track is made of; `open` are the differences to settle, each `<first step>..<last step>`."""

    left: Side
    right: Side
    open: tuple[str, ...]


class Adopt(Frozen):
    """Begin with (or go over to) what a label run proposed.

    With `derivation` the track goes over to that derivation of the episode, whose steps are `uids`; what is open in a
    gold track is its own from then on. A `blind` track
    begins with nothing and is shown nothing; a gold one begins with what its two `sides` have in common. `track` is the
    blind track whose calls the segments are.
    """

    run: str
    segments: tuple[Segment, ...]
    derivation: int | None = None
    uids: tuple[str, ...] = ()
    blind: bool = False
    sides: Sides | None = None
    track: str | None = None


class OneSegment(Frozen):
    """Accept, reject or unwrap a call."""

    segment: str


class Relabel(Frozen):
    """Another policy for the same steps."""

    segment: str
    policy: str
    args: tuple[Argument, ...]


class Split(Frozen):
    """Cut a call in two; `at` is the first step of the second, whose id is `new`."""

    segment: str
    at: str
    new: str


class MoveBoundary(Frozen):
    """Begin or end a call at another step; calls beside it give way, steps let go become the parent's own."""

    segment: str
    edge: Literal["start", "end"]
    to: str


class Wrap(Frozen):
    """A new call around the steps `first`..`last` of one call (`parent`, None for the root) and the calls in them."""

    first: str
    last: str
    policy: str
    args: tuple[Argument, ...]
    parent: str | None
    new: str


class SetArgs(Frozen):
    """Other arguments."""

    segment: str
    args: tuple[Argument, ...]


class SetReturns(Frozen):
    """What the call gave back to its caller; None for nothing."""

    segment: str
    returns: str | None


class Note(Frozen):
    """A remark on a step; an empty text takes it away."""

    step: str
    text: str


class AcceptMany(Frozen):
    """Several calls accepted in one gesture; `above` is the confidence they were chosen by, None for all."""

    segments: tuple[str, ...]
    above: float | None = None


class AutoAccept(Frozen):
    """Calls accepted without a look, at least `above` sure (raw), and those drawn from them for a person to `audit`.

    `decision` is the automatic acceptance this is part of.
    """

    segments: tuple[str, ...]
    audit: tuple[str, ...]
    above: float
    decision: str


class Take(Frozen):
    """Calls of another tree (`source`: a label ref, or `own`) put in the place of the calls `without`.

    In a gold track it settles the difference `settles` by that choice. Calls put in again under their id are replaced.
    """

    source: str
    segments: tuple[Segment, ...]
    without: tuple[str, ...] = ()
    settles: str | None = None
    choice: Literal["left", "right", "own"] | None = None


class Restore(Frozen):
    """The labels as they were after change `to`; `patch` leads there."""

    to: int
    patch: dict[str, Any]


class HandIn(Frozen):
    """A blind track is finished: it changes no more, and its person may see the proposals.

    With `given_up` it is not, and counts for nothing.
    """

    given_up: bool = False


class Migrate(Frozen):
    """Calls in the words of the library after its change number `library`: the moves, and the calls after them."""

    library: int
    moves: tuple[Move, ...]
    segments: tuple[Segment, ...]


class Gesture(Frozen):
    """Take back, or repeat, one gesture."""

    gesture: str


Payload = (
    Adopt
    | OneSegment
    | Relabel
    | Split
    | MoveBoundary
    | Wrap
    | SetArgs
    | SetReturns
    | Note
    | AcceptMany
    | AutoAccept
    | Take
    | Restore
    | HandIn
    | Migrate
    | Gesture
)

PAYLOADS: dict[Op, type[Payload]] = {
    "adopt": Adopt,
    "accept": OneSegment,
    "reject": OneSegment,
    "unwrap": OneSegment,
    "merge": OneSegment,
    "relabel": Relabel,
    "split": Split,
    "move_boundary": MoveBoundary,
    "wrap": Wrap,
    "set_args": SetArgs,
    "set_returns": SetReturns,
    "note": Note,
    "bulk_accept": AcceptMany,
    "accept_all": AcceptMany,
    "auto_accept": AutoAccept,
    "take": Take,
    "restore": Restore,
    "hand_in": HandIn,
    "migrate": Migrate,
    "undo": Gesture,
    "redo": Gesture,
}


def read_payload(op: Op, payload: dict[str, Any]) -> Payload:
    """The payload as a value. Raises ReviewError for an unknown gesture, and for missing, wrong or unknown entries."""
    kind = PAYLOADS.get(op)
    if kind is None:
        raise ReviewError(f"There is no gesture {op!r}. Nothing was changed.")
    try:
        return kind.model_validate(payload)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ReviewError(
            f"The gesture {op!r} is not complete: {where}: {first['msg']}. Nothing was changed."
        ) from error
