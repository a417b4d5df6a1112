"""The stored form of the values whose rows are not simply their JSON: observations and the skeleton.

An observation's row names its text and its boxes by hash; boxes are rounded to half a pixel (docs/formats/episode.md).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from store.blobs import Packed, content_hash, pack_text, unpack_text
from traces.model import Box, Observation


def observation_row(
    observation: Observation, text_hash: str, boxes_hash: str, html_hash: str | None
) -> tuple[str, dict[str, Any]]:
    """(hash, row) of an observation whose text, boxes and HTML are kept under the given hashes."""
    row = {"url": observation.url, "title": observation.title, "text": text_hash, "boxes": boxes_hash}
    key = content_hash(json.dumps(row, sort_keys=True).encode())
    return key, {**row, "html": html_hash}


def boxes_text(boxes: Mapping[str, Box]) -> str:
    """One line per element, `id x y width height`: from look to look few lines differ."""
    return "\n".join(
        f"{key} {_half(b.x):.12g} {_half(b.y):.12g} {_half(b.width):.12g} {_half(b.height):.12g}"
        for key, b in boxes.items()
    )


def observation_from(row: dict[str, Any], text: str, boxes: str | None) -> Observation:
    """The observation again; files of schema 1 have the boxes in the row itself."""
    listed = row["boxes"].items() if boxes is None else _boxes(boxes)
    found = {key: Box(x=x, y=y, width=w, height=h) for key, (x, y, w, h) in listed}
    return Observation(url=row["url"], title=row["title"], text=text, boxes=found)


def _boxes(text: str) -> Iterator[tuple[str, list[float]]]:
    for line in text.split("\n") if text else []:
        key, *numbers = line.split(" ")
        yield key, [float(number) for number in numbers]


def skeleton_bytes(skeleton: dict[str, Any]) -> bytes:
    """The skeleton as stored."""
    return pack_text(json.dumps(skeleton, ensure_ascii=False, separators=(",", ":"))).data


def skeleton_text(data: bytes) -> str:
    """The stored skeleton as JSON. Raises NotAnEpisode when damaged."""
    return unpack_text(Packed("zstd", data, len(data)))


def skeleton_from(data: bytes) -> dict[str, Any]:
    """The skeleton again. Raises NotAnEpisode when damaged."""
    loaded: dict[str, Any] = json.loads(skeleton_text(data))
    return loaded


def _half(value: float) -> float:
    return round(value * 2) / 2
