"""The test of a connection: seven lines that tick as they are tried, each failure with its remedy."""

from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from ...domain.profile import CHECK_STEPS, CheckStep, ConnectionCheck
from ..components import Button, Label
from ..context import UiContext
from ..painting import draw_icon
from ..theme import SPACE
from .remedies import STEP_WORDS, Remedy, remedy_of

_LOOKS = {
    "": ("queued", "faint"),
    "running": ("running", "accent"),
    "ok": ("done", "success"),
    "failed": ("failed", "danger"),
    "skipped": ("cancelled", "faint"),
}
_SPOKEN = {
    "": "not tried yet",
    "running": "being tried",
    "ok": "well",
    "failed": "failed",
    "skipped": "not tried",
}
NOT_TRIED = "Tries the address, the key and the model, and ends with a call of one token."


class _Mark(QWidget):
    """An icon of 18 for a state."""

    def __init__(self, *, context: UiContext) -> None:
        super().__init__()
        self._context, self._state = context, ""
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_state(self, state: str) -> None:
        """Change the icon."""
        self._state = state
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(18, 20)

    def paintEvent(self, event: QPaintEvent) -> None:
        icon, token = _LOOKS[self._state]
        draw_icon(QPainter(self), self._context.icons, icon, 18, token, QPointF(0, 1))


class CheckLine(QWidget):
    """One line of the test.

    Signals: `remedy_requested(Remedy)`.
    """

    remedy_requested = Signal(object)

    def __init__(self, step: CheckStep, *, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.step, self.status = step, ""
        self._remedy: Remedy | None = None
        self._mark = _Mark(context=context)
        self.title = Label(STEP_WORDS[step], context=context, role="small_medium", ink="muted")
        self.sentence = Label(context=context, role="caption", ink="muted", wrap=True)
        self.button = Button("", context=context, variant="outline", size="small")
        self.button.clicked.connect(lambda: self.remedy_requested.emit(self._remedy))
        self._lay_out()
        self.clear()

    def clear(self) -> None:
        """Nothing is known of this line."""
        self._show("", "", None)

    def show_check(self, check: ConnectionCheck) -> None:
        """Show how the line stands."""
        sentence = check.sentence or ("Not tried." if check.status == "skipped" else "")
        self._show(check.status, sentence, remedy_of(check))

    def _show(self, status: str, sentence: str, remedy: Remedy | None) -> None:
        self.status, self._remedy = status, remedy
        self._mark.show_state(status)
        self.title.set_ink("text" if status in ("running", "ok", "failed") else "muted")
        self.sentence.setText(sentence)
        self.sentence.set_ink("danger" if status == "failed" else "muted")
        self.sentence.setVisible(bool(sentence))
        self.button.setText(remedy.text if remedy else "")
        self.button.setVisible(remedy is not None)
        self.setAccessibleName(f"{STEP_WORDS[self.step]}: {_SPOKEN[status]}. {sentence}".strip())

    def _lay_out(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.title)
        words.addWidget(self.sentence)
        foot = QHBoxLayout()
        foot.setContentsMargins(0, 2, 0, 2)
        foot.addWidget(self.button)
        foot.addStretch(1)
        words.addLayout(foot)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        row.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)


class ConnectionLines(QWidget):
    """All seven lines, and one sentence that sums them up.

    Signals: `remedy_requested(Remedy)`.
    """

    remedy_requested = Signal(object)

    def __init__(self, *, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.summary = Label(NOT_TRIED, context=context, role="small", ink="muted", wrap=True)
        self.lines: dict[CheckStep, CheckLine] = {
            step: CheckLine(step, context=context) for step in CHECK_STEPS
        }
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE.SM)
        column.addWidget(self.summary)
        column.addSpacing(SPACE.XS)
        for line in self.lines.values():
            line.remedy_requested.connect(self.remedy_requested)
            column.addWidget(line)

    def clear(self, sentence: str = NOT_TRIED) -> None:
        """Begin again."""
        self._sum_up(sentence, "muted")
        for line in self.lines.values():
            line.clear()

    def show_check(self, check: ConnectionCheck) -> None:
        """A line begins or ends."""
        self.lines[check.step].show_check(check)

    def stop(self) -> None:
        """The test was cancelled: what was being tried is not known."""
        for line in self.lines.values():
            if line.status == "running":
                line.clear()
        self._sum_up("Stopped. Nothing was changed.", "muted")

    def finish(self) -> None:
        """Say what came of it."""
        failed = [line for line in self.lines.values() if line.status == "failed"]
        if not failed:
            self._sum_up("It works. Drafts can begin.", "success")
            return
        told = STEP_WORDS[failed[0].step].lower() if len(failed) == 1 else f"{len(failed)} lines"
        self._sum_up(f"It does not work yet: {told}.", "danger")

    def fail(self, sentence: str) -> None:
        """The test could not be made at all."""
        self.stop()
        self._sum_up(sentence, "danger")

    def _sum_up(self, sentence: str, ink: str) -> None:
        self.summary.setText(sentence)
        self.summary.set_ink(ink)
