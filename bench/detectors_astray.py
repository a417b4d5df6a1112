"""Pages that do not keep where one was: every few actions the same page is there again, as it was at first.

A policy that does the same again each time goes round in a circle, which D2 and D3 are to tell.
"""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

from agent.limits import Limits
from agent.model import Decision, PolicyModel, Reply
from bench.detectors_kit import Meddler, Page, Played, instead
from traces.actions import Action
from traces.environment import Effect


class ThrownBack(Meddler):
    """Every three or four actions a page is loaded again from its address, and what was done on it is gone."""

    limits = Limits(steps=24, calls=60, invalid=6)
    every: tuple[int, ...] = (3, 4)
    enough = 3
    """Returns after which the episode is stopped."""
    name_of_trouble = "thrown back"

    def __init__(self, page: Page, model: PolicyModel, chance: random.Random) -> None:
        super().__init__(page, model, chance)
        self.wait, self.round = chance.randrange(3), chance.choice(self.every)
        self.home: tuple[str, str] | None = None
        self.arrived = True
        self.rounds: list[list[int]] = [[]]

    def asked(self, request: Decision) -> Decision:
        """The policy sees the page and nothing of its past, as one whose history was cut does."""
        return replace(request, previous=(), fruitless=())

    def said(self, request: Decision, reply: Reply) -> Reply:
        """It ends after some rounds."""
        return instead(reply, "stop") if len(self.rounds) > self.enough else reply

    def acted(self, action: Action) -> Effect:
        """The last action of each round leads back to the page it began on."""
        if self.home is None and self.arrived and self.turn >= self.wait:
            self.home = (self.seen.observation.url, self.seen.observation.text)
        effect = self.page.act(action)
        self.arrived = effect.view.observation.url != self.seen.observation.url
        if self.home is None:
            return effect
        self.rounds[-1].append(self.seq)
        return self._back(effect) if len(self.rounds[-1]) >= self.round else effect

    def _back(self, effect: Effect) -> Effect:
        assert self.home is not None
        self._stage.session.run(self._stage.tabs.page.goto(self.home[0], wait_until="load"))
        view = self.page.observe()
        if view.observation.text == self.home[1]:
            self.rounds.append([])
            last = self.rounds[-3:-1]
            if len(last) == 2:
                self.hits = {seq for one in last for seq in one}
                self.marks = {self.name_of_trouble: self.hits}
        else:  # it greets once, or keeps what was done: the circle begins with what it is now
            self.home, self.rounds = (self.home[0], view.observation.text), [[]]
        return replace(effect, view=view)

    @property
    def _stage(self) -> Any:
        return self.page._stage  # trouble is made beneath the environment


class ThereAndBack(ThrownBack):
    """Whatever is done on the second page leads back to the first."""

    every = (2,)
    enough = 4
    name_of_trouble = "there and back"


def circles(played: Played, hits: set[int]) -> bool:
    """Whether the policy did the same in both of the rounds that were struck."""
    done = [step.action for step in played.steps if step.kind == "act" and step.seq in hits]
    half = len(done) // 2
    return half > 0 and done[:half] == done[half:]
