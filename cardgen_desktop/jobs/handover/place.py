"""Where an owner listens: a socket that only the person who runs it can reach.

POSIX: a unix domain socket of mode 0600 in a private folder. The data folder is no place for it, because an
address has about 100 bytes; it stands in a short run folder, and the lock file names it. Windows: a port of
this computer; the token of the lock file keeps others out. Blocking, and short: called in threads.
"""

import os
import secrets
import socket
import stat
import struct
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

LONGEST_ADDRESS = 100
"""Bytes; Linux takes 107, macOS 103."""

SUFFIX = ".sock"
FORSAKEN_SECONDS = 60.0
"""A socket without a listener is swept when it is older: a younger one may not listen yet."""

HOST = "127.0.0.1"
OVER_PORT = sys.platform == "win32"
"""Whether owners listen at a port: Windows' Python knows no unix sockets."""

WAITING_GUESTS = 64
_DARWIN_PEERCRED = 1


def listening_socket(*, over_port: bool = OVER_PORT) -> tuple[socket.socket, str]:
    """A socket that listens, and its address for the lock file; raises OSError."""
    if over_port or sys.platform == "win32":
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        if sys.platform == "win32":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        return _listening(listener, (HOST, 0)), f"{HOST}:{listener.getsockname()[1]}"
    path = run_folder() / f"{os.getpid()}-{secrets.token_hex(4)}{SUFFIX}"
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    return _listening(listener, str(path)), str(path)


def _listening(listener: socket.socket, address: tuple[str, int] | str) -> socket.socket:
    try:
        listener.setblocking(False)
        listener.bind(address)
        if isinstance(address, str):
            Path(address).chmod(0o600)  # before anybody can connect
        listener.listen(WAITING_GUESTS)
    except OSError:
        listener.close()
        raise
    return listener


def run_folder() -> Path:
    """A folder for this user alone whose path is short; a fresh one when the usual ones are not private."""
    name = f"cardgen-{user_id()}"
    for parent in _run_parents():
        folder = parent / name
        with suppress(OSError):
            folder.mkdir(mode=0o700, exist_ok=True)
            if is_private(folder):
                return folder
    return Path(tempfile.mkdtemp(prefix="cardgen-", dir=next(_run_parents(), None)))


def _run_parents() -> Iterator[Path]:
    room = LONGEST_ADDRESS - 40  # for our folder and the name of the socket
    for parent in (os.environ.get("XDG_RUNTIME_DIR"), tempfile.gettempdir(), "/tmp"):  # noqa: S108
        if parent and Path(parent).is_absolute() and len(os.fsencode(parent)) <= room:
            yield Path(parent)


def is_private(folder: Path) -> bool:
    """Whether a folder is a real one that belongs to this user and that nobody else can enter."""
    status = folder.lstat()
    own = status.st_uid == user_id() and stat.S_IMODE(status.st_mode) == 0o700
    return stat.S_ISDIR(status.st_mode) and own


def user_id() -> int:
    """The user that this process acts for; 0 on Windows, where it is not asked."""
    if sys.platform == "win32":
        return 0
    return os.geteuid()


def remove(address: str) -> None:
    """Remove a socket that nobody listens at any more; what is no socket of ours stays."""
    path = Path(address)
    with suppress(OSError):
        status = path.lstat()
        if path.suffix == SUFFIX and stat.S_ISSOCK(status.st_mode) and status.st_uid == user_id():
            path.unlink()


def sweep(folder: Path, *, older_than: float = FORSAKEN_SECONDS) -> None:
    """Remove the sockets of owners that were killed; `older_than` is in seconds."""
    with suppress(OSError):
        for path in folder.glob(f"*{SUFFIX}"):
            with suppress(OSError):
                if time.time() - path.lstat().st_mtime > older_than and not _is_heard(path):
                    remove(str(path))


def _is_heard(path: Path) -> bool:
    """Whether somebody listens: a full queue is somebody, only a refusal is nobody."""
    if sys.platform == "win32":
        return True
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as caller:
        caller.setblocking(False)
        try:
            caller.connect(str(path))
        except ConnectionRefusedError:
            return False
        except OSError:
            pass
    return True


def is_same_user(peer: socket.socket) -> bool:
    """Whether the other end of a unix socket belongs to this user, where the system can tell."""
    if sys.platform == "linux":
        found = peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
        _pid, user, _group = struct.unpack("3i", found)
        return bool(user == user_id())
    if sys.platform == "darwin":
        # struct xucred of <sys/ucred.h>: version, then the user; level SOL_LOCAL is 0.
        found = peer.getsockopt(0, _DARWIN_PEERCRED, 128)
        return bool(struct.unpack_from("2I", found)[1] == user_id())
    return True
