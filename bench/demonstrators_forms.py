"""People who know the MiniWoB++ tasks of fields: text, passwords, dates, copying, reckoning, searching."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from bench.demonstrators_kit import Page, Person, click, fill, nth, paste, write
from browser.script import Gesture


def text(page: Page) -> Iterator[Gesture]:
    """Types the quoted text and submits."""
    yield from _answer(page, page.quoted()[0])


def text_in_case(page: Page) -> Iterator[Gesture]:
    """Types the quoted text in the case that is asked for and submits."""
    word = page.quoted()[0]
    yield from _answer(page, word.upper() if "upper case" in page.objective else word.lower())


def password(page: Page) -> Iterator[Gesture]:
    """Types the password twice and submits."""
    for label in ("Password", "Verify password"):
        yield write(page.the(label, "textbox"), page.quoted()[0])
    yield click(page.the("Submit", "button"))


def login(page: Page) -> Iterator[Gesture]:
    """Types name and password and presses the button."""
    for label, value in zip(("Username", "Password"), page.quoted(), strict=True):
        yield write(page.the(label, "textbox"), value)
    yield click(page.first("button"))


def login_with_popup(page: Page) -> Iterator[Gesture]:
    """The same; a popup that comes when a field is pressed is cancelled first."""
    for label, value in zip(("Username", "Password"), page.quoted(), strict=True):
        yield click(page.the(label, "textbox"))
        if (cancel := page.named("Cancel", "button")) is not None:
            yield click(cancel)
        yield write(page.the(label, "textbox"), value)
    yield click(page.first("button"))


def date(page: Page) -> Iterator[Gesture]:
    """Gives the date field its date and submits."""
    month, day, year = re.findall(r"\d+", page.objective)
    yield fill(page.first("textbox"), f"{year}-{month}-{day}")
    yield click(page.the("Submit", "button"))


def calendar(page: Page) -> Iterator[Gesture]:
    """Takes the date from the calendar and submits."""
    month, day, year = map(int, re.findall(r"\d+", page.objective))
    yield from pick_date(page, page.first("textbox").name, month, day, year)
    yield click(page.the("Submit", "button"))


MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def pick_date(page: Page, label: str, month: int, day: int, year: int) -> Iterator[Gesture]:
    """Opens the calendar of a field, turns it to the month and takes the day."""
    yield click(page.the(label, "textbox"))
    while (shown := _shown(page)) != (year, month):
        yield click(page.the("Next" if shown < (year, month) else "Prev"))
    yield click(page.the(str(day)))


def _shown(page: Page) -> tuple[int, int]:
    for month, year in zip(page.nodes, page.nodes[1:], strict=False):
        if month.name in MONTHS and year.name.isdecimal():
            return int(year.name), MONTHS.index(month.name) + 1
    raise LookupError("no calendar is open")


def films(page: Page) -> Iterator[Gesture]:
    """Fills in genre, director and year by their labels, from the top, and searches."""
    found = re.match(r"Search for (.*) movies directed by (.*) from year (\d+)", page.objective)
    if found is None:
        raise LookupError(page.objective)
    values = dict(zip(("Genre", "Director", "Year", "Date"), (*found.groups(), found.group(3)), strict=True))
    for place, label in enumerate(_labels(page)):
        yield write(page.all("textbox")[place], next(value for word, value in values.items() if word in label))
    yield click(next(node for node in page.nodes if node.name in ("Submit", "Search", "Go!")))


def _labels(page: Page) -> list[str]:
    """What stands beside each field, before it or after it in a group of its own."""
    beside: dict[int | None, str] = {node.parent: node.name for node in page.all("text") if node.parent is not None}
    return [field.name or beside[field.parent] for field in page.all("textbox")]


def copy(page: Page) -> Iterator[Gesture]:
    """Copies the text of the area into the field and submits."""
    area, field = sorted(page.all("textbox"), key=lambda node: not node.value)
    yield paste(field, area.value)
    yield click(page.the("Submit", "button"))


def copy_nth(page: Page) -> Iterator[Gesture]:
    """Copies the text of the first, second or third area into the field and submits."""
    *areas, field = page.all("textbox")
    yield paste(field, areas[nth(page) - 1].value)
    yield click(page.the("Submit", "button"))


def word(page: Page) -> Iterator[Gesture]:
    """Types the n-th word of the paragraph, its point or comma left out, and submits."""
    yield from _answer(page, re.sub("[^A-Za-z]", "", page.first("text").name.split()[nth(page) - 1]))


def total(page: Page) -> Iterator[Gesture]:
    """Works the sum out and submits."""
    one, sign, other = _terms(page, r"(-?\d+) ([-+x]) (-?\d+) =")
    yield from _answer(page, str(_worked(int(one), sign, int(other))))


def unknown(page: Page) -> Iterator[Gesture]:
    """Solves for x and submits."""
    one, sign, other, result = _terms(page, r"(\w+) ([-+]) (\w+) = (-?\d+)")
    if other == "x":
        known = int(result) - int(one)
        yield from _answer(page, str(known if sign == "+" else -known))
    else:
        yield from _answer(page, str(_worked(int(result), "-" if sign == "+" else "+", int(other))))


def _terms(page: Page, pattern: str) -> tuple[str, ...]:
    return next(found.groups() for node in page.all("text") if (found := re.search(pattern, node.name)))


def _worked(one: int, sign: str, other: int) -> int:
    return {"+": one + other, "-": one - other, "x": one * other}[sign]


def search(page: Page) -> Iterator[Gesture]:
    """Searches, turns to the page of the n-th result, three to a page, and takes it."""
    yield write(page.first("textbox"), page.quoted()[0])
    yield click(page.the("Search", "button"))
    turn, place = divmod(nth(page) - 1, 3)
    if turn:
        yield click(page.the(str(turn + 1), "link"))
    yield click([node for node in page.all("link") if node.name.isalpha()][place])


def _answer(page: Page, value: str) -> Iterator[Gesture]:
    yield write(page.first("textbox"), value)
    yield click(page.the("Submit", "button"))


PEOPLE: Mapping[str, Person] = {
    "enter-text": text,
    "enter-text-dynamic": text,
    "enter-text-2": text_in_case,
    "enter-password": password,
    "login-user": login,
    "login-user-popup": login_with_popup,
    "enter-date": date,
    "choose-date": calendar,
    "choose-date-easy": calendar,
    "choose-date-medium": calendar,
    "multi-orderings": films,
    "multi-layouts": films,
    "copy-paste": copy,
    "copy-paste-2": copy_nth,
    "find-word": word,
    "simple-arithmetic": total,
    "simple-algebra": unknown,
    "search-engine": search,
}
