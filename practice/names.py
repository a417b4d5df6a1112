"""Made-up names, e-mail addresses and telephone numbers for the people of every practice site.

Addresses use example.org and numbers the 555-01xx range, so none belongs to anybody.
"""

from __future__ import annotations

from random import Random

LAST_NAMES = (
    *("Ruiz", "Chen", "Patel", "Okafor", "Novak", "Larsen", "Haddad", "Kim", "Moreau", "Silva", "Becker", "Walsh"),
    *("Tanaka", "Rossi", "Mensah", "Dubois", "Ivanova", "Castillo", "Nguyen", "Fischer"),
)
FIRST_NAMES = (
    *("Ana", "Priya", "Grace", "Leila", "Hannah", "Mei", "Sofia", "Ingrid", "Naomi", "Clara", "Amara", "Elena"),
    *("Marcus", "Diego", "Omar", "Jonas", "Victor", "Kwame", "Henry", "Tomas", "Ravi", "Felix", "Samuel", "Nikhil"),
)
_AREA_CODES = (212, 303, 312, 404, 415, 503, 617, 702)
_EMAIL_STYLES = ("{first}.{last}", "{first}{last}", "{initial}.{last}", "{last}.{first}")


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
    return rng.choice([name for name in LAST_NAMES if name != current])
