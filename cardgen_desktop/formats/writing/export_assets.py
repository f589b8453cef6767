"""Files of a card on their way into another container: which go along, and under which address.

Addresses follow SPEC_V3.md (assets): `embeded://` inside an archive, `__asset:N` for a chunk of a PNG,
`data:` for text. The icon named `main` is the card's picture itself.
"""

import base64
from collections.abc import Callable, Mapping
from dataclasses import replace

from ...domain.asset_addresses import CHUNK_SCHEME, PICTURE_ADDRESS, path_of
from ...domain.card import Asset, Card
from .. import limits
from ..data_addresses import data_of
from ..pictures import png_assets
from ..pictures.picture_parts import is_avatar
from ..pictures.png_chunks import is_png
from ..read_card import ContainedFile
from .export_order import ExportOrder

PRIVATE_PREFIX = "__"
"""Before the paths of files that are for the container alone that they came from, and of chunks."""

JSON_FILES_BYTES = 16 * limits.MEGABYTE
"""How much of files one JSON takes along: a third more as base64, which leaves room for the text."""

PNG_FILES_BYTES = 30 * limits.MEGABYTE
"""How much of files one PNG takes along: a third more as base64, beside the picture and the texts."""

ASSET_SIGN = b"chara-ext-asset_"
"""What a PNG with asset chunks has in it."""

_MEDIA_TYPES = {
    "png": "image/png",
    "apng": "image/apng",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "webp": "image/webp",
    "gif": "image/gif",
    "avif": "image/avif",
    "mp3": "audio/mpeg",
    "ogg": "audio/ogg",
    "wav": "audio/wav",
    "mp4": "video/mp4",
    "webm": "video/webm",
}


def gathered(order: ExportOrder) -> ExportOrder:
    """The order with the assets that are still in its picture among its files, and the picture without."""
    picture = order.picture
    if picture is None or ASSET_SIGN not in picture or not is_png(picture):
        return order
    hollow, inside = png_assets.take_out(picture)
    there = {file.path for file in order.files}
    files = (*order.files, *(file for file in inside if file.path not in there))
    return replace(order, picture=hollow, files=files)


def is_private(path: str) -> bool:
    """Whether a file belongs to the container it came from alone, such as the JPEG around an archive."""
    return path.startswith(PRIVATE_PREFIX) and not path.startswith(CHUNK_SCHEME)


def is_main_icon(asset: Asset) -> bool:
    """Whether an asset stands for the card's picture."""
    return asset.type == "icon" and asset.name.casefold() == "main"


def named_files(order: ExportOrder) -> dict[str, ContainedFile]:
    """The files that assets of the card name, by path, in the order of the assets."""
    there = {file.path: file for file in order.files}
    paths = (path_of(asset.uri) for asset in order.card.data.assets or ())
    return {path: there[path] for path in paths if path is not None and path in there}


def picture_path(order: ExportOrder) -> str | None:
    """The path of the file that is the card's picture once more; None where no file is.

    Where the card has no picture, an icon that cannot be one, such as a GIF, is a file like any other.
    """
    there = {file.path: file for file in order.files}
    path = next((path for path in map(path_of, _main_icons(order)) if path in there), None)
    if path is None or order.picture is not None:
        return path
    return path if is_avatar(there[path].read()) else None


def main_icon(order: ExportOrder) -> bytes | None:
    """The picture of the icon named main, from the files or its own address; None where there is none."""
    there = {file.path: file for file in order.files}
    for address in _main_icons(order):
        file = there.get(path_of(address) or "")
        content = data_of(address) if file is None else file.read()
        if content is not None and is_avatar(content):
            return content
    return None


def _main_icons(order: ExportOrder) -> list[str]:
    """The addresses of icons that stand for the picture."""
    return [asset.uri for asset in order.card.data.assets or () if is_main_icon(asset)]


def fitting(files: Mapping[str, ContainedFile], total: int, each: int) -> dict[str, ContainedFile]:
    """The files that fit: none over `each` bytes, all together at most `total`; the first come first."""
    taken: dict[str, ContainedFile] = {}
    room = total
    for path, file in files.items():
        if file.size <= min(each, room):
            taken[path] = file
            room -= file.size
    return taken


def in_json(order: ExportOrder) -> dict[str, ContainedFile]:
    """The files that go along in JSON."""
    return fitting(named_files(order), JSON_FILES_BYTES, JSON_FILES_BYTES)


def in_png(order: ExportOrder) -> dict[str, ContainedFile]:
    """The files that go along in a PNG, by the path they have now; the picture itself is no file of it."""
    there = {file.path: file for file in order.files if file.path.startswith(CHUNK_SCHEME)}
    files = {path: file for path, file in {**there, **named_files(order)}.items() if not is_private(path)}
    files.pop(picture_path(order) or "", None)
    return fitting(files, PNG_FILES_BYTES, limits.TEXT_CHUNK_BYTES * 3 // 4)


def as_data_addresses(order: ExportOrder) -> Card:
    """The card with the files that fit as `data:` addresses, as RisuAI writes assets into JSON."""
    taken = in_json(order)

    def moved(asset: Asset) -> str:
        file = taken.get(path_of(asset.uri) or "")
        return asset.uri if file is None else _data_address(file, asset.ext)

    return _with_addresses(order.card, moved) if taken else order.card


def as_chunks(order: ExportOrder) -> tuple[Card, tuple[ContainedFile, ...]]:
    """The card and its files as chunks of a PNG: files of an archive get the next free numbers."""
    taken, main = in_png(order), picture_path(order)
    places = _numbered(taken)
    files = tuple(ContainedFile(places[path], file.size, file.read) for path, file in taken.items())

    def moved(asset: Asset) -> str:
        path = path_of(asset.uri)
        if path is not None and path == main and is_main_icon(asset):
            return PICTURE_ADDRESS
        return places.get(path or "", asset.uri)

    return (_with_addresses(order.card, moved) if main or taken else order.card), files


def _numbered(files: Mapping[str, ContainedFile]) -> dict[str, str]:
    """A chunk's address for each path: the one it has, else a number that is free."""
    places = {path: path for path in files if png_assets.is_chunk_path(path)}
    number = 0
    for path in files:
        if path in places:
            continue
        while f"{CHUNK_SCHEME}{number}" in places:
            number += 1
        places[path] = f"{CHUNK_SCHEME}{number}"
        number += 1
    return places


def _with_addresses(card: Card, moved: Callable[[Asset], str]) -> Card:
    assets = tuple(asset.model_copy(update={"uri": moved(asset)}) for asset in card.data.assets or ())
    return card.model_copy(update={"data": card.data.model_copy(update={"assets": assets})})


def _data_address(file: ContainedFile, ext: str) -> str:
    kind = _MEDIA_TYPES.get(ext.casefold(), "application/octet-stream")
    return f"data:{kind};base64,{base64.b64encode(file.read()).decode('ascii')}"
