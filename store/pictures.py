"""Pictures as an episode keeps them: WebP, or as a patch of what differs from a picture that is kept whole.

Of two pictures of a page most is the same. A patch is where its rectangle begins (two numbers of four bytes) and a
lossless WebP of it, transparent where nothing changed. It is always to a whole picture, so reading one unpacks two.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image, ImageChops, UnidentifiedImageError

from store.blobs import Packed
from store.errors import NotAnEpisode

MAX_PIXELS = 64_000_000
KINDS = ("PNG", "JPEG", "WEBP")
"""What is opened as a picture; nothing that would be run, as PostScript is."""
THUMB_WIDTH = 160
STRIP_HEIGHT = 90
FLAT = 0.15
"""Bytes a pixel of a first lossless picture up to which it is text and plain colours, and packed well without loss."""
SMALL = 100_000
"""Pixels of a picture that is so few bytes that packing it twice is not worth the time."""
PATCH_SHARE = 0.6
"""A patch is kept where it takes at most this share of the pixels and of the bytes of the picture it is to."""
_PLACE = struct.Struct(">II")


@dataclass(frozen=True)
class Whole:
    """The last picture that was kept whole: its hash, its pixels before they were encoded, and its size in bytes."""

    key: str
    pixels: Image.Image
    size: int


@dataclass(frozen=True)
class Patch:
    """A picture as what differs from the whole picture `base`: where its rectangle begins, and its lossless WebP."""

    base: str
    left: int
    top: int
    data: bytes


def opened(data: bytes, mode: str = "RGB") -> Image.Image:
    """The pixels of a PNG, JPEG or WebP. Raises NotAnEpisode if there are too many of them."""
    with Image.open(io.BytesIO(data), formats=KINDS) as image:
        if image.width * image.height > MAX_PIXELS:
            raise NotAnEpisode(f"a picture of {image.width}×{image.height} pixels is too large")
        return image.convert(mode)


def unreadable(data: bytes) -> str | None:
    """Why these bytes cannot be kept as a picture; None when they can."""
    try:
        opened(data)
    except Image.DecompressionBombError:
        return "it has too many pixels"
    except NotAnEpisode as error:
        return str(error)
    except UnidentifiedImageError:
        return "it is no PNG, JPEG or WebP"
    except (OSError, ValueError, SyntaxError, struct.error) as error:
        return f"it is no PNG, JPEG or WebP that can be read ({str(error)[:80]})"
    return None


def pack(pixels: Image.Image, whole: Whole | None) -> Packed:
    """The picture as a patch to `whole` where that is small, else lossless, or at quality 80 where that is smaller."""
    if whole is not None and whole.pixels.size == pixels.size:
        patch = _patch(pixels, whole)
        if patch is not None and len(patch) <= PATCH_SHARE * whole.size:
            return Packed("webp-patch", patch, len(patch), whole.key)
    data = _smallest(pixels)
    return Packed("webp", data, len(data))


def patch_of(packed: Packed) -> Patch | None:
    """A stored picture's patch, None where it is whole. Raises NotAnEpisode when the bytes are damaged."""
    if packed.encoding != "webp-patch" or packed.base is None:
        return None
    try:
        left, top = _PLACE.unpack_from(packed.data)
    except struct.error as error:
        raise NotAnEpisode(f"a stored picture is damaged ({error})") from error
    return Patch(packed.base, left, top, packed.data[_PLACE.size :])


def unpack(packed: Packed, whole: bytes) -> bytes:
    """A patched picture again, as WebP. Raises NotAnEpisode when the bytes are damaged."""
    try:
        left, top = _PLACE.unpack_from(packed.data)
        patch = opened(packed.data[_PLACE.size :], "RGBA")
        pixels = opened(whole)
        pixels.paste(patch, (left, top), patch)
    except (OSError, ValueError, struct.error, Image.DecompressionBombError) as error:
        raise NotAnEpisode(f"a stored picture is damaged ({error})") from error
    return _webp(pixels, lossless=True, quality=0, method=0)


def thumbnail(pixels: Image.Image) -> bytes:
    """A WebP 160 px wide."""
    height = max(1, round(pixels.height * THUMB_WIDTH / pixels.width))
    small = pixels.resize((THUMB_WIDTH, height), Image.Resampling.BILINEAR, reducing_gap=1.0)
    return _webp(small, lossless=False, quality=70, method=1)


def strip(thumbs: Sequence[bytes]) -> bytes:
    """Thumbnails side by side as one WebP, each 160 × 90. Raises NotAnEpisode where one cannot be read."""
    gap = 4
    whole = Image.new("RGBA", (max(1, len(thumbs)) * (THUMB_WIDTH + gap) - gap, STRIP_HEIGHT), (0, 0, 0, 0))
    for place, data in enumerate(thumbs):
        try:
            pixels = opened(data)
        except (OSError, ValueError, Image.DecompressionBombError) as error:
            raise NotAnEpisode(f"a stored thumbnail is damaged ({error})") from error
        pixels.thumbnail((THUMB_WIDTH, STRIP_HEIGHT))
        whole.paste(pixels, (place * (THUMB_WIDTH + gap) + (THUMB_WIDTH - pixels.width) // 2, 0))
    return _webp(whole, lossless=False, quality=70, method=1)


def _patch(pixels: Image.Image, whole: Whole) -> bytes | None:
    """What differs from the whole picture, None where that is most of it."""
    difference = ImageChops.difference(whole.pixels, pixels)
    box = difference.getbbox() or (0, 0, 1, 1)
    red, green, blue = difference.crop(box).split()
    changed = ImageChops.lighter(ImageChops.lighter(red, green), blue).point(lambda value: 255 if value else 0)
    if changed.histogram()[255] > PATCH_SHARE * pixels.width * pixels.height:
        return None
    patch = Image.new("RGBA", changed.size, (0, 0, 0, 0))
    patch.paste(pixels.crop(box), (0, 0), changed)
    return _PLACE.pack(box[0], box[1]) + _webp(patch, lossless=True, quality=20, method=1)


def _smallest(pixels: Image.Image) -> bytes:
    lossless = _webp(pixels, lossless=True, quality=20, method=1)
    area = pixels.width * pixels.height
    if len(lossless) <= FLAT * area:
        return lossless if area <= SMALL else _webp(pixels, lossless=True, quality=75, method=1)
    return min(lossless, _webp(pixels, lossless=False, quality=80, method=2), key=len)


def _webp(image: Image.Image, *, lossless: bool, quality: int, method: int) -> bytes:
    out = io.BytesIO()
    image.save(out, "WEBP", lossless=lossless, quality=quality, method=method)
    return out.getvalue()
