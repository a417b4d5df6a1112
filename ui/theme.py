"""The colours of policies: a fixed, colour-blind-safe palette, given out by name and the same on every screen.

The first names are fixed so that the common policies never share a colour; any other name has the slot its hash says.
Colour is never the only sign: whatever is coloured carries its name too. The app's own colours are in
.streamlit/config.toml.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Colour:
    """One colour as hex, for light and for dark backgrounds."""

    light: str
    dark: str


PALETTE: tuple[Colour, ...] = (
    Colour("#7d8f98", "#a1b4be"),  # grey: the planner alone
    Colour("#4438a2", "#6863d0"),  # indigo
    Colour("#b97b00", "#e1a140"),  # amber
    Colour("#36d172", "#64f695"),  # green
    Colour("#bea4da", "#e1c7ff"),  # lilac
    Colour("#945b55", "#bd817a"),  # rosewood
    Colour("#2172ad", "#4d9ad7"),  # blue
    Colour("#5f4a00", "#887233"),  # umber
    Colour("#80205e", "#ae4b87"),  # magenta
)
"""Slot 0 is the planner's; the others are told apart under the common kinds of colour blindness (tested)."""

FIXED: dict[str, int] = {
    "planner": 0,
    "fill_text": 1,
    "choose_date": 2,
    "fill_form": 3,
    "select_option": 4,
    "click_checkboxes": 5,
    "search": 6,
    "navigate": 7,
    "login": 8,
}
"""Slots of the core vocabulary."""


def slot(policy: str) -> int:
    """The palette slot of a policy's name."""
    fixed = FIXED.get(policy)
    return fixed if fixed is not None else 1 + _fnv1a(policy) % (len(PALETTE) - 1)


def policy_colour(policy: str, *, dark: bool = False) -> str:
    """The policy's colour as hex."""
    colour = PALETTE[slot(policy)]
    return colour.dark if dark else colour.light


def colours_for_components() -> dict[str, Any]:
    """The table for JavaScript, which computes `slot` likewise: `{"palette": [[light, dark]], "fixed": {}}`."""
    return {"palette": [[colour.light, colour.dark] for colour in PALETTE], "fixed": dict(FIXED)}


def _fnv1a(text: str) -> int:
    """A small hash with the same value in every process and language (32-bit FNV-1a over UTF-8)."""
    value = 0x811C9DC5
    for byte in text.encode():
        value = ((value ^ byte) * 0x01000193) & 0xFFFFFFFF
    return value
