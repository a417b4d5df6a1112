"""The Stacks screen: sentences and figures of the runs there are, and of demonstrations when asked for."""

from __future__ import annotations

import pytest

from flows.label import labels
from tests.workspaces import add_demonstration, add_failed_run

pytestmark = pytest.mark.app


def test_few_episodes_are_no_ground_for_sentences(open_page, parts) -> None:
    """One run: it is said that nothing can be said, and its line is drawn."""
    add_failed_run(parts)
    page = open_page("stacks")
    assert not page.exception
    said = "\n".join(one.value for one in page.markdown)
    assert "Across tasks nothing can be said" in said
    assert len(page.get("plotly_chart")) == 3


@pytest.mark.parametrize("group", ["model", "prompt set", "task"])
def test_lines_are_grouped_and_aligned_as_asked(open_page, parts, group) -> None:
    """Every grouping by step draws; demonstrations come with their labels' depth."""
    labels.accept(parts, add_demonstration(parts), "me")
    page = open_page("stacks", actor="human")
    page.button_group(key="stacks_group").set_value(group)
    page.button_group(key="stacks_align").set_value("step")
    page = page.button_group(key="stacks_points").set_value("lengths").run()
    assert not page.exception
    assert "1 thin line, each an episode." in "\n".join(one.value for one in page.caption)


def test_filters_that_fit_nothing_say_so(open_page, parts) -> None:
    """There are demonstrations only: runs are shown at first, then those are asked for and read."""
    add_demonstration(parts)
    page = open_page("stacks")
    assert "No ended episode fits" in page.info[0].value
    page = page.selectbox(key="stacks_actor").select("human").run()
    assert not page.exception
    assert not page.info
    assert len(page.get("plotly_chart")) == 3
