"""Dropping anything anywhere on the window, and saying before the release what it will do."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import (
    QEasingCurve,
    QEvent,
    QMimeData,
    QObject,
    QPointF,
    QRectF,
    Qt,
    QVariantAnimation,
    Signal,
)
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from ..domain.pasted_text import means_to_be_card
from .context import UiContext
from .forecast import Forecast, forecast
from .painting import dash_pen, draw_icon, fill_rounded, ink, paint_disc, paint_text
from .shadow import paint_shadow
from .theme import MOTION, RADIUS

PATH_LIMIT = 10_000
CARD_WIDTH, ROW_HEIGHT, ROWS_SHOWN = 560, 52, 5
HEAD, FOOT, AROUND = 136, 58, 24
"""Heights of the card above and below its rows, and the least room between the card and the window."""
_CENTRE = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter


def paths_from(mime: QMimeData) -> list[Path]:
    """The local files of a drag or of the clipboard, in order and once each, at most `PATH_LIMIT`."""
    if not mime.hasUrls():
        return []
    names = (url.toLocalFile() for url in mime.urls() if url.isLocalFile())
    return [Path(name) for name in dict.fromkeys(names) if name][:PATH_LIMIT]


def text_from(mime: QMimeData) -> str:
    """The plain text of a drag or of the clipboard, when it carries no files."""
    return "" if mime.hasUrls() else mime.text().strip()


class DropOverlay(QWidget):
    """Covers the window while something is dragged over it and says what letting go will do."""

    def __init__(self, *, context: UiContext, parent: QWidget) -> None:
        super().__init__(parent)
        self._context, self._window = context, parent
        self._title, self._foot, self._bad = "", "", False
        self._rows: tuple[Forecast, ...] = ()
        self._more = 0
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._opacity = 1.0
        self._fade = QVariantAnimation(self, startValue=0.0, endValue=1.0)
        self._fade.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._fade.valueChanged.connect(self._set_opacity)
        self.hide()

    @property
    def title(self) -> str:
        """What the card says."""
        return self._title

    @property
    def rows(self) -> tuple[Forecast, ...]:
        """The files listed on the card."""
        return self._rows

    def show_files(self, paths: Sequence[Path]) -> None:
        """Say what will become of files."""
        forecasts = [forecast(path) for path in paths]
        self._rows = tuple(forecasts[: self._rows_for(len(forecasts))])
        self._more = len(forecasts) - len(self._rows)
        good = sum(row.usable for row in forecasts)
        self._bad = not good
        self._title = _files_title(good, len(forecasts))
        what = "it" if len(forecasts) == 1 else "them"
        self._foot = f"Esc puts {what} back. Nothing is changed on disk."
        self._appear()

    def _rows_for(self, count: int) -> int:
        """How many rows are shown: fewer in a low window, where a line for the others needs room as well."""
        room = (self._window.height() - 2 * AROUND - HEAD - FOOT) // ROW_HEIGHT
        shown = min(count, ROWS_SHOWN)
        return shown if shown + (count > shown) <= room else max(1, room - 1)

    def show_text(self, text: str) -> None:
        """Say that a piece of text becomes a source, or a card."""
        first = " ".join(text[:200].split())
        self._rows, self._more, self._bad = (Forecast(first, *_text_line(text)),), 0, False
        self._title, self._foot = "Let go to add this text", "Esc puts it back."
        self._appear()

    def dismiss(self) -> None:
        """Go away without doing anything."""
        self._fade.stop()
        self._opacity = 1.0
        self.hide()

    def _appear(self) -> None:
        self.setGeometry(self._window.rect())
        self.setAccessibleName(self._title)
        duration = self._context.theme.motion(MOTION.OVERLAY)
        if not self.isVisible() and duration:
            self._fade.setDuration(duration)
            self._fade.start()
        self.raise_()
        self.show()
        self.update()

    def _set_opacity(self, value: float) -> None:
        self._opacity = value
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, tokens = QPainter(self), self._context.theme.tokens
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setOpacity(self._opacity)
        painter.fillRect(self.rect(), ink(tokens, "window", 0.9))
        painter.fillRect(self.rect(), ink(tokens, "accent", 0.07))
        painter.setPen(dash_pen(ink(tokens, "warning" if self._bad else "accent"), 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(12, 12, -12, -12), RADIUS.ZONE, RADIUS.ZONE)
        self._paint_card(painter)

    def _card(self) -> QRectF:
        rows = len(self._rows) + bool(self._more)
        width, height = min(CARD_WIDTH, self.width() - 64), HEAD + rows * ROW_HEIGHT + FOOT
        return QRectF((self.width() - width) / 2, max(AROUND, (self.height() - height) / 2), width, height)

    def _paint_card(self, painter: QPainter) -> None:
        theme, card = self._context.theme, self._card()
        paint_shadow(painter, card, RADIUS.ZONE, dark=theme.is_dark)
        fill_rounded(painter, card, RADIUS.ZONE, ink(theme.tokens, "surface"))
        disc = QRectF(card.center().x() - 28, card.top() + 27, 56, 56)
        kind, icon = ("warning", "warning") if self._bad else ("info", "drop")
        paint_disc(painter, disc, theme.tokens, self._context.icons, icon=icon, kind=kind)
        title = QRectF(card.left() + 24, disc.bottom() + 8, card.width() - 48, 32)
        token = "warning" if self._bad else "text"
        paint_text(
            painter, title, theme.tokens, theme.fonts, self._title, role="title", token=token, align=_CENTRE
        )
        row = QRectF(card.left() + 32, title.bottom() + 13, card.width() - 64, ROW_HEIGHT)
        for item in self._rows:
            self._paint_row(painter, row, item)
            row.translate(0, ROW_HEIGHT)
        self._paint_foot(painter, row, card)

    def _paint_row(self, painter: QPainter, row: QRectF, item: Forecast) -> None:
        theme, icons, middle = self._context.theme, self._context.icons, row.center().y()
        draw_icon(painter, icons, item.icon, 20, "muted", QPointF(row.left() + 2, middle - 10))
        words = row.adjusted(38, 0, -48, 0)
        name = QRectF(words.left(), middle - 20, words.width(), 20)
        line = QRectF(words.left(), middle + 1, words.width(), 16)
        tokens, fonts = theme.tokens, theme.fonts
        name_token, line_token = ("text", "muted") if item.usable else ("muted", "warning")
        paint_text(
            painter, name, tokens, fonts, item.name, role="body_medium", token=name_token, elide="middle"
        )
        paint_text(painter, line, tokens, fonts, item.line, role="caption", token=line_token)
        mark, token = ("done", "success") if item.usable else ("warning", "warning")
        draw_icon(painter, icons, mark, 20, token, QPointF(row.right() - 24, middle - 10))

    def _paint_foot(self, painter: QPainter, row: QRectF, card: QRectF) -> None:
        theme = self._context.theme
        if self._more:
            words = row.adjusted(38, 0, 0, 0)
            paint_text(painter, words, theme.tokens, theme.fonts, f"and {self._more:,} more", token="muted")
            row.translate(0, ROW_HEIGHT)
        line = QRectF(card.left() + 32, row.top() + 8, card.width() - 64, 1)
        painter.fillRect(line, ink(theme.tokens, "border"))
        foot = QRectF(line.left(), line.bottom() + 14, line.width(), 20)
        paint_text(
            painter, foot, theme.tokens, theme.fonts, self._foot, role="small", token="muted", align=_CENTRE
        )


def _text_line(text: str) -> tuple[str, str]:
    """The icon of a text, and what will become of it."""
    if means_to_be_card(text):
        return "card", "Text of a card · opens in Cards"
    return "paste", f"{len(text.split()):,} words · will be added as a note"


def _files_title(good: int, total: int) -> str:
    if not good:
        return "This cannot be read" if total == 1 else "None of these can be read"
    return "Let go to add 1 file" if good == 1 else f"Let go to add {good:,} files"


class DropTarget(QObject):
    """Turns drags over a window into `files_dropped(list[Path])` and `text_dropped(str)`.

    It hears the window's own frame first, so that files are never dropped into a text field by accident.
    Text goes to the field under the pointer when there is one. Only copies are accepted: a drop that is
    accepted as a move may delete the person's file.
    """

    files_dropped = Signal(object)
    text_dropped = Signal(object)

    def __init__(self, overlay: DropOverlay, parent: QObject) -> None:
        super().__init__(parent)
        self._overlay = overlay

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QDragEnterEvent):
            return self._is_file_drag(event) and self.drag_enter(event)
        if isinstance(event, QDragMoveEvent):
            return self._is_file_drag(event) and self.drag_move(event)
        if event.type() == QEvent.Type.DragLeave:
            self.drag_leave()
        elif isinstance(event, QDropEvent):
            return self._is_file_drag(event) and self.drop(event)
        return False

    def drag_enter(self, event: QDragEnterEvent) -> bool:
        """Show the overlay for what comes from another program; True when it can be dropped."""
        if event.source() is not None or not event.possibleActions() & Qt.DropAction.CopyAction:
            return False
        if paths := paths_from(event.mimeData()):
            self._overlay.show_files(paths)
        elif text := text_from(event.mimeData()):
            self._overlay.show_text(text)
        else:
            return False
        return _accept_copy(event)

    def drag_move(self, event: QDragMoveEvent) -> bool:
        """Go on accepting while the overlay is shown."""
        return self._overlay.isVisible() and _accept_copy(event)

    def drag_leave(self) -> None:
        """Cancel."""
        self._overlay.dismiss()

    def drop(self, event: QDropEvent) -> bool:
        """Take what was dropped; the work begins after the handler has returned."""
        self._overlay.dismiss()
        if event.source() is not None:
            return False
        if paths := paths_from(event.mimeData()):
            self.files_dropped.emit(paths)
        elif text := text_from(event.mimeData()):
            self.text_dropped.emit(text)
        else:
            return False
        return _accept_copy(event)

    def _is_file_drag(self, event: QDropEvent) -> bool:
        return event.source() is None and event.mimeData().hasUrls()


def _accept_copy(event: QDropEvent) -> bool:
    event.setDropAction(Qt.DropAction.CopyAction)
    event.accept()
    return True
