"""The prompt styles by title: shipped ones, then the person's own."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent

from ...domain.prompt_style import PromptStyle
from ..components import LINE_ROLE, TwoLineList, tooltip
from ..context import UiContext

STYLE_ROLE = Qt.ItemDataRole.UserRole + 1
Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


class StyleModel(QAbstractListModel):
    """Styles in their order; `show_styles` changes only what differs."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._styles: list[PromptStyle] = []
        self._default = ""

    def rowCount(self, parent: Index = _ROOT) -> int:
        """All styles."""
        return 0 if parent.isValid() else len(self._styles)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The style, its title, what it is, and what a screen reader says."""
        if not index.isValid() or index.row() >= len(self._styles):
            return None
        style = self._styles[index.row()]
        if role == STYLE_ROLE:
            return style
        if role == Qt.ItemDataRole.DisplayRole:
            return style.title or style.name
        if role == LINE_ROLE:
            return self._note(style)
        if role == Qt.ItemDataRole.ToolTipRole:
            return tooltip(style.description or style.title)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{style.title}, {self._note(style)}, {style.description}"
        return None

    def show_styles(self, styles: Sequence[PromptStyle], default: str) -> None:
        """Show other styles, and which one new drafts begin with."""
        self._default = default
        common = min(len(styles), len(self._styles))
        if len(styles) < len(self._styles):
            self.beginRemoveRows(QModelIndex(), len(styles), len(self._styles) - 1)
            del self._styles[len(styles) :]
            self.endRemoveRows()
        self._styles[:common] = styles[:common]
        if common:
            self.dataChanged.emit(self.index(0), self.index(common - 1))
        if len(styles) > common:
            self.beginInsertRows(QModelIndex(), common, len(styles) - 1)
            self._styles += styles[common:]
            self.endInsertRows()

    def row_of(self, name: str) -> int | None:
        """The row of a style."""
        return next((row for row, style in enumerate(self._styles) if style.name == name), None)

    def _note(self, style: PromptStyle) -> str:
        kind = "Shipped" if style.is_shipped else "Your own"
        return f"{kind} · new drafts" if style.name == self._default else kind


class StyleList(TwoLineList):
    """The styles; one is always current.

    Signals: `style_chosen(name)`, `remove_requested(name)` by Delete.
    """

    style_chosen = Signal(str)
    remove_requested = Signal(str)

    def __init__(self, *, context: UiContext) -> None:
        self.styles = StyleModel()
        super().__init__(self.styles, "Prompt styles", context=context)
        self.styles.setParent(self)
        self.selectionModel().currentChanged.connect(self._tell)

    @property
    def current(self) -> str:
        """The name of the current style, "" for none."""
        style = self.currentIndex().data(STYLE_ROLE)
        return style.name if style is not None else ""

    def choose(self, name: str) -> bool:
        """Make a style the current one; False when there is none of that name."""
        row = self.styles.row_of(name)
        if row is not None:
            self.setCurrentIndex(self.styles.index(row))
        return row is not None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Delete and self.current:
            self.remove_requested.emit(self.current)
        else:
            super().keyPressEvent(event)

    def _tell(self, *_: object) -> None:
        if self.current:
            self.style_chosen.emit(self.current)
