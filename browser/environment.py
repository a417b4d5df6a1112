"""Environments by name: "miniwob:<task>", "flight:<page>", "airline:<scenario>", "desk:<scenario>", "url:<address>".

They do what the agent's `Environment` asks for, one call at a time from one thread, on a session of that process.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from browser.acting import WEB
from browser.errors import UnknownEnvironment
from browser.gym import PREFIX as GYM_PREFIX
from browser.gym import GymEnvironment, gym_python
from browser.miniwob import MiniwobEnvironment
from browser.miniwob_tasks import is_miniwob, miniwob_tasks, task_named
from browser.practice import PracticeEnvironment
from browser.session import BrowserSession
from browser.stage import Stage
from browser.todomvc import PREFIX as TODOMVC_PREFIX
from browser.todomvc import TodoEnvironment, check_app
from browser.urls import check_url
from practice.sites import SITES, scenario_names, site_and_scenario
from traces.actions import Action
from traces.environment import Effect, EnvironmentStart, Outcome, View

URL_PREFIX = "url:"


class PageEnvironment(Protocol):
    """What every environment here offers."""

    name: str

    def reset(self, seed: int) -> EnvironmentStart:
        """Begin an episode."""
        ...

    def observe(self) -> View:
        """The page now."""
        ...

    def act(self, action: Action) -> Effect:
        """Carry out a page action."""
        ...

    def outcome(self, answer: str | None = None) -> Outcome | None:
        """The evaluator's word; None where nobody judges."""
        ...

    def close(self) -> None:
        """Let go of page and servers."""
        ...


class WebEnvironment:
    """Any page on the web; nobody judges it, and the seed changes nothing."""

    def __init__(
        self,
        url: str,
        session: BrowserSession,
        viewport: tuple[int, int] = (1280, 720),
        pictures: bool = True,
        own_ports: Collection[int] = (),
        allow_private: bool = True,
    ) -> None:
        self._url = check_url(url, own_ports, allow_private)
        self.name = f"{URL_PREFIX}{self._url}"
        self._stage = Stage(
            session,
            WEB,
            viewport=viewport,
            pictures=pictures,
            own_ports=own_ports,
            allow_private=allow_private,
            guarded=True,
        )

    def reset(self, seed: int) -> EnvironmentStart:
        """A fresh profile at the address; the objective is the person's to give."""
        return EnvironmentStart("", self._stage.start(self._url), self._stage.viewport)

    def observe(self) -> View:
        """The tab in front."""
        return self._stage.look()

    def act(self, action: Action) -> Effect:
        """Act; a page of the web never ends an episode."""
        return self._stage.do(action)

    def outcome(self, answer: str | None = None) -> None:
        """Nobody judges pages of the web; a person or a judge has to say."""

    def close(self) -> None:
        """Close the page."""
        self._stage.close()


def check_environment(name: str, own_ports: Collection[int] = (), allow_private: bool = True) -> None:
    """Raises UnknownEnvironment, or ForbiddenUrl, unless `make_environment` knows the name. Starts nothing."""
    if name.startswith(URL_PREFIX):
        check_url(name.removeprefix(URL_PREFIX), own_ports, allow_private)
    elif is_miniwob(name):
        task_named(name)
    elif name.startswith(TODOMVC_PREFIX):
        check_app(name)
    elif name.startswith(GYM_PREFIX):
        gym_python()
    elif name not in scenario_names():
        raise _unknown(name)


def make_environment(
    name: str,
    session: BrowserSession,
    pictures: bool = True,
    own_ports: Collection[int] = (),
    allow_private: bool = True,
) -> PageEnvironment:
    """The environment of that name; `pictures` says whether views carry a PNG, `own_ports` are never opened.

    `allow_private`: addresses of this machine and its network may be (a practice site's own always is).
    Raises UnknownEnvironment with the names there are, ForbiddenUrl, or EnvironmentFailed.
    """
    if is_miniwob(name):
        return MiniwobEnvironment(name, session, pictures=pictures, own_ports=own_ports)
    if name.startswith(TODOMVC_PREFIX):
        return TodoEnvironment(name, session, pictures, own_ports)
    if name.startswith(GYM_PREFIX):
        return GymEnvironment(name, pictures)
    if name.startswith(URL_PREFIX):
        url = name.removeprefix(URL_PREFIX)
        return WebEnvironment(url, session, pictures=pictures, own_ports=own_ports, allow_private=allow_private)
    found = site_and_scenario(name)
    if found is not None:
        return PracticeEnvironment(*found, session, pictures=pictures, own_ports=own_ports)
    raise _unknown(name)


def _unknown(name: str) -> UnknownEnvironment:
    sites = ", ".join(f"{site}:<scenario>" for site in SITES)
    return UnknownEnvironment(
        f"There is no environment {name!r}. There are miniwob:<task> ({len(miniwob_tasks())} tasks, such as "
        f"miniwob:login-user), flight:<page>, {sites}, todomvc:<app>, browsergym:<task> and "
        "url:<http address>."
    )
