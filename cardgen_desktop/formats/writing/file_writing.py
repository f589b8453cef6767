"""Writing a file so that its place holds the old file or the whole new one, never a part of it."""

import contextlib
import errno
import os
import re
import secrets
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from ...domain.errors import StorageError, UsageError
from ..limits import megabytes

_PART = re.compile(r"\.[0-9a-f]{12}\.cardgen-part")
_STALE_SECONDS = 3600.0
_SHARING_TRIES = 5  # a virus scanner may hold a file on Windows for a moment
_FULL = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC), errno.EFBIG)
_LOCKED = (errno.EACCES, errno.EPERM, errno.EROFS)


def write_file(path: Path, data: bytes, *, overwrite: bool, check: Callable[[bytes], None]) -> None:
    """Write bytes as `write_stream` does; `check` judges what was read back."""
    with _told_plainly(path, len(data)):
        _, folder = _write(path, lambda out: _put(out, data), overwrite, lambda at: check(at.read_bytes()))
        sync_folder(folder)


def write_stream(
    path: Path,
    write: Callable[[BinaryIO], None],
    *,
    overwrite: bool,
    check: Callable[[Path], None],
    in_batch: bool = False,
) -> int:
    """Write beside the target, sync, let `check` read it back and judge, and only then take its place.

    Gives the size in bytes. `in_batch`: the caller calls `sync_folder` once for all of its files before it
    counts any of them as there. Raises `UsageError` when the file exists and may not be replaced,
    `StorageError` when the folder cannot be written; whatever `write` and `check` raise goes through. In
    every case nothing is left behind.
    """
    with _told_plainly(path, 0):
        size, folder = _write(path, write, overwrite, check)
        if not in_batch:
            sync_folder(folder)
        return size


def sync_folder(folder: Path) -> None:
    """Wait until the disk has the folder's names: a new file counts only then."""
    if os.name == "nt":
        return
    number = os.open(folder, os.O_RDONLY)
    try:
        # Some network and FUSE folders cannot be synced; the file itself already is.
        with contextlib.suppress(OSError):
            os.fsync(number)
    finally:
        os.close(number)


def remove_stale_parts(folder: Path) -> None:
    """Remove parts of files that a killed writer left in a folder; one that may still be written stays."""
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if _PART.fullmatch(entry.name):
                with contextlib.suppress(OSError):
                    if entry.stat(follow_symlinks=False).st_mtime < time.time() - _STALE_SECONDS:
                        Path(entry.path).unlink()


def _write(
    path: Path, write: Callable[[BinaryIO], None], overwrite: bool, check: Callable[[Path], None]
) -> tuple[int, Path]:
    """The size and the folder of the written file, whose names are not on the disk yet."""
    _refuse_existing(path, overwrite=overwrite)
    target = path.resolve() if path.is_symlink() else path
    temporary = target.with_name(f".{secrets.token_hex(6)}.cardgen-part")
    try:
        size = _write_new(temporary, write)
        check(temporary)
        _take_place(temporary, target, overwrite=overwrite)
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
    return size, target.parent


def _put(out: BinaryIO, data: bytes) -> None:
    out.write(data)


def refuse_existing(path: Path, *, overwrite: bool) -> None:
    """Raise `UsageError` for a folder and for a file that may not be replaced, before any work is done."""
    with _told_plainly(path, 0):
        _refuse_existing(path, overwrite=overwrite)


@contextlib.contextmanager
def _told_plainly(path: Path, size: int) -> Iterator[None]:
    """Turn the system's errors into ours, with a sentence for the person."""
    try:
        yield
    except FileExistsError as error:
        raise _exists(path) from error
    except OSError as error:
        raise StorageError(_sentence(path, size, error), details=repr(error)) from error
    except ValueError as error:  # a NUL in the name
        raise UsageError(f"{str(path)!r} is not a file name. Nothing was written.") from error


def _refuse_existing(path: Path, *, overwrite: bool) -> None:
    if path.is_dir():
        raise UsageError(f'"{path}" is a folder. Nothing was written. Name a file in it.')
    if not overwrite and (path.exists() or path.is_symlink()):
        raise _exists(path)


def _exists(path: Path) -> UsageError:
    return UsageError(
        f'"{path}" exists already. Nothing was written. Choose another name, or allow it to be replaced.'
    )


def _write_new(path: Path, write: Callable[[BinaryIO], None]) -> int:
    with path.open("xb") as file:
        write(file)
        file.flush()
        _sync_file(file.fileno())
        return file.tell()


def _sync_file(number: int) -> None:
    try:
        import fcntl

        fcntl.fcntl(number, fcntl.F_FULLFSYNC)  # type: ignore[attr-defined]  # macOS: fsync stops at the drive's cache
    except (ImportError, AttributeError, OSError):
        os.fsync(number)


def _take_place(temporary: Path, target: Path, *, overwrite: bool) -> None:
    if overwrite:
        if target.exists():
            temporary.chmod(target.stat().st_mode & 0o7777)
        _replace(temporary, target)
        return
    try:
        os.link(temporary, target)  # unlike a rename, fails when another program was quicker
    except FileExistsError:
        raise
    except OSError:
        if target.exists():
            raise FileExistsError(errno.EEXIST, "exists", str(target)) from None
        _replace(temporary, target)


def _replace(temporary: Path, target: Path) -> None:
    for left in reversed(range(_SHARING_TRIES)):
        try:
            temporary.replace(target)
        except PermissionError:
            if os.name != "nt" or not left:
                raise
            time.sleep(0.1)
        else:
            return


def _sentence(path: Path, size: int, error: OSError) -> str:
    folder = path.parent
    if error.errno in _FULL:
        room = megabytes(2 * size) if size else "some space"
        return f'The disk is full. "{path.name}" was not written. Free {room}, then try again.'
    if error.errno in _LOCKED:
        return f'The folder "{folder}" is read-only. "{path.name}" was not written. Choose another folder.'
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        return f'The folder "{folder}" does not exist. "{path.name}" was not written. Choose another.'
    if error.errno == errno.ENAMETOOLONG:
        return "The file name is too long for this disk. Nothing was written. Choose a shorter one."
    reason = error.strerror or type(error).__name__
    return (
        f'"{path}" could not be written ({reason}). Nothing was changed. Try again, or choose another folder.'
    )
