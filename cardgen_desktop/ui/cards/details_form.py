"""Portrait, name, tags, and the fields for people rather than models."""

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from ..components import Label
from ..context import UiContext
from ..theme import SPACE
from .avatar_field import AvatarField
from .card_form import FormScroll
from .chip_field import ChipField
from .document import CardDocument, Change
from .fields import fields_of
from .kept_fields import KeptFields
from .line_row import LineRow
from .row_views import tab_through


class DetailsForm(FormScroll):
    """Lines and chips beside the portrait, longer texts below.

    Signals: those of the form, and `line_typed(path, text)`.
    """

    line_typed = Signal(str, str)

    def __init__(self, *, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(context=context, parent=parent)
        self._document: CardDocument | None = None
        self.flow: QObject | None = None  # carries pictures; given by the editor
        self.avatar = AvatarField(context=context)
        self.lines = {
            spec.key: LineRow(spec.key, spec.label, spec.help, context=context)
            for spec in fields_of("details", "line")
        }
        self.tags = ChipField("tag", context=context)
        self.tags.changed.connect(self._on_tags_changed)
        self.column.addLayout(self._top())
        self.column.addSpacing(SPACE.LG)
        self.add_fields(fields_of("details", "prose"))
        self.kept = KeptFields(context=context)
        self.column.insertWidget(self.column.count() - 1, self.kept)
        lines = [line.edit for line in self.lines.values()]
        tab_through(*lines, self.tags.input, *(field.edit for field in self.fields))
        for line in self.lines.values():
            line.typed.connect(self.line_typed)

    def _top(self) -> QHBoxLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(SPACE.LG)
        grid.setVerticalSpacing(SPACE.LG)
        for number, line in enumerate(self.lines.values()):
            grid.addWidget(line, number // 2, number % 2)
        right = QVBoxLayout()
        right.setSpacing(SPACE.LG)
        right.addLayout(grid)
        tags = QVBoxLayout()
        tags.setSpacing(6)
        tags.addWidget(Label("Tags", context=self.context, role="small_strong"))
        tags.addWidget(self.tags)
        right.addLayout(tags)
        right.addStretch(1)
        row = QHBoxLayout()
        row.setSpacing(SPACE.SM)
        row.addWidget(self.avatar)
        row.addLayout(right, 1)
        return row

    def set_document(self, document: CardDocument) -> None:
        """Edit another card."""
        if self._document is not None:
            self._document.changed.disconnect(self._on_changed)
        self._document = document
        document.changed.connect(self._on_changed)
        self._on_changed(Change((), "", by_history=False))

    def focus_path(self, path: str) -> None:
        """Put the focus into the field a path names."""
        if path in self.lines:
            self.lines[path].edit.setFocus()
        else:
            super().focus_path(path)

    def show_portrait(self) -> None:
        """Show the picture of the card, or the one made from its name."""
        if self._document is not None:
            self.avatar.show_portrait(self._document.data.name, self._document.record.avatar)

    def _on_changed(self, change: Change) -> None:
        if self._document is None:
            return
        for key, line in self.lines.items():
            if change.touches(key):
                line.set_text(self._document.text(key))
        self.show_texts(self._document, change)
        if change.touches("name"):
            self.show_portrait()
        if change.touches("source", "creator_notes_multilingual"):
            self.kept.show_data(self._document.data)
        if change.touches("tags"):
            self.tags.set_values(self._document.data.tags)

    def _on_tags_changed(self, tags: tuple[str, ...]) -> None:
        if self._document is not None:
            more = len(tags) > len(self._document.data.tags)
            self._document.edit("tags", tags, name="adding a tag" if more else "removing a tag")
