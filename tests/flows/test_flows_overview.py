"""The counts along the loop, and the next sensible thing."""

import pytest

from flows.label import labels
from flows.overview import EXAMPLES, Overview, load_examples, overview
from flows.prompt import prompts
from tests.workspaces import add_demonstration, add_failed_run


def test_the_next_thing_follows_the_loop(parts):
    """Record, review, build, run, look at what failed: each step makes the next one the sensible one."""
    assert overview(parts).empty
    assert overview(parts).next_page[0] == "record"
    demo = add_demonstration(parts)
    assert overview(parts).next_page == ("label", "Review the labels of 1 demonstration")
    labels.accept(parts, demo, "me")
    assert overview(parts).next_page[0] == "prompts"
    prompts.build(parts)
    assert overview(parts).next_page[0] == "run"
    add_failed_run(parts)
    assert overview(parts).next_page == ("failures", "Look at 1 failed episode")
    assert overview(parts) == Overview(demonstrations=1, to_review=0, prompt_sets=1, episodes=1, failures=1)


@pytest.mark.parametrize(
    ("counts", "page"),
    [
        ((0, 0, 0, 5, 2), "failures"),
        ((0, 0, 0, 5, 0), "record"),
        ((3, 2, 1, 5, 2), "label"),
        ((3, 0, 0, 5, 2), "prompts"),
        ((3, 0, 1, 5, 0), "record"),
    ],
)
def test_what_is_missing_earlier_in_the_loop_comes_first(counts, page):
    """What comes first in the loop and is not done is next; who brought only runs is led to those that failed."""
    assert Overview(*counts).next_page[0] == page


def test_runs_alone_are_not_an_empty_workspace(parts):
    """Who has only imported runs is not told that nothing is there."""
    add_failed_run(parts)
    assert not overview(parts).empty


def test_the_examples_are_loaded_once(parts):
    """Every shipped file comes in; loading again adds nothing."""
    shipped = len(list(EXAMPLES.glob("*.episode")))
    assert load_examples(parts) == shipped
    assert load_examples(parts) == 0
    assert parts.episodes.catalogue.search().total == shipped
