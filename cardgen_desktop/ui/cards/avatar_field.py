"""The portrait of a card: choose, drop or paste a picture, or go back to the one made from the name."""

from PySide6.QtCore import QEvent, QMimeData, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QFocusEvent,
    QGuiApplication,
    QHideEvent,
    QImage,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ..components import Button, Label
from ..context import UiContext
from ..painting import draw_picture, ink, paint_focus, stroke_rounded
from ..theme import SPACE
from .picture_drops import PictureDrops
from .pictures import picture_path, png_bytes

WIDTH, HEIGHT = 120, 180
KEYBOARD = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
)


class Picture(QWidget):
    """The portrait itself, 2:3, which pictures can be dropped on.

    Signals: `file_dropped(Path)`, `image_dropped(bytes)`, `paste_requested`, `choose_requested`.
    """

    file_dropped = Signal(object)
    image_dropped = Signal(object)
    paste_requested = Signal()
    choose_requested = Signal()

    def __init__(self, *, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._name, self._avatar = "", b""
        self._over = self._ring = False
        self._drops = PictureDrops(self)
        self.setFixedSize(WIDTH, HEIGHT)
        self.setAcceptDrops(True)
        self.setProperty("takes_pictures", True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Portrait")
        self.setToolTip("Drop a picture here, or paste one.")

    def show_portrait(self, name: str, avatar: bytes | None) -> None:
        """Show a picture, or the one made from the name."""
        self._name, self._avatar = name, avatar or b""
        self.update()

    def set_over(self, over: bool) -> None:
        """Show that letting go now gives the portrait this picture."""
        self._over = over
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(WIDTH, HEIGHT)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._drops.watch()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._drops.stop()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if picture_path(event.mimeData()) is None and not event.mimeData().hasImage():
            event.ignore()
            return
        self.set_over(True)
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self.set_over(False)

    def dropEvent(self, event: QDropEvent) -> None:
        self.set_over(False)
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        self.take(event.mimeData())

    def take(self, mime: QMimeData) -> bool:
        """Hand over the picture of a drag or of the clipboard; false when there is none."""
        if (path := picture_path(mime)) is not None:
            self.file_dropped.emit(path)
        elif mime.hasImage():
            self.image_dropped.emit(png_bytes(QImage(mime.imageData())))
        else:
            return False
        return True

    def event(self, event: QEvent) -> bool:
        """Keep Ctrl+V for the picture; the window would take it as a source."""
        asked = event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent)
        if asked and event.matches(QKeySequence.StandardKey.Paste):  # type: ignore[attr-defined]
            event.accept()
            return True
        return super().event(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._ring = event.reason() in KEYBOARD
        self.update()
        super().focusInEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Paste):
            self.paste_requested.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.choose_requested.emit()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, tokens = QPainter(self), self._context.theme.tokens
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(self.rect())
        pixmap = self._context.portraits.pixmap(
            self._name, WIDTH, HEIGHT, self.devicePixelRatioF(), self._avatar or None
        )
        draw_picture(painter, pixmap, rect)
        radius = 0.14 * WIDTH
        if self._over:
            stroke_rounded(painter, rect, radius, ink(tokens, "accent"), 3)
        elif self._ring and self.hasFocus():
            paint_focus(painter, rect, tokens, radius)


class AvatarField(QWidget):
    """The portrait with its buttons.

    Signals: `file_chosen(Path)`, `image_given(bytes)`, `choose_requested`, `crop_requested`,
    `reset_requested`.
    """

    file_chosen = Signal(object)
    image_given = Signal(object)
    choose_requested = Signal()
    crop_requested = Signal()
    reset_requested = Signal()

    def __init__(self, *, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.picture = Picture(context=context)
        self.choose = Button("Choose…", context=context, variant="outline", size="small")
        self.paste = Button(
            "Paste a picture", context=context, variant="ghost", size="icon_small", icon="paste"
        )
        self.crop = Button("Crop…", context=context, variant="outline", size="small")
        self.crop.setToolTip("Choose the part that is the portrait. The whole picture is kept.")
        self.reset = Button("Remove picture", context=context, variant="link", size="small")
        self.reset.setToolTip("The portrait made from the name comes back.")
        self.problem = Label(context=context, role="caption", ink="danger", wrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE.SM)
        column.addWidget(self.picture)
        row = QHBoxLayout()
        row.setSpacing(SPACE.SM)
        row.addWidget(self.choose)
        row.addWidget(self.paste)
        row.addStretch(1)
        column.addLayout(row)
        column.addWidget(self.crop, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.reset, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.problem)
        column.addStretch(1)
        self.setFixedWidth(WIDTH + 24)
        self._connect()

    def _connect(self) -> None:
        self.picture.file_dropped.connect(self.file_chosen)
        self.picture.image_dropped.connect(self.image_given)
        self.picture.choose_requested.connect(self.choose_requested)
        self.picture.paste_requested.connect(self._on_paste)
        self.choose.clicked.connect(self.choose_requested)
        self.paste.clicked.connect(self._on_paste)
        self.crop.clicked.connect(self.crop_requested)
        self.reset.clicked.connect(self.reset_requested)

    def show_portrait(self, name: str, avatar: bytes | None) -> None:
        """Show what the card has."""
        self.picture.show_portrait(name, avatar)
        self.crop.setVisible(avatar is not None)
        self.reset.setVisible(avatar is not None)
        self.show_problem("")

    def show_problem(self, sentence: str) -> None:
        """Say why a picture was not taken."""
        self.problem.setText(sentence)
        self.problem.setVisible(bool(sentence))

    def _on_paste(self) -> None:
        mime: QMimeData | None = QGuiApplication.clipboard().mimeData()  # None while it is empty
        if mime is None or not self.picture.take(mime):
            self.show_problem("The clipboard holds no picture. Copy one, then paste it here.")
