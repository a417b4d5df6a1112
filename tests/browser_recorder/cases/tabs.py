"""Case 35: tabs that a page opens, writes and closes, and those a person changes."""

from __future__ import annotations

from tests.browser_recorder.cases.model import Case, Row
from tests.browser_recorder.cases.navigation import click
from tests.browser_recorder.cases.story import Story

PRESS = click("Press")
OPENER = {"gesture": "tab", "text": 0}


def _tabs_changed(*numbers: int):
    """The steps of these numbers, and no others, changed which tabs there are or which is in front."""

    def check(story: Story) -> None:
        changed = [step.seq for step in story.steps if "tabs" in step.changed]
        assert changed == list(numbers)

    return check


ROWS: tuple[Row, ...] = (
    Case(
        "35.blank",
        "a link with `target=_blank`: one step, the view follows",
        "opens.html",
        (click("Blank"), PRESS),
        ("click [link 'Blank']", "click [button 'Press']"),
        heard=("opened by by=blank", "pressed"),
        then=_tabs_changed(0),
    ),
    Case(
        "35.written",
        "`window.open` and `document.write`",
        "opens.html",
        (click("Written"), click("Below"), OPENER),
        ("click [button 'Written']", "click [button 'Below']", "tab_focus [0]"),
        heard=("written", "from below"),
        after="from below",
        then=_tabs_changed(0, 2),
    ),
    Case(
        "35.closes-itself",
        "a popup that closes itself when pressed",
        "opens.html",
        (click("Script"), click("Close me"), click("Written")),
        ("click [button 'Script']", "click [button 'Close me']", "click [button 'Written']"),
        heard=("asked for tab 1", "opened by by=script1", "closing", "written"),
        then=_tabs_changed(0, 1, 2),
    ),
    Case(
        "35.opener-closes",
        "a page that closes the tab it opened",
        "opens.html",
        (click("Script"), OPENER, click("Close it"), click("Script"), click("Be closed")),
        (
            "click [button 'Script']",
            "tab_focus [0]",
            "click [button 'Close it']",
            "click [button 'Script']",
            "click [button 'Be closed']",
        ),
        after="closed at once",
        then=_tabs_changed(0, 1, 2, 3, 4),
    ),
    Case(
        "35.switch",
        "going to another tab is `tab_focus`",
        "opens.html",
        (click("Script"), OPENER, {"gesture": "tab", "text": 1}, PRESS, {"gesture": "tab", "text": 2}),
        ("click [button 'Script']", "tab_focus [0]", "tab_focus [1]", "click [button 'Press']"),
        lost=("tab: There is no tab '2'; there are 2, counted from 0.",),
        heard=("asked for tab 1", "opened by by=script1", "pressed"),
        then=_tabs_changed(0, 1, 2),
    ),
    Case(
        "35.close",
        "closing a tab",
        "opens.html",
        (click("Script"), {"gesture": "close_tab"}, click("Script"), {"gesture": "close_tab", "text": 0}, PRESS),
        (
            "click [button 'Script']",
            "close_tab",
            "click [button 'Script']",
            "close_tab [0]",
            "click [button 'Press']",
        ),
        after="pressed",
        then=_tabs_changed(0, 1, 2, 3),
    ),
)
