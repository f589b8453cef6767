"""A part of the details that folds away: a heading that opens and closes what is under it."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from ..components.focus import PaintedButton
from ..context import UiContext
from ..painting import draw_icon, fill_rounded, ink, paint_focus, paint_text
from ..theme import HEIGHT, RADIUS

_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_CHEVRON = 16


class FoldHeading(PaintedButton):
    """Chevron, title, and a few words at the right; checked means open."""

    def __init__(self, title: str, *, context: UiContext) -> None:
        super().__init__()
        self._context, self._right = context, ""
        self.setCheckable(True)
        self.setText(title)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFixedHeight(HEIGHT.SMALL)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.toggled.connect(self._describe)
        self.say("")

    @property
    def right(self) -> str:
        """The words at the right."""
        return self._right

    def say(self, right: str) -> None:
        """Change the words at the right."""
        self._right = right
        self._describe()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(120, HEIGHT.SMALL)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme = QPainter(self), self._context.theme
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect, mirrored = QRectF(self.rect()), self.isRightToLeft()
        if self.state in ("hover", "pressed"):
            fill_rounded(painter, rect, RADIUS.BADGE, ink(theme.tokens, "hover"))
        icon = "chevron-down" if self.isChecked() else "chevron-right"
        x = rect.width() - _CHEVRON if mirrored else 0
        draw_icon(painter, self._context.icons, icon, _CHEVRON, "muted", QPointF(x, 6))
        inner = rect.adjusted(4, 0, -22, 0) if mirrored else rect.adjusted(22, 0, -4, 0)
        taken = theme.fonts.metrics("small_strong").horizontalAdvance(self.text()) + 12
        room = inner.adjusted(0, 0, -taken, 0) if mirrored else inner.adjusted(taken, 0, 0, 0)
        paint_text(painter, inner, theme.tokens, theme.fonts, self.text(), role="small_strong")
        paint_text(
            painter, room, theme.tokens, theme.fonts, self._right,
            role="caption", token="muted", align=_RIGHT,
        )  # fmt: skip
        if self.shows_ring:
            paint_focus(painter, rect, theme.tokens, RADIUS.BADGE)

    def _describe(self) -> None:
        self.setAccessibleName(f"{self.text()}, {self._right}" if self._right else self.text())
        self.setAccessibleDescription("Open" if self.isChecked() else "Folded")


class Fold(QWidget):
    """A heading over content that is shown while it is open. It stays as the person left it.

    Signals: `opened` when the content came into sight.
    """

    opened = Signal()

    def __init__(self, title: str, content: QWidget, *, context: UiContext, open_first: bool = False) -> None:
        super().__init__()
        self.heading = FoldHeading(title, context=context)
        self.heading.setChecked(open_first)
        self.content = content
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.heading)
        column.addWidget(content)
        content.setVisible(open_first)
        self.heading.toggled.connect(self._on_toggled)

    @property
    def is_open(self) -> bool:
        """Whether the content is shown."""
        return self.heading.isChecked()

    def _on_toggled(self, is_open: bool) -> None:
        self.content.setVisible(is_open)
        if is_open:
            self.opened.emit()
