"""Who owns a data folder: a kernel lock held for the life of the process.

The lock dies with its process, so that `kill -9` leaves no ghost; the file itself stays and only names the
last owner and where it listens. Children do not inherit the lock (Python's descriptors are not inheritable).
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from pydantic import Field, ValidationError

from ..domain.errors import StorageError
from ..domain.value import Value
from ..store.failures import from_system

MOST_BYTES = 4096
_LOCKED_BYTE = 1 << 30  # far behind the content: Windows forbids others to read what is locked


class Holder(Value):
    """The owner as the lock file names it. `address` is where it listens, `token` proves to have read this.

    `address` is the path of a socket, or "host:port" on Windows; empty while nothing listens.
    """

    pid: int = Field(ge=1)
    program: str = Field(max_length=100)
    address: str = Field(default="", max_length=300)
    token: str = Field(default="", max_length=100, repr=False)

    @property
    def named(self) -> str:
        """The owner at the begin of a sentence: "The CardGen window (process 123)"."""
        return f"{self.program[:1].upper()}{self.program[1:]} (process {self.pid})"


class FolderTakenError(StorageError):
    """Another process owns the data folder; `holder` is who, when it can be told."""

    def __init__(self, folder: Path, holder: Holder | None) -> None:
        self.holder = holder
        who = holder.named if holder else "Another program"
        super().__init__(
            f'{who} is using the data folder "{folder}". Close it, or choose another folder with --home.'
        )


class FolderLock:
    """The lock while this process has it; whoever comes second reads what `sign` writes."""

    def __init__(self, number: int, program: str) -> None:
        self._number = number
        self._program = program[:100]

    def sign(self, address: str = "", token: str = "") -> None:
        """Name this process, and where it listens; a full disk does not matter here."""
        holder = Holder(pid=os.getpid(), program=self._program, address=address, token=token)
        content = holder.model_dump_json().encode()
        with suppress(OSError):
            os.ftruncate(self._number, 0)
            os.lseek(self._number, 0, os.SEEK_SET)
            os.write(self._number, content)


@contextmanager
def folder_lock(path: Path, program: str) -> Iterator[FolderLock]:
    """Own the folder of the lock file `path` inside the block, or raise `FolderTakenError`."""
    try:
        number = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise from_system(error, path) from error
    try:
        if not _take(number):
            raise FolderTakenError(path.parent, read_holder(path))
        if sys.platform != "win32":
            os.fchmod(number, 0o600)  # it holds a token; older versions did not care
        lock = FolderLock(number, program)
        lock.sign()
        yield lock
    finally:
        os.close(number)


def read_holder(path: Path) -> Holder | None:
    """Who the lock file names, which may be a process that has ended; None when that cannot be told."""
    try:
        with path.open("rb") as stream:
            return Holder.model_validate_json(stream.read(MOST_BYTES))
    except (OSError, ValidationError):
        return None


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
