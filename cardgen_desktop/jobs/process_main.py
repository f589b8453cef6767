"""The program of a child process: reads requests from standard input, answers on standard output.

Run as `python -m cardgen_desktop.jobs.process_main MODULE:TABLE`, where TABLE maps names to `Task`. The child
ends when its standard input closes, so that a parent killed at any moment leaves no orphan.
"""

import base64
import contextlib
import faulthandler
import importlib
import os
import queue
import sys
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import pydantic_core

from ..domain.draft import StepOutput
from ..domain.errors import CardgenError
from . import frames

GIGABYTE = 1024**3
PROGRESS_SECONDS = 0.05
NICENESS = 5
DETAILS_CHARS = 100_000


@dataclass(frozen=True, slots=True)
class Task:
    """What a child can do: `run(channel, arguments)` returns the result; limits in bytes and CPU seconds."""

    run: Callable[["Channel", dict[str, Any]], Any]
    memory: int = 2 * GIGABYTE
    cpu_seconds: int = 900


class Channel:
    """The child's side of a request: what a task says before its result."""

    def __init__(self, stream: IO[bytes], inbox: "queue.SimpleQueue[tuple[bytes, bytes]]") -> None:
        self._stream = stream
        self._inbox = inbox
        self._spoke_at = 0.0
        self._phase = ""

    def progress(self, fraction: float, phase: str) -> None:
        """Say how far the request is; called too often, most calls stay in the child."""
        now = time.monotonic()
        if now - self._spoke_at >= PROGRESS_SECONDS or phase != self._phase:
            self._spoke_at, self._phase = now, phase
            bounded = min(1.0, max(0.0, fraction))
            self.send(frames.PROGRESS, frames.Progress(fraction=bounded, phase=phase[:200]))

    def found(self, name: str) -> None:
        """Say which character the request is about."""
        self.send(frames.FOUND, frames.CharacterFound(name=name[:1000]))

    def step(self, key: str, seconds: float, output: StepOutput) -> None:
        """Hand over a finished step and wait until the parent has stored it."""
        self.send(frames.STEP, frames.StepDone(key=key, seconds=seconds, output=output))
        kind, _ = self._inbox.get()
        if kind != frames.PROCEED:
            raise frames.BrokenFrameError(f"expected leave to proceed, got {kind!r}")

    def send(self, kind: bytes, value: Any) -> None:
        """Write one frame."""
        frames.write_frame(self._stream, kind, frames.to_body(value))


def bytes_of(value: str) -> bytes:
    """Bytes as they travel in a request."""
    return base64.urlsafe_b64decode(value)


def path_of(arguments: dict[str, Any], name: str = "path") -> Path:
    """A path as it travels in a request: as bytes, for names that are no Unicode."""
    return Path(os.fsdecode(bytes_of(arguments[name])))


def set_limits(task: Task) -> None:
    """Bound memory and CPU time of this process for one task, where the system can (not on Windows)."""
    if sys.platform == "win32":
        return
    import resource

    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = int(used.ru_utime + used.ru_stime) + task.cpu_seconds
    for kind, value in ((resource.RLIMIT_AS, task.memory), (resource.RLIMIT_CPU, seconds)):
        _, hard = resource.getrlimit(kind)
        if hard != resource.RLIM_INFINITY:
            value = min(value, hard)
        with contextlib.suppress(ValueError, OSError):  # macOS refuses some limits
            resource.setrlimit(kind, (value, hard))


def answer(tasks: dict[str, Task], channel: Channel, body: bytes) -> None:
    """Do one request and send its result, or its failure as data."""
    try:
        request = frames.Request.model_validate(pydantic_core.from_json(body))
        task = tasks[request.task]
        set_limits(task)
        channel.send(frames.RESULT, task.run(channel, request.arguments))
    except CardgenError as error:
        channel.send(frames.FAILURE, failure(error.code, error.message, error.details))
    except MemoryError:
        channel.send(frames.FAILURE, failure("memory", "", "", spent=True))
        os._exit(1)
    except Exception as error:  # noqa: BLE001  (every mistake becomes data for the parent)
        channel.send(frames.FAILURE, failure("fault", str(error), traceback.format_exc()))


def failure(code: str, message: str, details: str, *, spent: bool = False) -> frames.Failure:
    """A failure cut to what a frame may hold; names of files in it may be no Unicode."""
    message, details = frames.unicode(message[:10_000]), frames.unicode(details[-DETAILS_CHARS:])
    return frames.Failure(code=code, message=message, details=details, spent=spent)


def _listen(stream: IO[bytes], inbox: "queue.SimpleQueue[tuple[bytes, bytes]]") -> None:
    """Pass frames on; when the parent goes away, so does this process, whatever it is doing."""
    try:
        while True:
            inbox.put(frames.read_frame(stream, sender="parent"))
    except (EOFError, OSError, frames.BrokenFrameError):
        os._exit(0)


def _own_output() -> IO[bytes]:
    """Standard output for frames alone: what a library prints goes to standard error instead."""
    stream = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return stream


def _step_back() -> None:
    """Let the window, and whatever else the person does, go first while this process works."""
    if sys.platform != "win32":
        with contextlib.suppress(OSError):
            os.nice(NICENESS)


def main(arguments: list[str]) -> None:
    """Serve requests until standard input closes."""
    faulthandler.enable()
    _step_back()
    module, _, table = arguments[0].partition(":")
    tasks: dict[str, Task] = getattr(importlib.import_module(module), table)
    inbox: queue.SimpleQueue[tuple[bytes, bytes]] = queue.SimpleQueue()
    channel = Channel(_own_output(), inbox)
    threading.Thread(target=_listen, args=(sys.stdin.buffer, inbox), daemon=True).start()
    while True:
        kind, body = inbox.get()
        if kind == frames.REQUEST:
            answer(tasks, channel, body)


if __name__ == "__main__":
    main(sys.argv[1:])
