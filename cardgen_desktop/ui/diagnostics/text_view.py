"""A long text to be read, filled in slices so that the window stays alive."""

from PySide6.QtCore import QTimer
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QPlainTextEdit

from ..context import UiContext

SLICE = 65_536


class TextView(QPlainTextEdit):
    """Shows a text exactly as it is; a megabyte arrives a slice at a time."""

    def __init__(self, name: str, *, context: UiContext) -> None:
        super().__init__()
        self._text, self._filled = "", 0
        self._next = QTimer(self, singleShot=True, interval=0)
        self._next.timeout.connect(self._fill)
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setTabChangesFocus(True)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setFont(context.theme.font("small"))
        self.setAccessibleName(name)

    @property
    def text(self) -> str:
        """The whole text."""
        return self._text

    @property
    def is_whole(self) -> bool:
        """Whether all of the text is there."""
        return self._filled >= len(self._text)

    def show_text(self, text: str) -> None:
        """Show another text from its beginning; the same one stays where it is."""
        if text == self._text:
            return
        self._next.stop()
        self._text, self._filled = text, min(len(text), SLICE)
        self.setPlainText(text[:SLICE])
        if not self.is_whole:
            self._next.start()

    def _fill(self) -> None:
        end = min(len(self._text), self._filled + SLICE)
        cursor = QTextCursor(self.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.insertText(self._text[self._filled : end])
        self._filled = end
        if not self.is_whole:
            self._next.start()
