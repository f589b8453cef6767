"""Pictures and other files of cards, kept beside the database under the SHA-256 of their content.

A file is written once, whole and synced, and never changed; rows of the database say which card has which.
A crash between file and row leaves an orphan, which is swept after a while. Light and blocking: a child that
reads a card file writes here, so that nothing large crosses a process or sits in the database.
"""

import contextlib
import hashlib
import os
import re
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import IO, NamedTuple

from . import failures
from .backups import sync_folder

ORPHAN_SECONDS = 24 * 3600.0
"""How long a file that no row names is kept: longer than any import takes from the file to its row."""

_NAME = re.compile("[0-9a-f]{64}")
_PREFIX = re.compile("[0-9a-f]{2}")
_PART = ".cardgen-part"
_CHUNK_BYTES = 1024 * 1024


class Kept(NamedTuple):
    """A file that is stored: the SHA-256 of its content, and its size."""

    sha256: str
    bytes: int


class AssetFiles:
    """The files of the cards of one data folder; `folder` is made when the first of them is kept."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def place(self, sha256: str) -> Path:
        """Where content with this digest is, or would be. Raises ValueError for what is no digest."""
        if not _NAME.fullmatch(sha256):
            raise ValueError(f"{sha256[:80]!r} is not a SHA-256")
        return self.folder / sha256[:2] / sha256

    def keep(self, data: bytes | memoryview) -> Kept:
        """Store content. Raises `StorageError`; in that case nothing is left behind."""
        sha256 = hashlib.sha256(data).hexdigest()
        with failures.told_plainly(self.folder):
            if not self._known(sha256, len(data)):
                with self._part() as part:
                    with part.open("xb") as stream:
                        stream.write(data)
                        _sync(stream)
                    self._take_place(part, sha256)
        return Kept(sha256, len(data))

    def keep_stream(self, stream: IO[bytes], most: int) -> Kept | None:
        """Store what a stream gives; None when it is more than `most` bytes. Raises `StorageError`."""
        digest, size = hashlib.sha256(), 0
        with failures.told_plainly(self.folder), self._part() as part:
            with part.open("xb") as target:
                while chunk := stream.read(_CHUNK_BYTES):
                    size += len(chunk)
                    if size > most:
                        return None
                    digest.update(chunk)
                    target.write(chunk)
                _sync(target)
            if not self._known(digest.hexdigest(), size):
                self._take_place(part, digest.hexdigest())
        return Kept(digest.hexdigest(), size)

    def read(self, sha256: str) -> bytes | None:
        """The content; None when the file is missing or is no longer what it was."""
        try:
            data = self.place(sha256).read_bytes()
        except (OSError, ValueError):
            return None
        return data if hashlib.sha256(data).hexdigest() == sha256 else None

    def holds(self, sha256: str, size: int | None = None) -> bool:
        """Whether a file is there, and of that size; its content is not looked at."""
        try:
            found = self.place(sha256).stat().st_size
        except (OSError, ValueError):
            return False
        return size is None or found == size

    def is_whole(self, sha256: str, size: int) -> bool:
        """Whether a file is there and its content is what it was."""
        if not self.holds(sha256, size):
            return False
        digest = hashlib.sha256()
        try:
            with self.place(sha256).open("rb") as stream:
                while chunk := stream.read(_CHUNK_BYTES):
                    digest.update(chunk)
        except OSError:
            return False
        return digest.hexdigest() == sha256

    def prefixes(self) -> list[str]:
        """The folders that files are in: the first two letters of their names."""
        try:
            return sorted(entry.name for entry in os.scandir(self.folder) if _PREFIX.fullmatch(entry.name))
        except OSError:
            return []

    def old(self, prefix: str, now: float) -> list[str]:
        """Files in one folder that were stored, or found again, so long ago that they should have a row."""
        names: list[str] = []
        with contextlib.suppress(OSError), os.scandir(self.folder / prefix) as entries:
            for entry in entries:
                if _NAME.fullmatch(entry.name) and _is_old(entry, now):
                    names.append(entry.name)
        return names

    def sweep_parts(self, now: float) -> None:
        """Remove parts of files that a killed process left."""
        with contextlib.suppress(OSError), os.scandir(self.folder) as entries:
            for entry in entries:
                if entry.name.endswith(_PART) and _is_old(entry, now):
                    with contextlib.suppress(OSError):
                        os.unlink(entry.path)  # noqa: PTH108  (a Path would say no more)

    def remove(self, sha256: str, now: float) -> None:
        """Remove a file that nothing names, unless it was stored once more just now."""
        with contextlib.suppress(OSError):
            place = self.place(sha256)
            if place.stat().st_mtime < now - ORPHAN_SECONDS:
                place.unlink()

    def _known(self, sha256: str, size: int) -> bool:
        """Whether it is stored already; then it is as new, and no sweep takes it before its row is there."""
        if not self.holds(sha256, size):
            return False
        with contextlib.suppress(OSError):
            os.utime(self.place(sha256))
        return self.holds(sha256, size)

    @contextlib.contextmanager
    def _part(self) -> Iterator[Path]:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        part = self.folder / f".{secrets.token_hex(8)}{_PART}"
        try:
            yield part
        finally:
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)

    def _take_place(self, part: Path, sha256: str) -> None:
        place = self.place(sha256)
        if not place.parent.is_dir():
            place.parent.mkdir(mode=0o700, exist_ok=True)
            sync_folder(self.folder)
        if os.name == "posix":
            part.chmod(0o600)
        try:
            part.replace(place)
        except PermissionError:
            # Windows: another process has just put the same content there and holds it open.
            if not place.exists():
                raise
        sync_folder(place.parent)


def _is_old(entry: os.DirEntry[str], now: float) -> bool:
    try:
        return entry.stat(follow_symlinks=False).st_mtime < now - ORPHAN_SECONDS
    except OSError:
        return False


def _sync(stream: IO[bytes]) -> None:
    stream.flush()
    os.fsync(stream.fileno())
