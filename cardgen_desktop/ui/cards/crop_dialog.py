"""Choosing the part of a picture that is the portrait; the whole picture is kept and can be had back."""

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from ...domain.avatar import Crop
from ..components import Button, Label, QuestionDialog, Radio
from ..context import UiContext
from ..theme import SPACE
from . import crop_frame
from .crop_frame import Frame
from .crop_view import CropView

RATIOS: tuple[tuple[str, float | None], ...] = (
    ("Portrait, 2:3", 2 / 3),
    ("Square, 1:1", 1.0),
    ("Any shape", None),
)
TITLE = "Crop the picture"
KEPT = "The whole picture is kept. You can choose another part at any time."
_SAME = 0.01
LEAST = QSize(680, 520)
TALL, SQUARE = (96, 144), (56, 56)


class CropDialog(QuestionDialog):
    """Accepted when a part was chosen; `crop` is then that part, None for the whole picture."""

    def __init__(
        self, image: QImage, crop: Crop | None, *, context: UiContext, parent: QWidget | None = None
    ) -> None:
        self.use = Button("Use this part", context=context, variant="primary", icon="check")
        super().__init__(TITLE, KEPT, self.use, context=context, width=LEAST.width(), parent=parent)
        self._image = image
        self.setWindowTitle(TITLE)
        self.setMinimumSize(LEAST)
        self.view = CropView(image, context=context)
        self.ratios = [Radio(title, context=context) for title, _ in RATIOS]
        self.size_words = Label(context=context, role="small", ink="muted")
        self.tall, self.square = QLabel(), QLabel()
        self.whole = Button("Whole picture", context=context, variant="outline")
        self._lay_out(context)
        self._connect()
        self._start(crop)

    @property
    def crop(self) -> Crop | None:
        """The chosen part."""
        return crop_frame.as_crop(self.view.frame, self.view.picture)

    def _lay_out(self, context: UiContext) -> None:
        row = QHBoxLayout()
        row.setSpacing(SPACE.LG)
        row.addWidget(self.view, 1)
        row.addLayout(self._side(context))
        self.body.addLayout(row, 1)
        self.foot.insertWidget(0, self.whole)

    def _side(self, context: UiContext) -> QVBoxLayout:
        side = QVBoxLayout()
        side.setSpacing(SPACE.SM)
        side.addWidget(Label("Shape", context=context, role="small_strong"))
        for radio in self.ratios:
            side.addWidget(radio)
        side.addSpacing(SPACE.MD)
        side.addWidget(Label("Preview", context=context, role="small_strong"))
        shown = QHBoxLayout()
        shown.setSpacing(SPACE.MD)
        shown.addWidget(self.tall, 0, Qt.AlignmentFlag.AlignBottom)
        shown.addWidget(self.square, 0, Qt.AlignmentFlag.AlignBottom)
        shown.addStretch(1)
        side.addLayout(shown)
        side.addWidget(self.size_words)
        side.addStretch(1)
        for label, name in ((self.tall, "As a portrait"), (self.square, "As in lists")):
            label.setAccessibleName(name)
            label.setToolTip(name)
        return side

    def _connect(self) -> None:
        for radio, (_, ratio) in zip(self.ratios, RATIOS, strict=True):
            radio.toggled.connect(lambda on, kept=ratio: self.view.set_ratio(kept) if on else None)
        self.view.changed.connect(self._show)
        self.whole.clicked.connect(self._on_whole)
        self.use.clicked.connect(self.accept)

    def _start(self, crop: Crop | None) -> None:
        """Begin with what is stored, else with the largest portrait there is."""
        picture = self.view.picture
        frame = crop_frame.of_crop(crop, picture) if crop else crop_frame.largest(picture, RATIOS[0][1])
        self.view.set_frame(frame)
        self.ratios[_ratio_of(frame)].setChecked(True)
        self.view.setFocus(Qt.FocusReason.OtherFocusReason)
        self._show()

    def _on_whole(self) -> None:
        self.ratios[-1].setChecked(True)
        self.view.set_frame(crop_frame.largest(self.view.picture, None))

    def _show(self) -> None:
        frame = self.view.frame
        part = self._image.copy(_pixels(frame))
        for label, (width, height) in ((self.tall, TALL), (self.square, SQUARE)):
            label.setFixedSize(width, height)
            label.setPixmap(_filling(part, width, height, self.devicePixelRatioF()))
        self.size_words.setText(f"{round(frame.width):,} × {round(frame.height):,} pixels")


def _ratio_of(frame: Frame) -> int:
    """Which of the offered shapes a frame has; the last where it has none."""
    found = frame.width / frame.height
    close = (n for n, (_, ratio) in enumerate(RATIOS) if ratio is not None and abs(found / ratio - 1) < _SAME)
    return next(close, len(RATIOS) - 1)


def _pixels(frame: Frame) -> QRect:
    return QRect(round(frame.left), round(frame.top), max(1, round(frame.width)), max(1, round(frame.height)))


def _filling(image: QImage, width: int, height: int, scale: float) -> QPixmap:
    """The part of an image that fills a size, as portraits are shown."""
    size = round(width * scale), round(height * scale)
    ratio, smooth = Qt.AspectRatioMode.KeepAspectRatioByExpanding, Qt.TransformationMode.SmoothTransformation
    grown = image.scaled(*size, ratio, smooth)
    left, top = (grown.width() - size[0]) // 2, (grown.height() - size[1]) // 4
    pixmap = QPixmap.fromImage(grown.copy(left, top, *size))
    pixmap.setDevicePixelRatio(scale)
    return pixmap
