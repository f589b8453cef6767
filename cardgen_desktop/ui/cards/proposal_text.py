"""The text of a proposal: both versions with what changes marked, or one that grows while it is written."""

from collections.abc import Iterator

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import (
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
)
from PySide6.QtWidgets import QFrame, QSizePolicy, QTextEdit

from ..context import UiContext
from ..fonts import ROLES
from ..painting import ink, stroke_rounded
from .hunks import Piece
from .underlines import x_of

LOWEST, HIGHEST = 56, 420
GROWS_BY = 81
OUTLINE_RADIUS = 3


class ProposalText(QTextEdit):
    """Removed words struck through, new ones underlined, the current change outlined. It can only be read."""

    def __init__(self, *, context: UiContext, highest: int = HIGHEST) -> None:
        super().__init__()
        self._context, self._highest = context, highest
        self._streamed, self._is_streaming = "", False
        self._current = (0, 0)
        self.words, self._words_before, self._counted_to = 0, 0, 0
        self.setReadOnly(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setUndoRedoEnabled(False)
        self.setTabChangesFocus(True)
        self.setProperty("bare", True)
        self.setAccessibleName("Proposal")
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.document().setDocumentMargin(0)
        # Painted opaque: else everything behind it is painted anew for each few words that come.
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._height = 0
        self.document().documentLayout().documentSizeChanged.connect(lambda _size: self._fit())
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        height = round(self.document().size().height()) + 4
        if self._is_streaming:  # in steps: what stands below is not moved for every line
            height = -(-height // GROWS_BY) * GROWS_BY
        return QSize(400, max(LOWEST, min(self._highest, height)))

    def minimumSizeHint(self) -> QSize:
        return QSize(120, LOWEST)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Tell the page when another height is wanted; a text that is higher than its room asks no more."""
        height = self.sizeHint().height()
        if height != self._height:
            self._height = height
            self.updateGeometry()

    def stream(self, text: str) -> None:
        """Show a text that grows: only what is new is written, and the place one reads stays."""
        bar = self.verticalScrollBar()
        follows = bar.value() >= bar.maximum() - 4
        goes_on = self._is_streaming and text.startswith(self._streamed)
        cursor = QTextCursor(self.document()) if goes_on else self._begin()
        cursor.setPosition(self.document().characterCount() - 1)
        self._is_streaming = True
        cursor.insertText(text[len(self._streamed) :] if goes_on else text, QTextCharFormat())
        self._count(text, len(self._streamed) if goes_on else 0)
        self._streamed = text
        if follows:
            bar.setValue(bar.maximum())

    def _count(self, text: str, known: int) -> None:
        """Count the words of a text that grew: what was counted before is not looked at again."""
        if not known:
            self._words_before, self._counted_to = 0, 0
        end = max(text.rfind(" ", known), text.rfind("\n", known))
        if end >= 0:
            self._words_before += len(text[self._counted_to : end].split())
            self._counted_to = end
        self.words = self._words_before + len(text[self._counted_to :].split())

    def show_whole(self, text: str) -> None:
        """Show a text that stands in place of nothing, so that there is nothing to compare."""
        self._begin().insertText(text, QTextCharFormat())
        self.moveCursor(QTextCursor.MoveOperation.Start)

    def show_pieces(self, pieces: tuple[Piece, ...], accepted: list[bool | None], current: int) -> None:
        """Show every piece; a decided hunk looks like text that stays, the current one is outlined."""
        cursor, number = self._begin(), -1
        for piece in pieces:
            if not piece.is_hunk:
                cursor.insertText(piece.before, QTextCharFormat())
                continue
            number += 1
            start = cursor.position()
            self._insert_hunk(cursor, piece, accepted[number])
            if number == current:
                self._current = (start, cursor.position())
        cursor.setPosition(self._current[0])
        self.setTextCursor(cursor)
        self.ensureCursorVisible()

    def paintEvent(self, event: QPaintEvent) -> None:
        ground = ink(self._context.theme.tokens, "surface")
        QPainter(self.viewport()).fillRect(event.rect(), ground)
        super().paintEvent(event)
        if self._current[0] < self._current[1]:
            painter = QPainter(self.viewport())
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.translate(0, -self.verticalScrollBar().value())
            for rect in self._outlines():
                stroke_rounded(painter, rect, OUTLINE_RADIUS, ink(self._context.theme.tokens, "accent"))

    def _begin(self) -> QTextCursor:
        """Empty the document; a cursor that writes lines as high as those of the fields."""
        self._streamed, self._is_streaming, self._current = "", False, (0, 0)
        zoom = self._context.settings.value.prose_zoom / 100
        self.setFont(self._context.theme.font("prose", zoom))
        self.clear()
        form = QTextBlockFormat()
        height = round(ROLES["prose"].line * zoom)
        form.setLineHeight(height, QTextBlockFormat.LineHeightTypes.FixedHeight.value)
        cursor = QTextCursor(self.document())
        cursor.setBlockFormat(form)
        return cursor

    def _insert_hunk(self, cursor: QTextCursor, piece: Piece, accepted: bool | None) -> None:
        if accepted is not None:
            cursor.insertText(piece.after if accepted else piece.before, QTextCharFormat())
            return
        cursor.insertText(piece.before, self._format("danger", strike=True))
        cursor.insertText(piece.after, self._format("success", strike=False))

    def _format(self, token: str, *, strike: bool) -> QTextCharFormat:
        form, theme = QTextCharFormat(), self._context.theme
        form.setForeground(theme.color(token))
        form.setBackground(theme.color(f"{token}_wash"))
        form.setFontStrikeOut(strike)
        form.setFontUnderline(not strike)
        return form

    def _outlines(self) -> Iterator[QRectF]:
        """The rectangles of the current change, one for each of its lines."""
        start, end = self._current
        block = self.document().findBlock(start)
        while block.isValid() and block.position() < end:
            yield from self._in_block(block, start - block.position(), end - block.position())
            block = block.next()

    def _in_block(self, block: QTextBlock, start: int, end: int) -> Iterator[QRectF]:
        layout = block.layout()
        corner = self.document().documentLayout().blockBoundingRect(block).topLeft()
        for number in range(layout.lineCount()):
            line = layout.lineAt(number)
            first, last = max(start, line.textStart()), min(end, line.textStart() + line.textLength())
            if first < last:
                x = sorted((x_of(line.cursorToX(first)), x_of(line.cursorToX(last))))
                top = corner.y() + line.y()
                yield QRectF(corner.x() + x[0], top + 1, x[1] - x[0], line.height() - 2).adjusted(-1, 0, 1, 0)
