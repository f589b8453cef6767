"""A list of short words as chips: tags of a card, keys of a lorebook entry."""

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ..components import Chip, FlowLayout, LineField, tooltip
from ..context import UiContext

MAX_SHOWN = 48
"""Longer words are cut on their chip; the tooltip has them whole."""


class ChipField(QWidget):
    """Words with a field to add more. Enter and a comma add; Backspace in the empty field removes the last.

    Signals: `changed(tuple of str)` when the person added or removed a word.
    """

    changed = Signal(object)

    def __init__(
        self, noun: str, *, context: UiContext, placeholder: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._context, self._noun = context, noun
        self._values: tuple[str, ...] = ()
        self._chips: list[Chip] = []
        self.input = LineField(context=context, placeholder=placeholder or f"Add a {noun}", dense=True)
        self.input.setAccessibleName(f"Add a {noun}")
        self.input.setFixedWidth(160)
        self.input.installEventFilter(self)
        self.input.editingFinished.connect(self._add_typed)
        self.input.textEdited.connect(self._on_edited)
        chips = QWidget()
        self._flow = FlowLayout(chips, gap=6)
        self._flow.addWidget(self.input)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(chips)

    @property
    def values(self) -> tuple[str, ...]:
        """The words, in order."""
        return self._values

    def set_values(self, values: tuple[str, ...]) -> None:
        """Show other words."""
        if values == self._values:
            return
        self._values = values
        for chip in self._chips:
            self._flow.removeWidget(chip)
            chip.hide()
            chip.setParent(None)
            chip.deleteLater()
        self._flow.removeWidget(self.input)
        before = self._before()
        self._chips = [self._chip(index, value) for index, value in enumerate(values)]
        for widget in (*self._chips, self.input):
            self._flow.addWidget(widget)
            if widget is not before:
                QWidget.setTabOrder(before, widget)
            widget.show()
            before = widget
        self.updateGeometry()

    def _before(self) -> QWidget:
        """What Tab visits before the first chip. One around the chips would not do."""
        widget = self.input.previousInFocusChain()
        while widget is not None and widget is not self.input:
            if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and not self.isAncestorOf(widget):
                return widget
            widget = widget.previousInFocusChain()
        return self.input

    def _chip(self, index: int, value: str) -> Chip:
        shown = value if len(value) <= MAX_SHOWN else value[: MAX_SHOWN - 1] + "…"
        chip = Chip(shown, context=self._context, removable=True, parent=self)
        chip.setToolTip(tooltip(value) if shown != value else "")
        chip.remove_requested.connect(lambda: self._remove(index))
        return chip

    def _remove(self, index: int) -> None:
        self._tell((*self._values[:index], *self._values[index + 1 :]))
        rest = self._chips
        following = rest[min(index, len(rest) - 1)] if rest else self.input
        following.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_edited(self, text: str) -> None:
        if "," in text and not text.lstrip().startswith("/"):  # a pattern may hold commas
            self._add_typed()

    def _add_typed(self) -> None:
        text = self.input.text()
        parts = [text] if text.lstrip().startswith("/") else text.split(",")
        words = dict.fromkeys(part.strip() for part in parts)
        new = tuple(word for word in words if word and word not in self._values)
        self.input.clear()
        if new:
            self._tell((*self._values, *new))

    def _tell(self, values: tuple[str, ...]) -> None:
        self.set_values(values)
        self.changed.emit(values)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and watched is self.input:
            if event.key() == Qt.Key.Key_Backspace and not self.input.text() and self._values:
                self._tell(self._values[:-1])
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._add_typed()
                return True
        return super().eventFilter(watched, event)
