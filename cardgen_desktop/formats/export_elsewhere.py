"""Writers of the kinds beyond PNG and JSON, each in the module of its format, imported when it is used."""

import io
from collections.abc import Callable
from dataclasses import replace
from typing import BinaryIO

from ..domain.card import Card
from .export_order import ExportOrder
from .findings import UnreadableError


def write_charx(order: ExportOrder, out: BinaryIO) -> None:
    """Card and files as a CHARX archive."""
    from .charx_writing import write_archive

    write_archive(order, out)


def write_jpeg_charx(order: ExportOrder, out: BinaryIO) -> None:
    """A JPEG picture with the CHARX archive behind it."""
    from . import jpeg_charx

    jpeg_charx.write_jpeg_charx(order, out)


def write_yaml(order: ExportOrder, out: BinaryIO) -> None:
    """The YAML of text-generation-webui."""
    from . import yaml_cards

    yaml_cards.write_yaml(order, out)


def write_ooba(order: ExportOrder, out: BinaryIO) -> None:
    """The JSON of Pygmalion and text-generation-webui."""
    from . import pygmalion

    pygmalion.write_ooba(order, out)


def write_agnai(order: ExportOrder, out: BinaryIO) -> None:
    """The JSON of Agnai."""
    from . import agnai

    agnai.write_agnai(order, out)


def write_world_info(order: ExportOrder, out: BinaryIO) -> None:
    """The lorebook as SillyTavern World Info."""
    from . import lone_books

    lone_books.write_world_info(_with_book(order), out)


def write_lorebook_v3(order: ExportOrder, out: BinaryIO) -> None:
    """The lorebook as `lorebook_v3`."""
    from . import lone_books

    lone_books.write_lorebook_v3(_with_book(order), out)


def write_risu_lorebook(order: ExportOrder, out: BinaryIO) -> None:
    """The lorebook as RisuAI keeps it."""
    from . import risu_lorebook

    risu_lorebook.write_risu_lorebook(_with_book(order), out)


def write_byaf(order: ExportOrder, out: BinaryIO) -> None:
    """A Backyard AI archive."""
    raise UnreadableError("This kind of file cannot be written yet.")


def reading_again(write: Callable[[ExportOrder, BinaryIO], None]) -> Callable[[ExportOrder], Card]:
    """For kinds that hold a card in their own way: what is held is what is read again."""

    def held(order: ExportOrder) -> Card:
        from .registry import read_content
        from .round_trip import card_in

        file = io.BytesIO()
        write(replace(order, picture=None, files=()), file)
        return card_in(read_content(file.getvalue(), order.card.data.name))

    return held


def _with_book(order: ExportOrder) -> ExportOrder:
    """The order, if there is a lorebook to write. Raises `UnreadableError` otherwise."""
    if order.card.data.character_book is None:
        raise UnreadableError("It has no lorebook.")
    return order
