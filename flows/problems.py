"""What went wrong, for a person: what happened, what was kept, what to do next, and the command line's exit code.

The packages' errors say what happened in their own words; this table says the rest. docs/commands.md lists the codes.
"""

from __future__ import annotations

from dataclasses import dataclass

from agent.errors import AgentError
from browser.errors import BrowserError, ChromiumMissing, ForbiddenUrl, UnknownEnvironment
from labeling.errors import LabelError, NothingAccepted, NothingToLabel, UnknownLabel
from llm_client.errors import ModelEndpointError
from policies.errors import PolicyError
from store.errors import Conflict, DiskFull, NewerSchema, NotAnEpisode, NotFound, StoreError, WorkspaceError
from traces.errors import TraceError

OURS: tuple[type[Exception], ...] = (
    AgentError,
    BrowserError,
    LabelError,
    ModelEndpointError,
    PolicyError,
    StoreError,
    TraceError,
)
"""Every error whose text is fit to be shown to a person."""

FAILED, PARTLY, UNKNOWN, NOTHING_TO_DO, STORE, BROWSER, MODEL, STOPPED = 1, 3, 4, 5, 6, 7, 8, 130


@dataclass(frozen=True)
class Problem:
    """An error as three sentences and an exit code."""

    what: str
    kept: str
    next: str
    code: int = FAILED


_NOTHING_CHANGED = "Nothing was changed."
_COMMITTED = "Everything committed before is kept."
_TABLE: tuple[tuple[type[Exception], int, str, str], ...] = (
    (UnknownEnvironment, UNKNOWN, _NOTHING_CHANGED, "Choose one of the names the message lists."),
    (NothingToLabel, NOTHING_TO_DO, _NOTHING_CHANGED, "Record a demonstration first (Record screen, or `record URL`)."),
    (
        NothingAccepted,
        NOTHING_TO_DO,
        _NOTHING_CHANGED,
        "Accept labels first (Label screen, or `label --all --accept`).",
    ),
    (UnknownLabel, UNKNOWN, _NOTHING_CHANGED, "Build one first (Prompts screen, or `prompts build`)."),
    (NotFound, UNKNOWN, _NOTHING_CHANGED, "`episodes list` shows the episodes there are."),
    (PolicyError, UNKNOWN, _NOTHING_CHANGED, "The Policies screen shows the policies there are."),
    (DiskFull, STORE, "Every step before this one is kept.", "Free some space and go on."),
    (NewerSchema, STORE, "The file was left as it is.", "Open it with a newer Stepscope."),
    (NotAnEpisode, STORE, "The file was left as it is.", "Use another copy of the file."),
    (WorkspaceError, STORE, "Nothing in it was changed.", "Set STEPSCOPE_HOME to a folder that can be written."),
    (Conflict, FAILED, "Nothing was overwritten.", "Load again and repeat the last change."),
    (ChromiumMissing, BROWSER, _COMMITTED, "Run `make setup`, or set STEPSCOPE_CHROMIUM to a Chromium."),
    (ForbiddenUrl, BROWSER, _NOTHING_CHANGED, "Give an http or https address that the message does not exclude."),
    (BrowserError, BROWSER, _COMMITTED, "Try again; `--help` shows how the command is used."),
    (ModelEndpointError, MODEL, _COMMITTED, "Check the endpoint on the Settings screen, or run with --model demos."),
    (AgentError, FAILED, _COMMITTED, "Check the model and the prompt set that were named."),
)


def explained(error: Exception) -> Problem:
    """The problem an error is; whatever is not ours is said plainly and kept for the log."""
    for kind, code, kept, todo in _TABLE:
        if isinstance(error, kind):
            return Problem(str(error), kept, todo, code)
    if isinstance(error, OURS):
        return Problem(str(error), _NOTHING_CHANGED, "Correct what the message names and try again.")
    what = f"Something unexpected happened: {type(error).__name__}: {error}"
    return Problem(what, _COMMITTED, "Report it with the text above; STEPSCOPE_DEBUG=1 prints where it was.")
