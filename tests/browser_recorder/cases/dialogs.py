"""Case 39: the page's own dialogs, and the answers a person gives."""

from __future__ import annotations

from tests.browser_recorder.cases.model import Case, Elsewhere, Row
from tests.browser_recorder.cases.navigation import click
from tests.browser_recorder.cases.story import Story

OK = {"gesture": "dialog", "answer": True}
CANCEL = {"gesture": "dialog", "answer": False}


def _dialogs(*said: str):
    """What the dialogs of the story said, in order; each stands in the observation before its answer."""

    def check(story: Story) -> None:
        dialogs = [step for step in story.steps if step.action.startswith("dialog")]
        assert tuple(step.target.name for step in dialogs if step.target) == said
        for step in dialogs:
            kind, _, message = step.target.name.partition(": ")
            assert f"[dialog] dialog '{message}' type='{kind}'" in story.before(step)
            assert step.observation_after is not None

    return check


def _asked(id: str, says: str, button: str, answer: object, step: str, heard: str, said: str) -> Case:
    return Case(
        id,
        says,
        "asks.html",
        (click(button), {"gesture": "dialog", "answer": answer}),
        (f"click [button '{button}']", step),
        heard=(heard,),
        after=heard,
        then=_dialogs(said),
    )


ROWS: tuple[Row, ...] = (
    _asked("39.alert", "an alert", "Alert", True, "dialog [accept]", "alert is over", "alert: Hello"),
    _asked(
        "39.confirm-yes",
        "a question answered with OK",
        "Confirm",
        True,
        "dialog [accept]",
        "confirmed true",
        "confirm: Sure?",
    ),
    _asked(
        "39.confirm-no",
        "a question answered with Cancel",
        "Confirm",
        False,
        "dialog [dismiss]",
        "confirmed false",
        "confirm: Sure?",
    ),
    _asked(
        "39.prompt-text",
        "a prompt answered with a text",
        "Prompt",
        "Ana Lü",
        "dialog [accept] [Ana Lü]",
        "named Ana Lü",
        "prompt: Name?",
    ),
    _asked(
        "39.prompt-no", "a prompt that is dismissed", "Prompt", False, "dialog [dismiss]", "named null", "prompt: Name?"
    ),
    Case(
        "39.two",
        "two dialogs in a row",
        "asks.html",
        (click("Two"), OK, CANCEL),
        ("click [button 'Two']", "dialog [accept]", "dialog [dismiss]"),
        heard=("second false",),
        after="second false",
        then=_dialogs("alert: First", "confirm: Second?"),
    ),
    Case(
        "39.frame",
        "a dialog of a frame",
        "asks.html",
        ({"gesture": "click", "at": "iframe >>> text=Inside"}, OK),
        ("click [button 'Inside']", "dialog [accept]"),
        heard=("inside is over",),
        after="inside is over",
        then=_dialogs("alert: From inside"),
    ),
    Case(
        "39.on-load",
        "a dialog while the page loads",
        "asks.html",
        (click("Greets"), OK, CANCEL, click("Press")),
        ("click [link 'Greets']", "dialog [accept]", "dialog [dismiss]", "click [button 'Press']"),
        heard=("greeted false", "pressed"),
        after="pressed",
        then=_dialogs("alert: Welcome", "confirm: Go on?"),
    ),
    Case(
        "39.first-page",
        "a dialog while the first page of a recording loads",
        "greets.html",
        (OK, OK, click("Press")),
        ("dialog [accept]", "dialog [accept]", "click [button 'Press']"),
        heard=("greeted true", "pressed"),
        after="pressed",
        then=_dialogs("alert: Welcome", "confirm: Go on?"),
    ),
    Case(
        "39.by-itself",
        "a dialog that comes while nobody does anything",
        "asks.html",
        (click("Later"), {"gesture": "wait", "ms": 1000}, OK),
        ("click [button 'Later']", "dialog [accept]"),
        heard=("later is over",),
        after="later is over",
        then=_dialogs("alert: Later"),
    ),
    Elsewhere(
        "39.print", "a page that prints", "tests/browser_recorder/test_recording_outside.py::test_printing_is_told"
    ),
    Elsewhere(
        "39.permission",
        "a page that asks for a permission",
        "tests/browser_recorder/test_recording_outside.py::test_a_permission_that_is_asked_for_does_not_hang",
    ),
)
