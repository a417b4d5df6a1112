"""Which tasks MiniWoB++ and FlightWoB have, named as "miniwob:login-user@timed": a page and the terms it is played by.

Names only: the pages are those of the `miniwob` wheel, whose code is never imported. Leaves serving and playing them to
`browser.miniwob`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from browser.errors import EnvironmentFailed, UnknownEnvironment

MINIWOB = "miniwob:"
FLIGHT = "flight:"
_FORMERLY = "miniwob:flight."
"""Before the names of FlightWoB's pages in older recordings."""
OPTIONS = {
    "timed": "the page's own time limit counts",
    "bgym": "seeds as BrowserGym maps them",
    "test": "the page's own test questions instead of those for training",
}
"""What may stand behind the @ of a name, several with commas."""
VIEWPORT = (340, 220)
FLIGHT_VIEWPORT = (375, 667)
"""A telephone's, whose pages the airlines' are."""
_PAPER45 = """
    click-link click-option focus-text click-button click-button-sequence click-dialog click-dialog-2 click-tab
    click-test click-test-2 enter-text focus-text-2 enter-text-dynamic enter-password login-user click-pie
    enter-date grid-coordinate click-widget multi-orderings choose-date click-collapsible-2 simple-arithmetic
    click-tab-2 click-tab-2-hard multi-layouts copy-paste click-collapsible choose-date-easy copy-paste-2
    simple-algebra click-checkboxes click-checkboxes-transfer login-user-popup click-checkboxes-soft enter-text-2
    email-inbox-forward-nl search-engine find-word choose-date-medium click-checkboxes-large book-flight
    email-inbox-nl-turk email-inbox-forward-nl-turk email-inbox
"""
PAPER45 = tuple(_PAPER45.split())
"""The tasks of the paper's table."""
_OUTSIDE20 = """
    buy-ticket choose-list click-color click-scroll-list click-tab-2-medium click-test-transfer email-inbox-delete
    email-inbox-reply email-inbox-star-reply enter-time form-sequence-2 navigate-tree phone-book read-table
    read-table-2 social-media-all social-media-some unicode-test use-autocomplete use-spinner
"""
OUTSIDE20 = tuple(_OUTSIDE20.split())
"""Twenty of the others, done by clicking, typing and choosing; what the learner makes of them is measured apart."""


@dataclass(frozen=True)
class TaskName:
    """A page and its terms. `text` is the name in full; equal terms have one spelling."""

    page: str
    flight: bool = False
    timed: bool = False
    bgym: bool = False
    test: bool = False

    @property
    def text(self) -> str:
        """The name as it is written, "miniwob:login-user@timed,bgym"."""
        chosen = ",".join(option for option in OPTIONS if getattr(self, option))
        return f"{FLIGHT if self.flight else MINIWOB}{self.page}{'@' if chosen else ''}{chosen}"

    @property
    def terms(self) -> tuple[str, ...]:
        """By what it is played, for the episode's tags: always whether time counts, and what else is not usual."""
        more = {"BrowserGym's seeds": self.bgym, "test questions": self.test}
        return ("timed" if self.timed else "untimed", *(term for term, holds in more.items() if holds))

    @property
    def path(self) -> str:
        """The page's address below the wheel's folder."""
        return f"flight/{self.page}/wrapper.html" if self.flight else f"miniwob/{self.page}.html"

    @property
    def viewport(self) -> tuple[int, int]:
        """How large the page is shown, in CSS pixels."""
        return FLIGHT_VIEWPORT if self.flight else VIEWPORT

    def page_seed(self, seed: int) -> int:
        """The seed the page is given for an episode's: the same, or what BrowserGym would make of it.

        >>> TaskName("click-link", bgym=True).page_seed(0)
        985772
        """
        if not self.bgym:
            return seed
        from numpy.random import RandomState  # not for the app's start

        return int(RandomState(seed).randint(0, 1_000_000))


def is_miniwob(name: str) -> bool:
    """Whether it is meant as a task of MiniWoB++ or FlightWoB."""
    return name.startswith((MINIWOB, FLIGHT))


def task_named(name: str) -> TaskName:
    """The task of a full name. Raises UnknownEnvironment, naming what there is."""
    text = name.replace(_FORMERLY, FLIGHT, 1)
    page, _, behind = text.partition("@")
    options = [option for option in behind.split(",") if option]
    unknown = [option for option in options if option not in OPTIONS]
    if unknown:
        said = ", ".join(f"{option} ({meaning})" for option, meaning in OPTIONS.items())
        raise UnknownEnvironment(f"{name!r}: there is no option {unknown[0]!r}. There are {said}.")
    flight = page.startswith(FLIGHT)
    task = page.removeprefix(FLIGHT if flight else MINIWOB)
    if task not in (flight_tasks() if flight else miniwob_tasks()):
        raise UnknownEnvironment(f"There is no {_kind(flight)} task {task!r}. {_similar(task, flight)}")
    return TaskName(task, flight, **dict.fromkeys(options, True))


def terms_of(names: Iterable[str]) -> tuple[str, ...]:
    """By what terms the tasks of MiniWoB++ and FlightWoB among these are played, sorted; none where there are none.

    >>> terms_of(["miniwob:login-user", "miniwob:click-link@timed", "url:http://site.test/"])
    ('timed', 'untimed')
    """
    return tuple(sorted({term for name in names if is_miniwob(name) for term in task_named(name).terms}))


@cache
def miniwob_tasks() -> tuple[str, ...]:
    """The pages of MiniWoB++, sorted, e.g. "login-user"."""
    return tuple(sorted(path.stem for path in (html_folder() / "miniwob").glob("*.html")))


@cache
def flight_tasks() -> tuple[str, ...]:
    """The pages of FlightWoB, sorted, e.g. "Alaska"."""
    return tuple(sorted(path.parent.name for path in (html_folder() / "flight").glob("*/wrapper.html")))


def html_folder() -> Path:
    """Where the wheel has its pages. Raises EnvironmentFailed when it is not installed."""
    spec = find_spec("miniwob")
    if spec is None or not spec.submodule_search_locations:
        raise EnvironmentFailed("The MiniWoB++ pages are not installed; `make setup` installs them (package miniwob).")
    return Path(next(iter(spec.submodule_search_locations))) / "html"


def _kind(flight: bool) -> str:
    return "FlightWoB" if flight else "MiniWoB++"


def _similar(task: str, flight: bool) -> str:
    every = flight_tasks() if flight else miniwob_tasks()
    head = task.split("-")[0]
    near = [name for name in every if head and name.startswith(head)][:6] or list(every[:6])
    return f"There are {len(every)}, such as {', '.join(near)}; `environments list` names sets too."
