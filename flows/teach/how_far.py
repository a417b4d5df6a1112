"""How far the teaching at a run is: each demonstration there with what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flows.record import taught
from flows.teach import teaching
from traces.catalogue import INTERRUPTED
from wiring import Parts


@dataclass(frozen=True)
class Standing:
    """How far the teaching with one demonstration is: its row and link, whether its labels are decided, what came next.

    `unfit` says why a sealed one cannot be learned from; it is empty where it can, and while it is recorded.
    `continued` is the newest demonstration that goes on with it.
    `prompt_sets` hold examples of it, the newest first; `tries` are rows of the same task and seed run with them.
    """

    row: dict[str, Any]
    link: taught.Link
    unfit: str
    decided: bool
    prompt_sets: tuple[str, ...]
    tries: tuple[dict[str, Any], ...]
    continued: str | None = None

    @property
    def can_go_on(self) -> bool:
        """Whether it was stopped with something shown that nobody has gone on with yet."""
        stopped = bool(self.unfit) or self.row["status"] == INTERRUPTED
        return stopped and bool(self.row["n_steps"]) and not self.prompt_sets and self.continued is None


def standing(parts: Parts, episode_id: str) -> tuple[Standing, ...]:
    """What was taught at a run so far, the newest first."""
    parts.episodes.left_behind()
    every = parts.labels.prompt_sets()[::-1]
    run = parts.episodes.catalogue.get(episode_id) or {}
    with parts.episode(episode_id) as reader:
        old = teaching.old_set(parts, reader.episode)
    found = []
    lessons = taught.by(parts, episode_id)
    held = [(row, link) for row, link in reversed(lessons) if row["n_steps"] or row["status"] == "running"]
    continued = {link.continues: row["id"] for row, link in held if link.continues}
    for row, link in lessons:
        sets = tuple(one.id for one in every if any(example.episode == row["id"] for example in one.examples))
        rows = [one for name in sets for one in _tries(parts, run, name)]
        decided = any(track.settled for track in parts.tracks.all(row["id"]))
        unfit = "" if row["status"] in ("running", INTERRUPTED) else teaching.why_not(parts, row["id"], old)
        found.append(Standing(row, link, unfit, decided, sets, tuple(rows), continued.get(row["id"])))
    return tuple(found)


def _tries(parts: Parts, run: dict[str, Any], prompt_set: str) -> list[dict[str, Any]]:
    rows = parts.episodes.catalogue.search(prompt_set=prompt_set, task=run.get("task")).rows
    return [row for row in rows if row["seed"] == run.get("seed")]
