"""Proposed policies are brought together by likeness, the same way every time."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from labeling.model import Argument, Segment
from labeling.proposals import Occurrence, Value, arguments, card, clusters, policy_name
from policies.library import load_set
from policies.model import Policy

WEB = load_set("web")


def seen(
    name: str, *does: str, key: str = "e1", args: tuple[str, ...] = (), values: tuple[str, ...] = ()
) -> Occurrence:
    given_args = tuple(Argument(name=one, value=f"{one} of {key}", source="inferred") for one in args)
    segment = Segment(id="s1", first="u1", last="u2", policy=f"proposed:{name}", args=given_args)
    return Occurrence(key, "web", "run", None, segment, does, tuple(Value("text", "text", one) for one in values))


def test_one_name_is_one_proposal_whatever_it_does():
    """A labeller that uses a name twice means the same."""
    (one,) = clusters([seen("tidy", "click"), seen("tidy", "type", "press", key="e2")])
    assert len(one.occurrences) == 2


def test_near_names_that_do_the_same_are_one():
    """And far ones, or ones that do something else, are not."""
    same = [seen("close_ticket", "click", "fill_text"), seen("close_the_ticket", "click", "fill_text", key="e2")]
    assert [cluster.names for cluster in clusters(same)] == [("close_the_ticket", "close_ticket")]
    assert len(clusters([*same, seen("order_meal", "select_option", key="e3")])) == 2
    assert len(clusters([seen("close_ticket", "click"), seen("close_page", "type", "press", key="e2")])) == 2


def test_loops_are_told_apart_by_what_is_done_each_time():
    """`for each` says nothing; endings say little."""
    loops = [seen(f"for_each_{verb}", "click", key=verb) for verb in ("add", "delete", "deactivate")]
    assert len(clusters(loops)) == 3
    assert len(clusters([seen("sign_up", "click"), seen("signing_up", "click", key="e2")])) == 1


def test_the_card_has_what_varies():
    """Constants are no parameters; two places that always agree are one."""
    found = [
        seen("reply", "fill_text", "fill_text", "click", key=key, values=("Hello", name, name))
        for key, name in (("e1", "ana"), ("e2", "bob"))
    ]
    made = card(clusters(found)[0], WEB)
    assert made.signature == "reply [text]"
    assert (made.kind, made.sub_policies, made.actions) == ("composite", ("fill_text",), ("click", "scroll"))


def test_a_single_occurrence_has_no_parameters_of_its_own():
    """One place does not say what varies; named arguments are believed all the same."""
    assert card(clusters([seen("reply", "type", values=("Hello",))])[0], WEB).signature == "reply"
    assert card(clusters([seen("reply", "type", args=("to",))])[0], WEB).signature == "reply [to]"
    numbered = clusters([seen("for_each_add", "click", args=("1", "2"))])[0]
    assert card(numbered, WEB).signature == "for_each_add [item] [item_2]"
    assert arguments(numbered, 0, card(numbered, WEB)) == {"item": "1 of e1", "item_2": "2 of e1"}


@given(st.text(max_size=80))
def test_any_text_becomes_a_name(text):
    """A labeller may call it anything."""
    assert Policy(name=policy_name(text), kind="atomic", description="d", when_to_use="w", stop_rule="s")


@given(
    st.lists(
        st.builds(
            seen,
            st.sampled_from(["close_ticket", "close_tickets", "order_meal", "order", "x"]),
            st.sampled_from(["click", "type", "search"]),
            key=st.sampled_from(["e1", "e2", "e3", "e4"]),
            values=st.lists(st.text(max_size=3), max_size=3).map(tuple),
        ),
        max_size=8,
    ),
    st.randoms(),
)
def test_every_occurrence_is_in_one_proposal_in_any_order(found, random):
    """Nothing is lost or doubled, and the order in which things are found does not matter."""
    made = clusters(found)
    assert sorted(id(one) for cluster in made for one in cluster.occurrences) == sorted(map(id, found))
    random.shuffle(found)
    assert {(c.name, len(c.occurrences)) for c in clusters(found)} == {(c.name, len(c.occurrences)) for c in made}
    for cluster in made:
        card(cluster, WEB)
