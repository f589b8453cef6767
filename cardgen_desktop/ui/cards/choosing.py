"""Dialogs that ask for files, as values: pages are handed them, and tests hand in others."""

from collections.abc import Awaitable, Sequence
from pathlib import Path
from typing import Protocol

from PySide6.QtWidgets import QFileDialog, QWidget

from ..dialogs import opened


class ChoosePath(Protocol):
    """Asks for a file to write; None when the person changed their mind."""

    def __call__(
        self, parent: QWidget | None, *, title: str, suggestion: Path, filters: tuple[str, ...]
    ) -> Awaitable[Path | None]: ...


class ChooseFiles(Protocol):
    """Asks for existing files; empty when the person changed their mind."""

    def __call__(
        self, parent: QWidget | None, *, title: str, folder: str = "", filters: Sequence[str] = ()
    ) -> Awaitable[list[Path]]: ...


class ChooseFolder(Protocol):
    """Asks for a folder; None when the person changed their mind."""

    def __call__(self, parent: QWidget | None, *, title: str, folder: str = "") -> Awaitable[Path | None]: ...


async def choose_export_path(
    parent: QWidget | None, *, title: str, suggestion: Path, filters: tuple[str, ...]
) -> Path | None:
    """Let the person name a file. It may exist: the pane asks about that, not a dialog upon the dialog."""
    dialog = QFileDialog(parent, title, str(suggestion.parent))
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setFileMode(QFileDialog.FileMode.AnyFile)
    dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)
    dialog.setNameFilters(list(filters))
    dialog.selectFile(suggestion.name)
    chosen: list[str] = []
    dialog.filesSelected.connect(chosen.extend)
    await opened(dialog)
    return Path(chosen[0]) if chosen else None
