"""The files of a bundle by name and size."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from ...domain.queue import BundleFile
from ..components import LINE_ROLE, TwoLineList, tooltip
from ..context import UiContext
from ..wording import size_words

FILE_ROLE = Qt.ItemDataRole.UserRole + 1
Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


class BundleModel(QAbstractListModel):
    """Files by name: `show_files` inserts, changes and removes only what differs."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._files: list[BundleFile] = []

    def rowCount(self, parent: Index = _ROOT) -> int:
        """All files."""
        return 0 if parent.isValid() else len(self._files)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The file, its name, and what a screen reader says."""
        if not index.isValid() or index.row() >= len(self._files):
            return None
        file = self._files[index.row()]
        if role == FILE_ROLE:
            return file
        if role == Qt.ItemDataRole.DisplayRole:
            return file.name
        if role == LINE_ROLE:
            return size_words(file.bytes)
        if role == Qt.ItemDataRole.ToolTipRole:
            return tooltip(file.name)
        return (
            f"{file.name}, {size_words(file.bytes)}" if role == Qt.ItemDataRole.AccessibleTextRole else None
        )

    def file(self, row: int) -> BundleFile | None:
        """A file by row."""
        return self._files[row] if 0 <= row < len(self._files) else None

    def show_files(self, files: Sequence[BundleFile]) -> None:
        """Show other files; the first ones keep their rows."""
        common = min(len(files), len(self._files))
        if len(files) < len(self._files):
            self.beginRemoveRows(QModelIndex(), len(files), len(self._files) - 1)
            del self._files[len(files) :]
            self.endRemoveRows()
        for row in range(common):
            if self._files[row] != files[row]:
                self._files[row] = files[row]
                self.dataChanged.emit(self.index(row), self.index(row))
        if len(files) > common:
            self.beginInsertRows(QModelIndex(), common, len(files) - 1)
            self._files += files[common:]
            self.endInsertRows()


class BundleList(TwoLineList):
    """The files; one is always current.

    Signals: `file_chosen(BundleFile or None)`.
    """

    file_chosen = Signal(object)

    def __init__(self, *, context: UiContext) -> None:
        self.files = BundleModel()
        super().__init__(self.files, "Files of the bundle", context=context)
        self.files.setParent(self)
        self.selectionModel().currentChanged.connect(self._tell)
        self.files.dataChanged.connect(self._tell)

    def show_files(self, files: Sequence[BundleFile]) -> None:
        """Show other files."""
        self.files.show_files(files)
        if files and not self.currentIndex().isValid():
            self.setCurrentIndex(self.files.index(0))
        self._tell()

    def choose(self, name: str) -> bool:
        """Make a file the current one; False when there is none of that name."""
        rows = range(self.files.rowCount())
        row = next((row for row in rows if self.files.index(row).data() == name), None)
        if row is not None:
            self.setCurrentIndex(self.files.index(row))
        return row is not None

    def _tell(self) -> None:
        self.file_chosen.emit(self.files.file(self.currentIndex().row()))
