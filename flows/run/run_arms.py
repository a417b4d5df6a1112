"""Who plays in a run: a model with a prompt set, and a hash of what else decides its answers.

The hash is part of the jobs' names: when a policy's text or the learner's code changes, episodes are run anew, and runs
from before and after are never mixed.
"""

from __future__ import annotations

import hashlib
import json

from agent.errors import RunError
from agent.learner.weights import code_version
from agent.models.names import Kind, read_name
from agent.models.practised import origin_of
from agent.plan import Arm
from agent.prompt import template_hash
from labeling.errors import UnknownLabel
from policies.library import PolicySet
from wiring import POLICY_SET, Parts

NONE = "none"
"""In place of a prompt set: no examples."""


def arm(parts: Parts, model: str, prompt_set: str) -> Arm:
    """The model with a prompt set (an id, "latest" or "none"). Raises UnknownLabel where it is not there.

    Practised weights come with the prompt set that practice began with; ModelError where they are not there.
    """
    if read_name(model).kind == "practised":
        origin = origin_of(model, parts.workspace.root / "weights")
        return Arm(model, origin.policy_set, origin.prompt_set, _version(model, parts.policies(origin.policy_set)))
    name, policy_set = _prompt_set(parts, model, prompt_set)
    return Arm(model, policy_set, name, _version(model, parts.policies(policy_set)))


def check_unchanged(parts: Parts, remembered: Arm) -> None:
    """Raises RunError where the model would answer by other policies or code by now, UnknownLabel, UnknownSet."""
    if remembered.prompt_set is not None:
        parts.labels.prompt_set(remembered.prompt_set)
    now = _version(remembered.model, parts.policies(remembered.policy_set))
    if remembered.version not in ("", now):
        raise RunError(
            f"The policies of {remembered.policy_set!r} or the program changed since this run was begun, so the rest "
            "of it could not be compared with its finished episodes. Those are kept; nothing was run. Start the same "
            "choices again for a run with what there is now."
        )


def _prompt_set(parts: Parts, model: str, name: str) -> tuple[str | None, str]:
    """(prompt set, policy set); a model that learns nothing also runs without examples."""
    learns = "demos" in _kinds(model)
    if name == NONE and not learns:
        return None, POLICY_SET
    try:
        found = parts.labels.prompt_set(name)
    except UnknownLabel:
        if learns or name != "latest":
            raise
        return None, POLICY_SET
    return found.id, found.policy_set


def _version(model: str, policies: PolicySet) -> str:
    code = code_version() if {"demos", "practised"} & _kinds(model) else template_hash()
    texts = [policies.policies[name].model_dump(mode="json") for name in sorted(policies.policies)]
    return hashlib.blake2b(json.dumps([code, texts]).encode(), digest_size=6).hexdigest()


def _kinds(model: str) -> set[Kind]:
    """The kinds of all that play: a person and whoever plays the rest."""
    named = read_name(model)
    return {named.kind, *([named.rest.kind] if named.rest else [])}
