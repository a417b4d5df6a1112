"""Environments by name: "miniwob:<task>", "airline:<scenario>", "desk:<scenario>" and "url:<http address>".

They do what the agent's `Environment` asks for, one call at a time from one thread, on a session of that process.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Protocol

from browser.acting import WEB
from browser.errors import UnknownEnvironment
from browser.miniwob import PREFIX as MINIWOB_PREFIX
from browser.miniwob import MiniwobEnvironment, check_task, miniwob_tasks
from browser.practice import PracticeEnvironment
from browser.session import BrowserSession
from browser.stage import Stage
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
    elif name.startswith(MINIWOB_PREFIX):
        check_task(name.removeprefix(MINIWOB_PREFIX))
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
    makers: dict[str, Callable[[str], PageEnvironment]] = {
        MINIWOB_PREFIX: lambda task: MiniwobEnvironment(task, session, pictures=pictures, own_ports=own_ports),
        URL_PREFIX: lambda url: WebEnvironment(
            url, session, pictures=pictures, own_ports=own_ports, allow_private=allow_private
        ),
    }
    for prefix, make in makers.items():
        if name.startswith(prefix):
            return make(name.removeprefix(prefix))
    found = site_and_scenario(name)
    if found is not None:
        return PracticeEnvironment(*found, session, pictures=pictures, own_ports=own_ports)
    raise _unknown(name)


def _unknown(name: str) -> UnknownEnvironment:
    sites = ", ".join(f"{site}:<scenario>" for site in SITES)
    return UnknownEnvironment(
        f"There is no environment {name!r}. There are miniwob:<task> ({len(miniwob_tasks())} tasks, such as "
        f"miniwob:login-user), {sites} and url:<http address>."
    )
