"""A question is cut to the room there is: the page around what it speaks of, then history, then examples."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from agent.fitting import HISTORY_FLOOR, PAGE_FLOOR, fitted, prune_page, smaller
from agent.model import Decision
from llm_client.errors import ContextOverflow
from policies.library import load_set

FORM = load_set("core").resolve("fill_form")
PAGE = "\n".join(f"[{n}] text 'row {n} of the table'" for n in range(300))
LONG = Decision(FORM, "fill_form [City: Rome]", "u", PAGE, tuple(f"click [{n}]" for n in range(200)))


@dataclass(frozen=True)
class Shot:
    id: str = "x"
    objective: str = "o" * 100
    url: str = "u"
    observation: str = "p" * 900
    previous: tuple[str, ...] = ()
    reason: str = "r"
    action: str = "click [1]"


def size(asked, examples):
    shown = sum(len(one.objective) + len(one.observation) for one in examples)
    return len(asked.observation) + sum(len(line) + 1 for line in asked.previous) + shown


def test_page_then_history_then_examples():
    """Each is cut only when the one before is at its floor, and every cut is told."""
    shown = [Shot()] * 3
    whole = size(LONG, shown)
    told = [
        fitted(LONG, shown, room, size).notes
        for room in (None, whole, whole - 1000, PAGE_FLOOR + 1000 + 3000, PAGE_FLOOR + 200 + 1000, 0)
    ]
    assert [len(notes) for notes in told] == [0, 0, 1, 2, 3, 3]
    least = fitted(LONG, shown, 0, size)
    assert least.examples == ()
    assert len(least.decision.previous) == HISTORY_FLOOR + 1
    assert least.decision.previous[-1] == LONG.previous[-1]
    assert least.notes[1] == "197 of 200 earlier actions were left out"


def test_what_is_spoken_of_stays_with_what_it_stands_in():
    """The field the objective names, its neighbours, its form and what is focused outlast the rest; ids stay."""
    page = "\n".join(
        [PAGE, "[700] form 'Booking'", "  [701] group", "    [702] text 'City'", "    [703] textbox value=''", PAGE]
        + ["[800] textbox 'Other' focused", PAGE]
    )
    lines = prune_page(page, "fill_form [City: Rome]", 400).split("\n")
    for line in ("[700] form 'Booking'", "  [701] group", "    [702] text 'City'", "    [703] textbox value=''"):
        assert line in lines
    assert "[800] textbox 'Other' focused" in lines
    assert lines[-1].endswith("lines do not fit)")


@given(st.lists(st.tuples(st.integers(0, 4), st.text("abc []'\"", max_size=30)), max_size=40), st.integers(0, 500))
def test_a_cut_page_is_lines_of_the_page_in_their_order(parts, room):
    """Whatever the page is like: nothing is made up or moved, and the room is kept to."""
    lines = [f"{'  ' * level}[{n}] {text}" for n, (level, text) in enumerate(parts)]
    *kept, told = prune_page("\n".join(lines), "abc a", room).split("\n")
    places = [lines.index(line) for line in kept] if lines else []
    assert places == sorted(places)
    assert sum(len(line) + 1 for line in kept) <= room
    assert told.startswith("... (")


def test_what_the_endpoint_says_goes_before_halving():
    """With its numbers the next prompt fits at once and leaves room for the reply; without, it is half as long."""
    assert smaller(40_000, ContextOverflow("w", "t", 0, 4000, 10_000)) == int(40_000 * 0.95 * 3200 / 10_000)
    assert smaller(40_000, ContextOverflow("w", "t", 0, 1000, 10_000)) == int(40_000 * 0.95 * 500 / 10_000)
    assert smaller(40_000, ContextOverflow("w", "t", 0, 9000, 8000)) == 36_000
    assert smaller(40_000, ContextOverflow("w", "t")) == 20_000
