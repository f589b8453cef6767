"""CHARX behind a JPEG, as RisuAI shares cards as pictures: the picture's bytes, then the archive's.

The archive's offsets count from its own beginning or, where another program made the file, from that of the
picture; both are read, and plain concatenation is written, because SillyTavern cuts the picture off.
"""

import io
from dataclasses import replace
from typing import BinaryIO

from .. import limits
from ..findings import Findings, UnreadableError
from ..pictures.picture import check_avatar, generated_portrait
from ..pictures.picture_parts import is_avatar
from ..pictures.png_chunks import TEXT_KINDS, joined, walk
from ..read_card import CardFormat, ContainedFile, ReadCard
from ..writing.export_order import ExportOrder
from .archive import ends_as_archive, open_archive
from .archive_directory import LOCAL_SIGNATURE
from .charx import may_hold_card, read_archive_card
from .charx_avatar import WRAPPER_PATH, file_at, main_icon, same_picture
from .charx_writing import write_archive

CONTAINER = "jpeg-charx"
_JPEG = b"\xff\xd8\xff"
_QUALITY = 92


def is_jpeg_charx(data: bytes) -> bool:
    """Whether a JPEG has an archive with a card behind it."""
    return data[:3] == _JPEG and ends_as_archive(data) and may_hold_card(data)


def read_jpeg_charx(data: bytes) -> ReadCard:
    """The card of the archive behind a JPEG. Raises `UnreadableError`.

    `picture` is the icon in the archive, of which the JPEG is but a copy with losses, else the JPEG itself.
    """
    findings = Findings()
    archive = open_archive(data, findings)
    if archive.start() > limits.PICTURE_BYTES:
        size, limit = limits.megabytes(archive.start()), limits.megabytes(limits.PICTURE_BYTES)
        raise UnreadableError(f"Its picture is {size}; the limit is {limit}.")
    read = read_archive_card(archive, CONTAINER, findings)
    jpeg = bytes(data[: archive.start()])
    wrapper = ContainedFile(WRAPPER_PATH, len(jpeg), lambda: jpeg)
    return replace(read, picture=read.picture or jpeg, files=(*read.files, wrapper))


def write_jpeg_charx(order: ExportOrder, out: BinaryIO) -> None:
    """Write a JPEG of the avatar and the CHARX archive behind it.

    Raises `UnreadableError` for what is over a limit, `InputError` for a picture that cannot be used.
    """
    icon, wrapper = main_icon(order), file_at(order, WRAPPER_PATH)
    old = None if wrapper is None else wrapper.read()
    if old is not None and (order.picture is None or _is_one_of(order.picture, old, icon)):
        out.write(old)
        inside = order if icon is not None else replace(order, picture=None)
        write_archive(inside, out, before=len(old))
        return
    jpeg = _jpeg(order.picture, icon, order.card.data.name)
    out.write(jpeg)
    write_archive(order, out, before=len(jpeg))


def _jpeg(picture: bytes | None, icon: bytes | None, name: str) -> bytes:
    """The avatar as a JPEG: the picture, else the icon in the archive, else the generated portrait."""
    if picture is None:
        picture = icon if icon is not None and is_avatar(icon) else generated_portrait(name)
    alone = picture[:3] == _JPEG and LOCAL_SIGNATURE not in picture  # the sign at which SillyTavern cuts
    return picture if alone else _converted(check_avatar(picture))


def _is_one_of(picture: bytes, *others: bytes | None) -> bool:
    return any(other is not None and same_picture(picture, other) for other in others)


def _converted(png: bytes) -> bytes:
    """A PNG as a JPEG, on white where it is transparent."""
    from PIL import Image

    file = io.BytesIO()
    with Image.open(io.BytesIO(_pixels(png))) as image:
        whole = image.convert("RGBA")
        ground = Image.new("RGBA", whole.size, "white")
        ground.alpha_composite(whole)
        ground.convert("RGB").save(file, "JPEG", quality=_QUALITY, subsampling=0)
    return file.getvalue()


def _pixels(png: bytes) -> bytes:
    """A checked PNG without its texts, which may be longer than Pillow takes."""
    kept = [chunk for chunk in walk(png).chunks if chunk.kind not in TEXT_KINDS]
    return joined(kept)


FORMAT = CardFormat(
    container=CONTAINER, recognise=is_jpeg_charx, holds_card=is_jpeg_charx, read=read_jpeg_charx
)
