"""Labels after the policies changed: calls that are renamed, merged or split off since, in the words of now.

Tracks are moved by an appended event `migrate`; label runs and label sets never change and are read through `current`.
What a move means is policies/moves.py; who moves the tracks of a workspace is flows/label/policies.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from labeling.changes import Labels
from labeling.events import Migrate
from labeling.model import SETTLED, Argument, LabelTree, ReviewEvent, Segment
from labeling.tree import kept, with_changed
from policies.library import PolicySet
from policies.moves import Chosen, Move, Moved, moves_since
from traces.actions import Action, parse_action
from traces.errors import ActionError

EVER = float("-inf")
"""Earlier than any change of the library."""


def current(tree: LabelTree, policies: PolicySet, created: float) -> LabelTree:
    """A tree made at that time (seconds) in the words of now; itself when nothing was renamed or moved since."""
    moves = [move for move in moves_since(policies.moved, created) if move.about in policies.ids]
    return with_changed(tree, _changed(tree.segments, moves, tree.episode, None)) if moves else tree


def in_words_of(tree: LabelTree, policies: PolicySet) -> LabelTree:
    """What a labeller proposed in the shipped vocabulary, in the set's words; calls of retired policies are left out.

    The steps and children of a call that is left out are its caller's.
    """
    return kept(current(tree, policies, EVER), lambda segment: _offered(segment, policies))


def moved(segment: Segment, moves: Iterable[Move], episode: str, track: str | None) -> Segment:
    """A call after the moves; calls chosen by hand are known by track, and without one (None) by those of any track."""
    for move in moves:
        if _is_meant(move, segment, episode, track):
            segment = _called(move, segment)
    return segment


def moved_call(text: str, moves: Iterable[Move]) -> str:
    """An action as text after the moves; calls chosen by hand stay, since a text does not say which one it is.

    >>> from policies.moves import Slot
    >>> place = (Slot(name="place", source="place"),)
    >>> go = Move(about="core/navigate", names=("navigate",), to="go", slots=place, back=place)
    >>> moved_call("N/A = navigate [Help]", [go]), moved_call("click [4]", [go])
    ('N/A = go [Help]', 'click [4]')
    """
    answer, equals, said = text.partition(" = ")
    try:
        action = parse_action(said if equals else text)
    except ActionError:
        return text
    made = action
    for move in moves:
        args = dict(zip((slot.name for slot in move.back), made.args, strict=False))
        wanted = move.where is None or move.where.holds(args.get(move.where.parameter, ""))
        if made.name.lower() in {name.lower() for name in move.names} and wanted and move.chosen is None:
            values = [args.get(slot.source or "") for slot in move.slots]
            needed = [at for at, slot in enumerate(move.slots, 1) if slot.required or values[at - 1] is not None]
            made = Action(move.to, tuple(value or "" for value in values[: max(needed, default=0)]))
    return text if made is action else f"{answer}{equals}{made}" if equals else str(made)


def migration(labels: Labels, event: Moved, policies: PolicySet, episode: str, track: str) -> dict[str, Any] | None:
    """The payload of `migrate` that brings a track's labels up to a change of the library; None if it has no such call.

    >>> from labeling.tree import make_tree
    >>> from policies.library import load_set
    >>> migration(Labels(make_tree("e", 1, ["u"], ())), Moved(number=2, at=0.0), load_set("core"), "e", "me") is None
    True
    """
    moves = [move for move in event.moves if move.about in policies.ids]
    return _payload(event.number, moves, _changed(labels.tree.segments, moves, episode, track))


def migration_back(labels: Labels, undo: Moved, done: ReviewEvent, policies: PolicySet) -> dict[str, Any] | None:
    """The payload of `migrate` that takes an earlier one back, call by call.

    A call that was changed since stays as it is, unless its policy is not there any more.
    """
    was = {key: Segment.model_validate(body) for key, body in done.inverse["segments"].items() if body}
    became = {segment.id: segment for segment in Migrate.model_validate(done.payload).segments}
    back = []
    for key, before in was.items():
        now, after = labels.tree.by_id.get(key), became[key]
        if now is not None and (now.policy, now.args) == (after.policy, after.args):
            state = before.state if now.state == after.state else now.state
            back.append(now.model_copy(update={"policy": before.policy, "args": before.args, "state": state}))
    chosen = tuple(Chosen(episode=done.episode, track=done.track, segment=key) for key in was)
    exact = [Move.model_validate(move).reversed(chosen) for move in done.payload["moves"]]
    moves = [move for move in undo.moves if move.about in policies.ids]
    since_then = [s for s in labels.tree.segments if s.id not in {one.id for one in back}]
    others = _changed(since_then, moves, done.episode, done.track)
    return _payload(undo.number, [*exact, *moves], [*back, *others], even_without_calls=True)


def moved_patch(patch: Mapping[str, Any], moves: Sequence[Move], episode: str, track: str) -> dict[str, Any]:
    """A patch that takes back or repeats an earlier gesture, with its calls after the moves."""

    def there(bodies: Mapping[str, Any]) -> dict[str, Any]:
        found = {key: None if body is None else Segment.model_validate(body) for key, body in bodies.items()}
        return {
            key: None if segment is None else moved(segment, moves, episode, track).model_dump(mode="json")
            for key, segment in found.items()
        }

    return {**patch, "segments": there(patch["segments"])}


def since(labels: Labels, later: Iterable[ReviewEvent]) -> Labels:
    """Labels as they once stood, after the migrations that came later."""
    tree = labels.tree
    for event in later:
        if event.op == "migrate":
            moves = Migrate.model_validate(event.payload).moves
            tree = with_changed(tree, _changed(tree.segments, moves, event.episode, event.track))
    return labels if tree is labels.tree else Labels(tree, labels.notes, labels.rejected, labels.choices)


def _changed(segments: Iterable[Segment], moves: Sequence[Move], episode: str, track: str | None) -> list[Segment]:
    found = [(segment, moved(segment, moves, episode, track)) for segment in segments]
    return [after for before, after in found if after != before]


def _payload(
    library: int, moves: Sequence[Move], segments: Sequence[Segment], *, even_without_calls: bool = False
) -> dict[str, Any] | None:
    if not segments and not even_without_calls:
        return None
    return Migrate(library=library, moves=tuple(moves), segments=tuple(segments)).model_dump(mode="json")


def _offered(segment: Segment, policies: PolicySet) -> bool:
    return not policies.knows(segment.policy) or policies.resolve(segment.policy).name in policies.policies


def _is_meant(move: Move, segment: Segment, episode: str, track: str | None) -> bool:
    if segment.policy.lower() not in {name.lower() for name in move.names}:
        return False
    if move.where is not None:
        return any(a.name == move.where.parameter and move.where.holds(a.value) for a in segment.args)
    if move.chosen is None:
        return True
    return any(
        (one.episode, one.segment) == (episode, segment.id) and track in (None, one.track) for one in move.chosen
    )


def _called(move: Move, segment: Segment) -> Segment:
    """The call as one of the new policy; where a value is missing that was not needed before, a person is asked."""
    given = {argument.name: argument for argument in segment.args}
    found = [(slot, given.get(slot.source or "")) for slot in move.slots]
    needed = [place for place, (slot, argument) in enumerate(found, 1) if slot.required or argument is not None]
    args = tuple(
        Argument(name=slot.name, value="", source="inferred")
        if argument is None
        else argument.model_copy(update={"name": slot.name})
        for slot, argument in found[: max(needed, default=0)]
    )
    wanting = any(slot.required and argument is None for slot, argument in found)
    state = "pending" if wanting and segment.state in SETTLED else segment.state
    return segment.model_copy(update={"policy": move.to, "args": args, "state": state})
