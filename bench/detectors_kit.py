"""A page and a policy with somebody between who makes things go wrong, and remembers at which steps.

A `Meddler` passes on what the policy asks of the page and what the page answers. Where it strikes is its own business:
the truth a detector is held against is `hits`, never what a rule says.
"""

from __future__ import annotations

import contextlib
import hashlib
import inspect
import random
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from agent.fakes import MemoryLog
from agent.limits import Limits
from agent.loop import Policies, run_episode
from agent.model import Decision, PolicyModel, Reply
from agent.reply import parse_reply
from analysis.intervals import wilson
from analysis.signals.course import Course, Pages
from browser.errors import BrowserError
from browser.miniwob import MiniwobEnvironment
from browser.practice import PracticeEnvironment
from traces.actions import Action
from traces.environment import Effect, EnvironmentStart, Outcome, View
from traces.model import Episode, Frame, LlmCall, Observation, Step
from traces.observation_text import Node, parse_observation

Page = MiniwobEnvironment | PracticeEnvironment
LIMITS = Limits(steps=14, calls=40, invalid=3)


class Meddler:
    """Passes everything on. `at` is the page action at which it strikes; `seq` the step being decided.

    `hits` are the steps that were struck, `marks` the same by the name of the trouble where it makes several.
    """

    limits = LIMITS

    def __init__(self, page: Page, model: PolicyModel, chance: random.Random) -> None:
        self.page, self.model, self.chance = page, model, chance
        self.name = page.name
        self.at = chance.choice((0, 0, 1, 1, 2))
        self.hits: set[int] = set()
        self.marks: dict[str, set[int]] = {}
        self.seq = self.turn = -1
        self.late = 0.0
        self.seen = View(Observation(url="", title="", text=""))

    # -- what the loop calls ------------------------------------------------------------------------------------------

    def reset(self, seed: int) -> EnvironmentStart:
        """Begin."""
        start = self.page.reset(seed)
        self.seen = self.looked(start.view)
        return replace(start, view=self.seen)

    def observe(self) -> View:
        """Look."""
        return self.looked(self.page.observe())

    def act(self, action: Action) -> Effect:
        """Act, with or without trouble."""
        self.turn += 1
        before, effect = self.seen, self.acted(action)
        self.seen = self.looked(effect.view)
        parts = ("url", "title", "text")
        was, now = before.observation, self.seen.observation
        changed = tuple(part for part in parts if getattr(was, part) != getattr(now, part))
        return replace(effect, view=self.seen, changed=changed)

    def outcome(self, answer: str | None) -> Outcome | None:
        """The page's own word."""
        return self.page.outcome(answer)

    def close(self) -> None:
        """The page is closed by whoever made it."""

    def decide(self, request: Decision) -> Reply:
        """Ask the policy, and hand on what it says or something else."""
        self.seq += 1
        return self.said(request, self.model.decide(self.asked(request)))

    def clock(self) -> float:
        """The time, with what was made to pass."""
        return time.monotonic() + self.late

    # -- where trouble comes in ---------------------------------------------------------------------------------------

    def asked(self, request: Decision) -> Decision:
        """What the policy is shown."""
        return request

    def said(self, request: Decision, reply: Reply) -> Reply:
        """What it is taken to have said."""
        return reply

    def acted(self, action: Action) -> Effect:
        """What the page does."""
        return self.page.act(action)

    def looked(self, view: View) -> View:
        """What can be seen of it."""
        return view

    # -- tools --------------------------------------------------------------------------------------------------------

    def hit(self, name: str = "") -> None:
        """Something (of that name) goes wrong at this step."""
        self.hits.add(self.seq)
        self.marks.setdefault(name, set()).add(self.seq)

    def script(self, source: str, given: Any = None) -> Any:
        """Run a script on the page."""
        stage = self.page._stage  # trouble is made beneath the environment
        return stage.session.run(stage.tabs.page.evaluate(source, given))

    def nodes(self) -> tuple[Node, ...]:
        """The elements of the page as last seen."""
        return parse_observation(self.seen.observation.text)

    def node(self, element: str | None) -> Node | None:
        """One of them."""
        return next((one for one in self.nodes() if one.id == element), None)

    def point(self, element: str | None) -> list[float] | None:
        """The middle of an element of the page as last seen."""
        box = self.seen.observation.boxes.get(element or "")
        return list(box.centre) if box else None


def action_of(reply: Reply) -> Action | None:
    """The action of a reply; None where it is none."""
    try:
        return parse_reply(reply.text).action
    except Exception:
        return None


def instead(reply: Reply, action: str, reason: str = "It comes next.") -> Reply:
    """Another action in place of what was said."""
    return replace(reply, text=f"REASON: {reason}\nACTION: {action}", written=None)


@dataclass(frozen=True)
class Played:
    """An episode with trouble in it, as it was recorded, and the steps at which something was made to go wrong."""

    episode: Episode
    steps: tuple[Step, ...]
    frames: tuple[Frame, ...]
    calls: tuple[LlmCall, ...]
    observations: Mapping[str, Observation]
    hits: frozenset[int]
    marks: Mapping[str, frozenset[int]] = field(default_factory=dict)

    @property
    def course(self) -> Course:
        """As detectors read it."""
        return Course(self.episode, self.steps, self.frames, self.calls, Pages(self.observations.__getitem__))

    @property
    def struck(self) -> bool:
        """Whether there was a chance to make trouble."""
        return bool(self.hits & {step.seq for step in self.steps})


def play(meddler: type[Meddler], page: Page, model: PolicyModel, policies: Policies, seed: int) -> Played:
    """One episode with trouble in it, in memory."""
    between = meddler(page, model, random.Random(f"{meddler.__name__} {page.name} {seed}"))
    log = MemoryLog()
    log.update(task=page.name, seed=seed)
    episode = run_episode(between, between, policies, log, between.limits, seed, clock=between.clock)
    with contextlib.suppress(BrowserError):
        between.script("() => history.pushState({}, '', '?left')")  # so that the next episode loads its page anew
    told = (tuple(log.steps), tuple(log.frames), tuple(log.calls), log.observations)
    marks = {name: frozenset(struck) for name, struck in between.marks.items()}
    return Played(episode, *told, frozenset(between.hits), marks)


def code_of(meddler: type[Meddler]) -> str:
    """A hash of what decides a meddler's trouble: its classes and the texts they draw on."""
    classes = [one for one in meddler.__mro__ if one.__module__.startswith("bench.")]
    texts = [repr(getattr(meddler, name, "")) for name in ("texts", "objective")]
    return hashlib.blake2b("".join([*map(inspect.getsource, classes), *texts]).encode(), digest_size=5).hexdigest()


def shares(struck: int, found: int, wrong: int, alarms: int, successes: int) -> dict[str, Any]:
    """What a detector's row tells of its counts: recall with its interval, precision, and alarms on real successes.

    A share of nothing is 0.
    """
    return {
        "struck": struck,
        "found": found,
        "recall": round(found / struck, 4) if struck else 0.0,
        "recall_interval": [round(one, 3) for one in wilson(found, struck)],
        "wrong": wrong,
        "precision": round(found / (found + wrong), 4) if found + wrong else 0.0,
        "successes": successes,
        "alarms_on_successes": alarms,
        "false_alarm": round(alarms / successes, 4) if successes else 0.0,
    }
