"""The last net hears every way to fail unnoticed, once, and keeps secrets out of its report."""

import asyncio
import logging
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from cardgen_desktop import __version__, crash
from cardgen_desktop.domain.errors import InternalError


@pytest.fixture
def heard() -> list[InternalError]:
    return []


@pytest.fixture
def reporter(heard: list[InternalError], caplog: pytest.LogCaptureFixture) -> Iterator[crash.CrashReporter]:
    reporter = crash.install(heard.append)
    yield reporter
    reporter.uninstall()


def fail(text: str = "broken") -> None:
    raise RuntimeError(text)


def caught(text: str = "broken") -> RuntimeError:
    try:
        fail(text)
    except RuntimeError as error:
        return error
    raise AssertionError


def test_report_says_what_where_and_with_which_version(
    reporter: crash.CrashReporter, heard: list[InternalError], caplog: pytest.LogCaptureFixture
) -> None:
    error = caught("key sk-canary0123456789abcdef")
    sys.excepthook(type(error), error, error.__traceback__)
    (report,) = heard
    assert report.message == crash.SENTENCE
    for part in (__version__, "the main thread", "RuntimeError", "in fail"):
        assert part in report.details
    assert "canary" not in report.details
    assert str(Path.home()) not in report.details
    (record,) = caplog.records
    assert (record.levelno, record.getMessage()) == (logging.CRITICAL, "unhandled failure in the main thread")


def test_same_failure_is_reported_once(reporter: crash.CrashReporter, heard: list[InternalError]) -> None:
    for _ in range(3):
        assert reporter.hear("a slot", caught())
    assert reporter.hear("a slot", ValueError("another"))
    assert len(heard) == 2


def test_thread_that_fails_is_heard(reporter: crash.CrashReporter, heard: list[InternalError]) -> None:
    thread = threading.Thread(target=fail, name="reader")
    thread.start()
    thread.join()
    assert "in the thread reader" in heard[0].details


async def test_forgotten_task_and_callback_are_heard(
    reporter: crash.CrashReporter, heard: list[InternalError]
) -> None:
    loop = asyncio.get_running_loop()
    reporter.watch(loop)
    loop.call_soon(fail, "in a callback")
    loop.call_exception_handler({"message": "without an exception"})
    await asyncio.sleep(0.01)
    assert ["in a callback" in report.details for report in heard] == [False, True]
    assert "without an exception" in heard[0].details


def test_stopping_is_no_failure(
    reporter: crash.CrashReporter, heard: list[InternalError], capsys: pytest.CaptureFixture[str]
) -> None:
    for error in (KeyboardInterrupt(), SystemExit(0), asyncio.CancelledError()):
        assert not reporter.hear("main", error)
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert "KeyboardInterrupt" in capsys.readouterr().err
    assert heard == []


def test_hooks_are_put_back(heard: list[InternalError]) -> None:
    before = sys.excepthook, threading.excepthook
    crash.install(heard.append).uninstall()
    assert (sys.excepthook, threading.excepthook) == before


def test_hard_fault_leaves_its_trace(tmp_path: Path) -> None:
    code = (
        "import sys, pathlib, faulthandler; from cardgen_desktop import crash;"
        "crash.install(print, None, pathlib.Path(sys.argv[1]) / 'home' / 'logs'); faulthandler._sigabrt()"
    )
    run = subprocess.run([sys.executable, "-c", code, tmp_path], capture_output=True, check=False)
    assert run.returncode != 0
    assert "Fatal Python error" in (tmp_path / "home" / "logs" / crash.FAULT_NAME).read_text()
    if sys.platform != "win32":
        assert (tmp_path / "home").stat().st_mode & 0o077 == 0
