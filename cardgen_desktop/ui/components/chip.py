"""Badges say a state; chips filter, name and can be removed."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ..context import UiContext
from ..painting import (
    badge_width,
    draw_icon,
    fill_rounded,
    ink,
    paint_badge,
    paint_focus,
    paint_text,
    stroke_rounded,
)
from ..states import look_of
from ..theme import HEIGHT
from .focus import PaintedButton

_PADDING, _ICON, _CLOSE, _GAP = 12, 16, 16, 6


class Badge(QWidget):
    """An icon and a word on their wash; `kind` is a job state, a verdict or a message kind."""

    def __init__(
        self,
        text: str | None = None,
        kind: str = "neutral",
        icon: str | None = None,
        *,
        context: UiContext,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._context = context
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.show_kind(kind, text, icon)

    def show_kind(self, kind: str, text: str | None = None, icon: str | None = None) -> None:
        """Change what it says; `text` and `icon` default to those of the kind."""
        self._kind, self._icon = kind, icon
        self._text = look_of(kind).word if text is None else text
        self.setAccessibleName(self._text)
        self.updateGeometry()
        self.update()

    @property
    def text(self) -> str:
        """The word that is shown."""
        return self._text

    def sizeHint(self) -> QSize:
        return QSize(badge_width(self._context.theme.fonts, self._text), HEIGHT.BADGE)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme = QPainter(self), self._context.theme
        paint_badge(
            painter, QRectF(self.rect()), theme.tokens, theme.fonts, self._context.icons,
            kind=self._kind, text=self._text, icon=self._icon,
        )  # fmt: skip


class Chip(PaintedButton):
    """A pill that can be checked, counted or removed.

    Signals: those of a button, and `remove_requested` from its cross or the Delete key.
    """

    remove_requested = Signal()

    def __init__(
        self,
        text: str,
        count: int | None = None,
        *,
        context: UiContext,
        checkable: bool = False,
        removable: bool = False,
        icon: str | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._context, self._count, self._removable, self._icon = context, count, removable, icon
        self.setText(text)
        self.setCheckable(checkable)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._name_it()

    def set_count(self, count: int | None) -> None:
        """Change the number behind the word; None hides it."""
        if count != self._count:
            self._count = count
            self._name_it()
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        fonts = self._context.theme.fonts
        width = 2 * _PADDING + fonts.metrics("small_medium").horizontalAdvance(self.text())
        if self._icon:
            width += _ICON + _GAP
        if self._count is not None:
            width += _GAP + fonts.metrics("caption_strong").horizontalAdvance(f"{self._count:,}")
        if self._removable:
            width += _CLOSE + 2
        return QSize(round(width + 0.5), HEIGHT.CHIP)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._removable and event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.remove_requested.emit()
        else:
            super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        hit_cross = self._removable and self._cross().contains(event.position())
        super().mouseReleaseEvent(event)
        if hit_cross and event.button() == Qt.MouseButton.LeftButton:
            self.remove_requested.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, tokens = QPainter(self), self._context.theme.tokens
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(self.rect())
        fill, edge, words, count = self._look()
        fill_rounded(painter, rect, rect.height() / 2, ink(tokens, fill))
        stroke_rounded(painter, rect, rect.height() / 2, ink(tokens, edge))
        self._paint_content(painter, rect, words, count)
        if self.shows_ring:
            paint_focus(painter, rect, tokens, rect.height() / 2)

    def _look(self) -> tuple[str, str, str, str]:
        if self.state == "disabled":
            return "surface", "border", "faint", "faint"
        if self.isChecked():
            return "wash", "accent", "wash_text", "wash_text"
        fill = {"hover": "hover", "pressed": "pressed"}.get(self.state, "surface")
        return fill, "border", "text", "muted"

    def _paint_content(self, painter: QPainter, rect: QRectF, words: str, count: str) -> None:
        theme, icons = self._context.theme, self._context.icons
        x, middle = rect.left() + _PADDING, rect.center().y()
        if self._icon:
            draw_icon(painter, icons, self._icon, _ICON, "muted", QPointF(x - 1, middle - _ICON / 2))
            x += _ICON + _GAP
        width = theme.fonts.metrics("small_medium").horizontalAdvance(self.text()) + 1
        box = QRectF(x, 0, width, rect.height())
        paint_text(painter, box, theme.tokens, theme.fonts, self.text(), role="small_medium", token=words)
        if self._count is not None:
            box = QRectF(x + width + _GAP - 1, 0, rect.width(), rect.height())
            number = f"{self._count:,}"
            paint_text(painter, box, theme.tokens, theme.fonts, number, role="caption_strong", token=count)
        if self._removable:
            at = self._cross().topLeft() + QPointF(2, middle - _CLOSE / 2)
            draw_icon(painter, icons, "close", _CLOSE, "muted", at)

    def _cross(self) -> QRectF:
        return QRectF(self.width() - _CLOSE - 10, 0, _CLOSE + 10, self.height())

    def _name_it(self) -> None:
        count = "" if self._count is None else f", {self._count:,}"
        self.setAccessibleName(f"{self.text()}{count}")
        if self._removable:
            self.setAccessibleDescription("Delete removes it")
