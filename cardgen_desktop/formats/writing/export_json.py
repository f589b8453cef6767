"""Character Card V3 and V2 as JSON files, and how a card comes back from either."""

from typing import Any, BinaryIO

from ...domain.card import Card
from .. import limits
from ..findings import Findings, UnreadableError
from ..json_text import sound_text, write_json
from ..model.card_payload import v2_payload, v3_payload
from ..model.normalise import card_from
from .export_assets import as_data_addresses
from .export_order import ExportOrder


def write_v3(order: ExportOrder, out: BinaryIO) -> None:
    """Indented for people; files that assets name go along as `data:` addresses, as far as they fit."""
    out.write(_within_limit(_indented(v3_payload(as_data_addresses(order), order.original))))


def write_v2(order: ExportOrder, out: BinaryIO) -> None:
    """Indented for people, with the V1 fields repeated at the root."""
    out.write(_within_limit(_indented(v2_payload(order.card, order.original))))


def held_v3(order: ExportOrder) -> Card:
    """The card as V3 gives it back: normal again after the rules of writing."""
    return _read_back(v3_payload(order.card, order.original))


def held_v2(order: ExportOrder) -> Card:
    """The card as V2 gives it back: without what only V3 has fields for."""
    return _read_back(v2_payload(order.card, order.original))


def _read_back(payload: dict[str, Any]) -> Card:
    return card_from(sound_text(payload), Findings())


def _indented(payload: dict[str, Any]) -> bytes:
    return write_json(payload, indent=4) + b"\n"


def _within_limit(data: bytes) -> bytes:
    if len(data) > limits.JSON_BYTES:
        limit = limits.megabytes(limits.JSON_BYTES)
        raise UnreadableError(f"The file would be {limits.megabytes(len(data))}; the limit is {limit}.")
    return data
