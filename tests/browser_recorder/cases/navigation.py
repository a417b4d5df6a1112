"""Cases 33, 34, 36 and 37: links, forms, history, servers that fail, and documents made anew."""

from __future__ import annotations

from tests.browser_recorder.cases.model import Case, Elsewhere, Row
from tests.browser_recorder.cases.story import Story

PRESS = {"gesture": "click", "at": "text=Press"}


def click(text: str) -> dict[str, object]:
    """Press what bears that text."""
    return {"gesture": "click", "at": f"text={text}"}


def _ends_at(path: str):
    def check(story: Story) -> None:
        assert story.url_after(story.steps[-1]).partition("//")[2].partition("/")[2] == path

    return check


def _goes_to(page: str):
    return lambda person: person.do("goto", text=person.site.url(page))


def _failed_with(reason: str):
    def check(story: Story) -> None:
        assert f"{story.url_after(story.steps[0])} could not be loaded: {reason}" in story.after(story.steps[0])

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
BAR: tuple[Row, ...] = (
    Case(
        "34.bfcache",
        "back to a page that browsers keep as it was: it is loaded anew",
        "arrive.html?by=itself",
        (PRESS, _goes_to("plain.html"), {"gesture": "back"}),
        ("click [button 'Press']", "goto [{site}plain.html]", "go_back"),
        heard=("arrived by=itself", "pressed", "arrived by=itself, time 2"),
        then=_ends_at("arrive.html?by=itself"),
    ),
    Case(
        "34.goto",
        "the address bar",
        "ways.html",
        (_goes_to("arrive.html?by=bar"), PRESS),
        ("goto [{site}arrive.html?by=bar]", "click [button 'Press']"),
        heard=("left", "arrived by=bar", "pressed"),
        after="pressed",
    ),
)
SERVERS: tuple[Row, ...] = (
    Case(
        "36.down",
        "a server that is down",
        "ways.html",
        (click("Down"), {"gesture": "back"}, click("Push")),
        ("click [link 'Down']", "go_back", "click [button 'Push']"),
        heard=("left", "pushed"),
        then=_failed_with("ERR_CONNECTION_REFUSED"),
    ),
    Case(
        "36.slow",
        "a server that takes two seconds",
        "ways.html",
        (click("Slow"),),
        ("click [link 'Slow']",),
        options={"limit_ms": 500},
        heard=("left", "arrived ms=2000&to=arrive.html"),
        after="Arrived",
    ),
    Case(
        "36.certificate",
        "a certificate that cannot be trusted",
        "ways.html",
        (click("Distrusted"), {"gesture": "back"}, click("Push")),
        ("click [link 'Distrusted']", "go_back", "click [button 'Push']"),
        heard=("left", "pushed"),
        then=_failed_with("ERR_CERT_AUTHORITY_INVALID"),
    ),
    Case(
        "36.pdf",
        "a PDF",
        "ways.html",
        (click("Paper"), click("Push")),
        ("click [link 'Paper']", "click [button 'Push']"),
        heard=("pushed",),
        after="pushed",
    ),
    Case(
        "36.view-source",
        "`view-source:` is refused",
        "ways.html",
        (click("Source"), {"gesture": "goto", "text": "view-source:http://localhost/"}),
        ("click [link 'Source']",),
        lost=("goto: 'view-source:http://localhost/' was not opened: only http and https addresses are.",),
        heard=("pressed",),
        after="Ways",
    ),
)
ANEW: tuple[Row, ...] = (
    Case(
        "37.document-open",
        "a page written anew with `document.open`",
        "anew.html?by=open",
        (click("Begin"), {"gesture": "type", "at": "input", "text": "more"}, click("Again")),
        ("click [button 'Begin']", "type [textbox 'Field'] [more] [0]", "click [button 'Again']"),
        heard=("begun", "typed more", "again"),
        after="again",
    ),
    Case(
        "37.hydration",
        "a framework that replaces the whole document element",
        "anew.html?by=hydration",
        (click("Begin"), {"gesture": "type", "at": "input", "text": "more"}, click("Again")),
        ("click [button 'Begin']", "type [textbox 'Field'] [more] [0]", "click [button 'Again']"),
        heard=("begun", "typed more", "again"),
        after="again",
    ),
)
OUTSIDE = "tests/browser_recorder/test_recording_outside.py"
WIDGETS = "tests/browser_recorder/test_recording_widgets.py"
ASKED: tuple[Row, ...] = (
    Elsewhere("33.download", "a link to a download", f"{OUTSIDE}::test_a_download_is_offered_as_a_file"),
    Elsewhere(
        "36.auth",
        "a page that asks for a name and a password by HTTP",
        f"{OUTSIDE}::test_a_site_that_asks_for_a_password_itself",
    ),
    Elsewhere(
        "38.leave", "leaving in spite of `beforeunload`", f"{WIDGETS}::test_leaving_is_asked_for_and_nothing_is_lost"
    ),
    Elsewhere(
        "38.stay", "staying because of `beforeunload`", f"{WIDGETS}::test_leaving_is_asked_for_and_nothing_is_lost"
    ),
)
ROWS: tuple[Row, ...] = (*LEAVING, *HISTORY, *BAR, *SERVERS, *ANEW, *ASKED)
