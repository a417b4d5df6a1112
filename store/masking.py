"""Blacking parts of a picture before it is kept."""

from __future__ import annotations

import io
from collections.abc import Sequence

from PIL import Image, ImageDraw

MARGIN = 2
"""Pixels around each box, for borders and focus rings."""


def black_out(picture: bytes, boxes: Sequence[tuple[float, float, float, float]], width: float | None = None) -> bytes:
    """The picture (PNG or JPEG bytes) as PNG with the boxes (x, y, width, height in CSS pixels) filled with black.

    `width`: CSS pixels that the picture is wide; None where one of its pixels is a CSS pixel.
    """
    with Image.open(io.BytesIO(picture)) as image:
        drawn = image.convert("RGB")
    scale = drawn.width / width if width else 1.0
    brush = ImageDraw.Draw(drawn)
    for x, y, wide, high in boxes:
        corners = (x * scale - MARGIN, y * scale - MARGIN, (x + wide) * scale + MARGIN, (y + high) * scale + MARGIN)
        brush.rectangle(corners, fill=(0, 0, 0))
    out = io.BytesIO()
    drawn.save(out, "PNG", compress_level=1)
    return out.getvalue()
