"""Another reading of a sealed recording: a new derivation beside the old ones, in one transaction.

Older derivations and the raw log stay as they are. How raw events become steps is the recorder's matter.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from store.episode_file import EpisodeFile
from store.errors import StoreError
from traces.model import Derivation, Episode, Step
from traces.reader import EpisodeReader
from traces.skeleton import build_skeleton
from traces.wire import skeleton_bytes


def add_derivation(
    path: Path, derivation: Derivation, steps: Sequence[Step], not_recorded: Sequence[str] = ()
) -> Episode:
    """Write the derivation with its steps, header and skeleton, and seal the file again; returns the new header.

    Raises StoreError, and then the file is as it was: for a file that is not sealed, or a number that is taken.
    """
    episode = _changed(path, derivation, len(steps), not_recorded)
    file = EpisodeFile.open(path, write=True)
    try:
        file.put_row("derivation", derivation.number, derivation.model_dump(mode="json"))
        for step in steps:
            body = step.model_dump(mode="json", exclude_defaults=True)
            file.put_step(derivation.number, step.seq, step.uid, body)
        file.put_meta("episode", episode.model_dump_json().encode())
        file.put_meta("skeleton", skeleton_bytes(build_skeleton(episode, steps, (), (), file.addresses())))
        file.seal()
    finally:
        file.close()
    return episode


def _changed(path: Path, derivation: Derivation, n_steps: int, not_recorded: Sequence[str]) -> Episode:
    with EpisodeReader(path) as reader:
        if not reader.sealed:
            raise StoreError(f"Episode {reader.episode.id} is still being recorded. Nothing was changed. End it first.")
        if derivation.number in {known.number for known in reader.derivations()}:
            raise StoreError(f"Episode {reader.episode.id} has a derivation {derivation.number}. Nothing was changed.")
        return reader.episode.model_copy(update={"n_steps": n_steps, "not_recorded": tuple(not_recorded)})
