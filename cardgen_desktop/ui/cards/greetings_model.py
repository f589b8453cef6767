"""The first message and its alternatives as one list: the first row is the one a chat begins with."""

from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt

from .document import CardDocument, Change
from .fields import greeting_path
from .row_sync import RowList, moved, sync_rows

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
KEYS = ("first_mes", "alternate_greetings")


def title_of(row: int) -> str:
    """What a row is called."""
    return f"Greeting {row}" if row else "First message"


def path_of(row: int) -> str:
    """The path that the text of a row is edited under."""
    return greeting_path(row - 1) if row else "first_mes"


def row_of(path: str) -> int:
    """The row of a greeting's path."""
    return 0 if path == "first_mes" else int(path[path.index("[") + 1 : path.index("]")]) + 1


class GreetingsModel(QAbstractListModel):
    """Reads the greetings of a document; every change goes through its history."""

    def __init__(self) -> None:
        super().__init__()
        self._document: CardDocument | None = None
        self._rows: RowList = ()

    def set_document(self, document: CardDocument) -> None:
        """Show the greetings of another card."""
        if self._document is not None:
            self._document.changed.disconnect(self._on_changed)
        self.beginResetModel()
        self._document = document
        self._rows = _rows_of(document)
        self.endResetModel()
        document.changed.connect(self._on_changed)

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        text = self._rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return preview(text)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{title_of(index.row())}: {preview(text)}"
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.ItemIsDropEnabled
        return (
            Qt.ItemFlag.ItemIsEnabled
            | Qt.ItemFlag.ItemIsSelectable
            | Qt.ItemFlag.ItemIsDragEnabled
            | Qt.ItemFlag.ItemNeverHasChildren
        )

    def supportedDropActions(self) -> Qt.DropAction:
        return Qt.DropAction.MoveAction

    def add(self, text: str = "") -> int:
        """Add a greeting at the end; answers its row."""
        self._store((*self._rows, text), "adding a greeting", path_of(len(self._rows)))
        return len(self._rows) - 1

    def remove(self, row: int) -> None:
        """Remove an alternate greeting; the first message stays."""
        if 0 < row < len(self._rows):
            self._store(
                self._rows[:row] + self._rows[row + 1 :], f"removing {title_of(row)}", path_of(row - 1)
            )

    def move(self, start: int, target: int) -> None:
        """Move a greeting before another; what comes to the top becomes the first message."""
        name = f"making {title_of(start)} the first message" if target == 0 else f"moving {title_of(start)}"
        place = max(0, min(target - (target > start), len(self._rows) - 1))
        self._store(moved(self._rows, start, target), name, path_of(place))

    def _store(self, rows: RowList, name: str, path: str) -> None:
        if self._document is not None and rows:
            values = {"first_mes": rows[0], "alternate_greetings": rows[1:]}
            self._document.edit_fields(values, name=name, path=path)

    def _on_changed(self, change: Change) -> None:
        if change.touches(*KEYS) and self._document is not None:
            sync_rows(self, self._rows, _rows_of(self._document), self._assign)

    def _assign(self, rows: RowList) -> None:
        self._rows = rows


def _rows_of(document: CardDocument) -> RowList:
    return (document.data.first_mes, *document.data.alternate_greetings)


def preview(text: str) -> str:
    """The beginning of a text in one line."""
    return " ".join(text[:240].split()) or "Empty"
