"""Who proposes the calls of a demonstration: the rules and, where calls were marked while recording, the marks.

The one place that reads marks, mistakes too, out of an episode's raw log; the labellers themselves are in labeling/.
"""

from __future__ import annotations

from browser.recorder.calls import MarkedCall, marked_calls
from browser.recorder.corrections import mistaken
from browser.recorder.events import read_event
from labeling.desk import ReviewDesk
from labeling.labeller import Labeller
from labeling.live import LiveLabeller, Marked
from labeling.model import LabelRun
from labeling.rules.labeller import RulesLabeller
from traces.reader import EpisodeReader

MARKS = frozenset({"call", "return"})


def propose_all(desk: ReviewDesk, reader: EpisodeReader) -> tuple[LabelRun, ...]:
    """A label run of every labeller there is for the newest derivation, the first proposal to show at the end.

    Raises NothingToLabel.
    """
    derivation = max((one.number for one in reader.derivations()), default=1)
    steps = reader.steps(derivation)
    return desk.propose_together(labellers(marked(reader)), reader.episode, steps, reader.observation, derivation)


def labellers(calls: tuple[Marked, ...]) -> tuple[Labeller, ...]:
    """The rules always; after them the marks, if there are any that hold steps."""
    rules = RulesLabeller()
    return (rules, LiveLabeller(calls, rules)) if any(one.steps for one in calls) else (rules,)


def marked(reader: EpisodeReader) -> tuple[Marked, ...]:
    """The calls that were marked, over the steps of the newest derivation."""
    raw = reader.raw()
    if not any(kind in MARKS for _, _, kind, _ in raw):
        return ()
    return tuple(_marked(one) for one in marked_calls((read_event(*row) for row in raw), reader.steps()))


def flagged(reader: EpisodeReader) -> frozenset[str]:
    """Uids of the steps that were marked as mistakes while recording."""
    raw = reader.raw()
    if not any(kind == "mistake" for _, _, kind, _ in raw):
        return frozenset()
    return mistaken((read_event(*row) for row in raw), reader.steps())


def _marked(one: MarkedCall) -> Marked:
    parent = str(one.parent) if one.parent is not None else None
    return Marked(str(one.number), one.policy, one.args, one.steps, parent, one.returns, one.ended)
