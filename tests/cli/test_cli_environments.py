"""`environments`: names, sets, and what can be fetched."""

from __future__ import annotations

from browser.miniwob_tasks import PAPER45


def test_list_names_tasks_and_sets(run):
    """All of them, those that begin so, or the tasks of a set by its options."""
    told = run("environments", "list", "--json").json
    assert {"miniwob:paper45", "miniwob:login-user", "flight:AA", "todomvc:all"} <= set(told["environments"])
    assert set(told["fetched"]) == {"todomvc", "browsergym"}
    airlines = ["flight:AA", "flight:Alaska", "flight:Alaska-auto", "flight:Alaska-auto-medium"]
    assert run("environments", "list", "flight:A").out.split() == airlines
    opened = run("environments", "list", "miniwob:paper45@timed", "--json").json["environments"]
    assert opened == [f"miniwob:{page}@timed" for page in PAPER45]


def test_a_name_that_is_none_is_refused(run):
    """For a list as for what is to be fetched; nothing is started."""
    assert "no MiniWoB++ task 'nothing'" in run("environments", "list", "miniwob:nothing", "--json").error["what"]
    assert "'doll' to add" in run("environments", "add", "doll", "--json").error["what"]
