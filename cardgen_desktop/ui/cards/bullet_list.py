"""Sentences one below the other, each behind a point: lines that wrap stay clear of the points."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from ..components import Label
from ..context import UiContext
from ..theme import SPACE

POINT = "•"


class BulletList(QWidget):
    """Hidden while it is empty."""

    def __init__(self, name: str, *, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._rows: list[tuple[Label, Label]] = []
        self.sentences: tuple[str, ...] = ()
        self.setAccessibleName(name)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(SPACE.SM)
        self._grid.setVerticalSpacing(SPACE.XS)
        self._grid.setColumnStretch(1, 1)
        self.hide()

    def show_sentences(self, sentences: Sequence[str]) -> None:
        """Show other sentences."""
        self.sentences = tuple(sentences)
        while len(self._rows) < len(self.sentences):
            self._add_row()
        for number, row in enumerate(self._rows):
            for part in row:
                part.setVisible(number < len(self.sentences))
            if number < len(self.sentences):
                row[1].setText(self.sentences[number])
        self.setVisible(bool(self.sentences))

    def _add_row(self) -> None:
        point = Label(POINT, context=self._context, role="small", ink="muted")
        words = Label(context=self._context, role="small", wrap=True)
        self._grid.addWidget(point, len(self._rows), 0, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(words, len(self._rows), 1)
        self._rows.append((point, words))
