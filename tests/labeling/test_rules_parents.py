"""Forms and sign-ins become calls made of calls, and every rule's policy is in every shipped set."""

from __future__ import annotations

import pytest

from labeling.rules.labeller import REASONS, RulesLabeller
from labeling.tree import check_policies, children, depth, max_depth
from policies.library import labelling_sets, load_set
from tests.builders import Recording
from tests.labeling.pages import search_form

RESULTS = "[1] heading 'Results'\n[2] link 'Choose'\n[3] button 'Sort'"
SIGN_IN = """
[1] form 'Sign in'
  [2] textbox 'E-mail'{user}
  [3] textbox 'Password'{password} type='password' secret
  [4] button 'Sign in'
"""


def label(recording, policy_set="core"):
    return RulesLabeller().label(recording.episode, recording.steps, recording.observation, load_set(policy_set))


def journey() -> Recording:
    """Two fields and a list of one form, its search button, then a click outside."""
    r = Recording("Fly from Boston to Rome in business").page(search_form())
    r.do("type [11] [Boston] [0]").page(search_form("Boston")).do("type [12] [Rome] [0]")
    r.page(search_form("Boston", "Rome")).do("select [13] [Business]").page(search_form("Boston", "Rome", "Business"))
    r.do("click [16]").page(RESULTS, url="http://site.test/results")
    return r.do("click [3]").page(RESULTS, url="http://site.test/results")


def sign_in_then(enter: str = "0") -> Recording:
    """Signing in, then following a link."""
    r = Recording("Sign in as a@b.c").page(SIGN_IN.format(user="", password=""))
    r.do("type [2] [a@b.c] [0]").page(SIGN_IN.format(user=" value='a@b.c'", password=""))
    filled = SIGN_IN.format(user=" value='a@b.c'", password=" value='{SECRET}'")
    r.do(f"type [3] [{{SECRET:password}}] [{enter}]")
    if enter == "0":
        r.page(filled).do("click [4]")
    r.page("[1] link 'Orders'", url="http://site.test/home").do("click [1]")
    return r.page("[1] heading 'Orders'", url="http://site.test/orders")


def test_calls_of_one_sent_form_get_a_parent():
    """Two or more fields of one form and the button that sends it are one fill_form at depth 2."""
    tree = label(journey())
    form, *fields = tree.segments
    assert form.call == "fill_form [From: Boston; To: Rome; Cabin: business]"
    assert [s.policy for s in fields] == ["fill_text", "fill_text", "select_option"]
    assert {s.parent for s in fields} == {form.id}
    assert (form.first, form.last, form.rule) == ("e1-0", "e1-3", "R9")
    assert max_depth(tree) == 3
    assert depth(tree, fields[0].id) == 3


def test_a_name_and_a_password_sent_together_are_a_login():
    """The sign-in before the task is one call whose password stays a slot."""
    tree = label(sign_in_then())
    login = children(tree, None)[0]
    assert login.call == "login [a@b.c] [{SECRET:password}]"
    assert login.rule == "R7"
    assert [s.call for s in children(tree, login.id)] == [
        "fill_text [E-mail] [a@b.c]",
        "fill_text [Password] [{SECRET:password}]",
    ]


def test_enter_in_the_last_field_sends_the_form():
    """A form sent by Enter ends with the field it was pressed in."""
    tree = label(sign_in_then(enter="1"))
    login = children(tree, None)[0]
    assert (login.policy, login.first, login.last) == ("login", "e1-0", "e1-1")


def test_a_form_that_is_the_whole_demonstration_gets_no_parent():
    """The planner is the root already; a call over all its steps would say nothing."""
    r = journey()
    r.steps.pop()
    assert max_depth(label(r)) == 2


def test_a_form_that_was_left_gets_no_parent():
    """Cancelling, or going elsewhere, is not sending."""
    r = Recording().page(search_form()).do("type [11] [Boston] [0]").page(search_form("Boston"))
    r.do("type [12] [Rome] [0]").page(search_form("Boston", "Rome"))
    r.do("click [9]").page("[1] heading 'Bookings'", url="http://site.test/bookings").do("scroll [down]")
    assert [s.policy for s in label(r).segments] == ["fill_text", "fill_text", "navigate"]


def test_a_stepper_inside_the_form_is_its_own_action():
    """A click inside the form that does not send it stays between the calls."""
    extra = "\n  [17] button 'More passengers'"
    r = Recording().page(search_form() + extra).do("type [11] [Boston] [0]").page(search_form("Boston") + extra)
    r.do("click [17]").page(search_form("Boston") + extra).do("type [12] [Rome] [0]")
    r.page(search_form("Boston", "Rome") + extra).do("click [16]").page(RESULTS, url="http://site.test/r")
    r.do("click [3]").page(RESULTS, url="http://site.test/r")
    form = label(r).segments[0]
    assert (form.policy, form.first, form.last) == ("fill_form", "e1-0", "e1-3")


@pytest.mark.parametrize("name", labelling_sets())
def test_every_rules_policy_is_in_every_set_for_labels(name):
    """Whatever the rules propose resolves, with fitting arguments, in every set we ship."""
    policies = load_set(name)
    assert {policies.resolve(policy).name for policy in REASONS} == set(REASONS)
    for recording in (journey(), sign_in_then()):
        check_policies(label(recording, name), policies)


def test_a_call_that_a_set_does_not_know_is_proposed():
    """Labelling with a smaller set proposes what it has no policy for, and keeps the rest in it."""
    core = load_set("core")
    small = type(core)("small", {k: v for k, v in core.policies.items() if k != "fill_form"}, core.planner)
    small = type(core)(small.name, small.policies, small.planner, "", {k: k for k in small.policies})
    r = journey()
    tree = RulesLabeller().label(r.episode, r.steps, r.observation, small)
    form, *fields = tree.segments
    assert form.call == "proposed:fill_form [From: Boston; To: Rome; Cabin: business]"
    assert [s.policy for s in fields] == ["fill_text", "fill_text", "select_option"]
    assert {s.parent for s in fields} == {form.id}
