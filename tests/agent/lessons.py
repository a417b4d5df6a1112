"""Hand-made demonstrations for the learner's tests: small pages and the examples a prompt set would hold of them."""

from __future__ import annotations

import calendar
from dataclasses import dataclass

from traces.observation_text import quote

MONTHS = list(calendar.month_name)


@dataclass(frozen=True)
class Lesson:
    """An example as `labeling.prompts.model.Example` has it, as far as the learner reads it."""

    policy: str
    objective: str
    observation: str
    previous: tuple[str, ...]
    action: str
    episode: str
    url: str = "http://page.test/"
    reason: str = "because"
    id: str = ""


def sign_in(name: str = "", secret: bool = False) -> str:
    """A name field, a password field and a button."""
    shown = f" value={quote(name)}" if name else ""
    hidden = " value='{SECRET}'" if secret else ""
    return (
        f"[1] text 'Username'\n[2] textbox 'Username'{shown}\n[3] text 'Password'\n"
        f"[4] textbox 'Password' type='password'{hidden} secret\n[5] button 'Login'"
    )


def signing_in(name: str, password: str, episode: str) -> list[Lesson]:
    """What a person shows who signs in; the password was withheld when recorded."""
    task = f'Enter the username "{name}" and the password "{password}" into the fields and press login.'
    first, second = f"fill_text [Username] [{name}]", "fill_text [Password] [{SECRET:password}]"
    empty, named, full = sign_in(), sign_in(name), sign_in(name, secret=True)
    return [
        Lesson("planner", task, empty, (), first, episode),
        Lesson("fill_text", first, empty, (), f"type [2] [{name}] [0]", episode),
        Lesson("fill_text", first, named, (f"type [2] [{name}] [0]",), "stop", episode),
        Lesson("planner", task, named, (f"N/A = {first}",), second, episode),
        Lesson("fill_text", second, named, (), "type [4] [{SECRET:password}] [0]", episode),
        Lesson("fill_text", second, full, ("type [4] [{SECRET:password}] [0]",), "stop", episode),
        Lesson("planner", task, full, (f"N/A = {first}", f"N/A = {second}"), "click [5]", episode),
        Lesson("planner", task, full, (f"N/A = {first}", f"N/A = {second}", "click [5]"), "stop", episode),
    ]


def boxes(names: list[str], ticked: list[str]) -> str:
    """Checkboxes and a button."""
    lines = [f"[{n}] checkbox '{name}' {'' if name in ticked else 'un'}checked" for n, name in enumerate(names, 1)]
    return "\n".join([*lines, f"[{len(names) + 1}] button 'Submit'"])


def ticking(names: list[str], wanted: list[str], episode: str) -> list[Lesson]:
    """What a person shows who ticks the named boxes."""
    listed = ", ".join(wanted)
    task, call = f"Select {listed} and click Submit.", f"click_checkboxes [{listed}]"
    out = [Lesson("planner", task, boxes(names, []), (), call, episode)]
    done: list[str] = []
    for name in wanted:
        past = tuple(f"click [{names.index(one) + 1}]" for one in done)
        out.append(
            Lesson("click_checkboxes", call, boxes(names, done), past, f"click [{names.index(name) + 1}]", episode)
        )
        done.append(name)
    past = tuple(f"click [{names.index(one) + 1}]" for one in done)
    out.append(Lesson("click_checkboxes", call, boxes(names, done), past, "stop", episode))
    out.append(Lesson("planner", task, boxes(names, done), (f"N/A = {call}",), f"click [{len(names) + 1}]", episode))
    return out


def month_page(year: int, month: int, value: str = "") -> str:
    """A date field with an open calendar; ids of a month are its own, as when a page draws it anew."""
    base = 100 * (12 * (year - 2000) + month)
    shown = f" value='{value}'" if value else ""
    days = [f"[{base + 10 + day}] link '{day}'" for day in range(1, calendar.monthrange(year, month)[1] + 1)]
    head = [f"[{base}] text 'Prev'", f"[{base + 1}] text 'Next'", f"[{base + 2}] text '{MONTHS[month]}'"]
    field = ["[1] text 'Date:'", f"[2] textbox 'Date'{shown} readonly", "[3] button 'Submit'"]
    return "\n".join([*field, *head, f"[{base + 3}] text '{year}'", *days])


def picking(year: int, month: int, day: int, shown: tuple[int, int], episode: str) -> list[Lesson]:
    """What a person shows who turns an open calendar from the shown month to the wanted one and takes the day."""
    call = f"choose_date [Date] [{month:02}/{day:02}/{year}]"
    out: list[Lesson] = []
    past: tuple[str, ...] = ()
    at = shown
    while at != (year, month):
        base = 100 * (12 * (at[0] - 2000) + at[1])
        forward = (year, month) > at
        action = f"click [{base + forward}]"
        out.append(Lesson("choose_date", call, month_page(*at), past, action, episode))
        past = (*past, action)
        index = at[0] * 12 + at[1] - 1 + (1 if forward else -1)
        at = (index // 12, index % 12 + 1)
    base = 100 * (12 * (year - 2000) + month)
    take = f"click [{base + 10 + day}]"
    out.append(Lesson("choose_date", call, month_page(*at), past, take, episode))
    closed = f"[1] text 'Date:'\n[2] textbox 'Date' value='{month:02}/{day:02}/{year}' readonly\n[3] button 'Submit'"
    out.append(Lesson("choose_date", call, closed, (*past, take), "stop", episode))
    return out


Turn = tuple[str, str, str]
"""An objective, a page, and what the planner does there."""


def paragraph(text: str, place: int) -> Turn:
    """Copying the n-th word of a text."""
    ending = {1: "st", 2: "nd", 3: "rd"}.get(place, "th")
    word = text.split()[place - 1].strip(".,")
    page = f"[1] text {quote(text)}\n[2] textbox 'Word'\n[3] button 'Submit'"
    return f"Find the {place}{ending} word in the paragraph.", page, f"fill_text [Word] [{word}]"


def flights(wish: str, offers: list[tuple[int, int]], place: int) -> Turn:
    """Booking the cheapest or shortest of offers (dollars, hours)."""
    lines = []
    for n, (price, hours) in enumerate(offers):
        lines += [f"[{n}0] group", f"  [{n}1] text 'Duration:'", f"  [{n}2] text '{hours}h 10m'"]
        lines.append(f"  [{n}3] button 'Book flight for ${price}'")
    return f"Book the {wish} flight.", "\n".join(lines), f"click [{place}3]"


def grid(x: int, y: int) -> Turn:
    """Clicking a point of a grid of five columns and five rows whose middle is (0,0)."""
    places = [(column, row) for column in range(1, 6) for row in range(1, 6)]
    lines = [f"[{n}] shape 'blue circle' column='{c} of 5' row='{r} of 5'" for n, (c, r) in enumerate(places, 2)]
    target = places.index((x + 3, 3 - y)) + 2
    return f"Click on the grid coordinate ({x},{y}).", "\n".join(["[1] svg", *lines]), f"click [{target}]"


def results(place: int, leaf: int) -> Turn:
    """Opening the page of a list, three entries a page, where the n-th entry is."""
    entries = [f"[{n}] link 'Name{place}{n}'" for n in range(1, 4)]
    pages = [f"  [{n + 10}] link '{n}'" for n in range(1, 4)]
    page = "\n".join([*entries, "[10] list", *pages])
    return f'Enter "Zoe" and click the {place}th search result.', page, f"click [{leaf + 10}]"
