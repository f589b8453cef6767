"""The text of a template: placeholders tinted, those that mean nothing in red."""

from collections.abc import Iterable

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QFocusEvent, QFont, QSyntaxHighlighter, QTextCharFormat, QTextDocument
from PySide6.QtWidgets import QPlainTextEdit

from ..context import UiContext
from ..theme import Theme
from .words import MACROS, PLACE

PAUSE_MILLISECONDS = 1200
LONGEST = 8000


def utf16(text: str) -> int:
    """Length in UTF-16 units, which Qt counts."""
    return len(text) + sum(mark > "\uffff" for mark in text)


class PlaceholderHighlighter(QSyntaxHighlighter):
    """Tints `{{placeholders}}`: known ones, those of the card, and others."""

    def __init__(self, document: QTextDocument, theme: Theme) -> None:
        super().__init__(document)
        self._theme = theme
        self._known: frozenset[str] = frozenset()

    def set_known(self, names: Iterable[str]) -> None:
        """Which placeholders mean something."""
        self._known = frozenset(names)
        self.rehighlight()

    def highlightBlock(self, text: str) -> None:
        """Called by Qt for each paragraph."""
        for match in PLACE.finditer(text):
            name = match[1]
            token = "accent" if name in self._known else "muted" if name in MACROS else "danger"
            form = QTextCharFormat()
            form.setForeground(self._theme.color(token))
            form.setFontWeight(QFont.Weight.DemiBold)
            start, end = utf16(text[: match.start()]), utf16(text[: match.end()])
            self.setFormat(start, end - start, form)


class TemplateEdit(QPlainTextEdit):
    """Edits one template.

    Signals: `settled(text)` a moment after the last key or when the focus leaves, if the text is another one.
    """

    settled = Signal(str)

    def __init__(self, *, context: UiContext) -> None:
        super().__init__()
        self._shown = ""
        self.highlighter = PlaceholderHighlighter(self.document(), context.theme)
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MILLISECONDS)
        self._pause.timeout.connect(self.commit)
        self.setFont(context.theme.font("body"))
        self.setTabChangesFocus(True)
        self.setAccessibleName("Template")
        self.textChanged.connect(self._on_changed)
        context.theme.changed.connect(self.highlighter.rehighlight)

    def show_text(self, text: str, *, read_only: bool) -> None:
        """Show another template."""
        self._pause.stop()
        self._shown = text
        self.setReadOnly(read_only)
        if text != self.toPlainText():
            self.setPlainText(text)
        self._shown = self.toPlainText()
        self._pause.stop()

    def insert(self, name: str) -> None:
        """Put a placeholder where the cursor is."""
        if not self.isReadOnly():
            self.textCursor().insertText(f"{{{{{name}}}}}")
            self.setFocus()

    def commit(self) -> None:
        """Tell the text now."""
        self._pause.stop()
        text = self.toPlainText()
        if not self.isReadOnly() and text != self._shown:
            self._shown = text
            self.settled.emit(text)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.commit()

    def _on_changed(self) -> None:
        # Tinting counts as a change too.
        if not self.isReadOnly() and self.toPlainText() != self._shown:
            self._pause.start()
