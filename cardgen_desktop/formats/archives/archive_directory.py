"""The table of contents of a zip file, read from its own records and judged before anything is unpacked.

Python's zipfile trusts the table: it accepts entries that share bytes, copies the whole file to be able to
seek, and reads any number of entries before it can be asked how many there are. Follows the ZIP application
note (APPNOTE 6.3, sections 4.3.7 to 4.3.16), with the sizes of ZIP64 where a writer always uses them.
"""

import struct
from dataclasses import dataclass
from itertools import pairwise

from .. import limits
from ..findings import UnreadableError

LOCAL_SIGNATURE = b"PK\x03\x04"
CENTRAL_SIGNATURE = b"PK\x01\x02"
END_SIGNATURE = b"PK\x05\x06"

_END64_SIGNATURE, _LOCATOR_SIGNATURE = b"PK\x06\x06", b"PK\x06\x07"
_END = struct.Struct("<4s4H2LH")
_END64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR_BYTES = 20
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_FULL16, _FULL32 = 0xFFFF, 0xFFFFFFFF
_ZIP64_EXTRA = 1
_DAMAGED = "Its archive is damaged or cut short."


@dataclass(frozen=True, slots=True)
class DirectoryEntry:
    """One entry as the table of contents has it; `start` is where its packed bytes begin in the file.

    `agrees`: the entry's own header gives it the same name, as programs that read without the table see it.
    """

    name: bytes
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    header: int
    start: int
    mode: int
    agrees: bool


@dataclass(frozen=True, slots=True)
class _End:
    """What the end record says: `place` is where the table has to be over."""

    place: int
    count: int
    size: int
    offset: int


def directory_of(data: bytes) -> tuple[DirectoryEntry, ...]:
    """The entries of a zip file, which may stand behind other bytes, in the order of its table.

    Raises `UnreadableError` when there is none, it is damaged, has too many entries, or entries share bytes.
    """
    end = _end_of(data)
    if end.count > limits.ARCHIVE_ENTRIES:
        raise _too_many(end.count)
    start, shift = _table_place(data, end)
    entries = _entries(data, start, end, shift)
    _refuse_overlap(entries, start)
    return entries


def has_directory(data: bytes) -> bool:
    """Whether there is a table of contents at the end, sound or not."""
    try:
        _end_of(data)
    except UnreadableError:
        return False
    return True


def _end_of(data: bytes) -> _End:
    """The end record: the last one whose comment reaches to the end of the file, else the last that fits.

    A comment may hold what looks like another end record, and some programs leave bytes behind the archive.
    """
    first = max(0, len(data) - _END.size - _FULL16)
    tail, loose = data[first:], None
    place = tail.rfind(END_SIGNATURE)
    while place >= 0:
        if place + _END.size <= len(tail):
            fields = _END.unpack_from(tail, place)
            over = place + _END.size + fields[7]
            if over == len(tail):
                return _end_from(data, first + place, fields)
            if over < len(tail) and loose is None:
                loose = (first + place, fields)
        place = tail.rfind(END_SIGNATURE, 0, place)
    if loose is None:
        raise UnreadableError(_DAMAGED)
    return _end_from(data, *loose)


def _end_from(data: bytes, place: int, fields: tuple[int, ...]) -> _End:
    disk, table_disk, here, count, size, offset = fields[1:7]
    if _FULL16 in (here, count) or _FULL32 in (size, offset):
        return _large_end(data, place) or _End(place, count, size, offset)
    if disk or table_disk or here != count:
        raise UnreadableError("Its archive is one part of several.", "Join the parts first.")
    return _End(place, count, size, offset)


def _large_end(data: bytes, place: int) -> _End | None:
    """The record of ZIP64, which stands right before its locator and the ordinary record."""
    locator = place - _LOCATOR_BYTES
    large = locator - _END64.size
    if large < 0 or data[locator : locator + 4] != _LOCATOR_SIGNATURE:
        return None
    fields = _END64.unpack(data[large:locator])
    if fields[0] != _END64_SIGNATURE:
        return None
    return _End(large, fields[7], fields[8], fields[9])


def _table_place(data: bytes, end: _End) -> tuple[int, int]:
    """Where the table begins, and how far its offsets are from places in this file.

    A picture before the archive moves everything; writers either leave the offsets as they were or adjust
    them. The table ends where the end record begins, which tells the two apart.
    """
    if not end.count:
        return end.place, 0
    shifts = (end.place - end.size - end.offset, 0, data.find(LOCAL_SIGNATURE))
    for shift in shifts:
        start = end.offset + shift
        if shift >= 0 and data[start : start + 4] == CENTRAL_SIGNATURE:
            return start, shift
    raise UnreadableError(_DAMAGED)


def _entries(data: bytes, start: int, end: _End, shift: int) -> tuple[DirectoryEntry, ...]:
    entries, place = [], start
    for _ in range(end.count):
        entry, place = _entry(data, place, end.place, shift)
        entries.append(entry)
    if data[place : place + 4] == CENTRAL_SIGNATURE and place < end.place:
        raise UnreadableError(f"Its archive has more entries than the {end.count:,} it tells of.")
    return tuple(entries)


def _entry(data: bytes, place: int, end: int, shift: int) -> tuple[DirectoryEntry, int]:
    """The entry at a place in the table, and the place of the next."""
    if place + _CENTRAL.size > end:
        raise UnreadableError(_DAMAGED)
    fields = _CENTRAL.unpack(data[place : place + _CENTRAL.size])
    name_end = place + _CENTRAL.size + fields[10]
    extra_end = name_end + fields[11]
    after = extra_end + fields[12]
    if fields[0] != CENTRAL_SIGNATURE or after > end:
        raise UnreadableError(_DAMAGED)
    size, packed, offset = _true_sizes(fields[9], fields[8], fields[16], data[name_end:extra_end])
    header, name = offset + shift, data[place + _CENTRAL.size : name_end]
    start, own_name = _own_header(data, header, packed)
    entry = DirectoryEntry(
        name=name,
        flags=fields[3],
        method=fields[4],
        crc=fields[7],
        packed=packed,
        size=size,
        header=header,
        start=start,
        mode=fields[15] >> 16 if fields[1] >> 8 in (3, 19) else 0,  # made on Unix or macOS
        agrees=own_name == name,
    )
    return entry, after


def _true_sizes(size: int, packed: int, offset: int, extra: bytes) -> tuple[int, int, int]:
    """The three numbers, each from the ZIP64 field where its own place says so."""
    numbers = [size, packed, offset]
    if _FULL32 in numbers:
        large = _large_numbers(extra)
        for index, number in enumerate(numbers):
            if number == _FULL32 and large:
                numbers[index] = large.pop(0)
    return numbers[0], numbers[1], numbers[2]


def _large_numbers(extra: bytes) -> list[int]:
    place = 0
    while place + 4 <= len(extra):
        kind, length = struct.unpack_from("<2H", extra, place)
        place += 4
        if kind == _ZIP64_EXTRA:
            whole = extra[place : place + min(length, 24) // 8 * 8]
            return [number[0] for number in struct.iter_unpack("<Q", whole[: len(whole) // 8 * 8])]
        place += length
    return []


def _own_header(data: bytes, header: int, packed: int) -> tuple[int, bytes]:
    """Where an entry's packed bytes begin, which have to lie in the file, and the name it gives itself."""
    if header < 0 or header + _LOCAL.size > len(data):
        raise UnreadableError(_DAMAGED)
    fields = _LOCAL.unpack(data[header : header + _LOCAL.size])
    name_end: int = header + _LOCAL.size + fields[9]
    start: int = name_end + fields[10]
    if fields[0] != LOCAL_SIGNATURE or start + packed > len(data):
        raise UnreadableError(_DAMAGED)
    return start, data[header + _LOCAL.size : name_end]


def _refuse_overlap(entries: tuple[DirectoryEntry, ...], table: int) -> None:
    """Entries that share bytes unpack a few of them again and again: 15 KB can become a gigabyte."""
    ranges = sorted((entry.header, entry.start + entry.packed) for entry in entries)
    for (_, over), (next_start, _) in pairwise([*ranges, (table, table)]):
        if over > next_start:
            raise UnreadableError(
                "Entries of its archive overlap: the same bytes stand for several files. The limit is none."
            )


def _too_many(count: int) -> UnreadableError:
    return UnreadableError(f"Its archive has {count:,} entries; the limit is {limits.ARCHIVE_ENTRIES:,}.")
