"""Failures of SQLite and the file system as one sentence that names the path and says what to do."""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..domain.errors import (
    DamagedDatabaseError,
    DiskFullError,
    ReadOnlyDataError,
    StorageError,
    StorageUnavailableError,
)

_SENTENCES = {
    "full": 'The disk that holds "{path}" is full. What was saved is safe. Free some space, then try again.',
    "readonly": '"{path}" cannot be written. Allow writing there, or choose another folder with --home.',
    "looking": '"{path}" is open read-only. Nothing was changed. Everything can be looked at and exported to '
    "another folder.",
    "unreachable": '"{path}" cannot be opened. Check that the folder is there and is yours, or choose '
    "another with --home.",
    "damaged": '"{path}" is damaged and was left as it is. Start CardGen again to restore a backup or to '
    "rebuild it.",
    "foreign": '"{path}" is not a CardGen database and was left as it is. Move it elsewhere, or choose '
    "another folder with --home.",
    "newer": '"{path}" was made by a newer CardGen and was left as it is. Update CardGen to open it, or '
    "choose another folder with --home.",
    "busy": '"{path}" is locked by another program. Close that program, then try again.',
    "disk": 'The disk that holds "{path}" does not answer as it should. What was saved is safe as far as the '
    "disk goes. Check the disk, then try again.",
    "unknown": '"{path}" could not be used. What was saved is safe. The details say what to report.',
}
_KINDS: dict[str, type[StorageError]] = {
    "full": DiskFullError,
    "disk": StorageUnavailableError,
    "busy": StorageUnavailableError,
    "readonly": ReadOnlyDataError,
    "looking": ReadOnlyDataError,
    "damaged": DamagedDatabaseError,
}
_BY_PREFIX = (
    ("SQLITE_FULL", "full"),
    ("SQLITE_READONLY", "readonly"),
    ("SQLITE_PERM", "readonly"),
    ("SQLITE_CANTOPEN", "unreachable"),
    ("SQLITE_CORRUPT", "damaged"),
    ("SQLITE_NOTADB", "damaged"),
    ("SQLITE_FORMAT", "damaged"),
    ("SQLITE_BUSY", "busy"),
    ("SQLITE_LOCKED", "busy"),
    ("SQLITE_IOERR", "disk"),
)
_BY_ERRNO = {
    errno.ENOSPC: "full",
    errno.EDQUOT: "full",
    errno.EROFS: "readonly",
    errno.EACCES: "readonly",
    errno.EPERM: "readonly",
    errno.EIO: "disk",
}


def storage_error(reason: str, path: Path, details: object = "") -> StorageError:
    """The failure for the person; `reason` is a key of the table above."""
    kind = _KINDS.get(reason, StorageError)
    return kind(_SENTENCES[reason].format(path=path), details=str(details))


def from_sqlite(error: BaseException, path: Path) -> StorageError:
    """What an error of SQLite means; unknown ones keep their text in the details."""
    name = getattr(error, "sqlite_errorname", "")
    # Python cannot decode what SQLite says of a schema that is no text any more.
    if isinstance(error, UnicodeDecodeError) or (not name and "Could not decode" in str(error)):
        return storage_error("damaged", path, error)
    reason = next((reason for prefix, reason in _BY_PREFIX if name.startswith(prefix)), "unknown")
    return storage_error(reason, path, f"{name} {error}")


def from_system(error: OSError, path: Path) -> StorageError:
    """What an error of the file system means."""
    return storage_error(_BY_ERRNO.get(error.errno or 0, "unreachable"), path, error)


@contextmanager
def told_plainly(path: Path) -> Iterator[None]:
    """Turn what SQLite and the file system raise in the block into a `StorageError` about `path`."""
    try:
        yield
    except (sqlite3.Error, UnicodeDecodeError) as error:
        raise from_sqlite(error, path) from error
    except OSError as error:
        raise from_system(error, path) from error
