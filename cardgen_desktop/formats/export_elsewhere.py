"""Writers of the kinds beyond PNG and JSON, each in the module of its format, imported when it is used."""

import io
from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from typing import Any, BinaryIO

from ..domain.card import Card, CardData, Lorebook
from .export_order import ExportOrder
from .findings import UnreadableError
from .read_card import ReadBook


def _later(module: str, name: str) -> Any:
    """A function of a module that may not be part of the program yet."""
    try:
        return getattr(import_module(f".{module}", __package__), name)
    except (ImportError, AttributeError) as error:
        raise UnreadableError("This kind of file cannot be written yet.") from error


def write_charx(order: ExportOrder, out: BinaryIO) -> None:
    """Card and files as a CHARX archive."""
    _later("charx", "write_charx")(order, out)


def write_jpeg_charx(order: ExportOrder, out: BinaryIO) -> None:
    """A JPEG picture with the CHARX archive behind it."""
    _later("jpeg_charx", "write_jpeg_charx")(order, out)


def write_byaf(order: ExportOrder, out: BinaryIO) -> None:
    """A Backyard AI archive."""
    _later("byaf", "write_byaf")(order, out)


def write_yaml(order: ExportOrder, out: BinaryIO) -> None:
    """The YAML of text-generation-webui."""
    _later("yaml_cards", "write_yaml")(order, out)


def write_ooba(order: ExportOrder, out: BinaryIO) -> None:
    """The JSON of Pygmalion and text-generation-webui."""
    _later("pygmalion", "write_ooba")(order, out)


def write_agnai(order: ExportOrder, out: BinaryIO) -> None:
    """The JSON of Agnai."""
    _later("agnai", "write_agnai")(order, out)


def write_world_info(order: ExportOrder, out: BinaryIO) -> None:
    """The lorebook as SillyTavern World Info."""
    _book_of(order)
    _later("lone_books", "write_world_info")(order, out)


def write_lorebook_v3(order: ExportOrder, out: BinaryIO) -> None:
    """The lorebook as `lorebook_v3`."""
    _book_of(order)
    _later("lone_books", "write_lorebook_v3")(order, out)


def write_risu_lorebook(order: ExportOrder, out: BinaryIO) -> None:
    """The lorebook as RisuAI keeps it."""
    _book_of(order)
    _later("risu_lorebook", "write_risu_lorebook")(order, out)


def _book_of(order: ExportOrder) -> Lorebook:
    book = order.card.data.character_book
    if book is None:
        raise UnreadableError("It has no lorebook.")
    return book


def reading_again(write: Callable[[ExportOrder, BinaryIO], None]) -> Callable[[ExportOrder], Card]:
    """For kinds that hold a card in their own way: what is held is what is read again."""

    def held(order: ExportOrder) -> Card:
        from .registry import read_content

        file = io.BytesIO()
        write(replace(order, picture=None, files=()), file)
        read = read_content(file.getvalue(), order.card.data.name)
        if isinstance(read, ReadBook):
            return Card(data=CardData(name=read.book.name or "", character_book=read.book))
        return read.card

    return held
