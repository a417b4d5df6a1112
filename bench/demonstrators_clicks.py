"""People who know the MiniWoB++ tasks of buttons, links, tabs, boxes and shapes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from bench.demonstrators_kit import Page, Person, click, found, nth
from browser.script import Gesture

SYNONYMS = "SYNONYMS"
"""What `click-checkboxes-soft` calls similar: its page's own table."""
PRESSES = 3
WIDGETS = {
    "radio": "#area input[type=radio]",
    "checkbox": "#area input[type=checkbox]",
    "text": "#area input[data-type=text]",
    "textarea": "#area textarea",
    "button": "#area button",
}


def only(page: Page) -> Iterator[Gesture]:
    """Presses the only button there is."""
    yield click(page.first("button"))


def quoted(page: Page) -> Iterator[Gesture]:
    """Presses what has the quoted name."""
    yield click(page.the(page.quoted()[0]))


def button(page: Page) -> Iterator[Gesture]:
    """Presses the button of the quoted name, of which there may be several."""
    yield click(page.the(page.quoted()[0], "button"))


def buttons_in_turn(page: Page) -> Iterator[Gesture]:
    """Presses the buttons that the objective names, one after the other."""
    for name in re.findall(r"button (\w+)", page.objective):
        yield click(page.the(name, "button"))


def only_named(page: Page) -> Iterator[Gesture]:
    """Presses the button that is named, of two in changing places."""
    yield click(page.the(found(r"button (\w+)", page.objective), "button"))


def close(page: Page) -> Iterator[Gesture]:
    """Closes the dialog."""
    yield click(page.the("Close", "button"))


def dialog_button(page: Page) -> Iterator[Gesture]:
    """Presses the named button of the dialog; the x is called Close."""
    name = page.quoted()[0]
    yield click(page.the("Close" if name == "x" else name, "button"))


def focus(page: Page) -> Iterator[Gesture]:
    """Presses into the only field."""
    yield click(page.first("textbox"))


def focus_nth(page: Page) -> Iterator[Gesture]:
    """Presses into the first, second or third field."""
    yield click(page.all("textbox")[nth(page) - 1])


def tab(page: Page) -> Iterator[Gesture]:
    """Takes the tab that the objective names."""
    yield click(page.the(found(r"Tab #\d+", page.objective), "tab"))


def link_under_tabs(page: Page) -> Iterator[Gesture]:
    """Looks under one tab after the other until the link is seen; a tab that is what was wanted ends it."""
    wanted, looked = page.quoted()[0], {node.name for node in page.all("tab") if "selected" in node.flags}
    while (link := page.named(wanted, "text", "link")) is None:
        following = next((node for node in page.all("tab") if node.name not in looked), None)
        if following is None:
            return
        looked.add(following.name)
        yield click(following)
    yield click(link)


def submit_in_section(page: Page) -> Iterator[Gesture]:
    """Opens the section and presses the button in it."""
    yield click(page.first("tab"))
    yield click(page.the("Submit", "button"))


def widget(page: Page) -> Iterator[Gesture]:
    """Presses the first widget of the kind that is asked for."""
    yield click(f"{WIDGETS[page.quoted()[0]]} >> nth=0")


def grid_point(page: Page) -> Iterator[Gesture]:
    """Presses the point of the grid with these coordinates."""
    yield click(f"[id='{found(r'[(]-?[0-9],-?[0-9][)]', page.objective)}']")


def pie(page: Page) -> Iterator[Gesture]:
    """Opens the pie and takes the named piece; one that gives way under the pointer is pressed again."""
    yield click(page.the("+"))
    for _ in range(PRESSES):
        if (piece := page.named(page.quoted()[0], "text")) is None:
            return
        yield click(piece)


def option(page: Page) -> Iterator[Gesture]:
    """Takes the named choice and submits."""
    yield click(page.the(found(r"Select (.*) and click", page.objective), "radio"))
    yield click(page.the("Submit", "button"))


def boxes(page: Page) -> Iterator[Gesture]:
    """Ticks the named boxes from the top and submits."""
    yield from _tick(page, set(re.split(r", *", found(r"Select (.*) and click", page.objective))))


def boxes_alike(page: Page) -> Iterator[Gesture]:
    """Ticks the boxes whose words mean the same as those that are named, and submits."""
    words = set(re.split(r", *", found(r"similar to (.*) and click", page.objective)))
    yield from _tick(page, {word for group in page.known if words & set(group) for word in group})


def _tick(page: Page, wanted: set[str]) -> Iterator[Gesture]:
    for name in [node.name for node in page.all("checkbox") if node.name in wanted]:
        yield click(page.the(name, "checkbox"))
    yield click(page.the("Submit", "button"))


PEOPLE: Mapping[str, Person] = {
    "click-test": only,
    "click-test-2": only_named,
    "click-button": button,
    "click-button-sequence": buttons_in_turn,
    "click-link": quoted,
    "click-dialog": close,
    "click-dialog-2": dialog_button,
    "focus-text": focus,
    "focus-text-2": focus_nth,
    "click-tab": tab,
    "click-tab-2": link_under_tabs,
    "click-tab-2-hard": link_under_tabs,
    "click-collapsible": submit_in_section,
    "click-collapsible-2": link_under_tabs,
    "click-widget": widget,
    "grid-coordinate": grid_point,
    "click-pie": pie,
    "click-option": option,
    "click-checkboxes": boxes,
    "click-checkboxes-large": boxes,
    "click-checkboxes-transfer": boxes,
    "click-checkboxes-soft": boxes_alike,
}
