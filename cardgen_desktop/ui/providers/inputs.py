"""Fields with their label, their hint and what is wrong with them, in one column."""

from typing import Any

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QPlainTextEdit, QSizePolicy, QVBoxLayout, QWidget

from ..components import Label, LineField, repolish
from ..context import UiContext
from .form_fields import FieldSpec


class CodeField(QPlainTextEdit):
    """Several lines of code.

    Signals: `editing_finished` when the focus leaves.
    """

    editing_finished = Signal()

    def __init__(self, *, context: UiContext, placeholder: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFont(context.theme.font("small"))
        self.setPlaceholderText(placeholder)
        self.setTabChangesFocus(True)
        self.setFixedHeight(104)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.editing_finished.emit()

    def sizeHint(self) -> QSize:
        return QSize(320, 104)


class FormField(QWidget):
    """One field of the form, filled from its spec.

    Signals: `edited(FieldSpec, value)` when it was left or Enter was pressed with another, valid value;
    `typed` at every key; `refused(FieldSpec)` when what was typed is not valid.
    """

    edited = Signal(object, object)
    typed = Signal()
    refused = Signal(object)

    def __init__(self, spec: FieldSpec, *, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.spec = spec
        self._shown = ""
        self.label = Label(spec.label, context=context, role="small_strong", parent=self)
        self.input: LineField | CodeField
        if spec.is_code:
            self.input = CodeField(context=context, placeholder=spec.placeholder, parent=self)
            self.input.editing_finished.connect(self.commit)
            self.input.textChanged.connect(self.typed)
        else:
            self.input = LineField(context=context, placeholder=spec.placeholder, parent=self)
            self.input.editingFinished.connect(self.commit)
            self.input.textEdited.connect(lambda _text: self.typed.emit())
        self.input.setAccessibleName(spec.label)
        self.input.setAccessibleDescription(spec.hint)
        self.hint = Label(spec.hint, context=context, role="caption", ink="muted", wrap=True, parent=self)
        self.problem = Label(context=context, role="caption", ink="danger", wrap=True, parent=self)
        self.label.setBuddy(self.input)
        self._lay_out()

    @property
    def text(self) -> str:
        """What stands in the field."""
        return self.input.text() if isinstance(self.input, LineField) else self.input.toPlainText()

    @property
    def is_dirty(self) -> bool:
        """Whether something was typed that has not been taken yet."""
        return self.text != self._shown

    def show_value(self, value: Any) -> None:
        """Show a stored value; what is being typed is left alone only by not calling this."""
        self._put(self.spec.show(value))
        self.set_error("")

    def set_error(self, sentence: str) -> None:
        """Say what is wrong below the field, in place of the hint; nothing when all is well."""
        self.problem.setText(sentence)
        self.problem.setVisible(bool(sentence))
        self.hint.setVisible(bool(self.spec.hint) and not sentence)
        self.input.setAccessibleDescription(sentence or self.spec.hint)
        if bool(self.input.property("error")) != bool(sentence):
            self.input.setProperty("error", bool(sentence))
            repolish(self.input)

    def commit(self) -> None:
        """Take what was typed."""
        if not self.is_dirty:
            return
        try:
            value = self.spec.parse(self.text)
        except ValueError as error:
            self.set_error(str(error))
            self.refused.emit(self.spec)
            return
        self.show_value(value)
        self.edited.emit(self.spec, value)

    def _put(self, text: str) -> None:
        self._shown = text
        if isinstance(self.input, LineField):
            self.input.setText(text)
            self.input.setCursorPosition(0)
        else:
            self.input.setPlainText(text)
        self._shown = self.text

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for widget in (self.label, self.input, self.hint, self.problem):
            column.addWidget(widget)
        column.addStretch(1)
        self.problem.hide()
        self.hint.setVisible(bool(self.spec.hint))
