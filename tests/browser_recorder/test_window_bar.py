"""Where a tab stands in its history, asked of a browser that counts an arrival later than the page tells of it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from browser.recorder.window.bar import TRIES, Bar, _Tab

ADDRESSES = ["http://x/", "http://x/two", "http://x/two#end"]


class CountingLate:
    """A tab's line. Its browser stands at each place of `places` for one question, at the last one from then on."""

    def __init__(self, *places: int) -> None:
        self.places = list(places)
        self.asked = 0

    async def send(self, method: str) -> dict[str, Any]:
        assert method == "Page.getNavigationHistory"
        at = self.places[min(self.asked, len(self.places) - 1)]
        self.asked += 1
        return {"currentIndex": at, "entries": [{"url": address} for address in ADDRESSES]}


@pytest.mark.parametrize(
    ("before", "places", "url", "at", "asked"),
    [
        (1, [1, 1, 0], ADDRESSES[0], 0, 3),
        (0, [0, 1], ADDRESSES[1], 1, 2),
        (1, [1, 2], ADDRESSES[2], 2, 2),
        (0, [2], ADDRESSES[1], 1, TRIES),
    ],
    ids=["back to a shorter address", "forward", "to a fragment", "and on before it was counted"],
)
def test_a_move_is_waited_for(before: int, places: list[int], url: str, at: int, asked: int) -> None:
    """The place is the one the page told of, however late the browser counts it, or gone past already."""
    line = CountingLate(*places)
    tab = _Tab(line, at=before)
    assert asyncio.run(Bar._place(tab, url, moved=True)) == at
    assert line.asked == asked


def test_a_new_page_is_waited_for() -> None:
    """A new page's place is where its address is counted; one that stays where it was needs no waiting."""
    line = CountingLate(0, 1)
    assert asyncio.run(Bar._place(_Tab(line, at=0), ADDRESSES[1], moved=False)) == 1
    assert asyncio.run(Bar._place(_Tab(line, at=1), ADDRESSES[1], moved=False)) == 1
    assert line.asked == 3
