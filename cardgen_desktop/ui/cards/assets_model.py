"""The assets of a card as a list; every change goes through the card's history."""

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt

from ...domain.card import Asset, CardFile
from ..components import LINE_ROLE, tooltip
from .asset_words import AssetPlace, files_by_path, kind_words, line_of, place_of
from .document import CardDocument, Change
from .row_sync import sync_rows

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
MOST_LETTERS = 400
DEAD_ROLE = Qt.ItemDataRole.UserRole + 7
Assets = tuple[Asset, ...]


class AssetsModel(QAbstractListModel):
    """Rows are `CardData.assets`; an absent list has none."""

    def __init__(self) -> None:
        super().__init__()
        self._document: CardDocument | None = None
        self._files: Mapping[str, CardFile] = {}
        self.assets: Assets = ()

    def set_document(self, document: CardDocument) -> None:
        """Show the assets of another card."""
        if self._document is not None:
            self._document.changed.disconnect(self._on_changed)
        self.beginResetModel()
        self._document = document
        self._files = files_by_path(document.record.files)
        self.assets = document.data.assets or ()
        self.endResetModel()
        document.changed.connect(self._on_changed)

    def set_files(self, files: Sequence[CardFile]) -> None:
        """The card has other files than before."""
        self._files = files_by_path(files)
        if self.assets:
            self.dataChanged.emit(self.index(0), self.index(len(self.assets) - 1))

    def place(self, row: int) -> AssetPlace:
        """Where the asset of a row is."""
        return place_of(self.assets[row], self._files)

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self.assets)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self.assets):
            return None
        asset, place = self.assets[index.row()], self.place(index.row())
        if role == Qt.ItemDataRole.DisplayRole:
            return asset.name or "No name"
        if role == LINE_ROLE:
            return line_of(asset, place)
        if role == DEAD_ROLE:
            return place.is_dead
        if role == Qt.ItemDataRole.ToolTipRole:
            return tooltip(f"{asset.name[:MOST_LETTERS]}\n{kind_words(asset.type)} · {place.words}")
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{asset.name or 'No name'}: {line_of(asset, place)}"
        return None

    def add(self, asset: Asset) -> int:
        """Add an asset at the end; answers its row."""
        self._store((*self.assets, asset), f"adding {asset.name}")
        return len(self.assets) - 1

    def remove(self, row: int) -> None:
        """Take an asset out of the card; its file stays until the card itself is gone."""
        if 0 <= row < len(self.assets):
            name = self.assets[row].name or "an asset"
            self._store((*self.assets[:row], *self.assets[row + 1 :]), f"removing {name}")

    def change(self, row: int, **fields: str) -> None:
        """Give an asset another name or kind."""
        if 0 <= row < len(self.assets):
            asset = self.assets[row].model_copy(update=fields)
            changed = (*self.assets[:row], asset, *self.assets[row + 1 :])
            self._store(changed, "changing an asset", row=row, merge="name" in fields)

    def _store(self, assets: Assets, name: str, *, row: int | None = None, merge: bool = False) -> None:
        if self._document is None:
            return
        path = "assets" if row is None else f"assets[{row}]"
        absent = not assets and self._document.record.card.data.assets is None
        self._document.edit("assets", None if absent else assets, name=name, path=path, merge=merge)

    def _on_changed(self, change: Change) -> None:
        if change.touches("assets") and self._document is not None:
            sync_rows(self, self.assets, self._document.data.assets or (), self._assign)

    def _assign(self, assets: Assets) -> None:
        self.assets = assets
