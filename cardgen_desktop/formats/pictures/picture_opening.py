"""Opening pictures that may be anything: bounded by their headers, and every failure is one sentence.

Pillow decodes pixels here and nothing else; card text never passes through it.
"""

import contextlib
import io
import warnings
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ...domain.errors import InputError
from .. import limits
from ..findings import UnreadableError
from .png_chunks import Chunk, PngFile, is_png, joined, walk

if TYPE_CHECKING:
    from PIL.Image import Image

AVATARS = ("PNG", "JPEG", "WEBP", "AVIF")
"""What a card's picture can be made of; AVIF where the library on this computer reads it."""

SHOWN = (*AVATARS, "GIF", "BMP")
"""What can be shown small."""

_COMPRESSION = 4  # a photo of 12 megapixels takes 0.9 s and 7.5 MB; Pillow's 6 takes 2.2 s and 7.1 MB
_PIXEL_CHUNKS = frozenset({b"IHDR", b"PLTE", b"tRNS", b"gAMA", b"sRGB", b"iCCP", b"IDAT", b"IEND"})
_PROFILE_BYTES = 64 * 1024  # Pillow refuses large ones, and the picture with them
_PLAIN_MODES = frozenset({"1", "L", "LA", "RGB", "RGBA", "I;16"})
_PROFILED_MODES = frozenset({"L", "RGB", "RGBA"})
_NO_PICTURE = "The picture is not a PNG, JPEG, WebP or AVIF that can be read."


@contextlib.contextmanager
def opened(data: bytes, formats: Sequence[str] = AVATARS) -> "Iterator[Image]":
    """A picture whose pixels may be decoded inside the block. Raises `InputError`, also from inside of it."""
    with _careful():
        yield _opened(data, formats)


def walked(data: bytes) -> PngFile:
    """The chunks of a PNG whose header is within the limit. Raises `InputError`."""
    try:
        png = walk(data)
    except UnreadableError as error:
        raise InputError(f"The picture cannot be used. {error.reason}") from error
    _check_size(png.size() or (0, 0))
    return png


def upright(image: "Image") -> "Image":
    """The picture as its camera was held, in colours that every PNG can have."""
    from PIL import ImageOps

    turned = ImageOps.exif_transpose(image)
    has_key = "transparency" in turned.info
    if turned.mode in _PLAIN_MODES and not has_key:
        return turned
    return turned.convert("RGBA" if has_key or "A" in turned.getbands() else "RGB")


def png_bytes(image: "Image") -> bytes:
    """A PNG of the pixels and their colour profile, without places, cameras or other notes."""
    file = io.BytesIO()
    profile = image.info.get("icc_profile") if image.mode in _PROFILED_MODES else None
    image.save(file, "PNG", icc_profile=profile, compress_level=_COMPRESSION)
    return file.getvalue()


def check_bytes(data: bytes) -> None:
    """Raise `InputError` for a picture that is empty or over 64 MB."""
    if not data:
        raise InputError("The picture is empty.")
    if len(data) > limits.PICTURE_BYTES:
        size, most = limits.megabytes(len(data)), limits.megabytes(limits.PICTURE_BYTES)
        raise InputError(f"The picture is {size}; the limit is {most}.")


def _opened(data: bytes, formats: Sequence[str]) -> "Image":
    """The picture with nothing but its header read."""
    from PIL import Image, features

    readable = [kind for kind in formats if kind != "AVIF" or features.check("avif")]
    image = Image.open(io.BytesIO(_pixels_of(data)), formats=readable)
    _check_size(image.size)
    return image


def _pixels_of(data: bytes) -> bytes:
    """A PNG without what makes no pixels: Pillow refuses long texts that are legal in a card."""
    if not is_png(data):
        return data
    chunks = walked(data).chunks
    return joined(chunk for index, chunk in enumerate(chunks) if _makes_pixels(chunk, index))


def _makes_pixels(chunk: Chunk, index: int) -> bool:
    if chunk.kind == b"IHDR":
        return index == 0
    return chunk.kind in _PIXEL_CHUNKS and (chunk.kind != b"iCCP" or chunk.length <= _PROFILE_BYTES)


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
    except bombs as error:
        most = limits.PICTURE_PIXELS // 1_000_000
        raise InputError(f"The picture has too many pixels; the limit is {most} million.") from error
    except UnidentifiedImageError as error:
        raise InputError(_NO_PICTURE) from error
    except Exception as error:
        # Decoders raise anything from struct.error to AssertionError when the bytes are made up.
        raise InputError("The picture is damaged and cannot be read.", details=repr(error)) from error


def _check_size(size: tuple[int, int]) -> None:
    if size[0] * size[1] > limits.PICTURE_PIXELS:
        raise InputError(
            f"The picture has {size[0]:,} × {size[1]:,} pixels; "
            f"the limit is {limits.PICTURE_PIXELS // 1_000_000} million."
        )
