"""The log of a job: its last lines, added at the end as they come, so that ten thousand stay fast."""

import time
from collections.abc import Sequence

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from ...domain.job_views import JobLogLine
from ..components import Button, Label
from ..context import UiContext
from ..wording import counted

MOST_SHOWN = 500
LONGEST_LINE = 2000
HEIGHT = 220


def log_line(line: JobLogLine) -> str:
    """One line: time, kind, sentence."""
    at = time.strftime("%H:%M:%S", time.localtime(line.at))
    text = " ".join(line.text.split())
    shown = text if len(text) <= LONGEST_LINE else f"{text[:LONGEST_LINE]}…"
    return f"{at}  {line.kind.replace('_', ' ')}  {shown}".rstrip()


def log_text(log: Sequence[JobLogLine]) -> str:
    """A whole log, for the clipboard."""
    return "\n".join(log_line(line) for line in log)


class LogView(QWidget):
    """Shows the last lines while it is visible; a reader who scrolled up is left where they are."""

    def __init__(self, *, context: UiContext) -> None:
        super().__init__()
        self._context = context
        self._log: tuple[JobLogLine, ...] = ()
        self._shown: tuple[JobLogLine, ...] = ()
        self._note = Label(context=context, role="caption", ink="muted")
        self.copy_button = Button("Copy log", context=context, variant="ghost", size="small", icon="copy")
        self.copy_button.clicked.connect(self.copy)
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setFont(context.theme.font("caption"))
        self.text.setAccessibleName("Log of the job")
        self.text.setFixedHeight(HEIGHT)
        self.text.setMaximumBlockCount(MOST_SHOWN)
        self.text.setTabChangesFocus(True)
        self.text.setUndoRedoEnabled(False)
        row = QHBoxLayout()
        row.addWidget(self._note, 1)
        row.addWidget(self.copy_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 8)
        column.setSpacing(4)
        column.addWidget(self.text)
        column.addLayout(row)

    def show_log(self, log: tuple[JobLogLine, ...]) -> None:
        """Show another log, or the same one further on."""
        self._log = log
        hidden = len(log) - MOST_SHOWN
        self._note.setText(f"The last {MOST_SHOWN} of {counted(len(log), 'line')}" if hidden > 0 else "")
        self.copy_button.setEnabled(bool(log))
        if not self.isHidden():
            self.fill()

    def fill(self) -> None:
        """Write what is not written yet; only the new lines where the log went on."""
        before, self._shown = self._shown, self._log
        went_on = bool(before) and len(before) <= len(self._log) and self._log[len(before) - 1] == before[-1]
        went_on = went_on and self._log[0] == before[0]
        if went_on:
            self._append(self._log[len(before) :][-MOST_SHOWN:])
        else:
            self.text.setPlainText(log_text(self._log[-MOST_SHOWN:]))
            bar = self.text.verticalScrollBar()
            bar.setValue(bar.maximum())

    def copy(self) -> None:
        """Put the whole log on the clipboard."""
        QGuiApplication.clipboard().setText(log_text(self._log))
        self._context.notify.toast(f"Log copied, {counted(len(self._log), 'line')}")

    def _append(self, lines: Sequence[JobLogLine]) -> None:
        if not lines:
            return
        bar = self.text.verticalScrollBar()
        at_end, first = bar.value() >= bar.maximum() - 1, self.text.firstVisibleBlock().blockNumber()
        dropped = max(0, self.text.blockCount() + len(lines) - MOST_SHOWN)
        self.text.appendPlainText(log_text(lines))
        if at_end:
            bar.setValue(bar.maximum())
        else:
            # What fell off the top moved the rest up.
            block = self.text.document().findBlockByNumber(max(0, first - dropped))
            bar.setValue(block.firstLineNumber())
