"""Practice of the model demos: ways are tried in order of likelihood, and the one that succeeded is learned."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.fakes import MemoryLog, ScriptedEnvironment
from agent.learner.choosing import choose
from agent.learner.training import Weights, train
from agent.limits import Limits
from agent.loop import run_episode
from agent.model import Decision
from agent.practising import LESSONS, OTHERS, SURE, Search, Taken, Trying, Way, lessons
from policies.library import load_set
from tests.agent.lessons import Lesson
from traces.actions import Action

LIBRARY = load_set("core")
PAGE = "[1] button 'Send'\n[2] button 'Cancel'\n[3] button 'Help'"
TASK = 'Send the letter "a".'
TAUGHT = [
    Lesson("planner", TASK, PAGE, (), "click [2]", "e1"),
    Lesson("planner", TASK, PAGE, ("click [2]",), "stop", "e1"),
]
"""One demonstration that pressed Cancel, and stopped."""


@pytest.fixture(name="weights", scope="module")
def weights_fixture() -> Weights:
    return train(TAUGHT, LIBRARY.policies)


def asked(*previous: str) -> Decision:
    return Decision(LIBRARY.planner, TASK, "http://page.test/", PAGE, previous)


def played(weights: Weights, way: Way) -> tuple[bool, list[Taken]]:
    """Only Send is right, which nobody showed."""

    def page(action: Action, text: str) -> str:
        return f"{text}\n[9] text 'sent'" if str(action) == "click [1]" else text

    model = Trying(weights, LIBRARY.policies, way)
    environment = ScriptedEnvironment(PAGE, page, TASK, lambda text, answer: "sent" in text)
    episode = run_episode(environment, model, LIBRARY, MemoryLog(), Limits(steps=3, calls=5))
    return episode.status == "success", model.taken


def searched(weights: Weights) -> tuple[int, Way, list[Taken]]:
    """How many tries it took, and the way that succeeded."""
    search = Search()
    for tries in range(1, 20):
        way = search.next()
        assert way is not None
        success, taken = played(weights, way)
        if success:
            return tries, way, taken
        search.failed(way, taken)
    raise AssertionError("nothing was found")


def test_the_first_way_is_what_a_run_does(weights: Weights) -> None:
    """The likeliest action everywhere, with its probability; where nothing can be done it gives up."""
    model = Trying(weights, LIBRARY.policies, Way())
    reply = model.decide(asked())
    chosen = choose(weights, asked(), LIBRARY.policies)
    assert chosen is not None
    assert reply.score == pytest.approx(chosen.probability)
    assert model.taken[0].action == str(chosen.action) == model.taken[0].ranked[0][0]
    nobody = Trying(replace(weights, skills={}), LIBRARY.policies, Way(0.0, ("click [1]",)))
    assert "stop [N/A]" in nobody.decide(asked()).text
    assert (nobody.taken[0].ranked, nobody.taken[0].probability) == ((), 0.0)


def test_a_way_is_gone_as_far_as_it_can_be(weights: Weights) -> None:
    """What is laid down comes first, what cannot be done here is the likeliest instead, and so is the rest."""
    model = Trying(weights, LIBRARY.policies, Way(1.0, ("click [3]", "click [77]")))
    assert "click [3]" in model.decide(asked()).text
    likeliest = Trying(weights, LIBRARY.policies, Way())
    for _ in range(2):
        assert model.decide(asked("click [3]")).text == likeliest.decide(asked("click [3]")).text


def test_what_succeeded_is_done_the_next_time(weights: Weights) -> None:
    """A way nobody showed is found by trying; learned like a demonstration, it is the first way from then on."""
    tries, way, taken = searched(weights)
    found = lessons("a task 7", way, taken)
    assert tries > 1
    assert [one.action for one in found] == [one.action for one in taken]
    assert {one.episode for one in found} == {"a task 7"}
    assert LESSONS.validate_json(LESSONS.dump_json(list(found))) == list(found)
    better = train([*TAUGHT[:1], *found, *(replace(one, episode="another") for one in found)], LIBRARY.policies)
    assert searched(better)[0] == 1


probabilities = st.lists(st.floats(1e-6, 1), min_size=1, max_size=20)


@given(st.lists(probabilities, min_size=1, max_size=4))
def test_ways_come_in_order_of_likelihood(turns: list[list[float]]) -> None:
    """Each differs in one decision from the way that failed, none comes twice, and the cost never falls."""
    taken = []
    for chances in turns:
        ranked = tuple((f"click [{n}]", chance) for n, chance in enumerate(sorted(chances, reverse=True)))
        taken.append(Taken(asked(), "click [0]", ranked))
    search = Search()
    first = search.next()
    assert first == Way()
    search.failed(first, taken)
    ways = []
    while (way := search.next()) is not None:
        ways.append(way)
    assert len({way.actions for way in ways}) == len(ways) == sum(min(len(one) - 1, OTHERS) for one in turns)
    assert [way.cost for way in ways] == sorted(way.cost for way in ways)
    assert all(way.actions[:-1] == ("click [0]",) * (len(way.actions) - 1) for way in ways)
    assert all(way.actions[-1] != "click [0]" for way in ways)


def test_only_later_decisions_of_a_way_are_turned_off() -> None:
    """What it laid down has been turned off before; the way that led there is part of each new one, and of its cost."""
    ranked = (("click [1]", 0.5), ("click [2]", 0.5))
    search = Search()
    search.next()
    search.failed(Way(1.5, ("click [2]",)), [Taken(asked(), "click [2]", ranked), Taken(asked(), "click [1]", ranked)])
    assert search.next() == Way(1.5, ("click [2]", "click [2]"))
    assert search.next() is None


@pytest.mark.parametrize(
    ("way", "chances", "taught"),
    [(Way(), (1.0, SURE), 0), (Way(), (1.0, 0.5), 2), (Way(1.0, ("click [1]",)), (1.0, 1.0), 2)],
)
def test_what_was_sure_and_right_teaches_nothing(way: Way, chances: tuple[float, ...], taught: int) -> None:
    """A way that had to be searched for always does, and so does a first one with a doubtful turn."""
    taken = [Taken(asked(), "click [1]", (("click [1]", chance),)) for chance in chances]
    assert len(lessons("e", way, taken)) == taught
