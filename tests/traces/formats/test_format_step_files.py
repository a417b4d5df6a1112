"""Logs of the SteP agent in whatever file they lie: CSV, lists, lines, cut files; odd names of policies."""

from __future__ import annotations

import csv
import gzip
import io
import json
import random

import pytest

from tests.traces.formats.released_step import Call, done, log, of, row
from tests.traces.formats.test_format_step_logs import GOAL, kinds
from traces.draft import Draft
from traces.formats.foreign import BadRecording
from traces.formats.runs import read_runs, recognise
from traces.formats.source import Source
from traces.formats.step_logs import policy_name, read

DEEP = 'look_für [a, "b" [c],\nd]'
RUN = log(Call(GOAL, [Call("find [x]", [Call(DEEP, ["click [12]"], "[1], [2]")], "y"), "click [14]"], "z [w]"))
LIVE = (
    '<button id=18 title="Travelers">1 Adult</button>\n<input id=24 text>Rome</input>\n<link id=9 aria-label="Cart"/>'
)


def source(tmp_path, data: bytes | str) -> Source:
    path = tmp_path / "file"
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return Source(path)


def table(rows: list[dict], columns: list[str] | None = None, separator: str = ",") -> str:
    names = columns or list(dict.fromkeys(name for one in rows for name in one))
    text = io.StringIO()
    writer = csv.DictWriter(text, names, delimiter=separator)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def told(draft: Draft) -> list[tuple]:
    steps = [(step.kind, step.action, step.reason, step.error) for step in draft.steps]
    return [*steps, *((frame.depth, frame.objective, frame.returned) for frame in draft.frames())]


@pytest.mark.parametrize("shape", ["csv", "shuffled", "semicolons", "list", "lines"])
def test_rows_are_the_same_run_in_any_file(tmp_path, shape):
    """The order of columns and what separates them says nothing; the stack comes back as from the JSON."""
    rows = RUN["trajectory"]
    columns = random.Random(4).sample(list(rows[-1]), len(rows[-1]))
    data = {
        "csv": table(rows),
        "shuffled": "\ufeff" + table(rows, columns),
        "semicolons": table(rows, separator=";"),
        "list": json.dumps(rows),
        "lines": "\n".join(json.dumps(one) for one in rows),
    }[shape]
    found = source(tmp_path, data)
    assert recognise(found).name == "step"
    (draft,) = read_runs(found)
    assert told(draft) == told(read(RUN))
    assert max(frame.depth for frame in draft.frames()) == 3
    assert draft.episode("x").status == "success"


def test_one_file_may_hold_many_runs(tmp_path):
    """Told apart by the columns that name a run; JSON lines may each be a whole log."""
    rows = [{"task": task, "seed": 3, **one} for task in ("a", "b") for one in RUN["trajectory"]]
    drafts = read_runs(source(tmp_path, table(rows)))
    assert [(one.header["task"], one.header["seed"]) for one in drafts] == [("miniwob:a", 3), ("miniwob:b", 3)]
    assert len({one.key for one in drafts}) == 2
    lines = "\n".join(json.dumps({**RUN, "id": number}) for number in range(3))
    assert len(read_runs(source(tmp_path, lines))) == 3


def test_a_log_that_breaks_off_is_read_as_far_as_it_goes(tmp_path):
    """The row it ends in is left out, and a remark says so; packed too."""
    whole = json.dumps(RUN)
    cut = whole[: whole.rindex('"reason"')]
    (draft,) = read_runs(source(tmp_path, cut))
    assert [step.action for step in draft.steps][:2] == ["find [x]", told(read(RUN))[1][1]]
    assert len(draft.steps) == len(read(RUN).steps)  # the row that was cut doubled the one before it
    assert [one.position for one in draft.warnings][-1] == "end"
    packed = gzip.compress(whole.encode())
    (draft,) = read_runs(source(tmp_path, packed[: len(packed) - 30]))
    assert draft.steps[0].action == "find [x]"


def test_a_table_that_breaks_off_loses_its_last_row_only(tmp_path):
    """A CSV ends in a row with fewer cells than there are columns."""
    text = table(RUN["trajectory"])
    (draft,) = read_runs(source(tmp_path, text[: text.rindex("False") - 200]))
    assert draft.steps[0].action == "find [x]"
    assert draft.warnings[-1].position == "end"


def test_any_name_may_be_called():
    """Whatever a later row was decided for was a policy: its name is written as ours can be, and that is told."""
    names = ["搜索 [x]", "sub-task.v2 [y]", "note [z]", "2nd"]
    rows = []
    for name in names:
        rows += [row(GOAL, name), done(GOAL, "click [12]"), row(name, "stop [ok]")]
    draft = read(of(*rows, row(GOAL, "stop [end]")))
    assert [step.action for step in draft.steps if step.kind == "push"] == [
        "call_u641c_u7d22 [x]", "sub_task_v2 [y]", "call_note [z]", "call_2nd",
    ]  # fmt: skip
    assert [warned.position for warned in draft.warnings] == [0, 3, 6, 9]
    assert policy_name("find_orders") == "find_orders"


def test_truth_written_as_a_word_is_understood():
    """`"done": "False"` is not the end of an episode."""
    draft = read(of(done(GOAL, "click [12]") | {"done": "False"}, done(GOAL, "stop [a]") | {"done": "True"}))
    assert (kinds(draft), draft.header["end_reason"]) == (["act", "pop"], "stop")


def heap(label: bool = False, policy: str = "") -> list[dict]:
    """Two demonstrations of three steps, as HeaP's collector writes them."""
    rows = []
    for episode in (0, 1):
        for step, action in enumerate(["TYPE 24 Rome, Italy", "CLICK 18", "CLEAR 24"]):
            one = {"context": 'Fly, "one way"', "url": "https://air.test/", "episode": episode, "time_step": step}
            one |= {"browser_content": LIVE, "action": action}
            rows.append(one | ({"label": 'FILL_TEXT City "Rome"' if step < 2 else "CLICK Search"} if label else {}))
    return [{"policy": policy, **one} for one in rows] if policy else rows


def test_the_first_releases_demonstrations_are_read_from_csv(tmp_path):
    """Each is a person's; elements are those of the page."""
    found = source(tmp_path, table(heap()))
    assert recognise(found).name == "step"
    one, other = read_runs(found)
    assert [step.action for step in one.linked()] == ["type [24] [Rome, Italy]", "click [18]", "type [24] []"]
    assert [(step.target.role, step.target.name) for step in one.linked()][1] == ("button", "1 Adult")
    assert (one.episode("x").actor, one.objective) == ("human", 'Fly, "one way"')
    assert (one.warnings, other.warnings) == ([], [])
    assert read_runs(source(tmp_path, table(heap(policy="heap_fewshot"))))[0].episode("x").actor == "agent"


def test_equal_labels_in_a_row_are_one_call(tmp_path):
    """`CLICK ...` is the label of a single action: no call."""
    one = read_runs(source(tmp_path, table(heap(label=True))))[0]
    assert kinds(one) == ["push", "act", "act", "pop", "act"]
    assert one.steps[0].action == "fill_text [City] [Rome]"


def test_a_log_that_never_counts_its_steps_is_one_run(tmp_path):
    """The airline's environment left every time step at 0."""
    rows = [{"time_step": 0, "browser_content": LIVE, "action": action} for action in ("CLICK 18", "PRESS x")]
    (draft,) = read_runs(source(tmp_path, table(rows)))
    assert kinds(draft) == ["act", "invalid"]
    assert [warned.position for warned in draft.warnings] == [1]


def test_a_table_of_results_is_no_run(tmp_path):
    """`summary.csv` beside the logs has no steps."""
    results = table([{"task": "a", "seed": 1, "success": 1.0, "num_actions": 3}])
    assert recognise(source(tmp_path, results)) is None
    with pytest.raises(BadRecording):
        read_runs(source(tmp_path, "objective,action\n"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_a_text_is_read_however_it_is_encoded(tmp_path, encoding):
    """A shell of Windows writes what it redirects as UTF-16."""
    (draft,) = read_runs(source(tmp_path, json.dumps(RUN, ensure_ascii=False).encode(encoding)))
    assert draft.steps == read(RUN).steps


def test_a_file_packed_twice_is_read(tmp_path):
    """As a download of a packed log may be."""
    (draft,) = read_runs(source(tmp_path, gzip.compress(gzip.compress(json.dumps(RUN).encode()))))
    assert draft.steps == read(RUN).steps


def test_line_separators_within_a_text_end_no_line(tmp_path):
    """JSON lines end at line feeds alone."""
    rows = [done(GOAL, "type [14] [a\u2028b\x85c] [1]"), done(GOAL, "stop [x]", ended=True)]
    (draft,) = read_runs(source(tmp_path, "\n".join(json.dumps(one, ensure_ascii=False) for one in rows)))
    assert (kinds(draft), draft.warnings) == (["act", "pop"], [])


def test_a_cut_log_has_no_end_and_no_answer(tmp_path):
    """The stop it breaks off after is that of a call, and its reward of 0 is none yet."""
    rows = [row(GOAL, "find [a]"), done(GOAL, "click [12]"), row("find [a]", "stop [1]"), done(GOAL, "scroll [down]")]
    text = json.dumps(of(*rows))
    (draft,) = read_runs(source(tmp_path, text[: text.rindex("scroll")]))
    episode = draft.episode("x")
    assert kinds(draft) == ["push", "act", "pop"]
    assert (episode.status, episode.end_reason, episode.answer) == ("unsure", None, None)


def test_a_line_that_is_no_log_is_told(tmp_path):
    """The logs around it are episodes."""
    drafts = read_runs(source(tmp_path, f"{json.dumps(RUN)}\nbroken{{\n{json.dumps({**RUN, 'id': 8})}"))
    assert [len(draft.steps) for draft in drafts] == [len(read(RUN).steps)] * 2
    assert drafts[0].warnings[-1].position == "entry 1"


def test_an_empty_cell_may_be_written_as_a_word(tmp_path):
    """Tables of pandas have `nan` where a call has no reward and is not done; a cut one has no outcome."""
    rows = [{"done": "nan", "success": "NaN", **one} for one in RUN["trajectory"]]
    text = table(rows)
    (draft,) = read_runs(source(tmp_path, text))
    assert kinds(draft) == kinds(read(RUN))
    (cut,) = read_runs(source(tmp_path, text[: text.rindex("stop")]))
    assert (cut.episode("x").status, cut.warnings[-1].position) == ("unsure", "end")


def test_a_log_without_rows_says_so(tmp_path):
    """It is known for what it is, and nothing is to be imported."""
    with pytest.raises(BadRecording, match="no rows"):
        read_runs(source(tmp_path, json.dumps(of())))
