"""The invariants of every case, judged by the stored episode and the page's own log.

- the observation is not later than the dispatch, and lacks every effect that the page logged from the dispatch on;
- what the page had said before the observation was taken is in it;
- the target's id is in the observation before;
- every gesture is in exactly one step or one entry of what was not recorded.
"""

from __future__ import annotations

from collections import Counter

from browser.recorder.events import Key, Nav, Note, Press, Refused, Text, Wheel
from tests.browser_recorder.cases.story import Story
from traces.model import Step
from traces.observation_text import parse_observation

SLACK_MS = 3.0
"""Between the page's clock and ours, on one machine."""
GESTURES = Press | Key | Text | Wheel | Nav | Note | Refused


def judge(story: Story) -> None:
    """Assert every invariant of the story."""
    for step in story.steps:
        _in_time(step)
        _target_is_there(story, step)
        _without_its_effect(story, step)
    _each_gesture_once(story)


def _in_time(step: Step) -> None:
    proof = step.proof
    assert proof is not None, step.action
    assert proof.observed_at <= proof.dispatched_at, f"{step.action}: observed after it was dispatched"
    assert step.observation_before is not None, f"{step.action}: nothing was seen before it"


def _target_is_there(story: Story, step: Step) -> None:
    if step.target is None or step.target.id is None:
        return
    ids = {node.id for node in parse_observation(story.before(step))}
    assert step.target.id in ids, f"{step.action}: its target is not in the observation before"


def _without_its_effect(story: Story, step: Step) -> None:
    seen = story.before(step).split("\n")
    dispatched, observed = story.began + step.proof.dispatched_at, story.began + step.proof.observed_at
    for effect in story.heard:
        if effect.kind != "effect" or effect.text not in "\n".join(seen):
            continue
        assert effect.at <= dispatched + SLACK_MS, f"{step.action}: {effect.text!r} is in the observation before it"
        assert effect.at <= observed + SLACK_MS, f"{step.action}: {effect.text!r} came after the observation"


def _each_gesture_once(story: Story) -> None:
    reading = story.ended.reading
    counts = Counter(n for item in (*reading.steps, *reading.not_recorded) for n in item.raw)
    assert not [n for n, times in counts.items() if times > 1], "an event is in two steps"
    for raw in story.raw:
        if isinstance(raw.event, GESTURES):
            assert counts[raw.number] == 1, f"raw event {raw.number} ({raw.event.kind}) is in no step and no entry"
