"""Writers of the kinds beyond PNG and JSON, each in the module of its format, imported when it is used."""

import io
from collections.abc import Callable
from dataclasses import replace
from typing import BinaryIO

from ...domain.asset_addresses import PICTURE_ADDRESS
from ...domain.card import Card
from ...domain.errors import CardError
from ..findings import UnreadableError
from .export_assets import is_main_icon
from .export_json import held_v3
from .export_order import ExportOrder


def write_charx(order: ExportOrder, out: BinaryIO) -> None:
    """Card and files as a CHARX archive."""
    from ..archives.charx_writing import write_archive

    write_archive(order, out)


def held_charx(order: ExportOrder) -> Card:
    """The card as either archive gives it back: the picture stands where the main icon had an address."""
    from ..archives.charx_avatar import is_shown

    assets = order.card.data.assets or ()
    main = next((place for place, asset in enumerate(assets) if is_main_icon(asset)), None)
    if main is None or order.picture is None or is_shown(order.picture, order):
        return held_v3(order)
    picture = assets[main].model_copy(update={"uri": PICTURE_ADDRESS})
    changes = {"assets": (*assets[:main], picture, *assets[main + 1 :])}
    card = order.card.model_copy(update={"data": order.card.data.model_copy(update=changes)})
    return held_v3(replace(order, card=card))


def write_jpeg_charx(order: ExportOrder, out: BinaryIO) -> None:
    """A JPEG picture with the CHARX archive behind it."""
    from ..archives import jpeg_charx

    jpeg_charx.write_jpeg_charx(order, out)


def write_yaml(order: ExportOrder, out: BinaryIO) -> None:
    """The YAML of text-generation-webui."""
    from ..programs import yaml_cards

    yaml_cards.write_yaml(order, out)


def write_ooba(order: ExportOrder, out: BinaryIO) -> None:
    """The JSON of Pygmalion and text-generation-webui."""
    from ..programs import pygmalion

    pygmalion.write_ooba(order, out)


def write_agnai(order: ExportOrder, out: BinaryIO) -> None:
    """The JSON of Agnai."""
    from ..programs import agnai

    agnai.write_agnai(order, out)


def write_world_info(order: ExportOrder, out: BinaryIO) -> None:
    """The lorebook as SillyTavern World Info."""
    from ..books import lone_books

    lone_books.write_world_info(_with_book(order), out)


def write_lorebook_v3(order: ExportOrder, out: BinaryIO) -> None:
    """The lorebook as `lorebook_v3`."""
    from ..books import lone_books

    lone_books.write_lorebook_v3(_with_book(order), out)


def write_risu_lorebook(order: ExportOrder, out: BinaryIO) -> None:
    """The lorebook as RisuAI keeps it."""
    from ..books import risu_lorebook

    risu_lorebook.write_risu_lorebook(_with_book(order), out)


def write_byaf(order: ExportOrder, out: BinaryIO) -> None:
    """A Backyard AI archive."""
    from ..archives import byaf

    byaf.write_byaf(order, out)


def held_byaf(order: ExportOrder) -> Card:
    """The card as it comes back from a Backyard AI archive, with the images that go along."""
    from ..archives import byaf

    return byaf.held_byaf(order)


def reading_again(write: Callable[[ExportOrder, BinaryIO], None]) -> Callable[[ExportOrder], Card]:
    """For kinds that hold a card in their own way: what is held is what is read again."""

    def held(order: ExportOrder) -> Card:
        from ..registry import read_content
        from .round_trip import card_in

        file = io.BytesIO()
        write(replace(order, picture=None, files=()), file)
        try:
            return card_in(read_content(file.getvalue(), order.card.data.name))
        except CardError as error:
            raise UnreadableError("Nothing of it has a place in this kind of file.") from error

    return held


def _with_book(order: ExportOrder) -> ExportOrder:
    """The order, if there is a lorebook to write. Raises `UnreadableError` otherwise."""
    if order.card.data.character_book is None:
        raise UnreadableError("It has no lorebook.")
    return order
