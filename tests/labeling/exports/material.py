"""Demonstrations that are reviewed and ready to be exported, and exports kept in memory."""

from __future__ import annotations

import io
import json

from flows.transfer.exporting import wording
from labeling.desk import ReviewDesk
from labeling.exports.material import Labelled, Source, Track
from labeling.exports.out import Out
from labeling.label_sets import freeze
from labeling.model import LabelSet
from labeling.prompts.building import build_prompt_set
from labeling.prompts.turns import Demonstration
from labeling.repository import LabelRepository, MemoryRows
from labeling.rules.labeller import RulesLabeller
from labeling.splits import split_of
from policies.library import load_set
from tests.workspaces import signing_up

WEB = load_set("web")


class Kept(io.BytesIO):
    """A file whose bytes can still be read when it is closed."""

    def close(self) -> None:
        self.data = self.getvalue()
        super().close()


class Memory:
    """Files by name."""

    def __init__(self):
        self.files: dict[str, Kept] = {}

    def open(self, name):
        assert name not in self.files
        self.files[name] = Kept()
        return self.files[name]

    def text(self, name):
        return self.files[name].data.decode()

    def rows(self, name):
        return [json.loads(line) for line in self.text(name).splitlines()]


def reviewed(recording, change=None, derivation=1, **fields) -> Labelled:
    """The recording, proposed by rules, changed by gestures (`change(desk, state)`) and accepted by ana."""
    clock = iter(range(100, 10_000, 10))
    desk = ReviewDesk(LabelRepository(MemoryRows()), WEB, lambda: float(next(clock)))
    run = desk.propose(RulesLabeller(), recording.episode, recording.steps, recording.observation, derivation)
    state = desk.begin(run, "ana", "ana")
    if change is not None:
        state = change(desk, state)
    state = desk.accept_all(state, "ana")
    tree = freeze([state], policy_set="web", actor="ana", created=1.0).trees[0]
    demo = Demonstration(recording.episode, tuple(recording.steps), recording.observation)
    events = desk.repository.events(recording.episode_id, "ana")
    return Labelled(
        **{
            "demonstration": demo,
            "tree": tree,
            "label_set": "ls-1",
            "split": split_of(recording.episode.task, recording.episode.objective),
            "runs": (run,),
            "tracks": (Track("ana", events, run, True),),
            **fields,
        }
    )


def source(*ones: Labelled, **fields) -> Source:
    """What a writer is given for these demonstrations."""
    trees = tuple(one.tree for one in ones)
    label_set = LabelSet(id="ls-1", policy_set="web", trees=trees, created=1.0, actor="ana")
    return Source(label_set, WEB, ones, wording(WEB), **fields)


def prompts_of(*ones: Labelled):
    """The prompt set of these demonstrations."""
    by_id = {one.id: one.demonstration for one in ones}
    return build_prompt_set([source(*ones).label_set], by_id.__getitem__, WEB)


def written(write, given: Source) -> tuple[Memory, Out]:
    """What a writer makes of it."""
    memory = Memory()
    out = Out(memory.open)
    write(given, out)
    out.close()
    return memory, out


def signed_up(episode_id="demo1", name="ana", change=None, **fields) -> Labelled:
    """A form of two fields that is sent: calls three deep."""
    return reviewed(signing_up(episode_id, name), change, **fields)
