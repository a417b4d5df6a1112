"""Demonstrations on disk with a label run each, and the resources the Label endpoints are given. Nothing is faked.

The demonstration fills in a booking form in six steps; `PROPOSED` is what the rules said of it.
"""

from __future__ import annotations

import tempfile
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from bench.replay_episode import URL, Page
from labeling.desk import ReviewDesk
from labeling.errors import LabelError
from labeling.label_sets import make_run
from labeling.model import Argument, LabelRun, Segment, Source
from labeling.repository import LabelRepository
from labeling.tracks import Tracks
from labeling.tree import make_tree
from policies.errors import PolicyError
from policies.library import PolicySet, load_set
from server.guard import Guard
from server.people import People
from store.errors import StoreError
from store.workspace import Workspace
from traces.catalogue import Episodes
from traces.errors import TraceError
from traces.model import Annotation, Episode, Frame, Step, Target
from traces.reader import EpisodeReader
from traces.writer import EpisodeWriter

OBJECTIVE = "Book the cheapest one-way flight from LEB to RDG on 12/26/2016"
MONTH = 2016 * 12 + 10
FROM, TO = "Lebanon, NH (LEB)", "Reading, PA (RDG)"

_EMPTY = Page()
_FROM = replace(_EMPTY, origin=FROM)
_TO = replace(_FROM, target=TO)
_OPEN = replace(_TO, focus="13", month=MONTH)
_DECEMBER = replace(_OPEN, month=MONTH + 1)
_MOVES = [
    (f"type [11] [{FROM}] [0]", "11", "textbox", "From", _EMPTY, _FROM),
    (f"type [12] [{TO}] [0]", "12", "textbox", "To", _FROM, _TO),
    ("click [13]", "13", "textbox", "Departure", _TO, _OPEN),
    ("click [19]", "19", "link", "Next", _OPEN, _DECEMBER),
    ("click [126]", "126", "gridcell", "26", _DECEMBER, _TO),
    ("click [40]", "40", "button", "Find flights", _TO, _TO),
]


def argument(name: str, value: str, source: Source = "step_value") -> Argument:
    """An argument found where `source` says."""
    return Argument(name=name, value=value, source=source)


def proposed(episode: str) -> tuple[Segment, ...]:
    """What the rules said: a form with two texts and, doubted most, a date."""

    def segment(key: str, first: int, last: int, policy: str, *args: Argument, **more: object) -> Segment:
        span = {"id": key, "first": f"{episode}-{first}", "last": f"{episode}-{last}", "policy": policy, "args": args}
        return Segment.model_validate({**span, "rule": "R6", "evidence": "typed into a text field", **more})

    fields = argument("fields", "From, To and Departure", "observation")
    origin, target = (
        (argument("field", "From"), argument("text", FROM)),
        (argument("field", "To"), argument("text", TO)),
    )
    return (
        segment("form", 0, 4, "fill_form", fields, confidence=0.8, reason="The form has to be filled in."),
        segment("from", 0, 0, "fill_text", *origin, parent="form", confidence=0.95),
        segment("to", 1, 1, "fill_text", *target, parent="form", confidence=0.93),
        segment(
            "date", 2, 4, "choose_date", argument("field", "Departure", "element_name"),
            argument("date", "12/26/2016", "objective"), parent="form", confidence=0.58,
            evidence="the calendar closed without a value in the field", reason="Departure has to be set.",
        ),
    )  # fmt: skip


class LabelShelf:
    """A workspace of its own, and what the endpoints ask of it."""

    failures: tuple[type[Exception], ...] = (StoreError, TraceError, LabelError, PolicyError)

    def __init__(self, root: Path) -> None:
        self.workspace = Workspace(root)
        self.episodes = Episodes(self.workspace)
        self.guard = Guard()
        self.people = People("a secret of tests")
        self.labels = LabelRepository(self.workspace)
        self.tracks = Tracks(self.labels)
        self.share = 0.0

    def close(self) -> None:
        """Let go of the database."""
        self.workspace.close()

    def episode(self, episode_id: str) -> EpisodeReader:
        """A reader of its own."""
        return self.episodes.open(episode_id)

    def demonstration_rows(self) -> tuple[dict[str, Any], ...]:
        """Ended demonstrations, newest first."""
        rows = self.episodes.catalogue.search(actor="human").rows
        return tuple(row for row in rows if row["status"] != "running")

    def blind_share(self) -> float:
        """What a second person labels blind."""
        return self.share

    def annotate(self, annotation: Annotation) -> None:
        """Add a tag."""
        self.episodes.annotate(annotation)

    def desk(self, policy_set: str = "web") -> ReviewDesk:
        """A desk with the set's policies."""
        return ReviewDesk(self.labels, _policies(policy_set), tracks=self.tracks)

    def frames(self, episode_id: str, label_ref: str) -> tuple[Frame, ...]:
        """Nobody asks for them here."""
        raise NotImplementedError(f"{episode_id} {label_ref}")

    def add(self, episode_id: str = "demo1", *, labelled: bool = True, number: int = 0, actor: str = "human") -> str:
        """Write a demonstration, with a label run unless told otherwise."""
        path = self.workspace.episodes_dir / f"{episode_id}.episode"
        path.write_bytes(_file(episode_id, number, actor))
        self.episodes.register_file(path)
        if labelled:
            self.label(episode_id)
        return episode_id

    def add_long(self, episode_id: str, calls: int) -> str:
        """A demonstration of so many calls of two steps each, doubted the more the later they come."""
        header = Episode(id=episode_id, actor="human", objective="Search a lot", site="web", start_url=URL)
        with EpisodeWriter.create(self.workspace.episodes_dir, header) as writer:
            for seq in range(2 * calls):
                _write(writer, episode_id, seq, _MOVES[seq % len(_MOVES)])
            path = writer.seal(status="success", n_steps=2 * calls)
        self.episodes.register_file(path)
        uids = [f"{episode_id}-{seq}" for seq in range(2 * calls)]
        found = [
            Segment(
                id=f"s{n}", first=uids[2 * n], last=uids[2 * n + 1], policy="search",
                args=(argument("query", f"note {n}"),), confidence=0.9 - n / 100,
            )
            for n in range(calls)
        ]  # fmt: skip
        tree = make_tree(episode_id, 1, uids, found)
        self.labels.add_run(make_run(tree, labeller="rules", policy_set="web", created=1.0))
        return episode_id

    def label(self, episode_id: str) -> LabelRun:
        """Keep what the rules said."""
        uids = [f"{episode_id}-{seq}" for seq in range(len(_MOVES))]
        tree = make_tree(episode_id, 1, uids, proposed(episode_id))
        return self.labels.add_run(make_run(tree, labeller="rules", policy_set="web", created=1.0))


@cache
def _policies(name: str) -> PolicySet:
    return load_set(name)


@cache
def _file(episode_id: str, number: int, actor: str) -> bytes:
    """The sealed file; encoding its pictures takes longer than a whole test."""
    header = Episode(
        id=episode_id, actor=actor, objective=OBJECTIVE, site="airline", task="book_flight", start_url=URL,
        started=1_479_600_000.0 + number,
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as folder, EpisodeWriter.create(Path(folder), header) as writer:
        for seq, move in enumerate(_MOVES):
            _write(writer, episode_id, seq, move)
        return writer.seal(status="success", n_steps=len(_MOVES)).read_bytes()


def _write(writer: EpisodeWriter, episode_id: str, seq: int, move: tuple[str, str, str, str, Page, Page]) -> None:
    action, key, role, name, before, after = move
    box = before.observation().boxes.get(key)
    step = Step(
        uid=f"{episode_id}-{seq}",
        seq=seq,
        kind="act",
        action=action,
        target=Target(id=key, role=role, name=name, box=box),
        observation_before=writer.put_observation(before.observation()),
        observation_after=writer.put_observation(after.observation()),
        picture_before=writer.put_picture(before.picture(seq)),
        picture_after=writer.put_picture(after.picture(seq + 1)),
        started=seq * 1000.0,
        ended=seq * 1000.0 + 300,
    )
    writer.append(step)
