"""The detectors' benchmark: trouble at known steps, its sums, and the alarms that were looked at by hand."""

from __future__ import annotations

import json
import random
from collections import Counter

import pytest

from agent.fakes import MemoryLog, ScriptedEnvironment
from agent.loop import run_episode
from agent.models.scripted import ScriptedModel
from analysis.signals.course import Course, Pages
from analysis.signals.registry import DETECTORS, find_signals
from bench import detectors_models as models
from bench.detectors import ALIKE, CASES, ELSEWHERE, of_detector
from bench.detectors_kit import Meddler, code_of
from policies.library import load_set
from tools.source_files import ROOT

PAGE = "[1] heading 'Lamps'\n[2] link 'Red lamp'\n[3] link 'Blue lamp'\n"
CHECKED = json.loads((ROOT / "bench" / "detectors_checked.json").read_text(encoding="utf-8"))


def clicks(action: object, text: str) -> str:
    """A page that counts."""
    return text + f"[{text.count(chr(10)) + 1}] text 'seen'\n"


def troubled(meddler: type[Meddler], seed: int = 1) -> tuple[Course, set[int]]:
    """A run on a page in memory with trouble in it, and where the trouble is."""
    page = ScriptedEnvironment(PAGE, clicks, "Press both lamps")
    model = ScriptedModel(["click [2]", "click [3]", "click [2]", "click [3]", "stop [done]"] * 3)
    between = meddler(page, model, random.Random(seed))  # type: ignore[arg-type]  # a page in memory runs no scripts
    log = MemoryLog()
    episode = run_episode(between, between, load_set("web"), log, between.limits, 0, clock=between.clock)
    read = log.observations.__getitem__
    return Course(episode, tuple(log.steps), tuple(log.frames), tuple(log.calls), Pages(read)), between.hits


@pytest.mark.parametrize(
    ("meddler", "detector"),
    [
        (models.Rubbish, "D7"),
        (models.NotTried, "D14"),
        (models.FewSteps, "D15"),
        (models.Invented, "D16"),
        (models.Misgrounded, "D20"),
        (models.Slow, "D22"),
        (models.SlowAnswer, "D22"),
    ],
)
def test_trouble_is_where_the_meddler_says(meddler: type[Meddler], detector: str) -> None:
    """The steps it struck are steps of the episode, and the detector finds it there."""
    course, hits = troubled(meddler)
    assert hits
    assert hits <= {step.seq for step in course.steps}
    found = [one for one in find_signals(course) if one.detector == detector]
    assert any(one.first <= hit <= one.last for one in found for hit in hits)


@pytest.mark.parametrize("meddler", [models.Leisurely, models.Explained])
def test_what_only_looks_like_trouble_strikes_nothing(meddler: type[Meddler]) -> None:
    """No step is struck, and time and reasons alone raise no alarm."""
    course, hits = troubled(meddler)
    assert hits == set()
    assert not {"D20", "D22"} & {one.detector for one in find_signals(course)}


def test_every_detector_is_measured_or_said_not_to_be() -> None:
    """By a fault, or with the reason why not; the look-alikes expect nothing."""
    measured = {name for case in CASES for name in case.detectors}
    assert measured | set(ELSEWHERE) == {one.id for one in DETECTORS}
    assert not measured & set(ELSEWHERE)
    assert not any(case.detectors for case in ALIKE)


def test_the_sums_of_a_detector() -> None:
    """Found of struck; alarms before a fault and on look-alikes are wrong; successes count apart."""
    told = {case.name: {"n": 10, "found": {"D4": 8}, "early": {"D4": 1}, "alarms": {}} for case in CASES}
    told |= {case.name: {"n": 10, "found": {}, "early": {}, "alarms": {}} for case in ALIKE}
    told["Clean"]["alarms"] = {"D4": 1}
    row = of_detector("D4", told, {"n": 200, "alarms": {"D4": 5}})
    assert (row["struck"], row["found"], row["recall"]) == (10, 8, 0.8)
    assert (row["wrong"], row["precision"], row["false_alarm"]) == (2, 0.8, 0.025)


def test_what_was_played_is_kept_by_the_code_of_its_trouble() -> None:
    """Other trouble has another name; the same has the same."""
    names = {code_of(case.meddler) for case in (*CASES, *ALIKE)}
    assert len(names) == len(CASES) + len(ALIKE)
    assert code_of(models.Rubbish) == code_of(models.Rubbish)


def test_every_alarm_that_was_looked_at_has_its_verdict_and_reason() -> None:
    """At most thirty of a detector there is, each right or wrong with why; the docs' table counts them."""
    alarms = CHECKED["alarms"]
    known = {one.id for one in DETECTORS}
    assert all(one["detector"] in known and one["why"].endswith(".") for one in [*alarms, *CHECKED["mended"]])
    counts = Counter(one["detector"] for one in alarms)
    assert max(counts.values()) <= 30
    docs = (ROOT / "docs" / "signals.md").read_text(encoding="utf-8")
    for name, count in counts.items():
        right = sum(one["right"] for one in alarms if one["detector"] == name)
        assert f"| {right} of {count} |" in next(line for line in _measured(docs) if line.startswith(f"| {name} |"))


def _measured(docs: str) -> list[str]:
    return docs.partition("## How often they are right")[2].splitlines()
