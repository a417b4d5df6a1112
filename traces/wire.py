"""The stored form of the values whose rows are not simply their JSON: observations and the skeleton.

An observation's row names its text by hash; boxes are rounded to half a pixel (docs/formats/episode.md).
"""

from __future__ import annotations

import json
from typing import Any

from store.blobs import Packed, content_hash, pack_text, unpack_text
from traces.model import Box, Observation


def observation_row(observation: Observation, text_hash: str, html_hash: str | None) -> tuple[str, dict[str, Any]]:
    """(hash, row) of an observation whose text and HTML are kept under the given hashes."""
    row: dict[str, Any] = {
        "url": observation.url,
        "title": observation.title,
        "text": text_hash,
        "boxes": {key: [_half(v) for v in (b.x, b.y, b.width, b.height)] for key, b in observation.boxes.items()},
    }
    key = content_hash(json.dumps(row, sort_keys=True).encode())
    return key, {**row, "html": html_hash}


def observation_from(row: dict[str, Any], text: str) -> Observation:
    """The observation again."""
    boxes = {key: Box(x=x, y=y, width=w, height=h) for key, (x, y, w, h) in row["boxes"].items()}
    return Observation(url=row["url"], title=row["title"], text=text, boxes=boxes)


def skeleton_bytes(skeleton: dict[str, Any]) -> bytes:
    """The skeleton as stored."""
    return pack_text(json.dumps(skeleton, ensure_ascii=False, separators=(",", ":"))).data


def skeleton_from(data: bytes) -> dict[str, Any]:
    """The skeleton again. Raises NotAnEpisode when damaged."""
    loaded: dict[str, Any] = json.loads(unpack_text(Packed("zstd", data, len(data))))
    return loaded


def _half(value: float) -> float:
    return round(value * 2) / 2
