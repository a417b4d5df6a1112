"""Blacking parts of a picture before it is kept."""

from __future__ import annotations

import io
from collections.abc import Sequence

from PIL import Image, ImageDraw

MARGIN = 2
"""Pixels around each box, for borders and focus rings."""


def black_out(picture: bytes, boxes: Sequence[tuple[float, float, float, float]], scale: float = 1.0) -> bytes:
    """The picture (PNG or JPEG bytes) as PNG with the boxes (x, y, width, height in CSS pixels) filled with black."""
    with Image.open(io.BytesIO(picture)) as image:
        drawn = image.convert("RGB")
    brush = ImageDraw.Draw(drawn)
    for x, y, width, height in boxes:
        corners = (x * scale - MARGIN, y * scale - MARGIN, (x + width) * scale + MARGIN, (y + height) * scale + MARGIN)
        brush.rectangle(corners, fill=(0, 0, 0))
    out = io.BytesIO()
    drawn.save(out, "PNG", compress_level=1)
    return out.getvalue()
