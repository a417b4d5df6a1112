"""The BrowserGym adapter: actions in its words, its tree in our text, and the pipe, at whose end a stand-in answers."""

from __future__ import annotations

import ast
import base64
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from browser import gym
from browser.environment import check_environment
from browser.errors import EnvironmentFailed
from browser.gym import GymEnvironment, gym_code, gym_python
from browser.gym_peer import described
from tests.counts import soak
from traces.actions import Action
from traces.observation_text import parse_observation

STAND_IN = '''#!{python}
"""Speaks the peer's part for one page with a button."""
import json, sys
SEEN = {{"url": "http://page.test/", "title": "Page", "tabs": 1, "text": "[4] button 'Go'",
        "boxes": {{"4": [1, 2, 30, 10]}}, "picture": "{picture}"}}
for line in sys.stdin:
    asked = json.loads(line)
    told = {{}}
    if asked["do"] == "make" and asked["name"] == "miniwob.none":
        told = {{"failed": "NameNotFound: no such task"}}
    elif asked["do"] == "reset":
        told = {{**SEEN, "ms": 1.0, "goal": f"Press Go ({{asked['seed']}})"}}
    elif asked["do"] == "step":
        if asked["code"] == "click('9')":
            sys.exit(3)
        right = asked["code"] == "click('4')"
        told = {{**SEEN, "ms": 1.0, "title": "Done", "reward": float(right), "done": right, "error": None}}
    print(json.dumps(told), flush=True)
'''
PICTURE = b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + (332).to_bytes(4) + (214).to_bytes(4)


@pytest.fixture
def python(tmp_path: Path) -> Path:
    """A stand-in for the Python that has BrowserGym: it runs its own text, whatever script it is given."""
    path = tmp_path / "python"
    text = STAND_IN.format(python=sys.executable, picture=base64.b64encode(PICTURE).decode())
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)
    return path


def test_a_task_is_played_over_the_pipe(python: Path):
    """Objective, observation, picture, size, what changed, and the reward of the last step."""
    environment = GymEnvironment("browsergym:miniwob.click-test", python=python)
    try:
        start = environment.reset(7)
        assert (start.objective, start.viewport, start.terms) == ("Press Go (7)", (332, 214), ("BrowserGym",))
        assert start.view.picture == PICTURE
        unknown = environment.act(Action("upload", ("4", "a.txt")))
        assert unknown.error == "BrowserGym knows no action for upload; nothing was done."
        effect = environment.act(Action("click", ("4",)))
        assert (effect.changed, effect.done, effect.reward) == (("title",), True, 1.0)
        assert effect.target is not None
        assert effect.target.name == "Go"
        assert environment.outcome("done").success
    finally:
        environment.close()


def test_a_peer_that_refuses_or_dies_is_said(python: Path):
    """In the peer's own words; nothing hangs."""
    with pytest.raises(EnvironmentFailed, match="could not make: NameNotFound"):
        GymEnvironment("browsergym:miniwob.none", python=python)
    environment = GymEnvironment("browsergym:miniwob.click-test", python=python)
    environment.reset(1)
    with pytest.raises(EnvironmentFailed, match="could not step: its process has ended"):
        environment.act(Action("click", ("9",)))
    environment.close()


def test_without_browsergym_it_is_said_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Before anything is started; a Python that is named is used."""
    monkeypatch.delenv(gym.VARIABLE, raising=False)
    monkeypatch.setenv("STEPSCOPE_CACHE", str(tmp_path))
    with pytest.raises(EnvironmentFailed, match="environments add browsergym"):
        check_environment("browsergym:miniwob.click-test")
    monkeypatch.setenv(gym.VARIABLE, sys.executable)
    assert gym_python() == Path(sys.executable)
    check_environment("browsergym:miniwob.click-test")


@given(st.text(), st.sampled_from(["type", "select", "goto", "press"]))
def test_what_is_typed_stays_words(text: str, verb: str):
    """Whatever a text holds, it is one argument of one call, never code."""
    args = (text,) if verb in ("goto", "press") else ("12", text)
    tree = ast.parse(gym_code(Action(verb, args)) or "", mode="eval").body
    assert isinstance(tree, ast.Call)
    assert [ast.literal_eval(arg) for arg in tree.args][-1] == (text if verb != "press" else text)


@pytest.mark.parametrize(
    ("action", "code"),
    [
        (Action("click", ("12-t3",)), "click('12')"),
        (Action("rightclick", ("12",)), "click('12', button='right')"),
        (Action("press", ("Enter", "12")), "press('12', 'Enter')"),
        (Action("drag", ("1", "2-t5")), "drag_and_drop('1', '2')"),
        (Action("scroll", ("down",)), "scroll(0, 400)"),
        (Action("tab_focus", ("1",)), "tab_focus(1)"),
        (Action("close_tab", ()), "tab_close()"),
        (Action("dialog", ("accept",)), None),
    ],
)
def test_actions_have_their_words_in_browsergym(action: Action, code: str | None):
    """Words inside an element are acted on by that element; what BrowserGym lacks is None."""
    assert gym_code(action) == code


def test_an_accessibility_tree_becomes_our_text():
    """Ids are BrowserGym's; hidden elements and a name said twice are left out; states become flags."""
    nodes = [
        node("0", "RootWebArea", "Page", ["1", "3", "6"]),
        node("1", "heading", "Log 'in'", ["2"], bid="10"),
        node("2", "StaticText", "Log 'in'"),
        node("3", "generic", "", ["4", "5"], bid="11"),
        node("4", "textbox", "Name", [], bid="12", value="Ann", focused=True, required=True),
        node("5", "checkbox", "Stay", [], bid="13", checked="false"),
        node("6", "button", "Gone", [], bid="14"),
    ]
    more = {bid: {"visibility": 1.0, "bbox": [1, 2, 3, 4]} for bid in ("10", "11", "12", "13")}
    lines, boxes = described(nodes, {**more, "14": {"visibility": 0.0, "bbox": None}})
    assert lines == [
        "[10] heading 'Log \\'in\\''",
        "[12] textbox 'Name' value='Ann' focused required",
        "[13] checkbox 'Stay' unchecked",
    ]
    assert boxes == {"10": [1, 2, 3, 4], "12": [1, 2, 3, 4], "13": [1, 2, 3, 4]}


NAMES = st.text(max_size=20)


@given(st.lists(st.tuples(st.sampled_from(["button", "StaticText", "generic", "LabelText"]), NAMES), max_size=soak(60)))
def test_every_tree_is_told_in_the_grammar(parts: list[tuple[str, str]]):
    """Any names, nested one in the other: each line can be read, no id comes twice."""
    made = [node(str(n), role, name, [str(n + 1)], bid=str(n + 50)) for n, (role, name) in enumerate(parts, 1)]
    lines, _ = described([node("0", "RootWebArea", "", ["1"]), *made], {})
    read = parse_observation("\n".join(lines))
    assert len(read) == len(lines) == len({line.id for line in read})


def node(number: str, role: str, name: str, children=(), bid: str | None = None, value: str = "", **facts) -> dict:
    """A node as Chromium's accessibility tree and BrowserGym have it."""
    found = {"nodeId": number, "role": {"value": role}, "name": {"value": name}, "childIds": list(children)}
    found["properties"] = [{"name": key, "value": {"value": fact}} for key, fact in facts.items()]
    return found | ({"browsergym_id": bid} if bid else {}) | ({"value": {"value": value}} if value else {})
