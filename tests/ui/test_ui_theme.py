"""Policies keep one colour each, and the colours are told apart by everybody."""

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.theme import FIXED, PALETTE, colours_for_components, policy_colour, slot

SIGHT = {
    "full": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}
"""Simulation of dichromatic sight on linear RGB (Machado, Oliveira, Fernandes 2009, severity 1)."""


def linear(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    return [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]


def times(matrix, vector):
    return [sum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix]


def oklab(rgb):
    cones = times(
        ((0.4122214708, 0.5363325363, 0.0514459929), (0.2119034982, 0.6806995451, 0.1073969566),
         (0.0883024619, 0.2817188376, 0.6299787005)), [min(1, max(0, part)) for part in rgb],
    )  # fmt: skip
    return times(
        ((0.2104542553, 0.793617785, -0.0040720468), (1.9779984951, -2.428592205, 0.4505937099),
         (0.0259040371, 0.7827717662, -0.808675766)), [cone ** (1 / 3) for cone in cones],
    )  # fmt: skip


@pytest.mark.parametrize("sight", SIGHT)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_any_two_colours_are_told_apart(sight, theme):
    """For full sight and each kind of colour blindness every pair is at least 0.08 apart in OKLab."""
    seen = [oklab(times(SIGHT[sight], linear(getattr(colour, theme)))) for colour in PALETTE]
    assert min(math.dist(a, b) for a, b in itertools.combinations(seen, 2)) >= 0.08


def test_the_core_policies_never_share_a_colour():
    """Each name of the core vocabulary has a slot of its own, and the planner's is nobody else's."""
    assert len(set(FIXED.values())) == len(FIXED)
    assert slot("planner") == 0


@given(st.text(max_size=40))
def test_every_name_has_a_colour_of_the_palette(name):
    """Any name is given a colour, the same each time, and only the planner is grey."""
    assert policy_colour(name) == policy_colour(name)
    assert policy_colour(name, dark=True) in {colour.dark for colour in PALETTE}
    assert (slot(name) == 0) == (name == "planner")


def test_javascript_is_given_the_same_table():
    """What components are handed has each colour for light and dark, and the fixed names."""
    table = colours_for_components()
    assert table["palette"][slot("fill_text")] == [policy_colour("fill_text"), policy_colour("fill_text", dark=True)]
    assert table["fixed"] == FIXED
