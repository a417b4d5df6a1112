"""Made-up people: names, e-mail addresses and telephone numbers for seeded passengers.

Addresses use example.org and numbers the 555-01xx range, so none belongs to anybody.
"""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from practice.airline.records import Passenger

_FIRST: tuple[tuple[str, str], ...] = (
    *(("Ms", n) for n in ("Ana", "Priya", "Grace", "Leila", "Hannah", "Mei", "Sofia", "Ingrid", "Naomi", "Clara")),
    *(("Ms", n) for n in ("Amara", "Yuki", "Elena", "Ruth", "Zofia")),
    *(("Mr", n) for n in ("Marcus", "Diego", "Omar", "Jonas", "Victor", "Kwame", "Henry", "Tomas", "Ravi", "Felix")),
    *(("Mr", n) for n in ("Samuel", "Luca", "Peter", "Nikhil", "Andrei")),
    *(("Mx", n) for n in ("Robin", "Alex", "Sasha")),
)
_LAST = (
    *("Ruiz", "Chen", "Patel", "Okafor", "Novak", "Larsen", "Haddad", "Kim", "Moreau", "Silva", "Becker", "Walsh"),
    *("Tanaka", "Rossi", "Mensah", "Dubois", "Ivanova", "Castillo", "Nguyen", "Fischer"),
)
_AREA_CODES = (212, 303, 312, 404, 415, 503, 617, 702)
_EMAIL_STYLES = ("{first}.{last}", "{first}{last}", "{initial}.{last}", "{last}.{first}")


def random_person(rng: Random, today: date) -> Passenger:
    """Somebody between 19 and 78 years old, with e-mail and telephone."""
    title, first = rng.choice(_FIRST)
    if rng.random() < 0.08:
        title = "Dr"
    return person(rng, today, title, first, rng.choice(_LAST))


def person(rng: Random, today: date, title: str, first: str, last: str) -> Passenger:
    """That person, with random birth date, e-mail and telephone."""
    born = today - timedelta(days=rng.randint(19 * 366, 78 * 365))
    return Passenger(title, first, last, born, random_email(rng, first, last), random_phone(rng))


def random_email(rng: Random, first: str, last: str) -> str:
    """`ana.ruiz7@example.org`, in one of a few styles."""
    style = rng.choice(_EMAIL_STYLES)
    local = style.format(first=first, last=last, initial=first[0]).lower()
    return f"{local}{rng.choice(('', '', rng.randint(2, 99)))}@example.org"


def random_phone(rng: Random) -> str:
    """`+1 617 555 0134`."""
    return f"+1 {rng.choice(_AREA_CODES)} 555 {rng.randint(100, 199):04d}"


def other_last_name(rng: Random, current: str) -> str:
    """A last name that is not the current one."""
    return rng.choice([name for name in _LAST if name != current])
