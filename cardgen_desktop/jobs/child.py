"""The parent's handle on one child process: start, send, receive, kill. Pipes are only touched in threads."""

import asyncio
import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import IO, Any, ParamSpec, TypeVar

from . import frames

REAP_SECONDS = 5.0
COMPLAINT_CHARS = 4000
_KEPT_VARIABLES = frozenset(
    {
        "PATH",
        "HOME",
        "USERPROFILE",
        "LANG",
        "LANGUAGE",
        "TZ",
        "TMPDIR",
        "TEMP",
        "TMP",
        "SYSTEMROOT",
        "WINDIR",
        "LD_LIBRARY_PATH",
    }
)
_KEPT_PREFIXES = ("LC_", "PYTHON")

P = ParamSpec("P")
T = TypeVar("T")


class ChildDiedError(Exception):
    """The child ended, or sent something that is no answer. The text is what it said last."""


async def in_thread(call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a blocking call in a thread and never leave it behind: a cancelled caller waits for its end."""
    return await _shielded(asyncio.to_thread(call, *args, **kwargs))


async def _shielded(blocking: Coroutine[Any, Any, T], *, unblock: Callable[[], None] | None = None) -> T:
    work = asyncio.ensure_future(blocking)
    try:
        return await asyncio.shield(work)
    except asyncio.CancelledError:
        # Nobody waits for the outcome any more, so that its failure is none either.
        work.add_done_callback(lambda work: work.cancelled() or work.exception())
        if unblock is not None:
            unblock()
        await asyncio.wait({work})
        raise


def child_environment() -> dict[str, str]:
    """What a child may know: enough to run Python from the same place, and none of the person's keys."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name.upper() in _KEPT_VARIABLES or name.upper().startswith(_KEPT_PREFIXES)
    }
    root = str(Path(__file__).resolve().parents[2])
    kept["PYTHONPATH"] = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))
    return kept


def _apart() -> dict[str, Any]:
    """Ctrl-C in a terminal reaches the parent alone: it puts its jobs back before its children go."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW}
    return {"start_new_session": True}


class Child:
    """One child process. `loaded` names the set of sources it keeps read; `busy` is true inside a request."""

    def __init__(self, tasks: str) -> None:
        self._tasks = tasks
        self._process: subprocess.Popen[bytes] | None = None
        self._complaints: IO[bytes] | None = None
        self.loaded = ""
        self.busy = False
        self.lent = False

    @property
    def pid(self) -> int | None:
        """The process id once started."""
        return self._process.pid if self._process else None

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self._process is not None and self._process.poll() is None

    async def start(self) -> None:
        """Start the process; raises `ChildDiedError` when the system refuses."""
        try:
            await in_thread(self._spawn)
        except OSError as error:
            raise ChildDiedError(str(error)) from error

    def _spawn(self) -> None:
        self._complaints = tempfile.TemporaryFile()  # noqa: SIM115  (closed by close)
        # -P keeps the working directory off the path: a folder of downloads may hold a "json.py".
        command = [sys.executable, "-P", "-m", "cardgen_desktop.jobs.process_main", self._tasks]
        self._process = subprocess.Popen(  # noqa: S603  (our own module, no shell)
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._complaints,
            env=child_environment(),
            **_apart(),
        )

    async def send(self, kind: bytes, value: Any = None) -> None:
        """Send one frame; raises `ChildDiedError` when the child is gone. Cancelling kills the child."""
        await self._talk(self._write, kind, value)

    async def receive(self, read: Callable[[bytes, bytes], T]) -> T:
        """Wait for one frame and read it in the thread by `read(kind, body)`. Cancelling kills the child."""
        return await self._talk(self._read, read)

    async def _talk(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        try:
            # Killing ends a blocked pipe call, and with it the thread.
            return await _shielded(asyncio.to_thread(call, *args, **kwargs), unblock=self.kill)
        except (OSError, EOFError, ValueError, frames.BrokenFrameError) as error:
            raise ChildDiedError(await in_thread(self._last_words, error)) from error

    def _write(self, kind: bytes, value: Any) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        frames.write_frame(self._process.stdin, kind, b"" if value is None else frames.to_body(value))

    def _read(self, read: Callable[[bytes, bytes], T]) -> T:
        assert self._process is not None
        assert self._process.stdout is not None
        kind, body = frames.read_frame(self._process.stdout, sender="child")
        return read(kind, body)

    def _last_words(self, error: Exception) -> str:
        assert self._process is not None
        self.kill()
        code = self._process.wait(REAP_SECONDS)
        return f"{type(error).__name__}: {error}\nexit status {code}\n{self._complained()}".strip()

    def _complained(self) -> str:
        """The end of what the process wrote to standard error; nothing once the handle is closed."""
        assert self._complaints is not None
        with contextlib.suppress(ValueError):
            size = self._complaints.seek(0, os.SEEK_END)
            self._complaints.seek(max(0, size - COMPLAINT_CHARS))
            return self._complaints.read().decode("utf-8", "replace")
        return ""

    def kill(self) -> None:
        """End the process at once; harmless when it has ended."""
        if self._process is not None:
            with contextlib.suppress(OSError):
                self._process.kill()

    async def close(self) -> None:
        """Kill, reap and let go of the pipes."""
        await in_thread(self._close)

    def _close(self) -> None:
        self.kill()
        if self._process is not None:
            self._process.wait(REAP_SECONDS)
            for pipe in (self._process.stdin, self._process.stdout):
                with contextlib.suppress(OSError):
                    if pipe is not None:
                        pipe.close()
        if self._complaints is not None:
            self._complaints.close()
