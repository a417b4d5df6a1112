"""What a drag was dropped on, where the page has moved things under the pointer."""

from __future__ import annotations

import pytest

from browser.recorder.beneath import dropped_on
from browser.recorder.events import Gate
from traces.model import Box, Observation, Target

PAGE = Observation(
    url="http://site.test/",
    title="Tasks",
    text="[1] list 'Tasks'\n  [2] button 'One'\n  [3] button 'Two'\n[4] button 'Bin'",
    boxes={
        "1": Box(x=0, y=0, width=100, height=90),
        "2": Box(x=0, y=0, width=100, height=30),
        "3": Box(x=0, y=30, width=100, height=30),
        "4": Box(x=200, y=0, width=50, height=50),
    },
)
ON_TWO, BELOW, HOME, ON_BIN, NOWHERE = (50.0, 45.0), (50.0, 75.0), (50.0, 10.0), (210.0, 10.0), (500.0, 500.0)


@pytest.mark.parametrize(
    ("hit", "point", "onto"),
    [
        ("3", ON_TWO, "3"),
        ("2", ON_TWO, "3"),  # the dragged element came along
        ("1", ON_TWO, "3"),  # it lets the pointer through, and the other item made room
        ("9", ON_TWO, "3"),  # something that came with the drag
        (None, ON_TWO, "3"),
        ("1", BELOW, "1"),  # there was nothing but the list
        ("1", HOME, "1"),  # back where it was
        ("4", ON_BIN, "4"),
        ("4", ON_TWO, "4"),  # no box around it: what lies there now was moved there by the page
        ("2", NOWHERE, "2"),
        ("9", NOWHERE, None),
    ],
)
def test_what_lay_there_when_the_element_was_taken(
    hit: str | None, point: tuple[float, float], onto: str | None
) -> None:
    """It counts where the pointer is over the element itself, or over a box around it."""
    gate = Gate(target=Target(id=hit, role="button", name="") if hit else None)
    found = dropped_on(gate, PAGE, "2", point).target
    assert (found.id if found else None) == onto


def test_without_a_look_at_the_page_the_hit_stands() -> None:
    """Nothing is known of before."""
    gate = Gate(target=Target(id="7", role="button", name=""))
    assert dropped_on(gate, None, "2", ON_TWO) is gate
