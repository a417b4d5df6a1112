"""Native bundles into a workspace: everything that was said about a label set, beside what is there already.

Nothing that is there is changed: a record that is equal is there already, one that differs is kept and said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, TypeVar

from flows.transfer import transfer
from labeling.errors import LabelError
from labeling.exports.bundle import Bundle, episode_chunks, read_bundle
from labeling.model import LabelRun, LabelSet, ReviewEvent
from labeling.prompts.model import PromptSet
from labeling.review import from_elsewhere
from store.errors import StoreError
from store.staging import staging
from traces.model import Annotation
from wiring import Parts

Counts = dict[str, int]
Record = TypeVar("Record", LabelRun, LabelSet, PromptSet, Annotation)
_WHEN = {"created", "actor", "at"}
"""Who made a record and when: equal labels made twice have one id, and are the same."""


def import_bundle(parts: Parts, path: Path, progress: Callable[[str], None] = lambda _: None) -> dict[str, Any]:
    """`{"bundle", "label_set", "episodes": {...}, "added": {kind: n}, "already_there": {kind: n}, "refused": [...]}`.

    Raises BadBundle when the bundle cannot be trusted; then nothing was imported.
    """
    bundle = read_bundle(path)
    episodes = _episodes(parts, path, bundle, progress)
    there = {Path(name).stem for name in bundle.episodes} - {Path(one).stem for one in episodes["not_taken"]}
    added: Counts = {}
    known: Counts = {}
    refused = list(episodes["refused"])
    refused += _records(parts, bundle, there, added, known)
    refused += _reviews(parts, bundle.review_events, there, added, known)
    for episode in sorted(there):
        parts.relabelled(episode)
    return {
        "bundle": str(path),
        "label_set": bundle.head.label_set,
        "episodes": {name: episodes[name] for name in ("imported", "already_there")},
        "added": added,
        "already_there": {what: number for what, number in known.items() if number},
        "refused": refused,
    }


def said(result: dict[str, Any]) -> str:
    """An imported bundle for a person."""
    found = result["episodes"]
    head = f"{result['bundle']}: label set {result['label_set']}, {len(found['imported'])} episodes imported, "
    lines = [f"{head}{len(found['already_there'])} were there already."]
    lines += [f"added: {number} {what}" for what, number in result["added"].items()]
    lines += [f"there already: {number} {what}" for what, number in result["already_there"].items()]
    return "\n".join([*lines, *(f"refused: {message}" for message in result["refused"])])


def _episodes(parts: Parts, path: Path, bundle: Bundle, progress: Callable[[str], None]) -> dict[str, list[str]]:
    """All episodes are unpacked and checked before the first is taken. Raises BadBundle."""
    with staging(parts.workspace.root) as folder:
        files: list[Path] = []
        for number, name in enumerate(bundle.episodes, 1):
            file = folder / Path(name).name
            with file.open("xb") as data:
                data.writelines(episode_chunks(path, name, bundle.manifest.files[name].sha256))
            files.append(file)
            progress(f"{number} of {len(bundle.episodes)} episodes unpacked")
        result = transfer.import_files(parts, files, keep_marks=False)
        taken = {*result["imported"], *result["already_there"]}
        said_ = [message.replace(f"{folder}/", f"{path.name}:") for message in result["refused"]]
        return {**result, "refused": said_, "not_taken": [file.name for file in files if file.stem not in taken]}


def _records(parts: Parts, bundle: Bundle, there: set[str], added: Counts, known: Counts) -> Iterator[str]:
    """What is kept under an id: added where nothing has it. Yields what has it here and says something else."""
    labels, notes = parts.labels, parts.episodes.annotations
    runs = {one.id: one for episode in sorted(there) for one in labels.runs(episode)}
    said_of = {one.id: one for episode in sorted(there) for one in notes.of(episode)}
    sets = {one.id: one for one in labels.label_sets()}
    made = {one.id: one for one in labels.prompt_sets()}
    mine = [run for run in bundle.label_runs if run.episode in there]
    yield from _kept("label runs", mine, runs, labels.add_run, added, known)
    yield from _kept("label sets", bundle.label_sets, sets, labels.add_label_set, added, known)
    yield from _kept("prompt sets", bundle.prompt_sets, made, labels.add_prompt_set, added, known)
    told = [note for note in bundle.annotations if note.episode in there]
    yield from _kept("annotations", told, said_of, parts.annotate, added, known)


def _kept(
    what: str,
    brought: Iterable[Record],
    held: Mapping[str, Record],
    add: Callable[[Record], object],
    added: Counts,
    known: Counts,
) -> Iterator[str]:
    for one in brought:
        here = held.get(one.id)
        if here is not None and here.model_dump(exclude=_WHEN) != one.model_dump(exclude=_WHEN):
            yield f"{one.id[:60]} ({what}) differs from what has that id here, which was kept"
            continue
        counts = added if here is None else known
        counts[what] = counts.get(what, 0) + 1
        if here is None:
            add(one)


def _reviews(
    parts: Parts, events: Sequence[ReviewEvent], there: set[str], added: Counts, known: Counts
) -> Iterator[str]:
    """Each track's events after those that are there; a track that went another way is kept. Yields what is refused."""
    for (episode, track), group in groupby(events, key=lambda event: (event.episode, event.track)):
        mine = list(group)
        if episode not in there:
            continue
        held = parts.labels.events(episode, track)
        if list(held) != mine[: len(held)]:
            yield f"the review {track} of episode {episode} differs from the one that is here, which was kept"
            continue
        known["review events"] = known.get("review events", 0) + len(held)
        try:
            from_elsewhere(parts.labels.run(str(mine[0].payload.get("run"))).tree, mine)
            for event in mine[len(held) :]:
                parts.labels.append(event)
                added["review events"] = added.get("review events", 0) + 1
        except (LabelError, StoreError) as error:
            yield f"the review {track} of episode {episode}: {error}"
