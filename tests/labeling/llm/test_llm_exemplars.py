"""What a model is shown beside the question: examples that give nothing away, and not too many policies."""

import pytest

from labeling.labeller import steps_to_label
from labeling.llm.exemplars import choose
from labeling.llm.labeller import rules_steps
from labeling.llm.lines import told
from labeling.llm.model import LabelSettings
from labeling.llm.prompt import callable_names, offered
from labeling.llm.shortlist import MOST, shortlist
from labeling.rules.labeller import RulesLabeller
from labeling.rules.scene import make_scene
from labeling.splits import split_of
from policies.library import PolicySet
from tests.labeling.llm.answering import WEB, forms, labeller, propose, truthful

SHORT, LONG = 2_000, 10_000


def accepted(episode, pages=1, task="train me"):
    """(tree, what it is of) of a demonstration the rules labelled."""
    recording = forms(pages, episode).recording
    header = recording.episode.model_copy(update={"task": task})
    tree = RulesLabeller().label(header, steps_to_label(header, recording.steps), recording.observation, WEB)
    return tree, (header, recording.steps, recording.observation)


def task_of(split):
    return next(name for n in range(99) if split_of(name := f"task {n}", "") == split)


TRAIN, TEST = task_of("train"), task_of("test")


def chosen(found, labelled=(), most=3, tokens=LONG):
    return choose("set1", found, labelled, rules_steps, most, tokens)


def test_an_example_is_a_demonstration_with_its_calls():
    """Objective, step lines and the answer as it is asked for; which they are is told."""
    found = chosen([accepted("a", task=TRAIN)])
    assert (found.episodes, found.label_set) == (("a",), "set1")
    assert found.text.startswith("Objective: Enter them all\ns1 | CLICK | textbox 'Name'")
    assert '"policy": "fill_text"' in found.text
    assert '{"name": "text", "value": "Mia 1"}' in found.text


@pytest.mark.parametrize(("task", "labelled"), [(TEST, ()), (TRAIN, ("a",))])
def test_what_is_labelled_or_kept_for_tests_is_no_example(task, labelled):
    """Neither the demonstration itself nor one whose task is held out."""
    assert chosen([accepted("a", task=task)], labelled).episodes == ()


def test_labels_of_other_steps_are_no_example():
    """A demonstration that was normalised again since, or whose steps are gone."""
    tree, (header, steps, observation) = accepted("a", task=TRAIN)
    assert chosen([(tree, (header, steps[1:], observation))]).episodes == ()


def test_examples_fit_and_each_shows_something_new():
    """A second one of the same policies is not shown, nor one that is too long; order does not matter."""
    found = [accepted("a", task=TRAIN), accepted("b", 3, task=TRAIN), accepted("c", task=TRAIN)]
    assert chosen(found).episodes in (("a",), ("b",), ("b", "a"), ("a", "b"))
    assert chosen(found) == chosen(found[::-1])
    assert chosen(found, tokens=100).episodes == ()
    assert chosen(found, most=0).episodes == ()


def test_examples_stand_with_what_never_changes():
    """Every window's first message is the same and holds them; the report names them."""
    found = chosen([accepted("a", task=TRAIN)])
    demo = forms(6)
    settings = LabelSettings(concurrency=1, whole_steps=8, window=12, overlap=4)
    made = labeller(truthful(demo), settings, exemplars=found)
    propose(made, demo)
    systems = {
        r.messages[0].content for r in made.chat.requests if "Say the calls of the steps" in r.messages[1].content
    }
    assert len(systems) == 1
    assert found.text in systems.pop()
    assert (made.report.exemplars, made.report.label_set) == (("a",), "set1")


def many(count):
    """A set of `web`'s policies and so many others that have nothing to do with forms."""
    base = WEB.resolve("fill_text")
    others = {
        f"other{n}": base.model_copy(update={"name": f"other{n}", "aliases": (), "description": f"Peel potato {n}",
                                             "when_to_use": "In a kitchen.", "stop_rule": "Peeled.", "parameters": ()})
        for n in range(count)
    }  # fmt: skip
    policies = {**WEB.policies, **others}
    return PolicySet("many", policies, WEB.planner, "", {name: name for name in policies})


def test_of_very_many_policies_the_likeliest_are_offered():
    """Sixty of two hundred, those of forms among them; a small set is offered whole, in the set's order."""
    policies, demo = many(200), forms(2)
    scene = make_scene("Enter the name and the town into the form", demo.recording.steps, demo.recording.observation)
    text = told(scene, LabelSettings())
    found = offered(policies, text, ("other77",), composite_only=False)
    assert len(found.names) == len(found.cards) == MOST
    assert {"fill_text", "fill_form", "other77"} <= set(found.names)
    assert list(found.names) == sorted(found.names)
    small = offered(WEB, text, (), composite_only=False)
    assert small.names == callable_names(WEB, composite_only=False)


def test_a_name_that_was_not_offered_is_still_understood():
    """The whole set is known when a reply is read."""
    demo, policies = forms(1), many(200)

    def answer(request):
        return truthful(demo)(request).replace('"fill_text"', '"other199"')

    made = labeller(answer, LabelSettings(concurrency=1, reasons=False))
    tree = made.label(demo.recording.episode, demo.recording.steps, demo.recording.observation, policies)
    assert {segment.policy for segment in tree.segments} == {"other199"}


def test_equal_weights_keep_the_order_of_the_cards():
    """Without a word in common the first ones are offered, and what has to be kept."""
    cards = [(f"p{n:03}", "alike") for n in range(90)]
    assert shortlist(cards, ["nothing"], ("p089",)) == tuple(name for name, _ in [*cards[:59], cards[89]])
