"""The parent's handle on the child process that runs a model file: start, hear, wake, end.

Pipes are only touched in threads. The key and the path go through the pipe, never through the arguments.
"""

import asyncio
import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any, Literal, TypeVar

from pydantic import Field, ValidationError

from ..domain.value import Value
from .gguf_child import BUSY_QUESTION, Order

REAP_SECONDS = 5.0
BRIEF_SECONDS = 30.0
COMPLAINT_BYTES = 6000
MOST_REPORT_BYTES = 100_000
_KEPT_VARIABLES = frozenset(
    {"PATH", "HOME", "USERPROFILE", "LANG", "TMPDIR", "TEMP", "TMP", "SYSTEMROOT", "WINDIR"}
    | {"LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"}
)

T = TypeVar("T")


def child_environment() -> dict[str, str]:
    """What the child may know: enough to run Python from the same place, and none of the person's keys.

    Passive threads: with others on the same cores, threads that spin slow each other down tenfold.
    """
    kept = {
        name: value
        for name, value in os.environ.items()
        if name.upper() in _KEPT_VARIABLES or name.upper().startswith(("LC_", "PYTHON"))
    }
    root = str(Path(__file__).resolve().parents[2])
    kept["PYTHONPATH"] = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))
    kept["OMP_WAIT_POLICY"] = "passive"
    return kept


def _apart() -> dict[str, Any]:
    """Ctrl-C in a terminal reaches the parent alone; on Windows the child also steps back for the window."""
    if sys.platform == "win32":
        flags = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW
        return {"creationflags": flags | subprocess.BELOW_NORMAL_PRIORITY_CLASS}
    return {"start_new_session": True}


class Heard(Value):
    """A report of the child (`gguf_child.Report`), checked: it has read a file that somebody made."""

    state: Literal["reading", "starting", "ready", "failed", "busy", "idle"]
    read: int = Field(default=0, ge=0)
    size: int = Field(default=0, ge=0)
    url: str = Field(default="", pattern=r"^(http://127\.0\.0\.1:\d{1,5})?$")
    problem: Literal["", "engine", "file", "load"] = ""
    details: str = ""


class ModelProcess:
    """One child process with one model."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._complaints: IO[bytes] | None = None
        self._is_unwanted = False

    @property
    def pid(self) -> int | None:
        """The process id once started."""
        return self._process.pid if self._process else None

    @property
    def exit_code(self) -> int | None:
        """How it ended: negative for a signal; None while it runs or before it starts."""
        return self._process.poll() if self._process else None

    async def start(self, order: Order) -> None:
        """Start the process and hand it its order; raises OSError when the system refuses."""
        await self._blocking(lambda: self._spawn(order))

    def _spawn(self, order: Order) -> None:
        self._complaints = tempfile.TemporaryFile()  # noqa: SIM115  (closed by close)
        # -P keeps the working directory off the path: a folder of models may hold a "json.py".
        command = [sys.executable, "-P", "-m", "cardgen_desktop.llm.gguf_child"]
        self._process = subprocess.Popen(  # noqa: S603  (our own module, no shell)
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._complaints,
            env=child_environment(),
            **_apart(),
        )
        if self._is_unwanted:
            self._process.kill()
        self._send(json.dumps(order).encode() + b"\n")

    def _send(self, line: bytes) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.write(line)
        self._process.stdin.flush()

    async def next_report(self) -> Heard | None:
        """What happens next; None when the process has ended. Cancelling kills it."""
        return await self._blocking(self._read)

    def _read(self) -> Heard | None:
        assert self._process is not None
        assert self._process.stdout is not None
        line = self._process.stdout.readline(MOST_REPORT_BYTES)
        if not line:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(REAP_SECONDS)
            return None
        try:
            return Heard.model_validate_json(line)
        except ValidationError:
            return Heard(state="failed", problem="load", details="a report that is none")

    async def wake(self) -> bool:
        """Tell it that it is needed; False when it has ended."""
        try:
            await self._blocking(lambda: self._send(b"\n"), is_brief=True)
        except OSError:
            return False
        return self.exit_code is None

    async def is_busy(self) -> bool:
        """Whether it is writing an answer to somebody now; one that has ended is not."""
        if self.exit_code is not None:
            return False
        try:
            async with asyncio.timeout(BRIEF_SECONDS):
                report = await self._blocking(self._ask_busy, is_brief=True)
        except (OSError, TimeoutError):
            return False
        return report is not None and report.state == "busy"

    def _ask_busy(self) -> Heard | None:
        self._send(BUSY_QUESTION.encode() + b"\n")
        return self._read()

    def kill(self) -> None:
        """End the process at once, or as soon as it has started; harmless when it has ended."""
        self._is_unwanted = True
        if self._process is not None:
            with contextlib.suppress(OSError):
                self._process.kill()

    async def close(self) -> None:
        """Kill, reap and let go of the pipes."""
        await self._blocking(self._close)

    def _close(self) -> None:
        self.kill()
        if self._process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(REAP_SECONDS)
            for pipe in (self._process.stdin, self._process.stdout):
                with contextlib.suppress(OSError):
                    if pipe is not None:
                        pipe.close()
        if self._complaints is not None:
            self._complaints.close()

    def complaints(self) -> str:
        """The end of what the engine wrote to standard error; "" once the handle is closed."""
        if self._complaints is None:
            return ""
        with contextlib.suppress(ValueError, OSError):
            size = self._complaints.seek(0, os.SEEK_END)
            self._complaints.seek(max(0, size - COMPLAINT_BYTES))
            return self._complaints.read().decode("utf-8", "replace")
        return ""

    async def _blocking(self, call: Callable[[], T], *, is_brief: bool = False) -> T:
        """Run a call on pipes in a thread. Killing the process is what ends one that blocks; when the caller
        is cancelled, a brief one is given time, because others may be using the process.
        """
        work = asyncio.ensure_future(asyncio.to_thread(call))
        try:
            return await asyncio.shield(work)
        except asyncio.CancelledError:
            work.add_done_callback(lambda work: work.cancelled() or work.exception())
            await asyncio.wait({work}, timeout=BRIEF_SECONDS if is_brief else 0)
            if not work.done():
                self.kill()
            await asyncio.wait({work})
            raise
