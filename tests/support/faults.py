"""Faults of the system at the k-th operation, below our own code: SQLite's system calls, and Python's.

SQLite lets each of its system calls be replaced (`xSetSystemCall`, the interface its own tests use); Python's
file functions are wrapped in the process of the test. `Faults.armed` counts operations on files below one
folder, and lets the k-th fail with an errno. Busy and full answers of SQLite itself come from a connection
that counts statements. Meant for a process of its own: nothing is put back.
"""

import builtins
import contextlib
import ctypes
import ctypes.util
import errno
import io
import os
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

ERRNOS = {"ENOSPC": errno.ENOSPC, "EIO": errno.EIO, "EACCES": errno.EACCES}
ANSWERS = {
    "SQLITE_BUSY": ("database is locked", sqlite3.SQLITE_BUSY),
    "SQLITE_FULL": ("database or disk is full", sqlite3.SQLITE_FULL),
}
_F_SETLK, _F_UNLCK = 6, 2


class Faults:
    """Counts operations while it is armed, and strikes once, at the k-th."""

    def __init__(self) -> None:
        self.kind = ""
        self.folder = ""
        self.strike_at = 0
        self.count = 0
        self.struck = ""
        self._armed = False

    @contextlib.contextmanager
    def armed(self, kind: str, folder: Path, strike_at: int) -> Iterator[None]:
        """Let operation number `strike_at` below `folder` fail, inside the block."""
        self.kind, self.folder, self.strike_at = kind, str(folder), strike_at
        self.count, self.struck, self._armed = 0, "", True
        try:
            yield
        finally:
            self._armed = False

    def strikes(self, what: str, path: object = None, *, answers: bool = False) -> bool:
        """Whether this operation fails; paths elsewhere and the other family of faults do not count."""
        if not self._armed or answers != (self.kind in ANSWERS):
            return False
        if path is not None and not os.fsdecode(path).startswith(self.folder):  # type: ignore[arg-type]
            return False
        self.count += 1
        if self.count == self.strike_at:
            self.struck = what
            return True
        return False


FAULTS = Faults()
_KEPT: list[object] = []
"""What C holds pointers to."""


class _Vfs(ctypes.Structure):
    pass


_Pointer = ctypes.POINTER(_Vfs)
_SetCall = ctypes.CFUNCTYPE(ctypes.c_int, _Pointer, ctypes.c_char_p, ctypes.c_void_p)
_GetCall = ctypes.CFUNCTYPE(ctypes.c_void_p, _Pointer, ctypes.c_char_p)
_METHODS = (
    "xOpen xDelete xAccess xFullPathname xDlOpen xDlError xDlSym xDlClose xRandomness xSleep xCurrentTime "
    "xGetLastError xCurrentTimeInt64"
)
_Vfs._fields_ = [
    ("iVersion", ctypes.c_int),
    ("szOsFile", ctypes.c_int),
    ("mxPathname", ctypes.c_int),
    ("pNext", ctypes.c_void_p),
    ("zName", ctypes.c_char_p),
    ("pAppData", ctypes.c_void_p),
    *((name, ctypes.c_void_p) for name in _METHODS.split()),
    ("xSetSystemCall", _SetCall),
    ("xGetSystemCall", _GetCall),
    ("xNextSystemCall", ctypes.c_void_p),
]
_INT, _SIZE, _TEXT, _ANY = ctypes.c_int, ctypes.c_ssize_t, ctypes.c_char_p, ctypes.c_void_p
_CALLS: dict[str, tuple[Any, tuple[Any, ...], bool]] = {
    "open": (_INT, (_TEXT, _INT, _INT), True),
    "unlink": (_INT, (_TEXT,), True),
    "ftruncate": (_INT, (_INT, ctypes.c_int64), False),
    "fcntl": (_INT, (_INT, _INT, _ANY), False),
    "pread64": (_SIZE, (_INT, _ANY, _SIZE, ctypes.c_int64), False),
    "pwrite64": (_SIZE, (_INT, _ANY, _SIZE, ctypes.c_int64), False),
    "pread": (_SIZE, (_INT, _ANY, _SIZE, ctypes.c_int64), False),
    "pwrite": (_SIZE, (_INT, _ANY, _SIZE, ctypes.c_int64), False),
}


def install() -> bool:
    """Wrap everything; False where SQLite is built into Python, and only Python's side can be wrapped."""
    _wrap_python()
    sqlite3.connect = _connect_counted(sqlite3.connect)
    return _wrap_sqlite()


def _wrap_sqlite() -> bool:
    name = ctypes.util.find_library("sqlite3") or "libsqlite3.so.0"
    try:
        library = ctypes.CDLL(name)
    except OSError:
        return False
    library.sqlite3_libversion.restype = ctypes.c_char_p
    if library.sqlite3_libversion().decode() != sqlite3.sqlite_version:
        return False
    library.sqlite3_vfs_find.restype = _Pointer
    vfs = library.sqlite3_vfs_find(None)
    for call, (result, arguments, has_path) in _CALLS.items():
        original = vfs.contents.xGetSystemCall(vfs, call.encode())
        if original:
            wrapped = _wrapped_call(call, original, result, arguments, has_path)
            vfs.contents.xSetSystemCall(vfs, call.encode(), ctypes.cast(wrapped, ctypes.c_void_p))
    return True


def _wrapped_call(name: str, original: int, result: Any, arguments: tuple[Any, ...], has_path: bool) -> Any:
    kind = ctypes.CFUNCTYPE(result, *arguments, use_errno=True)
    real = kind(original)

    def call(*given: Any) -> int:
        counts = name != "fcntl" or (given[1] == _F_SETLK and not _unlocks(given[2]))
        if counts and FAULTS.strikes(f"sqlite {name}", given[0] if has_path else None):
            ctypes.set_errno(ERRNOS[FAULTS.kind])
            return -1
        return int(real(*given))

    wrapped = kind(call)
    _KEPT.extend((real, wrapped))
    return wrapped


def _unlocks(lock: int) -> bool:
    """Whether a `struct flock` gives a lock back, which does not fail; its first member is the type."""
    return bool(ctypes.c_short.from_address(lock).value == _F_UNLCK)


def _wrap_python() -> None:
    for name in (
        "open",
        "mkdir",
        "replace",
        "rename",
        "unlink",
        "rmdir",
        "fsync",
        "chmod",
        "stat",
        "scandir",
        "link",
    ):
        setattr(os, name, _wrapped_function(f"os.{name}", getattr(os, name)))
    io.open = _wrapped_function("io.open", io.open)  # type: ignore[assignment]
    builtins.open = io.open


def _wrapped_function(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
    def call(*given: Any, **named: Any) -> Any:
        target = given[0] if given else None
        path = target if isinstance(target, str | bytes | os.PathLike) else None
        if FAULTS.strikes(name, path):
            code = ERRNOS[FAULTS.kind]
            raise OSError(code, os.strerror(code), path)
        return real(*given, **named)

    return call


class _CountedConnection(sqlite3.Connection):
    def cursor(self, factory: Any = None) -> Any:
        return super().cursor(factory or _CountedCursor)

    def execute(self, *given: Any) -> Any:
        return self.cursor().execute(*given)

    def commit(self) -> None:
        _answer("commit")
        super().commit()


class _CountedCursor(sqlite3.Cursor):
    def execute(self, sql: str, *given: Any) -> Any:
        _answer(sql)
        return super().execute(sql, *given)


def _answer(sql: str) -> None:
    if FAULTS.strikes(f"statement {sql[:40]}", answers=True):
        text, code = ANSWERS[FAULTS.kind]
        error = sqlite3.OperationalError(text)
        error.sqlite_errorcode, error.sqlite_errorname = code, FAULTS.kind
        raise error


def _connect_counted(real: Callable[..., sqlite3.Connection]) -> Any:
    def connect(*given: Any, **named: Any) -> sqlite3.Connection:
        return real(*given, **{"factory": _CountedConnection, **named})

    return connect
