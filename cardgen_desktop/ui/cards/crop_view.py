"""The picture with the frame on it: drag the frame or a corner, or use the arrow keys."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from ..components import came_by_keyboard
from ..context import UiContext
from ..painting import ink, paint_focus
from . import crop_frame
from .crop_frame import Corner, Frame, Picture

MARGIN = 14
HANDLE = 12
STEP, LEAP = 1, 10
ZOOM = 1.05
_CORNERS: tuple[Corner, ...] = ("top_left", "top_right", "bottom_left", "bottom_right")
_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
_LARGER = (Qt.Key.Key_Plus, Qt.Key.Key_Equal)


class CropView(QWidget):
    """Shows `image` with a frame of the chosen ratio; what is outside the frame is dimmed.

    Signals: `changed` when the frame is another. A dashed square in a tall frame shows what lists show.
    """

    changed = Signal()

    def __init__(self, image: QImage, *, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._image = context, image
        self.picture = Picture(image.width(), image.height())
        self.frame = crop_frame.largest(self.picture, None)
        self.ratio: float | None = None
        self._scaled = QPixmap()
        self._held: Corner | None = None
        self._from: QPointF | None = None
        self._ring = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(280, 280)
        self.setAccessibleName("Part of the picture")
        self.setAccessibleDescription("Arrow keys move the frame, plus and minus change its size.")

    def set_frame(self, frame: Frame) -> None:
        """Put the frame somewhere."""
        if frame != self.frame:
            self.frame = frame
            self.update()
            self.changed.emit()

    def set_ratio(self, ratio: float | None) -> None:
        """Keep the frame at width by height from now on; None lets it be any."""
        self.ratio = ratio
        self.set_frame(crop_frame.fitted(self.frame, self.picture, ratio))

    def sizeHint(self) -> QSize:
        return QSize(460, 460)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._scaled = QPixmap()
        super().resizeEvent(event)

    def place(self) -> QRectF:
        """Where the whole picture is shown, in the widget."""
        room_x, room_y = self.width() - 2 * MARGIN, self.height() - 2 * MARGIN
        scale = min(room_x / self.picture.width, room_y / self.picture.height)
        width, height = self.picture.width * scale, self.picture.height * scale
        return QRectF((self.width() - width) / 2, (self.height() - height) / 2, width, height)

    def shown(self, frame: Frame) -> QRectF:
        """Where a frame is shown, in the widget."""
        place = self.place()
        scale = place.width() / self.picture.width
        left, top = place.left() + frame.left * scale, place.top() + frame.top * scale
        return QRectF(left, top, frame.width * scale, frame.height * scale)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._held = self._corner_at(event.position())
            self._from = event.position()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position()
        if self._from is None:
            self.setCursor(self._cursor(at))
        elif self._held is not None:
            spot = self._in_picture(at)
            self.set_frame(crop_frame.sized(self.frame, self.picture, self._held, spot, self.ratio))
        else:
            scale = self.picture.width / max(1.0, self.place().width())
            way = at - self._from
            self._from = at
            self.set_frame(crop_frame.moved(self.frame, self.picture, way.x() * scale, way.y() * scale))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._held = self._from = None

    def wheelEvent(self, event: QWheelEvent) -> None:
        turns = event.angleDelta().y() / 120
        self.set_frame(crop_frame.grown(self.frame, self.picture, ZOOM**-turns))
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = LEAP if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else STEP
        unit = max(self.picture.width, self.picture.height) / 400 * step
        if way := _ARROWS.get(Qt.Key(event.key())):
            self.set_frame(crop_frame.moved(self.frame, self.picture, way[0] * unit, way[1] * unit))
        elif event.key() in _LARGER:
            self.set_frame(crop_frame.grown(self.frame, self.picture, ZOOM))
        elif event.key() == Qt.Key.Key_Minus:
            self.set_frame(crop_frame.grown(self.frame, self.picture, 1 / ZOOM))
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._ring = came_by_keyboard(event)
        self.update()
        super().focusInEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        place, frame = self.place(), self.shown(self.frame)
        painter.drawPixmap(place.topLeft(), self._pixmap(place))
        self._dim(painter, place, frame)
        self._paint_guides(painter, frame)
        self._paint_handles(painter, frame)
        if self._ring and self.hasFocus():
            paint_focus(painter, QRectF(self.rect()), self._context.theme.tokens, 8)

    def _pixmap(self, place: QRectF) -> QPixmap:
        """The picture at the size it is shown in, made once for each size."""
        if self._scaled.isNull():
            ratio = self.devicePixelRatioF()
            size = QSize(round(place.width() * ratio), round(place.height() * ratio))
            mode = Qt.TransformationMode.SmoothTransformation
            self._scaled = QPixmap.fromImage(
                self._image.scaled(size, Qt.AspectRatioMode.IgnoreAspectRatio, mode)
            )
            self._scaled.setDevicePixelRatio(ratio)
        return self._scaled

    def _dim(self, painter: QPainter, place: QRectF, frame: QRectF) -> None:
        outside = QPainterPath()
        outside.setFillRule(Qt.FillRule.OddEvenFill)
        outside.addRect(place)
        outside.addRect(frame)
        painter.fillPath(outside, QColor(0, 0, 0, 150))

    def _paint_guides(self, painter: QPainter, frame: QRectF) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(0, 0, 0, 120), 3))
        painter.drawRect(frame)
        painter.setPen(QPen(QColor(255, 255, 255), 1.5))
        painter.drawRect(frame)
        painter.setPen(QPen(QColor(255, 255, 255, 70), 1))
        for third in (1, 2):
            x, y = frame.left() + frame.width() * third / 3, frame.top() + frame.height() * third / 3
            painter.drawLine(QPointF(x, frame.top()), QPointF(x, frame.bottom()))
            painter.drawLine(QPointF(frame.left(), y), QPointF(frame.right(), y))
        if frame.height() > 1.1 * frame.width():
            self._paint_square(painter, frame)

    def _paint_square(self, painter: QPainter, frame: QRectF) -> None:
        """What a list shows of a tall portrait, see `ui.portrait`."""
        pen = QPen(QColor(255, 255, 255, 200), 1.25, Qt.PenStyle.DashLine)
        painter.setPen(pen)
        top = frame.top() + (frame.height() - frame.width()) / 4
        painter.drawRect(QRectF(frame.left(), top, frame.width(), frame.width()))

    def _paint_handles(self, painter: QPainter, frame: QRectF) -> None:
        painter.setPen(QPen(QColor(255, 255, 255), 1.5))
        painter.setBrush(ink(self._context.theme.tokens, "accent"))
        for corner in _CORNERS:
            painter.drawEllipse(self._corner_point(frame, corner), HANDLE / 2, HANDLE / 2)

    def _corner_point(self, frame: QRectF, corner: Corner) -> QPointF:
        x = frame.left() if corner.endswith("left") else frame.right()
        return QPointF(x, frame.top() if corner.startswith("top") else frame.bottom())

    def _corner_at(self, point: QPointF) -> Corner | None:
        frame = self.shown(self.frame)
        for corner in _CORNERS:
            away = self._corner_point(frame, corner) - point
            if abs(away.x()) <= HANDLE and abs(away.y()) <= HANDLE:
                return corner
        return None

    def _in_picture(self, point: QPointF) -> tuple[float, float]:
        place = self.place()
        scale = self.picture.width / max(1.0, place.width())
        return (point.x() - place.left()) * scale, (point.y() - place.top()) * scale

    def _cursor(self, point: QPointF) -> Qt.CursorShape:
        corner = self._corner_at(point)
        if corner in ("top_left", "bottom_right"):
            return Qt.CursorShape.SizeFDiagCursor
        if corner is not None:
            return Qt.CursorShape.SizeBDiagCursor
        over = self.shown(self.frame).contains(point)
        return Qt.CursorShape.SizeAllCursor if over else Qt.CursorShape.ArrowCursor
