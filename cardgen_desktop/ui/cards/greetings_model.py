"""The greetings as one list: the first message, its alternatives, then those for groups of characters."""

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt

from .document import CardDocument, Change
from .fields import greeting_path, group_greeting_path, label_of
from .row_sync import RowList, moved, sync_rows

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
KEYS = ("first_mes", "alternate_greetings", "group_only_greetings")


@dataclass(frozen=True, slots=True)
class Greeting:
    """One row: a text, and whether it is only for chats of several characters (SPEC_V3.md)."""

    text: str
    is_group: bool = False


class GreetingsModel(QAbstractListModel):
    """Reads the greetings of a document; every change goes through its history."""

    def __init__(self) -> None:
        super().__init__()
        self._document: CardDocument | None = None
        self._rows: tuple[Greeting, ...] = ()

    def set_document(self, document: CardDocument) -> None:
        """Show the greetings of another card."""
        if self._document is not None:
            self._document.changed.disconnect(self._on_changed)
        self.beginResetModel()
        self._document = document
        self._rows = _rows_of(document)
        self.endResetModel()
        document.changed.connect(self._on_changed)

    @property
    def first_group(self) -> int:
        """The row where greetings for groups begin, or would begin."""
        return sum(not row.is_group for row in self._rows)

    def is_group(self, row: int) -> bool:
        """Whether a row is a greeting for groups only."""
        return row >= self.first_group

    def title(self, row: int) -> str:
        """What a row is called."""
        return label_of(self.path(row))

    def path(self, row: int) -> str:
        """The path that the text of a row is edited under."""
        if self.is_group(row):
            return group_greeting_path(row - self.first_group)
        return greeting_path(row - 1) if row else "first_mes"

    def row_of(self, path: str) -> int:
        """The row of a greeting's path; the first of its part for the path of a whole part."""
        is_group = path.startswith("group_only_greetings")
        if "[" not in path:
            return self.first_group if is_group else 0
        number = int(path[path.index("[") + 1 : path.index("]")])
        return number + (self.first_group if is_group else 1)

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        text = self._rows[index.row()].text
        if role == Qt.ItemDataRole.DisplayRole:
            return preview(text)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{self.title(index.row())}: {preview(text)}"
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

    def add(self, text: str = "", *, is_group: bool = False) -> int:
        """Add a greeting at the end of its part; answers its row."""
        row = len(self._rows) if is_group else self.first_group
        rows = (*self._rows[:row], Greeting(text, is_group), *self._rows[row:])
        path = group_greeting_path(row - self.first_group) if is_group else greeting_path(row - 1)
        self._store(rows, "adding a group greeting" if is_group else "adding a greeting", path)
        return row

    def remove(self, row: int) -> None:
        """Remove a greeting; the first message stays."""
        if 0 < row < len(self._rows):
            rows = self._rows[:row] + self._rows[row + 1 :]
            self._store(rows, f"removing {self.title(row)}", self.path(row - 1))

    def place_of(self, start: int, target: int) -> int:
        """The row before which a greeting that is moved to `target` comes: it stays in its part."""
        if self.is_group(start):
            return max(self.first_group, min(target, len(self._rows)))
        return max(0, min(target, self.first_group))

    def move(self, start: int, target: int) -> None:
        """Move a greeting before another one; what comes to the top becomes the first message."""
        title, target = self.title(start), self.place_of(start, target)
        name = f"making {title} the first message" if target == 0 else f"moving {title}"
        place = max(0, min(target - (target > start), len(self._rows) - 1))
        self._store(moved(self._rows, start, target), name, self.path(place))

    def _store(self, rows: RowList, name: str, path: str) -> None:
        if self._document is None or not rows:
            return
        alone = [row.text for row in rows if not row.is_group]
        groups = tuple(row.text for row in rows if row.is_group)
        values: dict[str, Any] = {"first_mes": alone[0], "alternate_greetings": tuple(alone[1:])}
        if groups != self._document.data.group_only_greetings:
            values["group_only_greetings"] = groups
        self._document.edit_fields(values, name=name, path=path)

    def _on_changed(self, change: Change) -> None:
        if change.touches(*KEYS) and self._document is not None:
            sync_rows(self, self._rows, _rows_of(self._document), self._assign)

    def _assign(self, rows: RowList) -> None:
        self._rows = rows


def _rows_of(document: CardDocument) -> RowList:
    data = document.data
    alone = (Greeting(text) for text in (data.first_mes, *data.alternate_greetings))
    return (*alone, *(Greeting(text, is_group=True) for text in data.group_only_greetings))


def preview(text: str) -> str:
    """The beginning of a text in one line."""
    return " ".join(text[:240].split()) or "Empty"
