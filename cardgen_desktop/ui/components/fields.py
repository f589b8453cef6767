"""Fields: a line of text, a search, a choice."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QComboBox, QLineEdit, QListView, QSizePolicy, QWidget

from ..context import UiContext
from ..painting import draw_icon, fill_rounded, ink, paint_focus, paint_text, stroke_rounded
from ..theme import HEIGHT, RADIUS
from .button import Button
from .focus import came_by_keyboard
from .labels import Label
from .page import repolish


class LineField(QLineEdit):
    """One line of text. An error colours its edge; `error_label`, placed by the page, says why."""

    def __init__(
        self,
        text: str = "",
        *,
        context: UiContext,
        placeholder: str = "",
        dense: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, parent)
        self._context = context
        self.setFont(context.theme.font("small" if dense else "body"))
        self.setPlaceholderText(placeholder)
        self.setProperty("dense", dense)
        self.error_label = Label(context=context, role="caption", ink="danger", wrap=True)
        self.error_label.hide()

    def set_error(self, sentence: str) -> None:
        """Show what is wrong; an empty sentence means all is well."""
        self.setProperty("error", bool(sentence))
        self.setAccessibleDescription(sentence)
        self.error_label.setText(sentence)
        self.error_label.setVisible(bool(sentence) and self.error_label.parent() is not None)
        repolish(self)


class SearchField(LineField):
    """A search with a magnifier, a clear button and a short pause before it asks.

    Signals: `search_changed(text)`, stripped, 150 ms after the last key or at once on Enter and Esc.
    """

    search_changed = Signal(str)

    def __init__(self, placeholder: str, *, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(context=context, placeholder=placeholder, parent=parent)
        self.setAccessibleName(placeholder)
        self.setTextMargins(24, 0, 24, 0)
        self._pause = QTimer(self, singleShot=True, interval=150)
        self._pause.timeout.connect(self._tell)
        self._told = ""
        self._clear = Button(
            "Clear", context=context, variant="ghost", size="icon_small", icon="close", parent=self
        )
        self._clear.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._clear.setCursor(Qt.CursorShape.ArrowCursor)
        self._clear.hide()
        self._clear.clicked.connect(self.clear)
        self.textChanged.connect(self._on_text_changed)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
            self._tell()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._tell()
            super().keyPressEvent(event)
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_clear()

    def _place_clear(self) -> None:
        self._clear.resize(self._clear.sizeHint())
        self._clear.move(self.width() - self._clear.width() - 4, (self.height() - self._clear.height()) // 2)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        draw_icon(painter, self._context.icons, "search", 18, "muted", QPointF(9, self.height() / 2 - 9))

    def _on_text_changed(self, text: str) -> None:
        self._place_clear()
        self._clear.setVisible(bool(text))
        self._pause.start()

    def _tell(self) -> None:
        self._pause.stop()
        text = self.text().strip()
        if text != self._told:
            self._told = text
            self.search_changed.emit(text)


class Combo(QComboBox):
    """A choice from a short list. `items` are texts, or (text, value) pairs for `currentData()`."""

    def __init__(
        self,
        items: Sequence[str | tuple[str, object]] = (),
        *,
        context: UiContext,
        name: str = "",
        small: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._context, self._small, self._ring = context, small, False
        self.setAccessibleName(name)
        self.setFont(context.theme.font("small_medium" if small else "body_medium"))
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        view = QListView(self)
        view.setFont(context.theme.font("body"))
        self.setView(view)
        for item in items:
            self.addItem(*((item,) if isinstance(item, str) else item))

    def sizeHint(self) -> QSize:
        metrics = self._context.theme.fonts.metrics(self._role())
        texts = [self.itemText(index) for index in range(self.count())]
        widest = max((metrics.horizontalAdvance(text) for text in texts), default=60.0)
        return QSize(round(min(widest, 320)) + 12 + 38, HEIGHT.SMALL if self._small else HEIGHT.NORMAL)

    def minimumSizeHint(self) -> QSize:
        return QSize(min(96, self.sizeHint().width()), self.sizeHint().height())

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._ring = came_by_keyboard(event)
        super().focusInEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme = QPainter(self), self._context.theme
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect, tokens = QRectF(self.rect()), theme.tokens
        radius = RADIUS.BADGE if self._small else RADIUS.BUTTON
        fill_rounded(painter, rect, radius, ink(tokens, "surface" if self.isEnabled() else "sunken"))
        if self.hasFocus() and self._ring:
            paint_focus(painter, rect, tokens, radius)
        else:
            stroke_rounded(painter, rect, radius, ink(tokens, self._edge()))
        token = "text" if self.isEnabled() else "faint"
        words = rect.adjusted(12, 0, -36, 0)
        paint_text(painter, words, tokens, theme.fonts, self.currentText(), role=self._role(), token=token)
        corner = QPointF(rect.right() - 28, rect.center().y() - 9)
        draw_icon(painter, self._context.icons, "chevron-down", 18, "muted", corner)

    def _role(self) -> str:
        return "small_medium" if self._small else "body_medium"

    def _edge(self) -> str:
        if not self.isEnabled():
            return "border"
        return "muted" if self.underMouse() else "control"
