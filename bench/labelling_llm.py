"""What the model labeller makes of a model that errs: F1 in and F1 out, rubbish replies, and a real endpoint's F1.

In is one raw pass of a noisy oracle (bench/oracle.py) over the whole demonstration, read strictly; out is what the
labeller gives with the same oracle behind a local server. No rules help: what is not answered stays unanswered.
"""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bench import labelling_gold as gold
from bench.common import quick
from bench.gold import Demonstration, demonstrations
from bench.oracle import Known, Noise, Oracle, known
from labeling.checks.checking import check
from labeling.checks.finding import against
from labeling.errors import TreeError
from labeling.judging import claim, claims
from labeling.labeller import ObservationOf, steps_to_label
from labeling.llm.asking import Asker
from labeling.llm.budget import Purse
from labeling.llm.building import Builder, Unit, first_units, grouped
from labeling.llm.labeller import LlmLabeller, groups_level, steps_level
from labeling.llm.levels import Level
from labeling.llm.lines import told
from labeling.llm.model import LabelSettings, Partition, Stretch
from labeling.llm.repair import read_reply
from labeling.llm.votes import Voted, vote
from labeling.llm.windows import Window
from labeling.measures import Estimate, Pair
from labeling.model import LabelTree
from labeling.repository import MemoryRows
from labeling.rules.scene import make_scene
from labeling.tree import make_tree
from llm_client.endpoint import Endpoint
from llm_client.openai_chat import OpenAIChat
from policies.library import PolicySet, load_set
from tests.fake_llm_server import fake_llm_server
from tests.labeling.llm import answering
from traces.model import Episode, Step
from traces.reader import EpisodeReader
from wiring import POLICY_SET

RATES = (0.0, 0.05, 0.1, 0.2, 0.3, 0.4)
STATED = 0.2
"""The error rate `oracle_f1_in` and `oracle_f1_out` are for."""
USUAL = LabelSettings(reasons=False, concurrency=1)
WHOLE = LabelSettings(reasons=False, concurrency=1, whole_steps=10_000, whole_tokens=10**9, least=1, most=1)
SMALL = replace(USUAL, whole_steps=8, window=12, overlap=6)
ONCE = {"least": 1, "most": 1}
RUBBISH = 10_000


@dataclass(frozen=True)
class Setting:
    """A point's oracle and labeller."""

    name: str
    noise: Noise
    labeller: LabelSettings = USUAL


def settings() -> list[Setting]:
    """The points of the curve: the error rate, how far passes err alike, then votes, windows and repair at one rate."""
    alone = [Setting(f"independent {rate}", Noise(rate)) for rate in RATES]
    alike = [Setting(f"correlated {rate}", Noise(rate, shared=1.0)) for rate in RATES if rate]
    stated, broken = Noise(STATED), Noise(STATED, broken=0.3)
    return [
        *alone,
        *alike,
        Setting(f"half correlated {STATED}", Noise(STATED, shared=0.5)),
        Setting(f"one pass {STATED}", stated, replace(USUAL, **ONCE)),
        Setting(f"small windows, one pass {STATED}", stated, replace(SMALL, **ONCE)),
        Setting(f"small windows {STATED}", stated, SMALL),
        Setting("small windows, no errors", Noise(), SMALL),
        Setting(f"three replies in ten badly written {STATED}", broken),
        Setting("three replies in ten badly written, no other errors", Noise(broken=0.3)),
    ]


class Nobody:
    """A labeller that proposes nothing: what the model does not answer stays the planner's own."""

    name = "nobody"

    def label(
        self,
        episode: Episode,
        steps: Sequence[Step],
        observation: ObservationOf,
        policies: PolicySet,
        derivation: int = 1,
    ) -> LabelTree:
        """A tree without calls. Raises NothingToLabel."""
        return make_tree(episode.id, derivation, [step.uid for step in steps_to_label(episode, steps)], ())


class RawPass:
    """One pass over the whole demonstration, level by level, a reply that is not as asked for being no answer."""

    name = "raw"

    def __init__(self, asker: Asker, levels: int = WHOLE.levels) -> None:
        self._asker, self._levels = asker, levels

    def label(
        self,
        episode: Episode,
        steps: Sequence[Step],
        observation: ObservationOf,
        policies: PolicySet,
        derivation: int = 1,
    ) -> LabelTree:
        """The tree that the model's words say. Raises NothingToLabel."""
        nothing = Nobody().label(episode, steps, observation, policies, derivation)
        scene = make_scene(episode.objective, steps, observation)
        text = told(scene, WHOLE)
        units: tuple[Unit, ...] = first_units(
            self._said(steps_level(text, nothing, policies, WHOLE, episode.id), policies), len(steps)
        )
        for number in range(2, self._levels + 1):
            level = groups_level(number, units, text, nothing, policies, WHOLE, episode.id)
            grown, _ = grouped(self._said(level, policies), units)
            if len(grown) == len(units):
                break
            units = grown
        return make_tree(episode.id, derivation, nothing.uids, Builder(scene, nothing).segments(units))

    def _said(self, level: Level, policies: PolicySet) -> Voted:
        end = len(level.tokens)
        question = level.question(Window(0, end - 1, 0, end - 1), 0)
        answer = self._asker.ask(question, "raw", Purse())
        return vote([strict(answer.text, end, policies, level.allowed)], end)


def strict(text: str, end: int, policies: PolicySet, allowed: Sequence[str]) -> Partition:
    """The partition a reply says, as somebody reads it who trusts the form: nothing if it is not kept to."""
    nothing = (Stretch(0),)
    try:
        json.loads(text)
    except ValueError:
        return nothing
    reading = read_reply(text, 1, end, policies, allowed)
    if not reading.usable or reading.repairs:
        return nothing
    return tuple(replace(stretch, first=stretch.first - 1) for stretch in reading.partition)


def point(demos: Mapping[Demonstration, Known], setting: Setting, policies: PolicySet) -> dict[str, Any]:
    """F1 in and out of one setting, `{"in": {measure: value}, "out": {…}, "requests", "n"}`."""
    raw, made = dict[str, Pair](), dict[str, Pair]()
    with fake_llm_server(Oracle(tuple(demos.values()), policies, setting.noise)) as server:
        with OpenAIChat("oracle", Endpoint(server.url, "none")) as chat:
            for one, facts in demos.items():
                asker = Asker(chat, MemoryRows(), server.url, concurrency=1)
                raw[one.name] = Pair(gold.proposed(RawPass(asker), one, policies), facts.gold)
            asked = len(server.requests)
            for one, facts in demos.items():
                asker = Asker(chat, MemoryRows(), server.url, concurrency=1)
                labeller = LlmLabeller(asker, setting.labeller, Nobody())
                made[one.name] = Pair(gold.proposed(labeller, one, policies), facts.gold)
        return {
            "in": _values(gold.estimates(raw)),
            "out": _values(gold.estimates(made)),
            "requests": len(server.requests) - asked,
            "n": len(demos),
        }


def curve() -> dict[str, dict[str, Any]]:
    """Every point on the development part, by the setting's name."""
    policies = load_set(POLICY_SET)
    chosen = demonstrations("development")
    demos = {one: known(one, policies) for one in chosen[: max(5, quick(len(chosen)))]}
    return {setting.name: point(demos, setting, policies) for setting in settings()}


def checks() -> dict[str, float]:
    """Of the oracle's calls at the stated rate on the development part: how many checks speak against, right and wrong.

    A call is right if gold has it with the same steps, policy and arguments.
    """
    policies = load_set(POLICY_SET)
    spoken, count = {True: 0, False: 0}, {True: 0, False: 0}
    demos = {one: known(one, policies) for one in demonstrations("development")}
    oracle = Oracle(tuple(demos.values()), policies, Noise(STATED))
    with fake_llm_server(oracle) as server, OpenAIChat("oracle", Endpoint(server.url, "none")) as chat:
        for one, facts in demos.items():
            asker = Asker(chat, MemoryRows(), server.url, concurrency=1)
            tree, right = gold.proposed(RawPass(asker), one, policies), claims(facts.gold)
            with EpisodeReader(one.path) as reader:
                scene = make_scene(reader.episode.objective, reader.steps(), reader.observation)
            said = against(tree, check(tree, scene, policies))
            for segment in tree.segments:
                holds = claim(tree, segment) in right
                count[holds] += 1
                spoken[holds] += segment.id in said
    return {
        "wrong_calls": count[False],
        "wrong_spoken_against": round(spoken[False] / count[False], 3),
        "right_calls": count[True],
        "right_spoken_against": round(spoken[True] / count[True], 3),
    }


def figures(points: Mapping[str, Mapping[str, Any]]) -> dict[str, float]:
    """`oracle_f1_in` and `oracle_f1_out`: boundaries, independent errors at the stated rate."""
    stated = points[f"independent {STATED}"]
    return {f"oracle_f1_{side}": stated[side]["boundary_f1"] for side in ("in", "out")}


def rubbish() -> dict[str, float]:
    """Demonstrations labelled on rubbish replies, and how many of the trees are not valid or miss a step."""
    demo, invalid = answering.forms(2), 0
    good = answering.truthful(demo)
    tries = quick(RUBBISH)
    for case in range(tries):
        chance = random.Random(f"bench {case}")

        def answer(request: Any, chance: random.Random = chance) -> str:
            return answering.rubbish(chance, good(request))

        try:
            made = answering.labeller(answer, LabelSettings(concurrency=1, step_tokens=60, page_tokens=60, halvings=1))
            found = answering.propose(made, demo)
        except TreeError:
            invalid += 1
            continue
        invalid += not answering.covered_once(found)
    return {"rubbish_replies": tries, "rubbish_invalid": invalid}


def _values(estimates: Mapping[str, Estimate | None]) -> dict[str, float]:
    return {name: round(one.value, 3) for name, one in estimates.items() if one is not None}
