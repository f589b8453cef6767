"""Cards as PNG pictures: V2 under `chara` and V3 under `ccv3`, both before the image data."""

from typing import BinaryIO

from ...domain.card import Card
from ...domain.errors import InputError
from .. import limits
from ..findings import UnreadableError
from ..json_text import write_json
from ..model.card_payload import v2_payload, v3_payload
from ..model.differences import card_differences
from ..pictures import png_assets
from ..pictures.png import has_exif_card, read_png, with_card
from ..pictures.png_chunks import is_png, joined, walk
from ..read_card import ReadCard
from .export_assets import ASSET_SIGN, as_chunks, main_icon
from .export_json import held_v2, held_v3
from .export_order import ExportOrder

_V2_PLACE, _V3_PLACE = 1, 2


def write(order: ExportOrder, out: BinaryIO) -> None:
    """The picture with the card in it; what else stands in the picture stays byte for byte.

    Raises `InputError` for a picture that cannot be used, `UnreadableError` for what is over a limit.
    """
    card, files = as_chunks(order)
    chara, ccv3 = v2_payload(card, order.original), v3_payload(card, order.original)
    picture = _picture(order)
    data = with_card(picture, write_json(chara), write_json(ccv3), _exif_stays(picture, order.card))
    if order.options.chunks != "both":
        data = _with_one(data, _V2_PLACE if order.options.chunks == "v2" else _V3_PLACE)
    has_places = ASSET_SIGN in picture
    out.write(_within_limit(png_assets.put_in(data, files) if files or has_places else data))


def held(order: ExportOrder) -> Card:
    """The card as it is read again: the V3 text, unless the V2 text alone is written."""
    return held_v2(order) if order.options.chunks == "v2" else held_v3(order)


def _with_one(data: bytes, place: int) -> bytes:
    """The PNG with one of its two card texts, which stand right behind the header."""
    png = walk(data)
    rest = png.chunks[_V3_PLACE + 1 :]
    return joined((png.chunks[0], png.chunks[place], *rest), png.tail)


def _picture(order: ExportOrder) -> bytes:
    """A PNG: the picture that was given, else the icon named main, else the generated portrait."""
    from ..pictures.picture import check_avatar, generated_portrait

    picture = order.picture if order.picture is not None else main_icon(order)
    if picture is None:
        return generated_portrait(order.card.data.name)
    try:
        return picture if is_png(picture) else check_avatar(picture)
    except InputError as error:
        raise InputError(f"{error.message} Choose another picture, or use the generated portrait.") from error


def _exif_stays(picture: bytes, card: Card) -> bool:
    """Whether the picture is the card's own and nothing was changed: Backyard may still find its copy."""
    if not has_exif_card(picture):
        return False
    found = read_png(picture)
    return isinstance(found, ReadCard) and not card_differences(found.card, card)


def _within_limit(data: bytes) -> bytes:
    if len(data) > limits.CARD_FILE_BYTES:
        limit = limits.megabytes(limits.CARD_FILE_BYTES)
        raise UnreadableError(f"The file would be {limits.megabytes(len(data))}; the limit is {limit}.")
    return data
