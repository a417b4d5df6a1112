"""A demonstration as the rules read it: each step with its parsed action, the pages around it and its target.

Rules are functions `(scene, start) -> Proposal | None`; this module gives them their words and no opinions.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from labeling.labeller import ObservationOf
from labeling.model import Argument, Source
from labeling.rules.page import EMPTY, Page, read_page, same_place
from traces.actions import Action, parse_action
from traces.errors import ActionError
from traces.model import Step
from traces.observation_text import Node

CLICKS = frozenset({"click", "dblclick"})
SENDING = re.compile(
    r"\b(submit|search|find|save|continue|next|book|confirm|apply|sign (in|up)|log ?in|register|send|ok|done|update"
    r"|add|create|pay|place|finish|request|review|show|go|filter|look|get|view|check|calculate|compare|start|join"
    r"|order|buy|proceed|hand in|issue|deliver|approve|reserve|publish|post|plan|change|rename|move|import|export"
    r"|invite|accept|agree|enter)\b",
    re.IGNORECASE,
)
"""What buttons that send something are called."""


@dataclass(frozen=True)
class Moment:
    """One step: what was done, on which element, and the pages before and after."""

    step: Step
    action: Action
    before: Page
    after: Page
    target: Node | None

    @property
    def is_click(self) -> bool:
        """A click on an element."""
        return self.action.name in CLICKS

    @property
    def role(self) -> str:
        """The target's role, '' without a target."""
        return self.target.role if self.target else ""

    @property
    def name(self) -> str:
        """The target's name, '' without a target."""
        return self.target.name if self.target else ""

    @property
    def label(self) -> str:
        """What a person would call the target."""
        return self.before.label(self.target) if self.target else ""

    @property
    def moved(self) -> bool:
        """Whether the step led to another address or tab."""
        return not same_place(self.before.url, self.after.url) or "tabs" in self.step.changed

    @property
    def keys(self) -> str:
        """The keys of a press, '' for any other action."""
        return self.action.args[0] if self.action.name == "press" else ""

    def value_after(self) -> str | None:
        """What the target shows after the step, None when it is gone."""
        node = self.after.by_id.get(self.target.id) if self.target else None
        return None if node is None else node.value

    def same_target(self, other: Moment) -> bool:
        """Whether both steps are about one element of one page."""
        if self.target is None or other.target is None:
            return False
        return self.target.id == other.target.id and same_place(self.before.url, other.before.url)

    def argument(self, name: str, value: str, source: Source) -> Argument:
        """An argument whose value was found at this step."""
        return Argument(name=name, value=value, source=source, step=self.step.uid)


@dataclass(frozen=True)
class Proposal:
    """A call that a rule sees in the steps at positions `first`..`last`, with why and how sure it is (0 to 1).

    `anchor` is the field the call is about, as the page before the step at `first` (or `page`, if given) shows it.
    """

    first: int
    last: int
    policy: str
    args: tuple[Argument, ...]
    rule: str
    evidence: str
    confidence: float
    anchor: Node | None = None
    page: Page | None = None
    children: tuple[Proposal, ...] = ()
    returns: str | None = None


@dataclass(frozen=True)
class Scene:
    """All moments of a demonstration and its objective."""

    objective: str
    moments: tuple[Moment, ...]

    def __len__(self) -> int:
        return len(self.moments)

    def at(self, index: int) -> Moment | None:
        """The moment at a position, None past the end."""
        return self.moments[index] if 0 <= index < len(self.moments) else None

    def skip(self, index: int, passes: Callable[[Moment], bool]) -> int:
        """The first position from `index` on whose moment does not pass."""
        while index < len(self.moments) and passes(self.moments[index]):
            index += 1
        return index

    def as_said(self, text: str) -> str | None:
        """The text as the objective writes it, upper and lower case aside; None where it does not."""
        found = _found(text, self.objective)
        return found[0] if found else None

    def spaced(self, text: str) -> str | None:
        """A text that lost spaces between its words, as the objective writes it; None where it does not."""
        letters = [re.escape(one) for one in text if not one.isspace()]
        found = re.search(rf"(?<!\w){r' ?'.join(letters)}(?!\w)", self.objective) if len(letters) > 7 else None
        return found[0] if found else None

    def says(self, text: str) -> bool:
        """Whether the objective contains the text as whole words, upper and lower case alike."""
        return in_words(text, self.objective)

    def longest_said(self, text: str) -> str | None:
        """The longest run of words of a text that the objective says too, as the objective writes it."""
        said = [self.as_said(run) for run in _word_runs(text)]
        return max((run for run in said if run and len(run) > 2), key=len, default=None)


Rule = Callable[[Scene, int], Proposal | None]


def make_scene(objective: str, steps: Sequence[Step], observation: ObservationOf) -> Scene:
    """Read every step once; observations are looked up once each."""
    pages: dict[str, Page] = {}

    def page(key: str | None) -> Page:
        if key is None:
            return EMPTY
        if key not in pages:
            pages[key] = read_page(observation(key))
        return pages[key]

    moments = []
    for step, following in zip(steps, [*steps[1:], None], strict=True):
        after = step.observation_after or (following.observation_before if following else None)
        moments.append(_moment(step, page(step.observation_before), page(after)))
    return Scene(objective, tuple(moments))


def in_words(text: str, where: str) -> bool:
    """Whether `where` contains `text` as whole words."""
    return _found(text, where) is not None


def _found(text: str, where: str) -> re.Match[str] | None:
    plain = " ".join(text.split())
    return re.search(rf"(?<!\w){re.escape(plain)}(?!\w)", where, re.IGNORECASE) if plain else None


def _word_runs(text: str) -> Iterator[str]:
    """Every run of words, without the marks of punctuation around it."""
    words = [match.span() for match in re.finditer(r"[\w'’.-]*\w", text)]
    for index, (begin, _) in enumerate(words):
        yield from (text[begin:end] for _, end in words[index:])


def is_scroll(moment: Moment) -> bool:
    """Scrolling does not interrupt what a person is doing."""
    return moment.action.name in ("scroll", "hover")


def _moment(step: Step, before: Page, after: Page) -> Moment:
    try:
        action = parse_action(step.action)
    except ActionError:
        action = Action("note", (step.action,))
    return Moment(step, action, before, after, _target(step, action, before))


def _target(step: Step, action: Action, before: Page) -> Node | None:
    pressed_in = action.args[1] if action.name == "press" and len(action.args) > 1 else None
    element = action.element or pressed_in or (step.target.id if step.target else None)
    if element in before.by_id:
        return before.by_id[element]
    if step.target is None:
        return None
    return Node(id=step.target.id or "", role=step.target.role, name=step.target.name, depth=0, index=0)
