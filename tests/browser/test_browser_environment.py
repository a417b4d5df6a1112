"""Environments: MiniWoB++ tasks, the practice airline and any page, through observation text and actions alone."""

import re
import struct
from collections.abc import Iterator

import pytest

from browser.environment import PageEnvironment, make_environment
from browser.errors import ForbiddenUrl, UnknownEnvironment
from browser.miniwob_tasks import miniwob_tasks
from browser.session import BrowserSession
from browser.stage import CRASHED
from tests.browser.eyes import Site, node
from tests.counts import soak
from traces.actions import Action
from traces.environment import Effect
from traces.model import Observation
from traces.observation_text import parse_observation

pytestmark = pytest.mark.browser

TWELVE = (
    "choose-date",
    "click-button",
    "click-checkboxes",
    "click-dialog",
    "click-link",
    "click-tab-2",
    "email-inbox",
    "enter-text-dynamic",
    "login-user",
    "navigate-tree",
    "search-engine",
    "use-autocomplete",
)


@pytest.fixture
def made(session: BrowserSession) -> Iterator:
    opened: list[PageEnvironment] = []

    def make(name: str, **how) -> PageEnvironment:
        opened.append(make_environment(name, session, **how))
        return opened[-1]

    yield make
    for environment in opened:
        environment.close()


def do(environment: PageEnvironment, verb: str, *args: str) -> Effect:
    effect = environment.act(Action(verb, args))
    assert effect.error is None
    return effect


@pytest.mark.parametrize("task", TWELVE)
def test_the_same_seed_gives_the_same_task(made, task: str):
    """Objective and observation are the same for a seed, and the objective is not part of the observation."""
    environment = made(f"miniwob:{task}", pictures=False)
    first, other, again = (environment.reset(seed) for seed in (7, 8, 7))
    assert first.objective == again.objective
    assert first.view.observation.text == again.view.observation.text
    assert (first.objective, first.view.observation.text) != (other.objective, other.view.observation.text)
    assert first.objective not in first.view.observation.text
    assert first.view.observation.boxes


@pytest.mark.parametrize("name", ["miniwob:login-user", "airline:find_flight"])
def test_boxes_and_pictures_have_one_size(made, name: str):
    """The viewport an episode begins with is that of its pictures, so that a target can be drawn on them."""
    start = made(name).reset(1)
    assert start.view.picture
    assert struct.unpack(">II", start.view.picture[16:24]) == start.viewport


@pytest.mark.parametrize(
    ("role", "name", "alone"),
    [("text", "by style", True), ("text", "by script", True), ("text", "far below", True), ("img", "sheet", False)],
)
def test_a_picture_that_only_the_mouse_changed_is_told_from_one_that_a_press_did(made, site: Site, role, name, alone):
    """Rows light up under the mouse and nothing else happens; the sheet is drawn on, which no text tells."""
    environment = made(f"url:{site.url}/pointed.html")
    before = environment.reset(1).view
    effect = do(environment, "click", node(before.observation, role, name).id)
    assert effect.view.picture != before.picture
    assert (effect.changed, effect.pointer) == ((), alone)
    again = do(environment, "click", node(before.observation, role, name).id)
    assert again.view.picture == effect.view.picture
    assert not again.pointer


def every_task() -> tuple[str, ...]:
    tasks = miniwob_tasks()
    return tasks[:: len(tasks) // soak(len(tasks))]


@pytest.mark.timeout(1200)
def test_every_page_is_told_in_the_grammar(made):
    """The observation of every task's page parses, and its ids are those with boxes."""
    for task in every_task():
        environment = made(f"miniwob:{task}", pictures=False)
        for seed in range(2):
            seen = environment.reset(seed).view.observation
            ids = {line.id for line in parse_observation(seen.text)} - {"more"}
            assert ids == set(seen.boxes), task
            assert ids, task
        environment.close()


def login(environment: PageEnvironment, seed: int, wrong: bool = False) -> Effect:
    start = environment.reset(seed)
    user, password = re.findall(r'"(.*?)"', start.objective)
    seen = start.view.observation
    do(environment, "type", node(seen, "textbox", "Username").id, user)
    do(environment, "type", node(seen, "textbox", "Password").id, password + ("x" if wrong else ""))
    return do(environment, "click", node(seen, "button", "Login").id)


@pytest.mark.parametrize("seed", range(3))
def test_login_user_is_solved_through_text_alone(made, seed: int):
    """Scripted actions found by role and name solve the task; the end is told with the raw reward."""
    environment = made("miniwob:login-user")
    effect = login(environment, seed)
    assert (effect.done, effect.reward) == (True, 1.0)
    assert effect.view.picture is not None
    assert effect.view.picture.startswith(b"\x89PNG")
    assert environment.outcome().success
    assert environment.outcome().reward == 1.0


def test_a_wrong_login_fails_and_the_cover_is_not_pressed(made):
    """A failure is an outcome; acting after the end does nothing and says so; a reset begins anew."""
    environment = made("miniwob:login-user", pictures=False)
    effect = login(environment, 3, wrong=True)
    assert (effect.done, effect.reward, environment.outcome().success) == (True, -1.0, False)
    after = environment.act(Action("click", ("5",)))
    assert (after.done, after.error) == (True, "The task has ended; nothing was done.")
    assert login(environment, 3).reward == 1.0


def test_nothing_done_is_not_success(made):
    """An episode that was not finished has failed."""
    environment = made("miniwob:click-button", pictures=False)
    environment.reset(1)
    outcome = environment.outcome("some answer")
    assert (outcome.success, outcome.reward, outcome.detail) == (False, 0.0, "not finished")


def test_autocomplete_suggestions_are_in_the_next_observation(made):
    """jQuery's pause before suggesting is waited for, and the suggestion can be chosen."""
    environment = made("miniwob:use-autocomplete", pictures=False)
    seen = environment.reset(3).view.observation
    start = re.search(r'starts with "(\w+)"', environment.reset(3).objective)
    assert start is not None
    effect = do(environment, "type", node(seen, "textbox", "Tags:").id, start.group(1))
    offered = [line for line in parse_observation(effect.view.observation.text) if line.name.startswith(start.group(1))]
    assert offered
    chosen = do(environment, "click", offered[0].id).view.observation
    assert node(chosen, "textbox", "Tags:").value == offered[0].name


def test_icons_without_words_can_be_pressed(made):
    """The star, trash and reply icons of the inbox have names from their classes and take clicks."""
    environment = made("miniwob:email-inbox-delete", pictures=False)
    start = environment.reset(5)
    who = re.search(r"by (\w+)", start.objective)
    assert who is not None
    lines = parse_observation(start.view.observation.text)
    sender = next(line for line in lines if line.name == who.group(1))
    trash = next(line for line in lines if line.name == "trash" and line.parent == sender.parent)
    assert do(environment, "click", trash.id).reward == 1.0


def test_a_date_picker_is_worked_by_its_cells(made):
    """Opening the calendar shows its days as links of rows."""
    environment = made("miniwob:choose-date-easy", pictures=False)
    start = environment.reset(2)
    day = re.search(r"/(\d\d)/", start.objective)
    assert day is not None
    opened = do(environment, "click", node(start.view.observation, "textbox", "Date").id).view.observation
    do(environment, "click", node(opened, "link", str(int(day.group(1)))).id)
    effect = do(environment, "click", node(environment.observe().observation, "button", "Submit").id)
    assert environment.outcome().success, effect.view.observation.text


def test_the_airline_is_reset_seen_and_judged(made):
    """A scenario begins at its page, the same for a seed, and is judged incomplete when nothing was done."""
    environment = made("airline:cancel_flight", pictures=False)
    first = environment.reset(4)
    assert first.objective
    assert first.objective == environment.reset(4).objective
    seen = environment.observe().observation
    target = node(seen, "link", "Bookings")
    effect = do(environment, "click", target.id)
    assert {"url", "text"} <= set(effect.changed)
    assert effect.target is not None
    assert (effect.target.id, effect.done) == (target.id, False)
    outcome = environment.outcome()
    assert not outcome.success
    assert outcome.detail


def test_the_helpdesk_is_worked_by_its_text(made):
    """A scenario of the second practice site begins at its sign-in, and a reply is judged from its own records."""
    environment = made("desk:login_and_reply", pictures=False)
    start = environment.reset(4)
    assert start.objective
    username, password = re.search(r"(\w+\.\w+)\W.*password ([a-z]+-\d+)", start.objective).groups()
    seen = start.view.observation
    do(environment, "type", node(seen, "textbox", "Username").id, username)
    do(environment, "type", node(seen, "textbox", "Password").id, password)
    signed_in = do(environment, "click", node(seen, "button", "Sign in").id).view.observation
    assert signed_in.url.endswith("/tickets")
    assert node(signed_in, "button", "New ticket")
    assert not environment.outcome().success


def test_a_page_of_the_web_is_seen_and_acted_on(made, site: Site):
    """Errors come back as effects; an open dialog is a line of the observation until it is answered."""
    environment = made(f"url:{site.url}/acts.html")
    seen = environment.reset(0).view.observation
    assert "no element" in (environment.act(Action("click", ("999",))).error or "")
    asked = do(environment, "click", node(seen, "button", "Ask").id).view
    assert node(asked.observation, "dialog", "Your name?").attrs == {"type": "prompt"}
    answered = do(environment, "dialog", "accept", "Bo").view.observation
    assert node(answered, "status", "said Bo;")
    opened = do(environment, "click", node(answered, "link", "New tab").id)
    assert "tabs" in opened.changed
    assert environment.outcome() is None


def test_a_crashed_page_is_opened_again_and_told(made, site: Site, session: BrowserSession):
    """The renderer's death in the middle of an action becomes its error; the episode can go on."""
    environment = made(f"url:{site.url}/form.html", pictures=False)
    environment.reset(0)

    async def crash() -> None:
        page = session_pages(environment)[0]
        cdp = await page.context.new_cdp_session(page)
        cdp.on("Inspector.targetCrashed", lambda _: None)
        import asyncio
        import contextlib

        with contextlib.suppress(Exception):
            await asyncio.wait_for(cdp.send("Page.crash"), 1)

    session.run(crash())
    effect = environment.act(Action("scroll", ("down",)))
    assert effect.error == CRASHED
    assert effect.view.observation.title == "Booking form"
    assert environment.act(Action("scroll", ("down",))).error is None


def test_a_page_that_hangs_is_an_error_not_an_end(made, site: Site):
    """While a script runs for ever the action's error says so, with the page as it was; later it goes on."""
    environment = made(f"url:{site.url}/acts.html", pictures=False)
    seen = environment.reset(0).view.observation
    page = session_pages(environment)[0]
    hang = "void setTimeout(() => { const end = Date.now() + 12000; while (Date.now() < end); }, 0)"
    environment._stage.session.run(page.evaluate(hang))
    effect = environment.act(Action("click", (node(seen, "button", "Go").id,)))
    assert "did not answer" in (effect.error or "")
    assert effect.view.observation == seen
    environment._stage.session.run(page.wait_for_timeout(5000))
    assert environment.act(Action("scroll", ("down",))).error is None


def session_pages(environment: PageEnvironment):
    return environment._stage.tabs.pages


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("nowhere", "There is no environment 'nowhere'"),
        ("miniwob:log-in", "There is no MiniWoB++ task 'log-in'"),
        ("airline:fly", "no scenario 'fly'. There are: airline:"),
        ("desk:fly", "no scenario 'fly'. There are: desk:"),
    ],
)
def test_unknown_names_say_what_there_is(session: BrowserSession, name: str, said: str):
    """The message lists names that exist."""
    with pytest.raises(UnknownEnvironment, match=re.escape(said)):
        make_environment(name, session)


def test_forbidden_addresses_make_no_environment(session: BrowserSession):
    """Neither other schemes nor our own port."""
    with pytest.raises(ForbiddenUrl):
        make_environment("url:file:///etc/passwd", session)
    with pytest.raises(ForbiddenUrl, match="own address"):
        make_environment("url:http://127.0.0.1:8501/", session, own_ports=(8501,))


def test_observations_need_no_start(made):
    """Before a reset there is nothing to look at, and that is said."""
    with pytest.raises(Exception, match="begin one with reset"):
        made("miniwob:click-button").observe()


def words(seen: Observation) -> set[str]:
    return {line.name for line in parse_observation(seen.text)}


@pytest.mark.parametrize("repeat", range(soak(10)))
def test_resets_leave_nothing_behind(made, repeat: int):
    """Ten episodes in one environment each start from a clean page, with one tab."""
    environment = made("miniwob:enter-text", pictures=False)
    for seed in range(3):
        start = environment.reset(seed + repeat)
        field = next(line for line in parse_observation(start.view.observation.text) if line.role == "textbox")
        assert field.value == ""
        do(environment, "type", field.id, "left behind")
        assert words(environment.observe().observation) >= {"Submit"}
        assert len(session_pages(environment)) == 1
