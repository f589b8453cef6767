"""The greetings of a card: a list to reorder, and the text of the chosen one."""

from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from ..components import Button, Label
from ..context import UiContext
from ..theme import SPACE
from .document import CardDocument, Change
from .fields import FIELDS_BY_KEY, GREETING_HELP, GROUP_GREETING_HELP
from .greetings_model import KEYS, GreetingsModel
from .prose_field import ProseField
from .row_delegates import GreetingDelegate
from .row_views import RowList, row_button, scrolled, tab_through

LIST_WIDTH = 248
HINT = "A chat begins with the first message; the others can be chosen instead."
GROUP_HINT = "Offered only where several characters chat together; other chats never begin with it."
MIN_LINES, MAX_LINES = 8, 18


class GreetingsForm(QWidget):
    """Add, remove, reorder, make one the first message. The list's first row is the first message itself.

    Signals: `row_shown` when another greeting is shown.
    """

    row_shown = Signal()

    def __init__(self, *, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._document: CardDocument | None = None
        self.model = GreetingsModel()
        self.list = RowList()
        self.list.setProperty("clear", True)
        self.list.setAccessibleName("Greetings")
        self.list.setModel(self.model)
        self.list.setItemDelegate(GreetingDelegate(self.model.title, context=context, parent=self.list))
        self.field = ProseField(
            "first_mes", FIELDS_BY_KEY["first_mes"].label, FIELDS_BY_KEY["first_mes"].help,
            context=context, min_lines=MIN_LINES, max_lines=MAX_LINES, keep_height=True,
        )  # fmt: skip
        self.add = Button("Add greeting", context=context, variant="outline", size="small", icon="plus")
        self.write = Button(
            "Write another greeting…", context=context, variant="ghost", size="small", icon="draft"
        )
        self.add_group = Button(
            "Add group greeting", context=context, variant="ghost", size="small", icon="plus"
        )
        self.add_group.setToolTip(GROUP_GREETING_HELP)
        self.up = row_button("Move up", "chevron-up", "Alt+Up", context=context)
        self.down = row_button("Move down", "chevron-down", "Alt+Down", context=context)
        self.remove = row_button("Remove greeting", "trash", "Del", context=context)
        self.hint = Label(context=context, role="caption", ink="muted", wrap=True)
        self.promote = Button("Use as first message", context=context, variant="ghost", size="small")
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        tools = QHBoxLayout()
        tools.setSpacing(2)
        tools.addWidget(self.add)
        tools.addStretch(1)
        for button in (self.up, self.down, self.remove):
            tools.addWidget(button)
        column = QWidget()
        column.setFixedWidth(LIST_WIDTH)
        left = QVBoxLayout(column)
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(6)
        left.addLayout(tools)
        left.addWidget(self.write, 0, Qt.AlignmentFlag.AlignLeft)
        left.addWidget(self.list, 1)
        left.addWidget(self.add_group, 0, Qt.AlignmentFlag.AlignLeft)
        left.addSpacing(SPACE.MD)
        page = QHBoxLayout(self)
        page.setContentsMargins(SPACE.PAGE_EDGE, SPACE.LG, 0, 0)
        page.setSpacing(SPACE.LG)
        page.addWidget(column)
        page.addWidget(self._editor(), 1)
        tab_through(
            self.add, self.up, self.down, self.remove, self.write, self.list, self.add_group,
            self.promote, self.field.edit,
        )  # fmt: skip

    def _editor(self) -> QScrollArea:
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, SPACE.PAGE_EDGE, SPACE.LG)
        column.addWidget(self.field)
        column.addWidget(self.promote, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.hint)
        column.addStretch(1)
        return scrolled(content)

    def _connect(self) -> None:
        self.list.selectionModel().currentRowChanged.connect(self._on_row_changed)
        self.list.row_dropped.connect(self._move)
        self.list.step_requested.connect(self._step)
        self.list.delete_requested.connect(self._remove)
        self.add.clicked.connect(lambda: self._add())
        self.add_group.clicked.connect(lambda: self._add(is_group=True))
        self.remove.clicked.connect(self._remove)
        self.promote.clicked.connect(self._promote)
        self.up.clicked.connect(lambda: self._step(-1))
        self.down.clicked.connect(lambda: self._step(1))

    @property
    def row(self) -> int:
        """The chosen row; 0 is the first message."""
        return max(0, self.list.currentIndex().row())

    def set_document(self, document: CardDocument) -> None:
        """Edit the greetings of another card."""
        if self._document is not None:
            self._document.changed.disconnect(self._on_changed)
        self._document = document
        self.model.set_document(document)
        document.changed.connect(self._on_changed)
        self.select(0)

    def show_path(self, path: str) -> None:
        """Choose the greeting that a path names."""
        if path in KEYS or "[" in path:
            self.select(self.model.row_of(path))

    def select(self, row: int) -> None:
        """Choose a row."""
        row = max(0, min(row, self.model.rowCount() - 1))
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect
        self.list.selectionModel().setCurrentIndex(self.model.index(row, 0), flags)
        self._show_row()

    def _on_row_changed(self, current: QModelIndex, _: QModelIndex) -> None:
        if current.isValid():
            self._show_row()

    def _on_changed(self, change: Change) -> None:
        if change.touches(*KEYS):
            self._show_row()

    def _show_row(self) -> None:
        if self._document is None:
            return
        row = self.row
        self.field.path = self.model.path(row)
        self.field.set_label(self.model.title(row))
        self.field.set_text(self._document.text(self.field.path))
        is_group = self.model.is_group(row)
        help_ = GROUP_GREETING_HELP if is_group else GREETING_HELP
        self.field.edit.set_hint(help_ if row else FIELDS_BY_KEY["first_mes"].help)
        self.hint.setText(GROUP_HINT if is_group else HINT)
        self.promote.setVisible(row > 0 and not is_group)
        self.remove.setEnabled(row > 0)
        self.remove.setText("Remove greeting" if row else "The first message can be emptied, not removed")
        first = self.model.first_group if is_group else 0
        last = self.model.rowCount() if is_group else self.model.first_group
        self.up.setEnabled(row > first)
        self.down.setEnabled(row < last - 1)
        self.row_shown.emit()

    def _add(self, *, is_group: bool = False) -> None:
        self.select(self.model.add(is_group=is_group))
        self.field.edit.setFocus()

    def _remove(self) -> None:
        row = self.row
        self.model.remove(row)
        self.select(row)

    def _promote(self) -> None:
        self._move(self.row, 0)

    def _step(self, step: int) -> None:
        row = self.row
        if 0 <= row + step < self.model.rowCount():
            self._move(row, row + step + (step > 0))

    def _move(self, start: int, target: int) -> None:
        target = self.model.place_of(start, target)
        self.model.move(start, target)
        self.select(target - (target > start))
