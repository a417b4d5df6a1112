"""Cases 24 to 28: fields with pickers, lists, comboboxes, files, and ticks drawn by their labels."""

from __future__ import annotations

import base64
from collections.abc import Callable

from tests.browser_recorder.cases.model import Case, Does, Row
from tests.browser_recorder.cases.person import Person
from tests.browser_recorder.cases.story import Story


def _click(at: object) -> Does:
    return {"gesture": "click", "at": at}


def _keys(*keys: str) -> Callable[[Person], None]:
    def does(person: Person) -> None:
        person.keys(*keys)
        person.settle()

    return does


def _icon(at: str) -> Callable[[Person], object]:
    """The right end of a field, where its icon is."""

    def does(person: Person) -> object:
        x, y = person.point(at)
        return person.do("click", at=(x + 88, y))

    return does


def _value(name: str, says: str, does: tuple[Does, ...], step: str, heard: str) -> Case:
    steps = (step, "click [text 'End']")
    return Case(f"24.{name}", says, "values.html", (*does, _click("#end")), steps, heard=(heard,))


VALUES: tuple[Row, ...] = (
    _value(
        "number",
        "a number field",
        ({"gesture": "type", "at": "#number", "text": "12.5"}, _keys("Backspace", "Backspace", "3")),
        "type [spinbutton 'Amount'] [123] [0]",
        "number 123",
    ),
    _value(
        "date",
        "a date field",
        (_icon("#date"), {"gesture": "pick", "text": "2026-05-01"}),
        "type [textbox 'Day'] [2026-05-01] [0]",
        "date 2026-05-01",
    ),
    _value(
        "time",
        "a time field",
        ({"gesture": "type", "at": "#time", "text": "0930AM"},),
        "type [textbox 'Hour'] [09:30] [0]",
        "time 09:30",
    ),
    _value(
        "color",
        "a colour field",
        (_click("#color"), {"gesture": "pick", "text": "#ff8800"}),
        "type [textbox 'Shade'] [#ff8800] [0]",
        "color #ff8800",
    ),
    _value(
        "datalist",
        "a field with suggestions",
        ({"gesture": "type", "at": "#town", "text": "Li"}, {"gesture": "fill", "at": "#town", "text": "Lisbon"}),
        "type [combobox 'Town'] [Lisbon] [0]",
        "town Lisbon",
    ),
)


def _select(name: str, says: str, at: str, text: object, step: str, heard: str, after: str) -> Case:
    does = ({"gesture": "select", "at": at, "text": text},)
    return Case(f"25.{name}", says, "selects.html", does, (step,), heard=(heard,), after=after)


def _refused(person: Person) -> None:
    """A disabled option cannot be chosen: it is said, and the list stays open until something else is."""
    person.do("click", at="#groups")
    question = person.player._open("select")
    index = {option["text"]: option["index"] for option in question["options"]}
    assert {option["text"]: option["group"] for option in question["options"]}["Audi"] == "German"
    for closed in ("Saab", "Audi"):
        person.send("answer", id=question["id"], value=[index[closed]])
        person.told("error")
    person.ask("answer", id=question["id"], value=[index["Volvo"]])


def _whole_list(story: Story) -> None:
    """The observation names what is not listed, and the one that was chosen."""
    assert "more='940'" in story.before(story.steps[0])
    assert "option 'Number 777' selected" in story.after(story.steps[0])


LISTS: tuple[Row, ...] = (
    _select(
        "mouse", "a select by mouse", "#size", "Large", "select [combobox 'Size'] [Large]", "size Large", "'Large'"
    ),
    Case(
        id="25.key",
        says="a select by letters",
        page="selects.html",
        does=(_keys("Tab"), _keys("l")),
        steps=("press [Tab]", "select [combobox 'Size'] [Large]"),
        heard=("size Large",),
    ),
    _select(
        "multiple",
        "a select that takes several",
        "#many",
        ("Ham", "Onion"),
        "select [listbox 'Toppings'] [Ham\\nOnion]",
        "many Ham+Onion",
        "option 'Onion' selected",
    ),
    Case(
        id="25.optgroup",
        says="a select with groups and disabled options",
        page="selects.html",
        does=(_refused,),
        steps=("select [combobox 'Car'] [Volvo]",),
        heard=("groups Volvo",),
    ),
    Case(
        id="25.thousand",
        says="a select of a thousand options",
        page="selects.html",
        does=({"gesture": "select", "at": "#thousand", "text": "Number 777"},),
        steps=("select [combobox 'Number'] [Number 777]",),
        heard=("thousand Number 777",),
        then=_whole_list,
    ),
    Case(
        id="25.pressed",
        says="a select that its page fills as it is pressed, after a field that is left by the press",
        page="selects-pressed.html",
        does=(
            {"gesture": "type", "at": "#name", "text": "Ana"},
            {"gesture": "select", "at": "#city", "text": "Rome"},
        ),
        steps=("type [textbox 'Name'] [Ana] [0]", "select [combobox 'City'] [Rome]"),
        heard=("name Ana", "city Rome"),
    ),
    Case(
        id="25.own",
        says="a select whose press the page keeps for a menu of its own",
        page="selects-pressed.html",
        does=(_click("#colour"), _click("role=button[name='Green']")),
        steps=("click [combobox 'Colour']", "click [button 'Green']"),
        heard=("own menu",),
    ),
)

COMBOBOXES: tuple[Row, ...] = (
    Case(
        id="26.portal",
        says="a combobox whose list hangs at the end of the body",
        page="combobox.html",
        does=(
            {"gesture": "type", "at": "#city", "text": "B"},
            _click("role=option[name='Bremen']"),
        ),
        steps=("click [combobox 'City']", "type [combobox 'City'] [B] [0]", "click [option 'Bremen']"),
        heard=("chose Bremen",),
        after="combobox 'City' value='Bremen'",
    ),
    Case(
        id="26.keys",
        says="a combobox of the page's own by keys",
        page="combobox.html",
        does=({"gesture": "type", "at": "#city", "text": "B"}, _keys("ArrowDown"), _keys("ArrowDown"), _keys("Enter")),
        steps=(
            "click [combobox 'City']",
            "type [combobox 'City'] [B] [0]",
            "press [ArrowDown]",
            "press [ArrowDown]",
            "press [Enter]",
        ),
        heard=("chose Bremen",),
        after="combobox 'City' value='Bremen'",
    ),
)


def _given(at: str, *names: str) -> Callable[[Person], object]:
    """Files from the person's own machine, as the view sends them."""

    def does(person: Person) -> object:
        person.do("click", at=at)
        question = person.player._open("chooser")
        files = [{"name": name, "base64": base64.b64encode(name.encode()).decode()} for name in names]
        return person.ask("answer", id=question["id"], value=files)

    return does


def _upload(name: str, says: str, at: str, files: tuple[str, ...], step: str, heard: str) -> Case:
    return Case(f"27.{name}", says, "files.html", (_given(at, *files),), (step,), heard=(heard,), after=heard)


FILES: tuple[Row, ...] = (
    _upload("visible", "a file field", "#one", ("a.txt",), "upload [button 'Report'] [a.txt]", "one a.txt"),
    _upload(
        "behind-button",
        "a file field behind a button",
        "#choose",
        ("a.txt",),
        "upload [button 'Attach'] [a.txt]",
        "behind a.txt",
    ),
    _upload(
        "several",
        "a file field that takes several",
        "#several",
        ("a.png", "b.png"),
        "upload [button 'Pictures'] [a.png\\nb.png]",
        "several a.png+b.png",
    ),
    _upload(
        "directory",
        "a field that takes a folder",
        "#folder",
        ("papers/a.txt", "papers/old/b.txt"),
        "upload [button 'Folder'] [papers]",
        "folder papers/a.txt+papers/old/b.txt",
    ),
)

TICKS: tuple[Row, ...] = (
    Case(
        id="28.checkbox",
        says="a checkbox drawn by its label",
        page="ticks.html",
        does=tuple(_click(at) for at in ("#la", "#lb", "#lc", "#lf", "#la")),
        steps=tuple(f"click [checkbox '{name}']" for name in ("Meal", "Drink", "Dessert", "Newsletter", "Meal")),
        heard=("a true", "b true", "c true", "f true", "a false"),
        after="checkbox 'Drink' checked",
    ),
    Case(
        id="28.radio",
        says="radio buttons drawn by their labels",
        page="ticks.html",
        does=(_click("#ld"), _click("#le")),
        steps=("click [radio 'Day']", "click [radio 'Night']"),
        heard=("d true", "e true"),
        after="radio 'Night' focused checked",
    ),
)

ROWS: tuple[Row, ...] = (*VALUES, *LISTS, *COMBOBOXES, *FILES, *TICKS)
