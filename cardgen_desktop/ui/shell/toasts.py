"""Toasts: one at a time at the bottom of the window, gone by themselves unless something failed."""

from collections import deque
from typing import cast

from PySide6.QtCore import (
    QEasingCurve,
    QEvent,
    QObject,
    QPoint,
    QPropertyAnimation,
    QRectF,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import (
    QEnterEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QApplication, QHBoxLayout, QSizePolicy, QWidget
from shiboken6 import isValid

from ..components import Label
from ..components.focus import PaintedButton
from ..context import UiContext
from ..notify import ToastMessage
from ..painting import draw_icon, fill_rounded, ink, paint_text, stroke_rounded
from ..theme import HEIGHT, MOTION, RADIUS

EDGE, QUEUE_LIMIT, WIDEST, HURRIED = 24, 20, 640, 2500
_CENTRE = Qt.AlignmentFlag.AlignCenter


class _InvertedButton(PaintedButton):
    """A word in the accent of toasts, or a cross."""

    def __init__(self, text: str, *, context: UiContext, icon: str | None = None) -> None:
        super().__init__()
        self._context, self._icon = context, icon
        self.setText(text)
        self.setAccessibleName(text)
        # A click must not take the keyboard away from where the person works.
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        width = context.theme.fonts.metrics("body_strong").horizontalAdvance(text) + 20
        self.setFixedSize(28 if icon else round(width), 28)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme = QPainter(self), self._context.theme
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(self.rect())
        if self.state in ("hover", "pressed"):
            fill_rounded(painter, rect, RADIUS.BADGE, ink(theme.tokens, "tip_text", 0.14))
        if self._icon:
            corner = rect.center() - rect.topLeft() - QRectF(0, 0, 16, 16).center()
            draw_icon(painter, self._context.icons, self._icon, 16, "tip_text", corner)
        else:
            paint_text(
                painter, rect, theme.tokens, theme.fonts, self.text(),
                role="body_strong", token="tip_action", align=_CENTRE,
            )  # fmt: skip
        if self.shows_ring:
            stroke_rounded(painter, rect, RADIUS.BADGE, ink(theme.tokens, "tip_action"), 2)


class Toast(QWidget):
    """A sentence on inverted ground with at most one action word and a cross.

    Signals: `finished` when it was acted on or closed, `touched` when the mouse or the focus comes or goes.
    """

    finished = Signal()
    touched = Signal()

    def __init__(self, message: ToastMessage, *, context: UiContext, parent: QWidget) -> None:
        super().__init__(parent)
        self._context, self.message = context, message
        self._text = Label(message.text, context=context, role="body", ink="tip_text", wrap=True)
        self._text.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        row = QHBoxLayout(self)
        row.setContentsMargins(48, 10, 10, 10)
        row.setSpacing(8)
        row.addWidget(self._text, 1)
        if message.action:
            self.action = _InvertedButton(message.action, context=context)
            self.action.clicked.connect(self._act)
            row.addSpacing(8)
            row.addWidget(self.action)
        self.close_button = _InvertedButton("Close", context=context, icon="close")
        self.close_button.clicked.connect(self.finished)
        row.addWidget(self.close_button)

    def fit(self, room: int) -> None:
        """Take the width its words need, at most `room`, and the height that follows."""
        words = self._context.theme.fonts.metrics("body").horizontalAdvance(self.message.text)
        margins = self.width_of_margins()
        width = min(round(words) + margins + 4, room, WIDEST)
        width = margins + self._balanced(width - margins)
        height = self._text.heightForWidth(width - margins) + 20
        self.resize(width, max(HEIGHT.TOAST, height))

    def _balanced(self, widest: int) -> int:
        """The least width in which the words have no more lines: no line ends with a single word."""
        height, least = self._text.heightForWidth(widest), widest // 2
        while least < widest:
            middle = (least + widest) // 2
            if self._text.heightForWidth(middle) > height:
                least = middle + 1
            else:
                widest = middle
        return widest

    def width_of_margins(self) -> int:
        """Everything beside the words."""
        action = self.action.width() + 16 if self.message.action else 0
        return 48 + 10 + 8 + self.close_button.width() + action

    @property
    def is_used(self) -> bool:
        """Whether the mouse or the keyboard is on it; focus that Qt hands out by itself does not count."""
        return self.underMouse() or any(button.shows_ring for button in self.findChildren(PaintedButton))

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.touched.emit()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.touched.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.finished.emit()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, tokens = QPainter(self), self._context.theme.tokens
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(self.rect())
        fill_rounded(painter, rect, RADIUS.TILE, ink(tokens, "tip"))
        icon = "failed" if self.message.error else "done"
        corner = QRectF(16, rect.center().y() - 10, 20, 20).topLeft()
        draw_icon(painter, self._context.icons, icon, 20, "tip_text", corner)

    def _act(self) -> None:
        callback = self.message.callback
        self.finished.emit()
        if callback is not None:
            callback()


class Toasts(QObject):
    """Shows toasts over a window. News waits its turn; an error steps aside for news and comes back."""

    def __init__(self, window: QWidget, *, context: UiContext) -> None:
        super().__init__(window)
        self._window, self._context = window, context
        self._waiting: deque[ToastMessage] = deque(maxlen=QUEUE_LIMIT)
        self.current: Toast | None = None
        self._came_from: QWidget | None = None
        cast("QApplication", QApplication.instance()).focusChanged.connect(self._on_focus_changed)
        self._stay = QTimer(self, singleShot=True)
        self._stay.timeout.connect(self._on_time)
        self._slide = QPropertyAnimation(self)
        self._slide.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._slide.setPropertyName(b"pos")

    def show(self, message: ToastMessage) -> None:
        """Show a message as soon as it is its turn."""
        self._waiting = deque((m for m in self._waiting if not _same_topic(m, message)), QUEUE_LIMIT)
        if self.current is None:
            self._present(message)
        elif _same_topic(self.current.message, message):
            self._drop_current()
            self._present(message, slides=False)
        elif self.current.message.error and not message.error:
            self._waiting.append(self.current.message)
            self._drop_current()
            self._present(message)
        else:
            self._waiting.append(message)
            self._hurry()

    def place(self) -> None:
        """Go back to the bottom, after the window has another size."""
        if self.current is not None:
            self._slide.stop()
            self._place(self.current)

    def _present(self, message: ToastMessage, *, slides: bool = True) -> None:
        toast = Toast(message, context=self._context, parent=self._window)
        toast.finished.connect(self._next)
        toast.touched.connect(self._on_touched)
        self.current = toast
        self._place(toast)
        self._announce(toast)
        toast.show()
        toast.raise_()
        if slides:
            self._enter(toast)
        if not message.error:
            self._stay.start(HURRIED if self._waiting else MOTION.TOAST_STAYS)

    def _enter(self, toast: Toast) -> None:
        duration = self._context.theme.motion(MOTION.TOAST_IN)
        if duration:
            self._slide.setTargetObject(toast)
            self._slide.setDuration(duration)
            self._slide.setStartValue(toast.pos() + QPoint(0, toast.height() + EDGE))
            self._slide.setEndValue(toast.pos())
            self._slide.start()

    def _place(self, toast: Toast) -> None:
        toast.fit(self._window.width() - 2 * EDGE)
        left = (self._window.width() - toast.width()) // 2
        toast.move(left, self._window.height() - toast.height() - EDGE)

    def _announce(self, toast: Toast) -> None:
        from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent

        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self._window, toast.message.text))

    def _hurry(self) -> None:
        if self._stay.remainingTime() > HURRIED:
            self._stay.start(HURRIED)

    def _on_touched(self) -> None:
        if self.current is None or self.current.message.error:
            return
        if self.current.is_used:
            self._stay.stop()
        else:
            self._stay.start(HURRIED)

    def _on_time(self) -> None:
        if self.current is not None and self.current.is_used:
            self._stay.start(HURRIED)
        else:
            self._next()

    def _next(self) -> None:
        self._drop_current()
        if self._waiting:
            self._present(self._waiting.popleft())

    def _drop_current(self) -> None:
        self._stay.stop()
        self._slide.stop()
        if self.current is not None:
            toast, self.current = self.current, None
            focus = self._window.focusWidget()
            if focus is not None and toast.isAncestorOf(focus):
                self._give_back_focus()
            toast.hide()
            toast.deleteLater()

    def _on_focus_changed(self, before: QWidget | None, now: QWidget | None) -> None:
        toast = self.current
        if toast is not None and before is not None and now is not None and toast.isAncestorOf(now):
            self._came_from = self._came_from if toast.isAncestorOf(before) else before

    def _give_back_focus(self) -> None:
        """Qt would hand the focus of a toast that goes to any widget."""
        before = self._came_from
        if before is not None and isValid(before) and before.isVisible():
            before.setFocus(Qt.FocusReason.OtherFocusReason)


def _same_topic(one: ToastMessage, other: ToastMessage) -> bool:
    return bool(one.topic) and one.topic == other.topic
