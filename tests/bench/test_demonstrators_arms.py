"""What the arms of the success bench are taught, and the table they make."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from bench import miniwob_paper as paper
from bench.miniwob import others, table
from bench.miniwob_arms import ARMS, FEW, shuffled
from browser.miniwob_tasks import PAPER45
from labeling.model import Argument, LabelTree, Segment


def labels(episode: str, *calls: tuple[str, str]) -> LabelTree:
    """A demonstration with one step for each call."""
    uids = tuple(f"{episode}{number}" for number in range(len(calls)))
    segments = tuple(
        Segment(id=uid, first=uid, last=uid, policy=policy, args=(Argument(name="x", value=value, source="person"),))
        for uid, (policy, value) in zip(uids, calls, strict=True)
    )
    return LabelTree(episode=episode, uids=uids, segments=segments)


def calls(trees) -> Counter[str]:
    """How often each call is made."""
    return Counter(segment.call for tree in trees for segment in tree.segments)


words = st.sampled_from(["fill_text", "navigate", "search"])


@given(st.lists(st.lists(st.tuples(words, st.text(max_size=3)), min_size=1, max_size=5), min_size=1, max_size=6))
def test_shuffling_moves_calls_and_nothing_else(made):
    """The same calls as often, on the same steps of the same demonstrations, and the same each time."""
    trees = tuple(labels(f"e{number}", *one) for number, one in enumerate(made))
    found = shuffled(trees)
    assert calls(found) == calls(trees)
    assert [(tree.episode, [(s.first, s.last, s.id) for s in tree.segments]) for tree in found] == [
        (tree.episode, [(s.first, s.last, s.id) for s in tree.segments]) for tree in trees
    ]
    assert shuffled(trees) == found


def test_shuffling_puts_calls_elsewhere():
    """Of twenty different calls hardly one stays where it was."""
    trees = [labels(f"e{number}", ("navigate", str(number))) for number in range(20)]
    assert sum(a == b for a, b in zip(trees, shuffled(trees), strict=True)) < 5


def test_as_few_demonstrations_as_the_paper_has():
    """At most 21 of at most six tasks."""
    assert sum(FEW.values()) <= 21
    assert len(FEW) <= 6
    assert FEW.keys() <= set(PAPER45)


def test_the_papers_table_has_the_papers_means():
    """.96 with planner and policies, .72 with one policy, as the paper rounds them."""
    assert round(sum(map(paper.stack, PAPER45)) / 45, 2) == paper.MEAN
    assert round(sum(map(paper.flat, PAPER45)) / 45, 2) == 0.72
    assert paper.STACK.keys() | paper.FLAT.keys() <= set(PAPER45)


def test_the_table_has_a_line_for_each_task():
    """Every arm that runs the paper's tasks is a column; a task that was not run has a dash."""
    told = {name: {"tasks": [{"task": "miniwob:click-link", "ok": 9, "n": 10}]} for name in ARMS}
    lines = table(told)
    assert len(lines) == 2 + 45
    [line] = [one for one in lines if one.startswith("| click-link ")]
    columns = sum(arm.tasks == PAPER45 for arm in ARMS.values())
    assert line.count("0.90") == columns
    assert lines[-1].count("–") == columns


def test_other_arms_list_each_of_their_tasks():
    """With why a task could not be played; the paper's tasks are in the table above."""
    rows = [{"task": "todomvc:vue", "ok": 1, "n": 1}, {"task": "todomvc:cujo", "ok": 0, "n": 1}]
    told = {"k10": {"tasks": rows}, "todomvc": {"tasks": rows, "errors": {"todomvc:cujo": "page: it did not load"}}}
    assert others(told)[3:] == ["| todomvc:vue | 1/1 |  |", "| todomvc:cujo | 0/1 | page: it did not load |"]
    assert others({"k10": {"tasks": rows}}) == []
