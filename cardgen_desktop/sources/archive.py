"""Zip and XML from strangers: everything that could hurt is refused before anything is unpacked."""

import io
import zipfile
import zlib
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from ..domain.errors import SourceError
from . import limits

LOCAL_HEADER_BYTES = 30
ENCRYPTED_FLAG = 0x1
PLAIN_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
ZIP_MAGIC = b"PK\x03\x04"
ZIP_MAGICS = (ZIP_MAGIC, b"PK\x05\x06")

_ZIP_ERRORS = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError)


class Archive:
    """A zip file in memory whose declared sizes, ratios, methods and ranges have been found harmless."""

    def __init__(self, data: bytes, name: str) -> None:
        """Check the table of contents; raises `SourceError` for a damaged, locked or dangerous archive."""
        self._name = name
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
            entries = self._zip.infolist()
        except _ZIP_ERRORS as error:
            raise self._cut_off(str(error)) from error
        _refuse_bombs(entries, name)
        _refuse_locks(entries, name)
        self._entries = {entry.filename: entry for entry in entries if not entry.is_dir()}
        self._lower = {key.lower(): key for key in reversed(self._entries)}

    @property
    def names(self) -> frozenset[str]:
        """The names of all files in the archive."""
        return frozenset(self._entries)

    def find(self, entry: str) -> str | None:
        """The stored spelling of an entry name, in any case, or None."""
        return entry if entry in self._entries else self._lower.get(entry.lower())

    def read(self, entry: str) -> bytes:
        """Unpack one entry, never past its declared size; raises `SourceError` when missing or damaged."""
        stored = self.find(entry)
        if stored is None:
            raise self._cut_off(f"missing entry {entry}")
        info = self._entries[stored]
        try:
            with self._zip.open(info) as stream:
                data = stream.read(info.file_size + 1)
        except _ZIP_ERRORS as error:
            raise self._cut_off(f"{entry}: {error}") from error
        if len(data) > info.file_size:
            raise _dangerous(self._name, f"{entry} is longer than declared")
        return data

    def _cut_off(self, details: str) -> SourceError:
        return SourceError(
            f'"{self._name}" is damaged or cut off, so nothing was read from it. Copy or download it again.',
            details=details,
        )


def _dangerous(name: str, details: str) -> SourceError:
    return SourceError(
        f'"{name}" would unpack to far more than a document needs, so it was not opened. '
        "Save the text as a plain text file and use that.",
        details=details,
    )


def _refuse_bombs(entries: Sequence[zipfile.ZipInfo], name: str) -> None:
    if len(entries) > limits.MAX_ENTRIES:
        raise _dangerous(name, f"{len(entries)} entries")
    for entry in entries:
        ratio = entry.file_size / max(1, entry.compress_size)
        small = entry.file_size <= limits.FREE_ENTRY_BYTES
        if entry.file_size > limits.MAX_ENTRY_BYTES or (ratio > limits.MAX_ENTRY_RATIO and not small):
            raise _dangerous(name, f"{entry.filename}: {entry.file_size} bytes, ratio {ratio:.0f}")
    total, packed = sum(e.file_size for e in entries), max(1, sum(e.compress_size for e in entries))
    small = total <= limits.FREE_ARCHIVE_BYTES
    if total > limits.MAX_ARCHIVE_BYTES or (total / packed > limits.MAX_ARCHIVE_RATIO and not small):
        raise _dangerous(name, f"{total} bytes in all, ratio {total / packed:.0f}")
    _refuse_overlap(entries, name)


def _refuse_overlap(entries: Sequence[zipfile.ZipInfo], name: str) -> None:
    """Entries that share bytes multiply the ratio; a local header is at least 30 bytes long."""
    for first, second in pairwise(sorted(entries, key=lambda entry: entry.header_offset)):
        if first.header_offset + LOCAL_HEADER_BYTES + first.compress_size > second.header_offset:
            raise _dangerous(name, f"{first.filename} overlaps {second.filename}")


def _refuse_locks(entries: Sequence[zipfile.ZipInfo], name: str) -> None:
    if any(entry.flag_bits & ENCRYPTED_FLAG for entry in entries):
        raise SourceError(f'"{name}" is locked with a password. Save an unlocked copy and use that.')
    # zipfile bounds what stored and deflated entries unpack to; its other methods inflate without a limit.
    if odd := [entry.filename for entry in entries if entry.compress_type not in PLAIN_METHODS]:
        raise SourceError(
            f'"{name}" is packed in a way that cannot be read. Save it again in its own program.',
            details=", ".join(odd[:5]),
        )


def parse_xml(data: bytes, name: str, part: str) -> Any:
    """The root element of an XML part (lxml); no entity, no network, no huge tree. Raises `SourceError`."""
    from lxml import etree

    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False, remove_comments=True
    )
    try:
        return etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise SourceError(
            f'"{name}" is damaged: one of its parts is not readable. Save it again in its own program.',
            details=f"{part}: {error}",
        ) from error


def local_name(element: Any) -> str:
    """An element's tag without its namespace; "" for comments and processing instructions."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""
