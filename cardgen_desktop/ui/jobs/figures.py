"""The figures of a job: tokens, cost, lane, priority, batch, attempts, times."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from ...domain.job import JobSnapshot, Lane, Priority
from ..components import ElidedLabel, Label
from ..context import UiContext
from ..money import money
from . import words

LANES = {
    Lane.INTERACTIVE: "First in line",
    Lane.NETWORK: "Network",
    Lane.LOCAL: "Local model",
    Lane.CPU: "This computer",
    Lane.EXPORT: "Export",
}
PRIORITIES = {
    Priority.LOWEST: "Lowest",
    Priority.LOW: "Low",
    Priority.NORMAL: "Normal",
    Priority.HIGH: "High",
    Priority.HIGHEST: "Highest",
}
Figure = tuple[str, str]


def lane_words(lane: str) -> str:
    """A lane as the person reads it; one from a newer program keeps its own word."""
    return LANES.get(Lane(lane), lane) if lane in set(Lane) else lane.replace("_", " ").capitalize()


def priority_words(priority: int) -> str:
    """A priority in a word."""
    return PRIORITIES[Priority(max(Priority.LOWEST, min(Priority.HIGHEST, priority)))]


def money_words(nanos: int | None) -> str:
    """Billionths of a dollar as an amount; nothing spent is "nothing", unknown a dash."""
    return words.DASH if nanos is None else money(words.dollars(nanos))


def cost_words(job: JobSnapshot) -> str:
    """What a job cost, with the doubt a crash during a paid request leaves."""
    is_free = job.engine in ("", "offline") and not job.cost_nanos
    if job.possibly_billed and job.cost_nanos is None:
        return "possibly billed"
    cost = "nothing" if is_free else money_words(job.cost_nanos)
    return f"{cost}, possibly more" if job.possibly_billed else cost


def tokens_words(job: JobSnapshot) -> str:
    """Tokens read and written."""
    if job.tokens_in is None and job.tokens_out is None:
        return "none" if job.engine in ("", "offline") else words.DASH
    return f"{job.tokens_in or 0:,} in · {job.tokens_out or 0:,} out"


def spent_words(job: JobSnapshot) -> str:
    """What stands beside the folded figures: the cost when there was any."""
    return cost_words(job) if job.cost_nanos or job.possibly_billed else ""


def figures_of(job: JobSnapshot, batch: str = "") -> tuple[Figure, ...]:
    """The figures in order; `batch` is the name of the batch when it is known."""
    now = max(job.updated_at, job.created_at)
    rows = [
        ("Tokens", tokens_words(job)),
        ("Cost", cost_words(job)),
        ("Lane", lane_words(job.lane)),
        ("Priority", priority_words(job.priority)),
        ("Attempts", f"{job.attempts:,}" + (f", {job.crashes:,} cut short" if job.crashes else "")),
        ("Worked", words.duration(job.active_seconds) if job.started_at else words.DASH),
        ("Queued", words.clock_time(job.queued_at or job.created_at or None, now)),
        ("Started", words.clock_time(job.started_at, now)),
        ("Ended", words.clock_time(job.finished_at, now)),
    ]
    if job.batch_id is not None:
        rows.insert(5, ("Batch", batch or f"{job.batch_id}"))
    rows.append(("Number", f"{job.id}" if job.id > 0 else words.DASH))
    return tuple(rows)


class FigureList(QWidget):
    """Names at the left, values at the right; rows are made once and change their words."""

    def __init__(self, *, context: UiContext) -> None:
        super().__init__()
        self._context = context
        self._figures: tuple[Figure, ...] = ()
        self._rows: list[tuple[Label, ElidedLabel]] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(22, 0, 0, 8)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(1, 1)

    @property
    def figures(self) -> tuple[Figure, ...]:
        """What is shown."""
        return self._figures

    def show_figures(self, figures: Sequence[Figure]) -> None:
        """Show other figures."""
        if tuple(figures) == self._figures:
            return
        self._figures = tuple(figures)
        self.setAccessibleName(", ".join(f"{name} {value}" for name, value in figures))
        while len(self._rows) < len(figures):
            self._add_row()
        for number, (name, value) in enumerate(self._rows):
            name.setVisible(number < len(figures))
            value.setVisible(number < len(figures))
            if number < len(figures):
                name.setText(figures[number][0])
                value.setText(figures[number][1])

    def _add_row(self) -> None:
        name = Label(context=self._context, role="small", ink="muted")
        value = ElidedLabel(context=self._context, role="small_medium")
        value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row = len(self._rows)
        self._grid.addWidget(name, row, 0)
        self._grid.addWidget(value, row, 1)
        self._rows.append((name, value))
