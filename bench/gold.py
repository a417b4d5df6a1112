"""The gold corpus of examples/gold: recorded demonstrations, and what people say that was done in them.

A label file names the episode, lists its steps (uid, then words for the reader) and nests calls over their positions.
It becomes an ordinary LabelTree; what is no tree is refused with the file's name. See examples/gold/README.md.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bench.common import ROOT
from labeling.errors import LabelError
from labeling.model import PROPOSED, Argument, LabelTree, Segment
from labeling.tree import make_tree
from policies.errors import UnknownPolicy
from policies.library import PolicySet
from traces.actions import parse_action
from traces.errors import ActionError

GOLD = ROOT / "examples" / "gold"
SCRIPTS, EPISODES = GOLD / "scripts", GOLD / "episodes"
FIRST, SECOND = GOLD / "labels", GOLD / "second"
Split = Literal["development", "test"]
Batch = Literal["1", "2a", "2b", "3", "4", "5"]


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Call(_File):
    """One call over steps `steps` ("3" or "3-7", from 1); `why` is given where the decision was hard."""

    call: str
    steps: str | int
    returns: str | None = None
    why: str = ""
    calls: tuple[Call, ...] = ()

    @property
    def span(self) -> tuple[int, int]:
        """First and last position, from 0, both included."""
        first, _, last = str(self.steps).partition("-")
        return int(first) - 1, int(last or first) - 1


class Remark(_File):
    """What a single step was, beside the call it belongs to."""

    step: int = Field(ge=1)
    role: Literal["mis_click", "correction", "detour"] = Field(alias="is")
    why: str = ""


class Labels(_File):
    """A label file."""

    episode: str
    objective: str
    steps: tuple[str, ...]
    calls: tuple[Call, ...] = ()
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True)
class Demonstration:
    """One of the corpus: name, part of the split, task, the episode's file, its script, and its batch."""

    name: str
    split: Split
    task: str
    path: Path
    script: Path
    batch: Batch = "1"


def demonstrations(split: Split | None = None, batches: Collection[Batch] = get_args(Batch)) -> list[Demonstration]:
    """All of them by name, or those of one part and of some batches."""
    found = [_demonstration(path) for path in sorted(SCRIPTS.glob("*.json"))]
    return [one for one in found if split in (None, one.split) and one.batch in batches]


def labels(name: str, folder: Path = FIRST) -> Labels:
    """What one person said of a demonstration. Raises ValueError with the file's name."""
    path = folder / f"{name}.yaml"
    try:
        return Labels.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError, ValidationError) as error:
        raise ValueError(f"{path.relative_to(ROOT)}: {error}") from error


def tree(name: str, policies: PolicySet, folder: Path = FIRST) -> LabelTree:
    """The same as a label tree, its arguments by the policies' parameters. Raises ValueError with the file's name."""
    told = labels(name, folder)
    uids = [step.split(maxsplit=1)[0] for step in told.steps]
    try:
        return make_tree(told.episode, 1, uids, _segments(told.calls, uids, policies, None))
    except (ValueError, IndexError, LabelError, UnknownPolicy, ActionError) as error:
        raise ValueError(f"{name}.yaml is no tree of calls: {error}") from error


def _demonstration(script: Path) -> Demonstration:
    told: dict[str, Any] = json.loads(script.read_text(encoding="utf-8"))
    episode = EPISODES / f"{script.stem}.episode"
    return Demonstration(script.stem, told["split"], told["task"], episode, script, told.get("batch", "1"))


def _segments(calls: tuple[Call, ...], uids: list[str], policies: PolicySet, parent: str | None) -> Iterator[Segment]:
    for number, call in enumerate(calls, 1):
        key = f"{parent}.{number}" if parent else f"c{number}"
        first, last = call.span
        policy, args = _parts(call.call, policies)
        if min(first, last) < 0:
            raise ValueError(f"{call.call} has no steps")
        yield Segment(
            id=key, first=uids[first], last=uids[last], policy=policy, args=args, parent=parent,
            returns=call.returns, reason=call.why, state="accepted",
        )  # fmt: skip
        yield from _segments(call.calls, uids, policies, key)


def _parts(text: str, policies: PolicySet) -> tuple[str, tuple[Argument, ...]]:
    """The policy and its arguments by name; a proposed policy's are called 1, 2 ..."""
    action = parse_action(text.removeprefix(PROPOSED))
    policy = action.name
    if text.startswith(PROPOSED):
        policy = PROPOSED + action.name
        names = [str(number) for number in range(1, len(action.args) + 1)]
    else:
        names = [parameter.name for parameter in policies.resolve(action.name).parameters]
    if len(names) != len(action.args):
        raise ValueError(f"{text} has {len(action.args)} arguments, its policy takes {len(names)}")
    pairs = zip(names, action.args, strict=True)
    return policy, tuple(Argument(name=name, value=value, source="person") for name, value in pairs)
