"""Waiting for a change never forgets that it was told to stop."""

from __future__ import annotations

import asyncio

import pytest

from browser.recorder.waking import changed


async def stopped_as_woken(turns: int) -> bool:
    """Whether a loop of waits ends when it is told to, so many turns of the event loop after a change."""
    change = asyncio.Event()

    async def loop() -> None:
        while True:
            await changed(change, 5)

    task = asyncio.ensure_future(loop())
    await asyncio.sleep(0.01)
    change.set()
    for _ in range(turns):
        await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait({task}, timeout=0.2)
    ended = task.cancelled()
    task.cancel()
    await asyncio.wait({task})
    return ended


@pytest.mark.parametrize("turns", range(8))
def test_a_change_that_comes_with_the_end_does_not_hide_it(turns: int) -> None:
    """Whichever of the two is heard first."""
    assert asyncio.run(stopped_as_woken(turns))


def test_a_change_is_heard_once_and_in_time() -> None:
    """It is taken back; without one the time runs out."""

    async def waits() -> list[bool]:
        change = asyncio.Event()
        change.set()
        return [await changed(change, 5), await changed(change, 0.01)]

    assert asyncio.run(waits()) == [True, False]
