"""The labeller that asks a model: levels, windows, asking again, halving, the rules' help, budgets and reasons."""

import json

import pytest

from labeling.errors import LabellerStopped, NothingToLabel
from labeling.llm.asking import Asker
from labeling.llm.budget import Budget, Purse
from labeling.llm.labeller import LlmLabeller
from labeling.llm.model import LabelSettings
from labeling.repository import MemoryRows
from labeling.rules.labeller import RulesLabeller
from labeling.tree import children
from llm_client.chat import ChatReply
from llm_client.errors import ContextOverflow, EndpointDown, RequestRefused
from llm_client.scripted import ScriptedChat
from tests.labeling.llm.answering import (
    WEB,
    asked_range,
    covered_once,
    entry,
    forms,
    groups_between,
    labeller,
    propose,
    truthful,
)

DEMO = forms(3)
PLAIN = LabelSettings(concurrency=1, reasons=False)
SMALL = LabelSettings(concurrency=1, reasons=False, whole_steps=8, window=12, overlap=4, snap=0)


def calls_of(tree):
    return [(*tree.span(segment.id), segment.policy) for segment in tree.segments]


def true_calls(demo, pages):
    out = []
    for page in range(pages):
        at = page * 4
        out += [(at, at + 3, "fill_form"), (at, at + 1, "fill_text"), (at + 2, at + 2, "fill_text")]
    return out


def test_what_the_model_says_becomes_the_tree():
    """Calls of steps, forms around them and reasons; two equal passes are enough."""
    made = labeller(truthful(DEMO), LabelSettings(concurrency=1))
    tree = propose(made, DEMO)
    assert calls_of(tree) == true_calls(DEMO, 3)
    assert [segment.parent for segment in tree.segments[:3]] == [None, "s1", "s1"]
    assert tree.segments[1].call == "fill_text [Name] [Mia 1]"
    assert tree.segments[1].reason == "Because of c2."
    assert {segment.rule for segment in tree.segments} == {"llm"}
    assert made.report.passes == {1: 2, 2: 2, 3: 2}
    assert made.report.status == "ok"
    assert not made.report.fallbacks


def test_arguments_say_where_they_were_found():
    """A typed value is of its step, a field's name of its element; what is found nowhere is inferred and in doubt."""

    def answer(request):
        kind, _, last = asked_range(request)
        if kind != "steps":
            return json.dumps({"groups": [entry(1, "OWN", (), "first_item")]})
        known = (("field", "Name"), ("text", "Mia 1"))
        calls = [entry(1, "fill_text", known), entry(3, "fill_text", (("field", "Town"), ("text", "Atlantis")))]
        return json.dumps({"calls": [*calls, entry(4, "OWN")], "notes": []})

    sure, doubtful = propose(labeller(answer, PLAIN), DEMO).segments
    assert [argument.source for argument in sure.args] == ["element_name", "step_value"]
    assert [argument.source for argument in doubtful.args] == ["element_name", "inferred"]
    assert doubtful.confidence < sure.confidence


def test_a_missing_argument_is_what_the_rules_found():
    """The rules' argument for the same call is taken; without one it stays empty and the confidence is low."""

    def answer(request):
        if asked_range(request)[0] != "steps":
            return json.dumps({"groups": [entry(1, "OWN", (), "first_item")]})
        calls = [entry(1, "fill_text"), entry(3, "fill_text"), entry(4, "navigate")]
        return json.dumps({"calls": calls, "notes": []})

    made = labeller(answer, LabelSettings(concurrency=1, reasons=False, fixes=1.0))
    first, _, last = propose(made, DEMO).segments
    assert first.call == "fill_text [Name] [Mia 1]"
    assert last.call == "navigate []"
    assert last.confidence < 0.5


@pytest.mark.parametrize("pages", [4, 9, 21])
def test_windows_of_a_truthful_model_are_stitched_to_the_truth(pages):
    """However long the demonstration, what windows of a model that knows say is put together without a seam."""
    demo = forms(pages)
    made = labeller(truthful(demo), SMALL)
    tree = propose(made, demo)
    level_one = [one for one in made.report.windows if one.level == 1 and one.number == 0]
    assert len(level_one) > 1
    flat = [call for call in calls_of(tree) if call[2] == "fill_text"]
    assert flat == [call for call in true_calls(demo, pages) if call[2] == "fill_text"]


def test_a_reply_that_needs_much_mending_is_asked_for_once_more():
    """The second question is the first and the list of what was wrong; its good answer is taken."""
    good = truthful(DEMO)

    def answer(request):
        if asked_range(request)[0] == "steps" and "An earlier answer" not in request.messages[1].content:
            return "I would say the first four steps are a form."
        return good(request)

    made = labeller(answer, PLAIN)
    assert calls_of(propose(made, DEMO)) == true_calls(DEMO, 3)
    first, again = made.chat.requests[0], made.chat.requests[1]
    assert again.messages[0] == first.messages[0]
    assert again.messages[1].content.startswith(first.messages[1].content)
    assert len(again.messages[1].content) - len(first.messages[1].content) < 400
    assert {one.answered for one in made.report.windows if one.level == 1} == {"again"}


def test_a_reply_that_was_cut_off_is_asked_for_in_halves():
    """A window whose reply ends at its limit is not asked again but halved."""
    good = truthful(DEMO)

    def answer(request):
        kind, first, last = asked_range(request)
        if kind == "steps" and last - first > 6:
            return ChatReply(good(request)[:80], "tiny", "length")
        return good(request)

    made = labeller(answer, PLAIN)
    tree = propose(made, DEMO)
    assert [call for call in calls_of(tree) if call[2] == "fill_text"] == [
        call for call in true_calls(DEMO, 3) if call[2] == "fill_text"
    ]
    ranges = [asked_range(request) for request in made.chat.requests[:3]]
    assert ranges == [("steps", 1, 12), ("steps", 1, 6), ("steps", 7, 12)]


@pytest.mark.parametrize(
    "reply",
    [
        ChatReply("I will not.", "tiny", "stop", refused=True),
        RequestRefused("it was refused.", "Ask for something else."),
        "no JSON at all",
        ChatReply("{", "tiny", "length"),
        ContextOverflow("It is too long.", "Ask less."),
    ],
)
def test_where_the_model_gives_nothing_the_rules_answer(reply):
    """The result is what the rules propose, said to be theirs, and every window says why."""
    made = labeller(lambda request: reply, PLAIN)
    tree, recording = propose(made, DEMO), DEMO.recording
    rules = RulesLabeller().label(recording.episode, recording.steps, recording.observation, WEB)
    leaves = [calls_of(rules)[n] for n, one in enumerate(rules.segments) if not children(rules, one.id)]
    assert [call for call in calls_of(tree) if call[2] == "fill_text"] == leaves
    assert {segment.rule for segment in tree.segments if segment.policy == "fill_text"} == {"R6"}
    assert made.report.fallbacks
    assert all(window.why for window in made.report.fallbacks)


def test_an_endpoint_that_is_gone_ends_the_labelling():
    """No tree is made of nothing: the error comes through, and nothing is kept of the call."""
    rows = MemoryRows()
    made = labeller(lambda request: EndpointDown("gone.", "Start it."), PLAIN, rows)
    with pytest.raises(EndpointDown):
        propose(made, DEMO)
    assert rows.rows("llm_cache") == []


def test_a_model_that_disagrees_with_itself_is_asked_up_to_five_times():
    """Passes end when most agree; the call that two of three say is taken, and its confidence shows the doubt."""
    good = truthful(DEMO)
    passes = []

    def answer(request):
        kind = asked_range(request)[0]
        passes.append(kind)
        if kind == "steps" and passes.count("steps") == 2:
            return json.dumps({"calls": [entry(1, "OWN")], "notes": []})
        return good(request)

    made = labeller(answer, PLAIN)
    tree = propose(made, DEMO)
    assert made.report.passes[1] == 3
    assert [call for call in calls_of(tree) if call[2] == "fill_text"] == [
        call for call in true_calls(DEMO, 3) if call[2] == "fill_text"
    ]
    steady = propose(labeller(good, PLAIN), DEMO)
    assert tree.segments[1].confidence < steady.segments[1].confidence


def test_a_proposed_policy_keeps_its_name():
    """PROPOSE_NEW becomes `proposed:NAME`, and its description is kept with the run."""

    def answer(request):
        if asked_range(request)[0] != "steps":
            return json.dumps({"groups": [entry(1, "OWN", (), "first_item")]})
        new = entry(1, "PROPOSE_NEW", (("who", "Mia 1"),), proposed={"name": "Enter Person", "description": "Enters."})
        return json.dumps({"calls": [new, entry(5, "OWN")], "notes": [{"step": 2, "role": "correction", "why": "x"}]})

    made = labeller(answer, PLAIN)
    (only,) = propose(made, DEMO).segments
    assert only.call == "proposed:enter_person [Mia 1]"
    assert made.report.proposals == {"proposed:enter_person": "Enters."}
    assert [(one.step, one.role) for one in made.report.remarks] == [(DEMO.recording.uids[1], "correction")]


def test_groups_that_say_nothing_are_dropped():
    """A group of everything or of one call alone makes no parent, and the report says so."""

    def answer(request):
        kind, first, last = asked_range(request)
        if kind == "items":
            return json.dumps({"groups": [entry(1, "fill_form", (("fields", "a"),), "first_item")]})
        return truthful(DEMO)(request)

    made = labeller(answer, PLAIN)
    assert {segment.policy for segment in propose(made, DEMO).segments} == {"fill_text"}
    assert any("planner does already" in repair for window in made.report.windows for repair in window.repairs)


def test_a_budget_leaves_the_rest_to_the_rules():
    """What was answered before is used; the run is partial, and no request is sent beyond the limit."""
    demo = forms(9)
    made = labeller(truthful(demo), SMALL, purse=Purse(Budget(calls=3)))
    tree = propose(made, demo)
    assert covered_once(tree)
    assert len(made.chat.requests) == 3
    assert made.report.status == "partial"
    assert {window.why for window in made.report.fallbacks} == {"budget"}
    assert {segment.rule for segment in tree.segments} >= {"llm"}


def test_no_budget_at_all_asks_nothing():
    """With no calls to spend the tree is the rules' own, and partial."""
    made = labeller(truthful(DEMO), LabelSettings(), purse=Purse(Budget(calls=0)))
    assert covered_once(propose(made, DEMO))
    assert made.chat.requests == []
    assert made.report.status == "partial"


def test_a_stop_ends_it_between_requests():
    """Told to stop, nothing more is asked and no tree is made; the answers stay."""
    rows, chat = MemoryRows(), ScriptedChat(truthful(DEMO))
    made = LlmLabeller(Asker(chat, rows, stopped=lambda: len(chat.requests) >= 2), PLAIN)
    with pytest.raises(LabellerStopped, match="kept"):
        propose(made, DEMO)
    assert len(rows.rows("llm_cache")) == 2


def test_the_static_part_is_the_same_for_every_question_of_a_level():
    """Windows and passes of a level differ only behind the system message; passes do differ."""
    demo = forms(9)
    made = labeller(truthful(demo), SMALL)
    propose(made, demo)
    steps = [request for request in made.chat.requests if asked_range(request)[0] == "steps"]
    assert len({request.messages[0].content for request in steps}) == 1
    assert len({request.messages[1].content for request in steps}) == len(steps)
    assert {json.dumps(request.schema) for request in steps} == {json.dumps(steps[0].schema)}


def test_a_demonstration_without_steps_is_refused():
    """There is nothing to ask about, and nothing is asked."""
    made = labeller(truthful(DEMO), PLAIN)
    with pytest.raises(NothingToLabel):
        made.label(DEMO.recording.episode, (), DEMO.recording.observation, WEB)
    assert made.chat.requests == []


def test_equal_questions_are_asked_once():
    """Labelling again from the same rows asks nothing, gives the same tree, and says that it was kept."""
    rows = MemoryRows()
    first = labeller(truthful(DEMO), LabelSettings(), rows)
    tree = propose(first, DEMO)
    again = labeller(lambda request: pytest.fail("asked again"), LabelSettings(), rows)
    assert propose(again, DEMO) == tree
    assert again.report.cached == again.report.calls == first.report.calls
    assert again.report.tokens_in == 0


def test_helpers_of_this_file_group_forms():
    """The items of a truthful model's second level are forms that hold their texts and their click."""
    made = labeller(truthful(DEMO), PLAIN)
    propose(made, DEMO)
    items = next(request for request in made.chat.requests if asked_range(request)[0] == "items")
    assert [one["first_item"] for one in groups_between(items, 1, 9)] == [1, 4, 7]
