"""Made-up passengers, with titles and birth dates; the rest of a made-up person comes from `practice.names`."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from practice.airline.records import Passenger
from practice.names import LAST_NAMES, random_email, random_phone

_FIRST: tuple[tuple[str, str], ...] = (
    *(("Ms", n) for n in ("Ana", "Priya", "Grace", "Leila", "Hannah", "Mei", "Sofia", "Ingrid", "Naomi", "Clara")),
    *(("Ms", n) for n in ("Amara", "Yuki", "Elena", "Ruth", "Zofia")),
    *(("Mr", n) for n in ("Marcus", "Diego", "Omar", "Jonas", "Victor", "Kwame", "Henry", "Tomas", "Ravi", "Felix")),
    *(("Mr", n) for n in ("Samuel", "Luca", "Peter", "Nikhil", "Andrei")),
    *(("Mx", n) for n in ("Robin", "Alex", "Sasha")),
)


def random_person(rng: Random, today: date) -> Passenger:
    """Somebody between 19 and 78 years old, with e-mail and telephone."""
    title, first = rng.choice(_FIRST)
    if rng.random() < 0.08:
        title = "Dr"
    return person(rng, today, title, first, rng.choice(LAST_NAMES))


def person(rng: Random, today: date, title: str, first: str, last: str) -> Passenger:
    """That person, with random birth date, e-mail and telephone."""
    born = today - timedelta(days=rng.randint(19 * 366, 78 * 365))
    return Passenger(title, first, last, born, random_email(rng, first, last), random_phone(rng))
