"""The avatar of a card that goes into an archive: whether it is there already, and how it goes in."""

from ...domain.asset_addresses import PICTURE_ADDRESS, path_of
from ...domain.card import Asset
from ...domain.errors import InputError
from ..findings import UnreadableError
from ..pictures.png_assets import number_of
from ..pictures.png_chunks import Chunk, is_png, joined, keyword_of, walk
from ..read_card import ContainedFile
from ..writing.export_assets import is_main_icon
from ..writing.export_order import ExportOrder
from .charx_assets import data_in

WRAPPER_PATH = "__jpeg"
"""The path of the JPEG that an archive stood behind: beside the icon in the archive it is a second avatar."""

_CARD_KEYWORDS = ("ccv3", "chara")


def main_icon(order: ExportOrder) -> bytes | None:
    """The picture of the icon named `main`, else of the first icon that has one in the files."""
    icons = [asset for asset in order.card.data.assets or () if asset.type == "icon"]
    for icon in sorted(icons, key=lambda icon: not is_main_icon(icon)):
        content = _icon_content(icon, order)
        if content is not None:
            return content
    return None


def is_shown(picture: bytes, order: ExportOrder) -> bool:
    """Whether the icon is this picture, or the picture is that of the JPEG around, which stands for it."""
    icon = None if _stands_for_picture(order) else main_icon(order)
    if icon is None:
        return False
    wrapper = file_at(order, WRAPPER_PATH)
    return same_picture(picture, icon) or (wrapper is not None and same_picture(picture, wrapper.read()))


def _stands_for_picture(order: ExportOrder) -> bool:
    """Whether the icon named `main` has no file of its own: it is the picture, whatever further icons are."""
    assets = order.card.data.assets or ()
    return any(is_main_icon(asset) and asset.uri.casefold() == PICTURE_ADDRESS for asset in assets)


def same_picture(one: bytes, other: bytes) -> bool:
    """Whether two picture files are the same one, perhaps with a card in it or converted to PNG."""
    if one == other:
        return True
    if is_png(one) and is_png(other):
        return bare(one) == bare(other)
    made = None if is_png(one) == is_png(other) else _as_png(one)
    return made is not None and made == _as_png(other)


def bare(picture: bytes) -> bytes:
    """The picture without cards and their assets in it, which would tell what the card was before."""
    if not is_png(picture):
        return picture
    try:
        png = walk(picture)
    except UnreadableError:
        return picture
    kept = [chunk for chunk in png.chunks if not _is_of_card(chunk)]
    return picture if png.cut or len(kept) == len(png.chunks) else joined(kept, png.tail)


def file_at(order: ExportOrder, path: str) -> ContainedFile | None:
    """The file with this path."""
    return next((file for file in order.files if file.path == path), None)


def _is_of_card(chunk: Chunk) -> bool:
    return keyword_of(chunk) in _CARD_KEYWORDS or number_of(chunk) is not None


def _icon_content(icon: Asset, order: ExportOrder) -> bytes | None:
    path = path_of(icon.uri)
    file = None if path is None else file_at(order, path)
    try:
        return data_in(icon.uri) if file is None else file.read()
    except UnreadableError:
        return None


def _as_png(picture: bytes) -> bytes | None:
    """The picture as it is stored when it was converted on its way in."""
    from ..pictures.picture import check_avatar

    try:
        return check_avatar(picture)
    except InputError:
        return None
