"""FlightWoB: the airlines' pages of the MiniWoB++ wheel, which stand in a frame of their own."""

from __future__ import annotations

import pytest

from browser.environment import check_environment
from browser.errors import UnknownEnvironment
from browser.miniwob import FLIGHT_VIEWPORT, VIEWPORT, MiniwobEnvironment, flight_tasks, has_task, viewport_of
from browser.session import BrowserSession


def test_the_flight_pages_are_there_by_name():
    """They are tasks of their own beside the pages of MiniWoB++, and larger."""
    assert flight_tasks() == ("flight.AA", "flight.Alaska", "flight.Alaska-auto", "flight.Alaska-auto-medium")
    assert has_task("flight.AA")
    assert not has_task("flight.flight-common")
    assert viewport_of("flight.AA") == FLIGHT_VIEWPORT
    assert viewport_of("login-user") == VIEWPORT
    check_environment("miniwob:flight.Alaska")
    with pytest.raises(UnknownEnvironment, match="flight.Alaska"):
        check_environment("miniwob:flight.Delta")


@pytest.mark.parametrize("task", flight_tasks())
def test_a_flight_page_asks_in_words_and_shows_its_form(session: BrowserSession, task: str):
    """The wish is told by the objective alone, the same for a seed, and the form in the frame is observed."""
    environment = MiniwobEnvironment(task, session, pictures=False)
    try:
        first, again = environment.reset(7), environment.reset(7)
        assert first.objective.startswith("Departure City: ")
        assert first.objective == again.objective
        text = first.view.observation.text
        assert "textbox 'From" in text
        assert "Departure City" not in text
    finally:
        environment.close()
