"""The whole way with nothing faked: real window, real data folder, real children; a file that others read."""

import asyncio
import contextlib
import sqlite3
from collections.abc import Callable
from pathlib import Path

from PIL import Image
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QTextEdit, QWidget

from cardgen_desktop.app import Application
from cardgen_desktop.domain.job import TERMINAL_STATES, JobState
from cardgen_desktop.launch import Options
from cardgen_desktop.ui.jobs.page import JobsPage

STORY = Path(__file__).parent.parent / "data" / "drafting" / "lamp_on_corran_rock.txt"


async def until(condition: Callable[[], object], seconds: float = 90) -> None:
    """Wait for the window to get there."""
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.02)


def button(window: QWidget, text: str) -> QAbstractButton | None:
    """The visible, enabled button with this text."""
    found = window.findChildren(QAbstractButton)
    return next((b for b in found if b.text() == text and b.isVisible() and b.isEnabled()), None)


async def press(window: QWidget, text: str) -> None:
    """Click a button as soon as it can be clicked, outside of this task's own step."""
    await until(lambda: button(window, text))
    pressed = button(window, text)
    assert pressed is not None
    asyncio.get_running_loop().call_soon(pressed.click)
    await asyncio.sleep(0.05)


def drop(window: QWidget, path: Path) -> None:
    """Let a file go over the window."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    middle = QPointF(window.rect().center())
    for event in (
        QDragEnterEvent(middle.toPoint(), copy, mime, left, none),
        QDropEvent(middle, copy, mime, left, none),
    ):
        QApplication.sendEvent(window, event)


async def test_from_drop_to_a_card_that_others_read(tmp_path: Path, qapp: QApplication) -> None:
    application = Application(qapp, Options(tmp_path / "home"))
    application.context.settings.update(last_export_folder=str(tmp_path))
    window = application.window
    running = asyncio.create_task(application.run())
    await until(lambda: window.pages.is_attached)
    drop(window, STORY)
    await press(window, "Draft card")
    await press(window, "Open")
    await until(lambda: any("Corran Rock" in edit.toPlainText() for edit in window.findChildren(QTextEdit)))
    await press(window, "Export…")
    await press(window, "Export PNG picture")
    await until(lambda: list(tmp_path.glob("*.png")))
    window.close()
    assert await running == 0
    others_read(next(tmp_path.glob("*.png")))


def others_read(path: Path) -> None:
    """Two programs' own readers, and one that sees only text before the picture data."""
    from forge.helper import extract_card_data
    from tavern_card import parse_png_card

    found = parse_png_card(path.read_bytes())
    assert (found["spec"], found["data"]["name"]) == ("chara_card_v3", "Maren Toll")
    forged = extract_card_data(path)
    assert forged is not None
    assert len(forged.data.character_book.entries) >= 3
    with Image.open(path) as image:
        assert {"chara", "ccv3"} <= set(image.info)
        assert image.size == (1024, 1536)


async def test_a_closed_window_goes_on_with_its_jobs_at_the_next_start(
    tmp_path: Path, qapp: QApplication
) -> None:
    first = Application(qapp, Options(tmp_path / "home", files=(STORY,)))
    running = asyncio.create_task(first.run())
    await until(lambda: first.window.pages.is_attached)
    await press(first.window, "Draft card")
    await until(lambda: stored_jobs(tmp_path / "home" / "cardgen.db"))
    first.window.close()
    assert await running == 0

    second = Application(qapp, Options(tmp_path / "home"))
    running = asyncio.create_task(second.run())
    await until(lambda: second.window.pages.is_attached)
    page = second.window.pages.go_to("jobs")
    assert isinstance(page, JobsPage)
    await until(lambda: (job := first_job(page)) and job.state in TERMINAL_STATES)
    job = first_job(page)
    assert job is not None and job.state is JobState.SUCCEEDED and job.character == "Maren Toll"
    assert page.model is not None and page.model.rowCount() == 1
    second.window.close()
    assert await running == 0


def stored_jobs(database: Path) -> int:
    """How many jobs are on disk, seen by a program that is not ours."""
    with contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        return int(connection.execute("SELECT count(*) FROM job").fetchone()[0])


def first_job(page: JobsPage):  # type: ignore[no-untyped-def]
    """The job in the first row, None while it is on its way."""
    return page.model.job(0) if page.model is not None and page.model.rowCount() else None
