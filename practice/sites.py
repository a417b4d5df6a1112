"""The practice sites there are, and the scenarios of each, without starting anything.

A scenario is named `<site>:<scenario>`, as in `airline:book_flight`. Serving a site is `practice.server`'s.
"""

from __future__ import annotations

from collections.abc import Mapping

from practice.airline.scenarios import SCENARIOS as AIRLINE
from practice.desk.scenarios import SCENARIOS as DESK

SITES: Mapping[str, tuple[str, ...]] = {"airline": tuple(AIRLINE), "desk": tuple(DESK)}
"""Scenarios by the name of their site, which is also the name of its package."""


def scenario_names() -> tuple[str, ...]:
    """Every scenario of every site by its whole name."""
    return tuple(f"{site}:{scenario}" for site, scenarios in SITES.items() for scenario in scenarios)


def site_and_scenario(name: str) -> tuple[str, str] | None:
    """`("desk", "bulk_close")` for `desk:bulk_close`; None unless it begins with the name of a site and a colon."""
    site, colon, scenario = name.partition(":")
    return (site, scenario) if colon and site in SITES else None
