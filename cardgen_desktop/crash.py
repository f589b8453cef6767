"""The last net: what nobody handled is heard, logged once, and becomes a report that a person can copy.

Installed by the composition roots. Qt's own messages are passed in by the window (`hear_message`), because
this module knows no Qt (style-and-pitfalls.md, P12).
"""

import asyncio
import contextlib
import faulthandler
import logging
import platform
import sys
import threading
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

from . import __version__
from .domain.errors import InternalError
from .log import redacted

_log = logging.getLogger(__name__)

FAULT_NAME = "fault.log"
SENTENCE = (
    "CardGen made a mistake and went on. What you saved is kept. The details say what to report; "
    "if something looks wrong, start CardGen again."
)
REPORTS_KEPT = 100
_FRAMES_IN_SIGNATURE = 3


class CrashReporter:
    """Hears unhandled failures; the same one is reported once.

    `on_error` gets an `InternalError` whose details are the whole report; it must not fail or block.
    """

    def __init__(self, on_error: Callable[[InternalError], None]) -> None:
        self._on_error = on_error
        self._seen: set[str] = set()
        self._hooks_before = sys.excepthook, threading.excepthook
        self._faults: TextIO | None = None

    def hear(self, where: str, error: BaseException) -> bool:
        """Report an error; False for what is no failure: Ctrl-C, exit, a cancelled task."""
        if isinstance(error, KeyboardInterrupt | SystemExit | asyncio.CancelledError):
            return False
        text = "".join(traceback.format_exception(error))
        self._report(where, _signature(error), text)
        return True

    def hear_message(self, where: str, message: str) -> None:
        """Report a failure that comes without an exception, such as a critical message of Qt."""
        self._report(where, message, message)

    def _report(self, where: str, signature: str, text: str) -> None:
        if signature in self._seen or len(self._seen) >= REPORTS_KEPT:
            return
        self._seen.add(signature)
        report = report_text(where, text)
        _log.critical("unhandled failure in %s", where, extra={"report": report})
        self._on_error(InternalError(SENTENCE, details=report))

    def watch(self, loop: asyncio.AbstractEventLoop) -> None:
        """Hear what fails in callbacks and forgotten tasks of an event loop."""
        loop.set_exception_handler(self._loop_failed)

    def _loop_failed(self, _loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        where = str(context.get("message") or "event loop")
        if isinstance(error, BaseException):
            self.hear(where, error)
        else:
            self.hear_message("event loop", where)

    def thread_failed(self, arguments: threading.ExceptHookArgs) -> None:
        """For `threading.excepthook`."""
        if arguments.exc_value is not None:
            name = arguments.thread.name if arguments.thread else "a thread"
            self.hear(f"the thread {name}", arguments.exc_value)

    def main_failed(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        """For `sys.excepthook`; what is no failure keeps its usual way."""
        if not self.hear("the main thread", error.with_traceback(trace)):
            sys.__excepthook__(kind, error, trace)

    def install(self, logs: Path | None = None) -> None:
        """Hear the main thread, other threads, and hard faults (into `logs`)."""
        sys.excepthook, threading.excepthook = self.main_failed, self.thread_failed
        self._faults = _fault_file(logs) if logs else None
        if self._faults:
            faulthandler.enable(self._faults)

    def uninstall(self) -> None:
        """Put the hooks back as they were."""
        sys.excepthook, threading.excepthook = self._hooks_before
        if self._faults:
            faulthandler.disable()
            self._faults.close()


def install(
    on_error: Callable[[InternalError], None],
    loop: asyncio.AbstractEventLoop | None = None,
    logs: Path | None = None,
) -> CrashReporter:
    """Install every hook: main thread, threads, the event loop, and hard faults into the folder `logs`."""
    reporter = CrashReporter(on_error)
    reporter.install(logs)
    if loop is not None:
        reporter.watch(loop)
    return reporter


def _fault_file(logs: Path) -> TextIO | None:
    with contextlib.suppress(OSError):
        logs.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        logs.mkdir(mode=0o700, exist_ok=True)
        return (logs / FAULT_NAME).open("a", encoding="utf-8")
    return None


def fault_bytes(logs: Path) -> int:
    """How much hard faults have written so far; it grows when a process died by one. Blocking."""
    try:
        return (logs / FAULT_NAME).stat().st_size
    except OSError:
        return 0


def report_text(where: str, trace: str) -> str:
    """What a person sends: versions, time, place and traceback, without secrets or the home folder's name."""
    lines = (
        f"CardGen Desktop {__version__}",
        f"Python {platform.python_version()} on {platform.platform()}",
        f"At {datetime.now(UTC).isoformat(timespec='seconds')}, in {where}",
        "",
        trace.rstrip(),
    )
    return redacted("\n".join(lines)).replace(str(Path.home()), "~")


def _signature(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES_IN_SIGNATURE:]
    return f"{type(error).__name__} " + " ".join(f"{frame.filename}:{frame.lineno}" for frame in frames)
