"""FlightWoB: the airlines' pages of the MiniWoB++ wheel, which stand in a frame of their own."""

from __future__ import annotations

import pytest

from browser.environment import check_environment, make_environment
from browser.errors import UnknownEnvironment
from browser.miniwob_tasks import FLIGHT_VIEWPORT, VIEWPORT, flight_tasks, task_named
from browser.session import BrowserSession


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
