"""A template beside the shipped one it was made from: removed lines struck out, own lines underlined."""

from collections.abc import Sequence

from PySide6.QtGui import QTextBlockFormat, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QTextEdit

from ..context import UiContext
from .words import Change, DiffLine

SAME = "The same as the shipped style."
SHIPPED = "This is the shipped style. Copy it to change it."
_SIGNS = {"same": "   ", "removed": "−  ", "added": "+  "}
_LOOKS: dict[Change, tuple[str, str]] = {
    "same": ("muted", ""),
    "removed": ("danger", "danger_wash"),
    "added": ("success", "success_wash"),
}


class DifferenceView(QTextEdit):
    """Shows lines with what became of them; plain text in a text document, so that lines have a ground."""

    def __init__(self, *, context: UiContext) -> None:
        super().__init__()
        self._context = context
        self._lines: tuple[DiffLine, ...] = ()
        self._sentence = SAME
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setAcceptRichText(False)
        self.setTabChangesFocus(True)
        self.setFont(context.theme.font("body"))
        self.setAccessibleName("Difference to the shipped style")
        context.theme.changed.connect(self._fill)

    def show_lines(self, lines: Sequence[DiffLine], sentence: str = SAME) -> None:
        """Show a comparison, or the sentence when there is none."""
        self._lines, self._sentence = tuple(lines), sentence
        self._fill()

    def _fill(self) -> None:
        self.clear()
        cursor = self.textCursor()
        if not self._lines:
            cursor.insertText(self._sentence, self._char("same"))
            return
        cursor.beginEditBlock()
        for number, line in enumerate(self._lines):
            if number:
                cursor.insertBlock()
            cursor.setBlockFormat(self._block(line.change))
            cursor.insertText(_SIGNS[line.change] + line.text, self._char(line.change))
        cursor.endEditBlock()
        self.moveCursor(QTextCursor.MoveOperation.Start)

    def _block(self, change: Change) -> QTextBlockFormat:
        form = QTextBlockFormat()
        if ground := _LOOKS[change][1]:
            form.setBackground(self._context.theme.color(ground))
        return form

    def _char(self, change: Change) -> QTextCharFormat:
        form = QTextCharFormat()
        form.setForeground(self._context.theme.color(_LOOKS[change][0]))
        form.setFontStrikeOut(change == "removed")
        return form
