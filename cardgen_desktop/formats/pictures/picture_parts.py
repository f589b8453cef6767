"""Pictures as the library keeps and shows them: checked as they are, a part of one, a small view of one."""

from ...domain.avatar import Crop
from ...domain.errors import InputError
from .picture import check_avatar, cropped, thumbnail
from .picture_opening import AVATARS, check_bytes, opened, png_bytes, upright, walked
from .png_chunks import is_png

_KEPT = ("JPEG", "WEBP")


def as_avatar(data: bytes, *, thorough: bool = True) -> bytes:
    """A picture that a card can have: a sound PNG, JPEG or WebP as it is, an AVIF as PNG.

    A PNG is not decoded (without `thorough`) when its checksums fit: that costs forty times the reading of
    its card. Raises `InputError` for anything else and beyond the limits.
    """
    check_bytes(data)
    if is_png(data):
        return check_avatar(data) if thorough or not _has_sound_chunks(data) else data
    with opened(data, AVATARS) as image:
        image.load()
        return data if image.format in _KEPT else png_bytes(upright(image))


def is_avatar(data: bytes) -> bool:
    """Whether a card can have this picture."""
    try:
        as_avatar(data, thorough=False)
    except InputError:
        return False
    return True


def part_of(data: bytes, crop: Crop) -> bytes:
    """A part of a picture as PNG, at least one pixel. Raises `InputError`."""
    return cropped(data, crop)


def small_view(data: bytes, side: int) -> bytes | None:
    """A PNG of at most `side` by `side` pixels; None for what is no picture that can be shown."""
    try:
        return thumbnail(data, side)
    except InputError:
        return None


def _has_sound_chunks(data: bytes) -> bool:
    """Whether a PNG is whole, has pixels, and has the checksums it should have."""
    png = walked(data)
    has_pixels = any(chunk.kind == b"IDAT" for chunk in png.chunks)
    return not png.cut and png.size() is not None and has_pixels and all(chunk.sound for chunk in png.chunks)
