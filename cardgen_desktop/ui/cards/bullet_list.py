"""Sentences one below the other, each behind a point: lines that wrap stay clear of the points."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from ..components import Button, Label
from ..context import UiContext
from ..theme import SPACE

POINT = "•"
SHOWN_AT_FIRST = 6


class BulletList(QWidget):
    """Hidden while it is empty; of a long list the first sentences, and the rest on demand."""

    def __init__(
        self, name: str, *, context: UiContext, ink: str = "text", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._context, self._ink = context, ink
        self._rows: list[tuple[Label, Label]] = []
        self.sentences: tuple[str, ...] = ()
        self.setAccessibleName(name)
        self.more = Button("", context=context, variant="link", size="small")
        self.more.clicked.connect(self._show_all)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(SPACE.SM)
        self._grid.setVerticalSpacing(SPACE.XS)
        self._grid.setColumnStretch(1, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE.XS)
        column.addLayout(self._grid)
        column.addWidget(self.more, 0, Qt.AlignmentFlag.AlignLeft)
        self.hide()

    @property
    def shown(self) -> tuple[str, ...]:
        """The sentences that can be read now."""
        return tuple(words.text() for _, words in self._rows if not words.isHidden())

    def show_sentences(self, sentences: Sequence[str]) -> None:
        """Show other sentences; the same ones stay as they are."""
        if self.sentences != tuple(sentences):
            self.sentences = tuple(sentences)
            # One more line would be as high as the button that hides it.
            long = len(self.sentences) > SHOWN_AT_FIRST + 1
            self._show_first(SHOWN_AT_FIRST if long else len(self.sentences))
        self.setVisible(bool(self.sentences))

    def _show_all(self) -> None:
        if self.more.hasFocus():
            self.more.focusNextPrevChild(True)  # a hidden button would pass the focus to any widget
        self._show_first(len(self.sentences))

    def _show_first(self, count: int) -> None:
        while len(self._rows) < count:
            self._add_row()
        for number, (point, words) in enumerate(self._rows):
            for part in (point, words):
                part.setVisible(number < count)
            words.setText(self.sentences[number] if number < count else "")
        hidden = len(self.sentences) - count
        self.more.setText(f"Show {hidden:,} more")
        self.more.setVisible(hidden > 0)

    def _add_row(self) -> None:
        point = Label(POINT, context=self._context, role="small", ink="muted")
        words = Label(context=self._context, role="small", ink=self._ink, wrap=True)
        self._grid.addWidget(point, len(self._rows), 0, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(words, len(self._rows), 1)
        self._rows.append((point, words))
