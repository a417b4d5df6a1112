"""The Compare screen: choosing two episodes, and two arms on the same seeds, without a browser."""

from __future__ import annotations

import pytest

from tests.workspaces import add_demonstration, add_failed_run

pytestmark = pytest.mark.app


def texts(page) -> str:
    """What is said on the page."""
    kinds = ("info", "markdown", "text", "caption", "error")
    return "\n".join(str(one.value) for kind in kinds for one in getattr(page, kind))


def test_two_episodes_are_chosen_one_after_the_other(open_page, parts) -> None:
    """First A; then B is offered from the same task; then where they part is said and the calls are listed."""
    run, demo = add_failed_run(parts), add_demonstration(parts)
    page = open_page("compare")
    page = page.selectbox(key="compare_A_").select(run).run()
    assert "Choose the other episode" in texts(page)
    page = page.selectbox(key=f"compare_B_{run}").select(demo).run()
    assert not page.exception
    assert "The same for 1 step, then only B has step 2" in texts(page)
    assert any(one.value.startswith("The same for 1 step") for one in page.text), "recorded words are no Markdown"
    assert page.query_params["a"] == run
    assert "planner" not in page.dataframe[0].value["call"].iloc[0]


def test_a_failed_run_is_offered_beside_another_attempt_at_its_seed(open_page, parts) -> None:
    """One press opens both; a workspace with one episode says what it takes, with the ways there."""
    add_failed_run(parts)
    page = open_page("compare")
    assert "second attempt" in texts(page)
    assert {"empty_run", "empty_record", "empty_import"} <= {button.key for button in page.button}
    add_failed_run(parts, "run-0b", "run-8")
    page = open_page("compare")
    offered = [button for button in page.button if str(button.key).startswith("offer_")]
    assert len(offered) == 1
    assert "beside" in offered[0].label
    page = offered[0].click().run()
    assert not page.exception
    assert {page.query_params["a"], page.query_params["b"]} == {"run-0a", "run-0b"}
    assert len(page.dataframe) == 1


def test_where_nobody_played_its_seed_another_seed_is_offered(open_page, parts) -> None:
    """The seed of the other is said, since the two tasks are not quite the same."""
    add_failed_run(parts)
    add_demonstration(parts, seed=77)
    offered = [button.label for button in open_page("compare").button if str(button.key).startswith("offer_")]
    assert len(offered) == 1
    assert "(seed 77)" in offered[0]


def test_the_objectives_of_both_stand_in_full_below_their_boxes(open_page, parts) -> None:
    """A box shows as much of a line as fits; what was to be done is read below it."""
    run, demo = add_failed_run(parts), add_demonstration(parts)
    texts_below = [one.value for one in open_page("compare", a=run, b=demo).text]
    for episode in (run, demo):
        assert parts.episodes.catalogue.get(episode)["objective"] in texts_below


def test_runs_from_elsewhere_are_compared_without_their_prompt_sets(open_page, parts) -> None:
    """A run that was imported, or whose prompt set is gone, names a set that this workspace does not have."""
    one, other = add_failed_run(parts), add_failed_run(parts, "run-0b", prompt_set="ps-elsewhere")
    page = open_page("compare", a=one, b=other)
    assert not page.exception
    assert not page.error
    assert len(page.dataframe) == 1


def test_an_objective_of_some_lines_is_not_cut(open_page, parts) -> None:
    """Tasks of several sentences are read to their end; one of megabytes by its beginning."""
    run, demo = add_failed_run(parts), add_demonstration(parts)
    for episode, words in ((run, "seat 5B out, " * 60), (demo, "word " * 100_000)):
        parts.episodes.catalogue.put(parts.episodes.catalogue.get(episode) | {"objective": words.strip()})
    below = [one.value for one in open_page("compare", a=run, b=demo).text]
    assert ("seat 5B out, " * 60).strip() in below
    assert max(map(len, below)) <= 2_000


def test_an_address_of_what_is_gone_says_so(open_page, parts) -> None:
    """The other episode was deleted: the person chooses again, or is told how to get one."""
    run = add_failed_run(parts)
    page = open_page("compare", a=run, b="gone")
    assert not page.exception
    assert "Run the agent on it" in texts(page)
    add_demonstration(parts)
    assert "Choose the other episode" in texts(open_page("compare", a=run, b="gone"))


def test_two_prompt_sets_are_paired(open_page, parts) -> None:
    """On the seed that both played; with one arm the page says what to do."""
    add_failed_run(parts)
    assert "Run two prompt sets" in texts(open_page("compare", view="arms"))
    with parts.episode(add_failed_run(parts, "run-0b", "run-8")) as reader:
        header = reader.episode.model_copy(update={"prompt_set": "ps-2"})
    parts.episodes.register(header, parts.episodes.path(header.id))
    page = open_page("compare", view="arms")
    assert not page.exception
    assert list(page.dataframe[0].value["neither"]) == [1, 1]
