"""Where failure begins and who is to blame: after the last progress, and by what is recorded alone."""

from __future__ import annotations

import hypothesis.strategies as st
from hypothesis import given

from analysis.signals.course import Course, Page, Pages
from analysis.signals.failing import beginning, blame
from analysis.signals.registry import find_signals
from tests.analysis.test_signals import HOME, ORDERS, Told, again, called, told, turns
from tests.builders import Recording
from traces.errors import FrameError
from traces.frames import build_frames
from traces.model import Observation, Rewards, Step

ACTIONS = st.sampled_from(
    ["click [1]", "click [9]", "type [3] [a]", "scroll [down]", "find [a]", "stop [b]", "stop", "?!", ""]
)
KINDS = st.sampled_from(["act", "invalid", "push", "note"])
PAGES = st.sampled_from([None, HOME, ORDERS, "", "not an observation"])


def read(recording: Recording | Told) -> Course:
    """As detectors read it."""
    return recording.course if isinstance(recording, Told) else Told(recording).course


def test_failure_begins_after_the_last_progress() -> None:
    """A vain press before a new page was reached is forgiven; the one after it is where it begins."""
    recording = told().page(HOME).do("click [4]").page(HOME).do("click [2]").page(ORDERS)
    course = read(recording.do("click [5]").page(ORDERS).do("click [5]").page(ORDERS))
    began = beginning(course, find_signals(course))
    assert began is not None
    assert began.seq == 2


def test_without_a_sign_it_begins_in_the_call_that_never_returned() -> None:
    """The first step of that call; without one the last step of all."""
    pages = (HOME, ORDERS)
    recording = told().page(pages[0]).do("find [a]", kind="push").page(pages[0]).do("hover [2]").page(pages[0])
    course = read(Told(recording, "abandoned"))
    began = beginning(course, ())
    assert began is not None
    assert (began.seq, began.frame) == (1, "f1")
    plain = read(turns("hover [2]", "hover [4]"))
    last = beginning(plain, ())
    assert last is not None
    assert last.seq == 1


def test_a_run_that_failed_before_its_first_step_is_looked_at_too() -> None:
    """There is no step to begin at; it is the environment's, not for sure, so that no list asks to look again."""
    course = read(turns(status="error"))
    assert not course.steps
    assert beginning(course, ()) is None
    found = blame(course, (), None)
    assert found is not None
    assert (found.blamed, found.policy, found.sure) == ("environment", "planner", False)
    done = read(turns(status="success"))
    assert blame(done, (), None) is None


def test_where_no_rule_saw_anything_the_evaluator_is_quoted() -> None:
    """It alone knows why; without its words nothing is said of it."""
    began = beginning(read(turns("hover [2]", verdict="no booking was made")), ())
    assert began is not None
    assert began.said == "Nothing before the last step looks wrong. The evaluator: no booking was made"
    silent = beginning(read(turns("hover [2]")), ())
    assert silent is not None
    assert silent.said == "Nothing before the last step looks wrong."


def test_what_succeeded_or_still_runs_begins_no_failure() -> None:
    """Signals may be there all the same."""
    for status in ("success", "running"):
        course = read(turns("click [4]", "click [4]", status=status))
        assert beginning(course, find_signals(course)) is None
        assert blame(course, find_signals(course), None) is None


def test_a_call_in_vain_is_its_callers_fault() -> None:
    """The planner is blamed for what it called, and the call is named."""
    course = read(called(("push", "find [a]"), ("pop", "stop")))
    signals = find_signals(course)
    found = blame(course, signals, beginning(course, signals))
    assert found is not None
    assert (found.blamed, found.policy, found.caller, found.signals) == ("planner", "planner", "find", ("D10",))


def test_two_signs_of_one_kind_are_surer_than_one() -> None:
    """The same blame by two detectors."""
    course = read(turns("click [4]", "click [77]"))
    signals = find_signals(course)
    found = blame(course, signals, beginning(course, signals))
    assert found is not None
    assert found.blamed == "grounding"
    assert found.sure
    single = read(turns("click [4]"))
    one = blame(single, find_signals(single), beginning(single, find_signals(single)))
    assert one is not None
    assert not one.sure


def test_a_person_who_disagrees_with_the_evaluator_puts_the_blame_there() -> None:
    """Rewarded by a person, not by the rule: the evaluator is to be looked at."""
    course = read(again("click [2]", 4, HOME, ORDERS))
    judged = course.episode.model_copy(update={"rewards": Rewards(rule=0.0, human=1.0)})
    course = Course(judged, course.steps, course.frames, course.calls, course.pages)
    signals = find_signals(course)
    found = blame(course, signals, beginning(course, signals))
    assert found is not None
    assert (found.blamed, found.sure) == ("evaluator", True)


@given(st.lists(st.tuples(ACTIONS, KINDS, PAGES, PAGES), max_size=12))
def test_any_record_can_be_looked_at(shown: list[tuple[str, str, str | None, str | None]]) -> None:
    """Whatever a file holds: signals lie on its steps, and a failed one with steps has a beginning and a blame."""
    steps = tuple(
        Step(
            uid=f"u{seq}",
            seq=seq,
            kind=kind,
            action=action,
            observation_before=None if before is None else f"{hash(before)}",
            observation_after=None if after is None else f"{hash(after)}",
        )
        for seq, (action, kind, before, after) in enumerate(shown)
    )
    texts = {f"{hash(text)}": text for _, _, *both in shown for text in both if text is not None}
    try:
        frames = build_frames(steps, "x")
    except FrameError:
        frames = ()
    pages = Pages(lambda key: Observation(url="http://shop.test/", title="", text=texts[key]))
    course = Course(told().episode, steps, frames, (), pages)
    signals = find_signals(course)
    assert all(0 <= one.first <= one.last < len(steps) for one in signals)
    began = beginning(course, signals)
    assert (began is None) == (not steps)
    assert blame(course, signals, began) is not None


def test_pages_of_a_site_of_this_machine_are_the_same_on_another_port():
    """What was started again on another port is no other page; other hosts keep theirs."""
    addresses = ("http://127.0.0.1:39705/task.html?b=1&a=2", "http://127.0.0.1:4000/task.html?a=3&b=4", "http://x:8/")
    pages = [Page(Observation(url=url, title="", text=""), ()) for url in addresses]
    assert [page.place for page in pages] == ["127.0.0.1/task.html?a&b", "127.0.0.1/task.html?a&b", "x:8/"]
