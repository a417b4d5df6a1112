"""Who is at the other end: a name asked once and kept in a signed cookie. Without sign-in this is a label, not a proof.

The signature only keeps a name from being changed by accident or by another site's page; whoever has the app's address
and token may call themselves anything.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping

from itsdangerous import BadSignature, URLSafeSerializer
from starlette.responses import Response

COOKIE = "stepscope_name"
NOBODY = "me"
"""The name before one was given."""

MOST_LETTERS = 60
_YEAR_S = 365 * 24 * 3600
_UNFIT = re.compile(r"[^A-Za-z0-9_.@ -]+")


class People:
    """Reads and writes the cookie; `secret` must outlive the process for names to do so."""

    def __init__(self, secret: str) -> None:
        self._signer = URLSafeSerializer(secret, salt="stepscope name")

    def name_of(self, cookies: Mapping[str, str]) -> str:
        """The name in the cookie; NOBODY where there is none, or none of ours."""
        try:
            name = self._signer.loads(cookies.get(COOKIE, ""))
        except BadSignature:
            return NOBODY
        return name if isinstance(name, str) and is_name(name) else NOBODY

    def remember(self, response: Response, name: str, path: str = "/") -> None:
        """Set the cookie: for our own pages only, out of reach of scripts."""
        value = self._signer.dumps(name)
        response.set_cookie(COOKIE, str(value), max_age=_YEAR_S, path=path, httponly=True, samesite="strict")


def is_name(text: str) -> bool:
    """Whether it can be a name: something printable of at most 60 letters, without blanks at its ends."""
    return 0 < len(text) <= MOST_LETTERS and text == text.strip() and text.isprintable()


def track_of(name: str) -> str:
    """The track a person's labels go to: the name in plain letters, as links to labels can hold them.

    >>> track_of("Zoë Ångström")
    'Zoe Angstrom'
    """
    folded = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    plain = " ".join(_UNFIT.sub(" ", folded).split())
    if plain and len(plain) == len(name):
        return plain
    return f"{plain} {hashlib.sha256(name.encode()).hexdigest()[:8]}".strip()
