"""What is stored and how much room it takes; backups, and the button that makes one now."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from ...domain.queue import Backup, QueueFigures
from ..components import Button, ElidedLabel, Label
from ..context import UiContext
from ..wording import counted, size_words
from .rows import backup_words, moment_words

SHOWN_BACKUPS = 5


class StorageSection(QWidget):
    """Database, logs, backups.

    Signals: `backup_requested`.
    """

    backup_requested = Signal()

    def __init__(self, *, context: UiContext) -> None:
        super().__init__()
        self._context = context
        self.values = {key: Label(context=context, role="body_medium") for key in _NAMES}
        self.now = Button("Back up now", context=context, variant="outline")
        self.now.clicked.connect(self.backup_requested)
        self.backups: tuple[ElidedLabel, ...] = tuple(
            ElidedLabel(context=context, role="small", ink="muted") for _ in range(SHOWN_BACKUPS)
        )
        self._others = Label(context=context, role="small", ink="muted")
        self._lay_out()

    def show_figures(self, figures: QueueFigures, now: float) -> None:
        """Show sizes and when the last backup was made."""
        self.values["database"].setText(size_words(figures.database_bytes))
        self.values["logs"].setText(size_words(figures.log_bytes))
        last = moment_words(figures.last_backup_at, now)
        told = f"{counted(figures.backups, 'backup')}, the last {last}" if figures.backups else "none yet"
        self.values["backups"].setText(told)

    def show_backups(self, backups: Sequence[Backup], now: float) -> None:
        """List the newest backups."""
        for label, backup in zip(self.backups, (*backups, *[None] * SHOWN_BACKUPS), strict=False):
            label.setVisible(backup is not None)
            if backup is not None:
                label.setText(backup_words(backup, now))
        hidden = len(backups) - SHOWN_BACKUPS
        self._others.setText(f"and {counted(hidden, 'older one', 'older ones')}" if hidden > 0 else "")
        self._others.setVisible(hidden > 0)

    def set_busy(self, busy: bool) -> None:
        """Between the click and the answer there is one backup under way."""
        self.now.setEnabled(not busy)
        self.now.setText("Backing up…" if busy else "Back up now")

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        for row, (key, name) in enumerate(_NAMES.items()):
            grid.addWidget(Label(name, context=self._context, role="body", ink="muted"), row, 0)
            grid.addWidget(self.values[key], row, 1)
        grid.addWidget(self.now, 0, 2, len(_NAMES), 1, Qt.AlignmentFlag.AlignVCenter)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(grid)
        column.addSpacing(4)
        for label in (*self.backups, self._others):
            label.hide()
            column.addWidget(label)


_NAMES = {"database": "Database", "logs": "Logs", "backups": "Backups"}
