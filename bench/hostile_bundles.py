"""Bundles as we write them, each wrong in one place, so that nothing before it stops what is wrong."""

from __future__ import annotations

import json
import random
import tempfile
from collections.abc import Iterator, Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any, get_args
from zipfile import ZipFile

from bench.hostile_cases import CANARY, Case
from bench.hostile_own import HUMAN, bundled, copied

FLAWED = 24
"""Cases of one value that is none of what may stand there."""
VALUES: tuple[Any, ...] = (
    None, float("nan"), -1e308, 2**63, 10**400, -5, "", CANARY, "../../x", "\ud800", [], {}, [[]], True, "s1",
    "x" * 100_000,
)  # fmt: skip
Records = Mapping[str, list[Any]]
Place = tuple[str | int, ...]


def flawed() -> Iterator[Case]:
    """A wrong value somewhere, and calls that are no tree."""
    for number in range(FLAWED):
        yield Case(f"bundle: one wrong value {number}", partial(_one_value, number=number))
    for name, changes in TREES.items():
        yield Case(f"bundle: {name}", partial(_tree, name=name, changes=changes))


TREES: dict[str, Mapping[str, Any]] = {
    "a call within itself": {"parent": "s1"},
    "a call of no call": {"parent": "nowhere"},
    "a call of steps that are not there": {"first": "nowhere", "last": "nowhere"},
    "a call that is sure beyond sure": {"confidence": 1e300},
}


def _one_value(folder: Path, number: int) -> Path:
    chance = random.Random(number)
    records = {name: list(rows) for name, rows in true_records().items()}
    name = sorted(records)[number % len(records)]
    row = chance.randrange(len(records[name]))
    place = chance.choice([one for one in _places(records[name][row]) if one])
    records[name][row] = _put(records[name][row], place, chance.choice(VALUES))
    return _written(folder, records, f"flawed{number}")


def _tree(folder: Path, name: str, changes: Mapping[str, Any]) -> Path:
    """The first call of every proposal changed."""
    records = dict(true_records())
    runs = json.loads(json.dumps(records["label_runs"]))
    for run in runs:
        run["tree"]["segments"][0] |= changes
    return _written(folder, {**records, "label_runs": runs}, name.replace(" ", "-"))


@cache
def true_records() -> Records:
    """The records of a bundle, by their files: a demonstration with an undone review, a note and prompts."""
    from flows.label import labels
    from flows.prompt import prompts
    from flows.transfer import transfer
    from flows.transfer.exporting import Asked, export_labels
    from labeling.prompts.model import PromptConfig, Split
    from traces.model import Annotation
    from wiring import Parts

    with tempfile.TemporaryDirectory() as home:
        parts = Parts(Path(home) / "workspace")
        transfer.import_files(parts, [HUMAN])
        labels.accept(parts, HUMAN.stem, "me")
        desk = parts.desk()
        state = desk.begin(labels.proposed(parts, HUMAN.stem), "eva", "eva")
        desk.do(desk.do(state, "reject", {"segment": "s1"}, "eva"), "undo", {}, "eva")
        parts.annotate(Annotation(id="n1", episode=HUMAN.stem, kind="note", author="eva", at=5.0, text="Tidy"))
        prompts.build(parts, config=PromptConfig(splits=get_args(Split)))
        export_labels(parts, Asked("native", Path(home) / "out.zip"))
        parts.close()
        with ZipFile(Path(home) / "out.zip") as archive:
            names = [name for name in archive.namelist() if name.endswith(".jsonl")]
            return {name.removesuffix(".jsonl"): _rows(archive.read(name)) for name in names}


def _rows(data: bytes) -> list[Any]:
    return [json.loads(line) for line in data.decode().splitlines()]


def _written(folder: Path, records: Records, id: str) -> Path:
    """The bundle of these records, with an episode of its own so that none of another case is there already."""
    texts = {}
    for name, rows in records.items():
        lines = "\n".join(json.dumps(row) for row in rows)
        texts[f"{name}.jsonl"] = lines.replace(HUMAN.stem, id).replace('"run-', f'"run-{id}-').encode()
    sets = [row["id"] for row in true_records()["label_sets"]]
    head = {"format": "stepscope-bundle/1", "label_set": sets[0], "policy_set": "web"}
    episode = copied(HUMAN, folder, id).read_bytes()
    return bundled(folder, {"bundle.json": json.dumps(head).encode(), **texts}, {f"episodes/{id}.episode": episode})


def _places(value: Any, place: Place = ()) -> Iterator[Place]:
    """Where something stands in a value, itself included."""
    yield place
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in parts:
        yield from _places(one, (*place, key))


def _put(value: Any, place: Place, new: Any) -> Any:
    if not place:
        return new
    changed = value.copy()
    changed[place[0]] = _put(value[place[0]], place[1:], new)
    return changed
