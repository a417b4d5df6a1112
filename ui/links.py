"""Addresses inside the app: everything one looks at can be sent to a colleague."""

from __future__ import annotations

from urllib.parse import urlencode


def replay_link(episode: str, step: str | None = None, label_ref: str | None = None) -> str:
    """The Replay screen on an episode, at a step (by uid), with the labels named.

    >>> replay_link("3f2a", "u1")
    '/replay?episode=3f2a&step=u1'
    """
    named = {"episode": episode, "step": step, "label_ref": label_ref}
    return "/replay?" + urlencode({key: value for key, value in named.items() if value})
