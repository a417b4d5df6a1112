"""Sets of environments by one name: "miniwob:paper45@timed" stands for its tasks, each with what is behind the @."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from browser import todomvc
from browser.miniwob_tasks import (
    FLIGHT,
    MINIWOB,
    OUTSIDE20,
    PAPER45,
    flight_tasks,
    is_miniwob,
    miniwob_tasks,
    task_named,
)


@cache
def sets() -> Mapping[str, tuple[str, ...]]:
    """The full names of the environments of every set."""
    return {
        f"{MINIWOB}paper45": tuple(f"{MINIWOB}{page}" for page in PAPER45),
        f"{MINIWOB}outside20": tuple(f"{MINIWOB}{page}" for page in OUTSIDE20),
        f"{MINIWOB}all": tuple(f"{MINIWOB}{page}" for page in miniwob_tasks()),
        f"{FLIGHT}all": tuple(f"{FLIGHT}{page}" for page in flight_tasks()),
        f"{todomvc.PREFIX}all": tuple(f"{todomvc.PREFIX}{app}" for app in todomvc.APPS),
    }


def expanded(name: str) -> tuple[str, ...]:
    """The environments of a set; of any other name, itself. Equal tasks come out by one spelling.

    Raises UnknownEnvironment for a task of MiniWoB++ or FlightWoB that there is not.

    >>> expanded("miniwob:login-user@bgym,timed")
    ('miniwob:login-user@timed,bgym',)
    """
    whole, at, options = name.partition("@")
    found = sets().get(whole)
    if not is_miniwob(name):
        return found or (name,)
    return tuple(task_named(f"{task}{at}{options}").text for task in found or (whole,))
