"""Trouble that models make: rubbish, giving up, made up answers, other goals; and what runs out or takes too long."""

from __future__ import annotations

from dataclasses import replace

from agent.errors import ModelError
from agent.limits import Limits
from agent.model import Decision, Reply
from bench.detectors_kit import Meddler, action_of, instead
from traces.actions import Action
from traces.environment import Effect, EnvironmentStart

RUBBISH = (
    "",
    "I will click on the button now.",
    '```json\n{"action": "click", "id": 3}\n```',
    "REASON: It is there.\nACTION: fly [3]",
    "REASON: It is there.\nACTION: click [3]\nACTION: click [4]",
    "REASON: It is there.\nACTION: click",
    "REASON: Somebody else does it.\nACTION: buy_everything [today]",
    "<think>Which one?",
)


class Rubbish(Meddler):
    """Replies that cannot be carried out, once or several times over."""

    def said(self, request: Decision, reply: Reply) -> Reply:
        """Now and then."""
        if self.turn + 1 < self.at or len(self.hits) >= self.at + 1:
            return reply
        self.hit()
        return replace(reply, text=self.chance.choice(RUBBISH), written=None)


class GivesUp(Meddler):
    """The first policy that is called returns at once."""

    def said(self, request: Decision, reply: Reply) -> Reply:
        """Nothing done, nothing found."""
        if request.frame_depth == 1 or self.hits:
            return reply
        self.hit()
        return instead(reply, self.chance.choice(("stop", "stop [N/A]", "stop []")))


class LostAnswer(Meddler):
    """A policy returns what it saw, and its caller no longer knows that it had called."""

    limits = Limits(steps=10, calls=12, invalid=3)

    def asked(self, request: Decision) -> Decision:
        """The caller's past is cut off."""
        return replace(request, previous=(), fruitless=())

    def said(self, request: Decision, reply: Reply) -> Reply:
        """The same call again on the same page."""
        calls = self.__dict__.setdefault("calls", set())
        if request.frame_depth > 1:
            if self.again:
                self.hit()
            return instead(reply, "stop [seen]")
        action = action_of(reply)
        told = str(action) if action is not None and not action.is_page and action.name != "stop" else ""
        self.again = bool(told) and (told, request.observation) in calls
        calls.add((told, request.observation))
        if self.again:
            self.hit()
        return reply


class Outage(Meddler):
    """The model is gone in the midst of a call."""

    def decide(self, request: Decision) -> Reply:
        """The step before was its last."""
        if request.frame_depth > 1 and request.previous:
            self.hit()
            raise ModelError("The endpoint does not answer.")
        return super().decide(request)


class NotTried(Meddler):
    """The task is given up at the first look."""

    def said(self, request: Decision, reply: Reply) -> Reply:
        """At once, in one of the usual words."""
        self.hit()
        return instead(reply, self.chance.choice(("stop", "stop [N/A]", "stop [impossible]", "stop [not found]")))


class _RunsOut(Meddler):
    """A limit is too small for the task; the last step is where it ends."""

    def decide(self, request: Decision) -> Reply:
        """The step being decided is the last so far."""
        self.hits = {self.seq + 1}
        return super().decide(request)


class FewSteps(_RunsOut):
    """One page action."""

    limits = Limits(steps=1)


class FewCalls(_RunsOut):
    """Two questions to the model."""

    limits = Limits(calls=2)


class FewReplies(Rubbish):
    """One reply that cannot be carried out."""

    limits = Limits(invalid=1)


class NoDepth(_RunsOut):
    """No policy may be called."""

    limits = Limits(depth=1)


class Invented(Meddler):
    """An answer that nobody can have read."""

    def said(self, request: Decision, reply: Reply) -> Reply:
        """In place of the first step of the planner from `at` on."""
        if request.frame_depth > 1 or self.seq < self.at:
            return reply
        number = self.chance.randrange(10_000, 99_999)
        words = (f"Order {number}", f"${number / 100:.2f}", f"{number}", "Zanderholt", f"q{number}@brimwick.test")
        self.hit()
        return instead(reply, f"stop [{self.chance.choice(words)}]")


class Read(Meddler):
    """An answer that stands on the page."""

    def said(self, request: Decision, reply: Reply) -> Reply:
        """The name of some element."""
        nodes = [line for line in request.observation.split("\n") if "'" in line]
        if request.frame_depth > 1 or self.seq < self.at or not nodes:
            return reply
        name = self.chance.choice(nodes).split("'")[1].rstrip("\\").replace("[", "").replace("]", "")
        return instead(reply, f"stop [{name}]") if name.strip() else reply


class _Believes(Meddler):
    """What is to be done is one thing, and what the policy believes another."""

    objective = ""

    def reset(self, seed: int) -> EnvironmentStart:
        """The record has what was asked for."""
        start = super().reset(seed)
        self.believed = start.objective
        return replace(start, objective=self.objective)

    def asked(self, request: Decision) -> Decision:
        """The policy has another goal."""
        mine = self.believed if request.frame_depth == 1 else request.objective
        return replace(request, objective=mine, root_objective=self.believed)


class Drift(_Believes):
    """Everything is done for another goal."""

    objective = "Compare the warranty of both coffee grinders"

    def acted(self, action: Action) -> Effect:
        """Each of its actions."""
        self.hit()
        return self.page.act(action)


class SideEffect(_Believes):
    """A question was asked, and a form is sent; that the task ended by it is the page's word."""

    objective = "Which language is this page written in?"

    def acted(self, action: Action) -> Effect:
        """The press that the task took as done."""
        effect = self.page.act(action)
        if effect.done and action.name == "click":
            self.hit()
        return effect


class Misgrounded(Meddler):
    """The reason names one element, and the action is on another of its kind."""

    def said(self, request: Decision, reply: Reply) -> Reply:
        """The neighbour is pressed."""
        action = action_of(reply)
        node = self.node(action.element) if action is not None and action.name == "click" else None
        if action is None or node is None or not node.name or self.hits:
            return reply
        others = [
            one
            for one in self.nodes()
            if one.role == node.role and one.name not in ("", node.name) and one.id != node.id
        ]
        if not others:
            return reply
        self.hit()
        return instead(reply, f"click [{self.chance.choice(others).id}]", f'I press "{node.name}" now.')


class Explained(Meddler):
    """The reason names what is acted on, and other things that were seen."""

    def said(self, request: Decision, reply: Reply) -> Reply:
        """The names in quotes."""
        action = action_of(reply)
        node = self.node(action.element) if action is not None else None
        names = [one.name for one in self.nodes() if one.name]
        if action is None or node is None or not node.name:
            return reply
        told = f'Not "{self.chance.choice(names)}" but "{node.name}" is what I need.'
        return instead(reply, str(action), " ".join(told.split()))


class Slow(Meddler):
    """One action takes as long as a server that hangs; the time is on the record's clock only."""

    least, most = 24.0, 90.0
    stands = True

    def acted(self, action: Action) -> Effect:
        """Longer than usual."""
        effect = self.page.act(action)
        if self.turn == self.at:
            self.late += self.chance.uniform(self.least, self.most)
            if self.stands:
                self.hit()
        return effect


class SlowAnswer(Meddler):
    """The model has to be asked again, or takes very long."""

    def said(self, request: Decision, reply: Reply) -> Reply:
        """Once."""
        if self.hits or self.turn + 1 < self.at:
            return reply
        self.hit()
        if self.chance.random() < 0.5:
            return replace(reply, retries=self.chance.randrange(1, 4))
        self.late += self.chance.uniform(24.0, 90.0)
        return reply


class Leisurely(Slow):
    """One action takes some seconds, and nothing is wrong."""

    least, most = 2.0, 9.0
    stands = False
