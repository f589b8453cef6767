"""Zip archives from strangers, guarded: everything that could hurt is refused before anything is unpacked.

Nothing is ever written to disk. Entries are read one by one, each checked against its declared size and
checksum while it is unpacked; archives in the archive stay closed. Works on any read-only buffer that can be
sliced and searched (bytes, mmap). The limits are those of `limits`.
"""

import io
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import count

from .. import limits
from ..findings import Findings, UnreadableError
from ..read_card import ContainedFile
from .archive_directory import (
    END_SIGNATURE,
    LOCAL_SIGNATURE,
    DirectoryEntry,
    directory_of,
    has_directory,
)
from .archive_names import is_folder, name_of, report_odd_names, shown_name

STORED, DEFLATED = 0, 8
_ENCRYPTED = 0x1 | 0x40 | 0x2000  # a password, strong encryption, a hidden table of contents
_SLICE = 256 * 1024


@dataclass(frozen=True, slots=True)
class ArchiveEntry:
    """One file of an archive: its path with forward slashes, its declared size, and its record."""

    path: str
    size: int
    record: DirectoryEntry


class Archive:
    """A zip file whose declared sizes, ratios, methods, names and ranges have been found harmless."""

    def __init__(self, data: bytes, entries: Sequence[ArchiveEntry]) -> None:
        """Use `open_archive`, which checks."""
        self._data = data
        self.entries = tuple(entries)
        self._by_path = {entry.path: entry for entry in reversed(entries)}

    def find(self, path: str) -> ArchiveEntry | None:
        """The entry of exactly this path."""
        return self._by_path.get(path)

    def start(self) -> int:
        """Where the first entry begins in the file: what stands before it is not the archive's."""
        return min((entry.record.header for entry in self.entries), default=0)

    def read(self, entry: ArchiveEntry, findings: Findings | None = None) -> bytes:
        """Unpack one entry, never past its declared size. Raises `UnreadableError`.

        A wrong checksum is refused too, unless there are `findings` to tell it to.
        """
        content = self._unpacked(entry)
        if zlib.crc32(content) != entry.record.crc:
            if findings is None:
                raise UnreadableError(f"{shown_name(entry.path)} is damaged: its checksum is wrong.")
            findings.warning("", f"The checksum of {shown_name(entry.path)} is wrong; read all the same.")
        return content

    def files(self, without: Iterable[ArchiveEntry] = ()) -> tuple[ContainedFile, ...]:
        """The entries in their order, each read when it is asked for."""
        left_out = {id(entry) for entry in without}
        return tuple(
            ContainedFile(entry.path, entry.size, partial(self.read, entry))
            for entry in self.entries
            if id(entry) not in left_out
        )

    def _unpacked(self, entry: ArchiveEntry) -> bytes:
        record = entry.record
        if record.method == STORED:
            content = self._data[record.start : record.start + record.packed]
        else:
            content = _inflated(self._data, record, entry.path)
        if len(content) != record.size:
            raise _lying(entry.path, record.size)
        return bytes(content)


def is_archive(data: bytes) -> bool:
    """Whether the bytes begin as a zip file."""
    return data[:4] in (LOCAL_SIGNATURE, END_SIGNATURE)


def ends_as_archive(data: bytes) -> bool:
    """Whether the bytes end as a zip file, whatever they begin as."""
    return has_directory(data)


def open_archive(data: bytes, findings: Findings) -> Archive:
    """Check a zip file by its table of contents, and tell what is odd about its names.

    Raises `UnreadableError` with the limit for one that is damaged, locked or dangerous.
    """
    if len(data) > limits.ARCHIVE_BYTES:
        raise UnreadableError(
            f"It is {limits.megabytes(len(data))}; the limit is {limits.megabytes(limits.ARCHIVE_BYTES)}."
        )
    records = directory_of(data)
    names = [name_of(record) for record in records]
    for record, name in zip(records, names, strict=True):
        _refuse_entry(record, name)
    _refuse_all(records)
    entries = [
        ArchiveEntry(name, record.size, record)
        for record, name in zip(records, names, strict=True)
        if not is_folder(record)
    ]
    report_odd_names([entry.path for entry in entries], records, findings)
    return Archive(data, _apart(entries, findings))


def _refuse_entry(record: DirectoryEntry, name: str) -> None:
    """Raise for an entry that is locked, packed in a way nobody reads, or too large."""
    if record.flags & _ENCRYPTED:
        raise UnreadableError("Its archive is locked with a password.", "Make it again without one.")
    if record.method not in (STORED, DEFLATED):
        raise UnreadableError(
            f"{shown_name(name)} in its archive is packed in a way that no character program reads.",
            "Pack it again as an ordinary zip file.",
        )
    if record.size > limits.ARCHIVE_ENTRY_BYTES:
        raise UnreadableError(
            f"{shown_name(name)} in its archive is {limits.megabytes(record.size)}; "
            f"the limit is {limits.megabytes(limits.ARCHIVE_ENTRY_BYTES)} each."
        )
    if record.method == STORED and record.size != record.packed:
        raise _lying(name, record.size)
    ratio = record.size / max(1, record.packed)
    if record.size > limits.ARCHIVE_FREE_ENTRY_BYTES and ratio > limits.ARCHIVE_ENTRY_RATIO:
        raise UnreadableError(
            f"{shown_name(name)} in its archive unpacks to {ratio:,.0f} times its size; "
            f"the limit is {limits.ARCHIVE_ENTRY_RATIO} times."
        )


def _refuse_all(records: Sequence[DirectoryEntry]) -> None:
    """Raise when all entries together unpack to too much."""
    total = sum(record.size for record in records)
    if total > limits.ARCHIVE_TOTAL_BYTES:
        raise UnreadableError(
            f"Its archive unpacks to {limits.megabytes(total)}; "
            f"the limit is {limits.megabytes(limits.ARCHIVE_TOTAL_BYTES)} in all."
        )
    ratio = total / max(1, sum(record.packed for record in records))
    if total > limits.ARCHIVE_FREE_BYTES and ratio > limits.ARCHIVE_RATIO:
        raise UnreadableError(
            f"Its archive unpacks to {ratio:,.0f} times its size; "
            f"the limit is {limits.ARCHIVE_RATIO} times in all."
        )


def _apart(entries: Sequence[ArchiveEntry], findings: Findings) -> list[ArchiveEntry]:
    """The entries with different paths: the first bearer of a name keeps it, as in SillyTavern."""
    taken = {entry.path for entry in entries}
    seen: set[str] = set()
    made = []
    for entry in entries:
        if entry.path in seen:
            message = f"The archive has {shown_name(entry.path)} more than once; the first one is used."
            findings.warning("", message)
            entry = replace(entry, path=_free_path(entry.path, taken))
        seen.add(entry.path)
        taken.add(entry.path)
        made.append(entry)
    return made


def _free_path(path: str, taken: set[str]) -> str:
    return next(free for number in count(2) if (free := f"{path}~{number}") not in taken)


def _inflated(data: bytes, record: DirectoryEntry, path: str) -> bytes:
    """What deflated bytes unpack to; over the declared size it stops at the first byte too many."""
    machine, made = zlib.decompressobj(-zlib.MAX_WBITS), io.BytesIO()
    try:
        for packed in _slices(data, record):
            while True:
                piece = machine.decompress(packed, min(_SLICE, record.size - made.tell() + 1))
                made.write(piece)
                if made.tell() > record.size:
                    raise _lying(path, record.size)
                packed = machine.unconsumed_tail
                if machine.eof or not (packed or piece):
                    break
    except zlib.error as error:
        raise UnreadableError(f"{shown_name(path)} in its archive is damaged.") from error
    return made.getvalue()


def _slices(data: bytes, record: DirectoryEntry) -> Iterator[bytes]:
    end = record.start + record.packed
    return (data[place : min(end, place + _SLICE)] for place in range(record.start, end, _SLICE))


def _lying(path: str, size: int) -> UnreadableError:
    return UnreadableError(f"{shown_name(path)} in its archive is not of the {size:,} bytes it tells of.")
