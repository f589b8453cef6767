"""Backups of the database: taken while it is used, read back before they count, thinned as they age.

The copy is made by SQLite's online backup from a connection of its own that holds one snapshot, so that
writers neither wait nor make it begin again (ux-and-reliability.md 1.4, 3.5, B12). A copy joins the others
only when it has been read back whole; the others are thinned after that, never before. Blocking: call these
in a thread.
"""

import contextlib
import os
import re
import secrets
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from ..domain.errors import StorageError
from ..domain.queue import Backup
from . import failures, migrations
from .looking import address, open_immutable
from .thinning import kept

PAGES = 256
"""How many pages are copied in one step: 1 MiB, a few milliseconds, with Python's lock released."""

_STEPS_BETWEEN = 20_000
"""How many steps of SQLite's machine lie between two looks at `stopped`."""

_SPARE_BYTES = 32 * 1024 * 1024
_NAME = re.compile(r"cardgen-(\d{8}T\d{6})\.(\d{3})Z\.db")
_TIME = "%Y%m%dT%H%M%S"
_PART = ".cardgen-part"
_COUNTED = ("job", "card")
_FINGERPRINT = (
    "SELECT max(id), count(*) FROM event",
    "SELECT max(id), count(*), max(updated_at) FROM job",
    "SELECT max(id), count(*), max(updated_at), count(trashed_at) FROM card",
    "SELECT max(id), count(*), sum(on_desk) FROM source",
    "SELECT group_concat(key || '=' || value, char(10)) FROM (SELECT key, value FROM setting "
    "WHERE key NOT IN ('epoch') ORDER BY key)",
)


class _StoppedError(Exception):
    """The program ends, and nobody waits for this copy."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What a database holds, as it is compared between a database and its copy."""

    jobs: int
    cards: int
    fingerprint: tuple[object, ...]


def back_up(
    database: Path,
    folder: Path,
    now: float,
    *,
    force: bool = False,
    stopped: Callable[[], bool] = lambda: False,
) -> Backup | None:
    """Copy a database into `folder`, read the copy back, and thin the older ones; None when nothing changed.

    `now` is Unix seconds and names the copy. With `force` it is made also when the newest one holds the same.
    `stopped` is asked every few milliseconds; when it says so, the copy is given up and None returned.
    Raises `StorageError` with a sentence; the backups that were there stay as they were.
    """
    with failures.told_plainly(folder):
        _make_folder(folder)
        _sweep(folder)
        with snapshot(database) as source:
            contents = _contents(source)
            if not force and contents == _newest_contents(folder):
                return None
            _refuse_full_disk(database, folder)
            part = folder / f".{secrets.token_hex(6)}{_PART}"
            try:
                copy_pages(source, part, stopped)
                backup = _verified(part, contents, now, stopped)
                target = _free_name(folder, now)
                part.replace(target)
            except _StoppedError:
                return None
            finally:
                with contextlib.suppress(OSError):
                    part.unlink(missing_ok=True)
        sync_folder(folder)
        thin(folder, now)
    return backup.model_copy(update={"path": str(target), "at": _time_of(target)})


def listed(folder: Path) -> tuple[Backup, ...]:
    """The backups of a folder, newest first, with what they hold; what cannot be read is left out."""
    found = (_looked_at(path) for _, path in named(folder))
    return tuple(backup for backup in found if backup is not None)


def newest_good(folder: Path) -> Backup | None:
    """The newest backup that is whole now: each is checked again, since disks forget."""
    for _, path in named(folder):
        with contextlib.suppress(StorageError, OSError):
            return check_backup(path)
    return None


def check_backup(path: Path) -> Backup:
    """Read a backup to its last page. Raises `StorageError` when it is not whole or not ours."""
    with failures.told_plainly(path), closing(open_immutable(path)) as connection:
        _refuse_unsound(connection, path)
        contents = _contents(connection)
        return Backup(
            path=str(path), at=_time_of(path), bytes=path.stat().st_size,
            jobs=contents.jobs, cards=contents.cards,
        )  # fmt: skip


def named(folder: Path) -> list[tuple[float, Path]]:
    """The backups of a folder by their names alone, as (Unix seconds, path), newest first."""
    try:
        paths = [path for path in folder.iterdir() if _NAME.fullmatch(path.name)]
    except OSError:
        return []
    return sorted(((_time_of(path), path) for path in paths), reverse=True)


def thin(folder: Path, now: float) -> None:
    """Remove what the schedule does not keep; one that cannot be removed stays until the next time."""
    found = named(folder)
    keep = kept([at for at, _ in found], now)
    for at, path in found:
        if at not in keep:
            with contextlib.suppress(OSError):
                path.unlink()


def sync_file(path: Path) -> None:
    """Have the disk hold what was written to a file."""
    number = os.open(path, os.O_RDWR)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def sync_folder(folder: Path) -> None:
    """Have the disk hold which names are in a folder; Windows and some network folders cannot."""
    if os.name == "nt":
        return
    with contextlib.suppress(OSError):
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)


def _make_folder(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if os.name == "posix":
        folder.chmod(0o700)


def _sweep(folder: Path) -> None:
    """Parts that a killed process left; the folder's lock says that nobody else is at work."""
    for part in folder.glob(f".*{_PART}*"):
        with contextlib.suppress(OSError):
            part.unlink()


@contextmanager
def snapshot(database: Path) -> Iterator[sqlite3.Connection]:
    """One moment of the database, for as long as the block lasts.

    Without a transaction of its own, every commit of a writer would make the copy begin again.
    """
    with closing(sqlite3.connect(address(database, "mode=rw"), uri=True, isolation_level=None)) as source:
        source.execute("PRAGMA query_only = ON")
        source.execute("PRAGMA busy_timeout = 5000")
        source.execute("BEGIN")
        source.execute("SELECT count(*) FROM sqlite_master").fetchone()
        yield source


def copy_pages(source: sqlite3.Connection, part: Path, stopped: Callable[[], bool]) -> None:
    """Copy what a connection sees into a new file for its owner alone, and sync it.

    Each step is synced by itself: 100 MB at the end would make the commits of writers wait for as long.
    """
    # A rollback journal keeps writers away while it is read: then the copy is made in one go.
    is_logged = source.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    number = os.open(part, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)

    def progress(_status: int, _remaining: int, _total: int) -> None:
        os.fsync(number)
        if stopped():
            raise _StoppedError

    try:
        with closing(sqlite3.connect(part, isolation_level=None)) as target:
            target.execute("PRAGMA synchronous = OFF")
            target.execute("PRAGMA journal_mode = OFF")
            source.backup(target, pages=PAGES if is_logged else -1, progress=progress)
        os.fsync(number)
    finally:
        os.close(number)


def _verified(part: Path, contents: Contents, now: float, stopped: Callable[[], bool]) -> Backup:
    with closing(open_immutable(part)) as connection:
        connection.set_progress_handler(stopped, _STEPS_BETWEEN)
        try:
            _refuse_unsound(connection, part)
            same = _contents(connection) == contents
        except sqlite3.OperationalError as error:
            raise (_StoppedError if stopped() else error) from error
    if not same:
        raise StorageError("The backup does not hold what the database holds, and was not kept.")
    return Backup(path=str(part), at=now, bytes=part.stat().st_size, jobs=contents.jobs, cards=contents.cards)


def _refuse_unsound(connection: sqlite3.Connection, path: Path) -> None:
    application_id = connection.execute("PRAGMA application_id").fetchone()[0]
    if application_id != migrations.APPLICATION_ID:
        raise failures.storage_error("foreign", path, f"application_id {application_id:#x}")
    user_version = connection.execute("PRAGMA user_version").fetchone()[0]
    if user_version // 1000 > migrations.MAJOR:
        raise failures.storage_error("newer", path, f"user_version {user_version}")
    verdict = str(connection.execute("PRAGMA integrity_check(1)").fetchone()[0])
    if verdict != "ok":
        raise failures.storage_error("damaged", path, verdict)


def _contents(connection: sqlite3.Connection) -> Contents:
    jobs, cards = (
        int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608  (our own names)
        for table in _COUNTED
    )
    fingerprint = tuple(tuple(connection.execute(statement).fetchone()) for statement in _FINGERPRINT)
    return Contents(jobs, cards, fingerprint)


def _newest_contents(folder: Path) -> Contents | None:
    newest = next(iter(named(folder)), None)
    if newest is None:
        return None
    try:
        with closing(open_immutable(newest[1])) as connection:
            _refuse_unsound(connection, newest[1])
            return _contents(connection)
    except (sqlite3.Error, UnicodeDecodeError, StorageError):
        return None


def _looked_at(path: Path) -> Backup | None:
    try:
        with closing(open_immutable(path)) as connection:
            contents = _contents(connection)
            size = path.stat().st_size
    except (sqlite3.Error, UnicodeDecodeError, OSError):
        return None
    return Backup(path=str(path), at=_time_of(path), bytes=size, jobs=contents.jobs, cards=contents.cards)


def _refuse_full_disk(database: Path, folder: Path) -> None:
    log = database.with_name(f"{database.name}-wal")
    needed = database.stat().st_size + (log.stat().st_size if log.exists() else 0)
    if shutil.disk_usage(folder).free < needed + _SPARE_BYTES:
        raise failures.storage_error("full", folder, f"{needed:,} bytes and a reserve are needed")


def _free_name(folder: Path, now: float) -> Path:
    """A name that is not taken: a millisecond later where two were made in one."""
    milliseconds = round(now * 1000)
    while (path := folder / _name(milliseconds)).exists():
        milliseconds += 1
    return path


def _name(milliseconds: int) -> str:
    moment = datetime.fromtimestamp(milliseconds // 1000, UTC)
    return f"cardgen-{moment.strftime(_TIME)}.{milliseconds % 1000:03d}Z.db"


def _time_of(path: Path) -> float:
    """When a backup was made, by its name; by the file's date for one that was renamed."""
    found = _NAME.fullmatch(path.name)
    if found is None:
        return path.stat().st_mtime
    try:
        moment = datetime.strptime(found[1], _TIME).replace(tzinfo=UTC)
    except ValueError:
        return 0.0
    return moment.timestamp() + int(found[2]) / 1000
