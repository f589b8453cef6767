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
from .backups import sync_file, sync_folder

ORPHAN_SECONDS = 24 * 3600.0
"""How long a file that no row names is kept: longer than any import takes from the file to its row."""

_NAME = re.compile("[0-9a-f]{64}")
_PREFIX = re.compile("[0-9a-f]{2}")
_PART = ".cardgen-part"
_CHUNK_BYTES = 1024 * 1024
_AT_ONCE = 8


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
                    _write(part, data)
                    sync_file(part)
                    self._take_place(part, sha256)
        return Kept(sha256, len(data))

    def keep_stream(self, stream: IO[bytes], most: int) -> Kept | None:
        """Store what a stream gives; None when it is more than `most` bytes. Raises `StorageError`."""
        digest, size = hashlib.sha256(), 0
        with failures.told_plainly(self.folder), self._part() as part:
            _write(part, b"")
            with part.open("wb") as target:
                while chunk := stream.read(_CHUNK_BYTES):
                    size += len(chunk)
                    if size > most:
                        return None
                    digest.update(chunk)
                    target.write(chunk)
            sync_file(part)
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
        self.remove_older(sha256, now - ORPHAN_SECONDS)

    def remove_older(self, sha256: str, before: float) -> bool:
        """Remove a file that nothing names and that was stored before a moment; whether it is gone."""
        with contextlib.suppress(OSError, ValueError):
            place = self.place(sha256)
            if place.stat().st_mtime < before:
                place.unlink()
        return not self.holds(sha256)

    def size(self, sha256: str) -> int:
        """How many bytes a file takes; 0 when it is not there."""
        try:
            return self.place(sha256).stat().st_size
        except (OSError, ValueError):
            return 0

    def _known(self, sha256: str, size: int) -> bool:
        """Whether it is stored already, whole; then no sweep takes it before its row is there."""
        if not self.is_whole(sha256, size):
            return False
        with contextlib.suppress(OSError):
            os.utime(self.place(sha256))
        return self.holds(sha256, size)

    @contextlib.contextmanager
    def _part(self) -> Iterator[Path]:
        part = self._new_part()
        try:
            yield part
        finally:
            _forget(part)

    def _new_part(self) -> Path:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return self.folder / f".{secrets.token_hex(8)}{_PART}"

    def _take_place(self, part: Path, sha256: str) -> None:
        sync_folder(self._placed(part, sha256))

    def _placed(self, part: Path, sha256: str) -> Path:
        """Give a synced part its name; the folder it is in, which has yet to be synced."""
        place = self.place(sha256)
        if not place.parent.is_dir():
            place.parent.mkdir(mode=0o700, exist_ok=True)
            sync_folder(self.folder)
        try:
            part.replace(place)
        except PermissionError:
            # Windows: another process has just put the same content there and holds it open.
            if not place.exists():
                raise
        return place.parent


class AssetBatch(AssetFiles):
    """Files that are stored together: they are there once `settle` has returned, and cost fewer syncs."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._parts: dict[str, Path] = {}

    def keep(self, data: bytes | memoryview) -> Kept:
        """Write content, to be stored by `settle`. Raises `StorageError`."""
        sha256 = hashlib.sha256(data).hexdigest()
        with failures.told_plainly(self.folder):
            if sha256 not in self._parts and not self._known(sha256, len(data)):
                part = self._new_part()
                self._parts[sha256] = part
                _write(part, data)
        return Kept(sha256, len(data))

    def settle(self) -> None:
        """Have the disk hold everything, several files at a time: it can then write them in one go.

        Raises `StorageError`.
        """
        from concurrent.futures import ThreadPoolExecutor

        if not self._parts:
            return
        with failures.told_plainly(self.folder), ThreadPoolExecutor(_AT_ONCE) as threads:
            list(threads.map(sync_file, self._parts.values()))
            folders = {self._placed(part, sha256) for sha256, part in self._parts.items()}
            list(threads.map(sync_folder, folders))
        self._parts.clear()

    def abandon(self) -> None:
        """Remove what was not settled."""
        for part in self._parts.values():
            _forget(part)
        self._parts.clear()


def _is_old(entry: os.DirEntry[str], now: float) -> bool:
    try:
        return entry.stat(follow_symlinks=False).st_mtime < now - ORPHAN_SECONDS
    except OSError:
        return False


def _write(part: Path, data: bytes | memoryview) -> None:
    number = os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0), 0o600)
    with open(number, "wb") as stream:  # noqa: PTH123  (made for its owner alone from the start)
        stream.write(data)


def _forget(part: Path) -> None:
    with contextlib.suppress(OSError):
        part.unlink(missing_ok=True)
