"""Cases 33, 34, 36 and 37: links, forms, history, servers that fail, and documents made anew."""

from __future__ import annotations

from tests.browser_recorder.cases.model import Case, Row
from tests.browser_recorder.cases.story import Story

PRESS = {"gesture": "click", "at": "text=Press"}


def click(text: str) -> dict[str, object]:
    """Press what bears that text."""
    return {"gesture": "click", "at": f"text={text}"}


def _ends_at(path: str):
    def check(story: Story) -> None:
        assert story.url_after(story.steps[-1]).partition("//")[2].partition("/")[2] == path

    return check


LEAVING: tuple[Row, ...] = (
    Case(
        "33.link",
        "a link",
        "ways.html",
        (click("Follow"), PRESS),
        ("click [link 'Follow']", "click [button 'Press']"),
        heard=("left", "arrived by=link", "pressed"),
        after="pressed",
    ),
    Case(
        "33.location",
        "a handler that sets `location.href`",
        "ways.html",
        (click("Go"),),
        ("click [button 'Go']",),
        heard=("going", "left", "arrived by=location"),
        after="Arrived",
    ),
    Case(
        "33.form-get",
        "a form sent with GET",
        "ways.html",
        ({"gesture": "type", "at": "[name=q]", "text": "bus stop\n"},),
        ("type [textbox 'Query'] [bus stop] [1]",),
        heard=("left",),
        after="You sent q=bus stop",
        then=_ends_at("echo?q=bus+stop"),
    ),
    Case(
        "33.form-post",
        "a form sent with POST",
        "ways.html",
        ({"gesture": "type", "at": "[name=r]", "text": "mind the gap"}, click("Send")),
        ("type [textbox 'Remark'] [mind the gap] [0]", "click [button 'Send']"),
        heard=("left",),
        after="You sent r=mind the gap",
        then=_ends_at("echo"),
    ),
    Case(
        "33.meta-refresh",
        "a page that goes on by itself",
        "ways.html",
        (click("By itself"), PRESS),
        ("click [link 'By itself']", "click [button 'Press']"),
        heard=("left", "arrived by=refresh", "pressed"),
        after="pressed",
    ),
    Case(
        "33.redirects",
        "a chain of redirects",
        "ways.html",
        (click("Round about"),),
        ("click [link 'Round about']",),
        heard=("left", "arrived by=redirects"),
        after="Arrived",
        then=_ends_at("arrive.html?by=redirects"),
    ),
    Case(
        "33.no-content",
        "a link answered with 204",
        "ways.html",
        (click("Nothing comes"), click("Push")),
        ("click [link 'Nothing comes']", "click [button 'Push']"),
        heard=("asked", "pushed"),
        after="asked",
    ),
)
HISTORY: tuple[Row, ...] = (
    Case(
        "34.push",
        "`pushState`",
        "ways.html?on=popstate",
        (click("Push"), {"gesture": "back"}),
        ("click [button 'Push']", "go_back"),
        heard=("pushed", "popstate heard"),
        then=_ends_at("ways.html?on=popstate"),
    ),
    Case(
        "34.replace",
        "`replaceState`",
        "ways.html",
        (click("Replace"),),
        ("click [button 'Replace']",),
        heard=("replaced",),
        then=_ends_at("ways.html?at=replaced"),
    ),
    Case(
        "34.hash",
        "a link to a fragment",
        "ways.html?on=hashchange",
        ({"gesture": "click", "at": "[href='#below']"},),
        ("click [link 'Below']",),
        heard=("hashchange heard",),
        then=_ends_at("ways.html?on=hashchange#below"),
    ),
    Case(
        "34.back-forward",
        "back and forward",
        "ways.html",
        (click("Follow"), {"gesture": "back"}, {"gesture": "forward"}, PRESS),
        ("click [link 'Follow']", "go_back", "go_forward", "click [button 'Press']"),
        heard=("left", "arrived by=link", "left", "arrived by=link, time 2", "pressed"),
        after="pressed",
    ),
    Case(
        "34.reload",
        "reload",
        "arrive.html?by=reload",
        (PRESS, {"gesture": "reload"}),
        ("click [button 'Press']", "reload"),
        heard=("arrived by=reload", "pressed", "arrived by=reload, time 2"),
        after="time 2",
    ),
)
ROWS: tuple[Row, ...] = (*LEAVING, *HISTORY)
