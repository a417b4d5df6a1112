"""Operations on the library: what they change, what they refuse, and that the library always fits together."""

from __future__ import annotations

import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from policies.errors import LibraryConflict, PolicyError, PolicyRefused
from policies.keeping import PolicyLibrary, replayed
from policies.library import labelling_sets, set_names
from policies.model import Parameter, Policy
from policies.moves import Where, moves_since
from policies.operations import Create, Edit, Given, Merge, Rename, Restore, Retire, Split, Texts
from policies.planning import planned
from policies.state import shipped
from tests.counts import SOAKING
from tests.policies.rows import NumberedRows

TEXT, NAVIGATE, DATE, ANSWER = "core/fill_text", "core/navigate", "core/choose_date", "web/find_answer"


@pytest.fixture(name="library")
def library_fixture() -> PolicyLibrary:
    return PolicyLibrary(NumberedRows())


def texts(policy: Policy, **changes) -> Texts:
    return Texts(**{**{name: getattr(policy, name) for name in Texts.model_fields}, **changes})


def given_all(policy: Policy, **renamed: str) -> tuple[Given, ...]:
    """The parameters as they are, some with another name."""
    return tuple(
        Given(**{**p.model_dump(), "name": renamed.get(p.name, p.name)}, was=p.name) for p in policy.parameters
    )


def do(library: PolicyLibrary, operation):
    return library.append(planned(operation, library.now), "ana", library.now.number)


def policy_of(library: PolicyLibrary, about: str) -> Policy:
    return library.now.entries[about].policy


def test_the_library_begins_with_the_shipped_seeds(library):
    """The first change holds the seeds; a set of it is the shipped one."""
    assert [event.op for event in library.history()] == ["seed"]
    assert library.now.hash == shipped().hash
    assert dict(library.set("web").policies) == dict(shipped().set("web").policies)
    assert library.names() == set_names()


def test_a_rename_keeps_the_old_name_and_who_may_call_it(library):
    """The old name is an alias, callers name the new one, every changed policy has a new version."""
    event = do(library, Rename(about=TEXT, name="put_text"))
    web = library.set("web")
    assert web.resolve("fill_text").name == web.resolve("type_text").name == "put_text"
    assert "put_text" in web.resolve("fill_form").sub_policies
    assert "fill_text" not in web.planner.sub_policies
    assert policy_of(library, TEXT).version == 2
    assert (event.actor, event.number, event.said) == ("ana", 2, "fill_text is now put_text")
    assert library.set("crm").resolve("put_text") == web.resolve("put_text")


def test_a_policy_that_calls_itself_can_be_renamed(library):
    """Its own list of what it may call has the new name too."""
    do(library, Rename(about=ANSWER, name="look_up"))
    assert policy_of(library, ANSWER).sub_policies == ("search", "navigate", "look_up")


def test_an_edit_makes_a_version_and_says_where_arguments_go(library):
    """A renamed parameter takes the old value, an added one none, a dropped one leads nowhere."""
    old = policy_of(library, TEXT)
    parameters = (Given(name="value", type="text", was="text"), Given(name="how", type="text"))
    event = do(library, Edit(about=TEXT, texts=texts(old, when_to_use="Always."), parameters=parameters))
    new = policy_of(library, TEXT)
    assert (new.version, new.when_to_use, new.signature) == (2, "Always.", "fill_text [value] [how]")
    (move,) = event.moves
    assert [(slot.name, slot.source) for slot in move.slots] == [("value", "text"), ("how", None)]
    assert [(slot.name, slot.source) for slot in move.back] == [("field", None), ("text", "value")]
    assert event.said == "fill_text: new parameters, when to use"


def test_an_edit_of_words_moves_no_call(library):
    """Labels need not follow another description."""
    old = policy_of(library, TEXT)
    event = do(library, Edit(about=TEXT, texts=texts(old, description="Other."), parameters=given_all(old)))
    assert event.moves == ()


def test_a_merge_answers_to_both_names(library):
    """The merged policy is gone, its names lead to the other, callers name the other once."""
    do(library, Merge(about=DATE, into=TEXT, sources={"field": "field", "text": "date"}))
    web = library.set("web")
    assert web.resolve("choose_date").name == web.resolve("pick_date").name == "fill_text"
    assert web.resolve("fill_form").sub_policies.count("fill_text") == 1
    assert "choose_date" not in web.policies
    assert library.now.entries[DATE].status == "merged"


def test_a_split_stands_beside_the_old_policy(library):
    """Who may call the old one may call the new one; its calls are known by an argument."""
    old = policy_of(library, NAVIGATE)
    where = Where(parameter="place", values=("back", "forward"))
    event = do(
        library, Split(about=NAVIGATE, name="step_back", texts=texts(old), parameters=given_all(old), where=where)
    )
    assert event.moves[0].where == where
    for name in labelling_sets():
        assert library.set(name).knows("step_back")
        assert "step_back" in library.set(name).planner.sub_policies


def test_a_retired_policy_answers_but_is_not_offered(library):
    """Nobody may call it any more, labels with its name still read; it can be restored."""
    do(library, Retire(about="core/upload_file"))
    web = library.set("web")
    assert web.resolve("attach_file").name == "upload_file"
    assert "upload_file" not in {policy.name for policy in web}
    assert "upload_file" not in web.planner.sub_policies
    do(library, Restore(about="core/upload_file"))
    assert "upload_file" in library.set("crm").planner.sub_policies


def test_a_new_policy_can_be_called_by_the_planners_that_see_it(library):
    """A policy of core is for all sets, one of web for web alone."""
    made = Policy(name="zoom", kind="atomic", description="d", when_to_use="w", stop_rule="s")
    do(library, Create(home="web", policy=made))
    assert "zoom" in library.set("web").planner.sub_policies
    assert not library.set("crm").knows("zoom")


REFUSED = [
    (Rename(about=TEXT, name="pick_date"), "answers to 'pick_date'"),
    (Rename(about=TEXT, name="fill_text"), "has that name"),
    (Rename(about="web/planner", name="boss"), "root of every episode"),
    (Rename(about="core/nothing", name="boss"), "no policy 'core/nothing'"),
    (Retire(about="web/planner"), "root of every episode"),
    (Merge(about=TEXT, into=TEXT), "into itself"),
    (Merge(about=TEXT, into=ANSWER), "merge the other way round"),
    (Merge(about=DATE, into=TEXT, sources={"text": "nope"}), "do not lead from"),
    (Merge(about=DATE, into=TEXT, sources={"text": "date", "field": "date"}), "at most one"),
    (Restore(about=TEXT), "not retired"),
    (
        Create(
            home="web",
            policy=Policy(name="type_text", kind="atomic", description="d", when_to_use="w", stop_rule="s"),
        ),
        "answers to 'type_text'",
    ),
    (
        Create(
            home="web",
            policy=Policy(name="login", kind="atomic", description="d", when_to_use="w", stop_rule="s"),
        ),
        "answers to 'login'",
    ),
    (
        Create(home="shop", policy=Policy(name="buy", kind="atomic", description="d", when_to_use="w", stop_rule="s")),
        "no policy set 'shop'",
    ),
    (
        Create(
            home="web",
            policy=Policy(
                name="buy", kind="atomic", description="d", when_to_use="w", stop_rule="s", sub_policies=("nope",)
            ),
        ),
        "may call 'nope'",
    ),
]


@pytest.mark.parametrize(("operation", "message"), REFUSED, ids=lambda value: type(value).__name__)
def test_what_cannot_be_done_is_refused_in_words(library, operation, message):
    """The message says why, and nothing is changed."""
    before = library.now
    with pytest.raises(PolicyError, match=message):
        do(library, operation)
    assert library.now == before


def test_an_edit_that_changes_nothing_is_no_version(library):
    """A form sent as it was opened makes no change."""
    old = policy_of(library, TEXT)
    with pytest.raises(PolicyRefused, match="Nothing of fill_text would be different"):
        do(library, Edit(about=TEXT, texts=texts(old), parameters=given_all(old)))


def test_two_parameters_cannot_share_a_name_or_a_source(library):
    """Arguments would be lost or doubled."""
    old = policy_of(library, TEXT)
    for parameters in (given_all(old, field="text"), (*given_all(old), Given(name="more", type="text", was="text"))):
        with pytest.raises(PolicyRefused, match="Two parameters"):
            do(library, Edit(about=TEXT, texts=texts(old), parameters=parameters))


def test_the_slower_of_two_people_is_told(library):
    """A change planned on an older library is refused, and nothing of it is kept."""
    base = library.now.number
    first, second = (planned(Rename(about=TEXT, name=name), library.now) for name in ("put_text", "set_text"))
    library.append(first, "ana", base)
    with pytest.raises(LibraryConflict, match="at change 2 now"):
        library.append(second, "bob", base)
    assert policy_of(library, TEXT).name == "put_text"


def test_two_processes_see_each_others_changes():
    """What one appends the other reads; a race for the same number has one winner."""
    rows = NumberedRows()
    one, other = PolicyLibrary(rows), PolicyLibrary(rows)
    do(one, Rename(about=TEXT, name="put_text"))
    assert other.set("web").resolve("fill_text").name == "put_text"
    assert other.now.hash == one.now.hash
    rows.faster = True
    with pytest.raises(LibraryConflict):
        do(other, Retire(about=DATE))


def test_taking_a_change_back_gives_the_earlier_library(library):
    """The hash is the earlier one; the number and the next version go on."""
    before = library.now.hash
    event = do(library, Rename(about=TEXT, name="put_text"))
    library.append(library.undoing(event.number), "ana", event.number, undoes=event.number)
    assert library.now.hash == before
    assert library.set("web").resolve("put_text").name == "fill_text"
    do(library, Rename(about=TEXT, name="enter_it"))
    assert policy_of(library, TEXT).version == 3
    with pytest.raises(PolicyRefused, match="taken back already"):
        library.undoing(event.number)


def test_only_what_nothing_builds_on_is_taken_back(library):
    """An older change of the same policy cannot be taken out from under a newer one; of another it can."""
    first = do(library, Rename(about=TEXT, name="put_text"))
    do(library, Rename(about=TEXT, name="enter_it"))
    with pytest.raises(PolicyRefused, match="Later changes build on"):
        library.undoing(first.number)
    with pytest.raises(PolicyRefused, match="cannot be taken back"):
        library.undoing(1)


def test_new_seeds_come_in_and_leave_peoples_changes_alone():
    """A later release's policies are added and untouched ones renewed; what somebody edited stays."""
    rows = NumberedRows()
    do(PolicyLibrary(rows), Rename(about=TEXT, name="put_text"))
    newer = shipped()
    changed = {}
    for about in (TEXT, DATE):
        entry = newer.entries[about]
        changed[about] = entry.model_copy(update={"policy": entry.policy.model_copy(update={"description": "New."})})
    extra = newer.entries[DATE].model_copy(
        update={"id": "core/wait", "policy": policy_named("wait")}
    )  # fmt: skip
    library = PolicyLibrary(rows, lambda: newer.with_({**changed, "core/wait": extra}, {}))
    assert policy_of(library, DATE).description == "New."
    assert policy_of(library, DATE).version == 2
    assert policy_of(library, TEXT).name == "put_text"
    assert library.set("web").knows("wait")
    assert len(library.history()) == 3


def policy_named(name: str) -> Policy:
    return Policy(name=name, kind="atomic", description="d", when_to_use="w", stop_rule="s")


def test_moves_that_were_taken_back_are_not_made(library):
    """Calls from before both stay as they are; calls made in between go back."""
    event = do(library, Rename(about=TEXT, name="put_text"))
    back = library.append(library.undoing(2), "ana", 2, undoes=2)
    history = library.set("web").moved
    assert moves_since(history, event.at - 1) == ()
    assert [move.to for move in moves_since(history, (event.at + back.at) / 2)] == ["fill_text"]
    assert moves_since(history, back.at) == ()


ABOUTS = st.sampled_from([TEXT, NAVIGATE, DATE, ANSWER, "core/login", "core/fill_form", "web/new_one", "core/planner"])
NAMES = st.sampled_from(["put_text", "fill_text", "go", "new_one", "pick_date", "navigate", "fresh"])
PARAMETERS = st.lists(
    st.builds(
        Given,
        name=st.sampled_from(["field", "text", "date", "place", "more"]),
        type=st.just("text"),
        required=st.booleans(),
        was=st.sampled_from([None, "field", "text", "date", "place"]),
    ),
    max_size=3,
).map(tuple)
TEXTS = st.builds(
    Texts,
    description=st.just("d"),
    when_to_use=st.just("w"),
    stop_rule=st.just("s"),
    sub_policies=st.lists(NAMES, max_size=2).map(tuple),
)
WHERES = st.builds(Where, parameter=st.sampled_from(["place", "text"]), values=st.just(("back",)))
OPERATIONS = st.one_of(
    st.builds(Rename, about=ABOUTS, name=NAMES),
    st.builds(Edit, about=ABOUTS, texts=TEXTS, parameters=PARAMETERS),
    st.builds(Merge, about=ABOUTS, into=ABOUTS, sources=st.just({})),
    st.builds(Split, about=ABOUTS, name=NAMES, texts=TEXTS, parameters=PARAMETERS, where=WHERES),
    st.builds(Retire, about=ABOUTS),
    st.builds(Restore, about=ABOUTS),
    st.builds(
        Create,
        home=st.sampled_from(["core", "web"]),
        policy=st.builds(
            Policy,
            name=NAMES,
            kind=st.just("atomic"),
            description=st.just("d"),
            when_to_use=st.just("w"),
            stop_rule=st.just("s"),
            parameters=st.just((Parameter(name="text", type="text"),)),
        ),
    ),
)


PARTS, SEQUENCES = (20, 50) if SOAKING else (1, 30)
"""Parts of the property test, each with its own seed, and the sequences in each: a minute of one core at most."""


@pytest.mark.timeout(600)
@pytest.mark.parametrize("part", range(PARTS))
def test_any_operations_keep_every_name_and_can_all_be_taken_back(part):
    """Every name there ever was leads to a policy, each step fits together, and undoing gives each earlier hash."""

    @seed(part)
    @settings(max_examples=SEQUENCES, derandomize=False)
    @given(st.lists(OPERATIONS, max_size=12))
    def holds(found):
        check_operations(found)

    holds()


def check_operations(found):
    """What the property says of one sequence of operations."""
    library = PolicyLibrary(NumberedRows())
    names = {(s, n) for s in library.names() for n in shipped().set(s).policies}
    hashes, made = [], []
    for operation in found:
        before = library.now.hash
        try:
            made.append(do(library, operation).number)
        except PolicyError:
            assert library.now.hash == before
            continue
        hashes.append(before)
        library.now.check()
        names |= {(s, n) for s in library.names() for n in library.set(s).policies}
        assert all(library.set(s).knows(n) for s, n in names)
    assert replayed(library.history()) == library.now
    for number, before in reversed(list(zip(made, hashes, strict=True))):
        library.append(library.undoing(number), "ana", library.now.number, undoes=number)
        assert library.now.hash == before
