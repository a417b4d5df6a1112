"""Cases 15 to 20 and 23: keys, shortcuts, the clipboard, and text that no key makes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.browser_recorder.cases.model import Case, Row
from tests.browser_recorder.cases.person import Person
from tests.browser_recorder.cases.story import Story

LONG = "".join(f"{n:04d} " for n in range(2000))
"""Ten thousand characters."""


def _type(text: str, at: str | None = None) -> dict[str, Any]:
    return {"gesture": "type", "text": text, **({"at": at} if at else {})}


def _press(keys: str) -> dict[str, Any]:
    return {"gesture": "press", "keys": keys}


def _click(at: str) -> dict[str, Any]:
    return {"gesture": "click", "at": at}


def _text(text: str, **more: Any) -> Callable[[Person], object]:
    """Text that no key makes, as the view sends it."""
    return lambda person: person.ask("text", text=text, **more)


def _copied(words: str) -> Callable[[Person], object]:
    """Control+C, and the view was given the text."""

    def do(person: Person) -> None:
        person.player._send({"type": "key", "kind": "down", "key": "c", "modifiers": ["Control"]})
        told = person.player._until(lambda message: message["type"] == "clipboard")
        assert told["text"] == words
        person.ask("key", kind="up", key="c")

    return do


def _busy(person: Person) -> None:
    """Keys as soon as the page has moved the focus and answers nobody."""
    person.press("#b")
    x, y = person.point("#b")
    person.send("mouse", kind="up", x=x, y=y)
    person.until(lambda: any(entry.text == "busy" for entry in person.site.log))
    person.keys("a", "b")
    person.settle()


def _late(story: Story, words: str) -> None:
    step = story.steps[-1]
    assert step.proof is not None
    assert step.proof.late
    assert words in story.after(step)
    assert words not in story.before(step)


def _holds(words: str) -> Callable[[Story], object]:
    """The last observation holds the words."""

    def check(story: Story) -> None:
        assert words in story.after(story.steps[-1])

    return check


ROWS: tuple[Row, ...] = (
    Case(
        id="15.backspace",
        says="typing with Backspace",
        page="writing.html",
        does=(_type("bus stip", "#q"), _press("Backspace"), _press("Backspace"), _type("op")),
        steps=("type [textbox 'Query'] [bus stop] [0]",),
        then=_holds("value='bus stop'"),
    ),
    Case(
        id="15.caret",
        says="typing in the middle after moving the caret",
        page="writing.html",
        does=(_type("bs", "#q"), _press("ArrowLeft"), _type("u")),
        steps=("type [textbox 'Query'] [bus] [0]",),
        then=_holds("value='bus'"),
    ),
    Case(
        id="15.busy",
        says="typing while the page is busy, into the field it jumped to: late",
        page="jumps.html",
        does=(_click("#first"), _busy),
        steps=("click [textbox 'First']", "click [button 'Next']", "type [textbox 'Second'] [ab] [0]"),
        options={"gate_ms": 250},
        then=lambda story: _late(story, "value='ab'"),
    ),
    Case(
        id="16.enter-submit",
        says="Enter submits and belongs to the typing",
        page="writing.html",
        does=(_type("bus\n", "#q"),),
        steps=("type [textbox 'Query'] [bus] [1]",),
        heard=("q=bus", "sent 3"),
    ),
    Case(
        id="16.textarea-enter",
        says="Enter in a text area is a line break",
        page="writing.html",
        does=(_type("one\ntwo", "#t"),),
        steps=("type [textbox 'Letter'] [one\\ntwo] [0]",),
        then=_holds(r"value='one\ntwo'"),
    ),
    Case(
        id="17.tab",
        says="Tab from field to field",
        page="focus.html",
        does=(_type("one", "#a"), _press("Tab"), _type("two")),
        steps=("type [textbox 'First'] [one] [0]", "type [textbox 'Second'] [two] [0]"),
    ),
    Case(
        id="17.space-checkbox",
        says="Space ticks a checkbox",
        page="focus.html",
        does=(_click("#b"), _press("Tab"), _press("Space")),
        steps=("click [textbox 'Second']", "press [Tab]", "press [Space]"),
        heard=("ticked true",),
    ),
    Case(
        id="17.arrows-radio",
        says="arrows among radio buttons",
        page="focus.html",
        does=(_click("text=Small"), _press("ArrowDown"), _press("ArrowDown")),
        steps=("click [radio 'Small']", "press [ArrowDown]", "press [ArrowDown]"),
        heard=("size m", "size l"),
    ),
    Case(
        id="17.arrows-listbox",
        says="arrows in a listbox made of `div`s",
        page="focus.html",
        does=(_click("#box"), _press("ArrowDown"), _press("ArrowDown"), _press("ArrowUp")),
        steps=("click [option 'Green']", "press [ArrowDown]", "press [ArrowDown]", "press [ArrowUp]"),
        heard=("colour 1", "colour 2", "colour 1"),
    ),
    Case(
        id="17.arrows-select",
        says="arrows on a select",
        page="focus.html",
        does=(lambda person: person.on_page("s.focus()"), _press("ArrowDown"), _press("ArrowDown")),
        steps=("select [combobox 'City'] [Rome]",),
        heard=("city 1", "city 2"),
    ),
    Case(
        id="17.escape",
        says="Escape closes a dialog of the page",
        page="focus.html",
        does=(_click("#open"), _press("Escape")),
        steps=("click [button 'Open']", "press [Escape]"),
        heard=("closed",),
        then=lambda story: _gone(story, "Nothing to choose"),
    ),
    Case(
        id="18.copy",
        says="Control+A and Control+C change nothing",
        page="writing.html",
        does=(_click("#old"), _press("Control+a"), _copied("the old text")),
        steps=("click [textbox 'Old']", "press [Control+a]", "press [Control+c]"),
        then=_holds("value='the old text'"),
    ),
    Case(
        id="18.cut",
        says="Control+X takes the text away",
        page="writing.html",
        does=(_click("#old"), _press("Control+a"), _press("Control+x")),
        steps=("type [textbox 'Old'] [] [0]",),
        then=lambda story: _gone(story, "the old text"),
    ),
    Case(
        id="18.undo",
        says="Control+Z takes back what was typed",
        page="writing.html",
        does=(_type("X", "#old"), _press("Control+z"), _click("#next")),
        steps=("type [textbox 'Old'] [the old text] [0]", "click [textbox 'Next']"),
        then=_holds("value='the old text'"),
    ),
    Case(
        id="18.paste",
        says="pasting by keys",
        page="writing.html",
        does=(_type("see ", "#q"), _text("a pasted text", paste=True)),
        steps=("type [textbox 'Query'] [see a pasted text] [0]",),
        then=_holds("value='see a pasted text'"),
    ),
    Case(
        id="18.paste-menu",
        says="pasting by the menu",
        page="takes.html",
        does=(
            {"gesture": "rightclick", "at": "#note"},
            {"gesture": "menu", "choice": "paste", "text": "from elsewhere"},
        ),
        steps=("rightclick [textbox 'Note']", "type [textbox 'Note'] [from elsewhere] [0]"),
        heard=("paste",),
        then=_holds("value='from elsewhere'"),
    ),
    Case(
        id="18.drop-text",
        says="a selected text dragged into a field",
        page="writing.html",
        does=({"gesture": "dblclick", "at": "#words"}, {"gesture": "drag", "at": "#words", "to": "#next"}),
        steps=("dblclick [text 'Marvellous']", "drag [text 'Marvellous'] [textbox 'Next']"),
        heard=("drop",),
        then=_holds("value='Marvellous'"),
    ),
    Case(
        id="19.ime",
        says="words made with an input method; Enter takes the candidate",
        page="writing.html",
        does=(_click("#q"), _text("日本", composed=True), _text("語", composed=True)),
        steps=("type [textbox 'Query'] [日本語] [0]",),
        heard=("compositionstart", "compositionend 日本", "compositionstart", "compositionend 語"),
    ),
    Case(
        id="19.ime-frame",
        says="words made with an input method in a frame of another site",
        page="elsewhere.html",
        does=(_click("iframe >>> #q"), _text("日本", composed=True)),
        steps=("type [textbox 'Query'] [日本] [0]",),
        heard=("compositionstart", "compositionend 日本"),
        then=_holds("value='日本'"),
    ),
    Case(
        id="20.emoji",
        says="emoji and accents",
        page="writing.html",
        does=(_type("añb 🙂👩‍💻é", "#q"),),
        steps=("type [textbox 'Query'] [añb 🙂👩‍💻é] [0]",),
        then=_holds("añb 🙂👩‍💻é"),
    ),
    Case(
        id="20.rtl",
        says="right to left",
        page="writing.html",
        does=(_type("שלום 12", "#q"), _press("Backspace")),
        steps=("type [textbox 'Query'] [שלום 1] [0]",),
        then=_holds("value='שלום 1'"),
    ),
    Case(
        id="20.long",
        says="ten thousand characters",
        page="writing.html",
        does=(_click("#t"), _text(LONG, paste=True), _press("ArrowLeft"), _press("ArrowRight"), _type("!")),
        steps=(f"type [textbox 'Letter'] [{LONG}!] [0]",),
    ),
    Case(
        id="20.newline",
        says="several lines",
        page="writing.html",
        does=(_type("one\n\nthree\n", "#t"), _press("Backspace")),
        steps=("type [textbox 'Letter'] [one\\n\\nthree] [0]",),
    ),
    Case(
        id="23.hotkeys",
        says="keys with nothing focused",
        page="hotkeys.html",
        does=(_press("g"), _press("i"), _press("?"), _press("Control+k"), _press("x")),
        steps=("press [g]", "press [i]", "press [?]", "press [Control+k]", "press [x]"),
        heard=("hotkey <g>", "hotkey <i>", "hotkey <?>", "hotkey <Control+k>"),
    ),
)


def _gone(story: Story, words: str) -> None:
    assert words in story.before(story.steps[-1])
    assert words not in story.after(story.steps[-1])
