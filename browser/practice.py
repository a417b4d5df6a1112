"""A practice site as an environment: its own server process with a seeded state, judged from its own records.

The site is `practice.server.PracticeServer`; here it is only started, reset and asked.
"""

from __future__ import annotations

from collections.abc import Collection

from browser.acting import PRACTICE
from browser.errors import EnvironmentFailed, UnknownEnvironment
from browser.session import BrowserSession
from browser.stage import Stage
from practice.server import PracticeError, PracticeServer
from traces.actions import Action
from traces.environment import Effect, EnvironmentStart, Outcome, View


class PracticeEnvironment:
    """One scenario of a practice site; a worker has its own site, so runs do not disturb each other."""

    def __init__(
        self,
        site: str,
        scenario: str,
        session: BrowserSession,
        viewport: tuple[int, int] = (1280, 720),
        pictures: bool = True,
        own_ports: Collection[int] = (),
    ) -> None:
        self.name = f"{site}:{scenario}"
        self._called, self._scenario = site, scenario
        try:
            self._site = PracticeServer(site)
        except PracticeError as error:
            raise EnvironmentFailed(str(error)) from error
        try:
            self._check_scenario()
        except BaseException:
            self._site.close()
            raise
        self._stage = Stage(session, PRACTICE, viewport=viewport, pictures=pictures, own_ports=own_ports)

    def reset(self, seed: int) -> EnvironmentStart:
        """The site as the seed makes it, at the scenario's first page."""
        scenario = self._site.reset(seed, self._scenario)
        return EnvironmentStart(scenario.objective, self._stage.start(scenario.start_url), self._stage.viewport)

    def observe(self) -> View:
        """The page in front."""
        return self._stage.look()

    def act(self, action: Action) -> Effect:
        """Act; a practice site never ends by itself."""
        return self._stage.do(action)

    def outcome(self, answer: str | None = None) -> Outcome:
        """What the site's own records say; the reward is the share that is complete."""
        verdict = self._site.evaluate(answer)
        return Outcome(verdict.complete, verdict.percent / 100, "; ".join(verdict.reasons))

    def close(self) -> None:
        """Close the page and end the site's process."""
        try:
            self._stage.close()
        finally:
            self._site.close()

    def _check_scenario(self) -> None:
        existing = self._site.scenarios()
        if self._scenario not in existing:
            known = ", ".join(f"{self._called}:{name}" for name in existing)
            raise UnknownEnvironment(
                f"The practice {self._called} has no scenario {self._scenario!r}. There are: {known}."
            )
