"""The library page: every card as a portrait or a row, search, import, and what to do with one."""

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QListView, QStackedWidget, QVBoxLayout, QWidget

from ...domain.card_library import CardSummary
from ..components import Button, EmptyState, Menu, PageHeader, ProgressLine, SearchField
from ..components.second_press import spare_second_press
from ..context import UiContext
from ..theme import SPACE
from .card_paste import CardPaste
from .import_line import ImportLine
from .library_delegates import TILE, CardDelegate, RowDelegate, TileDelegate
from .library_model import SUMMARY_ROLE, LibraryModel, facts_of
from .library_portraits import LibraryPortraits

SEARCH_WIDTH = 260


class CardList(QListView):
    """The cards. A click or Enter opens one, Delete removes it, the menu is on the right button or on *More*.

    Signals: `opened(card_id)`, `remove_requested(card_id)`, `menu_requested(card_id, global point)`.
    """

    opened = Signal(object)
    remove_requested = Signal(object)
    menu_requested = Signal(object, QPoint)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("clear", True)
        self.setAccessibleName("Cards")
        self.setMouseTracking(True)
        self.setUniformItemSizes(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)

    def show_as(self, delegate: CardDelegate, *, tiles: bool) -> None:
        """Show portraits, or rows."""
        self.setItemDelegate(delegate)
        self.setViewMode(QListView.ViewMode.IconMode if tiles else QListView.ViewMode.ListMode)
        self.setMovement(QListView.Movement.Static)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setGridSize(QSize(TILE.width() + 2, TILE.height() + 6) if tiles else QSize())
        self.setDragEnabled(False)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed = self.currentIndex()
        super().mouseReleaseEvent(event)
        index = self.indexAt(event.position().toPoint())
        if event.button() != Qt.MouseButton.LeftButton or not index.isValid() or index != pressed:
            return
        if self._on_more(index, event):
            self._ask_menu(index, event.globalPosition().toPoint())
        else:
            spare_second_press(self)
            self.opened.emit(index.data(SUMMARY_ROLE).id)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        inside = self.indexAt(event.position().toPoint()).isValid()
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if inside else Qt.CursorShape.ArrowCursor)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        index = self.currentIndex()
        if index.isValid() and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit(index.data(SUMMARY_ROLE).id)
        elif index.isValid() and event.key() == Qt.Key.Key_Delete:
            self.remove_requested.emit(index.data(SUMMARY_ROLE).id)
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        index = self.currentIndex() if by_key else self.indexAt(event.pos())
        if index.isValid():
            corner = self.viewport().mapToGlobal(self.visualRect(index).center())
            self._ask_menu(index, corner if by_key else event.globalPos())

    def _on_more(self, index: QModelIndex, event: QMouseEvent) -> bool:
        delegate = self.itemDelegate()
        assert isinstance(delegate, CardDelegate)
        return delegate.more_rect(QRectF(self.visualRect(index))).contains(event.position())

    def _ask_menu(self, index: QModelIndex, point: QPoint) -> None:
        self.setCurrentIndex(index)
        self.menu_requested.emit(index.data(SUMMARY_ROLE).id, point)


class LibraryView(QWidget):
    """Header, cards, and the states without any.

    Signals: `card_opened(id)`, `export_requested(id)`, `draft_requested(id)`, `remove_requested(id)`,
    `import_requested`,
    `folder_requested` for a folder of cards, `trash_requested` to see the trash,
    `search_changed(text)`.
    """

    card_opened = Signal(object)
    export_requested = Signal(object)
    draft_requested = Signal(object)
    remove_requested = Signal(object)
    import_requested = Signal()
    folder_requested = Signal()
    trash_requested = Signal()
    search_changed = Signal(str)

    def __init__(
        self, portraits: LibraryPortraits, *, context: UiContext, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._context = context
        self._query = ""
        self.model = LibraryModel()
        self.header = PageHeader("Cards", context=context)
        self.search = SearchField("Find a card or tag", context=context)
        self.grid = self._toggle("Show portraits", "cards")
        self.rows = self._toggle("Show a list", "jobs")
        self.add = Button("Import cards…", context=context, variant="primary", icon="drop")
        self.more = Button("More", context=context, variant="ghost", size="icon", icon="more")
        self.progress = ProgressLine(context=context)
        self.importing = ImportLine(context=context)
        self.list = CardList()
        self._tiles = TileDelegate(portraits, context=context, parent=self.list)
        self._lines = RowDelegate(portraits, context=context, parent=self.list)
        self.empty = EmptyState(
            "cards",
            "No cards yet",
            "Draft one from a book, or import cards and lorebooks. You can also drop them on the window.",
            "Import cards…",
            context=context,
            action_icon="drop",
        )
        self.no_match = EmptyState(
            "search", "", "Names and tags were searched.", "Clear search", "no_match", context=context
        )
        self.stack = QStackedWidget()
        self._lay_out()
        self._connect()
        self.show_tiles(True)

    def _toggle(self, text: str, icon: str) -> Button:
        button = Button(text, context=self._context, variant="ghost", size="icon", icon=icon)
        button.setCheckable(True)
        return button

    def _lay_out(self) -> None:
        self.search.setFixedWidth(SEARCH_WIDTH)
        self.search.installEventFilter(CardPaste(self))
        self.list.setModel(self.model)
        for action in (self.search, self.grid, self.rows, self.add, self.more):
            self.header.add_action(action)
        cards = QWidget()
        row = QHBoxLayout(cards)
        row.setContentsMargins(SPACE.PAGE_EDGE - 10, SPACE.MD, SPACE.SM, 0)
        row.addWidget(self.list)
        blank = QWidget()
        for widget in (cards, self.empty, self.no_match, blank):
            self.stack.addWidget(widget)
        self.stack.setCurrentWidget(blank)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(self.progress)
        column.addWidget(self.importing)
        column.addWidget(self.stack, 1)

    def _connect(self) -> None:
        self.list.opened.connect(self.card_opened)
        self.list.remove_requested.connect(self.remove_requested)
        self.list.menu_requested.connect(self._open_menu)
        self.search.search_changed.connect(self.search_changed)
        self.importing.began.connect(self._on_import)
        self.importing.ended.connect(self._on_import)
        self.add.clicked.connect(self.import_requested)
        self.more.clicked.connect(self._open_more)
        self.empty.action_triggered.connect(self.import_requested)
        self.no_match.action_triggered.connect(self._clear_search)
        self.grid.clicked.connect(lambda: self.show_tiles(True))
        self.rows.clicked.connect(lambda: self.show_tiles(False))

    def _open_more(self) -> None:
        menu = Menu(context=self._context, parent=self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.add("Import cards…", self.import_requested.emit, icon="drop")
        menu.add("Import a folder…", self.folder_requested.emit, icon="cards")
        menu.addSeparator()
        menu.add("Trash", self.trash_requested.emit, icon="trash")
        menu.open_below(self.more)

    def show_tiles(self, tiles: bool) -> None:
        """Show portraits, or rows."""
        self.grid.setChecked(tiles)
        self.rows.setChecked(not tiles)
        self.grid.set_variant("default" if tiles else "ghost")
        self.rows.set_variant("ghost" if tiles else "default")
        self.list.show_as(self._tiles if tiles else self._lines, tiles=tiles)

    def show_cards(self, cards: Sequence[CardSummary], query: str) -> None:
        """Show the answer to a search."""
        self.progress.stop()
        self.model.set_cards(cards)
        self.refresh(query)

    def refresh(self, query: str) -> None:
        """Choose between cards, nothing yet (or nothing but cards on their way) and nothing found."""
        self._query = query
        count = len(self.model.cards)
        empty = not count and not query
        self.add.setVisible(not empty)
        for widget in (self.search, self.grid, self.rows):
            widget.setVisible(not empty)
        self.no_match.say(f"No card matches “{query}”", "Names and tags were searched.")
        nothing = 3 if self.importing.is_active else 1
        self.stack.setCurrentIndex(0 if count else nothing if empty else 2)
        self.header.set_facts(facts_of(self.model.cards) if count else "")

    def repaint_card(self, card_id: int) -> None:
        """Paint a card again, such as when its picture was loaded."""
        row = self.model.row_of(card_id)
        if row >= 0:
            self.list.update(self.model.index(row, 0))

    def _on_import(self) -> None:
        self.refresh(self._query)

    def _clear_search(self) -> None:
        self.search.clear()
        self.search_changed.emit("")

    def _open_menu(self, card_id: int, point: QPoint) -> None:
        menu = Menu(context=self._context, parent=self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.add("Open", lambda: self.card_opened.emit(card_id), icon="card", shortcut="Return")
        menu.add("Export…", lambda: self.export_requested.emit(card_id), icon="export")
        menu.add("Draft from this card", lambda: self.draft_requested.emit(card_id), icon="draft")
        menu.addSeparator()
        menu.add(
            "Remove", lambda: self.remove_requested.emit(card_id), icon="trash", shortcut="Del", danger=True
        )
        menu.popup(point)
