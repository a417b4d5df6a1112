"""A model that knows the gold labels and errs at a stated rate, as the script of a local OpenAI-compatible server.

It drops, shifts by a step and renames calls; a share of its errors is the same whenever it is asked, the rest is drawn
anew for every prompt. Its replies can be written badly, too. Equal seeds and prompts give equal replies.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bench.gold import Demonstration, tree
from labeling.llm.labeller import rules_groups, rules_steps
from labeling.llm.levels import clipped
from labeling.llm.lines import Told, told
from labeling.llm.model import NEW, OWN, PROPOSED, LabelSettings, Partition, Stretch, joined, spans
from labeling.llm.prompt import Item, callable_names
from labeling.model import LabelTree
from labeling.rules.scene import make_scene
from policies.library import PolicySet
from tests.fake_llm_server import Answer, says
from traces.reader import EpisodeReader

_ASKED = re.compile(r"Say the calls of the (steps|items) [si](\d+) to [si](\d+)\.")
_ITEM = re.compile(r"^i\d+ \| (?:call .* \(steps s(\d+) to s(\d+)\)|step s(\d+) )", re.MULTILINE)
_CALL = re.compile(r"^c\d+ \| ", re.MULTILINE)


@dataclass(frozen=True)
class Noise:
    """How an oracle errs: `rate` of its calls wrongly, `shared` of these errors every time, `broken` of its replies."""

    rate: float = 0.0
    shared: float = 0.0
    broken: float = 0.0
    seed: int = 0


@dataclass(frozen=True)
class Known:
    """A demonstration as it is asked about, and its gold labels."""

    name: str
    told: Told
    gold: LabelTree


def known(one: Demonstration, policies: PolicySet) -> Known:
    """A demonstration of the corpus with its gold labels."""
    with EpisodeReader(one.path) as reader:
        scene = make_scene(reader.episode.objective, reader.steps(), reader.observation)
    return Known(one.name, told(scene, LabelSettings()), tree(one.name, policies))


class Oracle:
    """Answers requests about demonstrations it knows; give it to a server as its script. Raises LookupError."""

    def __init__(self, demos: Sequence[Known], policies: PolicySet, noise: Noise) -> None:
        self._demos, self._policies, self._noise = demos, policies, noise

    def __call__(self, request: dict[str, Any]) -> Answer:
        """The reply to a request as the server got it."""
        user = str(request["messages"][1]["content"])
        digest = hashlib.sha256(user.encode("utf-8", "replace")).hexdigest()
        asked = _ASKED.search(user)
        if asked is None:
            return says(json.dumps({"calls": [_reason(n) for n, _ in enumerate(_CALL.findall(user), 1)], "steps": []}))
        demo = self._demo(user)
        body = self._steps(demo, asked, digest) if asked[1] == "steps" else self._items(demo, asked, user, digest)
        return says(self._written(body, digest))

    def _demo(self, user: str) -> Known:
        """The demonstration a prompt is about: by objective, then by its step lines, then by its length."""
        objective = user.partition("\n")[0].removeprefix("Objective: ")
        found = [one for one in self._demos if one.told.objective.partition("\n")[0] == objective]
        if not found:
            raise LookupError(f"the oracle does not know {objective!r}")
        last = max((span[1] for span in _spans(user)), default=-1)
        return max(found, key=lambda one: (sum(ln in user for ln in one.told.lines), last == len(one.told.lines) - 1))

    def _steps(self, demo: Known, asked: re.Match[str], digest: str) -> dict[str, Any]:
        names, end = callable_names(self._policies, composite_only=False), len(demo.gold.uids)
        noisy = self._erring(rules_steps(demo.gold), end, names, f"{demo.name} 1", digest)
        part = clipped(noisy, end, int(asked[2]) - 1, int(asked[3]) - 1)
        return {"calls": [self._entry(one, "first_step") for one in part], "notes": []}

    def _items(self, demo: Known, asked: re.Match[str], user: str, digest: str) -> dict[str, Any]:
        items = [Item("", *span) for span in _spans(user)]
        begin = int(asked[2]) - 1
        names = callable_names(self._policies, composite_only=True)
        true = joined([_if_allowed(one, names) for one in rules_groups(demo.gold, items)])
        noisy = self._erring(true, len(items), names, f"{demo.name} 2", digest)
        return {"groups": [self._entry(replace(one, first=one.first + begin), "first_item") for one in noisy]}

    def _erring(self, true: Partition, end: int, names: Sequence[str], where: str, digest: str) -> Partition:
        """The truth with this prompt's errors in it."""
        out: list[Stretch] = []
        for stretch, begin, stop in spans(true, end):
            every_time = self._chance(where, begin, "kind").random() < self._noise.shared
            chance = self._chance(where, begin, "every time" if every_time else digest)
            out += self._erred(stretch, out, stop, names, chance)
        return joined(out)

    def _erred(
        self, one: Stretch, before: Sequence[Stretch], stop: int, names: Sequence[str], chance: random.Random
    ) -> Iterator[Stretch]:
        if chance.random() >= self._noise.rate:
            yield one
            return
        kind, step = chance.choice(("drop", "shift", "rename")), chance.choice((-1, 1))
        if kind == "rename":
            yield self._renamed(one, chance.choice([name for name in names if name != one.policy]))
        elif not before:
            yield one
        elif kind == "shift":
            least, most = before[-1].first + 1, stop - 1
            moved = one.first + step
            yield replace(one, first=moved if least <= moved <= most else min(max(one.first - step, least), most))

    def _renamed(self, one: Stretch, name: str) -> Stretch:
        """The stretch as a call of another policy, which is given all it needs."""
        values = [value for _, value in one.args]
        needed = self._policies.resolve(name).required
        args = tuple((p.name, values[n] if n < len(values) else "unknown") for n, p in enumerate(needed))
        return replace(one, policy=name, args=args)

    def _entry(self, one: Stretch, key: str) -> dict[str, Any]:
        proposed = one.policy.startswith(PROPOSED)
        new = {"name": one.policy.removeprefix(PROPOSED), "description": "as in the gold labels"}
        return {
            key: one.first + 1,
            "evidence": "the gold labels",
            "policy": NEW if proposed else one.policy,
            "proposed": new if proposed else None,
            "args": [{"name": name, "value": value} for name, value in one.args],
            "returns": one.returns,
            "certainty": "high",
        }

    def _written(self, body: dict[str, Any], digest: str) -> str:
        """The reply as text: as it should be, or in one of the ways replies are written badly."""
        chance = self._chance("written", 0, digest)
        good = json.dumps(body)
        if chance.random() >= self._noise.broken:
            return good
        return chance.choice((_fenced, _cut, _unordered, _misspelt, _by_name, _nothing))(good, body, chance)

    def _chance(self, *parts: object) -> random.Random:
        return random.Random("|".join(map(str, (self._noise.seed, *parts))))


def _if_allowed(one: Stretch, names: Sequence[str]) -> Stretch:
    """A stretch of a call that cannot be said here, as a text cut in two at the level below, is nobody's."""
    return one if one.policy in (OWN, *names) or one.policy.startswith(PROPOSED) else Stretch(one.first)


def _spans(user: str) -> list[tuple[int, int]]:
    """First and last position of each item of a prompt."""
    found = [[int(part) - 1 for part in match.groups() if part] for match in _ITEM.finditer(user)]
    return [(one[0], one[-1]) for one in found]


def _reason(number: int) -> dict[str, Any]:
    return {"number": number, "reason": "It comes next."}


def _fenced(good: str, _body: dict[str, Any], _chance: random.Random) -> str:
    return f"Here is what I see.\n```json\n{good}\n```"


def _cut(good: str, _body: dict[str, Any], chance: random.Random) -> str:
    return good[: chance.randrange(len(good) // 2, len(good))]


def _unordered(_good: str, body: dict[str, Any], chance: random.Random) -> str:
    name = next(iter(body))
    return json.dumps({**body, name: chance.sample(body[name], len(body[name]))})


def _misspelt(_good: str, body: dict[str, Any], _chance: random.Random) -> str:
    name = next(iter(body))
    return json.dumps({**body, name: [{**one, "policy": one["policy"].replace("_", "-")} for one in body[name]]})


def _by_name(_good: str, body: dict[str, Any], _chance: random.Random) -> str:
    name = next(iter(body))
    told = [{**one, "args": {arg["name"]: arg["value"] for arg in one["args"]}} for one in body[name]]
    return json.dumps({**body, name: told})


def _nothing(_good: str, _body: dict[str, Any], _chance: random.Random) -> str:
    return ""
