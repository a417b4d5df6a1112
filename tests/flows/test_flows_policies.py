"""Changes of the policies and the labels of a workspace: everything follows, nothing is lost, all of it goes back."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.label import labels, policies
from flows.prompt import prompts
from labeling.errors import Conflict, LabelError
from labeling.migrating import current
from labeling.model import LabelTree
from labeling.prompts.names import examples_now, name_in
from labeling.repository import LabelRepository
from labeling.tree import check_policies
from policies.errors import PolicyError, PolicyRefused
from policies.model import Policy
from policies.moves import Chosen, Where
from policies.operations import Create, Edit, Given, Merge, Rename, Retire, Split, Texts
from tests.counts import soak
from tests.workspaces import add_demonstration
from wiring import Parts

TEXT, FORM, NAVIGATE = "core/fill_text", "core/fill_form", "core/navigate"


def filled(parts: Parts) -> None:
    """Two demonstrations: `ana` has accepted both, `bob` has begun with one."""
    for episode, name in (("demo1", "ana"), ("demo2", "bob")):
        labels.accept(parts, add_demonstration(parts, episode, name), "ana")
    parts.desk().begin(labels.proposed(parts, "demo1"), "bob", "bob")


@pytest.fixture(name="shop")
def shop_fixture(parts) -> Parts:
    filled(parts)
    return parts


def calls(parts: Parts, episode: str = "demo1", track: str = "ana") -> list[str]:
    return [segment.call for segment in parts.desk().open(episode, track).tree.segments]


def texts_of(parts: Parts, about: str, **changes) -> Texts:
    policy = parts.library.now.entries[about].policy
    return Texts(**{**{name: getattr(policy, name) for name in Texts.model_fields}, **changes})


def same(parts: Parts, about: str, **renamed: str) -> tuple[Given, ...]:
    found = parts.library.now.entries[about].policy.parameters
    return tuple(Given(**{**p.model_dump(), "name": renamed.get(p.name, p.name)}, was=p.name) for p in found)


def check_all(parts: Parts) -> None:
    """Every label of every track, set and run is a tree whose calls are the policies' of now."""
    now = parts.policies()
    for track in parts.tracks.all():
        LabelTree.model_validate(track.tree.model_dump())
        check_policies(track.tree, now)
    for found in parts.labels.label_sets():
        for tree in found.trees:
            check_policies(current(tree, now, found.created), now)
            assert all(now.knows(segment.policy) for segment in tree.segments)
    for episode in parts.demonstrations():
        for run in parts.labels.runs(episode):
            check_policies(parts.desk().current(run), now)


def test_labels_follow_a_rename_and_stay_decided(shop):
    """Every track has the new name, the decision stands, and who did it is in the track's history."""
    seen = policies.preview(shop, Rename(about=TEXT, name="put_text"))
    assert {(c.episode, c.track) for c in seen.calls} == {("demo1", "ana"), ("demo2", "ana"), ("demo1", "bob")}
    assert (seen.calls[0].before, seen.calls[0].after) == ("fill_text [Username] [ana]", "put_text [Username] [ana]")
    made = policies.make(shop, Rename(about=TEXT, name="put_text"), "carl", seen.base)
    assert (made.calls, made.tracks, made.waiting) == (len(seen.calls), 3, ())
    assert "put_text [Username] [ana]" in calls(shop)
    assert shop.desk().open("demo1", "ana").decided
    event = shop.labels.events("demo1", "ana")[-1]
    assert (event.op, event.actor, event.payload["library"]) == ("migrate", "carl", 2)
    assert event.gesture.startswith("policies:2:")
    check_all(shop)


def test_a_person_can_still_undo_what_was_done_before(shop):
    """An older gesture is taken back in the names of now."""
    desk = shop.desk()
    state = desk.open("demo1", "bob")
    first = next(segment for segment in state.tree.segments if segment.policy == "fill_text")
    state = desk.do(state, "set_args", {"segment": first.id, "args": {"field": "Username", "text": "zoe"}}, "bob")
    policies.make(shop, Edit(about=TEXT, texts=texts_of(shop, TEXT), parameters=same(shop, TEXT, text="value")), "ana")
    desk = shop.desk()
    state = desk.open("demo1", "bob")
    assert [a.name for a in state.tree.by_id[first.id].args] == ["field", "value"]
    state = desk.do(state, "undo", {}, "bob")
    assert [(a.name, a.value) for a in state.tree.by_id[first.id].args] == [("field", "Username"), ("value", "ana")]
    state = desk.do(state, "redo", {}, "bob")
    assert state.tree.by_id[first.id].args[1].value == "zoe"
    check_all(shop)


def test_a_new_required_parameter_makes_calls_wait(shop):
    """Nobody is said to stand behind a value nobody gave."""
    parameters = (*same(shop, TEXT), Given(name="how", type="text"))
    operation = Edit(about=TEXT, texts=texts_of(shop, TEXT), parameters=parameters)
    assert all(call.waits for call in policies.preview(shop, operation).calls if call.track == "ana")
    policies.make(shop, operation, "ana")
    state = shop.desk().open("demo1", "ana")
    assert {segment.policy for segment in state.pending} == {"fill_text"}
    check_all(shop)


def test_a_merge_moves_arguments_where_they_belong(shop):
    """The form's calls become another policy's with their values; undoing gives each call back exactly."""
    before = {track.name: track.tree for track in shop.tracks.all("demo1")}
    made = policies.make(shop, Merge(about=FORM, into=NAVIGATE, sources={"place": "fields"}), "ana")
    assert any(call.startswith("navigate [Username: ana") for call in calls(shop))
    check_all(shop)
    policies.undo(shop, made.event.number, "ana")
    assert {track.name: track.tree for track in shop.tracks.all("demo1")} == before
    check_all(shop)


def test_a_split_by_value_and_by_hand(shop):
    """Only the calls that are meant go over."""
    by_value = Split(
        about=TEXT,
        name="fill_name",
        texts=texts_of(shop, TEXT),
        parameters=same(shop, TEXT),
        where=Where(parameter="field", values=("username",)),
    )
    policies.make(shop, by_value, "ana")
    assert [c.partition(" ")[0] for c in calls(shop)] == ["fill_form", "fill_name", "fill_text"]
    mail = next(s for s in shop.desk().open("demo2", "ana").tree.segments if s.policy == "fill_text")
    chosen = (Chosen(episode="demo2", track="ana", segment=mail.id),)
    by_hand = Split(
        about=TEXT, name="fill_mail", texts=texts_of(shop, TEXT), parameters=same(shop, TEXT), chosen=chosen
    )
    assert len(policies.preview(shop, by_hand).calls) == 1
    policies.make(shop, by_hand, "ana")
    assert [c.partition(" ")[0] for c in calls(shop, "demo2")][2] == "fill_mail"
    assert [c.partition(" ")[0] for c in calls(shop)][2] == "fill_text"
    check_all(shop)


def test_frozen_sets_stay_as_they_were(shop):
    """A label set and a prompt set keep their names and ids, and the preview says how many calls they have."""
    prompts.build(shop)
    frozen = shop.labels.label_set("latest")
    seen = policies.preview(shop, Rename(about=TEXT, name="put_text"))
    assert seen.label_sets == ((frozen.id, 4),)
    assert [count > 4 for _, count in seen.prompt_sets] == [True]
    policies.make(shop, Rename(about=TEXT, name="put_text"), "ana")
    assert shop.labels.label_set(frozen.id) == frozen
    check_all(shop)


def test_rules_go_on_in_the_words_of_now(shop):
    """They speak the shipped vocabulary; what they propose is renamed, merged and left out as labels are."""
    policies.make(shop, Rename(about=TEXT, name="put_text"), "ana")
    policies.make(shop, Retire(about=FORM), "ana")
    run = labels.propose(shop, add_demonstration(shop, "demo3", "zoe"))
    assert [segment.call for segment in run.tree.segments][:2] == [
        "put_text [Username] [zoe]",
        "put_text [E-mail] [zoe@x.org]",
    ]
    assert all(segment.parent is None for segment in run.tree.segments)
    check_all(shop)


def test_an_older_proposal_is_begun_in_the_words_of_now(shop):
    """Who opens a demonstration after the change sees the new names, though the run was made before."""
    policies.make(shop, Rename(about=TEXT, name="put_text"), "ana")
    state = shop.desk().begin(labels.proposed(shop, "demo2"), "zoe", "zoe")
    assert "put_text [Username] [bob]" in [segment.call for segment in state.tree.segments]


def test_a_change_interrupted_half_way_is_finished_with_the_next(shop, monkeypatch):
    """The library has it, the tracks did not follow: they do when the next change is made, once each."""
    with monkeypatch.context() as patch:
        patch.setattr(policies, "catch_up", lambda parts: None)
        policies.make(shop, Rename(about=TEXT, name="put_text"), "ana")
    assert "fill_text [Username] [ana]" in calls(shop)
    policies.make(shop, Rename(about=FORM, name="send_form"), "ana")
    assert "put_text [Username] [ana]" in calls(shop)
    assert [e.payload["library"] for e in shop.labels.events("demo1", "ana") if e.op == "migrate"] == [2, 3]
    assert policies.catch_up(shop) is None


def test_a_track_that_is_reviewed_meanwhile_follows_after_it(shop, monkeypatch):
    """Somebody's gesture comes between reading the track and moving it: both are kept."""
    append, raced = LabelRepository.append, []

    def racing(self, event):
        if event.op == "migrate" and event.track == "bob" and not raced:
            raced.append(event)
            desk = shop.desk()
            desk.do(desk.open("demo1", "bob"), "accept_all", {}, "bob")
        return append(self, event)

    monkeypatch.setattr(LabelRepository, "append", racing)
    made = policies.make(shop, Rename(about=TEXT, name="put_text"), "ana")
    assert (len(raced), made.tracks, made.waiting) == (1, 3, ())
    assert [event.op for event in shop.labels.events("demo1", "bob")] == ["adopt", "accept_all", "migrate"]
    assert "put_text [Username] [ana]" in calls(shop, track="bob")


def test_a_track_that_never_rests_is_told_and_follows_later(shop, monkeypatch):
    """The change is made, the others follow; the busy track does with the next look."""
    append = LabelRepository.append

    def busy(self, event):
        if event.op == "migrate" and event.track == "bob":
            raise Conflict(99)
        return append(self, event)

    with monkeypatch.context() as patch:
        patch.setattr(LabelRepository, "append", busy)
        made = policies.make(shop, Rename(about=TEXT, name="put_text"), "ana")
    assert (made.tracks, made.waiting) == (2, ("bob of demo1",))
    assert "fill_text [Username] [ana]" in calls(shop, track="bob")
    later = policies.catch_up(shop)
    assert later is not None
    assert later.tracks == 1
    assert "put_text [Username] [ana]" in calls(shop, track="bob")


def test_blind_labels_that_were_handed_in_follow_too(shop):
    """They are in other words, not other labels: agreement goes on comparing calls of the same policy."""
    desk = shop.desk()
    state = desk.begin_blind(labels.proposed(shop, "demo2"), "zoe", "zoe")
    named = {"policy": "fill_text", "args": {"field": "Username", "text": "bob"}}
    state = desk.do(state, "wrap", {"first": state.tree.uids[0], "last": state.tree.uids[0], **named}, "zoe")
    desk.do(state, "hand_in", {}, "zoe")
    policies.make(shop, Rename(about=TEXT, name="put_text"), "ana")
    assert calls(shop, "demo2", "blind:zoe") == ["put_text [Username] [bob]"]
    assert shop.desk().open("demo2", "blind:zoe").closed


def test_going_back_in_a_tracks_history_stays_in_the_words_of_now(shop):
    """An earlier state of the labels is restored with the names and arguments of today."""
    desk = shop.desk()
    state = desk.open("demo1", "bob")
    desk.do(state, "accept_all", {}, "bob")
    policies.make(shop, Rename(about=TEXT, name="put_text"), "ana")
    desk = shop.desk()
    state = desk.do(desk.open("demo1", "bob"), "restore", {"to": 1}, "bob")
    assert {segment.state for segment in state.tree.segments} == {"pending"}
    assert "put_text [Username] [ana]" in calls(shop, track="bob")
    check_all(shop)


def test_a_policy_that_labels_use_cannot_be_undone_away(shop):
    """The message names where it is used; nothing is changed."""
    made = policies.make(
        shop,
        Create(home="web", policy=Policy(name="zoom", kind="atomic", description="d", when_to_use="w", stop_rule="s")),
        "ana",
    )
    state = shop.desk().open("demo1", "bob")
    shop.desk().do(state, "wrap", {"first": state.tree.uids[0], "last": state.tree.uids[0], "policy": "zoom"}, "bob")
    with pytest.raises(PolicyRefused, match="The track of bob for demo1 calls zoom, which would be gone"):
        policies.undo(shop, made.event.number, "ana")
    check_all(shop)


def test_names_of_page_actions_are_refused(shop):
    """A policy called `click` could never be called, and an action nobody knows never be done."""
    with pytest.raises(PolicyRefused, match="as a page action is"):
        policies.preview(shop, Rename(about=TEXT, name="click"))
    with pytest.raises(PolicyRefused, match="names poke, which is no page action"):
        policies.preview(
            shop, Edit(about=TEXT, texts=texts_of(shop, TEXT, actions=("poke",)), parameters=same(shop, TEXT))
        )


OPERATIONS = st.sampled_from(
    ["rename text", "rename back", "edit text", "more text", "merge", "split", "retire", "undo", "accept", "undo label"]
)


def act(parts: Parts, what: str) -> None:
    """One thing somebody does to policies or labels."""
    now = parts.library.now
    name = now.entries[TEXT].policy.name
    if what == "undo":
        policies.undo(parts, now.number, "ana")
    elif what in ("accept", "undo label"):
        desk, op = parts.desk(), "accept_all" if what == "accept" else "undo"
        desk.do(desk.open("demo1", "bob"), op, {}, "bob")
    else:
        parameters = same(parts, TEXT)
        renamed = (parameters[0].model_copy(update={"name": "place" if parameters[0].name == "field" else "field"}),)
        policies.make(
            parts,
            {
                "rename text": Rename(about=TEXT, name="put_text"),
                "rename back": Rename(about=TEXT, name="fill_text"),
                "edit text": Edit(about=TEXT, texts=texts_of(parts, TEXT), parameters=(*renamed, *parameters[1:])),
                "more text": Edit(
                    about=TEXT, texts=texts_of(parts, TEXT), parameters=(Given(name="new", type="text"), *parameters)
                ),
                "merge": Merge(about=TEXT, into=NAVIGATE, sources={"place": parameters[-1].name}),
                "split": Split(
                    about=TEXT,
                    name=f"split_{now.number}",
                    texts=texts_of(parts, TEXT),
                    parameters=parameters[:1],
                    where=Where(parameter=parameters[0].name, values=("Username",)),
                ),
                "retire": Retire(about=TEXT),
            }[what],
            name,
        )


@settings(max_examples=soak(200), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(OPERATIONS, max_size=8))
def test_whatever_is_done_every_label_stays_a_call_of_a_policy(found):
    """Trees stay valid, names resolve, arguments fit; taking everything back gives library and labels as they were."""
    with TemporaryDirectory() as folder:
        parts = Parts(Path(folder))
        try:
            filled(parts)
            prompts.build(parts)
            library, accepted = parts.library.now.hash, parts.desk().open("demo1", "ana").tree
            made = []
            for what in found:
                try:
                    act(parts, what)
                except (PolicyError, LabelError):
                    continue
                if parts.library.history()[-1].undoes and made:
                    made.pop()
                elif parts.library.now.number not in made and what not in ("accept", "undo label"):
                    made.append(parts.library.now.number)
                check_all(parts)
            for number in reversed(made):
                policies.undo(parts, number, "ana")
                check_all(parts)
            assert parts.library.now.hash == library
            assert parts.desk().open("demo1", "ana").tree == accepted
        finally:
            parts.close()


def test_a_prompt_set_made_before_teaches_in_the_names_of_now(shop):
    """It stays as it is; its examples are found by an earlier name, and learned by today's names and arguments."""
    policies.make(shop, Rename(about=FORM, name="send_form"), "ana")
    frozen = prompts.build(shop)
    policies.make(shop, Edit(about=TEXT, texts=texts_of(shop, TEXT), parameters=same(shop, TEXT)[::-1]), "ana")
    policies.make(shop, Rename(about=TEXT, name="put_text"), "ana")
    now = shop.policies()
    taught = examples_now(frozen.examples, now, frozen.created)
    assert {"put_text", "send_form", "planner"} == {one.policy for one in taught}
    assert "put_text [ana] [Username]" in {one.action for one in taught}
    assert "N/A = put_text [ana] [Username]" in {call for one in taught for call in one.previous}
    assert name_in(frozen, now.resolve("put_text")) == "fill_text"
    assert shop.labels.prompt_set(frozen.id) == frozen
    again = prompts.build(shop)
    assert "put_text [ana] [Username]" in {one.action for one in again.examples}
