"""Pictures as the library keeps and shows them: checked as they are, a part of one, a small view of one.

The size in the header is looked at before any pixel is decoded; whatever a decoder raises on a made-up file
becomes one sentence.
"""

import contextlib
import io
import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..domain.avatar import Crop
from ..domain.errors import InputError
from . import limits
from .findings import UnreadableError
from .png_chunks import is_png, joined, walk

if TYPE_CHECKING:
    from PIL.Image import Image

_FORMATS = ("PNG", "JPEG", "WEBP")
_SHOWN = (*_FORMATS, "AVIF", "GIF", "BMP")
_PIXEL_CHUNKS = frozenset({b"IHDR", b"PLTE", b"tRNS", b"iCCP", b"sRGB", b"gAMA", b"IDAT", b"IEND"})
_PLAIN_MODES = frozenset({"1", "L", "LA", "RGB", "RGBA"})
_COMPRESSION = 4


def as_avatar(data: bytes, *, thorough: bool = True) -> bytes:
    """A picture that a card can have: a sound PNG, JPEG or WebP as it is, an AVIF as PNG.

    A PNG is not decoded (without `thorough`) when its checksums fit: that costs forty times the reading of
    its card. Raises `InputError` for anything else and beyond the limits.
    """
    if not data:
        raise InputError("The picture is empty.")
    if len(data) > limits.PICTURE_BYTES:
        size, most = limits.megabytes(len(data)), limits.megabytes(limits.PICTURE_BYTES)
        raise InputError(f"The picture is {size}; the limit is {most}.")
    if is_png(data):
        if thorough or not _has_sound_chunks(data):
            from .picture import check_avatar

            check_avatar(data)
        return data
    with _opened(data, (*_FORMATS, "AVIF")) as image:
        image.load()
        return data if image.format in _FORMATS else _png(_turned(image))


def part_of(data: bytes, crop: Crop) -> bytes:
    """A part of a picture as PNG, at least one pixel. Raises `InputError`."""
    with _opened(data, _FORMATS) as image:
        turned = _turned(image)
        left, top, right, bottom = _box(turned.size, crop)
        return _png(turned.crop((left, top, right, bottom)))


def small_view(data: bytes, side: int) -> bytes | None:
    """A PNG of at most `side` by `side` pixels; None for what is no picture that can be shown."""
    try:
        with _opened(data, _SHOWN) as image:
            image.draft("RGB", (side, side))
            turned = _turned(image)
            turned.thumbnail((side, side))
            return _png(turned)
    except InputError:
        return None


def _has_sound_chunks(data: bytes) -> bool:
    """Whether a PNG is whole, of a legal size, and has the checksums it should have."""
    try:
        png = walk(data)
    except UnreadableError as error:
        raise InputError(f"The picture cannot be used. {error.reason}") from error
    size = png.size()
    if size is not None:
        _check_size(size)
    has_pixels = any(chunk.kind == b"IDAT" for chunk in png.chunks)
    return not png.cut and size is not None and has_pixels and all(chunk.sound for chunk in png.chunks)


def _box(size: tuple[int, int], crop: Crop) -> tuple[int, int, int, int]:
    """The part in whole pixels, inside the picture."""
    width, height = size
    left = min(round(crop.left * width), width - 1)
    top = min(round(crop.top * height), height - 1)
    right = min(width, max(left + 1, round((crop.left + crop.width) * width)))
    bottom = min(height, max(top + 1, round((crop.top + crop.height) * height)))
    return left, top, right, bottom


def _turned(image: "Image") -> "Image":
    """The picture as its camera held it, in colours that every PNG can have."""
    from PIL import ImageOps

    turned = ImageOps.exif_transpose(image)
    if turned.mode in _PLAIN_MODES:
        return turned
    has_alpha = "A" in turned.getbands() or "transparency" in turned.info
    return turned.convert("RGBA" if has_alpha else "RGB")


def _png(image: "Image") -> bytes:
    """A PNG of the pixels and their colour profile, without places, cameras or other notes."""
    file = io.BytesIO()
    profile = image.info.get("icc_profile") if image.mode in ("L", "RGB", "RGBA") else None
    image.info = {}
    image.save(file, "PNG", icc_profile=profile, compress_level=_COMPRESSION)
    return file.getvalue()


@contextlib.contextmanager
def _opened(data: bytes, formats: tuple[str, ...]) -> "Iterator[Image]":
    """A picture whose pixels may be decoded inside the block; what decoders raise becomes `InputError`."""
    from PIL import Image, UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            image = Image.open(io.BytesIO(_pixels_of(data)), formats=formats)
            _check_size(image.size)
            yield image
    except InputError:
        raise
    except (UnidentifiedImageError, Image.DecompressionBombError) as error:
        raise InputError("The picture is not a PNG, JPEG or WebP that can be read.") from error
    except Exception as error:
        # Decoders raise anything from struct.error to AssertionError when the bytes are made up.
        raise InputError("The picture is damaged and cannot be read.", details=repr(error)) from error


def _pixels_of(data: bytes) -> bytes:
    """A PNG without its texts: Pillow refuses long ones that are legal in a card. Others as they are."""
    if not is_png(data):
        return data
    try:
        chunks = walk(data).chunks
    except UnreadableError as error:
        raise InputError(f"The picture cannot be used. {error.reason}") from error
    return joined(
        chunk
        for index, chunk in enumerate(chunks)
        if chunk.kind in _PIXEL_CHUNKS and (index == 0 or chunk.kind != b"IHDR")
    )


def _check_size(size: tuple[int, int]) -> None:
    if size[0] * size[1] > limits.PICTURE_PIXELS:
        raise InputError(
            f"The picture has {size[0]:,} × {size[1]:,} pixels; "
            f"the limit is {limits.PICTURE_PIXELS // 1_000_000} million."
        )
