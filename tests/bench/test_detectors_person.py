"""The scripted person of the practice sites as a policy, and pages that come back as they were at first."""

from __future__ import annotations

import pytest

from agent.model import Decision, PolicyModel
from agent.reply import parse_reply
from bench.detectors_astray import circles
from bench.detectors_field import TASKS
from bench.detectors_person import MOST, person
from bench.detectors_sites import struck
from policies.library import load_set
from practice.desk.script import script_for
from tests.bench.test_detectors_bench import played

TASK, SEED = "desk:reorder_products", 5500
LINKS = "[1] link 'Orders'\n[8] link 'Categories'\n"


def categories(first: int = 20) -> str:
    """The list whose order is to be changed."""
    drag = script_for(SEED, "reorder_products")[1]
    names = [drag[key].partition("'")[2].rstrip("']") for key in ("at", "to")]
    buttons = "".join(f"[{first + number}] button '{name}'\n" for number, name in enumerate(names))
    return f"[1] link 'Orders'\n{buttons}[9] button 'Save order'\n"


def asks(model: PolicyModel, page: str, *previous: str) -> str:
    """The action on a page."""
    policy = load_set("desk").planner
    return str(parse_reply(model.decide(Decision(policy, "Reorder", "http://desk.test/a", page, previous)).text).action)


def test_it_goes_its_way_by_what_pages_show() -> None:
    """Elements are found by role and name, whatever their numbers; the end is a stop."""
    model = person(TASK, SEED)
    done = [asks(model, LINKS), asks(model, categories(30)), asks(model, categories(30) + "[50] text 'Changed'\n")]
    assert done == ["click [8]", "drag [30] [31]", "click [9]"]
    assert asks(model, LINKS + "[50] status 'Saved'\n") == "stop"


def test_what_came_to_nothing_is_done_again_and_given_up_in_the_end() -> None:
    """A press that only moved the cursor is repeated, so many times; then the page is looked at, and it stops."""
    model = person(TASK, SEED)
    done = [asks(model, LINKS), *(asks(model, LINKS.replace("'Categories'", "'Categories' focused")) for _ in range(9))]
    assert done == ["click [8]"] * MOST + ["scroll [up]"] * 3 + ["stop"]


def test_what_was_refused_is_done_again() -> None:
    """The line of its past says so; what is needed next is on the page already."""
    model = person(TASK, SEED)
    assert asks(model, LINKS) == "click [8]"
    page = LINKS + categories()
    assert asks(model, page, "click [8] -- failed: [8] is no longer on the page") == "click [8]"
    assert asks(model, page + "[50] text 'More'\n", "click [8]") == "drag [20] [21]"


def test_it_is_back_where_it_was_when_a_page_is_the_one_it_had() -> None:
    """Thrown back to the first page, it begins again."""
    model = person(TASK, SEED)
    pages = (LINKS, categories(), LINKS, categories())
    assert [asks(model, page) for page in pages] == ["click [8]", "drag [20] [21]"] * 2


@pytest.mark.parametrize("task", sorted(set(TASKS)))
def test_every_scenario_has_a_way(task: str) -> None:
    """From an empty page it looks around, and gives up."""
    model = person(task, 5_000)
    assert [asks(model, "[1] text 'Nothing'\n") for _ in range(4)] == ["scroll [up]"] * 3 + ["stop"]


def test_another_task_has_none() -> None:
    """It is said which."""
    with pytest.raises(ValueError, match="click-tab has no scripted person"):
        person("miniwob:click-tab", 1)


def test_a_page_that_begins_anew_counts_where_the_same_was_done_again() -> None:
    """The two rounds that were struck, action by action."""
    same = ["click [1]", "click [2]", "click [1]", "click [2]"]
    marks = {"there and back": {0, 1, 2, 3}}
    assert struck(played(same, marks)) == {"there and back": [frozenset({0, 1, 2, 3})]}
    other = played(["click [1]", "click [2]", "click [2]", "click [1]"], marks)
    assert struck(other) == {"there and back": []}
    assert not circles(other, set())
