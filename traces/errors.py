"""Errors of the record.

TraceError
├── ActionError        an action's text is not of the grammar
├── ObservationError   an observation's text is not of the grammar
├── FrameError         steps whose pushes and pops do not pair
└── EpisodeError       an episode that cannot be read or written
"""

from __future__ import annotations


class TraceError(Exception):
    """Base of the errors of this package; its text is fit to be shown to a person."""


class ActionError(TraceError):
    """An action's text is not of the grammar."""


class ObservationError(TraceError):
    """An observation's text is not of the grammar."""


class FrameError(TraceError):
    """Pushes and pops that do not pair."""


class EpisodeError(TraceError):
    """An episode that cannot be read or written."""
