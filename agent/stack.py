"""The control state of SteP: a stack of frames as a value, with push, act and pop.

The top frame's policy decides; it sees its own objective and its own previous lines only. Source: SteP (arXiv
2310.03720) §3 and the released StepAgent, without its defects (docs/agent.md lists them).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from agent.history import acted, answered, refused
from policies.model import Policy
from traces.actions import Action
from traces.frames import ROOT


@dataclass(frozen=True)
class OpenFrame:
    """One open call: `objective` is the whole call text (the task, for the root).

    `fruitless` holds the texts of the latest actions and calls that left the page as it was; `opened_on` is the
    observation the frame began with.
    """

    id: str
    policy: Policy
    objective: str
    previous: tuple[str, ...] = ()
    fruitless: tuple[str, ...] = ()
    opened_on: str = ""

    def noted(self, line: str, text: str, changed: bool) -> OpenFrame:
        """The frame with one more line of history."""
        fruitless = () if changed else (*self.fruitless, text)
        return replace(self, previous=(*self.previous, line), fruitless=fruitless)


@dataclass(frozen=True)
class Stack:
    """Open frames from the root to the top; `opened` counts all frames ever opened, which gives ids f0, f1, f2 ..."""

    frames: tuple[OpenFrame, ...]
    opened: int = 1

    @property
    def top(self) -> OpenFrame:
        """The frame whose policy decides. An empty stack has none (IndexError)."""
        return self.frames[-1]

    @property
    def depth(self) -> int:
        """The number of open frames."""
        return len(self.frames)

    def push(self, policy: Policy, call: str, observation: str = "") -> Stack:
        """The policy is called: a frame with empty history on the same observation."""
        frame = OpenFrame(f"f{self.opened}", policy, call, opened_on=observation)
        return Stack((*self.frames, frame), self.opened + 1)

    def pop(self, answer: str | None, observation: str = "") -> Stack:
        """The top returns; its caller reads `answer = call [..]`. Popping the root empties the stack."""
        *rest, done = self.frames
        if rest:
            line = answered(done.objective, answer)
            rest[-1] = rest[-1].noted(line, done.objective, changed=observation != done.opened_on)
        return Stack(tuple(rest), self.opened)

    def act(self, action: Action, error: str | None, changed: bool) -> Stack:
        """The top has done a page action."""
        return self._noted(acted(action, error), str(action), changed)

    def refuse(self, text: str, why: str) -> Stack:
        """The top's reply was not carried out, and it is told so."""
        return self._noted(refused(text, why), text, changed=False)

    def _noted(self, line: str, text: str, changed: bool) -> Stack:
        return replace(self, frames=(*self.frames[:-1], self.top.noted(line, text, changed)))


def rooted(policy: Policy, objective: str) -> Stack:
    """A stack with the root open."""
    return Stack((OpenFrame(ROOT, policy, objective),))
