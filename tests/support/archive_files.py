"""Zip archives written record by record, honest or not, without the code under test."""

import json
import struct
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

STORED, DEFLATED = 0, 8
UNIX = 3 << 8

CARD: dict[str, Any] = {
    "spec": "chara_card_v3",
    "spec_version": "3.0",
    "data": {
        "name": "Mira Holt",
        "description": "{{char}} keeps the light on Gull Rock.",
        "personality": "Dry.",
        "scenario": "{{user}} rows out.",
        "first_mes": "You are late.",
        "mes_example": "",
        "creator_notes": "",
        "system_prompt": "",
        "post_history_instructions": "",
        "alternate_greetings": [],
        "group_only_greetings": [],
        "tags": ["sea"],
        "creator": "the tests",
        "character_version": "1",
        "extensions": {},
    },
}


@dataclass(frozen=True)
class Entry:
    """One entry; what is None is told truly. `header` puts its record somewhere else in the file."""

    name: bytes
    content: bytes = b""
    method: int = STORED
    flags: int = 0
    mode: int = 0
    size: int | None = None
    packed: int | None = None
    crc: int | None = None
    header: int | None = None
    extra: bytes = b""
    raw: bytes | None = None
    descriptor: bool = False

    def body(self) -> bytes:
        """The bytes that stand in the file for the content."""
        if self.raw is not None or self.method != DEFLATED:
            return self.content if self.raw is None else self.raw
        machine = zlib.compressobj(9, zlib.DEFLATED, -15)
        return machine.compress(self.content) + machine.flush()


def entry(name: str | bytes, content: bytes = b"x", method: int = STORED, **told: Any) -> Entry:
    """An entry by a name in text or bytes."""
    return Entry(name if isinstance(name, bytes) else name.encode(), content, method, **told)


def card_entry(card: dict[str, Any] | None = None, **told: Any) -> Entry:
    """`card.json` with a card."""
    return entry("card.json", json.dumps(CARD if card is None else card).encode(), DEFLATED, **told)


def archive(entries: Iterable[Entry], **told: Any) -> bytes:
    """A zip file with a `card.json` before these entries."""
    return zip_of([card_entry(), *entries], **told)


def zip_of(
    entries: Sequence[Entry],
    *,
    count: int | None = None,
    table_size: int | None = None,
    table_offset: int | None = None,
    comment: bytes = b"",
    disk: int = 0,
    before: bytes = b"",
    adjusted: bool = False,
) -> bytes:
    """A zip file of these entries; what is given is told instead of the truth.

    `before` stands before the archive, whose offsets count from there unless they are `adjusted`.
    """
    data, table = bytearray(before), bytearray()
    base = 0 if adjusted else len(before)
    for item in entries:
        body, place = item.body(), len(data) - base
        crc = zlib.crc32(item.content) if item.crc is None else item.crc
        packed = len(body) if item.packed is None else item.packed
        size = len(item.content) if item.size is None else item.size
        flags = item.flags | (8 if item.descriptor else 0)
        sizes = (0, 0, 0) if item.descriptor else (crc, packed, size)
        if item.header is None:
            data += struct.pack(
                "<4s5H3L2H", b"PK\3\4", 20, flags, item.method, 0, 33, *_cut(sizes), len(item.name), 0
            )
            data += item.name + body
            if item.descriptor:
                data += struct.pack("<4s3L", b"PK\7\x08", crc, packed, size)
        table += struct.pack(
            "<4s6H3L5H2L", b"PK\1\2", UNIX | 20, 20, flags, item.method, 0, 33, *_cut((crc, packed, size)),
            len(item.name), len(item.extra), 0, 0, 0, item.mode << 16,
            place if item.header is None else item.header,
        )  # fmt: skip
        table += item.name + item.extra
    told = len(entries) if count is None else count
    end = struct.pack(
        "<4s4H2LH", b"PK\5\6", disk, disk, told & 0xFFFF, told & 0xFFFF,
        len(table) if table_size is None else table_size,
        len(data) - base if table_offset is None else table_offset, len(comment),
    )  # fmt: skip
    return bytes(data + table + end + comment)


def _cut(sizes: Iterable[int]) -> list[int]:
    return [size & 0xFFFFFFFF for size in sizes]
