"""Practice of the model demos: what earned more becomes likelier, by the very gradient, and an unfit habit goes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.fakes import MemoryLog, ScriptedEnvironment
from agent.learner.choosing import options
from agent.learner.scorer import Scorer, softmax
from agent.learner.training import Weights, train
from agent.limits import Limits
from agent.loop import run_episode
from agent.model import Decision
from agent.practising import Practised, Sampling, Taken, advantages, slope
from policies.library import load_set
from tests.agent.lessons import Lesson
from traces.actions import Action

LIBRARY = load_set("core")
PAGE = "[1] button 'Send'\n[2] button 'Cancel'\n[3] button 'Help'"
HOT = 4.0
TASK = 'Send the letter "a".'


@pytest.fixture(name="weights", scope="module")
def weights_fixture() -> Weights:
    """One demonstration that pressed Cancel, and stopped."""
    lessons = [
        Lesson("planner", TASK, PAGE, (), "click [2]", "e1"),
        Lesson("planner", TASK, PAGE, ("click [2]",), "stop", "e1"),
    ]
    return train(lessons, LIBRARY.policies)


def asked(*previous: str) -> Decision:
    return Decision(LIBRARY.planner, TASK, "http://page.test/", PAGE, previous)


@given(st.lists(st.floats(-1, 1), min_size=1, max_size=8))
def test_advantages_of_a_group_cancel_out(rewards: list[float]) -> None:
    """Their sum is nothing, and equal rewards teach nothing."""
    assert sum(advantages(rewards)) == pytest.approx(0.0, abs=1e-6)
    assert advantages([rewards[0]] * 4) == [0.0] * 4


def test_the_slope_is_that_of_the_probability(weights: Weights) -> None:
    """As measured by moving one weight a little, for every fact, with candidates that share facts."""
    found = options(weights, asked(), LIBRARY.policies)
    assert found is not None
    chosen = np.array([str(one.action) == "click [1]" for one in found.candidates])
    keys = np.unique(found.table.facts)
    places = np.searchsorted(keys, found.table.facts)
    start = np.linspace(-1, 1, len(keys))

    def log_probability(at: np.ndarray) -> float:
        return float(np.log(softmax(found.table.scores(at[places]) / 1.5)[chosen].sum()))

    taken = Taken("planner", found.table, chosen, heat=1.5)
    gain = np.bincount(places.ravel(), slope(taken, start[places]), len(keys))
    for place in range(len(keys)):
        moved = start.copy()
        moved[place] += 1e-5
        assert (log_probability(moved) - log_probability(start)) / 1e-5 == pytest.approx(gain[place], abs=1e-3)


def test_what_earned_more_becomes_likelier(weights: Weights) -> None:
    """And what earned less unlikelier; without a difference nothing moves."""
    found = options(weights, asked(), LIBRARY.policies)
    assert found is not None
    one, other = (
        Taken("planner", found.table, np.array([str(c.action) == text for c in found.candidates]))
        for text in ("click [1]", "click [3]")
    )

    def probability(now: Weights, taken: Taken) -> float:
        return float(now.skills["planner"].scorer.probabilities(taken.table)[taken.chosen].sum())

    practised = Practised(weights)
    practised.learn([(0.0, [one]), (0.0, [other])])
    assert practised.weights is weights
    practised.learn([(1.0, [one]), (-1.0, [other])])
    assert probability(practised.weights, one) > probability(weights, one)
    assert probability(practised.weights, other) < probability(weights, other)


def test_sampling_is_seeded_and_follows_the_probabilities(weights: Weights) -> None:
    """The same seed takes the same decisions; a low temperature leaves hardly any chance."""

    def drawn(temperature: float) -> list[str]:
        return [Sampling(weights, LIBRARY.policies, n, temperature).decide(asked()).text for n in range(30)]

    assert drawn(4.0) == drawn(4.0)
    assert len(set(drawn(4.0))) > 1
    assert len(set(drawn(0.01))) == 1
    nobody = Sampling(replace(weights, skills={}), LIBRARY.policies, 0)
    assert "stop [N/A]" in nobody.decide(asked()).text
    assert nobody.taken == []


def test_practice_unlearns_what_never_works(weights: Weights) -> None:
    """Only Send is rewarded, which nobody showed: after some groups it is what the model does."""

    def page(action: Action, text: str) -> str:
        return f"{text}\n[9] text 'sent'" if str(action) == "click [1]" else text

    def play(now: Weights, seed: int) -> tuple[float, list[Taken]]:
        model = Sampling(now, LIBRARY.policies, seed, HOT)
        environment = ScriptedEnvironment(PAGE, page, TASK, lambda text, answer: "sent" in text)
        episode = run_episode(environment, model, LIBRARY, MemoryLog(), Limits(steps=3, calls=5))
        return float(episode.status == "success"), model.taken

    def successes(now: Weights) -> float:
        return sum(play(now, seed)[0] for seed in range(1000, 1020))

    before, practised = successes(weights), Practised(weights, rate=0.3)
    for group in range(25):
        played = [play(practised.weights, 10 * group + one) for one in range(5)]
        gains = advantages([reward for reward, _ in played])
        practised.learn([(gain, taken) for gain, (_, taken) in zip(gains, played, strict=True)])
    assert before < 14
    assert successes(practised.weights) >= 18


def test_keys_stay_sorted_and_the_squares_only_grow(weights: Weights) -> None:
    """Facts that nobody had seen join in their place; what Adagrad has summed is never forgotten."""
    practised = Practised(weights)
    sampled = Sampling(weights, LIBRARY.policies, 3)
    sampled.decide(asked())
    for _ in range(3):
        before: Scorer = practised.squares.skills["planner"].scorer
        practised.learn([(1.0, sampled.taken), (-0.5, sampled.taken)])
        now = practised.weights.skills["planner"].scorer
        assert (np.diff(now.keys.astype(np.int64)) > 0).all()
        assert (practised.squares.skills["planner"].scorer.of(before.keys) >= before.weights).all()
