"""Lorebooks that stand alone: told apart by their content, each read by the module of its program."""

from collections.abc import Callable
from typing import Any, BinaryIO

from ...domain.card import Card, Lorebook
from ..findings import Findings, UnreadableError
from ..json_text import json_file
from ..model.book_payload import book_payload
from ..model.kept import Wording, kept, without_kept
from ..model.lorebook import lorebook_from
from ..writing.export_order import ExportOrder
from .world_info_books import FORMAT as WORLD_INFO
from .world_info_books import world_info_from, world_info_payload

LOREBOOK_V3 = "lorebook-v3"
LOREBOOK_SPEC = "lorebook_v3"
CHARACTER_BOOK = "character-book"

_WORLD_INFO_ROOT = frozenset(Lorebook.model_fields) | {"originalData"}


def format_of(value: Any) -> str | None:
    """Which program's lorebook a JSON value is, or None where it is none."""
    from ..programs import novelai
    from . import agnai_memory, koboldai, risu_lorebook

    if isinstance(value, dict) and value.get("spec") == LOREBOOK_SPEC:
        return LOREBOOK_V3
    kinds: tuple[tuple[str, Callable[[Any], bool]], ...] = (
        (risu_lorebook.FORMAT, risu_lorebook.is_lorebook),
        (agnai_memory.FORMAT, agnai_memory.is_memory),
        (novelai.FORMAT, novelai.is_lorebook),
        (koboldai.FORMAT, koboldai.is_world_info),
        (WORLD_INFO, _is_world_info),
        (CHARACTER_BOOK, _is_character_book),
    )
    return next((name for name, recognise in kinds if recognise(value)), None)


def read_book(value: Any, findings: Findings) -> tuple[str, Lorebook]:
    """The lorebook a JSON value holds, and whose it is. Raises `UnreadableError` where it holds none."""
    from ..programs import novelai
    from . import agnai_memory, koboldai, risu_lorebook

    kind = format_of(value)
    readers: dict[str, Callable[[Any, Findings], Lorebook]] = {
        LOREBOOK_V3: _lorebook_v3,
        risu_lorebook.FORMAT: risu_lorebook.lorebook_of,
        agnai_memory.FORMAT: agnai_memory.lorebook_of,
        novelai.FORMAT: novelai.lorebook_of,
        koboldai.FORMAT: koboldai.lorebook_of,
        WORLD_INFO: world_info_from,
        CHARACTER_BOOK: _character_book,
    }
    if kind is None:
        raise UnreadableError("It is JSON, but neither a character card nor a lorebook.")
    return kind, readers[kind](value, findings)


def write_world_info(order: ExportOrder, out: BinaryIO) -> None:
    """The card's lorebook as SillyTavern World Info."""
    out.write(json_file(world_info_payload(book_of(order.card))))


def write_lorebook_v3(order: ExportOrder, out: BinaryIO) -> None:
    """The card's lorebook as a `lorebook_v3` file (SPEC_V3.md, `Lorebook`)."""
    out.write(json_file(lorebook_v3_payload(book_of(order.card))))


def lorebook_v3_payload(book: Lorebook) -> dict[str, Any]:
    """A lorebook as `lorebook_v3`, with what a file it came from had beside `data`."""
    values = kept(book.extensions, LOREBOOK_V3).get("values")
    foreign = values if isinstance(values, dict) else {}
    extensions = without_kept(book.extensions, LOREBOOK_V3)
    data = book_payload(book.model_copy(update={"extensions": extensions}), plain=False)
    root = {"spec": LOREBOOK_SPEC, "data": data}
    return {**{key: value for key, value in foreign.items() if key not in root}, **root}


def book_of(card: Card) -> Lorebook:
    """The card's lorebook; an empty one where there is none."""
    return card.data.character_book or Lorebook()


def _lorebook_v3(value: dict[str, Any], findings: Findings) -> Lorebook:
    data = value.get("data")
    if not isinstance(data, dict | list):
        findings.warning("data", "`data` is missing; the fields beside `spec` are read.")
        data = {key: item for key, item in value.items() if key not in ("spec", "data")}
        return lorebook_from(data, "", findings) or Lorebook()
    book = lorebook_from(data, "data", findings) or Lorebook()
    foreign = {key: item for key, item in value.items() if key not in ("spec", "data")}
    return Wording(LOREBOOK_V3, {}, lambda raw: book).remembered(foreign, book, {})


def _character_book(value: Any, findings: Findings) -> Lorebook:
    return lorebook_from(value, "", findings) or Lorebook()


def _is_world_info(value: Any) -> bool:
    entries = value.get("entries") if isinstance(value, dict) else None
    if entries == {}:
        return set(value) <= _WORLD_INFO_ROOT  # what SillyTavern writes for a new book
    if isinstance(entries, dict):
        return any(_has_world_info_names(item) for item in entries.values())
    return isinstance(entries, list) and any(
        _has_world_info_names(item) and "keys" not in item for item in entries
    )


def _has_world_info_names(item: Any) -> bool:
    if not isinstance(item, dict):
        return False
    return "keysecondary" in item or ("key" in item and ("uid" in item or "content" in item))


def _is_character_book(value: Any) -> bool:
    if isinstance(value, dict):
        entries = value.get("entries")
        if entries == []:
            return set(value) <= set(Lorebook.model_fields)
        value = list(entries.values()) if isinstance(entries, dict) else entries
    return isinstance(value, list) and any(_has_book_names(item) for item in value)


def _has_book_names(item: Any) -> bool:
    """Key bindings have `keys` too, but nothing that is put into a prompt."""
    return isinstance(item, dict) and "keys" in item and ("content" in item or "insertion_order" in item)
