"""Lists and tables whose rows can be dragged to another place and moved with Alt and the arrow keys."""

from itertools import pairwise

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QDropEvent, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QScrollArea, QTableView, QWidget

from ..components import Button
from ..context import UiContext


def drop_row(view: QAbstractItemView, point: QPoint) -> int:
    """The row that something dropped at a point of the viewport goes before."""
    index = view.indexAt(point)
    if not index.isValid():
        return view.model().rowCount()
    below = point.y() > view.visualRect(index).center().y()
    return index.row() + (1 if below else 0)


def step_of(event: QKeyEvent) -> int:
    """-1 or 1 for Alt with an arrow key, else 0."""
    if event.modifiers() != Qt.KeyboardModifier.AltModifier:
        return 0
    return {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()), 0)


def tab_through(*widgets: QWidget) -> None:
    """Let Tab visit widgets in this order."""
    for one, other in pairwise(widgets):
        QWidget.setTabOrder(one, other)


def row_button(text: str, icon: str, keys: str, *, context: UiContext) -> Button:
    """A small icon button that does something to the chosen row."""
    return Button(text, context=context, variant="ghost", size="icon_small", icon=icon, shortcut=keys)


def scrolled(content: QWidget) -> QScrollArea:
    """A form that scrolls and takes no focus of its own; the ground behind it shows through."""
    content.setProperty("clear", True)
    scroll = QScrollArea()
    scroll.setWidgetResizable(True)
    scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    scroll.setWidget(content)
    return scroll


def index_in(path: str) -> int:
    """The number in a path such as "assets[3]"."""
    return int(path[path.index("[") + 1 : path.index("]")])


def set_up(view: QAbstractItemView) -> None:
    """What both kinds of view have in common."""
    view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    view.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
    view.setDefaultDropAction(Qt.DropAction.MoveAction)
    view.setDropIndicatorShown(True)
    view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    view.setMouseTracking(True)


class RowList(QListView):
    """A list of rows of one height.

    Signals: `row_dropped(from, before)`, `step_requested(-1 or 1)`, `delete_requested`.
    """

    row_dropped = Signal(int, int)
    step_requested = Signal(int)
    delete_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_up(self)
        self.setUniformItemSizes(True)

    def dropEvent(self, event: QDropEvent) -> None:
        accept_move(self, event, self.row_dropped)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if step := step_of(event):
            self.step_requested.emit(step)
        elif event.key() == Qt.Key.Key_Delete:
            self.delete_requested.emit()
        else:
            super().keyPressEvent(event)


class RowTable(QTableView):
    """A table of rows of one height.

    Signals: `row_dropped(from, before)`, `step_requested(-1 or 1)`, `delete_requested`.
    """

    row_dropped = Signal(int, int)
    step_requested = Signal(int)
    delete_requested = Signal()

    def __init__(self, row_height: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_up(self)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(row_height)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def dropEvent(self, event: QDropEvent) -> None:
        accept_move(self, event, self.row_dropped)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if step := step_of(event):
            self.step_requested.emit(step)
        elif event.key() == Qt.Key.Key_Delete:
            self.delete_requested.emit()
        else:
            super().keyPressEvent(event)


def accept_move(view: QAbstractItemView, event: QDropEvent, row_dropped: object) -> None:
    """Take a row dropped inside its own view. The model moves it, so Qt must not remove it as well."""
    if event.source() is not view:
        event.ignore()
        return
    row, target = view.currentIndex().row(), drop_row(view, event.position().toPoint())
    event.setDropAction(Qt.DropAction.IgnoreAction)
    event.accept()
    if row >= 0:
        row_dropped.emit(row, target)  # type: ignore[attr-defined]
