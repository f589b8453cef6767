"""Asking without a nested event loop: a dialog is opened, its answer is awaited."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtWidgets import QDialog, QFileDialog, QWidget


async def opened(dialog: QDialog) -> int:
    """Show a dialog window-modally and wait for its result; the loop keeps turning."""
    future: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def answer(result: int) -> None:
        if not future.done():
            future.set_result(result)

    dialog.finished.connect(answer)
    dialog.open()
    try:
        return await future
    finally:
        dialog.deleteLater()


async def choose_files(
    parent: QWidget | None, *, title: str, folder: str = "", filters: Sequence[str] = ()
) -> list[Path]:
    """Let the person choose existing files; empty when they changed their mind.

    `filters` look like `"Books and notes (*.txt *.epub)"`.
    """
    dialog = QFileDialog(parent, title, folder)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
    return await _paths(dialog, filters)


async def choose_save_path(
    parent: QWidget | None, *, title: str, suggestion: Path, filters: Sequence[str] = ()
) -> Path | None:
    """Let the person name a file to write; None when they changed their mind. It asks before replacing."""
    dialog = QFileDialog(parent, title, str(suggestion.parent))
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setFileMode(QFileDialog.FileMode.AnyFile)
    dialog.setDefaultSuffix(suggestion.suffix.removeprefix("."))
    dialog.selectFile(suggestion.name)
    paths = await _paths(dialog, filters)
    return paths[0] if paths else None


async def choose_folder(parent: QWidget | None, *, title: str, folder: str = "") -> Path | None:
    """Let the person choose a folder; None when they changed their mind."""
    dialog = QFileDialog(parent, title, folder)
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    paths = await _paths(dialog, ())
    return paths[0] if paths else None


async def _paths(dialog: QFileDialog, filters: Sequence[str]) -> list[Path]:
    if filters:
        dialog.setNameFilters(list(filters))
    chosen: list[str] = []
    dialog.filesSelected.connect(chosen.extend)
    await opened(dialog)
    return [Path(name) for name in chosen]
