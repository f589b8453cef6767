"""Pictures for cards: checked by content and within bounds, converted to PNG only where they are not one."""

from typing import TYPE_CHECKING

from ...domain.avatar import Crop
from ...domain.errors import InputError
from .picture_opening import SHOWN, check_bytes, opened, png_bytes, upright, walked
from .png_chunks import is_png

if TYPE_CHECKING:
    from PIL.Image import Image


def check_avatar(data: bytes) -> bytes:
    """Check a picture and give it as PNG: a sound PNG or APNG passes byte for byte, others are converted.

    JPEG, WebP and AVIF are those others. Raises `InputError` with a sentence when it is no such picture,
    damaged, or over 64 MB or 32 megapixels.
    """
    check_bytes(data)
    if is_png(data):
        _check_png(data)
        return data
    with opened(data) as image:
        image.load()
        return png_bytes(upright(image))


def cropped(picture: bytes, crop: Crop) -> bytes:
    """A part of a picture as PNG, at least one pixel and never beyond the picture; the first of its frames.

    The part is of the picture as it is seen, upright. Raises `InputError`.
    """
    check_bytes(picture)
    with opened(picture) as image:
        whole = upright(image)
        return png_bytes(whole.crop(_box(whole.size, crop)))


def thumbnail(picture: bytes, side: int) -> bytes:
    """A PNG of at most `side` by `side` pixels, never larger than the picture. Raises `InputError`."""
    check_bytes(picture)
    with opened(picture, SHOWN) as image:
        image.draft("RGB", (side, side))  # a JPEG is decoded at a fraction of its size
        small = _in_eight_bits(upright(image))
        small.thumbnail((side, side))
        return png_bytes(small)


def generated_portrait(name: str, size: tuple[int, int] = (1024, 1536)) -> bytes:
    """The PNG portrait a name gets when there is no picture; the same name gives the same bytes."""
    from .portrait_painting import paint_portrait

    return png_bytes(paint_portrait(name, size))


def _check_png(data: bytes) -> None:
    """Raise `InputError` unless every chunk is there and the pixels decode.

    Checksums do not count: a wrong one of a card's text is common, and pixels bring a second one along.
    """
    png = walked(data)
    if png.cut or png.size() is None:
        raise InputError("The picture is damaged: the PNG is cut short, or it has no header.")
    with opened(data) as image:
        image.load()


def _in_eight_bits(image: "Image") -> "Image":
    """A picture of 16 bits or of two colours in the shades that scaling needs."""
    if image.mode == "I;16":
        return image.point(lambda value: value * (1 / 256)).convert("L")
    return image.convert("L") if image.mode == "1" else image


def _box(size: tuple[int, int], crop: Crop) -> tuple[int, int, int, int]:
    """The part in whole pixels, inside the picture."""
    width, height = size
    left = min(round(crop.left * width), width - 1)
    top = min(round(crop.top * height), height - 1)
    right = min(width, max(left + 1, round((crop.left + crop.width) * width)))
    bottom = min(height, max(top + 1, round((crop.top + crop.height) * height)))
    return left, top, right, bottom
