"""One self-contained HTML page of an episode: the viewer with everything it shows, opened without a server.

Nothing recorded is HTML in it: data are blocks of base64 that the viewer's script unpacks when asked for, and the
page's policy lets no other script and no request through. See docs/formats/standalone.md.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from traces.errors import EpisodeError, TraceError
from traces.formats.told import Json, Told

FORMAT = "stepscope-page/1"
MOST_STEPS = 1_000
"""Steps of an episode that become one page; pictures are some 30 to 100 kB a step."""
BLOCK_STEPS = 16
BLOCK_BYTES = 600_000
"""A block of steps ends at so many, or where its texts reach so many bytes before they are packed."""


class TooLong(TraceError):
    """The episode has more steps than a format holds."""


@dataclass(frozen=True)
class Viewer:
    """The replay as text: its scripts joined, its style sheet with the themes, and what its `data` holds besides."""

    script: str
    style: str
    data: Mapping[str, Any]


def write_page(told: Told, viewer: Viewer, *, pictures: str | None = None, most: int = MOST_STEPS) -> Iterator[bytes]:
    """The page, piece by piece. `pictures` is the folder beside it that holds them; None: they are within it.

    Raises TooLong.
    """
    if len(told.steps) > most:
        raise TooLong(
            f"Episode {told.episode.id} has {len(told.steps):,} steps; one page holds at most {most:,}. It was left "
            "out. Write it as .episode, which has no limit."
        )
    starts, blocks = _step_blocks(told)
    head = {
        "format": FORMAT,
        "data": {**viewer.data, "episode": told.episode.id, "label_ref": told.label_ref},
        "skeleton": told.skeleton,
        "signals": told.signals,
        "starts": starts,
        "pictures": pictures,
        "told": _said(told),
    }
    hashes = _pictures(told)
    within = _with_bases(told, hashes) if pictures is None else []
    yield _opening(told, viewer, "'self' file:" if pictures else "'none'")
    yield _block("head", _packed(head))
    yield from _named("s0", blocks[:1])
    yield from _picture_blocks(told, within[:1])
    yield f"<script>{viewer.script}</script>\n".encode()
    yield from _named("s", blocks[1:], 1)
    yield from _thumb_blocks(told, hashes)
    yield from _picture_blocks(told, within[1:])
    yield b"</body></html>\n"


def _opening(told: Told, viewer: Viewer, images: str) -> bytes:
    for text, end in ((viewer.script, "</script"), (viewer.style, "</style")):
        if end in text.lower() or "\r" in text:
            raise ValueError(f"the viewer's own text holds {end} or a carriage return")
    policy = (
        f"default-src 'none'; script-src '{_digest(viewer.script)}'; style-src '{_digest(viewer.style)}'; "
        f"img-src {images}; base-uri 'none'; form-action 'none'"
    )
    title = html.escape((told.episode.objective or told.episode.id)[:200])
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        f'<meta name="viewport" content="width=device-width"><meta name="referrer" content="no-referrer">\n'
        f'<title>{title}</title><style>{viewer.style}</style></head>\n<body><header id="bar" class="ss"></header>'
        f'<main id="replay"><noscript>This page needs JavaScript.</noscript></main>\n'
    ).encode("utf-8", "replace")


def _digest(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _said(told: Told) -> str:
    """What the page is, in a sentence."""
    words = "a copy of one episode, shown without a server"
    if told.removed is None:
        return words
    gone = ", ".join(f"{number:,} {what}" for what, number in told.removed.items() if number) or "nothing found"
    return f"{words}; redacted: {gone}"


def _step_blocks(told: Told) -> tuple[list[int], list[bytes]]:
    """(the place of each block's first step, the packed blocks)."""
    starts: list[int] = []
    packed: list[bytes] = []
    body: Json = {}
    size = 0
    for place, step in enumerate(told.steps):
        if not body or len(body["steps"]) >= BLOCK_STEPS or size >= BLOCK_BYTES:
            packed += [_packed(body)] if body else []
            starts.append(place)
            body, size = {"steps": {}, "pages": {}, "texts": {}}, 0
        size += _put(body, told.payload(step.uid))
    return starts, [*packed, *([_packed(body)] if body else [])]


def _put(body: Json, payload: Json) -> int:
    """Add a step; pages and texts that are in the block already are named only. Returns the bytes that came to it."""
    step, call = payload["step"], payload["call"]
    keys = {"before": step["observation_before"], "after": step["observation_after"]}
    added = 0
    for side, key in keys.items():
        if payload[side] is not None and key not in body["pages"]:
            body["pages"][key] = payload[side]
            added += len(payload[side]["text"])
    if call is not None:
        for part in call["parts"]:
            added += 0 if part["hash"] in body["texts"] else len(part["text"])
            body["texts"][part["hash"]] = part["text"]
        lean = [{**part, "text": None, "source": None} for part in call["parts"]]
        call = {**call, "parts": lean}
    shown = {side: key if payload[side] is not None else None for side, key in keys.items()}
    body["steps"][step["uid"]] = {**payload, **shown, "call": call}
    return added


def _pictures(told: Told) -> list[str]:
    """Hashes of the pictures in the order of their steps."""
    columns = told.skeleton["steps"]
    pairs = zip(columns["before"], columns["after"], strict=True)
    return list(dict.fromkeys(key for pair in pairs for key in pair if key))


def _with_bases(told: Told, hashes: list[str]) -> list[str]:
    """The pictures with those that some are patches to, each right before the first of them."""
    found: dict[str, None] = {}
    for key in hashes:
        patch = told.reader.patch(key)
        if patch is not None and told.reader.patch(patch.base) is not None:
            raise EpisodeError(f"Episode {told.episode.id} is damaged: a picture's patch is to no whole picture.")
        found |= dict.fromkeys([*([patch.base] if patch else []), key])
    return list(found)


def _picture_blocks(told: Told, hashes: list[str]) -> Iterator[bytes]:
    """Pictures as they are kept: whole, or as a patch that names the one it is to and where it goes."""
    for key in hashes:
        patch = told.reader.patch(key)
        if patch is None:
            yield _block(f"p-{key}", told.reader.picture(key)[1])
        else:
            yield _block(f"p-{key}", patch.data, base=patch.base, left=str(patch.left), top=str(patch.top))


def _thumb_blocks(told: Told, hashes: list[str]) -> Iterator[bytes]:
    for key in hashes:
        thumb = told.reader.thumb(key)
        if thumb is not None:
            yield _block(f"t-{key}", thumb)


def _named(name: str, blocks: list[bytes], first: int | None = None) -> Iterator[bytes]:
    for number, data in enumerate(blocks, first or 0):
        yield _block(name if first is None else f"{name}{number}", data)


def _block(name: str, data: bytes, **facts: str) -> bytes:
    said = "".join(f' data-{key}="{html.escape(value)}"' for key, value in facts.items())
    opened = f'<script type="application/octet-stream" id="{html.escape(name)}"{said}>'
    return opened.encode("utf-8", "replace") + base64.b64encode(data) + b"</script>\n"


def _packed(value: Any) -> bytes:
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    return packer.compress(text) + packer.flush()
