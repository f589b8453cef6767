"""Who owns a data folder: a kernel lock held for the life of the process.

The lock dies with its process, so that `kill -9` leaves no ghost; the file itself stays and only names the
last owner. Children do not inherit it (Python's descriptors are not inheritable).
"""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ..domain.errors import StorageError
from ..store.failures import from_system

_LOCKED_BYTE = 1 << 30  # far behind the content: Windows forbids others to read what is locked


@contextmanager
def folder_lock(path: Path, program: str) -> Iterator[None]:
    """Own the folder of the lock file `path` inside the block; raises `StorageError` when another does."""
    try:
        number = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise from_system(error, path) from error
    try:
        if not _take(number):
            raise _taken(path)
        _sign(number, program)
        yield
    finally:
        os.close(number)


def _sign(number: int, program: str) -> None:
    """Name the owner to whoever comes second; a full disk does not matter here."""
    content = json.dumps({"pid": os.getpid(), "program": program}).encode()
    with suppress(OSError):
        os.ftruncate(number, 0)
        os.lseek(number, 0, os.SEEK_SET)
        os.write(number, content)


def _taken(path: Path) -> StorageError:
    who = "Another program"
    with suppress(OSError, ValueError, KeyError, TypeError):
        owner = json.loads(path.read_bytes()[:4096])
        name = str(owner["program"])[:100]
        who = f"{name[:1].upper()}{name[1:]} (process {int(owner['pid'])})"
    return StorageError(
        f'{who} is using the data folder "{path.parent}". Close it, or choose another folder with --home.'
    )


if sys.platform == "win32":
    import msvcrt

    def _take(number: int) -> bool:
        try:
            os.lseek(number, _LOCKED_BYTE, os.SEEK_SET)
            msvcrt.locking(number, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _take(number: int) -> bool:
        try:
            fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
