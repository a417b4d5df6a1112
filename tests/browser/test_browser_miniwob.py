"""MiniWoB++ in full: names and terms, every page by its seeds, nothing left to the next episode, time limits."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from browser.environment import PageEnvironment, make_environment
from browser.errors import BrowserGone, EnvironmentFailed, UnknownEnvironment
from browser.miniwob import ENDED, MiniwobEnvironment, Standing
from browser.miniwob_site import leaves_traces
from browser.miniwob_tasks import OPTIONS, OUTSIDE20, PAPER45, TaskName, is_miniwob, miniwob_tasks, task_named, terms_of
from browser.named_sets import expanded, sets
from browser.session import BrowserSession
from tests.counts import soak
from traces.actions import Action
from traces.environment import EnvironmentStart
from traces.observation_text import parse_observation

Make = Callable[[str], PageEnvironment]
MOVING = frozenset(
    ["chase-circle", "click-pie", "hover-shape", "moving-items", "simon-says", "stock-market", "terminal"]
)
"""Pages that go on by themselves: what they show depends on the moment."""


@pytest.fixture
def made(session: BrowserSession) -> Iterator[Make]:
    opened: list[PageEnvironment] = []

    def make(name: str) -> PageEnvironment:
        opened.append(make_environment(name, session, pictures=False))
        return opened[-1]

    yield make
    for environment in opened:
        environment.close()


def test_the_wheel_has_its_tasks():
    """All 130 pages, the paper's 45, and twenty that are not among those."""
    assert len(miniwob_tasks()) == 130
    assert len(set(PAPER45)) == 45
    assert len(set(OUTSIDE20)) == 20
    assert not set(PAPER45) & set(OUTSIDE20)
    assert {*PAPER45, *OUTSIDE20, *MOVING} <= set(miniwob_tasks())


def test_the_sets_of_a_name_have_their_sizes():
    """The paper's tasks, those outside, all pages; the airlines' four."""
    sizes = {name: len(set(tasks)) for name, tasks in sets().items() if is_miniwob(name)}
    assert sizes == {"miniwob:paper45": 45, "miniwob:outside20": 20, "miniwob:all": 130, "flight:all": 4}


@pytest.mark.parametrize("name", [name for name in sets() if is_miniwob(name)])
def test_a_set_is_its_tasks(name: str):
    """With the options of its name on each; a task's own name stands for itself."""
    assert expanded(name) == sets()[name]
    assert [task_named(task).timed for task in expanded(f"{name}@timed")] == [True] * len(sets()[name])
    first = expanded(name)[0]
    assert expanded(first) == (first,)
    assert expanded(f"{first}@bgym,timed") == expanded(f"{first}@timed,bgym")


def test_other_names_stand_for_themselves():
    """Whatever is no set and no task with terms; a set that was not fetched still has its names."""
    for name in ("airline:book_flight", "url:http://site.test/a@b", "todomvc:vanillajs", "nonsense"):
        assert expanded(name) == (name,)
    assert "todomvc:vanillajs" in expanded("todomvc:all")


@given(st.sampled_from(miniwob_tasks()), st.lists(st.sampled_from(list(OPTIONS)), max_size=6))
def test_equal_terms_have_one_name(page: str, options: list[str]):
    """However the options are ordered or repeated; and the name says them all."""
    named = task_named(f"miniwob:{page}@{','.join(options)}")
    assert task_named(named.text) == named
    assert named == TaskName(page, **dict.fromkeys(options, True))
    assert named.terms[0] == ("timed" if "timed" in options else "untimed")


@pytest.mark.parametrize(
    ("names", "terms"),
    [
        (("miniwob:login-user", "miniwob:click-link"), ("untimed",)),
        (
            ("flight:AA@timed,test", "miniwob:click-link@bgym"),
            ("BrowserGym's seeds", "test questions", "timed", "untimed"),
        ),
        (("airline:find_flight", "todomvc:vue", "url:http://site.test/"), ()),
    ],
)
def test_whether_time_counts_is_told_for_any_tasks(names: tuple[str, ...], terms: tuple[str, ...]):
    """Every term that one of them is played by; nothing for tasks that know no terms."""
    assert terms_of(names) == terms


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("miniwob:log-in", "There are 130, such as "),
        ("miniwob:login", "such as login-user, login-user-popup"),
        ("miniwob:login-user@slow", "no option 'slow'. There are timed"),
        ("miniwob:paper46", "`environments list` names sets"),
    ],
)
def test_an_unknown_name_says_what_there_is(name: str, said: str):
    """Similar tasks, the options, the sets."""
    with pytest.raises(UnknownEnvironment, match=said):
        task_named(name)


def test_seeds_as_browsergym_maps_them():
    """The numbers that its environment gave the page for seeds 0 to 3."""
    mapped = [TaskName("click-link", bgym=True).page_seed(seed) for seed in range(4)]
    assert mapped == [985772, 128037, 875688, 71530]
    assert TaskName("click-link").page_seed(3) == 3


@pytest.mark.browser
def test_browsergym_s_own_episodes_come_again(made: Make):
    """What BrowserGym 0.14.3 asked for when it was reset with seeds 0 and 1."""
    environment = made("miniwob:login-user@bgym")
    for seed, (name, word) in enumerate([("cierra", "11L"), ("juan", "Jc")]):
        start = environment.reset(seed)
        assert start.objective == (
            f'Enter the username "{name}" and the password "{word}" into the text fields and press login.'
        )
        assert start.terms == ("untimed", "BrowserGym's seeds")


def test_partial_reward_is_no_success_and_is_told():
    """A raw reward between 0 and 1 stands in the outcome's words."""
    assert Standing(True, 0.4, 0.5, None).told == "partial reward 0.5"
    assert not Standing(True, 0.4, 0.5, None).success
    assert Standing(True, 0.9, 1.0, None).success
    assert not Standing(False, 0.9, 1.0, None).success
    assert Standing(True, -1.0, -1.0, "timed out").told == "timed out"


@pytest.mark.browser
def test_a_part_of_what_is_asked_is_partial(made: Make):
    """All boxes but the last: the page's own raw reward stands in the outcome, which is no success."""
    environment = made("miniwob:click-checkboxes-large")
    start = environment.reset(5001)
    asked = start.objective.removeprefix("Select ").removesuffix(" and click Submit.").split(", ")
    ids = {line.name: line.id for line in parse_observation(start.view.observation.text)}
    for name in [*asked[:-1], "Submit"]:
        effect = environment.act(Action("click", (ids[name],)))
    outcome = environment.outcome()
    assert effect.done
    assert 0 < outcome.reward < 1
    assert effect.reward == outcome.reward
    assert (outcome.success, outcome.detail) == (False, f"partial reward {outcome.reward:g}")


@pytest.mark.browser
@pytest.mark.timeout(900)
def test_every_page_opens(made: Make):
    """All 130: each asks for something, shows something to act on, and has not ended."""
    for task in miniwob_tasks():
        environment = made(f"miniwob:{task}")
        start = environment.reset(5001)
        assert start.objective, task
        assert start.view.observation.boxes, task
        assert environment.outcome().detail == "not finished", task
        environment.close()


def every_task() -> tuple[str, ...]:
    tasks = miniwob_tasks()
    return tuple(random.Random(5).sample(tasks, soak(len(tasks))))


def clumsily(environment: PageEnvironment, start: EnvironmentStart, seed: int) -> list[object]:
    """What is seen while somebody presses and types at random, the same for a seed."""
    chance, view = random.Random(seed), start.view
    seen: list[object] = [start.objective, view.observation.text]
    for _ in range(5):
        nodes = [node for node in parse_observation(view.observation.text) if node.id in view.observation.boxes]
        if not nodes:
            break
        node = chance.choice(nodes)
        words = (chance.choice("abc"),) if node.role == "textbox" else ()
        effect = environment.act(Action("type" if words else "click", (node.id, *words)))
        view = effect.view
        seen.append((node.id, view.observation.text, effect.reward))
        if effect.done:
            break
    return seen


@pytest.mark.browser
@pytest.mark.timeout(1800)
def test_an_episode_leaves_nothing_to_the_next(made: Make):
    """Every page starts, asks the same for a seed, and does not show that another episode was played before."""
    for task in every_task():
        environment = made(f"miniwob:{task}")
        first = clumsily(environment, environment.reset(5001), 1)
        clumsily(environment, environment.reset(5002), 2)
        again = environment.reset(5001)
        assert first[0] == again.objective, task
        assert again.objective, task
        if task not in MOVING:
            assert first[:2] == [again.objective, again.view.observation.text], task
        environment.close()


def test_pages_that_keep_nothing_need_not_be_loaded_again():
    """Those with widgets drawn outside the task, or with clocks, are; all airlines' pages too."""
    again = {task for task in miniwob_tasks() if not leaves_traces(TaskName(task))}
    assert {"login-user", "click-link", "enter-text"} <= again
    assert not again & {"choose-date", "book-flight", "click-dialog", "use-colorwheel", *MOVING}
    assert leaves_traces(TaskName("AA", flight=True))


@pytest.mark.browser
def test_a_page_is_played_again_without_being_loaded(made: Make, session: BrowserSession):
    """Another episode begins in the same document, and what somebody left in it is gone."""
    environment = made("miniwob:enter-text")
    fresh = environment.reset(5001)
    page = environment._stage.tabs.page
    session.run(page.evaluate("document.wasHere = true"))
    clumsily(environment, environment.reset(5002), 3)
    again = environment.reset(5001)
    assert session.run(page.evaluate("document.wasHere"))
    assert again == fresh


@pytest.mark.browser
def test_the_page_s_own_time_limit_counts_where_asked_for(made: Make, session: BrowserSession):
    """Seven seconds for this page: then the task has ended, and a press begins no other."""
    untimed, timed = made("miniwob:use-colorwheel"), made("miniwob:use-colorwheel@timed")
    assert (untimed.reset(5001).terms, timed.reset(5001).terms) == (("untimed",), ("timed",))
    page = timed._stage.tabs.page
    session.run(page.wait_for_function("WOB_DONE_GLOBAL", timeout=20_000))
    effect = timed.act(Action("click", ("1",)))
    assert (effect.error, effect.done, effect.reward) == (ENDED, True, -1.0)
    assert timed.outcome().detail == "timed out"
    assert not untimed.act(Action("click", ("1",))).done
    assert session.run(page.evaluate("WOB_DONE_GLOBAL"))


@pytest.mark.browser
def test_the_next_environment_has_the_tab_of_the_one_before(session: BrowserSession):
    """A session hands tabs on, but never one whose last call failed, and none twice."""

    def make(task: str) -> MiniwobEnvironment:
        return MiniwobEnvironment(f"miniwob:{task}", session, pictures=False, own_ports=(1, 2, 3))

    first = make("enter-text")
    first.reset(1)
    tab = first._stage
    first.close()
    first.close()
    second, third = make("click-link"), make("click-test")
    assert second._stage is tab
    assert third._stage is not tab
    with pytest.raises(BrowserGone, match="begin one with reset"):
        second.observe()
    second.reset(1)
    session.run(tab.tabs.page.evaluate("void (core = null)"))
    with pytest.raises(EnvironmentFailed):
        second.reset(2)
    for environment in (second, third):
        environment.close()
    assert make("click-link")._stage is not tab
