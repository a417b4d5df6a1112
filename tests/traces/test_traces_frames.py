"""Frames from flat steps and back."""

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traces.errors import FrameError
from traces.frames import build_frames, close_frames, flatten, path_of
from traces.model import Frame, Step


def step(seq: int, kind: str, action: str) -> Step:
    return Step(uid=f"u{seq}", seq=seq, kind=kind, action=action)  # type: ignore[arg-type]


def numbered(*pairs: tuple[str, str]) -> list[Step]:
    return [step(seq, kind, action) for seq, (kind, action) in enumerate(pairs)]


@st.composite
def call_trees(draw: st.DrawFn) -> list[Step]:
    """Flat steps of a run whose calls all return: random pushes, acts and pops that pair."""
    pairs: list[tuple[str, str]] = []
    depth = 1
    for move in draw(st.lists(st.sampled_from(["push", "act", "pop"]), max_size=40)):
        if move == "pop" and depth == 1:
            continue
        depth += {"push": 1, "pop": -1}.get(move, 0)
        pairs.append((move, {"push": "fill_text [Name] [a]", "act": "click [1]", "pop": "stop [x]"}[move]))
        if move == "push":
            pairs.append(("act", "click [2]"))
    pairs += [("pop", "stop [x]")] * (depth - 1)
    return numbered(*pairs)


@given(call_trees())
def test_frames_of_flattened_frames_are_the_same_tree(steps: list[Step]) -> None:
    """Laying the tree over its own acts and flattening it gives pushes and pops that build the same tree."""
    acts = [s.model_copy(update={"seq": n}) for n, s in enumerate(s for s in steps if s.kind == "act")]
    place = {s.uid: n for n, s in enumerate(acts)}
    spans = []
    for frame in build_frames(steps, "o"):
        inside = [
            place[s.uid]
            for s in steps
            if s.uid in place and (frame.first_step or 0) <= s.seq <= (frame.last_step or -1)
        ]
        span = {"first_step": min(inside, default=None), "last_step": max(inside, default=None)}
        spans.append(frame.model_copy(update=span))
    again = build_frames(flatten(spans, acts), "o")
    shape = [(f.parent, f.depth, f.policy, f.args) for f in spans]
    assert sorted((f.depth, f.policy, f.args) for f in again) == sorted((d, p, a) for _, d, p, a in shape)
    assert [s.action for s in flatten(spans, acts) if s.kind == "act"] == [s.action for s in acts]


def test_a_child_spans_its_steps_up_to_its_return() -> None:
    """The push belongs to the caller; the child begins with its own first step and ends with its pop."""
    steps = numbered(("push", "fill_text [A] [b]"), ("act", "type [1] [b]"), ("pop", "stop [done]"), ("pop", "stop"))
    root, child = build_frames(steps, "o")
    assert (root.first_step, root.last_step, root.end, root.returned) == (0, 3, "returned", None)
    assert (child.first_step, child.last_step, child.depth, child.returned) == (1, 2, 2, "done")
    assert child.args == ("A", "b")


def test_a_call_cut_off_at_once_has_no_steps() -> None:
    """A frame without a step of its own has no first and last step, and closes as told."""
    frames = close_frames(build_frames(numbered(("push", "search [x]")), "o"), "limit")
    assert frames[1].first_step is None
    assert {f.end for f in frames} == {"limit"}


def test_a_step_after_the_root_returned_is_refused() -> None:
    """Call and return cannot drift apart unnoticed."""
    with pytest.raises(FrameError, match="after the root returned"):
        build_frames(numbered(("pop", "stop"), ("act", "click [1]")), "o")


def test_path_of_is_the_stack_at_that_moment() -> None:
    """The open calls from the root down."""
    frames = build_frames(numbered(("push", "a [1]"), ("push", "b [2]"), ("act", "click [1]")), "o")
    assert [f.policy for f in path_of(frames, frames[2].id)] == ["planner", "a", "b"]
    assert isinstance(frames[0], Frame)


def test_calls_that_name_each_other_as_callers_have_an_end() -> None:
    """A file from anywhere may say so; the stack is then as far as it can be told."""
    one, other = (Frame(id=id, parent=parent, depth=2, policy=id, objective=id) for id, parent in ("ab", "ba"))
    assert [f.policy for f in path_of((one, other), "a")] == ["b", "a"]
    assert [f.policy for f in path_of((one,), "a")] == ["a"]


def test_calls_nested_without_end_are_built_in_a_moment():
    """A hostile log may call deeper with every step; the work is by steps, not by steps times depth."""
    steps = [Step(uid=f"u{seq}", seq=seq, kind="push", action=f"f [{seq}]") for seq in range(10_000)]
    began = process_time()
    frames = build_frames(steps, "find it")
    assert process_time() - began < 10
    assert (frames[-1].depth, frames[-1].first_step) == (10_001, None)
    assert [(one.first_step, one.last_step) for one in frames[:2]] == [(0, 9999), (1, 9999)]
