"""The main tab: the texts that make the character, and which lorebook entries they would trigger."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from ..components import Button, ElidedLabel, Hairline
from ..context import UiContext
from ..theme import SPACE
from .budget import triggered_by
from .document import CardDocument, Change
from .fields import FieldSpec, fields_of
from .plain_prose import as_shown
from .prose_field import ProseField
from .source_line import LineIcon

MAX_WIDTH = 864
NAMES_SHOWN = 4
TRIGGER_DELAY = 200
"""Milliseconds after a key; with many entries and long texts the search would be felt in each of them."""


class FormScroll(QScrollArea):
    """A scrolling column of fields, left-aligned and at most 864 wide.

    Signals: `text_shown(ProseField)` when a box shows a text that was not typed into it.
    """

    text_shown = Signal(object)

    def __init__(self, *, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.fields: list[ProseField] = []
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        content = QWidget()
        content.setProperty("clear", True)
        self.setWidget(content)
        self.inner = inner = QWidget(content)
        inner.setMaximumWidth(MAX_WIDTH)
        self.column = QVBoxLayout(inner)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(2)
        row = QHBoxLayout(content)
        row.setContentsMargins(SPACE.PAGE_EDGE, SPACE.LG, SPACE.PAGE_EDGE, SPACE.LG)
        row.setSpacing(0)
        row.addWidget(inner, 1)

    def add_fields(self, specs: Sequence[FieldSpec]) -> None:
        """Add text fields below what is there."""
        for spec in specs:
            field = ProseField.of(spec, context=self.context, parent=self.inner)
            self.fields.append(field)
            self.column.addWidget(field)
        self.column.addStretch(1)

    def show_texts(self, document: CardDocument, change: Change) -> None:
        """Show the texts that changed."""
        for field in self.fields:
            if not change.touches(field.path):
                continue
            text = document.text(field.path)
            if not change.keys or field.edit.text != as_shown(text):
                field.set_text(text)
                self.text_shown.emit(field)

    def focus_path(self, path: str) -> None:
        """Put the focus into the field a path names."""
        for field in self.fields:
            if field.path == path:
                field.edit.setFocus()
                self.ensureWidgetVisible(field, 0, SPACE.LG)


class TriggerLine(QWidget):
    """The foot of the form: lorebook entries that the focused text names.

    Signals: `lorebook_requested`.
    """

    lorebook_requested = Signal()

    def __init__(self, *, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = ElidedLabel(context=context, role="small", ink="muted")
        self._open = Button("Open lorebook", context=context, variant="link", size="small")
        self._open.clicked.connect(self.lorebook_requested)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE.PAGE_EDGE, 0, SPACE.PAGE_EDGE, 0)
        column.setSpacing(0)
        column.addWidget(Hairline())
        row = QHBoxLayout()
        row.setContentsMargins(0, SPACE.XS, 0, SPACE.XS)
        row.setSpacing(SPACE.SM)
        row.addWidget(LineIcon("lorebook", context=context))
        row.addWidget(self._words, 1)
        row.addWidget(self._open)
        column.addLayout(row)
        self.setFixedHeight(44)

    @property
    def words(self) -> str:
        """What the line says."""
        return self._words.text()

    def show_triggers(self, names: Sequence[str], entries: int) -> None:
        """Name the entries that a text would trigger, out of so many."""
        self._words.setText(trigger_words(names, entries))


def trigger_words(names: Sequence[str], entries: int) -> str:
    """One sentence about the lorebook and a text."""
    if not entries:
        return "No lorebook yet: places and people the card should know when they are named."
    if not names:
        return "No lorebook entry is named here."
    left = len(names) - NAMES_SHOWN
    shown = list(names[:NAMES_SHOWN]) + ([f"{left} more"] if left > 0 else [])
    listed = " and ".join(part for part in (", ".join(shown[:-1]), shown[-1]) if part)
    verb = "has a lorebook entry" if len(names) == 1 else "have lorebook entries"
    when = "it is named" if len(names) == 1 else "they are named"
    return f"{listed} {verb}: sent only when {when}."


class CardForm(QWidget):
    """Description to example messages, with the trigger line below.

    Signals: `lorebook_requested`.
    """

    lorebook_requested = Signal()

    def __init__(self, *, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document: CardDocument | None = None
        self._path = ""
        self._soon = QTimer(self, singleShot=True, interval=TRIGGER_DELAY)
        self._soon.timeout.connect(self._show_triggers)
        self.form = FormScroll(context=context, parent=self)
        self.form.add_fields(fields_of("card"))
        self.triggers = TriggerLine(context=context)
        self.triggers.lorebook_requested.connect(self.lorebook_requested)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.form, 1)
        column.addWidget(self.triggers)

    def set_document(self, document: CardDocument) -> None:
        """Edit another card."""
        if self._document is not None:
            self._document.changed.disconnect(self._on_changed)
        self._document = document
        document.changed.connect(self._on_changed)
        self._on_changed(Change((), "", by_history=False))
        self._show_triggers()

    def show_triggers_of(self, path: str) -> None:
        """Tell about the text that has the focus; about the whole card while there is none."""
        self._path = path
        self._show_triggers()

    def _show_triggers(self) -> None:
        if self._document is None:
            return
        path = self._path
        paths = [path] if path else [spec.key for spec in fields_of("card")]
        text = "\n".join(self._document.text(each) for each in paths)
        entries = self._document.entries
        self.triggers.show_triggers(triggered_by(text, entries), len(entries))

    def _on_changed(self, change: Change) -> None:
        if self._document is not None:
            self.form.show_texts(self._document, change)
            self._soon.start()
