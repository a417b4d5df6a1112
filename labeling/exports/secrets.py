"""The secret scan: values of secret fields that stand in the clear, and texts that look like keys and tokens.

A recording withholds what is typed into secret fields; this is the second look, before anything leaves the workspace.
A value found anywhere in a demonstration is blanked everywhere in it. A finding never holds the value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel

from labeling.labeller import ObservationOf
from traces.actions import escape, parse_action
from traces.errors import ActionError, ObservationError
from traces.model import Frozen, Observation, Step
from traces.observation_text import Node, parse_observation, quote

Model = TypeVar("Model", bound=BaseModel)
SLOT = re.compile(r"\{SECRET(?::[^{}]*)?\}")
TOKENS: dict[str, re.Pattern[str]] = {
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----(?:[^-]*-----END [A-Z ]*PRIVATE KEY-----)?"),
    "an access key": re.compile(
        r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|\bgh[oprsu]_[A-Za-z0-9]{36,}|\bgithub_pat_\w{40,}|\bsk-[A-Za-z0-9_-]{20,}"
        r"|\bxox[abprs]-[A-Za-z0-9-]{10,}|\bAIza[0-9A-Za-z_-]{35}|\bglpat-[\w-]{20,}|\bhf_[A-Za-z0-9]{30,}"
    ),
    "a signed token": re.compile(r"\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}"),
    "a password in an address": re.compile(r"(?<=://)(?!\{SECRET)[^\s/@:'\"]+:[^\s/@'\"]+(?=@)"),
    "a token in an address": re.compile(
        r"(?i)(?<=[?&#;])(?:access_token|api_?key|auth_token|id_token|password|secret|session_?id|sid|token)"
        r"=(?!\{SECRET)[^&#\s'\"<>;]+"
    ),
}
"""What looks like a secret wherever it stands, by how a person would call it."""
_KEYS = frozenset({"id", "uid", "first", "last", "parent", "step", "episode", "run", "gesture", "segment", "at", "to"})
"""Entries that name other entries; they are never blanked."""


class Finding(Frozen):
    """A secret in the clear: where it stands and what it is, not what it says. `step` is a uid, '' for all others."""

    episode: str
    step: str
    place: str
    kind: str

    def __str__(self) -> str:
        at = f"{self.place} of step {self.step}" if self.step else self.place
        return f"{self.kind} ({at}, episode {self.episode})"


@dataclass(frozen=True)
class Secrets:
    """What a scan found: the findings, and the values to blank with the slot that takes their place."""

    findings: tuple[Finding, ...] = ()
    values: tuple[tuple[str, str], ...] = ()

    def blank(self, text: str) -> str:
        """The text with slots in place of secrets."""
        for value, slot in self.values:
            for form in dict.fromkeys((value, quote(value)[1:-1], escape(value))):
                text = _standing_alone(form).sub(slot.replace("\\", r"\\"), text)
        for pattern in TOKENS.values():
            text = pattern.sub(_token_slot, text)
        return text

    def blanked(self, value: Model) -> Model:
        """The value with slots in all its texts; names of steps and calls stay. Raises what validating raises."""
        return type(value).model_validate(mapped(value.model_dump(mode="json"), self.blank, _KEYS))


def tokens_in(text: str) -> tuple[str, ...]:
    """What in the text looks like a secret, each kind once.

    >>> tokens_in("https://ana:hunter2@example.test/")
    ('a password in an address',)
    """
    return tuple(kind for kind, pattern in TOKENS.items() if pattern.search(text))


def scan(
    episode: str, steps: Iterable[Step], observation: ObservationOf, others: Iterable[tuple[str, BaseModel]] = ()
) -> Secrets:
    """Look through a demonstration: its steps, what was seen, and `others` (what they are called, what they are)."""
    findings: list[Finding] = []
    values: dict[str, str] = {}
    for step, key in _looks(steps):
        seen = observation(key)
        for node in _in_the_clear(seen):
            values[node.value] = _slot(node)
            findings.append(Finding(episode=episode, step=step, place="the observation", kind="a secret field's value"))
        for text, place in ((seen.text, "the observation"), (seen.url, "the address"), (seen.title, "the title")):
            findings += (Finding(episode=episode, step=step, place=place, kind=kind) for kind in tokens_in(text))
    for one in steps:
        typed = _typed_in_the_clear(one, observation)
        if typed is not None:
            values[typed[0]] = typed[1]
            findings.append(Finding(episode=episode, step=one.uid, place="the action", kind="a secret field's value"))
        found = tokens_in(one.model_dump_json())
        findings += (Finding(episode=episode, step=one.uid, place="the step", kind=kind) for kind in found)
    for place, other in others:
        found = tokens_in(other.model_dump_json())
        findings += (Finding(episode=episode, step="", place=place, kind=kind) for kind in found)
    longest_first = sorted(values.items(), key=lambda pair: (-len(pair[0]), pair[0]))
    return Secrets(tuple(dict.fromkeys(findings)), tuple(longest_first))


def _looks(steps: Iterable[Step]) -> Iterator[tuple[str, str]]:
    """(step, observation) of each stored observation once."""
    met: set[str] = set()
    for step in steps:
        for key in (step.observation_before, step.observation_after):
            if key is not None and key not in met:
                met.add(key)
                yield step.uid, key


def _in_the_clear(seen: Observation) -> Iterator[Node]:
    try:
        nodes = parse_observation(seen.text)
    except ObservationError:
        return
    yield from (node for node in nodes if "secret" in node.flags and node.value and not SLOT.search(node.value))


def _typed_in_the_clear(step: Step, observation: ObservationOf) -> tuple[str, str] | None:
    """The text a step typed into a field that its observation marks as secret, and the slot for it."""
    try:
        action = parse_action(step.action)
        seen = parse_observation(observation(step.observation_before).text) if step.observation_before else ()
    except (ActionError, ObservationError):
        return None
    if action.name != "type" or SLOT.search(action.args[1]) or not action.args[1]:
        return None
    secret = next((node for node in seen if node.id == action.element and "secret" in node.flags), None)
    return None if secret is None else (action.args[1], _slot(secret))


def _slot(node: Node) -> str:
    name = re.sub(r"[^a-z0-9]+", "-", node.name.lower()).strip("-")
    return f"{{SECRET:{name or 'value'}}}"


def _token_slot(match: re.Match[str]) -> str:
    name, equals, _ = match[0].partition("=")
    return f"{name}={{SECRET:token}}" if equals and re.fullmatch(r"\w+", name) else "{SECRET:token}"


def _standing_alone(value: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(value)}(?!\w)")


def mapped(value: Any, change: Callable[[str], str], kept: Collection[str]) -> Any:
    """A JSON value with every text in it changed, but for what stands under the `kept` keys."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [mapped(entry, change, kept) for entry in value]
    if isinstance(value, dict):
        return {key: entry if key in kept else mapped(entry, change, kept) for key, entry in value.items()}
    return value
