"""What went wrong, for a person: what happened, what was kept, what to do next, and the command line's exit code.

The packages' messages say these three in this order; what one of them leaves out is said by the table here.
docs/commands.md lists the codes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from agent.errors import AgentError
from browser.errors import BrowserError, ChromiumMissing, ForbiddenUrl, NoDisplay, UnknownEnvironment
from browser.script import BadScript
from labeling.errors import (
    BadBundle,
    ExportRefused,
    LabelError,
    NothingAccepted,
    NothingToLabel,
    ReviewError,
    UnknownLabel,
)
from llm_client.errors import ModelEndpointError
from llm_client.prices import PriceTableError
from policies.errors import PolicyError, UnknownPolicy
from practice.records import PracticeError
from store.errors import Conflict, DiskFull, NewerSchema, NotAnEpisode, NotFound, StoreError, WorkspaceError
from traces.errors import TraceError

OURS: tuple[type[Exception], ...] = (
    AgentError,
    BrowserError,
    LabelError,
    ModelEndpointError,
    PolicyError,
    PracticeError,
    PriceTableError,
    StoreError,
    TraceError,
)
"""Every error whose text is fit to be shown to a person."""

FAILED, USAGE, PARTLY, UNKNOWN, NOTHING_TO_DO, STORE, BROWSER, MODEL, STOPPED = 1, 2, 3, 4, 5, 6, 7, 8, 130


@dataclass(frozen=True)
class Problem:
    """An error as three texts and an exit code."""

    what: str
    kept: str
    next: str
    code: int = FAILED

    @property
    def said(self) -> str:
        """All three, in order."""
        return f"{self.what} {self.kept} {self.next}"


_NOTHING = "Nothing was changed."
_COMMITTED = "Everything committed before is kept."
_LEFT = "The file was left as it is."
_CORRECT = "Correct what the message names and try again."
_TABLE: tuple[tuple[type[Exception], int, str, str], ...] = (
    (UnknownEnvironment, UNKNOWN, _NOTHING, "Choose one of the names the message lists."),
    (NothingToLabel, NOTHING_TO_DO, _NOTHING, "Record a demonstration first (Record screen, or `record URL`)."),
    (NothingAccepted, NOTHING_TO_DO, _NOTHING, "Accept labels first (Label screen, or `label --all --accept`)."),
    (UnknownLabel, UNKNOWN, _NOTHING, "Name labels or a prompt set that the Label and Prompts screens list."),
    (ReviewError, FAILED, _NOTHING, "Load the labels again and repeat the last change."),
    (ExportRefused, FAILED, "Nothing was written.", "Change what the message names and write it again."),
    (BadBundle, STORE, "Nothing was imported.", "Use another copy of the bundle."),
    (LabelError, FAILED, _NOTHING, _CORRECT),
    (NotFound, UNKNOWN, _NOTHING, "`episodes list` shows the episodes there are, `episode show ID` what is in one."),
    (UnknownPolicy, UNKNOWN, _NOTHING, "Name the policy set the labels were made with, or only tasks of this one."),
    (PolicyError, UNKNOWN, _NOTHING, "The Policies screen shows the policies there are."),
    (DiskFull, STORE, "Every step before this one is kept.", "Free some space and go on."),
    (NewerSchema, STORE, _LEFT, "Open it with a newer Stepscope."),
    (NotAnEpisode, STORE, _LEFT, "Use another copy of the file."),
    (WorkspaceError, STORE, "Nothing in it was changed.", "Set STEPSCOPE_HOME to a folder that can be written."),
    (Conflict, FAILED, "Nothing was overwritten.", "Load again and repeat the last change."),
    (StoreError, STORE, _COMMITTED, _CORRECT),
    (BadScript, USAGE, "Nothing was recorded.", "Correct the script; docs/formats/script.md lists the gestures."),
    (ChromiumMissing, BROWSER, _COMMITTED, "Run `make setup`, or set STEPSCOPE_CHROMIUM to a Chromium."),
    (NoDisplay, BROWSER, "Nothing was recorded.", "Record in the app: `make run`, then its Record screen."),
    (ForbiddenUrl, BROWSER, _NOTHING, "Give an http or https address that the message does not exclude."),
    (BrowserError, BROWSER, _COMMITTED, "Try again; if it stays so, open the address in a browser to see why."),
    (PracticeError, BROWSER, _COMMITTED, "Try again; the practice site starts anew each time."),
    (ModelEndpointError, MODEL, _COMMITTED, "Check the endpoint on the Settings screen, or run with --model demos."),
    (PriceTableError, MODEL, _NOTHING, "Correct the file, or unset STEPSCOPE_PRICES."),
    (AgentError, FAILED, _COMMITTED, "Check the model and the prompt set that were named."),
    (TraceError, FAILED, _NOTHING, _CORRECT),
)
_TELL_NEXT = (UnknownLabel, NotFound, UnknownPolicy, Conflict)
"""Their messages end with what to do next, without saying what was kept."""

_KEPT = re.compile(r"^(Nothing\b|No cost\b|It was left|Everything\b|.*\bkept\b)")
_BETWEEN = re.compile(r"(?<=[.!?]) +(?=[A-Z`‘])")


def explained(error: Exception) -> Problem:
    """The problem an error is; whatever is not ours is said plainly and kept for the log."""
    for kind, code, kept, todo in _TABLE:
        if isinstance(error, kind):
            own = _parted(str(error), ends_with_next=isinstance(error, _TELL_NEXT))
            return Problem(own[0], own[1] or kept, own[2] or todo, code)
    if isinstance(error, OSError) and error.filename is not None:
        what = f"{error.filename} could not be used: {error.strerror}."
        return Problem(what, _COMMITTED, "Check the path, its permissions and the room left on the disk.", STORE)
    what = f"Something unexpected happened: {type(error).__name__}: {error}"
    return Problem(what, _COMMITTED, "Report it with the text above; STEPSCOPE_DEBUG=1 prints where it was.")


def _parted(text: str, *, ends_with_next: bool) -> tuple[str, str, str]:
    """(what, kept, next) of a message; the latter two empty where it does not say them."""
    sentences = _BETWEEN.split(text.strip())
    at = next((index for index, sentence in enumerate(sentences) if index and _KEPT.match(sentence)), None)
    if at is not None:
        return " ".join(sentences[:at]), sentences[at], " ".join(sentences[at + 1 :])
    if ends_with_next and len(sentences) > 1:
        return " ".join(sentences[:-1]), "", sentences[-1]
    return text.strip(), "", ""
