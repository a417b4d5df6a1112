"""The one registry of foreign formats: what a file's name or content says it is, and who reads and writes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from traces.formats import codegen, devtools, devtools_writing, playwright_test
from traces.formats.foreign import MAX_BYTES, BadRecording, Foreign
from traces.formats.recorded import Recorded
from traces.formats.source import Source


@dataclass(frozen=True)
class Format:
    """A foreign format. `recognise` gets a file's name and text; what cannot be done is None."""

    name: str
    suffix: str
    recognise: Callable[[str, str], bool] | None = None
    read: Callable[[str], Foreign] | None = None
    write: Callable[[Recorded], tuple[str, tuple[str, ...]]] | None = None


FORMATS = (
    Format("playwright_test", ".py", write=playwright_test.write),
    Format("codegen", ".jsonl", codegen.recognise, codegen.read),
    Format("devtools", ".recorder.json", devtools.recognise, devtools.read, devtools_writing.write),
)


def is_recording(source: Source) -> bool:
    """Whether the content is a recording to be replayed: actions of Playwright's codegen, steps of DevTools."""
    first = source.text[:5000].split("\n", 1)[0]
    if '"browserName"' in first:
        return '"type"' not in first
    steps = source.json.get("steps") if isinstance(source.json, dict) else None
    return isinstance(steps, list) and any(isinstance(step, dict) and "type" in step for step in steps[:20])


def writer_of(name: str) -> Format | None:
    """The format that a file of that name would be written in; None for none of these."""
    return next((one for one in FORMATS if one.write is not None and name.endswith(one.suffix)), None)


def read_recording(name: str, data: bytes) -> Foreign:
    """A recording made elsewhere, in whichever format it is. Raises BadRecording."""
    if len(data) > MAX_BYTES:
        raise BadRecording(f"{name} is larger than {MAX_BYTES // 1024 // 1024} MB. Nothing was imported.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadRecording(f"{name} is no text in UTF-8. Nothing was imported.") from error
    for one in FORMATS:
        if one.read is not None and one.recognise is not None and one.recognise(name, text):
            return _named(name, one.read, text)
    known = ", ".join(one.name for one in FORMATS if one.read is not None)
    raise BadRecording(f"{name} is in none of the formats that can be read ({known}). Nothing was imported.")


def _named(name: str, read: Callable[[str], Foreign], text: str) -> Foreign:
    try:
        found = read(text)
        if not found.gestures and found.left_out:
            raise BadRecording(f"Nothing in it can be replayed ({found.left_out[0]}).")
        return found
    except BadRecording as error:
        raise BadRecording(f"{name} cannot be imported. {error} Nothing was imported.") from error
