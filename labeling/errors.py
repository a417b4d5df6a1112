"""Errors of labelling.

LabelError
├── NothingToLabel     an episode without steps, or one that has its calls already
├── LabellerStopped    a labeller was told to stop; what a model has answered is kept
├── NothingAccepted    no accepted labels to make something of
├── TreeError          segments that are not a tree of calls
├── ReviewError        a gesture that does not fit the labels as they are
│   └── Conflict       somebody else changed the track first; `current` is its newest number
├── ExportRefused      labels that cannot be written as asked; nothing was written
│   └── SecretFound    a secret stands in the clear in what was to be written
├── BadBundle          a file that is no bundle of ours, or is damaged
└── UnknownLabel       a label run, label set or prompt set that is not in the workspace
"""

from __future__ import annotations


class LabelError(Exception):
    """Base of the errors of this package; its text is fit to be shown to a person."""


class NothingToLabel(LabelError):
    """An episode without steps, or one that has its calls already."""


class LabellerStopped(LabelError):
    """A labeller was told to stop before it had a tree; what a model has answered is kept."""


class NothingAccepted(LabelError):
    """No accepted labels to make something of."""


class TreeError(LabelError):
    """Segments that are not a tree of calls over the steps."""


class ReviewError(LabelError):
    """A gesture that does not fit the labels as they are; nothing was changed."""


class Conflict(ReviewError):
    """Somebody else changed the track first; `current` is the number to build on."""

    def __init__(self, current: int) -> None:
        self.current = current
        super().__init__(
            f"These labels were changed elsewhere (they are at change {current} now). Nothing was overwritten. "
            "Load them again and repeat the last gesture."
        )


class UnknownLabel(LabelError):
    """A label run, label set or prompt set that is not in the workspace."""


class ExportRefused(LabelError):
    """Labels that cannot be written as asked; nothing was written."""


class PromptRefused(LabelError):
    """A prompt set that cannot be built as asked; nothing was built."""


class SecretFound(ExportRefused):
    """A secret stands in the clear in what was to be written; the text says where, not what it is."""


class BadBundle(LabelError):
    """A file that is no bundle of ours, or is damaged; nothing was imported."""
