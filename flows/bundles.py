"""Native bundles into a workspace: everything that was said about a label set, beside what is there already.

Nothing that is there is changed: a record that is equal is there already, one that differs is kept and said.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from flows import transfer
from labeling.errors import LabelError
from labeling.exports.bundle import Bundle, episode_chunks, read_bundle
from labeling.model import ReviewEvent
from labeling.review import project
from store.errors import StoreError
from wiring import Parts

Counts = dict[str, int]


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
    _records(parts, bundle, there, added, known)
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
    with tempfile.TemporaryDirectory(prefix=".bundle-", dir=parts.workspace.root) as folder:
        files: list[Path] = []
        for number, name in enumerate(bundle.episodes, 1):
            file = Path(folder) / Path(name).name
            with file.open("xb") as data:
                data.writelines(episode_chunks(path, name, bundle.manifest.files[name].sha256))
            files.append(file)
            progress(f"{number} of {len(bundle.episodes)} episodes unpacked")
        result = transfer.import_files(parts, files, keep_marks=False)
        taken = {*result["imported"], *result["already_there"]}
        said_ = [message.replace(f"{folder}/", f"{path.name}:") for message in result["refused"]]
        return {**result, "refused": said_, "not_taken": [file.name for file in files if file.stem not in taken]}


def _records(parts: Parts, bundle: Bundle, there: set[str], added: Counts, known: Counts) -> None:
    """What is kept under the id of its content, and annotations."""
    for run in bundle.label_runs:
        if run.episode in there:
            held = [one.id for one in parts.labels.runs(run.episode)]
            _count(run.id in held, "label runs", added, known)
            parts.labels.add_run(run)
    for label_set in bundle.label_sets:
        _count(label_set.id in [one.id for one in parts.labels.label_sets()], "label sets", added, known)
        parts.labels.add_label_set(label_set)
    for made in bundle.prompt_sets:
        _count(made.id in [one.id for one in parts.labels.prompt_sets()], "prompt sets", added, known)
        parts.labels.add_prompt_set(made)
    for note in bundle.annotations:
        if note.episode in there:
            held = [one.id for one in parts.episodes.annotations.of(note.episode)]
            _count(note.id in held, "annotations", added, known)
            if note.id not in held:
                parts.annotate(note)


def _reviews(
    parts: Parts, events: Sequence[ReviewEvent], there: set[str], added: Counts, known: Counts
) -> Iterable[str]:
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
            project(parts.labels.run(str(mine[0].payload.get("run"))).tree, mine)
            for event in mine[len(held) :]:
                parts.labels.append(event)
                added["review events"] = added.get("review events", 0) + 1
        except (LabelError, StoreError) as error:
            yield f"the review {track} of episode {episode}: {error}"


def _count(there: bool, what: str, added: Counts, known: Counts) -> None:
    counts = known if there else added
    counts[what] = counts.get(what, 0) + 1
