"""Every detector on an episode that shows what it looks for, and on one that only looks like it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from analysis.signals.course import Course, Pages
from analysis.signals.registry import DETECTORS, find_signals
from tests.builders import Recording
from traces.frames import build_frames, close_frames
from traces.model import FrameEnd, LlmCall

HOME = "[1] heading 'Shop'\n[2] link 'Orders'\n[3] textbox 'Search'\n[4] button 'Go'\n"
ORDERS = "[1] heading 'Orders'\n[2] link 'Shop'\n[5] link 'Order 17'\n"
LOGIN = "[1] heading 'Sign in'\n[2] textbox 'Name'\n[3] textbox 'Password' type='password'\n[4] button 'Sign in'\n"


@dataclass
class Told:
    """An episode to look at: what was recorded, and how it ended."""

    recording: Recording
    end: FrameEnd | None = None
    calls: tuple[LlmCall, ...] = ()

    @property
    def course(self) -> Course:
        """As detectors read it."""
        steps = tuple(self.recording.steps)
        frames = build_frames(steps, self.recording.objective)
        frames = close_frames(frames, self.end) if self.end else frames
        return Course(self.recording.episode, steps, frames, self.calls, Pages(self.recording.observation))


def told(objective: str = "Open the orders of the shop", **fields: object) -> Recording:
    """A run's record that failed unless it says otherwise."""
    return Recording(objective, fields={"actor": "agent", "status": "failed", **fields})


def again(action: str, times: int, *pages: str) -> Recording:
    """The same action over and over, between pages that take turns."""
    recording = told().page(pages[0])
    for turn in range(times):
        recording.do(action).page(pages[(turn + 1) % len(pages)])
    return recording


def turns(*actions: str, page: str = HOME, **fields: object) -> Recording:
    """Actions one after the other on a page that stays as it is."""
    recording = told(**fields).page(page)
    for action in actions:
        recording.do(action).page(page)
    return recording


def called(*steps: tuple[str, str], **fields: object) -> Recording:
    """(kind, action) one after the other on one page."""
    recording = told(**fields).page(HOME)
    for kind, action in steps:
        recording.do(action, kind=kind).page(HOME)
    return recording


def counting(times: int) -> Recording:
    """A stepper: the same press, another number each time."""
    recording = told().page("[1] text 'Guests: 0'\n[2] button 'More'\n")
    for turn in range(times):
        recording.do("click [2]").page(f"[1] text 'Guests: {turn + 1}'\n[2] button 'More'\n")
    return recording


def cut() -> Recording:
    """A long page whose link came into sight by scrolling."""
    recording = told().page("[1] heading 'Shop'\n[more] text '300 more elements not shown'\n")
    recording.do("scroll [down]").page("[1] heading 'Shop'\n[9] link 'Orders'\n")
    return recording.do("click [9]").page(ORDERS)


def answered(answer: str, objective: str = "What does the lamp cost?", *pages: str) -> Recording:
    """Pages looked at one after the other, and an answer."""
    recording = told(objective, end_reason="stop", answer=answer)
    for page in pages:
        recording.page(page).do("click [2]")
    return recording.page(pages[-1]).do(f"stop [{answer}]", kind="pop").page(pages[-1])


def wandering(times: int) -> Recording:
    """Pages about something else."""
    recording = told("Find the warranty of the coffee grinder")
    for turn in range(times + 1):
        recording.page(f"[1] heading 'News {turn}'\n[2] link 'Weather {turn}'\n").do("click [2]")
    return recording.page("[1] heading 'Sports'\n")


def slow(took: float, calls: tuple[LlmCall, ...] = ()) -> Told:
    """A step that took some milliseconds after five quick ones."""
    recording = counting(5)
    recording.do("click [2]", started=0.0, ended=took, call=0 if calls else None).page(ORDERS)
    return Told(recording, calls=calls)


def asked(retries: int) -> LlmCall:
    """A model call that had to be repeated."""
    return LlmCall(
        number=0,
        frame="f0",
        purpose="planner",
        model="m",
        parts=(),
        reply=None,
        tokens_in=1,
        tokens_out=1,
        retries=retries,
    )


def thrown_out(press: str) -> Recording:
    """Signed in, then a press that leads back to the sign-in page."""
    recording = told().page(LOGIN, "http://shop.test/login").do("click [4]").page(HOME, "http://shop.test/")
    recording.page(f"[1] heading 'Shop'\n[2] link '{press}'\n", "http://shop.test/").do("click [2]")
    return recording.page(LOGIN, "http://shop.test/login")


SHOWN: dict[str, tuple[Callable[[], Recording | Told], Callable[[], Recording | Told]]] = {
    "D1": (lambda: again("click [4]", 3, HOME), lambda: counting(6)),
    "D2": (lambda: turns("click [4]", "click [2]", "click [4]", "click [2]"), lambda: turns("click [4]", "click [2]")),
    "D3": (lambda: again("click [2]", 4, HOME, ORDERS), lambda: again("click [2]", 3, HOME, ORDERS)),
    "D4": (lambda: turns("click [4]"), lambda: Told(turns("hover [2]", "click [4]"), "ended")),
    "D5": (lambda: turns("click [77]"), lambda: turns("click [4]")),
    "D6": (
        lambda: (
            told()
            .page("[3] textbox 'Search' value='tea'\n")
            .do("type [3] [pot]")
            .page("[3] textbox 'Search' value='teapot'\n")
        ),
        lambda: (
            told()
            .page("[3] textbox 'Search' value='tea'\n")
            .do("type [3] [pot]")
            .page("[3] textbox 'Search' value='pot'\n")
        ),
    ),
    "D7": (
        lambda: called(("invalid", "fly [4]"), ("invalid", "fly [4]")),
        lambda: called(("act", "click [4]")),
    ),
    "D8": (lambda: thrown_out("Orders"), lambda: thrown_out("Sign out")),
    "D9": (
        lambda: told().page(HOME).do("click [4]").page(HOME + "[9] alert 'Please enter a date'\n"),
        lambda: told().page(HOME).do("click [4]").page(HOME + "[9] status 'Your order was saved'\n"),
    ),
    "D10": (
        lambda: called(("push", "find_orders [all]"), ("pop", "stop")),
        lambda: called(("push", "find_orders [all]"), ("pop", "stop [order 17]")),
    ),
    "D11": (
        lambda: called(("push", "find [a]"), ("pop", "stop [1]"), ("push", "find [a]"), ("pop", "stop [1]")),
        lambda: called(("push", "find [a]"), ("pop", "stop [1]"), ("push", "find [b]"), ("pop", "stop [1]")),
    ),
    "D12": (
        lambda: called(("push", "find [a]"), ("push", "find [a]"), ("act", "click [2]")),
        lambda: called(("push", "find [a]"), ("push", "find [b]"), ("act", "click [2]")),
    ),
    "D13": (
        lambda: Told(called(("push", "find [a]"), ("act", "click [2]")), "limit"),
        lambda: Told(called(("push", "find [a]"), ("act", "click [2]")), "ended"),
    ),
    "D14": (
        lambda: answered("N/A", "What does the lamp cost?", HOME),
        lambda: answered("N/A", "What does the lamp cost?", HOME, ORDERS, LOGIN),
    ),
    "D15": (lambda: turns("click [4]", end_reason="steps"), lambda: turns("click [4]", end_reason="stop")),
    "D16": (
        lambda: answered("49.90", "What does the lamp cost?", HOME, ORDERS),
        lambda: answered("49.90", "What does the lamp cost?", "[2] text 'Lamp, 49.90'\n"),
    ),
    "D17": (lambda: wandering(9), lambda: wandering(6)),
    "D18": (
        lambda: called(("push", "find [a]"), ("pop", "type [3] [bus stop]")),
        lambda: called(("push", "find [a]"), ("pop", "stop [bus]")),
    ),
    "D19": (cut, lambda: told().page(HOME).do("scroll [down]").page(HOME).do("click [2]").page(ORDERS)),
    "D20": (
        lambda: told().page(HOME).do("click [4]", reason="I open 'Orders' now").page(HOME),
        lambda: told().page(HOME).do("click [2]", reason="I open 'Orders' now").page(ORDERS),
    ),
    "D21": (
        lambda: (
            told("What is in the cart?").page("[2] button 'Place order'\n").do("click [2]").page("[1] text 'Thanks'\n")
        ),
        lambda: told("Order the lamp").page("[2] button 'Place order'\n").do("click [2]").page("[1] text 'Thanks'\n"),
    ),
    "D22": (lambda: slow(60_000), lambda: slow(5_000)),
}


def found(of: Recording | Told) -> set[str]:
    """The detectors that find something."""
    course = of.course if isinstance(of, Told) else Told(of).course
    return {signal.detector for signal in find_signals(course)}


def test_every_detector_is_shown_here() -> None:
    """No detector without an episode it finds and one it must leave."""
    assert [one.id for one in DETECTORS] == sorted(SHOWN, key=lambda name: int(name[1:]))


@pytest.mark.parametrize("name", SHOWN)
def test_a_detector_finds_what_it_looks_for(name: str) -> None:
    """The episode that shows it has a signal of it, told in a sentence, on steps that exist."""
    shown = SHOWN[name][0]()
    course = shown.course if isinstance(shown, Told) else Told(shown).course
    signals = [one for one in find_signals(course) if one.detector == name]
    assert signals
    uids = {step.uid for step in course.steps}
    for one in signals:
        assert one.said.endswith((".", ":")) or ":" in one.said
        assert set(one.steps) <= uids
        assert one.first <= one.last


@pytest.mark.parametrize("name", SHOWN)
def test_a_detector_leaves_what_only_looks_like_it(name: str) -> None:
    """The episode beside it, which is fine, has none."""
    assert name not in found(SHOWN[name][1]())


def test_a_repeated_request_is_told_and_is_no_loop() -> None:
    """A model that was asked again is D22 alone: infrastructure is kept apart."""
    assert found(slow(10, (asked(2),))) == {"D22"}


def test_a_clock_does_not_hide_a_repeat() -> None:
    """A page that differs in the time of day only is the same page."""
    recording = told().page("[1] text '10:00:01'\n[2] button 'Go'\n")
    for second in range(2, 6):
        recording.do("click [2]").page(f"[1] text '10:00:0{second}'\n[2] button 'Go'\n")
    assert "D1" in found(recording)


@pytest.mark.parametrize(("times", "told_of"), [(4, True), (3, False)])
def test_a_cursor_that_goes_in_and_out_oscillates_where_no_page_does(times: int, told_of: bool) -> None:
    """Four presses that move nothing else are told; three are not enough."""
    inside = HOME.replace("'Search'", "'Search' focused")
    assert ("D3" in found(again("click [3]", times, HOME, inside))) is told_of


def test_only_calls_a_call_lies_in_make_it_too_deep() -> None:
    """The same call after it had returned is not inside itself; the third of one policy inside one another is told."""
    again_and_again = [("push", "find [a]"), ("act", "click [2]"), ("pop", "stop [1]")] * 4
    assert "D12" not in found(called(*again_and_again))
    deep = called(
        ("push", "find [a]"), ("push", "sort [x]"), ("push", "find [b]"), ("push", "find [c]"), ("act", "click [2]")
    )
    (told_of,) = [one for one in find_signals(Told(deep).course) if one.detector == "D12"]
    assert told_of.said == "find is open 3 times at once."


def test_calls_that_lie_in_each_other_are_looked_through() -> None:
    """A file may hold such a tree: no detector goes round in it for ever."""
    course = Told(called(("push", "find [a]"), ("push", "find [b]"), ("act", "click [2]"))).course
    root, one, other = course.frames
    twisted = (root, one.model_copy(update={"parent": other.id}), other, root.model_copy(update={"parent": root.id}))
    assert isinstance(find_signals(replace(course, frames=twisted)), tuple)
