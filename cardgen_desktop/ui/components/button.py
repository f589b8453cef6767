"""Buttons: six variants, five sizes (visual language, section 5)."""

from typing import Literal

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ..context import UiContext
from ..painting import draw_icon, fill_rounded, ink, paint_focus, stroke_rounded
from ..theme import RADIUS
from .focus import PaintedButton
from .labels import tooltip

Variant = Literal["default", "primary", "destructive", "outline", "ghost", "link"]
ButtonSize = Literal["small", "normal", "large", "icon", "icon_small"]

# height, horizontal padding, icon, radius, role of the text, role of the strong text
_SIZES: dict[str, tuple[int, int, int, int, str, str]] = {
    "small": (28, 10, 16, RADIUS.BADGE, "small_medium", "small_strong"),
    "normal": (36, 14, 18, RADIUS.BUTTON, "body_medium", "body_strong"),
    "large": (44, 20, 18, RADIUS.TILE, "large_medium", "large_strong"),
    "icon": (36, 9, 18, RADIUS.BUTTON, "body_medium", "body_strong"),
    "icon_small": (28, 6, 16, RADIUS.BADGE, "small_medium", "small_strong"),
}
# fill by state, edge, ink
_VARIANTS: dict[str, tuple[dict[str, str], str, str]] = {
    "primary": ({"rest": "accent", "hover": "accent_hover", "pressed": "accent_pressed"}, "", "on_accent"),
    "destructive": ({"rest": "danger", "hover": "danger_hover", "pressed": "danger_hover"}, "", "on_danger"),
    "default": ({"rest": "hover", "hover": "pressed", "pressed": "pressed"}, "", "text"),
    "outline": ({"rest": "surface", "hover": "hover", "pressed": "pressed"}, "control", "text"),
    "ghost": ({"rest": "", "hover": "hover", "pressed": "pressed"}, "", "text"),
    "link": ({"rest": "", "hover": "", "pressed": ""}, "", "accent"),
}
_FILLED = frozenset({"primary", "destructive"})
_GAP = 8
_FAINT_ICON = 0.6
"""An icon alone, without a word beside it, would hardly look different in "faint"."""


class Button(PaintedButton):
    """A push button. Icon-only sizes keep `text` as their accessible name and tooltip."""

    def __init__(
        self,
        text: str,
        *,
        context: UiContext,
        variant: Variant = "default",
        size: ButtonSize = "normal",
        icon: str | None = None,
        shortcut: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._context = context
        self._variant: Variant = variant
        self._size: ButtonSize = size
        self._icon = icon
        self._shortcut_hint = shortcut
        self.setText(text)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)

    def setText(self, text: str) -> None:
        super().setText(text)
        self.setAccessibleName(text)
        if self.is_icon_only or self._shortcut_hint:
            self.setToolTip(tooltip(text, self._shortcut_hint))
        self.updateGeometry()

    @property
    def is_icon_only(self) -> bool:
        """Whether the text is only spoken and shown as a tooltip."""
        return self._size in ("icon", "icon_small")

    @property
    def variant(self) -> Variant:
        """The named look of the button."""
        return self._variant

    def set_variant(self, variant: Variant) -> None:
        """Change the look, for a button whose meaning changed."""
        self._variant = variant
        self.updateGeometry()
        self.update()

    def set_icon(self, icon: str | None) -> None:
        """Change the icon by name."""
        self._icon = icon
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        height, padding, icon, *_ = _SIZES[self._size]
        if self.is_icon_only:
            return QSize(height, height)
        padding = 4 if self._variant == "link" else padding
        width = self._context.theme.fonts.metrics(self._role()).horizontalAdvance(self.text())
        width += (icon + _GAP if self._icon and self.text() else 0) + 2 * padding
        return QSize(round(width + 0.5), height)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(self.rect())
        self._paint_ground(painter, rect)
        self._paint_content(painter, rect)
        if self.shows_ring:
            self._paint_ring(painter, rect)

    def _role(self) -> str:
        medium, strong = _SIZES[self._size][4:]
        return strong if self._variant in _FILLED else medium

    def _ink(self) -> str:
        if self.state == "disabled":
            return "faint"
        if self._variant == "link" and self.state == "pressed":
            return "accent_pressed"
        return _VARIANTS[self._variant][2]

    def _radius(self) -> int:
        return RADIUS.CHECK if self._variant == "link" else _SIZES[self._size][3]

    def _paint_ground(self, painter: QPainter, rect: QRectF) -> None:
        tokens, radius = self._context.theme.tokens, self._radius()
        fills, edge, _ = _VARIANTS[self._variant]
        fill = "sunken" if self.state == "disabled" else fills[self.state]
        if self.state == "disabled":
            if self._variant in ("ghost", "link"):
                return
            edge = "border"
        if fill:
            fill_rounded(painter, rect, radius, ink(tokens, fill))
        if edge:
            stroke_rounded(painter, rect, radius, ink(tokens, edge))

    def _paint_content(self, painter: QPainter, rect: QRectF) -> None:
        theme, icon_size = self._context.theme, _SIZES[self._size][2]
        font = theme.font(self._role())
        text = "" if self.is_icon_only else self.text()
        text_width = theme.fonts.metrics(self._role()).horizontalAdvance(text)
        icon_width = (icon_size + (_GAP if text else 0)) if self._icon else 0
        x = max(4.0, rect.center().x() - (text_width + icon_width) / 2)
        room = rect.width() - x - icon_width
        shown = theme.fonts.metrics(self._role()).elidedText(text, Qt.TextElideMode.ElideRight, room + 1)
        mirrored = self.isRightToLeft()
        if self._icon:
            left = rect.width() - x - icon_size if mirrored else x
            at = QPointF(left, rect.center().y() - icon_size / 2)
            painter.setOpacity(_FAINT_ICON if self.is_icon_only and self.state == "disabled" else 1.0)
            draw_icon(painter, self._context.icons, self._icon, icon_size, self._icon_ink(), at)
            painter.setOpacity(1.0)
        if self._variant == "link" and self.state in ("hover", "pressed"):
            font.setUnderline(True)
        painter.setFont(font)
        painter.setPen(ink(theme.tokens, self._ink()))
        # In a right-to-left window this alignment means the right.
        left = 0.0 if mirrored else x + icon_width
        painter.drawText(QRectF(left, 0, room, rect.height()), int(_LEFT), shown)

    def _icon_ink(self) -> str:
        if self.is_icon_only and self._ink() == "text" and self.state == "rest":
            return "muted"
        return self._ink()

    def _paint_ring(self, painter: QPainter, rect: QRectF) -> None:
        tokens, radius = self._context.theme.tokens, self._radius()
        paint_focus(painter, rect, tokens, radius)
        if self._variant in _FILLED:
            inner = rect.adjusted(2, 2, -2, -2)
            stroke_rounded(painter, inner, radius - 2, ink(tokens, "surface"), 1.5)


_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
