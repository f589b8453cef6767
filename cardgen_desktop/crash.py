"""The last net: every failure that nobody handled is heard, logged once, and becomes a report a person can copy.

Installed by the composition roots. Qt's own messages are passed in by the window (`CrashReporter.hear`), because
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
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

from . import __version__, paths
from .log import redacted

_log = logging.getLogger(__name__)

FAULT_NAME = "fault.log"
REPORTS_KEPT = 100
_FRAMES_IN_SIGNATURE = 3


@dataclass(frozen=True, slots=True)
class CrashReport:
    """One unhandled failure. `where` says who heard it, `summary` is one line, `text` is what to send."""

    where: str
    summary: str
    text: str


class CrashReporter:
    """Hears unhandled failures; the same one is reported once. `on_report` must not fail or block."""

    def __init__(self, on_report: Callable[[CrashReport], None]) -> None:
        self._on_report = on_report
        self._seen: set[str] = set()

    def hear(self, where: str, error: BaseException) -> CrashReport | None:
        """Report an error; None when it was reported before, or is no failure (Ctrl-C, exit, a cancelled task)."""
        if isinstance(error, KeyboardInterrupt | SystemExit | asyncio.CancelledError):
            return None
        text = "".join(traceback.format_exception(error))
        return self._report(where, _signature(error), f"{type(error).__name__}: {error}", text)

    def hear_message(self, where: str, message: str) -> CrashReport | None:
        """Report a failure that comes without an exception, such as a critical message of Qt."""
        return self._report(where, message, message.partition("\n")[0], message)

    def _report(self, where: str, signature: str, summary: str, text: str) -> CrashReport | None:
        if signature in self._seen or len(self._seen) >= REPORTS_KEPT:
            return None
        self._seen.add(signature)
        report = CrashReport(where, redacted(summary)[:300], report_text(where, text))
        _log.critical("unhandled in %s: %s", where, report.summary, extra={"report": report.text})
        self._on_report(report)
        return report

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
            self.hear(f"thread {name}", arguments.exc_value)

    def main_failed(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        """For `sys.excepthook`; what is no failure keeps its usual way."""
        if self.hear("main thread", error.with_traceback(trace)) is None:
            sys.__excepthook__(kind, error, trace)


@contextlib.contextmanager
def installed(on_report: Callable[[CrashReport], None], home: Path | None = None) -> Iterator[CrashReporter]:
    """Hear failures of the main thread, of threads, and hard faults (into HOME/logs) inside the block.

    The event loop is added by `CrashReporter.watch` once it runs.
    """
    reporter = CrashReporter(on_report)
    before = sys.excepthook, threading.excepthook
    sys.excepthook, threading.excepthook = reporter.main_failed, reporter.thread_failed
    faults = _fault_file(home) if home else None
    if faults:
        faulthandler.enable(faults)
    try:
        yield reporter
    finally:
        sys.excepthook, threading.excepthook = before
        if faults:
            faulthandler.disable()
            faults.close()


def _fault_file(home: Path) -> TextIO | None:
    with contextlib.suppress(OSError):
        paths.logs(home).mkdir(mode=0o700, parents=True, exist_ok=True)
        return (paths.logs(home) / FAULT_NAME).open("a", encoding="utf-8")
    return None


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
