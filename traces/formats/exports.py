"""The one registry of the formats in which episodes leave the workspace: what each is called, and who writes it.

A writer is given a `Told` and does not know whether it is redacted. docs/formats/episode-exports.md describes them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from store.episode_file import SUFFIX
from traces.formats.browsergym import browsergym
from traces.formats.chrome_trace import chrome_trace
from traces.formats.otel import otlp
from traces.formats.parquet import write_tables
from traces.formats.speedscope import speedscope
from traces.formats.standalone import Viewer, write_page
from traces.formats.told import Files, Told
from traces.formats.webarena_html import webarena_html
from traces.formats.zipped import write_files

Open = Callable[[str], BinaryIO]


@dataclass(frozen=True)
class Export:
    """A format. `suffix` ends the one file of an episode; '' where an episode becomes several.

    `each` gives an episode's files (named by the suffix alone where it is one), `together` writes those of all.
    `viewer`: whether the viewer is part of it.
    """

    name: str
    said: str
    suffix: str = ""
    each: Callable[[Told, Viewer], Files] | None = None
    together: Callable[[Iterator[Told], Open], None] | None = None
    viewer: bool = False


def as_json(value: object, *, indent: int | None = None) -> bytes:
    """A JSON text; what cannot be encoded (half a surrogate pair from a page) is replaced."""
    separators = (",", ":") if indent is None else None
    text = json.dumps(value, ensure_ascii=False, indent=indent, separators=separators, allow_nan=False)
    return text.encode("utf-8", "replace")


def _page(told: Told, viewer: Viewer) -> Files:
    yield ".html", write_page(told, viewer)


def _one(suffix: str, build: Callable[[Told], object]) -> Callable[[Told, Viewer], Files]:
    """A writer of one JSON file."""

    def each(told: Told, _viewer: Viewer) -> Files:
        yield suffix, [as_json(build(told))]

    return each


def _rendered(told: Told, _viewer: Viewer) -> Files:
    yield ".webarena.html", webarena_html(told)


def _sealed(told: Told, _viewer: Viewer) -> Files:
    yield SUFFIX, [told.file()]


def _json_file(name: str, said: str, suffix: str, build: Callable[[Told], object]) -> Export:
    return Export(name, said, suffix, each=_one(suffix, build))


EXPORTS = {
    one.name: one
    for one in (
        Export("episode", "the file itself, nothing lost", SUFFIX, each=_sealed),
        Export("html", "one page that opens without a server", ".html", each=_page, viewer=True),
        Export("zip", "pictures, JSON and the viewer as files", each=write_files, viewer=True),
        _json_file("json", "everything decoded", ".json", lambda told: told.reader.dump()),
        Export("parquet", "one file per table, for analysis", together=write_tables),
        _json_file("speedscope", "the stack for speedscope.app", ".speedscope.json", speedscope),
        _json_file("chrome-trace", "trace events for Perfetto", ".trace.json", chrome_trace),
        _json_file("otel", "OpenTelemetry GenAI spans as OTLP JSON", ".otlp.json", otlp),
        _json_file("browsergym", "BrowserGym-style steps", ".browsergym.json", browsergym),
        Export("webarena-html", "a page in WebArena's layout", ".webarena.html", each=_rendered),
    )
}
"""The formats by name, in the order they are offered."""


def export_of(file_name: str) -> Export | None:
    """The format whose one file would be named so; None for none of them."""
    fitting = [one for one in EXPORTS.values() if one.suffix and file_name.endswith(one.suffix)]
    return max(fitting, key=lambda one: len(one.suffix), default=None)
