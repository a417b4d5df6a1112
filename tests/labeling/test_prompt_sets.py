"""Prompt sets hold what each policy saw and answered, can be traced back, and are equal for equal labels."""

from __future__ import annotations

import pytest

from labeling.errors import NothingAccepted, PromptRefused
from labeling.label_sets import content_id
from labeling.model import LabelSet
from labeling.prompts.building import Made, build_prompt_set
from labeling.prompts.model import LeftOut, PromptConfig, PromptSet
from labeling.prompts.turns import Demonstration
from labeling.repository import LabelRepository, MemoryRows
from labeling.rules.labeller import RulesLabeller
from labeling.tree import with_segments
from policies.errors import UnknownPolicy
from policies.library import load_set
from tests.builders import Recording
from tests.labeling.pages import login, search_form

CRM = load_set("crm")


def journey(episode_id: str = "e1", **fields) -> Recording:
    """A form of two fields that is sent, then a click; the planner answers NW 12."""
    r = Recording("Fly from Boston to Rome", episode_id, answer="NW 12", fields={"task": "airline:book", **fields})
    r.page(search_form()).do("type [11] [Boston] [0]", reason="Begin with the origin.")
    r.page(search_form("Boston")).do("type [12] [Rome] [0]").page(search_form("Boston", "Rome"))
    r.do("click [16]").page("[1] button 'Sort'\n[2] text 'NW 12'", url="http://site.test/results")
    return r.do("click [1]").page("[1] button 'Sort' pressed", url="http://site.test/results")


def frozen(*recordings: Recording, state: str = "accepted", name: str = "") -> LabelSet:
    trees = []
    for r in recordings:
        tree = RulesLabeller().label(r.episode, r.steps, r.observation, CRM)
        trees.append(with_segments(tree, (s.model_copy(update={"state": state}) for s in tree.segments)))
    body = [tree.model_dump(mode="json") for tree in trees]
    return LabelSet(
        id=name or content_id("ls", body), policy_set="crm", trees=tuple(trees), created=1.0, actor="ana"
    )  # fmt: skip


def source(*recordings: Recording):
    by_id = {r.episode_id: Demonstration(r.episode, tuple(r.steps), r.observation) for r in recordings}
    return by_id.__getitem__


def build(*recordings: Recording, config: PromptConfig | None = None) -> PromptSet:
    return build_prompt_set([frozen(*recordings)], source(*recordings), CRM, config, made=Made(5.0))


def turns(prompt_set: PromptSet, policy: str) -> list[tuple[tuple[str, ...], str]]:
    return [(e.previous, e.action) for e in prompt_set.of(policy)]


def test_the_planner_sees_its_own_turns_and_finished_calls_as_answers():
    """A call is one action of its caller, shown with what it gave back; the last turn stops with the answer."""
    made = build(journey())
    form = "fill_form [From: Boston; To: Rome]"
    assert turns(made, "planner") == [
        ((), form),
        ((f"N/A = {form}",), "click [1]"),
        ((f"N/A = {form}", "click [1]"), "stop [NW 12]"),
    ]
    first, second, stop = made.of("planner")
    assert (first.objective, first.depth, first.url) == ("Fly from Boston to Rome", 1, "http://site.test/")
    assert first.observation.startswith("[9] link 'Bookings'")
    assert (second.url, second.reason) == ("http://site.test/results", "Next: click button ‘Sort’.")
    assert stop.observation == "[1] button 'Sort' pressed"


def test_a_call_sees_only_its_own_history_and_ends_with_a_stop():
    """Each policy's turns begin with an empty history; its objective is the whole call text."""
    made = build(journey())
    assert turns(made, "fill_form") == [
        ((), "fill_text [From] [Boston]"),
        (("N/A = fill_text [From] [Boston]",), "fill_text [To] [Rome]"),
        (("N/A = fill_text [From] [Boston]", "N/A = fill_text [To] [Rome]"), "click [16]"),
        (("N/A = fill_text [From] [Boston]", "N/A = fill_text [To] [Rome]", "click [16]"), "stop"),
    ]
    typed, stop = made.of("fill_text")[:2]
    assert (typed.objective, typed.action, typed.depth) == ("fill_text [From] [Boston]", "type [11] [Boston] [0]", 3)
    assert typed.reason == "Begin with the origin."
    assert typed.root_objective == "Fly from Boston to Rome"
    assert (stop.previous, stop.action) == (("type [11] [Boston] [0]",), "stop")
    assert "value='Boston'" in stop.observation


def test_every_example_says_where_it_comes_from():
    """One can go from an example to its demonstration's step and the labels it was made from."""
    r = journey(seed=3)
    made = build(r)
    assert {(e.episode, e.label_set, e.task, e.seed) for e in made.examples} == {
        ("e1", frozen(r).id, "airline:book", 3)
    }
    assert made.tasks == {("airline:book", 3)}
    assert {e.step for e in made.examples} <= set(r.uids)


def test_equal_labels_give_equal_bytes_and_other_labels_another_id():
    """The id is the hash of the content; the time of making is not part of it."""
    one = build_prompt_set([frozen(journey())], source(journey()), CRM, made=Made(1.0))
    two = build_prompt_set([frozen(journey())], source(journey()), CRM, made=Made(2.0))
    assert (one.id, one.canonical()) == (two.id, two.canonical())
    assert one.created != two.created
    assert build(journey("e2")).id != one.id
    assert build(journey(), config=PromptConfig(exclude_tasks=("x",))).id != one.id
    repository = LabelRepository(MemoryRows())
    assert repository.add_prompt_set(one) == repository.add_prompt_set(two) == one
    assert repository.prompt_set("latest") == repository.prompt_set(one.id) == repository.prompt_sets()[0] == one


def test_the_order_of_demonstrations_does_not_matter_and_the_later_labelling_counts():
    """Episodes come in the order of their ids; of two labellings of one the later set's is taken."""
    a, b = journey("e1"), journey("e2")
    assert [e.episode for e in build(b, a).examples] == [e.episode for e in build(a, b).examples]
    early, late = frozen(a, name="ls-1"), frozen(a, name="ls-2")
    made = build_prompt_set([early, late], source(a), CRM)
    assert {e.label_set for e in made.examples} == {"ls-2"}
    assert len(made.examples) == len(build(a).examples)


@pytest.mark.parametrize(
    ("fields", "config", "reason"),
    [
        ({"status": "failed"}, None, "it ended as 'failed'"),
        ({}, PromptConfig(exclude_tasks=("airline:book",)), "the task 'airline:book' is held out"),
        ({"seed": 3}, PromptConfig(exclude_seeds=(("airline:book", 3),)), "seed 3 of 'airline:book' is held out"),
    ],
)
def test_failures_and_held_out_demonstrations_cannot_enter(fields, config, reason):
    """What may not be learned from is left out as a whole, and the set says so."""
    out = journey("e1", **fields)
    kept = Recording("Press the yellow one, then read on", "e2", fields={"task": "wall:press"})
    kept.page("[1] button 'Yellow'").do("click [1]").page("[1] button 'Yellow' pressed")
    made = build(out, kept, config=config)
    assert {e.episode for e in made.examples} == {"e2"}
    assert made.left_out == (LeftOut(episode="e1", step="", policy="", reason=reason),)
    with pytest.raises(NothingAccepted, match="Nothing was built"):
        build(out, config=config)


def test_labels_of_another_derivation_are_left_out():
    """Steps that were read anew are not mixed up with labels of the old ones."""
    r, other = journey(), journey()
    other.steps = [step.model_copy(update={"uid": f"new-{step.uid}"}) for step in other.steps]
    with pytest.raises(NothingAccepted, match="another derivation"):
        build_prompt_set([frozen(r)], source(other), CRM)


def test_labels_nobody_decided_on_cannot_enter():
    """A pending call keeps its demonstration out."""
    r = journey()
    with pytest.raises(NothingAccepted, match="not all of its calls are accepted"):
        build_prompt_set([frozen(r, state="pending")], source(r), CRM)
    with pytest.raises(NothingAccepted, match="No label set was given"):
        build_prompt_set([], source(r), CRM)


def test_turns_that_teach_nothing_true_are_left_out_with_the_reason():
    """A target that is not in its observation, a failed action, a missing observation: each is listed."""
    r = journey()
    r.steps[0] = r.steps[0].model_copy(update={"action": "type [99] [Boston] [0]"})
    r.steps[1] = r.steps[1].model_copy(update={"error": "the field was gone"})
    r.steps[3] = r.steps[3].model_copy(update={"observation_after": None})
    tree = frozen(journey())
    made = build_prompt_set([tree], source(r), CRM)
    assert [(o.step, o.policy, o.reason) for o in made.left_out] == [
        ("e1-0", "fill_text", "the target [99] is not in the observation"),
        ("e1-1", "fill_text", "the action failed when it was recorded (the field was gone)"),
        ("e1-3", "planner", "no observation was recorded at this point"),
    ]


def test_no_secret_value_gets_into_an_example():
    """Secrets are slots in actions; an observation that shows one all the same is left out."""
    r = Recording("Log in", fields={"task": "t"}).page(login()).do("type [4] [{SECRET:password}] [0]")
    r.page(login(password="{SECRET}")).do("click [5]").page(login(password="hunter2"))
    made = build(r)
    assert b"hunter2" not in made.canonical()
    assert [o.reason for o in made.left_out] == ["it shows the value of a secret field"]
    assert made.of("fill_text")[0].action == "type [4] [{SECRET:password}] [0]"


def test_calls_must_be_of_the_set_the_prompts_are_for():
    """Prompts for a set without one of the calls are refused, naming it."""
    r = journey()
    tree = frozen(r).trees[0]
    alien = with_segments(tree, (s.model_copy(update={"policy": "fil_text"}) for s in tree.segments[:1]))
    with pytest.raises(UnknownPolicy, match="fil_text"):
        build_prompt_set([frozen(r).model_copy(update={"trees": (alien,)})], source(r), CRM)


def test_a_demonstration_without_calls_teaches_the_planner():
    """Accepting that there is nothing to call is an answer too."""
    r = Recording("Press it", fields={"task": "t"}).page("[1] button 'Go'").do("click [1]").page("[1] button 'Gone'")
    assert turns(build(r), "planner") == [((), "click [1]"), (("click [1]",), "stop")]


@pytest.mark.parametrize("role", ["mis-click", "detour"])
def test_steps_remarked_as_wrong_are_no_examples_unless_they_are_wanted(role: str):
    """The step is left out with the reason and gone from what came before; the flag keeps it, and changes the id."""
    r = journey()
    wrong = r.steps[3].uid
    load = {r.episode_id: Demonstration(r.episode, tuple(r.steps), r.observation, remarks={wrong: role})}.__getitem__

    def made(config: PromptConfig) -> PromptSet:
        return build_prompt_set([frozen(r)], load, CRM, config, made=Made(5.0))

    plain, wanted = made(PromptConfig()), made(PromptConfig(keep_recovery=True))
    assert [(one.step, one.reason) for one in plain.left_out] == [
        (wrong, f"it was remarked as a {role}"),
        (wrong, f"its last step was remarked as a {role}"),
    ]
    assert wrong not in {example.step for example in plain.examples}
    assert all("click [1]" not in example.previous for example in plain.examples)
    assert not wanted.left_out
    assert wrong in {example.step for example in wanted.examples}
    assert plain.id != wanted.id


def test_settings_that_came_later_leave_the_ids_of_sets_as_they_were():
    """A set whose new settings say what was meant before has the identity it had before there were any."""
    body = build(journey())._identity()["config"]
    assert isinstance(body, dict)
    assert not {"keep_recovery", "context", "reserve_output"} & body.keys()
    assert build(journey(), config=PromptConfig(keep_recovery=True))._identity()["config"]["keep_recovery"] is True


@pytest.mark.parametrize("changed", [{"selection": "random"}, {"prune": False}, {"reasons": False}, {"learn": "shown"}])
def test_settings_of_experiments_change_the_id_only_where_they_are_used(changed):
    """A set without them keeps the id it always had."""
    plain = build(journey())
    assert not changed.keys() & plain._identity()["config"].keys()
    assert build(journey(), config=PromptConfig(**changed)).id != plain.id


def test_prompts_of_an_experiment_show_what_it_says():
    """Everything, as many at random, no reasons; the pool stays as it is."""
    plain = build(journey())
    everything = build(journey(), config=PromptConfig(selection="all", budget=0, most=0))
    assert {one.turns[0] for one in everything.pieces} == {one.id for one in plain.examples}
    assert not everything.dropped
    few = build(journey(), config=PromptConfig(selection="random", most=2))
    assert max(len(few.shown(policy)) for policy in few.policies) == 2
    assert not any(one.reason for one in build(journey(), config=PromptConfig(reasons=False)).pieces)
    assert everything.examples == few.examples == plain.examples


def test_a_page_is_pruned_unless_it_is_to_be_whole():
    """Its elements are numbered anew either way."""
    long = "\n".join(f"[{n}] text 'row {n} of a long list'" for n in range(10, 400))
    r = (
        Recording("Press it", fields={"task": "t"})
        .page(f"[7] button 'Go'\n{long}")
        .do("click [7]")
        .page("[1] text 'Gone'")
    )
    cut, whole = (
        {one.action: one for one in build(r, config=PromptConfig(prune=prune)).pieces} for prune in (True, False)
    )
    assert len(cut["click [1]"].observation) < len(whole["click [1]"].observation)
    assert whole["click [1]"].observation.count("\n") == 390


def test_demos_learns_the_pool_or_what_is_shown():
    """With `learn` the shown pieces in the pool's order; never lists of calls."""
    plain = build(journey())
    assert plain.lessons == plain.examples
    some = build(journey(), config=PromptConfig(learn="shown", selection="random", most=1))
    shown = {one.turns[0]: one for one in some.pieces}
    assert [one.id for one in some.lessons] == [one.id for one in some.examples if one.id in shown]
    assert all(one.observation == shown[one.id].observation for one in some.lessons)
    with pytest.raises(ValueError, match="exclude each other"):
        PromptConfig(learn="shown", mode="heap")


def test_the_budget_is_what_reserves_leave_of_a_context():
    """Less context, fewer pieces, the same as a budget of that size; too little is refused with the reckoning."""
    whole = PromptConfig(context=20_000)
    assert (whole.room, PromptConfig(budget=7, context=0).room) == (14_000, 7)
    assert "20,000 tokens of context less 1,500" in whole.reckoning
    assert "leave 14,000" in whole.reckoning
    tight = PromptConfig(context=6_300, budget=99_999)
    assert tight.room == 300
    ones = [journey(f"e{n}", seed=n) for n in range(4)]
    shown = [piece.id for piece in build(*ones, config=tight).pieces]
    assert shown == [piece.id for piece in build(*ones, config=PromptConfig(budget=300)).pieces]
    assert len(shown) < len(build(*ones, config=whole).pieces)
    with pytest.raises(PromptRefused, match=r"6,000 tokens of context less .* leave 0 .* Nothing was built"):
        build(journey(), config=PromptConfig(context=6_000))
