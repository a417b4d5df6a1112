"""Lists of the catalogue say what the rows say: filters, counts, order, neighbours, clusters, words."""

from collections import Counter
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store.catalogue import Catalogue
from store.filters import FACETS, SORTS, Filter
from store.workspace import Workspace

FACTS = st.fixed_dictionaries(
    {
        "status": st.sampled_from(["success", "failed", "error"]),
        "actor": st.sampled_from(["human", "agent"]),
        "task": st.sampled_from([None, "book", "login"]),
        "blame": st.sampled_from([None, "policy", "planner"]),
        "signals": st.sampled_from(["", ",D1,", ",D1,D11,", ",D11,"]),
        "tags": st.sampled_from(["", "odd", "odd, Odd", "look, odd"]),
        "started": st.sampled_from([1.7e9, 1.7e9 + 86400, 1.7e9 + 2 * 86400]),
        "n_steps": st.sampled_from([None, 1, 2]),
    }
)
ASKED = st.builds(
    lambda chosen, sort, descending, since: replace(Filter.of(**chosen), sort=sort, descending=descending, since=since),
    st.fixed_dictionaries(
        {},
        optional={
            "status": st.lists(st.sampled_from(["success", "failed"]), max_size=2),
            "task": st.lists(st.sampled_from(["", "book"]), max_size=2),
            "signal": st.lists(st.sampled_from(["", "D1", "D11"]), max_size=2),
            "tag": st.lists(st.sampled_from(["", "odd", "Odd", "look", "o%"]), max_size=2),
            "blame": st.lists(st.sampled_from(["", "policy"]), max_size=2),
        },
    ),
    st.sampled_from(["started", "steps", "status"]),
    st.booleans(),
    st.sampled_from([None, date(2023, 11, 15)]),
)


def row_of(number, **facts):
    """A row of the catalogue with these facts."""
    return {
        "id": f"e{number:05}",
        "file": f"episodes/e{number:05}.episode",
        "objective": "",
        "actor": "agent",
        "status": "failed",
        "started": 1.7e9,
        **facts,
    }


@pytest.fixture(name="catalogue")
def catalogue_fixture(tmp_path):
    workspace = Workspace(tmp_path)
    yield Catalogue(workspace)
    workspace.close()


def members(row, facet):
    """The values an episode has of a facet, `""` where there is none."""
    if facet in ("signal", "tag"):
        held = row["signals" if facet == "signal" else "tags"]
        return [one.strip() for one in held.split(",") if one.strip()] or [""]
    return [row.get(facet) or ""]


def fits(row, asked):
    """The filter said in Python."""
    first, end = asked.times()
    inside = (first is None or row["started"] >= first) and (end is None or row["started"] < end)
    return inside and all(set(values) & set(members(row, facet)) for facet, values in asked.chosen)


@settings(deadline=None)
@given(st.lists(FACTS, max_size=30), ASKED)
def test_a_list_holds_what_fits_in_order(tmp_path_factory, facts, asked):
    """Filter, order, paging, counts of facets and neighbours agree with the same said in Python."""
    workspace = Workspace(tmp_path_factory.mktemp("w"))
    catalogue = Catalogue(workspace)
    rows = [row_of(number, **one) for number, one in enumerate(facts)]
    catalogue.put_all([(row, None) for row in rows])
    column = SORTS[asked.sort]
    wanted = [row for row in rows if fits(row, asked)]
    known = [row for row in wanted if row[column] is not None]
    values = sorted({row[column] for row in known}, reverse=asked.descending)
    order = [row["id"] for value in values for row in known if row[column] == value]
    order += [row["id"] for row in wanted if row[column] is None]
    lists = catalogue.lists
    assert list(lists.ids(asked)) == order
    assert [row["id"] for row in lists.page(asked, 3, 2).rows] == order[2:5]
    assert lists.page(asked, 1).total == lists.count(asked) == len(order)
    for facet in ("status", "task", "signal", "tag"):
        others = asked.choosing(facet)
        counted = Counter(value for row in rows if fits(row, others) for value in members(row, facet))
        assert lists.facet(asked, facet) == dict(counted)
    for place, episode in enumerate(order):
        beside = lists.neighbours(asked, episode)
        assert (beside.place, beside.total) == (place + 1, len(order))
        assert beside.before == (order[place - 1] if place else None)
        assert beside.after == (order[place + 1] if place + 1 < len(order) else None)
    workspace.close()


@given(ASKED)
def test_a_filter_survives_its_address(asked):
    """What an address says of a filter is the filter."""
    assert Filter.from_address(asked.address()) == asked


@given(st.text(max_size=60))
def test_any_address_is_a_filter(text):
    """Nonsense in an address is passed over, never an error."""
    assert Filter.from_address(text).sort in SORTS


def test_an_unknown_facet_is_refused():
    """A caller's spelling mistake does not become a list of everything."""
    with pytest.raises(KeyError):
        Filter.of(colour="red")


def test_failures_of_one_kind_are_one_cluster(catalogue):
    """Same signals, blame, policy and page: one cluster, the largest first, and its filter finds its episodes."""
    facts = {"signals": ",D1,", "blame": "policy", "blamed_policy": "search", "failed_page": "/list"}
    catalogue.put_all([(row_of(n, **facts, task="a" if n else "b"), None) for n in range(3)])
    catalogue.put_all([(row_of(n, **{**facts, "failed_page": None}), None) for n in range(3, 5)])
    catalogue.put(row_of(9, status="success"))
    asked = Filter.of(status="failed")
    first, second = catalogue.lists.clusters(asked)
    assert (first.count, dict(first.tasks), first.failed_page) == (3, {"a": 2, "b": 1}, "/list")
    assert (second.count, second.failed_page) == (2, "")
    assert set(catalogue.lists.ids(first.narrowed(asked))) == {"e00000", "e00001", "e00002"}
    assert set(catalogue.lists.ids(second.narrowed(asked))) == {"e00003", "e00004"}


def test_words_are_found_in_objectives_and_actions(catalogue):
    """Beginnings of words, all of them, without accents; a later row without actions keeps those that are known."""
    catalogue.put(row_of(1, objective="Book a flight to Zürich", ended=2.0), "click button 'Send invoice'")
    catalogue.put(row_of(2, objective="Book a table", ended=2.0), "")
    catalogue.put(row_of(1, objective="Book a flight to Zürich", ended=2.0, tags="odd"))

    def found(text):
        return set(catalogue.lists.ids(Filter.of(text)))

    assert found("book") == {"e00001", "e00002"}
    assert found("zuri") == found("invo send") == {"e00001"}
    assert found("book nothing") == found("!!!") == set()
    assert found('"a" OR b NEAR(') == set()
    assert found('"a flight" book') == found("a flight") == {"e00001"}
    assert found('"flight a"') == found('"a fli"') == set()
    assert catalogue.indexed("e00001") == 2.0
    catalogue.remove("e00001")
    assert found("zuri") == set()


def test_a_running_episode_is_found_by_its_objective_once_it_has_one(catalogue):
    """The objective of a run is known after its environment was reset; its row is set again then."""
    catalogue.put(row_of(1, status="running"))
    catalogue.put(row_of(1, status="running", objective="Find the apple"))
    assert catalogue.lists.ids(Filter.of("apple")) == ("e00001",)
    assert catalogue.indexed("e00001") is None


def test_answers_follow_the_catalogue(catalogue):
    """What was asked before is asked anew when a row changed."""
    catalogue.put(row_of(1))
    assert catalogue.lists.facet(Filter(), "status") == {"failed": 1}
    catalogue.put(row_of(1, status="success"))
    assert catalogue.lists.facet(Filter(), "status") == {"success": 1}
    catalogue.drop(catalogue.files())
    assert catalogue.lists.count(Filter()) == 0


def test_rebuilding_forgets_words_of_what_is_gone(catalogue):
    """An episode whose file is gone is not found by its words any more; others are."""
    catalogue.put(row_of(1, ended=2.0), "one")
    catalogue.put(row_of(2, ended=2.0), "two")
    catalogue.drop([row_of(1)["file"]])
    assert catalogue.indexed("e00001") is None
    assert catalogue.lists.ids(Filter.of("two")) == ("e00002",)


def test_every_facet_and_order_can_be_asked(catalogue):
    """Each facet counts and each order sorts, on rows that know nothing but their id."""
    catalogue.put(row_of(1))
    for facet in FACETS:
        assert sum(catalogue.lists.facet(Filter(), facet).values()) == 1
    for sort in SORTS:
        assert catalogue.lists.ids(replace(Filter(), sort=sort)) == ("e00001",)


@pytest.mark.parametrize("facet", FACETS)
@pytest.mark.parametrize("sort", ["started", "failure"])
def test_the_rows_are_never_walked_for_a_list(catalogue, facet, sort):
    """Whatever is filtered and sorted by, ids and counts come from the index alone."""
    from store.listing import EPISODES, _conditions, _order, func, select

    asked = replace(Filter.of(**{facet: ["a", "b"], "status": "failed"}), sort=sort)
    queries = [
        select(EPISODES.c.id).where(*_conditions(asked)).order_by(*_order(asked)),
        select(func.count()).select_from(EPISODES).where(*_conditions(asked)),
    ]
    with catalogue.lists._engine.connect() as db:
        for query in queries:
            said = query.compile(db, compile_kwargs={"literal_binds": True}).string
            plan = " ".join(row[3] for row in db.exec_driver_sql(f"EXPLAIN QUERY PLAN {said}".replace("%", "%%")))
            assert "COVERING INDEX ix_episode_listed" in plan, plan
