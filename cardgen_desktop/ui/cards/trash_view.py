"""The trash: the cards that were removed, to be put back or deleted for good."""

from collections.abc import Sequence

from PySide6.QtCore import QItemSelectionModel, QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QListView, QStackedWidget, QVBoxLayout, QWidget

from ...domain.card_library import CardSummary
from ..components import Button, EmptyState, Menu, PageHeader, came_by_keyboard
from ..context import UiContext
from ..theme import SPACE
from ..wording import counted
from .library_delegates import INSET, RowDelegate
from .library_model import SUMMARY_ROLE, LibraryModel, date_words
from .library_portraits import LibraryPortraits


class TrashList(QListView):
    """Rows of which several can be chosen. Enter puts them back, Delete deletes them for good, Esc leaves.

    Where none is chosen the keys mean the row that the keyboard is at.

    Signals: `restore_requested`, `remove_requested`, `left`, `menu_requested(global point)`.
    """

    restore_requested = Signal()
    remove_requested = Signal()
    left = Signal()
    menu_requested = Signal(QPoint)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("clear", True)
        self.setAccessibleName("Cards in the trash")
        self.setMouseTracking(True)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QListView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def go_to(self, row: int) -> None:
        """Put the keyboard at a row, or at the last there is, without choosing it."""
        count = self.model().rowCount()
        if count:
            index = self.model().index(min(max(0, row), count - 1), 0)
            self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)
        self.setFocus()

    def show_ring(self, shown: bool) -> None:
        """Show where the keyboard is, or not."""
        rows = self.itemDelegate()
        if isinstance(rows, TrashRows):
            rows.shows_focus = shown
            self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self.show_ring(True)
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif event.key() == Qt.Key.Key_Delete and self._has_chosen():
            self.remove_requested.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._has_chosen():
            self.restore_requested.emit()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.show_ring(False)
        super().mousePressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        if came_by_keyboard(event):
            self.show_ring(True)
        super().focusInEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        if by_key and self._has_chosen():
            at = self.visualRect(self.currentIndex()).center()
            self.menu_requested.emit(self.viewport().mapToGlobal(at))
        elif not by_key and self.indexAt(event.pos()).isValid():
            self.menu_requested.emit(event.globalPos())

    def _has_chosen(self) -> bool:
        """Whether there is something to act on: what is chosen, else the row that the keyboard is at."""
        if not self.selectedIndexes() and self.currentIndex().isValid():
            self.selectionModel().select(self.currentIndex(), QItemSelectionModel.SelectionFlag.Select)
        return bool(self.selectedIndexes())


class TrashRows(RowDelegate):
    """The rows of the library without *More*: the actions stand above."""

    shows_focus = False
    beside_date, date_width = INSET, 176

    def date_of(self, card: CardSummary) -> str:
        """When it came into the trash; of a card without that date, when it was written last."""
        if card.trashed_at is None:
            return f"last changed {date_words(card.updated_at)}"
        return f"removed {date_words(card.trashed_at)}"

    def _paint_more(self, *_: object) -> None:
        """Nothing."""


class TrashView(QWidget):
    """Header with what can be done, the cards, and the state without any.

    Signals: `back_requested`, `restore_requested(ids)`, `remove_requested(ids)`, `empty_requested`.
    """

    back_requested = Signal()
    restore_requested = Signal(object)
    remove_requested = Signal(object)
    empty_requested = Signal()

    def __init__(
        self, portraits: LibraryPortraits, *, context: UiContext, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._context = context
        self.model = LibraryModel()
        self.header = PageHeader("Trash", context=context)
        self.back = Button("All cards", context=context, variant="ghost", icon="chevron-left")
        self.restore = Button("Put back", context=context, variant="outline", icon="undo")
        self.remove = Button("Delete for good…", context=context, variant="outline", icon="trash")
        self.empty_all = Button("Empty trash…", context=context, variant="default")
        self.list = TrashList()
        self.list.setModel(self.model)
        self.list.setItemDelegate(TrashRows(portraits, context=context, parent=self.list))
        self.empty = EmptyState(
            "trash", "The trash is empty", "Cards that you remove wait here until you delete them for good.",
            "All cards", context=context,
        )  # fmt: skip
        self.stack = QStackedWidget()
        self._lay_out()
        self._connect()
        self.show_cards(())

    @property
    def chosen(self) -> tuple[int, ...]:
        """The cards that are selected, from top to bottom."""
        rows = sorted(self.list.selectedIndexes(), key=lambda index: index.row())
        return tuple(index.data(SUMMARY_ROLE).id for index in rows)

    def show_cards(self, cards: Sequence[CardSummary]) -> None:
        """Show what is in the trash; pictures are not loaded for it, the drawn portraits stand in."""
        self.model.set_cards([card.model_copy(update={"has_avatar": False}) for card in cards])
        self.header.set_facts(counted(len(cards), "card") if cards else "")
        was_here = self.list.hasFocus() or self.restore.hasFocus() or self.remove.hasFocus()
        self.stack.setCurrentIndex(0 if cards else 1)
        for button in (self.back, self.restore, self.remove, self.empty_all):
            button.setVisible(bool(cards))
        self._on_selection()
        if was_here:
            self.take_focus()

    def take_focus(self) -> None:
        """Let the keyboard go on where it was: at the row that follows, or at the way back."""
        if self.model.cards:
            self.list.go_to(self.list.currentIndex().row())
        else:
            self.empty.action.setFocus()

    def _lay_out(self) -> None:
        for action in (self.back, self.restore, self.remove, self.empty_all):
            self.header.add_action(action)
        cards = QWidget()
        row = QHBoxLayout(cards)
        row.setContentsMargins(SPACE.PAGE_EDGE - 10, SPACE.MD, SPACE.SM, 0)
        row.addWidget(self.list)
        self.stack.addWidget(cards)
        self.stack.addWidget(self.empty)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(self.stack, 1)

    def _connect(self) -> None:
        self.back.clicked.connect(self.back_requested)
        self.empty.action_triggered.connect(self.back_requested)
        self.restore.clicked.connect(self._on_restore)
        self.remove.clicked.connect(self._on_remove)
        self.empty_all.clicked.connect(self.empty_requested)
        self.list.restore_requested.connect(self._on_restore)
        self.list.remove_requested.connect(self._on_remove)
        self.list.left.connect(self.back_requested)
        self.list.menu_requested.connect(self._open_menu)
        self.list.selectionModel().selectionChanged.connect(self._on_selection)

    def _on_selection(self) -> None:
        chosen = bool(self.list.selectedIndexes())
        for button in (self.restore, self.remove):
            button.setEnabled(chosen)
            button.setToolTip("" if chosen else "Choose a card first")

    def _on_restore(self) -> None:
        self.restore_requested.emit(self.chosen)

    def _on_remove(self) -> None:
        self.remove_requested.emit(self.chosen)

    def _open_menu(self, point: QPoint) -> None:
        menu = Menu(context=self._context, parent=self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.add("Put back", self._on_restore, icon="undo", shortcut="Enter")
        menu.addSeparator()
        menu.add("Delete for good…", self._on_remove, icon="trash", shortcut="Del", danger=True)
        menu.popup(point)
