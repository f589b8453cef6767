"""The line below the library's header while cards come in: how far it is, and a way to stop."""

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ..components import Button, ElidedLabel, ProgressLine
from ..context import UiContext
from ..theme import MOTION, SPACE
from .source_line import LineIcon


class ImportLine(QWidget):
    """Hidden while nothing comes in, and for the first moments: a single card needs no line.

    Signals: `stop_requested`, `began` and `ended` when it is shown and when it goes.
    """

    stop_requested = Signal()
    began = Signal()
    ended = Signal()

    def __init__(self, *, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.progress = ProgressLine(context=context)
        self.words = ElidedLabel(context=context, role="small", ink="muted")
        self.stop = Button("Stop", context=context, variant="ghost", size="small")
        self.stop.setToolTip("What came in so far is kept.")
        self.stop.clicked.connect(self.stop_requested)
        self._soon = QTimer(self, singleShot=True, interval=MOTION.LOADING_DELAY)
        self._soon.timeout.connect(self._appear)
        row = QHBoxLayout()
        row.setContentsMargins(SPACE.PAGE_EDGE, SPACE.SM, SPACE.PANE_EDGE, 0)
        row.setSpacing(SPACE.SM)
        row.addWidget(LineIcon("drop", context=context))
        row.addWidget(self.words, 1)
        row.addWidget(self.stop)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.progress)
        column.addLayout(row)
        self.hide()

    @property
    def is_active(self) -> bool:
        """Whether something has been coming in for a while."""
        return not self.isHidden()

    def show_progress(self, fraction: float | None, words: str) -> None:
        """Something is coming in: `fraction` runs from 0 to 1, None while that is unknown."""
        self.words.setText(words)
        self.stop.setEnabled(True)
        self.progress.start()
        self.progress.set_fraction(fraction, words)
        if self.isHidden() and not self._soon.isActive():
            self._soon.start()

    def show_stopping(self) -> None:
        """The files at hand are finished first."""
        self.stop.setEnabled(False)
        self.words.setText("Stopping after the files at hand. What came in so far is kept.")

    def end(self) -> None:
        """Nothing comes in any more."""
        self._soon.stop()
        self.progress.stop()
        was_active = self.is_active
        self.hide()
        if was_active:
            self.ended.emit()

    def _appear(self) -> None:
        self.show()
        self.began.emit()
