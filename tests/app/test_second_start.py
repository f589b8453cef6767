"""The window and other programs on its data folder: a second start, a command at work, a frozen owner."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from cardgen_desktop.app import Application
from cardgen_desktop.domain.events import FilesHandedOver
from cardgen_desktop.launch import Options
from tests.support.databases import place_empty_database

from .test_application import Data, application, until

pytestmark = [
    pytest.mark.usefixtures("run_parent"),
    pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX"),
    pytest.mark.qt_log_ignore("This plugin does not support raise", extend=True),
]
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A data folder with an empty database."""
    place_empty_database(tmp_path / "home" / "cardgen.db")
    return tmp_path / "home"


@contextmanager
def program(*words: object) -> Iterator["subprocess.Popen[str]"]:
    """Another program, killed at the end."""
    process = subprocess.Popen(
        [sys.executable, *map(str, words)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
    )  # fmt: skip
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


async def heard(process: "subprocess.Popen[str]", start: str) -> None:
    """Wait until the program says a line that begins like this."""
    assert process.stdout is not None
    while line := await asyncio.wait_for(asyncio.to_thread(process.stdout.readline), 60):
        if line.startswith(start):
            return
    raise AssertionError(f"it ended without saying {start!r}")


async def ended(process: "subprocess.Popen[str]") -> int:
    """Wait for the exit code of a program."""
    return await asyncio.wait_for(asyncio.to_thread(process.wait), 90)


def real(home: Path) -> Application:
    """The window over a real data folder."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    return Application(app, Options(home))


async def test_files_of_a_second_start_reach_the_desk_and_the_window_is_raised(
    tmp_path: Path, qapp: QApplication
) -> None:
    data = Data()
    application_ = application(tmp_path, data)
    running = asyncio.create_task(application_.run())
    await until(lambda: application_.window.pages.is_attached)
    application_.window.showMinimized()
    application_.window.pages.go_to("jobs")
    data.commands.events.announce(FilesHandedOver(()))
    assert not application_.window.windowState() & Qt.WindowState.WindowMinimized
    assert application_.window.pages.current == "jobs", "without files it is only shown"
    data.commands.events.announce(FilesHandedOver((str(tmp_path / "novel.txt"),)))
    await until(lambda: data.commands.asked("add_files"))
    assert application_.window.pages.current == "draft"
    application_.window.close()
    assert await running == 0


async def test_a_second_start_hands_its_files_to_the_first_and_ends(
    home: Path, tmp_path: Path, qapp: QApplication
) -> None:
    (novel := tmp_path / "novel.txt").write_text("Jim met Pew. Jim ran.", "utf-8")
    first = real(home)
    running = asyncio.create_task(first.run())
    await until(lambda: first.window.pages.is_attached)
    handed = asyncio.Event()
    first.window.routes.add_paths = lambda paths: handed.set() if list(paths) == [novel] else None  # type: ignore[method-assign]
    with program("-m", "cardgen_desktop", "--home", home, novel) as second:
        assert await ended(second) == 0
        assert handed.is_set()
    first.window.close()
    assert await running == 0


async def test_a_start_that_loses_the_race_for_the_folder_hands_over_too(
    home: Path, tmp_path: Path, qapp: QApplication
) -> None:
    """Both had painted their windows before one of them had the folder."""
    first, second = real(home), real(home)
    runs = [asyncio.create_task(one.run()) for one in (first, second)]
    done, _ = await asyncio.wait(runs, timeout=60, return_when=asyncio.FIRST_COMPLETED)
    assert len(done) == 1 and done.pop().result() == 0
    winner = next(one for one, run in zip((first, second), runs, strict=True) if not run.done())
    assert winner.window.pages.is_attached and winner.window.problem is None
    winner.window.close()
    assert await asyncio.gather(*runs) == [0, 0]


async def test_the_window_waits_for_a_program_that_keeps_the_folder_and_opens_by_itself(
    home: Path, qapp: QApplication
) -> None:
    with program("-m", "tests.jobs.hold_folder", home) as holder:
        await heard(holder, "ready")
        window = real(home)
        running = asyncio.create_task(window.run())
        await until(lambda: window.window.problem is not None)
        problem = window.window.problem
        assert problem is not None
        who = f"The holder (process {holder.pid})"
        assert problem.sentence.startswith(f"{who} is at work in this data folder. This window opens")
        holder.send_signal(signal.SIGINT)
        await until(lambda: window.window.pages.is_attached)
        assert window.window.problem is None
        window.window.close()
        assert await running == 0


async def test_quitting_while_waiting_ends_the_run(home: Path, qapp: QApplication) -> None:
    with program("-m", "tests.jobs.hold_folder", home) as holder:
        await heard(holder, "ready")
        window = real(home)
        running = asyncio.create_task(window.run())
        await until(lambda: window.window.problem is not None)
        window.window.close()
        assert await asyncio.wait_for(running, 30) == 0


async def test_a_command_makes_way_for_the_window(home: Path, tmp_path: Path, qapp: QApplication) -> None:
    (book := tmp_path / "book.txt").write_text("Jim seconds=20 ran", "utf-8")
    with program("-m", "tests.jobs.share_folder", home, book) as command:
        await heard(command, "job")
        window = real(home)
        running = asyncio.create_task(window.run())
        await until(lambda: window.window.pages.is_attached)
        assert window.window.problem is None
        assert command.poll() is None, "it follows its job as a guest"
        window.window.close()
        assert await running == 0


async def test_a_frozen_owner_can_be_waited_out_or_its_data_looked_at(home: Path, qapp: QApplication) -> None:
    with program("-m", "tests.jobs.hold_folder", home) as holder:
        await heard(holder, "ready")
        holder.send_signal(signal.SIGSTOP)
        window = real(home)
        running = asyncio.create_task(window.run())
        await until(lambda: window.window.problem is not None)
        problem = window.window.problem
        assert problem is not None
        assert f"The holder (process {holder.pid})" in problem.sentence
        assert "does not answer" in problem.sentence
        look = next(button for button in problem.others if button.text() == "Open read-only")
        look.click()
        await until(lambda: window.window.pages.is_attached)
        window.window.close()
        assert await running == 0
