"""The form of one lorebook entry."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QIntValidator
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ...domain.card import LorebookEntry
from ..components import Check, Combo, FlowLayout, Label
from ..context import UiContext
from ..theme import HEIGHT, SPACE
from .chip_field import ChipField
from .document import CardDocument
from .fields import ENTRY_HELP, entry_path
from .line_row import CardLine, LineRow
from .lorebook_model import name_of
from .prose_field import ProseField
from .row_views import tab_through

POSITIONS: tuple[tuple[str, object], ...] = (
    ("Where the program puts it", None),
    ("Before the character", "before_char"),
    ("After the character", "after_char"),
)
MAX_ORDER = 1_000_000


class EntryForm(QWidget):
    """Keys, content and switches of an entry; every change goes through the document's history.

    Signals: `row_shown` after another entry, or another version of it, is shown.
    """

    row_shown = Signal()

    def __init__(self, *, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._document: CardDocument | None = None
        self._row = -1
        self.name = LineRow("name", "Name", "A label for you. Never sent.", context=context)
        self.keys = ChipField("key", context=context)
        self.content = ProseField(
            entry_path(0), "Content", ENTRY_HELP, context=context, min_lines=3, max_lines=14, keep_height=True
        )
        self.enabled = Check("On", context=context)
        self.constant = Check("Always sent", context=context)
        self.case = Check("Match capitals", context=context)
        self.order = CardLine(context=context)
        self.position = Combo(POSITIONS, context=context, name="Position")
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        self.order.setFixedWidth(72)
        self.order.setAccessibleName("Order")
        self.order.setToolTip("Entries with a lower order come earlier in what is sent.")
        self.order.setValidator(QIntValidator(-MAX_ORDER, MAX_ORDER, self.order))
        self.constant.setToolTip("Sent with every message, whether a key was said or not.")
        self.case.setToolTip("A key counts only when it is written with the same capitals.")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE.MD)
        column.addWidget(self.name)
        column.addLayout(self._labelled("Keys", self.keys))
        column.addWidget(self.content)
        column.addWidget(self._switches())
        column.addStretch(1)
        switches = (self.enabled, self.constant, self.case, self.order, self.position)
        tab_through(self.name.edit, self.keys.input, self.content.edit, *switches)

    def _labelled(self, text: str, widget: QWidget) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(6)
        column.addWidget(Label(text, context=self._context, role="small_strong"))
        column.addWidget(widget)
        return column

    def _switches(self) -> QWidget:
        box = QWidget()
        flow = FlowLayout(box, gap=SPACE.MD)
        for check in (self.enabled, self.constant, self.case):
            flow.addWidget(self._beside("", check))
        flow.addWidget(self._beside("Order", self.order))
        flow.addWidget(self._beside("Position", self.position))
        return box

    def _beside(self, text: str, widget: QWidget) -> QWidget:
        """A widget behind its label, as high as its neighbours so that all share one middle."""
        pair = QWidget()
        pair.setFixedHeight(HEIGHT.NORMAL)
        row = QHBoxLayout(pair)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE.SM)
        if text:
            row.addWidget(Label(text, context=self._context, role="small", ink="muted"))
        row.addWidget(widget)
        return pair

    def _connect(self) -> None:
        self.name.typed.connect(self._on_name_typed)
        self.keys.changed.connect(self._on_keys_changed)
        self.enabled.clicked.connect(self._on_enabled)
        self.constant.clicked.connect(self._on_constant)
        self.case.clicked.connect(self._on_case)
        self.order.editingFinished.connect(self._on_order)
        self.position.activated.connect(self._on_position)

    def show_entry(self, document: CardDocument, row: int) -> None:
        """Show an entry of a card; also called after every change of it."""
        self._document, self._row = document, row
        entry = document.entries[row]
        self.name.set_text(entry.name or "")
        self.name.edit.setPlaceholderText(entry.comment or (entry.keys[0] if entry.keys else ""))
        self.keys.set_values(entry.keys)
        self.content.path = entry_path(row)
        self.content.set_text(entry.content)
        self.enabled.setChecked(entry.enabled)
        self.constant.setChecked(bool(entry.constant))
        self.case.setChecked(bool(entry.case_sensitive))
        if not self.order.hasFocus():
            self.order.setText(f"{entry.insertion_order:g}")
        self._show_position(entry)
        self.row_shown.emit()

    def _show_position(self, entry: LorebookEntry) -> None:
        index = self.position.findData(entry.position)
        if index < 0:  # a place that only another program knows is kept and shown as it is
            self.position.addItem(str(entry.position), entry.position)
            index = self.position.count() - 1
        self.position.setCurrentIndex(index)

    def _edit(self, verb: str, *, merge: bool = False, **fields: object) -> None:
        if self._document is not None and 0 <= self._row < len(self._document.entries):
            name = f"{verb} {name_of(self._document.entries[self._row])}"
            self._document.edit_entry(self._row, fields, name=name, merge=merge)

    def _on_name_typed(self, _: str, text: str) -> None:
        self._edit("renaming", merge=True, name=text)

    def _on_keys_changed(self, keys: tuple[str, ...]) -> None:
        self._edit("changing the keys of", keys=keys)

    def _on_enabled(self, on: bool) -> None:
        self._edit("turning on" if on else "turning off", enabled=on)

    def _on_constant(self, on: bool) -> None:
        self._edit("always sending" if on else "no longer always sending", constant=on)

    def _on_case(self, on: bool) -> None:
        self._edit("matching capitals of", case_sensitive=on)

    def _on_order(self) -> None:
        text = self.order.text().strip()
        if text and self.order.hasAcceptableInput():
            self._edit("reordering", insertion_order=int(text))

    def _on_position(self, index: int) -> None:
        self._edit("placing", position=self.position.itemData(index))
