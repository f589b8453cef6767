"""A damaged database: set aside as it is, and what can be had in its place.

Nothing here writes to damaged files, and nothing takes the database's place before it was read back whole
(ux-and-reliability.md 3.5, "Corrupt DB"). Blocking: call these in a thread, with the folder locked.
"""

import contextlib
import os
import secrets
import shutil
import sqlite3
import time
from datetime import UTC, datetime
from pathlib import Path

from .. import paths
from ..domain.errors import DamagedDatabaseError, StorageError
from ..domain.queue import Backup
from . import backups, failures
from .looking import looking

SIDE_FILES = ("-wal", "-shm", "-journal")
"""What SQLite keeps beside a database; a copy without them is not the whole database."""

_TIME = "%Y%m%dT%H%M%SZ"


def damage(path: Path, details: object = "") -> DamagedDatabaseError:
    """The failure for the person, with the newest whole backup and how many cards are kept as files."""
    backup = backups.newest_good(paths.backups(path.parent))
    card_files = count_card_files(paths.cards(path.parent))
    return DamagedDatabaseError(
        f'"{path}" is damaged and was left as it is. {_offer(backup, card_files)}',
        path=str(path),
        backup=backup,
        card_files=card_files,
        details=str(details),
    )


def _offer(backup: Backup | None, card_files: int) -> str:
    if backup is not None:
        moment = datetime.fromtimestamp(backup.at).astimezone()
        holds = f"{counted(backup.cards, 'card')} and {counted(backup.jobs, 'job')}"
        return (
            f"Restore the backup of {moment:%d %B, %H:%M} with {holds}, or rebuild it from what can be read."
        )
    if card_files:
        return f"There is no backup, but {counted(card_files, 'card')} kept as files. Rebuild it from those."
    return "There is no backup. Rebuild it from what can be read."


def counted(number: int, one: str) -> str:
    """A number with its noun: "1 card", "12 cards"."""
    return f"{number:,} {one if number == 1 else one + 's'}"


def count_card_files(folder: Path) -> int:
    """How many cards are kept as files."""
    try:
        return sum(1 for path in folder.iterdir() if path.suffix == ".json" and not path.name.startswith("."))
    except OSError:
        return 0


def set_aside(path: Path, *, why: str = "damaged") -> Path | None:
    """Move a database with its side files to `cardgen.damaged-<time>.db`; None when there is nothing to move.

    The database goes first: were the log first and the move cut short, what is left would open as if nothing
    had been in the log. Raises `StorageError`.
    """
    with failures.told_plainly(path):
        aside = _free_place(path, why)
        moved = _move(path, aside)
        backups.sync_folder(path.parent)
    return aside if moved else None


def _move(path: Path, target: Path) -> bool:
    """Move a database with its side files, all or none; False when there is nothing. Raises OSError."""
    moved: list[str] = []
    try:
        for suffix in ("", *SIDE_FILES):
            with contextlib.suppress(FileNotFoundError):
                path.with_name(path.name + suffix).rename(target.with_name(target.name + suffix))
                moved.append(suffix)
    except OSError:
        for suffix in moved:
            with contextlib.suppress(OSError):
                target.with_name(target.name + suffix).rename(path.with_name(path.name + suffix))
        raise
    return bool(moved)


def restore_backup(path: Path, backup: Path) -> Path | None:
    """Put a backup in the database's place and the database aside; returns where that is now.

    The backup is read to its last page before and after it is copied. A sound database is backed up first, so
    that the restoring can be taken back. Raises `StorageError` with everything as it was.
    """
    backups.check_backup(backup)
    is_sound = _size(path) > 0 and not check(path)
    place = Placing(path)
    try:
        place.copy(backup)  # before the others are thinned
        if is_sound:
            backups.back_up(path, paths.backups(path.parent), time.time(), force=True)
        return place.finish(why="replaced" if is_sound else "damaged")
    finally:
        place.abandon()


class Placing:
    """A database in the making at `fresh`, which takes the place of `path` only when it was read back whole.

    Up to the end of `finish` a failure or a kill leaves the old files as they were. Raises `StorageError`.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._folder = path.with_name(f".{secrets.token_hex(6)}.cardgen-part")
        self.fresh = self._folder / path.name
        with failures.told_plainly(self._path):
            self._folder.mkdir(mode=0o700)

    def copy(self, source: Path) -> None:
        """Make it a copy of a database that nobody writes."""
        with failures.told_plainly(self._path), source.open("rb") as reader, self.fresh.open("xb") as writer:
            shutil.copyfileobj(reader, writer, 1024 * 1024)

    def finish(self, *, why: str = "damaged") -> Path | None:
        """Read it back, set the old database aside, and take its place; returns where the old one is now."""
        with failures.told_plainly(self._path):
            if os.name == "posix":
                self.fresh.chmod(0o600)
            self._fold_log()
            backups.check_backup(self.fresh)
            backups.sync_file(self.fresh)
            aside = set_aside(self._path, why=why)
            try:
                self.fresh.replace(self._path)
            except OSError:
                if aside is not None:
                    _move(aside, self._path)
                raise
            backups.sync_folder(self._path.parent)
            clear(self._path)
        return aside

    def abandon(self) -> None:
        """Remove what is left of the making; harmless after `finish`."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def _fold_log(self) -> None:
        """Only the database file moves, so that nothing may be left in its log."""
        with contextlib.closing(sqlite3.connect(self.fresh)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def refuse_left_over(path: Path) -> None:
    """A missing or empty database beside a log or backups has been lost: SQLite would drop the log and begin
    anew. Raises `DamagedDatabaseError`."""
    if path.exists() and path.stat().st_size:
        return
    if any(_size(path.with_name(path.name + suffix)) for suffix in ("-wal", "-journal")):
        raise damage(path, "an empty or missing database beside a log that is not empty")
    if backups.named(paths.backups(path.parent)):
        raise damage(path, "an empty or missing database beside backups")


def refuse_strange_log(path: Path) -> None:
    """A file in the place of the write-ahead log that is none would be overwritten without a word.

    SQLite's file format, 4.1: the log begins with 0x377f0682 or 0x377f0683; a torn first write leaves zeros.
    Raises `DamagedDatabaseError`.
    """
    log = path.with_name(f"{path.name}-wal")
    try:
        with log.open("rb") as stream:
            start = stream.read(4)
    except FileNotFoundError:
        return
    if start.strip(b"\0") and start not in (b"\x37\x7f\x06\x82", b"\x37\x7f\x06\x83"):
        raise damage(path, "the write-ahead log is not one")


def suspect(path: Path) -> None:
    """Have the next start read the whole database, however large it is: damage was met while it was used."""
    with contextlib.suppress(OSError):
        _suspicion(path).touch(mode=0o600)


def is_suspected(path: Path) -> bool:
    """Whether damage was met since the database was last read as a whole."""
    return _suspicion(path).exists()


def clear(path: Path) -> None:
    """The whole database was read, and is sound."""
    with contextlib.suppress(OSError):
        _suspicion(path).unlink(missing_ok=True)


def _suspicion(path: Path) -> Path:
    return path.with_name(f"{path.name}-suspected")


def sweep(home: Path) -> None:
    """Remove what a killed rebuild or restore has left half made."""
    for part in home.glob(".*.cardgen-part"):
        if part.is_dir():
            shutil.rmtree(part, ignore_errors=True)
        else:
            with contextlib.suppress(OSError):
                part.unlink()


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _free_place(path: Path, why: str) -> Path:
    moment = datetime.now(UTC).strftime(_TIME)
    number = 1
    while True:
        suffix = f"-{number}" if number > 1 else ""
        aside = path.with_name(f"{path.stem}.{why}-{moment}{suffix}{path.suffix}")
        if not any(aside.with_name(aside.name + side).exists() for side in ("", *SIDE_FILES)):
            return aside
        number += 1


def check(path: Path) -> str:
    """Read a whole database and say what is wrong with it, "" when nothing is. Raises `StorageError`."""
    try:
        with looking(path) as connection:
            problems = [str(row[0]) for row in connection.execute("PRAGMA integrity_check(20)")]
            orphans = len(connection.execute("PRAGMA foreign_key_check").fetchall())
    except DamagedDatabaseError as error:
        return error.details or error.message
    if orphans:
        problems.append(f"{counted(orphans, 'reference')} to a row that is missing")
    return "\n".join(problem for problem in problems if problem != "ok")


def counts(path: Path) -> tuple[int, int]:
    """How many jobs and cards a database holds, 0 for what cannot be read."""
    return _rows(path, "job"), _rows(path, "card")


def _rows(path: Path, table: str) -> int:
    try:
        with looking(path) as connection:
            return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608
    except StorageError:
        return 0
