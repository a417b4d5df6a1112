"""The screens Episodes and Failures: filters in the address, order, many at a time, groups of failures."""

import json
import threading
from urllib.parse import parse_qs

import pytest

from flows import saved_filters
from store.filters import Filter
from tests.workspaces import add_demonstration, add_failed_run
from traces.catalogue import row_of
from traces.model import Episode
from ui import bulk_form
from ui.jobs import jobs

pytestmark = pytest.mark.app


def put(parts, episode_id, **fields):
    """An episode that is known to the catalogue."""
    given = {
        "objective": f"Objective of {episode_id}",
        "actor": "agent",
        "status": "failed",
        "started": 1.7e9,
        **fields,
    }
    found = {name: given.pop(name) for name in ("signals", "blame", "blamed_policy", "failed_page") if name in given}
    row = row_of(Episode(id=episode_id, **given), f"episodes/{episode_id}.episode")
    parts.episodes.catalogue.put({**row, **found})


def drawn(page, key="episodes_rows"):
    """What the page hands to its component."""
    return json.loads(next(one for one in page.get("bidi_component") if one.key == key).proto.json)


def ids(page):
    """The episodes of the list in order."""
    return [row["id"] for row in drawn(page)["rows"]]


def test_episodes_lists_and_filters(parts, open_page):
    """Every episode is a row; several values of a facet and a text leave those that fit, the newest first."""
    put(parts, "one", task="login-user", started=1.7e9)
    put(parts, "two", task="choose-date", actor="human", status="success", started=1.8e9)
    put(parts, "three", status="error", started=1.6e9)
    page = open_page("episodes")
    assert not page.exception
    assert ids(page) == ["two", "one", "three"]
    page.multiselect(key="episodes_status").set_value(["failed", "error"]).run()
    assert ids(page) == ["one", "three"]
    assert page.query_params["status"] == ["error", "failed"]
    page.text_input(key="episodes_text").input("login").run()
    assert ids(page) == ["one"]
    page.text_input(key="episodes_text").input("no such words").run()
    assert "No episode fits these filters" in page.info[0].value
    page.button(key="episodes_clear").click().run()
    assert ids(page) == ["two", "one", "three"]


def test_counts_of_a_facet_heed_the_others(parts, open_page):
    """Behind each choice stands how many episodes of those that the other filters leave have it."""
    put(parts, "one", task="a")
    put(parts, "two", task="a", status="success")
    put(parts, "three", task="b", status="success")
    page = open_page("episodes", status="success")
    assert page.multiselect(key="episodes_task").options == ["a (1)", "b (1)"]
    assert sorted(page.multiselect(key="episodes_status").options) == ["✓ done (2)", "✕ failed (1)"]


def test_an_address_is_a_filter_with_its_order(parts, open_page):
    """Opening the list with filters and an order in its address shows just that; links to Replay name the list."""
    for number, task in enumerate(["a", "b", "b"]):
        put(parts, f"e{number}", task=task, n_steps=number)
    page = open_page("episodes", task="b", sort="steps")
    assert ids(page) == ["e1", "e2"]
    assert drawn(page)["sort"] == "steps"
    link = drawn(page)["rows"][0]["link"]
    assert parse_qs(link.partition("?")[2])["list"] == ["task=b&sort=steps"]


def test_rare_filters_stand_behind_a_switch_and_show_when_used(parts, open_page):
    """More filters are one press away, and in sight where the address uses one."""
    put(parts, "one", run="run-1")
    page = open_page("episodes")
    assert "episodes_run" not in [one.key for one in page.multiselect]
    page.toggle(key="episodes_more").set_value(True).run()
    assert page.multiselect(key="episodes_run").options == ["run-1 (1)"]
    used = open_page("episodes", run="run-1", since="2023-11-14")
    assert used.multiselect(key="episodes_run").value == ["run-1"]
    assert used.date_input(key="episodes_since").value.isoformat() == "2023-11-14"


def test_more_than_a_page_is_shown_in_pages(parts, open_page):
    """A hundred rows are sent at a time, however many there are; the number of all is told."""
    for number in range(130):
        put(parts, f"e{number:03}", started=1.7e9 + number)
    page = open_page("episodes")
    assert (len(drawn(page)["rows"]), drawn(page)["total"]) == (100, 130)


def test_a_filter_is_saved_found_renamed_and_deleted(parts, open_page):
    """A name stands for a filter, for everybody who opens the workspace."""
    put(parts, "one")
    put(parts, "two", status="success")
    page = open_page("episodes", status="failed")
    page.text_input(key="episodes_save_as").input("my failures").run()
    page.button(key="episodes_save").click().run()
    assert saved_filters.listed(parts)[0].filter == Filter.of(status="failed")
    other = open_page("episodes")
    assert len(ids(other)) == 2
    other.button(key="saved_my failures").click().run()
    assert ids(other) == ["one"]
    other.text_input(key="episodes_rename_to").input("failures").run()
    other.button(key="episodes_rename").click().run()
    assert [one.name for one in saved_filters.listed(parts)] == ["failures"]
    other.button(key="episodes_unsave").click().run()
    assert saved_filters.listed(parts) == ()


def test_everything_is_no_filter_to_save(parts, open_page):
    """Without a choice there is nothing to give a name to, and the screen says so."""
    put(parts, "one")
    page = open_page("episodes")
    page.text_input(key="episodes_save_as").input("all").run()
    assert page.button(key="episodes_save").disabled


@pytest.mark.parametrize(
    ("result", "told"),
    [
        ({"changed": 2, "same": 0, "left_out": [], "stopped": True}, "Stopped: 2 tagged. What was done is kept."),
        (
            {"runs": ["run-1"], "episodes": [], "errors": 0, "left_out": [], "stopped": True},
            "Stopped: 0 episodes played in",
        ),
    ],
)
def test_work_that_was_stopped_is_told_as_no_success(parts, open_page, result, told):
    """Many episodes were tagged or played again until somebody pressed Stop: what was done, and that it is kept."""
    put(parts, "one")
    job = jobs().start(bulk_form.JOB, lambda report, stop: result, about="tagged")
    while job.state == "running":
        job.stopping.wait(0.01)
    page = open_page("episodes")
    jobs().forget(bulk_form.JOB)
    assert told in page.info[0].value
    assert not page.success


def test_work_that_ends_while_the_list_is_read_is_in_it(parts, open_page, monkeypatch):
    """The list beside the word that something was done is never the one from before it."""
    put(parts, "one", started=1.7e9)
    page = open_page("episodes")
    read = threading.Event()

    def work(report, stop):
        assert read.wait(30)
        put(parts, "two", started=1.8e9)
        return {"changed": 1, "same": 0, "left_out": [], "stopped": False}

    job = jobs().start(bulk_form.JOB, work, about="tagged")
    lists = type(parts.episodes.catalogue.lists)
    page_of = lists.page

    def reading(self, *args):
        found = page_of(self, *args)
        read.set()
        while job.state == "running":
            job.stopping.wait(0.01)
        return found

    monkeypatch.setattr(lists, "page", reading)
    page.run()
    jobs().forget(bulk_form.JOB)
    assert ids(page) == ["two", "one"]
    assert [one.value for one in page.success] == ["1 tagged."]


def test_failures_are_grouped_with_a_way_to_episodes_and_step(parts, open_page):
    """The largest group first, with its share, its rule in words, and links to its episodes and an example."""
    facts = {"signals": ",D1,", "blame": "policy", "blamed_policy": "search", "failed_page": "shop.test/list"}
    for number in range(3):
        put(parts, f"e{number}", task="find", **facts)
    put(parts, "other", task="buy", **{**facts, "signals": ",D8,", "blame": "environment"})
    put(parts, "fine", status="success")
    page = open_page("failures")
    assert not page.exception
    first, second = drawn(page, "failures_cards")["clusters"]
    assert (first["count"], first["title"], first["share"]) == (3, "Exact repeat · find", 0.75)
    assert first["rules"][0][0] == "D1"
    assert "same action" in first["rules"][0][2]
    assert second["title"].startswith("Environment failed")
    listed = open_page("episodes", **dict(parse_qs(first["link"].partition("?")[2]).items()))
    assert sorted(ids(listed)) == ["e0", "e1", "e2"]


def test_failures_of_real_runs_lead_to_the_step(parts, open_page):
    """An example says what its beginning rests on and leads to that step."""
    add_failed_run(parts)
    page = open_page("failures")
    example = drawn(page, "failures_cards")["clusters"][0]["examples"][0]
    row = parts.episodes.catalogue.get("run-0a")
    assert parse_qs(example["link"].partition("?")[2])["step"] == [row["began_step"]]
    assert example["said"]


def test_failures_narrow_by_task_and_say_when_nothing_fits(parts, open_page):
    """Filters work as on Episodes."""
    put(parts, "one", task="a", blame="policy", signals=",D1,")
    page = open_page("failures", text="nothing like it")
    assert "No failed run fits" in page.info[0].value
    page = open_page("failures", task="a")
    assert len(drawn(page, "failures_cards")["clusters"]) == 1


def test_failures_nobody_looked_at_are_looked_at_on_demand(parts, open_page):
    """Failures of older versions have no blame yet; the screen says how many, and looks."""
    add_failed_run(parts)
    row = parts.episodes.catalogue.get("run-0a")
    parts.workspace.remove("finding", "run-0a")
    parts.episodes.catalogue.put({**row, "signals": None, "blame": None, "began_seq": None})
    page = open_page("failures")
    assert "Look at 1 that nobody looked at yet" in [button.label for button in page.button]


def test_without_runs_failures_says_what_to_do(parts, open_page):
    """Demonstrations are no runs."""
    add_demonstration(parts)
    assert [one.value for one in open_page("failures").subheader] == ["No runs yet"]


def test_without_failures_the_screen_says_so(parts, open_page):
    """Runs of which none failed are no missing runs, and Home, which has no examples to load now, is no way on."""
    put(parts, "fine", status="success")
    page = open_page("failures")
    assert [one.value for one in page.subheader] == ["No failures yet"]
    assert "1 run and none failed." in [one.value for one in page.markdown]
    assert {str(button.key) for button in page.button} >= {"empty_run", "empty_import"}
    assert "empty_home" not in {button.key for button in page.button}


def test_the_page_of_a_list_is_in_its_address(parts, open_page):
    """An address leads to its page; another filter begins at the first; a page that is gone is the last there is."""
    for number in range(205):
        put(parts, f"e{number:03}", started=1.7e9 - number, task="a" if number < 150 else "b")
    page = open_page("episodes", page="2")
    assert ids(page)[0] == "e100"
    page.multiselect(key="episodes_task").set_value(["a"]).run()
    assert ids(page)[0] == "e000"
    assert "page" not in page.query_params
    page = open_page("episodes", page="9", task="a")
    assert ids(page) == [f"e{number}" for number in range(100, 150)]
    assert page.query_params["page"] == "2"
