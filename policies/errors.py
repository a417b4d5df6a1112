"""Errors of the policy library.

PolicyError
├── PolicyFileError   a seed file that cannot be read or says something wrong
├── UnknownSet        a policy set nobody shipped
├── PolicyRefused     a change of the library that cannot be made; nothing was changed
├── LibraryConflict   somebody else changed the library first; `current` is its newest change
└── UnknownPolicy     a name no policy of the set answers to; `nearest` is the closest one
"""

from __future__ import annotations


class PolicyError(Exception):
    """Base of the errors of this package; its text is fit to be shown to a person."""


class PolicyFileError(PolicyError):
    """A seed file that cannot be read or says something wrong."""


class UnknownSet(PolicyError):
    """A policy set nobody shipped."""


class PolicyRefused(PolicyError):
    """A change of the library that cannot be made; nothing was changed."""


class LibraryConflict(PolicyError):
    """Somebody else changed the library first; `current` is its newest change."""

    def __init__(self, current: int) -> None:
        self.current = current
        super().__init__(
            f"Somebody changed the policies meanwhile (they are at change {current} now). Nothing was changed. "
            "Look at them again and repeat what you wanted."
        )


class UnknownPolicy(PolicyError):
    """A name no policy of the set answers to; `nearest` is the closest known name, None if nothing is close."""

    def __init__(self, name: str, policy_set: str, nearest: str | None) -> None:
        self.name = name
        self.nearest = nearest
        hint = f"Did you mean {nearest!r}?" if nearest else "The Policies screen lists the names."
        super().__init__(f"The set {policy_set!r} has no policy {name!r}. {hint}")
