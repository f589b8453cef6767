"""Which files a batch is about: the ones that were named, and those in folders, in natural order.

Folders are looked at one by one, each in a thread, so that a walk over a slow disk can be cancelled. Links to
folders are followed, but no folder is entered twice, so that a link back to its parent ends by itself.
"""

import os
import re
import stat
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ..domain.job_kinds import Refusal
from .child import in_thread

MOST_FILES = 100_000
"""How many files one job takes; what is beyond is named in the refusals."""

MOST_FOLDERS = 100_000

Fits = Callable[[Path], bool]

_DIGITS = re.compile(r"(\d{1,18})")


@dataclass(frozen=True, slots=True)
class FoundFile:
    """One file of a batch; `mark` changes with its content, size or rights, and is empty when unknown.

    `is_named`: the person named it, it was not found in a folder.
    """

    path: Path
    mark: str
    is_named: bool = False


@dataclass(slots=True)
class FoundFiles:
    """What a walk has found; `missing` are the named paths that are no longer there."""

    files: list[FoundFile] = field(default_factory=list)
    missing: list[Path] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Listing:
    files: list[FoundFile]
    folders: list[Path]
    identity: tuple[int, int] | None
    refusal: Refusal | None = None


def natural_key(name: str) -> list[tuple[int, int, str]]:
    """A sort key by which "chapter 2" comes before "chapter 10", in any case."""
    parts = _DIGITS.split(name.casefold())
    return [(0, int(part), "") if part.isdigit() else (1, 0, part) for part in parts if part]


def shown(path: Path) -> str:
    """A path as text that can be stored: what is no Unicode in it becomes a question mark."""
    return os.fspath(path).encode("utf-8", "replace").decode()


async def find_files(
    paths: Sequence[str],
    suffixes: frozenset[str],
    on_folder: Callable[[Path, int], None],
    *,
    fits: Fits = lambda _: True,
) -> FoundFiles:
    """Look up named paths and walk named folders for files with one of the suffixes (lower case).

    `fits` may look into those that a folder holds, in a thread, and leave some out.

    `on_folder` hears which folder is looked at next and how many files were found so far; what it raises ends
    the walk. Hidden files and folders are left out. Nothing is raised for what cannot be read: it becomes a
    refusal.
    """
    walk = _Walk(suffixes, on_folder, fits)
    for path in paths:
        await walk.take(Path(path))
    return walk.found


class _Walk:
    """The state of one walk: what was found, and which files and folders have been seen."""

    def __init__(self, suffixes: frozenset[str], on_folder: Callable[[Path, int], None], fits: Fits) -> None:
        self.found = FoundFiles()
        self._suffixes = suffixes
        self._on_folder = on_folder
        self._fits = fits
        self._paths: set[Path] = set()
        self._folders: set[tuple[int, int]] = set()

    async def take(self, path: Path) -> None:
        """Take in one named path, a file or a folder."""
        kind, file = await in_thread(_look_at, path)
        if kind == "missing":
            self.found.missing.append(path)
        elif kind == "folder":
            await self._take_folder(path)
        else:
            self._add([file])

    async def _take_folder(self, path: Path) -> None:
        waiting = [path]
        while waiting:
            folder = waiting.pop()
            self._on_folder(folder, len(self.found.files))
            listing = await in_thread(_listed, folder, self._suffixes, self._fits)
            if listing.refusal is not None:
                self.found.refused.append(listing.refusal)
            if listing.identity is None or listing.identity in self._folders:
                continue
            self._folders.add(listing.identity)
            if not self._add(listing.files) or len(self._folders) >= MOST_FOLDERS:
                self._refuse_the_rest(path)
                return
            waiting.extend(reversed(listing.folders))

    def _add(self, files: Sequence[FoundFile]) -> bool:
        """Keep files that are new; False when there is no room for more."""
        for file in files:
            if file.path in self._paths:
                continue
            if len(self._paths) >= MOST_FILES:
                return False
            self._paths.add(file.path)
            self.found.files.append(file)
        return True

    def _refuse_the_rest(self, path: Path) -> None:
        reason = f"It holds more than {MOST_FILES:,} files; the rest was not looked at. Add it in parts."
        self.found.refused.append(Refusal(subject=shown(path), reason=reason))


def _look_at(path: Path) -> tuple[str, FoundFile]:
    """Whether a named path is missing, a folder or a file; one that hides what it is goes to its reader."""
    try:
        status = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return "missing", FoundFile(path, "")
    except (OSError, ValueError):
        return "file", FoundFile(path, "", is_named=True)
    kind = "folder" if stat.S_ISDIR(status.st_mode) else "file"
    return kind, FoundFile(path, _mark(status), is_named=True)


def _mark(status: os.stat_result) -> str:
    return f"{status.st_size}:{status.st_mtime_ns}:{status.st_ctime_ns}"


def _listed(folder: Path, suffixes: frozenset[str], fits: Fits) -> _Listing:
    """The fitting files and the folders in a folder, each in natural order, in a thread."""
    try:
        status = folder.stat()
        with os.scandir(folder) as entries:
            found = sorted(_visible(entries), key=lambda entry: natural_key(entry.name))
    except (OSError, ValueError) as error:
        reason = f"The folder cannot be looked at: {getattr(error, 'strerror', None) or error}."
        return _Listing([], [], None, Refusal(subject=shown(folder), reason=reason))
    folders = [Path(entry.path) for entry in found if _is_folder(entry)]
    files = [
        FoundFile(Path(entry.path), _mark_of(entry))
        for entry in found
        if _suffix(entry.name) in suffixes and not _is_folder(entry) and fits(Path(entry.path))
    ]
    return _Listing(files, folders, (status.st_dev, status.st_ino))


def _visible(entries: Iterator[os.DirEntry[str]]) -> Iterator[os.DirEntry[str]]:
    """Entries that are not hidden; bounded, for a folder may hold more than fits into memory."""
    for number, entry in enumerate(entries):
        if number > 2 * MOST_FILES:
            return
        if not entry.name.startswith("."):
            yield entry


def _suffix(name: str) -> str:
    return os.path.splitext(name)[1].casefold()  # noqa: PTH122  (a Path for every entry would cost more)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _mark_of(entry: os.DirEntry[str]) -> str:
    try:
        return _mark(entry.stat())
    except OSError:
        return ""
