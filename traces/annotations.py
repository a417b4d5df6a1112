"""What people (or programs) add to an episode afterwards: tags, notes, rewards. Appended with author and time.

Taking something back is another annotation (`remove_tag`, `remove_note`); what holds now is recomputed.
"""

from __future__ import annotations

from collections.abc import Sequence

from store.errors import StoreError
from store.workspace import Workspace
from traces.model import Annotation

LONGEST_TAG = 80


class Annotations:
    """The annotations of a workspace's episodes."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def add(self, *annotations: Annotation) -> None:
        """Append some, of one episode. Raises StoreError when an id is taken."""
        known = self._workspace.keys("annotation", episode=annotations[0].episode) if annotations else []
        for one in annotations:
            if one.id in known:
                raise StoreError(f"There is an annotation {one.id!r} already; annotations are never changed.")
            body = one.model_dump(mode="json")
            self._workspace.put("annotation", one.id, body, episode=one.episode, kind=one.kind)

    def of(self, episode: str) -> tuple[Annotation, ...]:
        """An episode's annotations, oldest first."""
        return tuple(Annotation.model_validate(body) for body in self._workspace.rows("annotation", episode=episode))

    def of_kind(self, kind: str) -> tuple[Annotation, ...]:
        """All annotations of a kind, of every episode, oldest first."""
        return tuple(Annotation.model_validate(body) for body in self._workspace.rows("annotation", kind=kind))

    def reasons(self, episode: str) -> dict[str, str]:
        """Why steps were taken, as was said afterwards: the newest word on each, by uid."""
        bodies = self._workspace.rows("annotation", episode=episode, kind="reason")
        return {str(body["step"]): str(body["text"]) for body in bodies}


def is_tag(text: str) -> bool:
    """Whether it can be a tag: 1 to LONGEST_TAG printable letters, no comma."""
    return 0 < len(text.strip()) <= LONGEST_TAG and "," not in text and text.isprintable()


def tags(annotations: Sequence[Annotation]) -> tuple[str, ...]:
    """The tags an episode has now, in alphabetical order."""
    held: set[str] = set()
    for one in annotations:
        if one.kind == "tag":
            held.add(one.text)
        elif one.kind == "remove_tag":
            held.discard(one.text)
    return tuple(sorted(held))


def standing(annotations: Sequence[Annotation]) -> tuple[Annotation, ...]:
    """Without the notes that were taken back, and without the words that did it."""
    gone = {one.text for one in annotations if one.kind == "remove_note"}
    return tuple(
        one for one in annotations if one.kind != "remove_note" and not (one.kind == "note" and one.id in gone)
    )


def human_reward(annotations: Sequence[Annotation]) -> float | None:
    """The last reward a person gave, None where nobody did."""
    return next((one.value for one in reversed(annotations) if one.kind == "reward"), None)


def mistakes(annotations: Sequence[Annotation], so_far: frozenset[str] = frozenset()) -> frozenset[str]:
    """Uids of the steps that are mistakes: those known `so_far`, and what was said of them since."""
    held = set(so_far)
    for one in annotations:
        if one.kind == "mistake" and one.step is not None:
            (held.add if one.value else held.discard)(one.step)
    return frozenset(held)
