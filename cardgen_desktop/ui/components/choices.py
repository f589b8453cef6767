"""Choices: check box, radio button, switch, and the tile that holds a choice with its reason."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from ..context import UiContext
from ..painting import (
    draw_icon,
    fill_rounded,
    ink,
    paint_focus,
    paint_text,
    stroke_rounded,
    two_lines,
)
from ..theme import HEIGHT, RADIUS
from .focus import PaintedButton

_BOX, _GAP = 18, 10


class _Choice(PaintedButton):
    """A checkable mark with a text to its right."""

    mark_width = _BOX
    _enter_clicks = False

    def __init__(
        self, text: str, *, context: UiContext, checked: bool = False, parent: QWidget | None = None
    ):
        super().__init__(parent)
        self._context = context
        self.setText(text)
        self.setAccessibleName(text)
        self.setCheckable(True)
        self.setChecked(checked)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        width = self._context.theme.fonts.metrics("body").horizontalAdvance(self.text())
        words = _GAP + width + 5 if self.text() else 4
        return QSize(round(4 + self.mark_width + words), HEIGHT.SMALL)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme = QPainter(self), self._context.theme
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        height = 20 if self.mark_width > _BOX else _BOX
        mark = QRectF(4, (self.height() - height) / 2, self.mark_width, height)
        self._paint_mark(painter, mark)
        if self.shows_ring:
            paint_focus(painter, mark.adjusted(-4, -4, 4, 4), theme.tokens, self._ring_radius(mark))
        words = QRectF(mark.right() + _GAP, 0, self.width(), self.height())
        token = "faint" if self.state == "disabled" else "text"
        paint_text(painter, words, theme.tokens, theme.fonts, self.text(), token=token)

    def _edge(self) -> str:
        return {"disabled": "border", "hover": "muted", "pressed": "muted"}.get(self.state, "control")

    def _ground(self) -> str:
        return {"disabled": "sunken", "pressed": "hover"}.get(self.state, "surface")

    def _ring_radius(self, mark: QRectF) -> float:
        return mark.height() / 2 + 4

    def _paint_mark(self, painter: QPainter, mark: QRectF) -> None:
        raise NotImplementedError


class Check(_Choice):
    """A check box."""

    def _ring_radius(self, mark: QRectF) -> float:
        return RADIUS.CHECK + 4

    def _paint_mark(self, painter: QPainter, mark: QRectF) -> None:
        tokens = self._context.theme.tokens
        if self.isChecked() and self.isEnabled():
            fill_rounded(painter, mark, RADIUS.CHECK, ink(tokens, "accent"))
            draw_icon(painter, self._context.icons, "check", 14, "on_accent", mark.topLeft() + QPointF(2, 2))
            return
        fill_rounded(painter, mark, RADIUS.CHECK, ink(tokens, self._ground()))
        stroke_rounded(painter, mark, RADIUS.CHECK, ink(tokens, self._edge()), 1.25)
        if self.isChecked():
            draw_icon(painter, self._context.icons, "check", 14, "faint", mark.topLeft() + QPointF(2, 2))


class Radio(_Choice):
    """A radio button; siblings under one parent exclude each other."""

    def __init__(
        self, text: str, *, context: UiContext, checked: bool = False, parent: QWidget | None = None
    ):
        super().__init__(text, context=context, checked=checked, parent=parent)
        self.setAutoExclusive(True)

    def _paint_mark(self, painter: QPainter, mark: QRectF) -> None:
        paint_radio(
            painter, mark, self._context, checked=self.isChecked(), ground=self._ground(), edge=self._edge()
        )


def paint_radio(
    painter: QPainter, mark: QRectF, context: UiContext, *, checked: bool, ground: str, edge: str
) -> None:
    """A radio mark in `mark`, a square of 18."""
    tokens = context.theme.tokens
    painter.setBrush(ink(tokens, ground))
    painter.setPen(QPen(ink(tokens, "accent" if checked and edge != "border" else edge), 1.5))
    painter.drawEllipse(mark.adjusted(0.75, 0.75, -0.75, -0.75))
    if checked:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink(tokens, "accent" if edge != "border" else "faint"))
        painter.drawEllipse(mark.center(), 4.5, 4.5)


class Switch(_Choice):
    """A switch for something that takes effect at once."""

    mark_width = 34

    def _paint_mark(self, painter: QPainter, mark: QRectF) -> None:
        tokens, radius = self._context.theme.tokens, mark.height() / 2
        on = self.isChecked()
        if on and self.isEnabled():
            fill_rounded(painter, mark, radius, ink(tokens, "accent"))
        else:
            fill_rounded(painter, mark, radius, ink(tokens, self._ground()))
            stroke_rounded(painter, mark, radius, ink(tokens, self._edge()), 1.5)
        knob = "on_accent" if on and self.isEnabled() else self._edge()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink(tokens, knob))
        x = mark.right() - radius if on else mark.left() + radius
        painter.drawEllipse(QPointF(x, mark.center().y()), 7, 7)


class RadioTile(PaintedButton):
    """A choice that explains itself in a line; one that cannot run stays visible with its reason."""

    def __init__(
        self,
        title: str,
        line: str,
        icon: str,
        *,
        context: UiContext,
        checked: bool = False,
        available: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._context, self._line, self._icon = context, line, icon
        self.setText(title)
        self.setAccessibleName(f"{title}, {line}")
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setChecked(checked)
        self.setEnabled(available)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(HEIGHT.ENGINE_TILE)

    def set_line(self, line: str) -> None:
        """Change the second line, such as the reason why it cannot run."""
        self._line = line
        self.setAccessibleName(f"{self.text()}, {line}")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(240, HEIGHT.ENGINE_TILE)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, tokens = QPainter(self), self._context.theme.tokens
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(self.rect())
        chosen = self.isChecked() and self.isEnabled()
        fill = "wash" if chosen else {"hover": "hover", "pressed": "pressed"}.get(self.state, "surface")
        fill_rounded(painter, rect, RADIUS.TILE, ink(tokens, fill))
        edge = "accent" if chosen else "border"
        stroke_rounded(painter, rect, RADIUS.TILE, ink(tokens, edge), 1.5 if chosen else 1)
        if self.shows_ring:
            paint_focus(painter, rect, tokens, RADIUS.TILE)
        self._paint_content(painter, rect, chosen)

    def _paint_content(self, painter: QPainter, rect: QRectF, chosen: bool) -> None:
        theme, middle = self._context.theme, rect.center().y()
        edge = "control" if not chosen else "accent"
        mark = QRectF(rect.left() + 14, middle - 9, 18, 18)
        paint_radio(painter, mark, self._context, checked=chosen, ground="surface", edge=edge)
        enabled = self.isEnabled()
        upper, lower = two_lines(rect.adjusted(44, 0, -44, 0))
        paint_text(
            painter, upper, theme.tokens, theme.fonts, self.text(),
            role="body_strong" if chosen else "body_medium", token="text" if enabled else "muted",
        )  # fmt: skip
        paint_text(painter, lower, theme.tokens, theme.fonts, self._line, role="caption", token="muted")
        token = "accent" if chosen else "muted"
        draw_icon(
            painter, self._context.icons, self._icon, 20, token, QPointF(rect.right() - 34, middle - 10)
        )
