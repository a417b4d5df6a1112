"""Pages in the observation format that several labelling tests use, shaped as browsers show such pages."""

from __future__ import annotations

LOGIN = """
    [1] text 'Username'
    [2] textbox 'Username'{user}
    [3] text 'Password'
    [4] textbox 'Password'{password} type='password' secret
    [5] button 'Login'
"""


def login(user: str = "", password: str = "") -> str:
    return LOGIN.format(user=f" value='{user}'" if user else "", password=f" value='{password}'" if password else "")


def date_page(value: str = "", month: str | None = None, year: int = 2016, days: int = 31, first_id: int = 20) -> str:
    """A read-only date field, with an open calendar of links below it when a month is named."""
    shown = f" value='{value}'" if value else ""
    lines = ["[1] text 'Date:'", f"  [2] textbox 'Date'{shown} readonly", "[3] button 'Submit'"]
    if month:
        lines += [f"[{first_id - 4}] text 'Prev'", f"[{first_id - 3}] text 'Next'"]
        lines += [f"[{first_id - 2}] text '{month}'", f"[{first_id - 1}] text '{year}'", f"[{first_id + 40}] table"]
        lines += ["  [r0] row", "    [h0] columnheader 'Su'", "  [r1] row"]
        lines += [f"    [{first_id + day}] link '{day}'" for day in range(1, days + 1)]
    return "\n".join(lines)


def boxes(*names: str, checked: tuple[str, ...] = ()) -> str:
    lines = [
        f"[{n}] checkbox '{name}' {'checked' if name in checked else 'unchecked'}" for n, name in enumerate(names, 1)
    ]
    return "\n".join([*lines, f"[{len(names) + 1}] button 'Submit'"])


def search_form(origin: str = "", target: str = "", cabin: str = "Economy", suggestions: tuple[str, ...] = ()) -> str:
    """A form of two suggesting fields and a list, as on a page that sells journeys."""
    lines = [
        "[9] link 'Bookings'",
        "[10] form 'Find a journey'",
        f"  [11] combobox 'From' value='{origin}' {'expanded' if suggestions else 'collapsed'}",
        f"  [12] combobox 'To' value='{target}' collapsed",
        f"  [13] combobox 'Cabin' value='{cabin}'",
        f"    [14] option 'Economy'{' selected' if cabin == 'Economy' else ''}",
        f"    [15] option 'Business'{' selected' if cabin == 'Business' else ''}",
        "  [16] button 'Search'",
    ]
    if suggestions:
        lines.append("[30] listbox")
    lines += [f"  [{31 + n}] option '{name}'" for n, name in enumerate(suggestions)]
    return "\n".join(lines)
