"""People who know twenty MiniWoB++ tasks that are not among the paper's 45."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from bench.demonstrators_clicks import link_under_tabs, only_named
from bench.demonstrators_kit import Page, Person, choose, click, fill, found, write
from bench.demonstrators_mail import mail
from browser.script import Gesture
from traces.observation_text import Node

MORE_PAGES = 40


def from_list(page: Page) -> Iterator[Gesture]:
    """Chooses from a list that opens and submits."""
    yield choose(page.first("combobox"), found(r"Select (.*) from the list", page.objective))
    yield click(page.the("Submit", "button"))


def from_scroll_list(page: Page) -> Iterator[Gesture]:
    """Chooses one or several options of an open list and submits."""
    yield choose(page.first("listbox"), *found(r"Select (.*) from the scroll list", page.objective).split(", "))
    yield click(page.the("Submit", "button"))


def any_script(page: Page) -> Iterator[Gesture]:
    """Presses the named button, whose name may hold signs that nobody sees."""
    yield click(page.the(re.sub(r"[\x00-\x1f\x7f-\x9f]", " ", page.quoted()[0]), "button"))


def colour(page: Page) -> Iterator[Gesture]:
    """Presses the box of the named colour."""
    yield click(page.the(f"{found(r'Click on the (.*) colored box', page.objective)} box"))


def tree(page: Page) -> Iterator[Gesture]:
    """Opens folders from the top until the name is seen."""
    name = page.quoted()[0]
    while (wanted := page.named(name, "text", "link")) is None:
        yield click(next(node for node in page.nodes if "expandable" in node.name))
    yield click(wanted)


def suggestion(page: Page) -> Iterator[Gesture]:
    """Types the beginning, takes the suggestion that ends as asked, and submits."""
    begin, *rest = page.quoted()
    yield write(page.first("textbox"), begin)
    yield from page.wait_for(lambda: _fitting(page, begin, *rest))
    yield click(_fitting(page, begin, *rest)[0])
    yield click(page.the("Submit", "button"))


def _fitting(page: Page, begin: str, end: str = "") -> list[Node]:
    shown = [
        node for node in page.all("text", "option", "menuitem") if "clickable" in node.flags or node.role != "text"
    ]
    return [node for node in shown if node.name.startswith(begin) and node.name.endswith(end)]


def cell(page: Page) -> Iterator[Gesture]:
    """Types what the table says of one thing and submits."""
    yield write(page.first("textbox"), _cells(page)[found(r"value of (.*) into", page.objective)])
    yield click(page.the("Submit", "button"))


def cells(page: Page) -> Iterator[Gesture]:
    """Types what the table says of each label and submits."""
    for label in [node.name for node in page.all("textbox")]:
        yield write(page.the(label, "textbox"), _cells(page)[label])
    yield click(page.the("Submit", "button"))


def _cells(page: Page) -> dict[str, str]:
    names = [node.name for node in page.all("cell")]
    return dict(zip(names[::2], names[1::2], strict=True))


def spin(page: Page) -> Iterator[Gesture]:
    """Presses the arrow up or down as often as it takes and submits."""
    steps = int(found(r"Select (-?\d+) with", page.objective))
    for _ in range(abs(steps)):
        yield click(
            next(node for node in page.all("button") if f"spinner {'up' if steps > 0 else 'down'}" in node.name)
        )
    yield click(page.the("Submit", "button"))


def posts(page: Page) -> Iterator[Gesture]:
    """Presses the named button at some or all posts of a user and submits."""
    name, user = page.quoted()[0], found(r"by (@\w+)", page.objective)
    count = re.search(r"on (\d+) post", page.objective)
    for _ in range(int(count.group(1)) if count else len(_posts(page, user))):
        left = [_of(page, mine, name.lower()) for mine in _posts(page, user)]
        yield click(next(button for button in left if button is not None))
    yield click(page.the("Submit", "button"))


def _posts(page: Page, user: str) -> list[Node]:
    return [page.nodes[node.parent] for node in page.nodes if node.name == user and node.parent is not None]


def _of(page: Page, group: Node, name: str) -> Node | None:
    return next((node for node in page.nodes if node.parent == group.index and node.name == name), None)


def time(page: Page) -> Iterator[Gesture]:
    """Gives the time field its time and submits."""
    hours, minutes, half = re.findall(r"(\d+):(\d+) (AM|PM)", page.objective)[0]
    yield fill(page.first("textbox"), f"{int(hours) % 12 + 12 * (half == 'PM'):02}:{minutes}")
    yield click(page.the("Submit", "button"))


def contact(page: Page) -> Iterator[Gesture]:
    """Turns the contact book to a person and presses what is asked for."""
    name, what = re.findall(r"Find (.*) in the contact book and click on their (\w+)", page.objective)[0]
    for _ in range(MORE_PAGES):
        if page.first("heading").name == name:
            break
        yield click(page.the(">", "link"))
    yield click(page.nodes[page.the(f"{what.capitalize()}:").index + 1])


def nth_of_each(page: Page) -> Iterator[Gesture]:
    """Takes the n-th choice, types the number into the n-th field, and submits."""
    radio, field = (int(number) - 1 for number in re.findall(r"(\d+)(?:st|nd|rd|th)", page.objective))
    yield click(page.all("radio")[radio])
    yield write(page.all("textbox")[field], page.quoted()[0])
    yield click(page.the("Submit", "button"))


def ticket(page: Page) -> Iterator[Gesture]:
    """Books the ticket that costs or takes least or most."""
    offers = [node for node in page.all("button") if "$" in node.name]
    best = max if re.search("longest|most|highest|expensive", page.objective) else min
    yield click(best(offers, key=lambda node: _cost(node) if "cost" in page.objective else _time(page, node)))


def _cost(button: Node) -> int:
    return int(button.name.split("$")[1])


def _time(page: Page, button: Node) -> int:
    hours, minutes = re.findall(r"\d+", page.nodes[button.index - 1].name)
    return int(hours) * 60 + int(minutes)


PEOPLE: Mapping[str, Person] = {
    "buy-ticket": ticket,
    "choose-list": from_list,
    "click-color": colour,
    "click-scroll-list": from_scroll_list,
    "click-tab-2-medium": link_under_tabs,
    "click-test-transfer": only_named,
    "email-inbox-delete": mail,
    "email-inbox-reply": mail,
    "email-inbox-star-reply": mail,
    "enter-time": time,
    "form-sequence-2": nth_of_each,
    "navigate-tree": tree,
    "phone-book": contact,
    "read-table": cell,
    "read-table-2": cells,
    "social-media-all": posts,
    "social-media-some": posts,
    "unicode-test": any_script,
    "use-autocomplete": suggestion,
    "use-spinner": spin,
}
