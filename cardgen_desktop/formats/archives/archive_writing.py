"""Writing zip archives that every reader of cards takes: sizes before contents, ASCII names, no surprises.

Python's zipfile leaves sizes and checksums until after the content where the file cannot be rewound, and
counts offsets from the beginning of the whole file; both fail in programs that read cards. Equal entries give
equal bytes: there is one date, and no word about the system it was made on.
"""

import struct
import zlib
from dataclasses import dataclass, field
from typing import BinaryIO

from .. import limits
from ..findings import UnreadableError
from .archive import DEFLATED, STORED
from .archive_directory import CENTRAL_SIGNATURE, END_SIGNATURE, LOCAL_SIGNATURE

_VERSION = 20  # deflate and folders, nothing newer
_DATE, _TIME = 0x21, 0  # 1 January 1980, the first day a zip file knows
_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_LEVEL = 6
_GAIN = 0.9  # packing has to save a tenth to be worth it


@dataclass(slots=True)
class ArchiveWriter:
    """Writes entries one after the other; `close` writes the table of contents.

    Offsets count from where the archive begins, whatever `out` holds before it (`before` bytes, which count
    for the limit). Raises `UnreadableError` when it grows over a limit of reading.
    """

    out: BinaryIO
    before: int = 0
    _place: int = 0
    _total: int = 0
    _table: list[bytes] = field(default_factory=list)

    def add(self, name: str, content: bytes, *, pack: bool) -> None:
        """Write one entry; `pack` it where that helps and stays within what readers allow."""
        if len(self._table) == limits.ARCHIVE_ENTRIES:
            raise UnreadableError(
                f"It would have more than {limits.ARCHIVE_ENTRIES:,} files, which is the limit."
            )
        if len(content) > limits.ARCHIVE_ENTRY_BYTES:
            limit = limits.megabytes(limits.ARCHIVE_ENTRY_BYTES)
            raise UnreadableError(f"`{name}` is {limits.megabytes(len(content))}; the limit is {limit}.")
        method, packed = _packed(content) if pack else (STORED, content)
        self._total += len(content)
        raw = name.encode("ascii")
        sizes = (zlib.crc32(content), len(packed), len(content), len(raw), 0)
        head = (_VERSION, 0, method, _TIME, _DATE, *sizes)
        self._table.append(_CENTRAL.pack(CENTRAL_SIGNATURE, _VERSION, *head, 0, 0, 0, 0, self._place) + raw)
        self._write(_LOCAL.pack(LOCAL_SIGNATURE, *head), raw, packed)

    def close(self) -> None:
        """Write the table of contents."""
        start, count = self._place, len(self._table)
        self._write(*self._table)
        self._write(_END.pack(END_SIGNATURE, 0, 0, count, count, self._place - start, start, 0))

    def _write(self, *parts: bytes) -> None:
        self._place += sum(map(len, parts))
        for limit, size in (
            (limits.ARCHIVE_BYTES, self.before + self._place),
            (limits.ARCHIVE_TOTAL_BYTES, self._total),
        ):
            if size > limit:
                raise UnreadableError(
                    f"The archive would be over {limits.megabytes(limit)}, which is the limit."
                )
        for part in parts:
            self.out.write(part)


def _packed(content: bytes) -> tuple[int, bytes]:
    """Deflated where it helps; what would look like a bomb to careful readers stays as it is."""
    machine = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = machine.compress(content) + machine.flush()
    if len(packed) > len(content) * _GAIN or len(packed) * limits.ARCHIVE_RATIO < len(content):
        return STORED, content
    return DEFLATED, packed
