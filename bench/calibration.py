"""What to compare machines by: a round trip to an empty page, and a loop of plain Python."""

from __future__ import annotations

import time
from statistics import median

from browser.session import BrowserSession

TRIPS = 60
LOOPS = 5
TURNS = 1_000_000


def round_trips(session: BrowserSession) -> list[float]:
    """Milliseconds of each of 60 evaluations of `1`, sent from Python and answered."""
    return session.run(_evaluations(session))


def plain_loop() -> float:
    """Milliseconds of a million turns of a loop that adds integers, median of five."""
    return median(_loop() for _ in range(LOOPS))


def _loop() -> float:
    began = time.perf_counter()
    total = 0
    for turn in range(TURNS):
        total += turn & 7
    return (time.perf_counter() - began) * 1000


async def _evaluations(session: BrowserSession) -> list[float]:
    page = await (await session.new_context()).new_page()
    took = []
    for _ in range(TRIPS):
        began = time.perf_counter()
        await page.evaluate("1")
        took.append((time.perf_counter() - began) * 1000)
    await page.context.close()
    return took
