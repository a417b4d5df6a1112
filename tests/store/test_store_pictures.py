"""Pictures kept as patches: the same pixels come out, and what is damaged is refused."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageDraw

from store import pictures
from store.blobs import Packed, content_hash
from store.episode_file import EpisodeFile
from store.errors import NotAnEpisode, NotFound

SIZE = (160, 90)
BOXES = st.tuples(st.integers(0, 159), st.integers(0, 89), st.integers(0, 60), st.integers(0, 40))
COLOURS = st.tuples(*[st.integers(0, 255)] * 3)


def page(*painted: tuple[tuple[int, int, int, int], tuple[int, ...]], size: tuple[int, int] = SIZE) -> Image.Image:
    """A page with a gradient, so that no pixel is like all others, and boxes painted on it."""
    image = Image.merge("RGB", [Image.linear_gradient("L").resize(size)] * 3)
    draw = ImageDraw.Draw(image)
    for (x, y, width, height), colour in painted:
        draw.rectangle((x, y, x + width, y + height), fill=colour)
    return image


def png(image: Image.Image) -> bytes:
    """The image as the browser gives it."""
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


@pytest.fixture(name="file")
def file_fixture(tmp_path: Path) -> Iterator[EpisodeFile]:
    file = EpisodeFile.create(tmp_path / "e.episode")
    yield file
    file.close()


def kept(file: EpisodeFile, image: Image.Image) -> str:
    """The hash the picture is kept under."""
    data = png(image)
    file.put_picture(content_hash(data), data)
    return content_hash(data)


def encoding(file: EpisodeFile, key: str) -> str:
    """How it is stored."""
    return file._blob(key).encoding


@given(st.lists(st.tuples(BOXES, COLOURS), max_size=4))
def test_a_patched_picture_has_the_same_pixels(
    painted: list[tuple[tuple[int, int, int, int], tuple[int, ...]]],
) -> None:
    """Whatever changed, in however many places: pixel for pixel, over a whole picture kept without loss."""
    first, second = page(), page(*painted)
    base = pictures.pack(first, None)
    packed = pictures.pack(second, pictures.Whole("k", first, 10**9))
    if packed.base is None:
        return
    again = pictures.opened(pictures.unpack(packed, _lossless(first)))
    assert base.encoding == "webp"
    assert ImageChops.difference(again, second).getbbox() is None


def _lossless(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "WEBP", lossless=True)
    return out.getvalue()


def test_what_differs_a_little_is_a_patch_and_else_whole(file: EpisodeFile) -> None:
    """A button's new colour takes a patch; another page, or another size, is kept whole and is the next one's base."""
    first = kept(file, page())
    button = kept(file, page(((10, 10, 20, 8), (200, 0, 0))))
    other = kept(file, ImageChops.invert(page()))
    small = kept(file, page(size=(80, 45)))
    assert [encoding(file, key) for key in (first, button, other, small)] == ["webp", "webp-patch", "webp", "webp"]
    shown = pictures.opened(file.picture(button))
    assert shown.getpixel((15, 12)) == (200, 0, 0)
    assert file._blob(button).size < 200
    assert all(file.thumb(key) for key in (first, button, other, small))


def test_noise_is_not_patched(file: EpisodeFile) -> None:
    """Where most pixels differ nothing is won."""
    noise = Image.effect_noise(SIZE, 80).convert("RGB")
    kept(file, page())
    assert encoding(file, kept(file, noise)) == "webp"


@pytest.mark.parametrize("data", [b"", b"abc", struct.pack(">II", 0, 0) + b"RIFFnothing", struct.pack(">II", 2**31, 5)])
def test_a_damaged_patch_is_refused(data: bytes) -> None:
    """A file from elsewhere meets one clear error."""
    with pytest.raises(NotAnEpisode, match="damaged"):
        pictures.unpack(Packed("webp-patch", data, len(data), "k"), _lossless(page()))


def test_patches_to_patches_and_to_texts_are_refused(file: EpisodeFile) -> None:
    """A patch is to a whole picture of the same file, and to nothing else."""
    file.put_text("t" * 32, "words", "text")
    whole = kept(file, page())
    patch = kept(file, page(((1, 1, 5, 5), (9, 9, 9))))
    file._execute("UPDATE blob SET base = ? WHERE hash = ?", (patch, patch))
    with pytest.raises(NotAnEpisode, match="no whole picture"):
        file.picture(patch)
    file._execute("UPDATE blob SET base = ? WHERE hash = ?", ("t" * 32, patch))
    with pytest.raises(NotAnEpisode, match="no whole picture"):
        file.picture(patch)
    with pytest.raises(NotFound, match="no picture"):
        file.picture("t" * 32)
    assert file.picture(whole)


def test_a_picture_too_large_is_not_kept(file: EpisodeFile) -> None:
    """Sixty-four million pixels are the limit."""
    with pytest.raises(NotAnEpisode, match="too large"):
        kept(file, Image.new("RGB", (8001, 8000)))
