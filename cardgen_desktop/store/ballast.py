"""Room kept for a full disk: a file that is given up so that the database can still note what is held.

On a full file system SQLite could not even delete rows (ux-and-reliability.md 3.5), so 16 MiB are kept back
while there is plenty, and given back once there is plenty again. Blocking: call it in a thread.
"""

import contextlib
import errno
import os
import secrets
import shutil
from pathlib import Path

from .. import paths

BALLAST_BYTES = 16 * 1024 * 1024
PLENTY_BYTES = 500_000_000
_BLOCK = 1024 * 1024


def free_bytes(home: Path) -> int:
    """What this user may still write on the disk of a folder; 0 when the system does not say."""
    try:
        return shutil.disk_usage(home).free
    except OSError:
        return 0


class Ballast:
    """The ballast of one data folder. Nothing here raises: without ballast the program works as well."""

    def __init__(self, home: Path, *, size: int = BALLAST_BYTES, plenty: int = PLENTY_BYTES) -> None:
        self._home = home
        self._path = paths.ballast(home)
        self._size = size
        self._plenty = plenty

    @property
    def is_whole(self) -> bool:
        """Whether all of it is there to be given up."""
        try:
            return self._path.stat().st_size == self._size
        except OSError:
            return False

    def release(self) -> bool:
        """Give it up because the disk is full; True when that has freed room."""
        try:
            self._path.unlink()
        except OSError:
            return False
        return True

    def restore(self) -> bool:
        """Keep room back again when there is plenty; True when the ballast is whole afterwards."""
        if self.is_whole:
            return True
        if free_bytes(self._home) <= self._plenty:
            return False
        part = self._path.with_name(f".{secrets.token_hex(6)}.cardgen-part")
        try:
            _allocate(part, self._size)
            part.replace(self._path)
        except OSError:
            return False
        finally:
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)
        return True


def _allocate(path: Path, size: int) -> None:
    """Blocks that are really taken: random bytes where the system cannot reserve them, since those neither
    compress nor leave holes."""
    number = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        if not _reserved(number, size):
            for start in range(0, size, _BLOCK):
                os.write(number, secrets.token_bytes(min(_BLOCK, size - start)))
        os.fsync(number)
    finally:
        os.close(number)


def _reserved(number: int, size: int) -> bool:
    if not hasattr(os, "posix_fallocate"):
        return False
    try:
        os.posix_fallocate(number, 0, size)
    except OSError as error:
        if error.errno in (errno.EOPNOTSUPP, errno.EINVAL, errno.ENOSYS):
            return False
        raise
    return True
