"""One run of the window, from the first picture to the exit code."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from cardgen_desktop.app import Application, OpenData
from cardgen_desktop.domain.errors import StorageError
from cardgen_desktop.launch import Options, parse
from cardgen_desktop.settings import SettingsFile
from tests.support.commands import FakeCommands


@dataclass
class Data:
    """A data folder that opens after `refusals`, and notes when it is closed."""

    refusals: list[Exception] = field(default_factory=list)
    recovered: tuple[object, ...] = ()
    read_only: str = ""
    warning: str = ""
    commands: FakeCommands = field(default_factory=FakeCommands.filled)
    log: list[str] = field(default_factory=list)

    @property
    def events(self) -> object:
        """Where the facts are announced."""
        return self.commands.events

    @asynccontextmanager
    async def open(self) -> AsyncIterator["Data"]:
        """What the application calls."""
        if self.refusals:
            raise self.refusals.pop(0)
        self.log.append("opened")
        yield self
        self.log.append(f"closed with {self.commands.events.listeners} listeners")


def application(folder: Path, data: Data, **options: object) -> Application:
    """An application over a fake data folder."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    opening: OpenData = data.open  # type: ignore[assignment]
    return Application(app, Options(folder, **options), opening)  # type: ignore[arg-type]


async def until(condition: Callable[[], object], seconds: float = 60) -> None:
    """Wait for something to become true."""
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.01)


async def test_closing_the_window_ends_the_run_in_order(tmp_path: Path, qapp: QApplication) -> None:
    data = Data()
    application_ = application(tmp_path, data)
    running = asyncio.create_task(application_.run())
    await until(lambda: application_.window.pages.is_attached)
    application_.window.pages.go_to("cards")
    application_.window.close()
    application_.window.close()
    assert application_.window.isVisible(), "it stays until the work is put back"
    assert await running == 0
    assert data.log == ["opened", "closed with 0 listeners"]
    assert not application_.window.isVisible()
    assert SettingsFile(tmp_path / "settings.toml").value.window.page == "cards"


async def test_closing_before_the_data_is_there_opens_nothing(tmp_path: Path, qapp: QApplication) -> None:
    data = Data()
    application_ = application(tmp_path, data)
    running = asyncio.create_task(application_.run())
    await until(application_.window.isVisible)
    application_.window.close()
    assert await running == 0
    assert data.log == []


async def test_a_folder_in_use_is_explained_and_tried_again(tmp_path: Path, qapp: QApplication) -> None:
    data = Data(refusals=[StorageError("Another CardGen has this folder open.")])
    application_ = application(tmp_path, data)
    running = asyncio.create_task(application_.run())
    await until(lambda: application_.window.problem is not None)
    problem = application_.window.problem
    assert problem is not None and problem.sentence == "Another CardGen has this folder open."
    problem.retry_requested.emit()
    await until(lambda: application_.window.pages.is_attached)
    assert application_.window.problem is None
    application_.window.close()
    assert await running == 0


async def test_giving_up_on_a_folder_exits_with_the_code_of_storage(
    tmp_path: Path, qapp: QApplication
) -> None:
    application_ = application(tmp_path, Data(refusals=[StorageError("In use.")]))
    running = asyncio.create_task(application_.run())
    await until(lambda: application_.window.problem is not None)
    application_.window.close()
    assert await running == 5


async def test_a_mistake_of_ours_while_opening_is_told_and_logged(
    tmp_path: Path, qapp: QApplication, caplog: pytest.LogCaptureFixture
) -> None:
    application_ = application(tmp_path, Data(refusals=[KeyError("a hidden detail")]))
    running = asyncio.create_task(application_.run())
    await until(lambda: application_.window.problem is not None)
    problem = application_.window.problem
    assert problem is not None and "hidden detail" not in problem.sentence
    assert "a hidden detail" in caplog.text
    problem.quit_requested.emit()
    assert await running == 1


async def test_files_of_the_command_line_reach_the_desk_and_recovery_is_told(
    tmp_path: Path, qapp: QApplication
) -> None:
    data = Data(recovered=(1, 2))
    application_ = application(tmp_path, data, files=(tmp_path / "novel.txt",))
    running = asyncio.create_task(application_.run())
    await until(lambda: data.commands.asked("add_files"))
    assert application_.window.banners.keys == ("recovered",)
    application_.window.close()
    assert await running == 0


async def test_an_unheard_failure_is_shown_and_leads_to_the_diagnostics(
    tmp_path: Path, qapp: QApplication, caplog: pytest.LogCaptureFixture
) -> None:
    data = Data()
    application_ = application(tmp_path, data)
    running = asyncio.create_task(application_.run())
    await until(lambda: application_.window.pages.is_attached)

    def fail() -> None:
        raise ZeroDivisionError("nobody hears me")

    asyncio.get_running_loop().call_soon(fail)
    await until(lambda: application_.window.toasts.current)
    toast = application_.window.toasts.current
    assert toast is not None and toast.message.error and toast.message.action == "Diagnostics…"
    assert toast.message.callback is not None
    toast.message.callback()
    assert application_.window.pages.current == "diagnostics"
    application_.window.close()
    assert await running == 0


def test_the_command_line_of_the_window(tmp_path: Path) -> None:
    options = parse(["--home", str(tmp_path), "a.txt"])
    assert options.home == tmp_path and options.files == (Path.cwd() / "a.txt",)
    assert parse(["--gallery"]).page == "gallery"
    with pytest.raises(SystemExit) as version:
        parse(["--version"])
    assert version.value.code == 0


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM to handle")
def test_a_real_window_starts_and_ends_on_a_signal(tmp_path: Path) -> None:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    words = [sys.executable, "-m", "cardgen_desktop", "--home", str(tmp_path / "home")]
    process = subprocess.Popen(words, env=environment, stderr=subprocess.PIPE, text=True)
    try:
        deadline = time.monotonic() + 30
        while not (tmp_path / "home" / "cardgen.db").exists():
            assert time.monotonic() < deadline and process.poll() is None
            time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        begin = time.monotonic()
        _, complaints = process.communicate(timeout=60)
        assert process.returncode == 0, complaints
        assert time.monotonic() - begin < 5
        assert "Traceback" not in complaints
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
