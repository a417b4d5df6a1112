"""Logs of the released SteP agent: the stack comes back as it was, and what the agent did wrong is told."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.signals.course import Course, Pages
from analysis.signals.registry import find_signals
from tests.foreign import foreign
from tests.traces.formats.released_step import PAGE, Call, done, log, of, row
from traces.draft import Draft
from traces.formats.foreign import BadRecording
from traces.formats.step_logs import is_log, read
from traces.model import TAKEN_FOR_STOP

GOAL = "Find the order"
ACTS = st.sampled_from(["click [12]", "type [14] [shoes] [1]", "scroll [down]", "goto [http://shop.test/a]", "go_back"])
WORDS = st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]), max_size=20).filter(
    lambda text: "stop" not in text
)


def calls(depth: int = 4) -> st.SearchStrategy[Call]:
    """Trees of calls; the same call may come again, also within itself."""
    names = st.sampled_from(["find", "find_orders", "search_list", "Z9"])
    words = st.sampled_from(["[a]", "[b c]", "[[x], [y]]", "[C:\\new]", "[1] [2]"])
    text = st.tuples(names, words).map(" ".join)
    inner = ACTS if depth == 0 else ACTS | calls(depth - 1)
    return st.builds(Call, text, st.lists(inner, max_size=4), WORDS)


def frames_of(root: Call) -> list[tuple[int, str, str]]:
    """(depth, call, returned) in the order opened."""
    found, waiting = [], [(1, root)]
    while waiting:
        depth, call = waiting.pop()
        found.append((depth, call.text, call.answer))
        waiting += [(depth + 1, item) for item in reversed(call.items) if isinstance(item, Call)]
    return found


def acts_of(call: Call) -> list[str]:
    """The actions in order."""
    return [one for item in call.items for one in (acts_of(item) if isinstance(item, Call) else [item])]


def kinds(draft: Draft) -> list[str]:
    return [step.kind for step in draft.steps]


def signals(draft: Draft) -> set[tuple[str, str]]:
    """(detector, first step) of what is found."""
    course = Course(draft.episode("x"), draft.linked(), draft.frames(), (), Pages(draft.observations.__getitem__))
    return {(one.detector, one.steps[0]) for one in find_signals(course)}


@given(st.builds(Call, st.just(GOAL), st.lists(ACTS | calls(), max_size=5), WORDS))
def test_the_stack_of_any_run_comes_back(root):
    """Calls, their nesting, what they returned and what they did are those of the agent, by the log alone."""
    data = json.loads(json.dumps(log(root)))
    assert is_log(data)
    draft = read(data)
    frames = draft.frames()
    assert [frame.depth for frame in frames] == [depth for depth, _, _ in frames_of(root)]
    assert [frame.returned for frame in frames] == [answer for _, _, answer in frames_of(root)]
    assert all(frame.end == "returned" for frame in frames)
    assert [step.action for step in draft.steps if step.kind == "act"] == acts_of(root)
    assert draft.warnings == []
    episode = draft.episode("x")
    assert (episode.status, episode.end_reason, episode.answer) == ("success", "stop", root.answer)
    assert len(draft.raw) == 1 + len(data["trajectory"])


def test_the_final_stop_is_one_step_and_its_brackets_stay():
    """Decided and carried out are two rows; an answer with brackets is returned whole."""
    draft = read(log(Call(GOAL, [Call("find [a]", [], "[[1], [2]], see [3]")], "A [b [c]]")))
    assert kinds(draft) == ["push", "pop", "pop"]
    assert [frame.returned for frame in draft.frames()] == ["A [b [c]]", "[[1], [2]], see [3]"]


@pytest.mark.parametrize(
    ("said", "answer"),
    [("stop", None), ("stop []", ""), ("stop [a [b]", "a [b"), ("stop [a] [b]", "[a] [b]"), ("stop done", "done")],
)
def test_what_a_return_says_is_kept_however_it_is_written(said, answer):
    """Brackets that do not balance, several of them, none at all."""
    draft = read(
        of(row(GOAL, "find [a]"), row("find [a]", said), row(GOAL, "stop [x]"), done(GOAL, "stop [x]", ended=True))
    )
    assert draft.frames()[1].returned == answer


def test_an_unknown_head_is_invalid_at_its_position():
    """Nothing that follows shows that it was a call, whatever it is named; the next row goes on in the same call."""
    draft = read(of(
        done(GOAL, "click [12]"), row(GOAL, "fly_to [the moon]"), done(GOAL, "click [12]"),
        row(GOAL, "stop [x]"), done(GOAL, "stop [x]", ended=True),
    ))  # fmt: skip
    assert kinds(draft) == ["act", "invalid", "act", "pop"]
    assert [warned.position for warned in draft.warnings] == [1]
    assert "fly_to" in draft.warnings[0].message
    assert draft.steps[1].action == "fly_to [the moon]"
    assert ("D7", "i1") in signals(draft)


def test_the_same_head_is_a_call_where_a_later_row_has_it_as_objective():
    """No list of names: what follows decides, for each row."""
    draft = read(of(
        row(GOAL, "fly_to [mars]"), row(GOAL, "fly_to [the moon]"), done(GOAL, "click [12]"),
        row("fly_to [the moon]", "stop [there]"), row(GOAL, "stop [x]"), done(GOAL, "stop [x]", ended=True),
    ))  # fmt: skip
    assert kinds(draft) == ["invalid", "push", "act", "pop", "pop"]
    assert draft.frames()[1].policy == "fly_to"


def test_a_text_that_holds_stop_ends_the_call_and_is_flagged():
    """The released agent returns to the caller; the typing never reached the page."""
    draft = read(of(
        row(GOAL, "find [a]"), done(GOAL, "click [12]"), row("find [a]", "type [14] [bus stop] [1]"),
        row(GOAL, "stop [x]"), done(GOAL, "stop [x]", ended=True),
    ))  # fmt: skip
    assert kinds(draft) == ["push", "act", "pop", "pop"]
    assert draft.frames()[1].returned == "14"
    assert [warned.position for warned in draft.warnings] == [2]
    assert ("D18", "i2") in signals(draft)
    assert not {name for name, _ in signals(draft)} & {"D8"}


def test_a_text_that_holds_stop_at_the_root_is_one_action_and_flagged():
    """There the action is carried out, and the agent begins anew."""
    draft = read(of(
        row(GOAL, "type [14] [bus stop] [1]"), done(GOAL, "type [14] [bus stop] [1]"), done(GOAL, "click [12]"),
        row(GOAL, "stop [x]"), done(GOAL, "stop [x]", ended=True),
    ))  # fmt: skip
    assert kinds(draft) == ["act", "act", "pop"]
    assert draft.steps[0].error == TAKEN_FOR_STOP
    assert ("D18", "i0") in signals(draft)
    assert "D8" not in {name for name, _ in signals(draft)}


def test_a_policy_whose_text_holds_stop_was_never_called():
    """`find_stop [bus]` is a return to the released agent, not a call."""
    draft = read(of(
        row(GOAL, "find [a]"), row("find [a]", "find_stop [bus]"), done(GOAL, "click [12]"),
        row(GOAL, "stop [x]"), done(GOAL, "stop [x]", ended=True),
    ))  # fmt: skip
    assert kinds(draft) == ["push", "pop", "act", "pop"]
    assert ("D18", "i1") in signals(draft)


def test_an_endless_loop_is_flagged():
    """The same call over and over with nothing done, until the budget ends it."""
    rows = [one for _ in range(6) for one in (row(GOAL, "find [a]"), row("find [a]", "stop [x]"))]
    draft = read(of(*rows, done(GOAL, "scroll [down]", ended=True, action_limit_exceeded=True)))
    found = {name for name, _ in signals(draft)}
    assert {"D11", "D15"} <= found
    episode = draft.episode("x")
    assert (episode.status, episode.end_reason) == ("failed", "steps")
    assert draft.frames()[0].end == "limit"


def test_a_call_is_known_however_it_is_spaced():
    """The text of the call and the objective made of it need not have the same blanks."""
    draft = read(of(
        row(GOAL, "find\n[a  b]"), done(GOAL, "click [12]"), row("find [a b]", "stop [1]"),
        row(GOAL, "stop [x]"), done(GOAL, "stop [x]", ended=True),
    ))  # fmt: skip
    assert (kinds(draft), draft.warnings) == (["push", "act", "pop", "pop"], [])


def test_what_comes_after_the_end_changes_nothing_of_it():
    """The row that says it was over has the outcome and the answer."""
    draft = read(of(
        row(GOAL, "stop [x]"), done(GOAL, "stop [x]", ended=True, reward=1.0), done(GOAL, "click [12]"),
    ))  # fmt: skip
    episode = draft.episode("x")
    assert (episode.status, episode.end_reason, episode.answer) == ("success", "stop", "x")
    assert [warned.position for warned in draft.warnings] == [2]


def test_calls_that_never_returned_are_closed_where_their_caller_goes_on():
    """A row of the caller shows that what it called is over; at the end of a cut log they stay open."""
    draft = read(of(
        row(GOAL, "find [a]"), row("find [a]", "look [b]"), row("look [b]", "peek [c]"), row("peek [c]", "stop [1]"),
        row("find [a]", "stop [2]"), row(GOAL, "again [d]"), row("again [d]", "peek [c]"), row("peek [c]", "stop [1]"),
        done(GOAL, "click [12]"),
    ))  # fmt: skip
    ends = [(frame.objective, frame.end) for frame in draft.frames()]
    assert ends == [
        (GOAL, "abandoned"), ("find [a]", "returned"), ("look [b]", "returned"), ("peek [c]", "returned"),
        ("again [d]", "abandoned"), ("peek [c]", "returned"),
    ]  # fmt: skip
    assert [warned.position for warned in draft.warnings] == [4]


def test_a_call_that_the_limit_cut_off_is_known_by_an_earlier_one():
    """What it did itself leaves no row of its own; its policy is known, and nobody below it decided again."""
    draft = read(of(
        row(GOAL, "find [a]"), row("find [a]", "stop [1]"), row(GOAL, "find [b]"),
        done(GOAL, "click [12]"), done(GOAL, "scroll [down]", ended=True, action_limit_exceeded=True),
    ))  # fmt: skip
    assert kinds(draft) == ["push", "pop", "push", "act", "act"]
    assert [(frame.objective, frame.end) for frame in draft.frames()][1:] == [
        ("find [a]", "returned"),
        ("find [b]", "limit"),
    ]


@pytest.mark.parametrize(
    ("action", "kind", "said"),
    [
        ("fly_to [the moon]", "invalid", "fly_to [the moon]"),
        ("click 12", "invalid", "click 12"),
        ("Click [12]", "act", "click [12]"),
        ("open [http://shop.test/a]", "act", "goto [http://shop.test/a]"),
        ("copy [42]", "note", "note [42]"),
    ],
)
def test_what_the_environment_was_given_is_read_as_it_reads_it(action, kind, said):
    """The agent's environments take a verb in any case, and do nothing on what they do not know."""
    draft = read(of(done(GOAL, action), row(GOAL, "stop [x]"), done(GOAL, "stop [x]", ended=True)))
    assert (draft.steps[0].kind, draft.steps[0].action) == (kind, said)
    assert [warned.position for warned in draft.warnings] == ([0] if kind == "invalid" else [])


def test_an_action_logged_when_decided_and_when_carried_out_is_one_step():
    """Whatever it is, and also where the second row has the root's objective, as carried out ones do."""
    draft = read(of(
        row(GOAL, "press [Enter]"), done(GOAL, "press [Enter]"), row(GOAL, "find [a]"),
        row("find [a]", "click [12]"), done(GOAL, "click [12]"), row("find [a]", "stop [1]"),
        row(GOAL, "stop [x]"), done(GOAL, "stop [x]", ended=True),
    ))  # fmt: skip
    assert (kinds(draft), draft.warnings) == (["act", "push", "act", "pop", "pop"], [])
    assert [step.error for step in draft.steps] == [None] * 5
    assert "D18" not in {name for name, _ in signals(draft)}


def test_an_action_that_was_never_carried_out_is_said_to_be_one():
    """The released agent knows fewer actions than there are; a stop that ended nothing is told too."""
    draft = read(of(
        row(GOAL, "go_forward []"), row(GOAL, "go_forward"), row(GOAL, "stop [1]"),
        row(GOAL, "stop [2]"), done(GOAL, "stop [2]", ended=True),
    ))  # fmt: skip
    assert kinds(draft) == ["invalid", "invalid", "note", "pop"]
    assert [warned.position for warned in draft.warnings] == [0, 1, 2]
    assert draft.warnings[1].message == "'go_forward' was decided and never carried out."
    assert "went on" in draft.warnings[2].message


def test_broken_rows_are_told_by_position_and_the_rest_is_read():
    """Wrong types, missing actions, unknown fields."""
    good = {**done(GOAL, "click [12]"), "my_field": {"kept": [1]}}
    draft = read(of(good, 5, {"objective": 3, "action": ["x"], "done": False}, {"done": True}, None))  # type: ignore[arg-type]  # broken on purpose
    assert kinds(draft) == ["act", "invalid", "invalid"]
    assert sorted(str(warned.position) for warned in draft.warnings) == ["1", "2", "3", "4"]
    assert {"kept": [1]} in [entry.get("my_field") for entry in draft.raw]


MINIWOB = "<body id=1 val= />\n<input_text id=4 val=tt />\n<button id=5 val=Sub > mit />\n<t id=-6 val=Name: />"


def test_a_log_of_miniwob_has_its_seed_task_and_elements():
    """Its pages are tags without an address; the page itself ends the episode, well or badly."""
    rows = [done("Enter x", action, url="") for action in ("type [4] [x]", "click [5]")]
    last = {**rows[1], "done": True, "reward": 0.9, "success": 1.0, "num_actions": 2}
    told = {"task": "enter-text", "seed": 7, "model": "m", "trajectory": [rows[0], last]}
    for one in told["trajectory"]:
        one["observation"] = MINIWOB
    draft = read(told)
    episode = draft.episode("x")
    assert (episode.task, episode.seed, episode.status, episode.end_reason) == (
        "miniwob:enter-text",
        7,
        "success",
        None,
    )
    assert [(step.target.role, step.target.name) for step in draft.linked()] == [
        ("textbox", "tt"),
        ("button", "Sub > mit"),
    ]
    assert draft.frames()[0].end == "ended"
    told["trajectory"][1] = {**last, "reward": -1.0, "success": 0.0}
    assert read(told).episode("x").end_reason is None
    told["trajectory"][1] = {**last, "reward": -1.0, "success": 0.0, "num_actions": 31}
    assert read(told).episode("x").end_reason == "steps"


def test_a_flat_agent_keeps_what_its_model_was_asked():
    """Only these logs hold prompts; notes are notes."""
    asked = [{"role": "system", "content": "Do it."}, {"role": "user", "content": "The page"}]
    draft = read(of({**done(GOAL, "note [seen]"), "prompt": asked}, done(GOAL, "stop [x]", ended=True)))
    assert [part.text for part in draft.calls[0].prompt] == ["Do it.", "The page"]
    assert (draft.steps[0].kind, draft.steps[0].call, draft.warnings) == ("note", 1, [])


def test_targets_are_the_elements_of_the_page_before():
    """What was pressed has the name it has on the page, and the page its title and address."""
    draft = read(log(Call(GOAL, ["click [12]"], "x")))
    step = draft.linked()[0]
    assert (step.target.role, step.target.name) == ("link", "Orders")
    page = draft.observations[step.observation_before]
    assert (page.url, page.title) == ("http://shop.test/", "Shop")
    assert "[12] link 'Orders'" in page.text


def test_addresses_written_after_the_action_are_put_before_it():
    """Some logs give where the action led: a call and the action after it, on one page, tell."""
    first, second = "http://shop.test/1", "http://shop.test/2"
    draft = read(of(
        row(GOAL, "find [a]", url=first), done(GOAL, "click [12]", url=second), row("find [a]", "stop [x]", url=second),
        row(GOAL, "stop [x]", url=second), done(GOAL, "stop [x]", ended=True, url=second),
    ))  # fmt: skip
    urls = [draft.observations[step.observation_before].url for step in draft.steps]
    assert urls == [first, first, second, second]


KEYS = st.sampled_from(
    ["objective", "action", "url", "observation", "done", "success", "reward", "reason", "error", "x"]
)
VALUES = (
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=30)
    | st.sampled_from([GOAL, "find [a]", "stop", "stop [x]", "click [12]", "click [", "find", PAGE, "[[[", "a-b [c]"])
    | st.lists(st.integers(), max_size=3)
)  # fmt: skip


@given(st.lists(st.dictionaries(KEYS, VALUES, max_size=8) | st.none(), max_size=12))
def test_no_log_breaks_the_reader(rows):
    """Whatever rows say, there is an episode with a call tree, or one sentence that says why not."""
    if all(row is None for row in rows):
        with pytest.raises(BadRecording, match="no rows"):
            read({"trajectory": rows})
        return
    draft = read({"trajectory": rows})
    frames = draft.frames()
    assert frames[0].depth == 1
    assert all(warned.message for warned in draft.warnings)
    assert len(draft.linked()) == len(draft.steps)
    if draft.steps:
        draft.episode("x")


@pytest.mark.foreign
@pytest.mark.parametrize(
    ("name", "expected", "depth"),
    [
        ("depth2", ["push", "act", "act", "act", "pop", "pop"], 2),
        ("text_stop", ["act", "act", "pop"], 1),
        ("limit", ["act"] * 9, 1),
    ],
)
def test_logs_of_others_are_read(name, expected, depth):
    """The released agent's own logs."""
    draft = read(json.loads(foreign(f"step-logs/{name}.json").read_text()))
    assert kinds(draft) == expected
    assert draft.episode("x").max_depth == depth
    assert ("D18" in {one for one, _ in signals(draft)}) == (name == "text_stop")
    assert ("D15" in {one for one, _ in signals(draft)}) == (name == "limit")
