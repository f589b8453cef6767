"""Keeps the sections of the header as the person wants them: shown, moved, resized, remembered."""

from PySide6.QtCore import QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtWidgets import QTableView

from ..components import Menu
from ..context import UiContext
from .column_layout import ColumnLayout, remember, remembered
from .columns import COLUMNS, INDEX
from .header import JobsHeader

REMEMBERED_AFTER = 400
"""Milliseconds of quiet before a layout is written down."""


class ColumnControl(QObject):
    """Lays out the columns of a table under a `JobsHeader`.

    Signals: `arranged` after columns got other places or widths.
    """

    arranged = Signal()

    def __init__(self, view: QTableView, header: JobsHeader, *, context: UiContext) -> None:
        super().__init__(view)
        self._view, self._header, self._context = view, header, context
        self.layout = remembered(context.settings)
        self._is_arranging = self._is_ordered = False
        self._menu: Menu | None = None
        self._quiet = QTimer(self, interval=REMEMBERED_AFTER, singleShot=True)
        self._quiet.timeout.connect(lambda: remember(context.settings, self.layout))
        header.sectionResized.connect(self._on_resized)
        header.sectionMoved.connect(self._on_moved)
        header.menu_requested.connect(self.open_menu)
        header.width_requested.connect(lambda section, width: self._resize(COLUMNS[section].key, width))

    @property
    def visible(self) -> list[int]:
        """The columns that can be seen, in the order they are seen."""
        header = self._header
        logical = (header.logicalIndex(visual) for visual in range(header.count()))
        return [section for section in logical if not header.isSectionHidden(section)]

    def arrange(self) -> None:
        """Give every column its place and width for the room there is."""
        if self._view.model() is None or self._is_arranging:
            return
        self._is_arranging = True
        self._put_in_order()
        widths = self.layout.fitted(self._view.viewport().width())
        for number, column in enumerate(COLUMNS):
            self._view.setColumnHidden(number, column.key not in widths)
            if column.key in widths:
                self._view.setColumnWidth(number, widths[column.key])
        shown = self.visible
        self._header.first_column, self._header.last_column = shown[0], shown[-1]
        self._is_arranging = False
        self.arranged.emit()

    def toggle(self, key: str) -> None:
        """Show a column, or hide it; the last one stays."""
        self._choose(self.layout.toggled(key))

    def reset(self) -> None:
        """Go back to the columns, order and widths of the start."""
        self._is_ordered = False
        self._choose(ColumnLayout(order=tuple(INDEX)))
        self.layout = ColumnLayout()

    def make_menu(self) -> Menu:
        """The menu of all columns; what is shown is checked. It deletes itself when closed."""
        menu = Menu(context=self._context, parent=self._view)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        shown, visible = self.layout.shown, self.visible
        for number, column in enumerate(COLUMNS):
            folded = column.key in shown and number not in visible
            text = f"{column.title} · needs a wider window" if folded else column.title
            is_last = shown == {column.key}
            action = menu.add(text, lambda key=column.key: self.toggle(key), enabled=not is_last)  # type: ignore[misc]
            action.setCheckable(True)
            action.setChecked(column.key in shown)
        menu.addSeparator()
        menu.add("Fit to window", self.reset)
        return menu

    def open_menu(self, point: QPoint) -> None:
        """Show the menu of columns at a global position."""
        if self._menu is None:
            self._menu = self.make_menu()
            self._menu.destroyed.connect(self._on_menu_gone)
            self._menu.popup(point)

    def _on_menu_gone(self) -> None:
        self._menu = None

    def _choose(self, layout: ColumnLayout) -> None:
        self.layout = layout
        self.arrange()
        self._quiet.start()

    def _put_in_order(self) -> None:
        """Once, and after a reset: from then on the header itself keeps the order."""
        if self._is_ordered:
            return
        self._is_ordered = True
        for place, key in enumerate(self.layout.order):
            self._header.moveSection(self._header.visualIndex(INDEX[key]), place)

    def _on_moved(self) -> None:
        if self._is_arranging:
            return
        order = [COLUMNS[self._header.logicalIndex(place)].key for place in range(self._header.count())]
        shown, widths = self.layout.shown, self.layout.widths
        self._choose(ColumnLayout(shown=shown, order=tuple(order), widths=widths))

    def _on_resized(self, section: int, before: int, after: int) -> None:
        if not self._is_arranging and before and after:
            self._resize(COLUMNS[section].key, after, before)

    def _resize(self, key: str, width: int, before: int | None = None) -> None:
        """The filling column has no width of its own: what it gains, the one after it loses."""
        if key != self.layout.filling:
            self._choose(self.layout.widened(key, width))
            return
        before = self._header.sectionSize(INDEX[key]) if before is None else before
        visible = self.visible
        place = visible.index(INDEX[key])
        other = visible[place + 1] if place + 1 < len(visible) else visible[place - 1]
        taken = COLUMNS[other].key
        if taken != key:
            self._choose(self.layout.widened(taken, self._header.sectionSize(other) + before - width))
