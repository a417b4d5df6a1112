"""Whether two pictures of a page differ by no more than a hover, a focus ring or a caret."""

from __future__ import annotations

import io

from PIL import Image, ImageChops

SMALL = (160, 160)
STEP = 24
"""Of 255: less than this is a JPEG's noise."""


def alike(a: bytes, b: bytes, share: float = 0.02) -> bool:
    """Whether at most that share of two JPEGs' pixels differ, looked at from afar; about two milliseconds each."""
    (one, size), (other, other_size) = _small(a), _small(b)
    if size != other_size or one.size != other.size:
        return False
    differing = sum(ImageChops.difference(one, other).histogram()[STEP:])
    return differing <= share * one.width * one.height


def _small(jpeg: bytes) -> tuple[Image.Image, tuple[int, int]]:
    with Image.open(io.BytesIO(jpeg)) as image:
        size = image.size
        image.draft("L", SMALL)
        return image.convert("L"), size
