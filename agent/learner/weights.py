"""Learned weights on disk: plain arrays (npz, no pickle) named by what they were learned from and by which code.

A file holds `shape` (JSON as bytes), a digest of everything, and two arrays a policy. A file that is missing, damaged
or of other code is simply learned again, which takes seconds.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import zipfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import agent.history
import labeling.clocks
import labeling.days
import labeling.rules.calendars
import labeling.rules.page
import traces.observation_text
from agent.learner.patterns import Entry, Pattern
from agent.learner.repertoire import Repertoire
from agent.learner.scorer import Scorer
from agent.learner.templates import Template, Templates
from agent.learner.training import Skill, Taught, Weights, train
from policies.model import Policy

FORMAT = "stepscope-weights/1"
LARGEST = 200_000_000
"""Bytes; a larger file is not ours."""
Arrays = dict[str, NDArray[Any]]


class DamagedWeights(Exception):
    """A file that does not hold weights of ours."""


def learned(prompt_set: str, examples: Sequence[Taught], library: Mapping[str, Policy], folder: Path) -> Weights:
    """The weights of a prompt set (its id): read from the folder, or learned now and kept there."""
    path = folder / f"{weights_key(prompt_set, library)}.npz"
    try:
        return load(path.read_bytes())
    except (FileNotFoundError, DamagedWeights):
        weights = train(examples, library)
    folder.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(f".{os.getpid()}.part")
    part.write_bytes(dump(weights))
    part.replace(path)
    return weights


def weights_key(prompt_set: str, library: Mapping[str, Policy]) -> str:
    """The name of the weights: a hash of the prompt set's id, the policies and the learner's code."""
    policies = [library[name].model_dump(mode="json") for name in sorted(library)]
    return hashlib.sha256(json.dumps([prompt_set, policies, code_version()]).encode()).hexdigest()[:32]


@cache
def code_version() -> str:
    """A hash of the source files that what is learned depends on."""
    others = (
        agent.history,
        labeling.clocks,
        labeling.days,
        labeling.rules.calendars,
        labeling.rules.page,
        traces.observation_text,
    )
    paths = sorted(Path(__file__).parent.glob("*.py")) + [Path(str(module.__file__)) for module in others]
    return hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()[:16]


def dump(weights: Weights) -> bytes:
    """The file's bytes."""
    arrays: Arrays = {"shape": np.frombuffer(json.dumps(_shape(weights), sort_keys=True).encode(), dtype=np.uint8)}
    for name, skill in weights.skills.items():
        arrays[f"keys.{name}"], arrays[f"weights.{name}"] = skill.scorer.keys, skill.scorer.weights
    arrays["digest"] = np.frombuffer(_digest(arrays), dtype=np.uint8)
    out = io.BytesIO()
    np.savez(out, allow_pickle=False, **arrays)
    return out.getvalue()


def load(data: bytes) -> Weights:
    """The weights of a file's bytes. Raises DamagedWeights."""
    if len(data) > LARGEST:
        raise DamagedWeights("the file is too large")
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as file:
            arrays: Arrays = {name: file[name] for name in file.files}
        digest = arrays.pop("digest").tobytes()
        if digest != _digest(arrays):
            raise DamagedWeights("the digest does not fit")
        return _weights(json.loads(arrays["shape"].tobytes()), arrays)
    except (ValueError, KeyError, TypeError, OSError, EOFError, zipfile.BadZipFile) as error:
        raise DamagedWeights(str(error)) from error


def _digest(arrays: Arrays) -> bytes:
    hashed = hashlib.sha256()
    for name in sorted(arrays):
        hashed.update(name.encode() + arrays[name].tobytes())
    return hashed.digest()


def _shape(weights: Weights) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "templates": [[list(template.anchors), template.shown] for template in weights.templates.found],
        "vocabulary": sorted(weights.templates.vocabulary),
        "skills": {
            name: {
                "examples": skill.examples,
                "missed": skill.missed,
                "heat": skill.scorer.heat,
                **_repertoire_out(skill.repertoire),
            }
            for name, skill in weights.skills.items()
        },
    }


def _weights(shape: dict[str, Any], arrays: Arrays) -> Weights:
    if shape["format"] != FORMAT:
        raise DamagedWeights(f"the format is {shape['format']}")
    skills = {
        name: Skill(
            _repertoire_in(skill),
            Scorer(arrays[f"keys.{name}"], arrays[f"weights.{name}"], skill["heat"]),
            skill["examples"],
            skill["missed"],
        )
        for name, skill in shape["skills"].items()
    }
    found = tuple(Template(tuple(anchors), shown) for anchors, shown in shape["templates"])
    return Weights(Templates(found, frozenset(shape["vocabulary"])), skills)


def _repertoire_out(repertoire: Repertoire) -> dict[str, Any]:
    return {
        "verbs": sorted(repertoire.verbs),
        "fixed": {verb: sorted(map(list, args)) for verb, args in repertoire.fixed.items()},
        "ends": sorted(repertoire.ends),
        "constants": [[*key, sorted(texts)] for key, texts in sorted(repertoire.constants.items())],
        "patterns": [
            [*key, [[[e.name, e.text, list(e.keys)] for e in pattern.entries] for pattern in sorted(patterns)]]
            for key, patterns in sorted(repertoire.patterns.items())
        ],
        "names": sorted(map(list, repertoire.names)),
        "picked": sorted(map(list, repertoire.picked)),
        "roles": [[*key, sorted(roles)] for key, roles in sorted(repertoire.roles.items())],
        "soonest": [repertoire.soonest, repertoire.soonest_bare],
        "onward": sorted(repertoire.onward),
        "forms": [[*key, sorted(forms)] for key, forms in sorted(repertoire.forms.items())],
    }


def _repertoire_in(body: dict[str, Any]) -> Repertoire:
    return Repertoire(
        verbs=frozenset(body["verbs"]),
        fixed={verb: frozenset(map(tuple, args)) for verb, args in body["fixed"].items()},
        ends=frozenset(body["ends"]),
        constants={
            (verb, slot): frozenset((at, text) for at, text in texts) for verb, slot, texts in body["constants"]
        },
        patterns={(verb, slot): frozenset(map(_pattern, patterns)) for verb, slot, patterns in body["patterns"]},
        names=frozenset((verb, slot) for verb, slot in body["names"]),
        picked=frozenset((verb, slot) for verb, slot in body["picked"]),
        roles={(verb, slot): frozenset(roles) for verb, slot, roles in body["roles"]},
        soonest=body["soonest"][0],
        soonest_bare=body["soonest"][1],
        onward=frozenset(body["onward"]),
        forms={(verb, slot): frozenset(forms) for verb, slot, forms in body["forms"]},
    )


def _pattern(body: list[Any]) -> Pattern:
    return Pattern(tuple(Entry(name, text, tuple(keys)) for name, text, keys in body))
