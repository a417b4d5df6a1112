"""BrowserGym-style JSON and AgentLab's folders: as others write them, as we export them, and as nobody should."""

from __future__ import annotations

import ast
import base64
import io
import json
import pickle
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from tools.source_files import ROOT
from traces.actions import VERBS, parse_action
from traces.formats import gym_json
from traces.formats.agentlab import is_folder_of
from traces.formats.foreign import BadRecording
from traces.formats.gym_actions import ours
from traces.formats.runs import read_runs, recognise
from traces.formats.source import Source
from traces.model import Episode
from traces.observation_text import parse_observation
from traces.skeleton import build_skeleton

TREE = "RootWebArea 'Shop', focused\n\t[a12] link 'Orders', clickable, visible\n\t[a14] textbox 'Search' value='shoes'"


def png(colour=(9, 9, 9)):
    out = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(out, "PNG")
    return out.getvalue()


def step(action, tree=TREE, **more):
    obs = {
        "goal": "Find the order", "url": "http://shop.test/", "open_pages_titles": ("Shop",), "axtree_txt": tree,
        "active_page_index": [0], "last_action_error": more.pop("error", ""),
    }  # fmt: skip
    return {"step": 0, "obs": obs, "action": action, "reward": 0.0, "terminated": False, "truncated": False, **more}


def file(tmp_path, data, name="x"):
    path = tmp_path / name
    path.write_text(data if isinstance(data, str) else json.dumps(data))
    return Source(path)


def only(tmp_path, data):
    source = file(tmp_path, data)
    assert recognise(source).name == "browsergym"
    (draft,) = read_runs(source)
    return draft


def test_steps_become_actions_on_pages(tmp_path):
    """Goal, pages, targets, thoughts, errors of the page after, and the answer."""
    draft = only(tmp_path, [
        step("fill('a14', 'bus stop')", agent_info={"think": "Look for it."}),
        step("click('a99')"),
        step("click('a12')", error="ValueError: no element a99"),
        step("send_msg_to_user('Nr. 7')", reward=1.0),
        step(None, tree="[b1] heading 'Order 7'", reward=1.0, terminated=True),
    ])  # fmt: skip
    assert draft.objective == "Find the order"
    assert [one.action for one in draft.steps] == [
        "type [a14] [bus stop]",
        "click [a99]",
        "click [a12]",
        "stop [Nr. 7]",
    ]
    assert [one.kind for one in draft.steps] == ["act", "act", "act", "pop"]
    assert draft.steps[0].reason == "Look for it."
    assert draft.steps[1].error == "ValueError: no element a99"
    linked = draft.linked()
    assert (linked[2].target.role, linked[2].target.name) == ("link", "Orders")
    assert draft.observations[linked[3].observation_after].text == "[b1] heading 'Order 7'"
    page = draft.observations[linked[0].observation_before]
    assert (page.url, page.title) == ("http://shop.test/", "Shop")
    assert parse_observation(page.text)
    episode = draft.episode("x")
    assert (episode.status, episode.answer, episode.rewards.rule) == ("success", "Nr. 7", 1.0)
    assert draft.warnings == []


def test_each_step_has_the_reward_it_led_to(tmp_path):
    """Where a last row has no action, rewards are of the row before; else of their own."""
    told = [step("click('a12')"), step("fill('a14', 'x')", reward=0.5), step("noop()"), step(None, reward=-1.0)]
    assert [one.reward for one in only(tmp_path, told).steps] == [0.5, None, -1.0]
    assert [one.reward for one in only(tmp_path, told[:3]).steps] == [None, 0.5, None]
    header = Episode(id="x", actor="agent", objective="Find it", status="failed")
    skeleton = build_skeleton(header, only(tmp_path, told).steps, (), ())
    assert skeleton["steps"]["reward"] == [0.5, None, -1.0]
    assert "reward" not in build_skeleton(header, only(tmp_path, [step("click('a12')")]).steps, (), ())["steps"]


@pytest.mark.parametrize("shape", ["list", "object", "lines"])
def test_all_three_shapes_are_one(tmp_path, shape):
    """A list, an object with steps and facts, and a step a line."""
    steps = [step("click('a12')"), step(None, terminated=True, reward=0)]
    facts = {"task_name": "miniwob.click-link", "task_seed": 7, "model_name": "m", "cum_reward": 0.0, "steps": steps}
    data = {"list": steps, "object": facts, "lines": "\n".join(map(json.dumps, steps))}[shape]
    draft = only(tmp_path, data)
    assert [one.action for one in draft.steps] == ["click [a12]"]
    episode = draft.episode("x")
    assert episode.status == "failed"
    assert draft.frames()[0].end == "ended"
    if shape == "object":
        assert (episode.task, episode.seed, episode.model) == ("miniwob:click-link", 7, "m")


def test_what_we_exported_keeps_who_did_it_and_how_it_ended(tmp_path):
    """A demonstration that nobody judged is one again; what is no such word is passed over."""
    data = {
        "steps": [step("click('a12')", reward=0, terminated=True)],
        "stepscope": {"actor": "human", "status": "unsure"},
    }
    episode = only(tmp_path, data).episode("x")
    assert (episode.actor, episode.status) == ("human", "unsure")
    odd = only(tmp_path, {**data, "stepscope": {"actor": ["x"], "status": "running"}}).episode("x")
    assert (odd.actor, odd.status) == ("agent", "failed")


def test_lines_hold_several_episodes_and_broken_ones_are_told(tmp_path):
    """`demo_id` tells them apart; a line that is no JSON is a warning at its place."""
    lines = [
        json.dumps({"demo_id": name, "goal": name, "axtree_txt": TREE, "action": "click('a12')"}) for name in "aab"
    ]
    drafts = read_runs(file(tmp_path, "\n".join([*lines, "{broken"])))
    assert [draft.objective for draft in drafts] == ["a", "b"]
    assert [len(draft.steps) for draft in drafts] == [2, 1]
    assert [warned.position for warned in drafts[1].warnings] == [1]
    assert len({draft.key for draft in drafts}) == 2


def test_pictures_come_from_data_addresses_base64_and_files_beside(tmp_path):
    """One that is not there or no picture is a warning at its step; none leads out of the folder."""
    (tmp_path / "in").mkdir()
    (tmp_path / "secret.png").write_bytes(png())
    (tmp_path / "in" / "s1.png").write_bytes(png((1, 2, 3)))
    coded = base64.b64encode(png((4, 5, 6))).decode()
    shots = [
        f"data:image/png;base64,{coded}",
        coded,
        "s1.png",
        "../secret.png",
        base64.b64encode(b"no").decode(),
        [[1]],
    ]
    data = [{"action": "click('a12')", "axtree_txt": TREE, "screenshot": shot} for shot in shots]
    (draft,) = read_runs(file(tmp_path / "in", data))
    assert [one.picture_before is not None for one in draft.steps] == [True, True, True, False, False, False]
    assert [warned.position for warned in draft.warnings if isinstance(warned.position, int)] == [3, 4, 5]
    assert not any("base64" in json.dumps(entry) or coded in json.dumps(entry) for entry in draft.raw)


def test_a_tree_as_chromium_gives_it_is_read(tmp_path):
    """Silent nodes are passed by, ids are BrowserGym's, boxes come along, cycles end."""
    nodes = [
        {"nodeId": "1", "role": {"value": "RootWebArea"}, "name": {"value": "Shop"}, "childIds": ["2", "4"]},
        {"nodeId": "2", "role": {"value": "generic"}, "name": {"value": ""}, "childIds": ["3", "1"]},
        {"nodeId": "3", "role": {"value": "link"}, "name": {"value": "It's [new]"}, "browsergym_id": "a1"},
        {"nodeId": "4", "role": {"value": "button"}, "name": {"value": "Go"}, "browsergym_id": "a2",
         "properties": [{"name": "disabled", "value": {"value": True}}]},
    ]  # fmt: skip
    more = {"a1": {"bbox": [1, 2, 30, 40]}, "a2": {"bbox": None}}
    seen = {"axtree_object": {"nodes": nodes}, "extra_element_properties": more, "url": "http://shop.test/"}
    draft = only(tmp_path, [{"obs": seen, "action": "click('a1')"}])
    (page,) = draft.observations.values()
    told = [(node.depth, node.id, node.role, node.name) for node in parse_observation(page.text)]
    assert told == [(0, "n1", "document", "Shop"), (1, "a1", "link", "It's [new]"), (1, "a2", "button", "Go")]
    assert "disabled" in page.text
    target = draft.linked()[0].target
    assert (target.name, target.box.width) == ("It's [new]", 30)


def test_what_the_model_was_asked_and_said_is_a_call(tmp_path):
    """Messages become prompt parts, the last of the assistant the reply; tokens and cost where they are told."""
    info = {
        "think": "So.",
        "chat_messages": [
            {"role": "system", "content": "You click."},
            {"role": "user", "content": [{"type": "text", "text": "Page"}, {"type": "image_url"}]},
            {"role": "assistant", "content": "click('a12')"},
        ],
    }
    draft = only(tmp_path, [step("click('a12')", agent_info=info, stats={"input_tokens": 12, "cost": 0.5})])
    (asked,) = draft.calls
    assert [part.role for part in asked.prompt] == ["system", "user"]
    assert (asked.reply, asked.fields["tokens_in"], asked.fields["cost"]) == ("click('a12')", 12, 0.5)
    assert draft.steps[0].call == 1


@pytest.mark.parametrize(
    ("code", "action"),
    [
        ("click('a5', button='right')", "rightclick [a5]"),
        ("click('a5', modifiers=['Shift'])", "click [a5] [Shift]"),
        ("click(bid='a5')", "click [a5]"),
        ("fill('a5', 'a]b\\n')\npress('a5', 'Enter')", "type [a5] [a\\]b\\n] [1]"),
        ("select_option('a5', ['x', 'y'])", "select [a5] [x, y]"),
        ("scroll(0, -200.5)", "scroll [up]"),
        ("scroll(300, 1)", "scroll [right]"),
        ("press('a5', 'Enter')", "press [Enter] [a5]"),
        ("keyboard_press('ControlOrMeta+a')", "press [ControlOrMeta+a]"),
        ("keyboard_type('héllo')", "type_text [héllo]"),
        ("mouse_click(10, 20.5)", "click_at [10] [20.5]"),
        ("tab_focus(2)", "tab_focus [2]"),
        ("tab_close()", "close_tab"),
        ("noop(500)", "note [noop(500)]"),
        ("my_action('a', 3)", "my_action [a] [3]"),
        ("stop [x]", "stop [x]"),
    ],
)
def test_their_actions_are_said_in_ours(code, action):
    """Each of BrowserGym's actions, and some that are not."""
    (told,) = ours(code)
    assert told.action == action
    assert told.known
    parse_action(told.action)


@pytest.mark.parametrize(
    "code",
    [
        "import os",
        "__import__('os').system('x')",
        "page.click('a')",
        "click(",
        "x = 1",
        "click(*a)",
        "",
        "(" * 5000,
        "click()",
    ],
)
def test_code_that_is_no_action_is_kept_and_never_run(code):
    """It is an invalid step with its own text."""
    (told,) = ours(code)
    assert not told.known
    assert told.action


@given(
    st.text(max_size=80)
    | st.builds("{}({!r}, {!r})".format, st.sampled_from(["fill", "press", "stop"]), st.text(), st.text())
)
def test_any_text_is_some_action(code):
    """What is said to be known can be read; nothing breaks."""
    for told in ours(code):
        assert told.action
        if told.known and parse_action(told.action).name in VERBS:
            assert str(parse_action(told.action)) == told.action or told.action == code.strip()


KEYS = [
    "obs",
    "action",
    "axtree_txt",
    "axtree_object",
    "screenshot",
    "reward",
    "agent_info",
    "stepscope",
    "url",
    "profiling",
]
JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.integers() | st.text(max_size=20)
    | st.sampled_from(["click('a')", "send_msg_to_user('x')", "push", "pop", "find [a]", TREE]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*KEYS, "kind", "nodes", "goal"]), inner, max_size=5)
    ),
)  # fmt: skip


@given(st.lists(st.dictionaries(st.sampled_from(KEYS), JSON, max_size=6), min_size=1, max_size=5))
def test_no_steps_break_the_reader(tmp_path_factory, steps):
    """Whatever they hold, there is an episode or a sentence why not."""
    source = Source(tmp_path_factory.getbasetemp() / "none.json")
    try:
        draft = gym_json.read_steps({}, steps, source)
    except BadRecording as error:
        told = str(error)
    else:
        told = draft.episode("x").status
        assert len(draft.linked()) == len(draft.steps)
    assert told


@pytest.fixture(name="folder")
def folder_fixture(tmp_path):
    """What AgentLab leaves of an episode."""
    folder = tmp_path / "2024-10-31_14-35-12_GenericAgent-gpt-4o_on_miniwob.click-test_5"
    folder.mkdir()
    summary = {
        "n_steps": 2,
        "cum_reward": 1.0,
        "err_msg": None,
        "stats.cum_steps": 3,
        "terminated": True,
        "truncated": False,
    }
    (folder / "summary_info.json").write_text(json.dumps(summary))
    for number in range(3):
        (folder / f"screenshot_step_{number}.png").write_bytes(png((number, 0, 0)))
    for name in ("exp_args.pkl", "step_0.pkl.gz"):
        (folder / name).write_bytes(pickle.dumps(print))
    head = "2024-10-31 14:35:{:02d},120 - browsergym.experiments.loop - INFO - "
    (folder / "experiment.log").write_text(
        f"{head.format(1)}Running experiment\n{head.format(2)}Press it.\n\naction:\nclick('13')\n\n"
        f"{head.format(3)}action:\nsend_msg_to_user('done')\n"
    )
    return folder


def test_a_folder_gives_actions_thoughts_and_film_and_no_pickle_is_loaded(folder, monkeypatch):
    """Summary, pictures and log; agent, task and seed are in its name; warnings say how to have the pages."""
    for name in ("load", "loads", "Unpickler"):
        monkeypatch.delattr(pickle, name)
    source = Source(folder)
    assert is_folder_of(folder)
    assert recognise(source).name == "agentlab"
    (draft,) = read_runs(source)
    assert [one.action for one in draft.steps] == ["click [13]", "stop [done]"]
    assert draft.steps[0].reason == "Press it."
    linked = draft.linked()
    assert len({linked[0].picture_before, linked[0].picture_after, linked[1].picture_after}) == 3
    episode = draft.episode("x")
    assert (episode.task, episode.seed, episode.model, episode.status) == (
        "miniwob:click-test", 5, "GenericAgent-gpt-4o", "success"
    )  # fmt: skip
    assert any("how to convert" in warned.message for warned in draft.warnings)


def test_the_log_of_a_folder_tells_when_and_the_summary_how_much(folder):
    """A step lasts until the next was decided; tokens are the episode's."""
    summary = json.loads((folder / "summary_info.json").read_text())
    (folder / "summary_info.json").write_text(json.dumps({**summary, "stats.cum_input_tokens": 900}))
    (draft,) = read_runs(Source(folder))
    episode = draft.episode("x")
    assert [(step.started, step.ended) for step in draft.steps] == [(0, 1000), (1000, 1000)]
    assert (episode.started, episode.tokens_in) == (1730385302.12, 900)


def test_a_crash_is_told_by_the_log_where_the_summary_was_never_written(folder):
    """The folder's name is the one name the episode has, also with the letters older versions put behind it."""
    folder = folder.rename(folder.with_name(f"{folder.name}_e6f8ec"))
    (folder / "summary_info.json").unlink()
    with (folder / "experiment.log").open("a") as log:
        log.write("2024-10-31 14:35:09,000 - loop - WARNING - Exception uncaught by agent or environment in task x.\n")
        log.write("ValueError:\nbroken\nTraceback (most recent call last):\n  File\n")
    (draft,) = read_runs(Source(folder))
    episode = draft.episode("x")
    assert (episode.objective, episode.seed, episode.status) == ("miniwob:click-test", 5, "error")
    said = {warned.position: warned.message for warned in draft.warnings}
    assert said["err_msg"].endswith("ValueError:\nbroken")


def test_an_open_page_gives_no_reward(tmp_path):
    """`openended` has no measure of success; what was cut has the limit as its reason."""
    head = {"summary_info": {"task_name": "openended", "cum_reward": 0, "truncated": True}}
    (draft,) = read_runs(file(tmp_path, {**head, "steps": [step("noop()")]}))
    episode = draft.episode("x")
    assert (episode.status, episode.rewards.rule, episode.end_reason) == ("unsure", None, "steps")
    assert draft.steps[0].kind == "note"


def test_a_step_lasts_until_the_environment_was_done(tmp_path):
    """When that was stands with the page that follows; texts alone are messages in turn."""
    steps = [
        step("click('a12')", profiling={"agent_start": 10.0, "agent_stop": 11.0},
             agent_info={"chat_messages": ["Be brief.", "The page", "click('a12')"]}),
        step(None, profiling={"env_stop": 14.5}),
    ]  # fmt: skip
    (draft,) = read_runs(file(tmp_path, steps))
    assert (draft.steps[0].started, draft.steps[0].ended) == (0, 4500)
    assert [part.role for part in draft.calls[0].prompt] == ["system", "user"]
    assert draft.calls[0].reply == "click('a12')"


def test_a_folder_without_its_log_keeps_its_film(folder):
    """What was done is not known, and said."""
    (folder / "experiment.log").unlink()
    (draft,) = read_runs(Source(folder))
    assert [one.kind for one in draft.steps] == ["note", "note"]
    assert "0 of 2" in " ".join(warned.message for warned in draft.warnings)


def test_a_folder_of_pickles_alone_is_refused_with_what_to_do(tmp_path):
    """Nothing in it is read, and the reason says why."""
    (tmp_path / "exp_args.pkl").write_bytes(pickle.dumps(print))
    with pytest.raises(BadRecording, match="never are.*how to convert"):
        read_runs(Source(tmp_path))


def test_converted_steps_are_read_instead_of_the_log(folder):
    """`steps.json` beside them holds the pages; pictures are those of the folder."""
    steps = [
        {**step("click('a12')"), "screenshot": "screenshot_step_0.png"},
        {**step(None, terminated=True), "screenshot": "screenshot_step_1.png"},
    ]
    (folder / "steps.json").write_text(json.dumps({"steps": steps}))
    (draft,) = read_runs(Source(folder))
    assert draft.format == "agentlab"
    assert draft.objective == "Find the order"
    assert draft.linked()[0].target.name == "Orders"
    assert len(draft.pictures) == 2
    assert draft.warnings == []


def test_the_script_of_the_docs_is_python():
    """What people are told to run can at least be parsed, and never loads a pickle by itself."""
    text = (ROOT / "docs" / "formats" / "foreign-runs.md").read_text(encoding="utf-8")
    (script,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    assert ast.parse(script).body
    assert "pickle" not in script


def test_an_entry_without_a_name_is_no_list_of_steps(tmp_path):
    """It crashed the look at files it stood in."""
    path = tmp_path / "x.json"
    path.write_text(json.dumps({"": None, "cum_reward": 1}))
    assert not gym_json.recognise(Source(path))
