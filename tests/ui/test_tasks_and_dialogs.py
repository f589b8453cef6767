"""Tasks belong to somebody; dialogs are asked without stopping the loop."""

import asyncio
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QLineEdit

from cardgen_desktop.ui.dialogs import choose_files, choose_save_path, opened
from cardgen_desktop.ui.tasks import TaskOwner


async def test_a_failure_is_heard_with_the_name_of_its_task() -> None:
    heard: list[tuple[str, str]] = []
    owner = TaskOwner(on_error=lambda name, error: heard.append((name, str(error))))

    async def fail() -> None:
        raise ValueError("broken")

    owner.spawn(fail(), name="read a book")
    await asyncio.sleep(0.01)
    assert heard == [("read a book", "broken")]
    await owner.aclose()


async def test_closing_cancels_waits_and_refuses_new_work() -> None:
    cleaned: list[bool] = []
    owner = TaskOwner(on_error=lambda name, error: None)

    async def work() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            cleaned.append(True)

    owner.spawn(work(), name="work")
    await asyncio.sleep(0.01)
    await owner.aclose()
    assert cleaned == [True]
    assert owner.spawn(work(), name="late") is None


async def test_a_dialog_is_awaited_while_tasks_go_on() -> None:
    dialog = QDialog()

    async def work_then_accept() -> None:
        for _ in range(3):
            await asyncio.sleep(0.005)
        dialog.accept()

    worker = asyncio.create_task(work_then_accept())
    assert await opened(dialog) == QDialog.DialogCode.Accepted
    await worker


def answer(name: str) -> None:
    """Type a name into the file dialog that is open, and accept it."""
    dialog = next(widget for widget in QApplication.topLevelWidgets() if isinstance(widget, QFileDialog))
    if not name:
        dialog.reject()
        return
    field = dialog.findChild(QLineEdit, "fileNameEdit")
    assert isinstance(field, QLineEdit)
    field.setText(name)
    dialog.accept()


async def test_files_are_chosen_and_a_change_of_mind_is_nothing(tmp_path: Path) -> None:
    book = tmp_path / "Ada's récit.txt"
    book.write_text("A story.", "utf-8")
    QTimer.singleShot(50, lambda: answer(f'"{book.name}"'))
    assert await choose_files(None, title="Add files", folder=str(tmp_path)) == [book]
    QTimer.singleShot(50, lambda: answer(""))
    assert await choose_files(None, title="Add files", folder=str(tmp_path)) == []


async def test_a_path_to_save_to_gets_its_suffix(tmp_path: Path) -> None:
    QTimer.singleShot(50, lambda: answer("Ada"))
    wish = tmp_path / "card.png"
    chosen = await choose_save_path(None, title="Export", suggestion=wish, filters=("PNG (*.png)",))
    assert chosen == tmp_path / "Ada.png"


def test_without_a_loop_nothing_begins_and_nothing_is_left_behind() -> None:
    begun: list[bool] = []

    async def work() -> None:
        begun.append(True)

    owner = TaskOwner(on_error=lambda _name, _error: None)
    assert owner.spawn(work(), name="a last timer") is None
    assert begun == []
