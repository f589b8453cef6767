"""The lorebook of a card as a table."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from ...domain.card import LorebookEntry
from .budget import tokens
from .document import CardDocument, Change
from .row_sync import RowList, moved, sync_rows

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its title, its width (0 fills), and the text of a cell."""

    key: str
    title: str
    width: int
    text: Callable[[LorebookEntry], str]


def name_of(entry: LorebookEntry) -> str:
    """What an entry is called: its name, else its comment, else its first key."""
    return entry.name or entry.comment or (entry.keys[0] if entry.keys else "Unnamed entry")


def keys_of(entry: LorebookEntry) -> str:
    """The keys in one line; an entry that is always sent has no need of them."""
    keys = ", ".join(entry.keys)
    if entry.constant:
        return f"Always sent · {keys}" if keys else "Always sent"
    return keys or "No keys: never sent"


COLUMNS: tuple[Column, ...] = (
    Column("enabled", "", 52, lambda entry: "on" if entry.enabled else "off"),
    Column("name", "Name", 0, name_of),
    Column("keys", "Keys", 0, keys_of),
    Column("tokens", "Tokens", 88, lambda entry: f"{tokens(entry.content):,}"),
)
ENABLED, NAME = 0, 1


class LorebookModel(QAbstractTableModel):
    """Reads the entries of a document; every change goes through its history."""

    def __init__(self) -> None:
        super().__init__()
        self._document: CardDocument | None = None
        self._rows: RowList = ()

    def set_document(self, document: CardDocument) -> None:
        """Show the lorebook of another card."""
        if self._document is not None:
            self._document.changed.disconnect(self._on_changed)
        self.beginResetModel()
        self._document = document
        self._rows = document.entries
        self.endResetModel()
        document.changed.connect(self._on_changed)

    def entry(self, row: int) -> LorebookEntry | None:
        """The entry of a row."""
        return self._rows[row] if 0 <= row < len(self._rows) else None

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(COLUMNS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        entry = self.entry(index.row()) if index.isValid() else None
        if entry is None:
            return None
        if role == Qt.ItemDataRole.CheckStateRole and index.column() == ENABLED:
            return Qt.CheckState.Checked if entry.enabled else Qt.CheckState.Unchecked
        if role == Qt.ItemDataRole.DisplayRole and index.column() != ENABLED:
            return COLUMNS[index.column()].text(entry)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._spoken(entry, index.column())
        return None

    def _spoken(self, entry: LorebookEntry, column: int) -> str:
        if column == ENABLED:
            return f"{name_of(entry)}, {'on' if entry.enabled else 'off'}"
        return f"{COLUMNS[column].title}: {COLUMNS[column].text(entry)}"

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        entry = self.entry(index.row())
        if role != Qt.ItemDataRole.CheckStateRole or entry is None or self._document is None:
            return False
        enabled = Qt.CheckState(value) == Qt.CheckState.Checked
        name = f"turning {'on' if enabled else 'off'} {name_of(entry)}"
        self._document.edit_entry(index.row(), {"enabled": enabled}, name=name)
        return True

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(COLUMNS):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section].title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            right = COLUMNS[section].key == "tokens"
            side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.ItemIsDropEnabled
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsDragEnabled
        flags |= Qt.ItemFlag.ItemNeverHasChildren
        return flags | Qt.ItemFlag.ItemIsUserCheckable if index.column() == ENABLED else flags

    def supportedDropActions(self) -> Qt.DropAction:
        return Qt.DropAction.MoveAction

    def add(self) -> int:
        """Add an empty entry at the end; answers its row."""
        return self._insert(len(self._rows), LorebookEntry(name=""), "adding an entry")

    def duplicate(self, row: int) -> int:
        """Add a copy of an entry behind it; answers the row of the copy."""
        entry = self.entry(row)
        if entry is None:
            return row
        copy = entry.model_copy(update={"id": None, "name": f"{name_of(entry)} (copy)"})
        return self._insert(row + 1, copy, f"duplicating {name_of(entry)}")

    def remove(self, row: int) -> None:
        """Remove an entry."""
        entry = self.entry(row)
        if entry is not None:
            self._store(
                self._rows[:row] + self._rows[row + 1 :], f"removing {name_of(entry)}", max(0, row - 1)
            )

    def move(self, start: int, target: int) -> None:
        """Move an entry before another."""
        entry = self.entry(start)
        if entry is not None:
            place = max(0, min(target - (target > start), len(self._rows) - 1))
            self._store(moved(self._rows, start, target), f"moving {name_of(entry)}", place)

    def _insert(self, row: int, entry: LorebookEntry, name: str) -> int:
        self._store((*self._rows[:row], entry, *self._rows[row:]), name, row)
        return row

    def _store(self, rows: RowList, name: str, row: int) -> None:
        if self._document is not None:
            self._document.edit_entries(rows, name=name, path=f"character_book.entries[{row}]")

    def _on_changed(self, change: Change) -> None:
        if change.touches("character_book") and self._document is not None:
            sync_rows(self, self._rows, self._document.entries, self._assign, len(COLUMNS))

    def _assign(self, rows: RowList) -> None:
        self._rows = rows
