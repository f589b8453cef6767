"""The lorebook of a card: a table of entries above, the form of the chosen one below."""

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QObject, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QScrollArea,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from ..components import Button, ElidedLabel, EmptyState
from ..context import UiContext
from ..theme import SPACE
from .budget import tokens
from .document import CardDocument, Change
from .entry_form import EntryForm
from .lorebook_model import COLUMNS, LorebookModel
from .row_delegates import ENTRY_HEIGHT, EntryHeader, LorebookDelegate
from .row_views import RowTable, index_in, row_button, scrolled, tab_through

SPLITTER = "lorebook"


class LorebookForm(QStackedWidget):
    """Add, duplicate, remove, reorder, switch and edit entries.

    Signals: `row_shown` when another entry is shown, `import_requested` for entries of a file.
    """

    row_shown = Signal()
    import_requested = Signal()

    def __init__(self, *, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._document: CardDocument | None = None
        self.flow: QObject | None = None  # brings entries of files; given by the editor
        self.model = LorebookModel()
        self.table = RowTable(ENTRY_HEIGHT)
        self.form = EntryForm(context=context)
        self._facts = ElidedLabel(context=context, role="small", ink="muted")
        self.add = Button("Add entry", context=context, variant="outline", size="small", icon="plus")
        self.write = Button("Write an entry…", context=context, variant="ghost", size="small", icon="draft")
        self.bring = row_button("Import entries…", "drop", "", context=context)
        self.up = row_button("Move up", "chevron-up", "Alt+Up", context=context)
        self.down = row_button("Move down", "chevron-down", "Alt+Down", context=context)
        self.copy = row_button("Duplicate entry", "copy", "Ctrl+D", context=context)
        self.remove = row_button("Remove entry", "trash", "Del", context=context)
        self.empty = EmptyState(
            "lorebook",
            "No lorebook entries yet",
            "Places and people the card should know when they are named.",
            "Add entry",
            context=context,
            second="Write an entry…",
            third="Import entries…",
            action_icon="plus",
        )
        self.empty.action.set_variant("outline")
        self.empty_write = self.empty.second
        self._set_up_table()
        self._lay_out()
        self._connect()

    def _set_up_table(self) -> None:
        self.table.setModel(self.model)
        self.table.setItemDelegate(LorebookDelegate(context=self._context, parent=self.table))
        self.table.setAccessibleName("Lorebook entries")
        header = EntryHeader(context=self._context, parent=self.table)
        self.table.setHorizontalHeader(header)
        for number, column in enumerate(COLUMNS):
            if column.width:
                header.setSectionResizeMode(number, QHeaderView.ResizeMode.Fixed)
                header.resizeSection(number, column.width)
            else:
                header.setSectionResizeMode(number, QHeaderView.ResizeMode.Stretch)

    def _lay_out(self) -> None:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, SPACE.MD, 0, 0)
        column.setSpacing(SPACE.SM)
        column.addLayout(self._bar())
        splitter = QSplitter(Qt.Orientation.Vertical)
        splitter.setChildrenCollapsible(False)
        splitter.setHandleWidth(1)
        self.table.setMinimumHeight(2 * ENTRY_HEIGHT + 36)
        splitter.addWidget(self.table)
        splitter.addWidget(self._editor())
        splitter.setSizes(self._context.settings.splitter(SPLITTER) or [300, 420])
        splitter.splitterMoved.connect(
            lambda: self._context.settings.remember_splitter(SPLITTER, splitter.sizes())
        )
        column.addWidget(splitter, 1)
        self.addWidget(page)
        self.addWidget(self.empty)
        tab_through(
            self.bring, self.up, self.down, self.copy, self.remove, self.write, self.add, self.table,
            self.form.name.edit,
        )  # fmt: skip

    def _bar(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(SPACE.PAGE_EDGE, 0, SPACE.PANE_EDGE, 0)
        row.setSpacing(2)
        row.addWidget(self._facts, 1)
        for button in (self.bring, self.up, self.down, self.copy, self.remove):
            row.addWidget(button)
        row.addSpacing(SPACE.SM)
        row.addWidget(self.write)
        row.addWidget(self.add)
        return row

    def _editor(self) -> QScrollArea:
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(SPACE.PAGE_EDGE, SPACE.LG, SPACE.PAGE_EDGE, SPACE.LG)
        self.form.setMaximumWidth(864)
        column.addWidget(self.form)
        scroll = scrolled(content)
        scroll.setMinimumHeight(112)
        return scroll

    def _connect(self) -> None:
        self.table.selectionModel().currentRowChanged.connect(self._on_row_changed)
        self.table.row_dropped.connect(self._move)
        self.table.step_requested.connect(self._step)
        self.table.delete_requested.connect(self._remove)
        for button in (self.add, self.empty.action):
            button.clicked.connect(self._add)
        self.bring.clicked.connect(self.import_requested)
        self.empty.third.clicked.connect(self.import_requested)
        self.copy.clicked.connect(self._duplicate)
        self.remove.clicked.connect(self._remove)
        self.up.clicked.connect(lambda: self._step(-1))
        self.down.clicked.connect(lambda: self._step(1))
        self.form.row_shown.connect(self.row_shown)
        duplicate = QShortcut(QKeySequence("Ctrl+D"), self)
        duplicate.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        duplicate.activated.connect(self._duplicate)

    @property
    def row(self) -> int:
        """The chosen row; -1 when there is none."""
        return self.table.currentIndex().row()

    def set_document(self, document: CardDocument) -> None:
        """Edit the lorebook of another card."""
        if self._document is not None:
            self._document.changed.disconnect(self._on_changed)
        self._document = document
        self.model.set_document(document)
        document.changed.connect(self._on_changed)
        self.select(0)
        self._refresh()

    def show_path(self, path: str) -> None:
        """Choose the entry that a path names."""
        if "[" in path:
            self.select(index_in(path))

    def select(self, row: int) -> None:
        """Choose a row and bring it into view."""
        if not self.model.rowCount():
            return
        index = self.model.index(max(0, min(row, self.model.rowCount() - 1)), 1)
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
        self.table.selectionModel().setCurrentIndex(index, flags)
        self.table.scrollTo(index)

    def _on_row_changed(self, current: QModelIndex, _: QModelIndex) -> None:
        if current.isValid():
            self._show_row()

    def _on_changed(self, change: Change) -> None:
        if change.touches("character_book"):
            if self.row < 0:
                self.select(0)
            self._refresh()

    def _refresh(self) -> None:
        count = self.model.rowCount()
        self.setCurrentIndex(0 if count else 1)
        total = sum(tokens(entry.content) for entry in self._document.entries) if self._document else 0
        noun = "entry" if count == 1 else "entries"
        self._facts.setText(f"{count:,} {noun} · about {total:,} tokens")
        self._show_row()

    def _show_row(self) -> None:
        row = self.row
        if self._document is None or not 0 <= row < len(self._document.entries):
            return
        self.up.setEnabled(row > 0)
        self.down.setEnabled(row < self.model.rowCount() - 1)
        self.form.show_entry(self._document, row)

    def _add(self) -> None:
        self.select(self.model.add())
        self.form.name.edit.setFocus()

    def _duplicate(self) -> None:
        if self.row >= 0:
            self.select(self.model.duplicate(self.row))

    def _remove(self) -> None:
        row = self.row
        self.model.remove(row)
        self.select(row)

    def _step(self, step: int) -> None:
        row = self.row
        if 0 <= row + step < self.model.rowCount():
            self._move(row, row + step + (step > 0))

    def _move(self, start: int, target: int) -> None:
        self.model.move(start, target)
        self.select(target - (target > start))
