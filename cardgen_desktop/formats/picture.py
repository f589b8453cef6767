"""Pictures for cards: checked by content and within bounds, converted to PNG only where they are not one.

Pillow decodes pixels here and nothing else; card text never passes through it.
"""

import contextlib
import io
import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..domain.errors import InputError
from . import limits
from .findings import UnreadableError
from .png_chunks import Chunk, is_png, joined, walk

if TYPE_CHECKING:
    from PIL.Image import Image

_COMPRESSION = 4  # a photo of 12 megapixels takes 0.9 s and 7.5 MB; Pillow's 6 takes 2.2 s and 7.1 MB
_FORMATS = ("PNG", "JPEG", "WEBP")
_PIXEL_CHUNKS = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"})
_PLAIN_MODES = frozenset({"1", "L", "LA", "RGB", "RGBA", "I;16"})


def check_avatar(data: bytes) -> bytes:
    """Check a picture and give it as PNG: a sound PNG passes byte for byte, JPEG and WebP are converted.

    Raises `InputError` with a sentence when it is no such picture, damaged, or over 64 MB or 32 megapixels.
    """
    if not data:
        raise InputError("The picture is empty.")
    if len(data) > limits.PICTURE_BYTES:
        raise InputError(
            f"The picture is {limits.megabytes(len(data))}; "
            f"the limit is {limits.megabytes(limits.PICTURE_BYTES)}."
        )
    if is_png(data):
        _check_png(data)
        return data
    return _converted(data)


def generated_portrait(name: str, size: tuple[int, int] = (1024, 1536)) -> bytes:
    """The PNG portrait a name gets when there is no picture; the same name gives the same bytes."""
    from .portrait_painting import paint_portrait

    return _png_bytes(paint_portrait(name, size))


def _check_png(data: bytes) -> None:
    """Raise `InputError` unless every chunk is whole and the pixels decode."""
    try:
        png = walk(data)
    except UnreadableError as error:
        raise InputError(f"The picture cannot be used. {error.reason}") from error
    if png.cut or png.size() is None or not all(chunk.sound for chunk in png.chunks):
        raise InputError("The picture is damaged: the PNG is cut short or a checksum is wrong.")
    # Only what makes pixels is decoded: Pillow refuses long texts that are legal in a card.
    pixels = [chunk for chunk in png.chunks if chunk.kind in _PIXEL_CHUNKS]
    with _careful():
        _decoded(joined(_one_picture(pixels)))


def _one_picture(chunks: list[Chunk]) -> list[Chunk]:
    return [chunk for index, chunk in enumerate(chunks) if index == 0 or chunk.kind != b"IHDR"]


def _converted(data: bytes) -> bytes:
    from PIL import ImageOps

    with _careful():
        turned = ImageOps.exif_transpose(_decoded(data))
        return _png_bytes(turned if turned.mode in _PLAIN_MODES else turned.convert(_plain_mode(turned)))


def _plain_mode(image: "Image") -> str:
    return "RGBA" if "A" in image.getbands() or "transparency" in image.info else "RGB"


def _decoded(data: bytes) -> "Image":
    """The picture with its pixels decoded; its size is checked before they are."""
    from PIL import Image

    image = Image.open(io.BytesIO(data), formats=_FORMATS)
    _check_size(image.size)
    image.load()
    return image


@contextlib.contextmanager
def _careful() -> Iterator[None]:
    """Turn whatever Pillow raises on a hostile picture into an `InputError`, and bomb warnings as well."""
    from PIL import Image, UnidentifiedImageError

    bombs = (Image.DecompressionBombError, Image.DecompressionBombWarning)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            yield
    except InputError:
        raise
    except (UnidentifiedImageError, *bombs) as error:
        raise InputError("The picture is not a PNG, JPEG or WebP that can be read.") from error
    except Exception as error:
        # Decoders raise anything from struct.error to AssertionError when the bytes are made up.
        raise InputError("The picture is damaged and cannot be read.", details=repr(error)) from error


def _check_size(size: tuple[int, int]) -> None:
    if size[0] * size[1] > limits.PICTURE_PIXELS:
        raise InputError(
            f"The picture has {size[0]:,} × {size[1]:,} pixels; "
            f"the limit is {limits.PICTURE_PIXELS // 1_000_000} million."
        )


def _png_bytes(image: "Image") -> bytes:
    """A PNG of the pixels and their colour profile, without places, cameras or other notes."""
    file = io.BytesIO()
    profile = image.info.get("icc_profile") if image.mode in ("L", "RGB", "RGBA") else None
    image.save(file, "PNG", icc_profile=profile, compress_level=_COMPRESSION)
    return file.getvalue()
