"""The model `demos+practice:ID`: what a prompt set taught, improved by practice, read from weights named by content.

Beside the weights lies what they were made from; weights that another version of the learner made are refused.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from agent.errors import ModelError
from agent.learner.training import Weights
from agent.learner.weights import DamagedWeights, code_version, dump, load
from agent.models.demos import DemosModel
from policies.library import PolicySet

PREFIX = "demos+practice:"


@dataclass(frozen=True)
class Origin:
    """What practised weights come from: the practice and what it began with; `code` is the learner's version."""

    practice: str
    prompt_set: str
    policy_set: str
    code: str


def keep(weights: Weights, origin: Origin, log: Any, folder: Path) -> str:
    """Write weights under the hash of their origin and the practice's log (plain JSON); returns that id."""
    said = json.dumps([asdict(origin), log], sort_keys=True)
    name = hashlib.sha256(said.encode()).hexdigest()[:12]
    folder.mkdir(parents=True, exist_ok=True)
    _path(folder, name).write_bytes(dump(weights))
    _path(folder, name).with_suffix(".json").write_text(json.dumps(asdict(origin)), encoding="utf-8")
    return name


def origin_of(model: str, folder: Path) -> Origin:
    """What a practised model comes from. Raises ModelError where it is gone or of another version of the learner."""
    name = model.removeprefix(PREFIX)
    try:
        origin = Origin(**json.loads(_path(folder, name).with_suffix(".json").read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise ModelError(
            f"There are no practised weights {name!r} here. Nothing was run. `cli.py practice list` shows which are."
        ) from error
    if origin.code != code_version():
        raise ModelError(
            f"{model} was practised with another version of the learner, which reads pages differently. Nothing was "
            f"run. Practise again from {origin.prompt_set}, or run the model demos."
        )
    return origin


def practised(model: str, policies: PolicySet, folder: Path) -> DemosModel:
    """The model of that name. Raises ModelError."""
    origin_of(model, folder)
    try:
        weights = load(_path(folder, model.removeprefix(PREFIX)).read_bytes())
    except (OSError, DamagedWeights) as error:
        raise ModelError(
            f"The weights of {model} cannot be read ({error}). Nothing was run. Practise again."
        ) from error
    made = DemosModel(weights, policies.policies)
    made.name = model
    return made


def _path(folder: Path, name: str) -> Path:
    if not name.isalnum():
        raise ModelError(f"{name!r} is no name of practised weights. Nothing was run. `cli.py practice list` has them.")
    return folder / f"practice-{name}.npz"
