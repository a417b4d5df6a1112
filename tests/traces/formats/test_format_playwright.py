"""A demonstration as a Playwright test: what each step becomes, and that nothing recorded can become code."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import make_episode, make_observation
from traces.actions import Action
from traces.formats.playwright_test import write
from traces.formats.recorded import Recorded, secret_variable, turns_of
from traces.model import Box, Host, Selector, Step, Target

SEARCH = Target(
    id="4", role="button", name="Search", box=Box(x=10, y=20, width=100, height=30), point=(30, 30),
    selectors=(
        Selector(kind="role", value='role=button[name="Search"]', unique=True),
        Selector(kind="text", value='text="Search"', unique=True),
        Selector(kind="css", value="css=#go", unique=True),
        Selector(kind="xpath", value="xpath=/html[1]/body[1]/button[1]", unique=True),
    ),
)  # fmt: skip
PLAIN = Target(id="5", role="textbox", name="", selectors=(Selector(kind="css", value="css=#q", unique=True),))


def steps(*acts: tuple[str, Target | None] | tuple[str, Target | None, dict[str, object]]) -> list[Step]:
    """Steps from (action, target, other fields)."""
    return [
        Step(**{"uid": f"u{i}", "seq": i, "kind": "note" if act.startswith("note") else "act", "action": act,
                "target": target, **(more[0] if more else {})})
        for i, (act, target, *more) in enumerate(acts)
    ]  # fmt: skip


def given_(*acts, raw=(), **episode) -> Recorded:
    """A demonstration of these steps that began at an address."""
    turns, first = turns_of(steps(*acts), raw)
    header = make_episode(**{"objective": "Find a trip", "start_url": "http://site.test/", **episode})
    return Recorded(header, turns, lambda key: make_observation("[1] heading 'x'"), first=first)


def lines(*acts, raw=(), **episode) -> list[str]:
    """The test's own lines after the page was opened."""
    text, _ = write(given_(*acts, raw=raw, **episode))
    ast.parse(text)
    body = text.split("page.goto('http://site.test/')\n", 1)[1]
    return [line.strip() for line in body.splitlines() if line.strip()]


@pytest.mark.parametrize(
    ("action", "code"),
    [
        ("click [4]", ".click()"),
        ("click [4] [Control]", ".click(modifiers=['Control'])"),
        ("click [4] [middle]", '.click(button="middle")'),
        ("dblclick [4]", ".dblclick()"),
        ("rightclick [4]", '.click(button="right")'),
        ("hover [4]", ".hover()"),
        ("type [4] [a 'b'] [0]", ".fill(\"a 'b'\")"),
    ],
)
def test_an_action_on_an_element_goes_by_role_and_name(action, code):
    """The role selector comes first, exactly named."""
    assert lines((action, SEARCH)) == [f"page.get_by_role('button', name='Search', exact=True){code}"]


@pytest.mark.parametrize(("option", "label"), [("Two", "'Two'"), ("One\\nTwo", "['One', 'Two']")])
def test_a_list_is_gone_to_and_chosen_from(option, label):
    """The focus comes first, so that the field before hears that it was left."""
    assert lines((f"select [5] [{option}]", PLAIN)) == [
        "page.locator('css=#q').focus()",
        f"page.locator('css=#q').select_option(label={label})",
    ]


def test_enter_is_pressed_where_it_ended_the_typing():
    """`type [id] [text] [1]` is filling and a key."""
    assert lines(("type [5] [x] [1]", PLAIN)) == [
        "page.locator('css=#q').fill('x')",
        "page.locator('css=#q').press(\"Enter\")",
    ]


def test_a_selector_that_was_not_unique_is_not_chosen():
    """The next unique one is; where none is, the first match is taken and that is listed."""
    twice = SEARCH.model_copy(
        update={"selectors": (SEARCH.selectors[0].model_copy(update={"unique": False}), SEARCH.selectors[2])}
    )
    assert lines(("click [4]", twice)) == ["page.locator('css=#go').click()"]
    alone = twice.model_copy(update={"selectors": twice.selectors[:1]})
    text, left_out = write(given_(("click [4]", alone)))
    assert "exact=True).first.click()" in text
    assert left_out == ("step 0 (click [4]): no selector of its element was unique; the first match is taken",)


def test_frames_are_gone_through_from_outside():
    """Each frame by the selector it was recorded with."""
    inside = PLAIN.model_copy(update={"frames": ("#outer", "iframe:nth-of-type(2)")})
    assert lines(("click [5]", inside)) == [
        "page.frame_locator('#outer').frame_locator('iframe:nth-of-type(2)').locator('css=#q').click()"
    ]


def test_a_secret_is_read_from_the_environment():
    """Its value is in no file, and that it is needed is said."""
    text, left_out = write(given_(("type [5] [{SECRET:password}] [0]", PLAIN)))
    assert "import os\n" in text
    assert ".fill(os.environ['SECRET_PASSWORD'])" in text
    assert len(left_out) == 1
    assert secret_variable("one-time code") == "SECRET_ONE_TIME_CODE"
    assert secret_variable("密码") == "SECRET_VALUE"


def test_dialogs_are_answered_by_the_step_that_asks():
    """The answers are there before the page asks, several in order, also those of the first page."""
    made = lines(
        ("click [4]", SEARCH), ("dialog [accept] [Bob]", None), ("dialog [dismiss]", None), ("click [4]", SEARCH)
    )
    assert made[0] == "answer_dialogs(page, 'Bob', False)"
    assert [line.endswith(".click()") for line in made[1:]] == [True, True]
    text, _ = write(given_(("dialog [accept]", None), ("click [4]", SEARCH)))
    assert text.index("answer_dialogs(page, True)") < text.index("page.goto(")


def test_a_click_that_opens_a_tab_goes_on_there():
    """The new tab has a name of its own; going back and closing use the right one."""
    opens = {"changed": ("tabs",)}
    made = lines(
        ("click [4]", SEARCH, opens), ("click [5]", PLAIN), ("tab_focus [0]", None), ("click [5]", PLAIN),
        ("tab_focus [1]", None), ("close_tab", None), ("click [5]", PLAIN), ("new_tab [http://b.test/]", None),
    )  # fmt: skip
    assert made[0] == "with page.context.expect_page() as opened:"
    assert made[2:] == [
        "page2 = opened.value", "page2.locator('css=#q').click()", "page.bring_to_front()",
        "page.locator('css=#q').click()", "page2.bring_to_front()", "page2.close()", "page.locator('css=#q').click()",
        "page3 = page.context.new_page()", "page3.goto('http://b.test/')",
    ]  # fmt: skip


def test_the_raw_log_tells_how_far_and_where_to():
    """The wheel turns as far as it was turned, and a drag ends where it ended."""
    raw = [
        (1, 0.0, "wheel", {"x": 30, "y": 30, "dx": 0, "dy": 120}), (2, 0.0, "wheel", {"dx": 0, "dy": 90}),
        (3, 0.0, "press", {}), (4, 0.0, "release", {"gate": {"target": PLAIN.model_dump(mode="json")}}),
    ]  # fmt: skip
    made = lines(("scroll [down]", SEARCH, {"raw": (1, 2)}), ("drag [4] [5]", SEARCH, {"raw": (3, 4)}), raw=raw)
    assert made[:2] == ["page.mouse.move(30, 30)", "page.mouse.wheel(0, 210)"]
    assert made[2] == "page.get_by_role('button', name='Search', exact=True).drag_to(page.locator('css=#q'))"


def test_files_are_looked_for_beside_the_test():
    """Only the name is known; that is listed."""
    text, left_out = write(given_(("upload [5] [/home/me/report.pdf]", PLAIN)))
    assert "chooser.value.set_files([Path(__file__).with_name('report.pdf')])" in text
    assert "report.pdf beside the test" in left_out[0]
    assert "/home/me" not in text


def test_moves_keys_and_notes():
    """The navigation bar, keys, and a person's remarks."""
    acts = ["goto [http://b.test/]", "go_back", "go_forward", "reload", "press [Control+a]", "note [look here]"]
    assert lines(*((act, None) for act in acts)) == [
        "page.goto('http://b.test/')", "page.go_back()", "page.go_forward()", "page.reload()",
        "page.keyboard.press('Control+a')", "# note: 'look here'",
    ]  # fmt: skip


@pytest.mark.parametrize("act", ["click [9]", "drag [4] [9]", "tab_focus [7]", "stop [done]"])
def test_what_cannot_be_expressed_is_listed(act):
    """One entry naming the step, and no line of code for it."""
    target = SEARCH if act.startswith("drag") else None
    text, left_out = write(given_((act, target)))
    assert len(left_out) == 1
    assert left_out[0].startswith(f"step 0 ({act})")
    assert text.rstrip().endswith("page.goto('http://site.test/')")


@given(st.text(), st.text(), st.text())
def test_nothing_recorded_becomes_code(objective, text, name):
    """Whatever was typed, asked or named, the file is one import block and one function, and holds it as a literal."""
    target = Target(
        id="5",
        role="textbox",
        name=name,
        frames=(name,),
        selectors=(Selector(kind="css", value=f"css={name}", unique=True),),
    )
    acts = (
        (str(Action("type", ("5", text, "0"))), target),
        (str(Action("note", (text,))), None),
        (str(Action("press", (text,))), None),
    )
    made, _ = write(given_(*acts, objective=objective))
    tree = ast.parse(made)
    kinds = [type(node).__name__ for node in tree.body]
    assert kinds[0] == "Expr"
    assert kinds[-1] == "FunctionDef"
    assert set(kinds[1:-1]) <= {"Import", "ImportFrom", "FunctionDef"}
    calls = [node for node in ast.walk(tree.body[-1]) if isinstance(node, ast.Call)]
    literals = [arg.value for call in calls for arg in call.args if isinstance(arg, ast.Constant)]
    assert text in literals


def test_of_several_alike_the_one_beside_its_words_is_taken():
    """A selector by the row comes before a path; what is in a closed shadow root is left out with the reason."""
    row = Selector(
        kind="near", value='text="Order 17" >> xpath=ancestor::tr[1] >> role=button[name="Search"]', unique=True
    )
    twice = (SEARCH.selectors[0].model_copy(update={"unique": False}), row, *SEARCH.selectors[2:])
    text, left_out = write(given_(("click [4]", SEARCH.model_copy(update={"selectors": twice}))))
    assert f"page.locator({row.value!r}).click()" in text
    assert left_out == ()
    closed = SEARCH.model_copy(update={"shadow": (Host(css="my-card", open=False),)})
    text, left_out = write(given_(("click [4]", closed)))
    assert ".click()" not in text
    assert left_out == (
        "step 0 (click [4]): its element is in a closed shadow root, which no selector of Playwright's enters",
    )
