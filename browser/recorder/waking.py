"""Waiting for a change, in a way that always hears when it is told to stop.

`asyncio.wait_for` of Python 3.11 forgets a cancellation that comes as what it waits for is done: the queue of a
recording would go on for ever, and whoever stops it wait for that.
"""

from __future__ import annotations

import asyncio


async def changed(change: asyncio.Event, seconds: float | None = None) -> bool:
    """Wait for the change and take it back; False if it did not come in time."""
    try:
        async with asyncio.timeout(seconds):
            await change.wait()
    except TimeoutError:
        return False
    change.clear()
    return True
