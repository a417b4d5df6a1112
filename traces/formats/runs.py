"""The one registry of foreign runs: what a file's content says it is, and who reads it as episodes.

Names and endings decide nothing. A reader may raise BadRecording; what is wrong with a part is a warning of its draft.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from store.blobs import content_hash
from traces.draft import Draft
from traces.formats import (
    agentlab,
    gym_json,
    mind2web_results,
    miniwob_human,
    playwright_trace,
    step_files,
    step_logs,
    webarena_render,
)
from traces.formats.foreign import BadRecording
from traces.formats.source import Source


@dataclass(frozen=True)
class RunFormat:
    """A format of runs (or demonstrations). `recognise` looks at the content, and may read no more than `Source`."""

    name: str
    said: str
    recognise: Callable[[Source], bool]
    read: Callable[[Source], Sequence[Draft]]


RUN_FORMATS = (
    RunFormat(playwright_trace.NAME, "a trace of Playwright", playwright_trace.recognise, playwright_trace.read),
    RunFormat(
        agentlab.NAME,
        "a folder of an AgentLab experiment",
        lambda source: source.is_folder and agentlab.is_folder_of(source.path),
        lambda source: [agentlab.read(source)],
    ),
    RunFormat(
        step_logs.NAME,
        "a log of the released SteP agent",
        step_files.recognise,
        step_files.read,
    ),
    RunFormat(gym_json.NAME, "BrowserGym-style JSON", gym_json.recognise, gym_json.read),
    RunFormat(
        mind2web_results.NAME,
        "a result of Online-Mind2Web",
        mind2web_results.recognise,
        mind2web_results.read,
    ),
    RunFormat(
        miniwob_human.NAME,
        "a human demonstration of MiniWoB++",
        miniwob_human.recognise,
        miniwob_human.read,
    ),
    RunFormat(
        webarena_render.NAME,
        "a rendering of WebArena or VisualWebArena",
        lambda source: webarena_render.recognise(source.text),
        lambda source: [webarena_render.read(source.text)],
    ),
)
"""The first that recognises a file reads it; those that look at its first bytes come before those that read it all."""


def recognise(source: Source) -> RunFormat | None:
    """Which format a file or folder is; None for none of these. Raises BadRecording when it cannot be read at all."""
    return next((one for one in RUN_FORMATS if one.recognise(source)), None)


def read_runs(source: Source) -> Sequence[Draft]:
    """The episodes of a file or folder, each with the key of its content. Raises BadRecording."""
    found = recognise(source)
    if found is None:
        raise BadRecording("It is in none of the formats that can be read.")
    drafts = found.read(source)
    if source.is_cut:
        for draft in drafts[-1:]:
            draft.breaks_off(
                f"The file breaks off; the entry it ends in was left out, all before it was read. {source.why_no_json}"
            )
    for number, draft in enumerate(drafts):
        draft.key = draft.key or (content_hash(f"{source.key} {number}".encode()) if number else source.key)
    return drafts
