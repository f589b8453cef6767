"""What is painted first: the start page for somebody new, else a quiet page until the data is there."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from ..components import ProgressLine
from ..context import UiContext
from ..start import StartPage


def make_opening(context: UiContext) -> QWidget:
    """A light page for the first picture; the settings file tells whether this is the first start."""
    if not context.settings.path.exists():
        return StartPage(context=context)
    return _Quiet(context=context)


class _Quiet(QWidget):
    """Nothing for 300 ms, then the loading bar."""

    def __init__(self, *, context: UiContext) -> None:
        super().__init__()
        progress = ProgressLine(context=context)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(progress)
        column.addStretch(1)
        progress.start()
