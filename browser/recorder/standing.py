"""The look a person's pointer came to rest on, or the last quiet one, kept for the gate as long as the page stands.

Used again only while nothing tells of a change: the mutation counter, the fields, the focus and the scrolling as the
page reports them now, and the newest picture on the screen. Looking is left to `eyes`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from browser.errors import BrowserError

if TYPE_CHECKING:
    from browser.observe import Observer
    from browser.recorder.eyes import Look

STANDS_MS = 1000.0
"""A look older than this is taken anew, whatever the page says."""


@dataclass(frozen=True)
class Standing:
    """A look at a point (None: at no point), the newest frame then, and what the page said of itself right after."""

    look: Look
    point: tuple[float, float] | None
    frame: bytes
    sums: tuple[int, ...]

    @classmethod
    async def of(cls, look: Look, point: Any, frame: bytes | None, observer: Observer) -> Standing | None:
        """What to remember of a look just taken; None where the page has gone on already."""
        try:
            sums = await observer.standing()
        except BrowserError:
            return None
        if frame is None or any(count != sums[0] for count in look.mutations):
            return None
        return cls(look, point, frame, sums)

    async def still(self, point: Any, frame: bytes | None, now: float, page: Any, observer: Observer) -> bool:
        """Whether the look is as good as a new one at that point."""
        if point != self.point or frame is not self.frame or page is not self.look.page:
            return False
        if now - self.look.at > STANDS_MS:
            return False
        try:
            return await observer.standing() == self.sums
        except BrowserError:
            return False
