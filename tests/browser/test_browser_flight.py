"""FlightWoB: the airlines' pages of the MiniWoB++ wheel, which stand in a frame of their own."""

from __future__ import annotations

import pytest

from browser.environment import PageEnvironment, check_environment, make_environment
from browser.errors import UnknownEnvironment
from browser.miniwob_tasks import FLIGHT_VIEWPORT, VIEWPORT, flight_tasks, task_named
from browser.session import BrowserSession
from tests.browser.eyes import node
from traces.actions import Action
from traces.environment import Effect
from traces.observation_text import Node, parse_observation


def test_the_flight_pages_are_there_by_name():
    """They are environments of their own beside the pages of MiniWoB++, and larger; older recordings' names hold."""
    assert flight_tasks() == ("AA", "Alaska", "Alaska-auto", "Alaska-auto-medium")
    assert task_named("flight:AA").viewport == FLIGHT_VIEWPORT
    assert task_named("miniwob:login-user").viewport == VIEWPORT
    assert task_named("miniwob:flight.Alaska").text == "flight:Alaska"
    check_environment("flight:Alaska")
    for unknown in ("flight:flight-common", "flight:Delta"):
        with pytest.raises(UnknownEnvironment, match="AA, Alaska"):
            check_environment(unknown)


@pytest.mark.browser
@pytest.mark.parametrize("page", flight_tasks())
def test_a_flight_page_asks_in_words_and_shows_its_form(session: BrowserSession, page: str):
    """The wish is told by the objective alone, the same for a seed, and the form in the frame is observed."""
    environment = make_environment(f"flight:{page}", session, pictures=False)
    try:
        first, again, other = (environment.reset(seed) for seed in (7, 7, 8))
        assert first.objective.startswith("Departure City: ")
        assert first.objective == again.objective != other.objective
        assert first.view.observation.text == again.view.observation.text
        assert first.viewport == FLIGHT_VIEWPORT
        text = first.view.observation.text
        assert "textbox 'From" in text
        assert "Departure City" not in text
    finally:
        environment.close()


@pytest.mark.browser
def test_test_questions_are_others(session: BrowserSession):
    """People's requests at American Airlines come in two parts, and the terms say which was asked."""
    asked = {}
    for name in ("flight:AA", "flight:AA@test"):
        environment = make_environment(name, session, pictures=False)
        starts = [environment.reset(seed) for seed in range(3)]
        asked[name] = {start.objective for start in starts}
        assert starts[0].terms == (("untimed", "test questions") if "@" in name else ("untimed",))
        environment.close()
    assert not asked["flight:AA"] & asked["flight:AA@test"]


def search(environment: PageEnvironment, seed: int, places: tuple[str, ...]) -> tuple[Effect, dict[str, str]]:
    """Fill in a round trip for one and search; `places` are the fields that are filled from the wish."""
    start = environment.reset(seed)
    wish = dict(part.split(": ", 1) for part in start.objective.split("; "))

    def lines() -> list[Node]:
        return parse_observation(environment.observe().observation.text)

    def press(name: str) -> Effect:
        return environment.act(Action("click", ([line.id for line in lines() if line.name == name][-1],)))

    for field, asked in (("From", "Departure City"), ("To", "Destination City")):
        if field in places:
            box = node(environment.observe().observation, "textbox", field)
            environment.act(Action("type", (box.id, wish[asked])))
            press(next(line.name for line in lines() if line.name.startswith(f"{wish[asked]},")))
    for field, asked in (("Depart", "Departure Day"), ("Return", "Returning Day")):
        press(field)
        press(wish[asked])
        press("Done")
    for _ in range(int(wish["Passengers"]) - 1):
        press("+")
    return press("Find Flights"), wish


@pytest.mark.browser
def test_a_flight_is_searched_for_by_text_alone(session: BrowserSession):
    """Suggestions, calendar and stepper are worked by what is observed; a whole search is success, one without a
    field is not."""
    environment = make_environment("flight:Alaska-auto", session, pictures=False)
    try:
        effect, wish = search(environment, 5003, ("From", "To"))
        assert wish["Ticket Type"] == "Return flight"
        assert (effect.done, effect.reward, environment.outcome().success) == (True, 1.0, True)
        short, _ = search(environment, 5003, ("To",))
        assert (short.done, short.reward) == (True, -1.0)
        assert "Missing required field" in environment.outcome().detail
    finally:
        environment.close()


@pytest.mark.browser
def test_a_flight_that_is_partly_right_has_a_part_of_the_reward(session: BrowserSession):
    """The first Portland in the list is the other one: most fields are right, and that is told."""
    environment = make_environment("flight:Alaska-auto", session, pictures=False)
    try:
        effect, _ = search(environment, 5002, ("From", "To"))
        outcome = environment.outcome()
        assert effect.done
        assert 0 < outcome.reward < 1
        assert not outcome.success
        assert outcome.detail.startswith("partial reward 0.")
        assert "Portland" in outcome.detail
    finally:
        environment.close()
