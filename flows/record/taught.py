"""Which demonstration teaches at which step of which run: kept as an annotation of the demonstration, read both ways.

The demonstration begins on the page the run had at that step. What the run did before is no part of it: it stays in the
run, which the link names.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Collection
from typing import Any

from labeling.errors import UnknownLabel
from labeling.prompts.model import PromptSet
from labeling.prompts.turns import OpenCall
from store.errors import StoreError
from traces.model import Annotation, Frozen
from wiring import Parts

KIND = "teaches"


class Link(Frozen):
    """`step` (at `seq`) of the run `episode` is where a demonstration begins; `frame` and `policy` are its call's.

    `done` page actions were done again before; `differed` are the `seq` of steps whose pages were not as in the run.
    `opened` are the calls that were open there with what they had done, the root first; older links do not say.
    `continues` is the demonstration, stopped before, that this one goes on with.
    """

    episode: str
    step: str
    seq: int
    frame: str
    policy: str
    done: int = 0
    differed: tuple[int, ...] = ()
    opened: tuple[OpenCall, ...] = ()
    continues: str | None = None


def keep(parts: Parts, demonstration: str, link: Link, author: str) -> None:
    """Say what a demonstration teaches, when it begins; nothing is said twice."""
    if of(parts, demonstration) is None:
        parts.episodes.annotations.add(
            Annotation(
                id=f"{demonstration}:{KIND}",
                episode=demonstration,
                kind="teaches",
                author=author,
                at=time.time(),
                text=link.model_dump_json(),
            )
        )


def of(parts: Parts, demonstration: str) -> Link | None:
    """What a demonstration teaches; None where it is one like any other."""
    rows = parts.workspace.rows("annotation", episode=demonstration, kind=KIND)
    return Link.model_validate_json(rows[-1]["text"]) if rows else None


def midway(parts: Parts, demonstration: str) -> bool:
    """Whether it begins in the middle of a run, so that no address and no seed lead to its first page."""
    link = of(parts, demonstration)
    return link is not None and link.done > 0


def opened(parts: Parts, demonstration: str) -> tuple[OpenCall, ...]:
    """The calls of a run that a demonstration goes on with, the root first."""
    link = of(parts, demonstration)
    return link.opened if link else ()


def among(parts: Parts, demonstrations: Collection[str]) -> dict[str, Link]:
    """Of these demonstrations those that teach at a run, with what they teach."""
    bodies = [body for body in parts.workspace.rows("annotation", kind=KIND) if body["episode"] in demonstrations]
    return {body["episode"]: Link.model_validate_json(body["text"]) for body in bodies}


def by(parts: Parts, episode: str) -> tuple[tuple[dict[str, Any], Link], ...]:
    """The demonstrations that teach at a run, as the catalogue's rows, the newest first; those deleted are left out."""
    links = [
        (body["episode"], Link.model_validate_json(body["text"]))
        for body in parts.workspace.rows("annotation", kind=KIND)
    ]
    rows = [(_row(parts, demonstration), link) for demonstration, link in links if link.episode == episode]
    return tuple((row, link) for row, link in reversed(rows) if row is not None)


def known_set(parts: Parts, prompt_set: str | None) -> PromptSet | None:
    """The prompt set of a run; None where it had none, or has come from elsewhere without it."""
    with contextlib.suppress(UnknownLabel):
        return parts.labels.prompt_set(prompt_set) if prompt_set else None
    return None


def _row(parts: Parts, demonstration: str) -> dict[str, Any] | None:
    """The catalogue's row; that of one which is being recorded is made now."""
    row = parts.episodes.catalogue.get(demonstration)
    if row is None:
        try:
            parts.episodes.register_file(parts.episodes.path(demonstration))
        except StoreError:
            return None
    return row or parts.episodes.catalogue.get(demonstration)
