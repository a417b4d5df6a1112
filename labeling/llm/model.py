"""What the parts of the model labeller hand each other: stretches of units, what a reply said, settings, and a report.

A unit is what is partitioned: a step at level 1; a call or a step without one at the levels above. A partition is
stretches whose first units rise and which each end where the next begins, so gaps and overlaps cannot be said.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from labeling.model import PROPOSED as PROPOSED
from traces.model import Frozen

OWN = "OWN"
"""A stretch that is no call: its units stay their caller's own."""
NEW = "PROPOSE_NEW"
"""What a model says for a call that no policy of the set is."""

Certainty = Literal["high", "medium", "low"]
Source = Literal["model", "rules"]


@dataclass(frozen=True)
class Stretch:
    """Units from `first` up to the next stretch: one call of `policy` (a name of the set or `proposed:NAME`), or OWN.

    `args` are (parameter, value) in the policy's order. `repaired` counts what had to be mended in it.
    """

    first: int
    policy: str = OWN
    args: tuple[tuple[str, str], ...] = ()
    evidence: str = ""
    certainty: Certainty = "medium"
    returns: str | None = None
    repaired: int = 0
    source: Source = "model"

    @property
    def call(self) -> tuple[str, tuple[str, ...]]:
        """Policy and argument values, written so that spacing, case and an end dot make no difference."""
        return self.policy, tuple(plain(value) for _, value in self.args)


Partition = tuple[Stretch, ...]


@dataclass(frozen=True)
class Remark:
    """What a model noted of one step (its position): a mis-click, a correction or a detour, and why."""

    step: int
    role: str
    why: str


@dataclass(frozen=True)
class LabelSettings:
    """How a demonstration is asked about. Tokens are estimates of four characters each.

    Up to `whole_steps` and `whole_tokens` one window holds everything; else windows of about `window` units share
    `overlap`. `least` and `most` passes are asked and voted on; `levels` counts level 1, the steps. More than
    `fixes` (a share) of mended entries ask once more. A window is halved at most `halvings` times.
    """

    whole_steps: int = 80
    whole_tokens: int = 60_000
    window: int = 40
    window_tokens: int = 24_000
    overlap: int = 10
    snap: int = 4
    step_tokens: int = 220
    page_tokens: int = 1_200
    least: int = 2
    most: int = 5
    levels: int = 3
    fixes: float = 0.2
    halvings: int = 2
    reply_tokens: int = 600
    reply_tokens_each: int = 120
    reasons: bool = True
    exemplars: int = 3
    exemplar_tokens: int = 2_400
    concurrency: int = 4


class WindowReport(Frozen):
    """How one window of one pass was answered; units `first`..`last` (positions, both included).

    `answered`: by the model's first reply, by one asked again, in halves, or by the rules because of `why`.
    """

    level: int
    number: int
    first: int
    last: int
    answered: Literal["first", "again", "halves", "rules"]
    why: str = ""
    repairs: tuple[str, ...] = ()


class RemarkReport(Frozen):
    """A remark on a step, by uid."""

    step: str
    role: str
    why: str


class Report(Frozen):
    """What a label run of a model was made of: kept beside the run, since the tree alone does not say it.

    `status` is partial when a budget ended the asking before every window was answered. `reasons` are those of steps,
    by uid; `exemplars` the demonstrations of `label_set` that were shown to it. `calls` counts replies that
    were used, `cached` how many of them were kept from before; `cost` in US dollars, None when a price is unknown.
    """

    model: str
    status: Literal["ok", "partial"] = "ok"
    passes: dict[int, int] = {}
    windows: tuple[WindowReport, ...] = ()
    remarks: tuple[RemarkReport, ...] = ()
    proposals: dict[str, str] = {}
    reasons: dict[str, str] = {}
    exemplars: tuple[str, ...] = ()
    label_set: str = ""
    calls: int = 0
    cached: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    cost: float | None = None

    @property
    def fallbacks(self) -> tuple[WindowReport, ...]:
        """The windows the rules answered for the model."""
        return tuple(window for window in self.windows if window.answered == "rules")

    @property
    def repairs(self) -> int:
        """How often a reply was mended."""
        return sum(len(window.repairs) for window in self.windows)


def plain(text: str) -> str:
    """A value as it is compared: spaces, case and an end dot make no difference.

    >>> plain("  New  York. ")
    'new york'
    """
    return " ".join(text.split()).rstrip(".").casefold()


def spans(partition: Sequence[Stretch], end: int) -> Iterator[tuple[Stretch, int, int]]:
    """Each stretch with its first unit and the one after its last; the last stretch ends at `end`."""
    for stretch, following in zip(partition, [*partition[1:], None], strict=True):
        yield stretch, stretch.first, following.first if following else end


def joined(partition: Sequence[Stretch]) -> Partition:
    """The partition with neighbouring OWN stretches as one: between them there is no boundary to speak of."""
    out: list[Stretch] = []
    for stretch in partition:
        if not out or out[-1].policy != OWN or stretch.policy != OWN:
            out.append(stretch)
    return tuple(out)
