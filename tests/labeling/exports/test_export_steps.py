"""Step records, transitions of the call hierarchy and timelines: every step once, the tree as it is."""

from __future__ import annotations

import ast
import csv
import io
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeling.exports.browsergym import BrowserGymRow, translated, write_browsergym
from labeling.exports.material import Labelled
from labeling.exports.timelines import COLUMNS, eaf, write_csv
from labeling.exports.transitions import BEGUN, HighRow, LowRow, ProgressRow, write_transitions
from labeling.model import LabelTree
from labeling.prompts.turns import Demonstration
from tests.builders import Recording
from tests.labeling.exports.material import reviewed, signed_up, source, written
from tests.workspaces import signing_up
from traces.actions import VERBS, Action, parse_action


def _unlabelled(made):
    """The recording under a tree without calls."""
    demo = Demonstration(made.episode, tuple(made.steps), made.observation)
    tree = LabelTree(episode=made.episode_id, uids=tuple(made.uids))
    return Labelled(demo, tree, "ls-1", "train")


def steps(one):
    memory, out = written(write_browsergym, source(one))
    return [BrowserGymRow.model_validate(row) for row in memory.rows(f"{one.split}.jsonl")], out


def tables(one):
    memory, out = written(write_transitions, source(one))
    kinds = {"high": HighRow, "low": LowRow, "progress": ProgressRow}
    names = {table: f"{table}/{one.split}.jsonl" for table in kinds}
    found = {t: [kinds[t].model_validate(row) for row in memory.rows(n)] for t, n in names.items() if n in memory.files}
    return found, out


def test_each_step_is_a_record_with_what_went_before():
    """The last action is the record's before; the stack says which calls are open; the end is a message."""
    rows, _ = steps(signed_up())
    assert [row.action for row in rows] == [
        'fill("3", "ana")', 'fill("4", "ana@x.org")', 'click("5")', 'click("10")', 'send_msg_to_user("")',
    ]  # fmt: skip
    assert [row.last_action for row in rows[1:]] == [row.action for row in rows[:-1]]
    assert rows[0].stack == ("fill_form [Username: ana; E-mail: ana@x.org]", "fill_text [Username] [ana]")
    assert [row.policy for row in rows] == ["fill_text", "fill_text", "fill_form", "planner", "planner"]
    assert (rows[-1].terminated, rows[-1].reward, rows[-1].url) == (True, 1.0, "http://desk.test/desk")


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("click [5] [Control]", 'click("5", modifiers=["Control"])'),
        ("click [5] [middle]", 'click("5", button="middle")'),
        ("rightclick [5]", 'click("5", button="right")'),
        ('type [5] [say "hi"] [1]', 'fill("5", "say \\"hi\\"")\npress("5", "Enter")'),
        ("press [Control+A]", 'keyboard_press("Control+A")'),
        ("press [Enter] [5]", 'press("5", "Enter")'),
        ("scroll [down]", "scroll(0, 500)"),
        ("tab_focus [1]", "tab_focus(1)"),
        ("drag [1] [2]", 'drag_and_drop("1", "2")'),
        ("reload", None),
        ("dialog [accept]", None),
        ("scroll [down] [5]", None),
        ("tab_focus [__import__('os')]", None),
    ],
)
def test_actions_are_translated_or_said_to_have_no_match(ours, theirs):
    """What BrowserGym cannot do is None, never something near."""
    assert translated(parse_action(ours)) == theirs


@given(st.sampled_from(sorted(VERBS)), st.lists(st.text(max_size=12), min_size=3, max_size=3))
def test_a_translated_action_is_python_calls_of_literals(verb, texts):
    """Whatever was recorded: each line is one call whose arguments are constants or lists of them."""
    made = translated(Action(verb, tuple(texts[: VERBS[verb][1]])))
    for line in ast.parse(made or "").body:
        assert isinstance(line, ast.Expr)
        assert isinstance(line.value, ast.Call)
        for value in [*line.value.args, *(keyword.value for keyword in line.value.keywords)]:
            ast.literal_eval(value)


def test_an_action_without_a_match_is_left_out_with_its_reason():
    """The step is counted as left out; those around it stay."""
    made = Recording("Reload", "e1", fields={"task": "t:1"}).page("[1] button 'A'").do("click [1]").do("reload")
    rows, out = steps(_unlabelled(made.page("[1] button 'A'")))
    assert [row.action for row in rows] == ['click("1")', 'send_msg_to_user("")']
    assert [entry.reason for entry in out.left_out] == ["BrowserGym has no action for reload"]


def test_the_three_tables_cover_the_tree():
    """Every call is one row of high, every own step one of low, and each of them goes on the progress."""
    one = signed_up()
    found, _ = tables(one)
    assert [row.call for row in found["high"]] == [s.call for s in one.tree.segments]
    assert sorted(row.step for row in found["low"]) == sorted(one.tree.uids)
    assert len(found["progress"]) == len(found["high"]) + len(found["low"])


def test_the_last_of_a_call_is_marked_and_rewarded():
    """Each call has exactly one end, in whichever table its last thing stands."""
    found, _ = tables(signed_up())
    ends = [row.option for row in (*found["high"], *found["low"]) if row.done]
    assert sorted(ends) == ["root", "s1", "s2", "s3"]
    assert {row.reward for row in found["low"] if row.is_last} == {1.0}
    assert {row.reward for row in found["low"] if not row.is_last} <= {0.0}


def test_a_failed_action_is_punished():
    """Its reward is -1."""
    recording = signing_up("demo1")
    recording.steps[2] = recording.steps[2].model_copy(update={"error": "covered"})
    found, _ = tables(reviewed(recording))
    assert [row.reward for row in found["low"] if row.step == "demo1-2"] == [-1.0]


def test_a_failure_is_no_reward_for_the_planner():
    """The planner's last call is worth the outcome."""
    made = Recording("x", "e1", fields={"task": "t:1", "status": "failed"})
    made.page("[1] textbox 'A'").do("type [1] [x] [0]").page("[1] textbox 'A' value='x'")
    found, _ = tables(reviewed(made))
    assert [row.reward for row in found["high"]] == [0.0]


def test_progress_grows_by_what_was_done():
    """It begins with nothing, and each row's next is the following row's before within a call."""
    found, _ = tables(signed_up())
    for option in ("root", "s1"):
        rows = [row for row in found["progress"] if row.option == option]
        assert rows[0].progress == BEGUN
        assert [row.progress for row in rows[1:]] == [row.next_progress for row in rows[:-1]]
    assert rows[-1].next_progress.startswith("Done: fill_text [Username] [ana] is finished; fill_text [E-mail]")


def test_an_elan_file_keeps_the_tree():
    """Tiers are nested, annotations lie inside one of the tier above, ids are unique, steps follow each other."""
    root = ET.fromstring(eaf(signed_up()))
    times = {slot.get("TIME_SLOT_ID"): int(slot.get("TIME_VALUE")) for slot in root.iter("TIME_SLOT")}
    tiers = {
        tier.get("TIER_ID"): [
            (times[a.get("TIME_SLOT_REF1")], times[a.get("TIME_SLOT_REF2")]) for a in tier.iter("ALIGNABLE_ANNOTATION")
        ]
        for tier in root.iter("TIER")
    }
    assert tiers == {
        "depth 1": [(0, 4000)],
        "depth 2": [(0, 3000)],
        "depth 3": [(0, 1000), (1000, 2000)],
        "steps": [(0, 1000), (1000, 2000), (2000, 3000), (3000, 4000)],
    }
    parents = {tier.get("TIER_ID"): tier.get("PARENT_REF") for tier in root.iter("TIER")}
    assert parents == {"depth 1": None, "depth 2": "depth 1", "depth 3": "depth 2", "steps": None}
    ids = [a.get("ANNOTATION_ID") for a in root.iter("ALIGNABLE_ANNOTATION")]
    assert len(ids) == len(set(ids)) == 8


@given(st.text(max_size=20))
def test_any_objective_makes_xml(text):
    """Whatever a page or person wrote, the document can be parsed."""
    one = _unlabelled(Recording(text or "x", "e1").page("[1] button 'A'").do("click [1]"))
    assert ET.fromstring(eaf(one).encode("utf-8", "backslashreplace")).tag == "ANNOTATION_DOCUMENT"


def test_the_table_has_every_call_and_no_formula():
    """One row a call and one for the planner; a text that begins like a formula is told apart."""
    made = Recording("=cmd()", "e1", fields={"task": "t:1"}).page("[1] button 'A'").do("click [1]")
    memory, _ = written(write_csv, source(signed_up(), _unlabelled(made)))
    rows = list(csv.DictReader(io.StringIO(memory.text("calls.csv"))))
    assert tuple(rows[0]) == COLUMNS
    assert [row["segment"] for row in rows] == ["root", "s1", "s2", "s3", "root"]
    assert [row["parent"] for row in rows[1:4]] == ["root", "s1", "s1"]
    assert rows[4]["call"] == "'=cmd()"
