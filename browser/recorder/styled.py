"""Secrets that a page's style writes (`content` of ::before and ::after): where to black them in the picture."""

from __future__ import annotations

from browser.observe import Observer
from browser.recorder.secrets import Vault
from traces.model import Box


async def styled_boxes(observer: Observer, vault: Vault) -> tuple[Box, ...]:
    """Boxes of the elements with such a text, in CSS pixels of the viewport; asked for only if there are secrets.

    Raises BrowserError when the page does not answer.
    """
    if not vault.values():
        return ()
    told = await observer.ask("styledTexts", "")
    return tuple(_box(one["box"]) for one in told if vault.blank(one["text"]) != one["text"])


def _box(told: list[float]) -> Box:
    x, y, width, height = told
    return Box(x=x, y=y, width=width, height=height)
