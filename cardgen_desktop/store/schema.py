"""Before a database is opened: is it ours, is it sound, may this program open it, must it be migrated?

Plain `sqlite3` and blocking; `open_database` calls it in a thread. SQLAlchemy and Alembic are imported only
when a step has to run. A file that may not be opened is not touched, not even by an empty write-ahead log.
"""

import os
import secrets
import sqlite3
import stat
import time
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from .. import paths
from ..domain.errors import DamagedDatabaseError, StorageError
from . import backups, failures, migrations, recovery
from .filesystems import place_of
from .looking import ID_KEY, looking

_MAGIC = b"SQLite format 3\0"
_OWN_NAMES = frozenset({"cardgen.lock", "settings.toml", "logs", "backups", "cards", "assets", "ballast"})
_CHECK_BYTES = 32 * 1024 * 1024
_THOROUGH_BYTES = 4 * 1024 * 1024
"""Up to this size the indexes are compared as well, which finds one more of twenty damaged files."""

_HIGHEST_VERSION = 1000 * 1000
"""No major will ever be that high: such a number is damage."""


def prepare(path: Path) -> None:
    """Bring the database at `path` to the newest schema, making folder and file; raises `StorageError`.

    A damaged database is left as it is: `DamagedDatabaseError` says what can be done. An older schema is
    migrated only after a verified backup, a database on a network share gets no write-ahead log.
    """
    make_private_folder(path.parent, known=path.name)
    with _with_choices(path), failures.told_plainly(path):
        revision = _examined(path)
        if revision not in (None, migrations.HEAD):
            _back_up_first(path)
        _close_to_others(path)  # the log takes its mode from the database
        with closing(sqlite3.connect(path, isolation_level=None, timeout=5)) as connection:
            connection.execute(f"PRAGMA journal_mode={_journal(path)}")
        if revision != migrations.HEAD:
            _migrate(path)


def _examined(path: Path) -> str | None:
    """Look at everything without a write; the stored revision, None for a new database."""
    refuse_read_only(path.parent)
    recovery.sweep(path.parent)
    recovery.refuse_left_over(path)
    recovery.refuse_strange_log(path)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    refuse_foreign(path)
    if not path.stat().st_size:
        return None
    with looking(path) as connection:
        refuse_damaged(connection, path)
        revision = stored_revision(connection, path)
    recovery.clear(path)
    return revision


@contextmanager
def _with_choices(path: Path) -> Iterator[None]:
    """Damage that was found by the way is told with what can be done about it."""
    try:
        yield
    except DamagedDatabaseError as error:
        if error.path:
            raise
        raise recovery.damage(path, error.details) from error


def refuse_read_only(folder: Path) -> None:
    """Make a file and remove it: permissions, a read-only volume and an immutable folder all show.

    Raises OSError.
    """
    probe = folder / f".{secrets.token_hex(6)}.cardgen-part"
    os.close(os.open(probe, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    probe.unlink()


def _journal(path: Path) -> str:
    return "DELETE" if place_of(path.parent).kind == "network" else "WAL"


def _back_up_first(path: Path) -> None:
    try:
        backups.back_up(path, paths.backups(path.parent), time.time(), force=True)
    except StorageError as error:
        raise type(error)(
            "Your data has to be brought up to date, and no backup of it could be made first. Nothing was "
            f"changed. {error.message}",
            details=error.details,
        ) from error


def make_private_folder(folder: Path, *, known: str) -> None:
    """Make the data folder, for its owner alone; raises `StorageError`.

    A folder that was there is made private when it has held our data (`known` is in it) or holds nothing
    but what this program writes, not when it is a place for other files.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        names = {entry.name for entry in os.scandir(folder)}
        ours = known in names or names <= _OWN_NAMES
        if ours:
            _close_to_others(folder)
    except FileExistsError as error:
        raise failures.storage_error("unreachable", folder, error) from error
    except OSError as error:
        raise failures.from_system(error, folder) from error


def _close_to_others(path: Path) -> None:
    """Take the rights of others away; what its owner has forbidden stays forbidden."""
    mode = stat.S_IMODE(path.stat().st_mode)
    if os.name == "posix" and mode != mode & 0o700:
        path.chmod(mode & 0o700)


def refuse_foreign(path: Path) -> None:
    """Look at the header without SQLite (file format: user_version at 60, application_id at 68).

    Raises `StorageError`.
    """
    with path.open("rb") as stream:
        header = stream.read(100)
    if not header:
        return
    if not header.startswith(_MAGIC) or len(header) < 100:
        raise failures.storage_error("damaged", path, "no SQLite header")
    _refuse_version(path, int.from_bytes(header[60:64], "big"), int.from_bytes(header[68:72], "big"))


def _refuse_version(path: Path, user_version: int, application_id: int) -> None:
    if application_id not in (0, migrations.APPLICATION_ID):
        # Where we have made backups the file is ours, and the number has been damaged.
        reason = "damaged" if backups.named(paths.backups(path.parent)) else "foreign"
        raise failures.storage_error(reason, path, f"application_id {application_id:#x}")
    if user_version // 1000 > migrations.MAJOR:
        reason = "damaged" if user_version > _HIGHEST_VERSION else "newer"
        raise failures.storage_error(reason, path, f"user_version {user_version}")


def refuse_damaged(connection: sqlite3.Connection, path: Path) -> None:
    """Check what a crash left in the log as well; big files only when damage was met while they were used.

    Raises `StorageError`.
    """
    versions = [
        connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("user_version", "application_id")
    ]
    _refuse_version(path, *versions)
    size, is_suspected = path.stat().st_size, recovery.is_suspected(path)
    if size <= _CHECK_BYTES or is_suspected:
        check = "integrity_check" if size <= _THOROUGH_BYTES or is_suspected else "quick_check"
        verdict = connection.execute(f"PRAGMA {check}(1)").fetchone()[0]
        if verdict != "ok":
            raise failures.storage_error("damaged", path, verdict)


def stored_revision(connection: sqlite3.Connection, path: Path) -> str | None:
    """The stored revision, None for a new database; raises `StorageError` for tables that are not ours."""
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if not tables:
        return None
    if "alembic_version" not in tables:
        raise failures.storage_error("foreign", path, f"tables {sorted(tables)[:5]}")
    row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > migrations.USER_VERSION:
        # A newer minor has steps that this program does not know and need not undo.
        return migrations.HEAD
    if row is None and tables == {"alembic_version"}:
        return None
    revision = str(row[0]) if row else ""
    if not revision.isdecimal() or not "0001" <= revision <= migrations.HEAD:
        raise failures.storage_error("damaged", path, f"revision {revision!r}")
    return revision


def _migrate(path: Path) -> None:
    """Run the missing steps in one transaction: a kill leaves the old schema, whole."""
    from alembic import command
    from alembic.config import Config
    from sqlalchemy import create_engine, event
    from sqlalchemy.exc import DBAPIError

    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent).replace("%", "%%"))
    engine = create_engine(
        "sqlite://", creator=lambda: sqlite3.connect(path, isolation_level=None, timeout=5)
    )
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    try:
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            connection.exec_driver_sql(f"PRAGMA application_id = {migrations.APPLICATION_ID}")
            connection.exec_driver_sql(f"PRAGMA user_version = {migrations.USER_VERSION}")
            connection.exec_driver_sql(
                "INSERT OR IGNORE INTO setting (key, value) VALUES (?, ?)", (ID_KEY, uuid.uuid4().hex)
            )
    except DBAPIError as error:
        raise failures.from_sqlite(error.orig or error, path) from error
    finally:
        engine.dispose()
