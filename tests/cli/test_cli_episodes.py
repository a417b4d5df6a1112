"""`episodes list|tag|delete|rerun` and `failures` on the command line."""

from __future__ import annotations

from flows import saved_filters
from flows.problems import PARTLY, STOPPED
from store.filters import Filter
from tests.workspaces import add_demonstration, add_failed_run


def test_lists_take_every_filter_and_order(parts, run):
    """Facets by name, several values, days, a saved filter that options narrow, and the order."""
    add_failed_run(parts)
    for number in range(3):
        add_demonstration(parts, f"demo{number}", started=1_700_000_000.0 + number * 86_400)
    listed = run("episodes", "list", "--by", "signal=D4", "--by", "blame=policy", "--json").json
    assert [row["id"] for row in listed["episodes"]] == ["run-0a"]
    saved_filters.save(parts, "people", Filter.of(actor="human"), "ana")
    days = ("--since", "2023-11-15", "--until", "2023-11-15")
    assert run("episodes", "list", "--saved", "people", *days, "--json").json["total"] == 1
    oldest = run("episodes", "list", "--actor", "human", "--sort", "started", "--json").json["episodes"]
    assert [row["id"] for row in oldest] == ["demo0", "demo1", "demo2"]
    assert run("episodes", "list", "--by", "blame=", "--actor", "human", "--json").json["total"] == 3
    assert run("episodes", "list", "--text", "desk", "--json").json["total"] == 4


def test_tags_of_many(parts, run):
    """Those named or all of a filter; what is told is how many changed."""
    ids = [add_demonstration(parts, f"demo{number}") for number in range(2)]
    assert run("episodes", "tag", "odd", ids[0], "--author", "ana", "--json").json["changed"] == 1
    assert run("episodes", "tag", "odd", "--by", "actor=human").out == "1 tagged, 1 as before\n"
    assert run("episodes", "tag", "odd", "--remove", "--by", "tag=odd", "--json").json["changed"] == 2


def test_deleting_many_says_what_is_lost_and_asks(parts, run):
    """Without --yes nothing is deleted unless one says so."""
    for number in range(2):
        add_demonstration(parts, f"demo{number}")
    told = run("episodes", "delete", "--by", "actor=human")
    assert told.code == STOPPED
    assert "Deleted for good: 2 episodes with all files" in told.err
    assert "Nobody answered; `--yes` answers beforehand." in told.err
    assert told.out.strip() == "Nothing was deleted."
    assert run("episodes", "delete", "--by", "actor=human", answer="n\n").out.endswith("Nothing was deleted.\n")
    assert run("episodes", "list", "--json").json["total"] == 2
    assert run("episodes", "delete", "--by", "actor=human", "--yes", "--json").json["changed"] == 2
    assert run("episodes", "list", "--json").json["total"] == 0


def test_what_is_no_run_is_not_played_again(parts, run):
    """A demonstration is left out, with the reason and the code for it."""
    add_demonstration(parts, "demo1")
    told = run("episodes", "rerun", "demo1", "--json")
    assert told.code == PARTLY
    assert "no agent's run" in told.json["left_out"][0]["reason"]


def test_failures_in_groups(parts, run):
    """The largest first with its share, in words and as JSON."""
    add_failed_run(parts)
    found = run("failures", "--json").json
    assert (found["failed"], found["clusters"][0]["count"], found["clusters"][0]["signals"]) == (1, 1, ["D4"])
    assert "1 of 1 runs failed." in run("failures", "--run", "run-7").out
    assert run("failures", "--task", "other", "--json").json["clusters"] == []


def test_refusals(parts, run):
    """What is no facet, order, filter or episode is said; naming nothing, or both, changes nothing."""
    add_demonstration(parts, "demo1")
    for words in (
        ("list", "--by", "colour=red"),
        ("list", "--by", "odd"),
        ("list", "--sort", "colour"),
        ("list", "--saved", "none"),
        ("tag", "odd"),
        ("tag", "odd", "demo1", "--by", "actor=human"),
        ("delete", "--yes"),
    ):
        assert run("episodes", *words).code == 2, words
    assert run("episodes", "delete", "nobody", "--yes").code == 4
    assert parts.episodes.catalogue.lists.count(Filter()) == 1
