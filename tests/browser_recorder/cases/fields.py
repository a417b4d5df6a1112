"""Cases 21 and 22: fields that do more than hold what is typed, and editors."""

from __future__ import annotations

from typing import Any

from tests.browser_recorder.cases.model import Case, Row
from tests.browser_recorder.cases.story import Story


def _type(text: str, at: str | None = None) -> dict[str, Any]:
    return {"gesture": "type", "text": text, **({"at": at} if at else {})}


def _press(keys: str) -> dict[str, Any]:
    return {"gesture": "press", "keys": keys}


def _after(*words: str) -> Any:
    """The page after the last step shows them."""

    def check(story: Story) -> None:
        for word in words:
            assert word in story.after(story.steps[-1]), word

    return check


ROWS: tuple[Row, ...] = (
    Case(
        id="21.controlled",
        says="a field that is rendered anew after each key",
        page="fields.html",
        does=(_type("ana", "#root input"), _press("Backspace"), _type("a")),
        steps=("type [textbox 'Name'] [ana] [0]",),
        heard=("name a", "name an", "name ana", "name an", "name ana"),
        then=_after("value='ana'"),
    ),
    Case(
        id="21.masked",
        says="a field that formats a telephone number",
        page="fields.html",
        does=(_type("55512", "#phone"),),
        steps=("type [textbox 'Phone'] [55512] [0]",),
        then=_after("value='(555) 12'"),
    ),
    Case(
        id="21.blur",
        says="an autocomplete that changes its value when left",
        page="fields.html",
        does=(_type("bos", "#city"), _press("Tab"), _type("hi")),
        steps=("type [textbox 'City'] [bos] [0]", "press [Tab]", "type [textbox 'Message'] [hi] [0]"),
        heard=("completed",),
        then=_after("Boston (BOS)"),
    ),
    Case(
        id="21.cleared",
        says="a field its page clears after sending",
        page="fields.html",
        does=(_type("hello\n", "#message"), _type("again\n")),
        steps=("type [textbox 'Message'] [hello] [1]", "type [textbox 'Message'] [again] [1]"),
        heard=("sent <hello>", "sent <again>"),
    ),
    Case(
        id="21.autofill",
        says="a value that came without keys is nobody's",
        page="fields.html",
        does=(lambda person: person.on_page("autofill()"), {"gesture": "click", "at": "#go"}),
        steps=("click [button 'Go on']",),
        heard=("filled", "gone on"),
        then=_after("value='ana@example.org'"),
    ),
    Case(
        id="22.contenteditable",
        says="an editable element",
        page="editors.html",
        does=(_type("one\ntwx", "#plain"), _press("Backspace"), _type("o")),
        steps=("type [textbox 'Note'] [one\\ntwo] [0]",),
        then=_after("one", "two"),
    ),
    Case(
        id="22.rich",
        says="an editor that handles `beforeinput` itself",
        page="editors.html",
        does=(_type("one\ntwx", "#rich"), _press("Backspace"), _type("o")),
        steps=("type [textbox 'Story'] [one\\ntwo] [0]",),
        then=_after("one", "two"),
    ),
    Case(
        id="22.hidden-textarea",
        says="an editor that listens in a hidden text area",
        page="editors.html",
        does=(_type(" x\ny = 1", "#lines"), _press("Backspace"), _press("ArrowLeft"), _type("2")),
        steps=(
            "click [text '// a program']",
            "type [textbox 'Code'] [ x\\ny = ] [0]",
            "press [ArrowLeft]",
            "type [textbox 'Code'] [2] [0]",
        ),
        then=_after("// a program x", "y = 2"),
    ),
    Case(
        id="22.frame",
        says="an editor in a frame (`designMode`)",
        page="design.html",
        does=(_type("dear\nana", "#f >>> body"), {"gesture": "click", "at": "#send"}),
        steps=("type [textbox 'Letter'] [dear\\nana] [0]", "click [button 'Send']"),
        then=_after("sent <dear", "ana>"),
    ),
    Case(
        id="22.frame-body",
        says="an editor that is the whole body of a frame",
        page="design.html?body",
        does=(_type("dear ana", "#f >>> body"), {"gesture": "click", "at": "#send"}),
        steps=("type [textbox 'Rich text'] [dear ana] [0]", "click [button 'Send']"),
        then=_after("sent <dear ana>"),
    ),
)
