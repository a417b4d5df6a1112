"""The shipped policy sets load strictly and answer to names and aliases."""

from pathlib import Path

import pytest

from policies.errors import PolicyFileError, UnknownPolicy, UnknownSet
from policies.library import labelling_sets, load_set, read_policy, set_names
from policies.model import Parameter, Policy

CORE = {
    "planner": "planner",
    "fill_text": "fill_text [field] [text]",
    "choose_date": "choose_date [field] [date]",
    "select_option": "select_option [field] [option]",
    "click_checkboxes": "click_checkboxes [labels]",
    "search": "search [query]",
    "navigate": "navigate [place]",
    "login": "login [username] [password]",
    "fill_form": "fill_form [fields]",
}
SEED = """format: stepscope-policy/1
name: {name}
kind: {kind}
aliases: [{aliases}]
description: d
when_to_use: w
stop_rule: s
sub_policies: [{subs}]
{extra}
"""


def seed(folder: Path, name: str, kind: str = "atomic", aliases: str = "", subs: str = "", extra: str = "") -> None:
    text = SEED.format(name=name, kind=kind, aliases=aliases, subs=subs, extra=extra)
    (folder / f"{name}.yaml").write_text(text, "utf-8")


@pytest.fixture
def sets(tmp_path):
    """A folder with one set `mine` that has a planner."""
    (tmp_path / "mine").mkdir()
    header = "format: stepscope-policy-set/1\nname: mine\ndescription: d\n"
    (tmp_path / "mine" / "set.yaml").write_text(header, "utf-8")
    seed(tmp_path / "mine", "planner", "planner")
    return tmp_path


@pytest.mark.parametrize("name", labelling_sets())
def test_every_set_has_the_core_vocabulary_with_the_same_parameters(name):
    """A label made with one set can be read with any other, since the core calls look the same everywhere."""
    found = load_set(name)
    assert {policy: found.resolve(policy).signature for policy in CORE} == CORE
    assert found.planner.kind == "planner"


def test_shipped_sets_are_those_promised():
    """The sets on disk are the ones the docs name; labels are made with those that share the core calls."""
    assert set_names() == ("coarse", "core", "crm", "desk", "flat", "miniwob", "web", "webarena")
    assert labelling_sets() == ("core", "crm", "desk", "miniwob", "web", "webarena")


WEBARENA = {
    "github_agent": ["find_commits [query]", "search_issues [query]", "create_project [query]", "create_group [query]"],
    "reddit_agent": ["find_subreddit [query]", "find_user [user_name]"],
    "shopping_admin_agent": ["find_customer_review [query]", "find_order [query]", "search_customer [query]"],
    "shopping_agent": ["search_order [question]", "list_products [query]", "search_reviews [query]"],
    "maps_agent": ["find_directions [query]", "search_nearest_place [query]"],
}
"""SteP's library for WebArena: the planner of each kind of site, and what it calls."""


def test_steps_library_for_webarena_is_there_by_names_and_signatures():
    """Five planners of sites under one root, with their 14 policies and the page actions SteP gives them."""
    found = load_set("webarena")
    assert set(WEBARENA) <= set(found.planner.sub_policies)
    for planner, calls in WEBARENA.items():
        site = found.resolve(planner)
        own = [found.resolve(name) for name in site.sub_policies if name not in load_set("core").policies]
        assert (site.signature, [policy.signature for policy in own]) == (f"{planner} [objective]", calls)
        for policy in (site, *own):
            assert policy.actions == ("click", "type", "scroll", "goto", "hover", "note", "go_back")


@pytest.mark.parametrize("name", set_names())
def test_every_policy_is_reachable_from_the_planner(name):
    """A policy nobody may call could never run."""
    found, reached = load_set(name), set()
    queue = [found.planner.name]
    while queue:
        one = queue.pop()
        if one not in reached:
            reached.add(one)
            queue += found.resolve(one).sub_policies
    assert reached == set(found.policies)


def test_a_policy_answers_to_its_aliases_in_any_case():
    """Old and foreign names lead to the policy they stand for."""
    found = load_set("miniwob")
    assert found.resolve("FILL_TEXT").name == "fill_text"
    assert found.resolve(" enter_text ").name == "fill_text"
    assert found.knows("pick_date")
    assert not found.knows("teleport")


def test_an_unknown_policy_names_the_nearest():
    """A misspelt name is answered with the one that was probably meant."""
    with pytest.raises(UnknownPolicy, match="Did you mean 'choose_date'") as caught:
        load_set("core").resolve("chose_dates")
    assert caught.value.nearest == "choose_date"
    with pytest.raises(UnknownPolicy, match="Policies screen") as caught:
        load_set("core").resolve("zzzzqqq")
    assert caught.value.nearest is None


def test_an_unknown_set_names_the_sets_there_are():
    """A misspelt set is answered with the list."""
    with pytest.raises(UnknownSet, match="coarse, core, crm, desk, flat, miniwob, web, webarena"):
        load_set("minwob")


def test_an_extending_set_replaces_a_policy_of_the_same_name():
    """The planner of a set may call what only that set has."""
    assert "select_flight" in load_set("crm").planner.sub_policies
    assert "select_flight" not in load_set("core").planner.sub_policies


def test_unknown_keys_are_refused_with_the_file_and_the_key(sets):
    """A misspelt key is an error, not a policy without it."""
    seed(sets / "mine", "odd", extra="parametres: []")
    with pytest.raises(PolicyFileError, match=r"odd\.yaml.*parametres"):
        load_set("mine", sets)


def test_an_unknown_sub_policy_is_reported_with_the_nearest(sets):
    """A call nobody could answer is found when the set is read, not when it runs."""
    seed(sets / "mine", "fill_text")
    seed(sets / "mine", "form", "composite", subs="fill_txt")
    with pytest.raises(PolicyFileError, match="'form' may call 'fill_txt'.*Did you mean 'fill_text'"):
        load_set("mine", sets)


def test_two_policies_cannot_answer_to_one_alias(sets):
    """A name stands for one policy."""
    seed(sets / "mine", "one", aliases="same")
    seed(sets / "mine", "two", aliases="same")
    with pytest.raises(PolicyFileError, match="both 'one' and 'two' answer to 'same'"):
        load_set("mine", sets)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name: [", "cannot be read"),
        ("- a list", "does not begin with `format"),
        ("format: stepscope-policy/9\nname: bad", "does not begin with `format"),
        ("format: stepscope-policy/1\nname: Bad Name\nkind: atomic", "name: String should match"),
    ],
)
def test_a_damaged_file_is_named(sets, text, message):
    """Whatever is wrong with a seed, the message says which file it is."""
    path = sets / "mine" / "bad.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(PolicyFileError, match=message) as caught:
        read_policy(path)
    assert "bad.yaml" in str(caught.value)


def test_a_file_must_hold_the_policy_it_is_named_after(sets):
    """File name and policy name cannot drift apart."""
    seed(sets / "mine", "one")
    (sets / "mine" / "one.yaml").rename(sets / "mine" / "other.yaml")
    with pytest.raises(PolicyFileError, match=r"other\.yaml.*'one'"):
        load_set("mine", sets)


def test_sets_that_extend_each_other_are_refused(sets):
    """A circle is an error message, not an endless loop."""
    for name, other in (("mine", "yours"), ("yours", "mine")):
        (sets / name).mkdir(exist_ok=True)
        header = f"format: stepscope-policy-set/1\nname: {name}\nextends: {other}\ndescription: d\n"
        (sets / name / "set.yaml").write_text(header, "utf-8")
    with pytest.raises(PolicyFileError, match="mine → yours → mine"):
        load_set("mine", sets)


def test_a_set_without_its_planner_is_refused(sets):
    """Every episode needs a root."""
    (sets / "mine" / "planner.yaml").unlink()
    with pytest.raises(PolicyFileError, match="'planner' as its planner"):
        load_set("mine", sets)


def test_a_policy_says_its_form_and_key():
    """The signature marks optional parameters."""
    policy = Policy(
        name="p",
        version=3,
        kind="atomic",
        description="d",
        when_to_use="w",
        stop_rule="s",
        parameters=(Parameter(name="a", type="text"), Parameter(name="b", type="date", required=False)),
    )
    assert (policy.key, policy.signature) == ("p@3", "p [a] [b?]")
    assert [p.name for p in policy.required] == ["a"]
