"""The library as a list: one row for each stored card, newest change first."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt

from ...domain.card_library import CardSummary
from ..components import tooltip
from ..wording import UNNAMED
from .row_sync import RowList, sync_rows

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
SUMMARY_ROLE = Qt.ItemDataRole.UserRole


class LibraryModel(QAbstractListModel):
    """Rows are snapshots; a card is known by its number."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: RowList = ()

    @property
    def cards(self) -> tuple[CardSummary, ...]:
        """The cards that are shown."""
        return self._rows

    def set_cards(self, cards: Sequence[CardSummary]) -> None:
        """Show other cards; rows that stay the same are not touched."""
        sync_rows(self, self._rows, tuple(cards), self._assign)

    def put(self, card: CardSummary, row: int = 0) -> None:
        """Show a changed card in its place, or a new one at `row`."""
        known = self.row_of(card.id)
        rows = [card if each.id == card.id else each for each in self._rows]
        if known < 0:
            rows.insert(row, card)
        self.set_cards(rows)

    def take(self, card_id: int) -> tuple[CardSummary, int] | None:
        """Take a card out; answers it with the row it stood in."""
        row = self.row_of(card_id)
        if row < 0:
            return None
        card = self._rows[row]
        self.set_cards([each for each in self._rows if each.id != card_id])
        return card, row

    def row_of(self, card_id: int) -> int:
        """The row of a card; -1 when it is not shown."""
        return next((row for row, card in enumerate(self._rows) if card.id == card_id), -1)

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        card: CardSummary = self._rows[index.row()]
        if role == SUMMARY_ROLE:
            return card
        if role == Qt.ItemDataRole.DisplayRole:
            return card.name
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{card.name or UNNAMED}, {origin_of(card)}, {date_words(card.updated_at)}"
        if role == Qt.ItemDataRole.ToolTipRole:
            return tooltip(f"{card.name or UNNAMED}\n{origin_of(card)}")
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren

    def _assign(self, rows: RowList) -> None:
        self._rows = rows


def origin_of(card: CardSummary) -> str:
    """Where a card came from, in words."""
    if card.source_title:
        return card.source_title
    return "Imported" if card.origin == "import" else "Drafted"


def date_words(when: float, now: datetime | None = None) -> str:
    """A time in the past, as short as it can be: "14:02", "yesterday", "9 Oct", "9 Oct 2024"."""
    moment = datetime.fromtimestamp(when).astimezone()
    today = (now or datetime.now().astimezone()).date()
    days = (today - moment.date()).days
    if days == 0:
        return moment.strftime("%H:%M")
    if days == 1:
        return "yesterday"
    day = f"{moment.day} {moment.strftime('%b')}"
    return day if moment.year == today.year else f"{day} {moment.year}"


def facts_of(cards: Sequence[CardSummary]) -> str:
    """The line of facts below the title."""
    imported = sum(card.origin == "import" for card in cards)
    words = f"{len(cards):,} card{'' if len(cards) == 1 else 's'}"
    return f"{words} · {imported:,} imported" if imported else words
