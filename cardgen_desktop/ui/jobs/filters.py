"""The filter row: a search and chips with counts; what does not fit is one chip with a menu."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from ...domain.job import JobState
from ..components import Chip, Menu, SearchField
from ..context import UiContext
from ..theme import HEIGHT

SEARCH_WIDTH = 184
GAP_AFTER_SEARCH, GAP = 12, 6


@dataclass(frozen=True, slots=True)
class JobFilter:
    """A chip and the states it lets through; no states means all. `tip` says what the word may not."""

    key: str
    word: str
    states: tuple[JobState, ...] = ()
    tip: str = ""


FILTERS: tuple[JobFilter, ...] = (
    JobFilter("all", "All"),
    JobFilter("running", "Running", (JobState.RUNNING,)),
    JobFilter(
        "waiting", "Waiting", (JobState.QUEUED, JobState.WAITING), "Queued jobs, and jobs that try again"
    ),
    JobFilter("held", "Held", (JobState.HELD, JobState.PAUSED), "Held or paused jobs"),
    JobFilter("failed", "Needs you", (JobState.FAILED,), "Failed jobs: they go on when you say so"),
    JobFilter("done", "Done", (JobState.SUCCEEDED,)),
    JobFilter("cancelled", "Cancelled", (JobState.CANCELLED,)),
)


def count_of(job_filter: JobFilter, counts: Mapping[JobState, int]) -> int:
    """How many jobs a filter lets through."""
    return sum(counts.get(state, 0) for state in job_filter.states or JobState)


class FilterRow(QWidget):
    """Search and chips; exactly one chip is checked.

    Signals: `changed` when the filter or the search is another one.
    """

    changed = Signal()

    def __init__(self, *, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._counts: dict[JobState, int] = {}
        self._text = ""
        self._current = FILTERS[0]
        self.search = SearchField("Find in jobs", context=context, parent=self)
        self.chips = {entry.key: self._make_chip(entry) for entry in FILTERS}
        self.more = Chip("More", context=context, checkable=True, icon=None, parent=self)
        self._folded: tuple[JobFilter, ...] = ()
        self.chips[FILTERS[0].key].setChecked(True)
        self.search.search_changed.connect(self._on_search)
        self.more.clicked.connect(self._open_menu)
        self.setFixedHeight(HEIGHT.NORMAL)

    @property
    def current(self) -> JobFilter:
        """The filter whose chip is checked."""
        return self._current

    @property
    def text(self) -> str:
        """What is searched for."""
        return self._text

    @property
    def is_filtering(self) -> bool:
        """Whether anything is hidden."""
        return bool(self._text or self._current.states)

    def set_counts(self, counts: Mapping[JobState, int]) -> None:
        """Say how many jobs each chip lets through."""
        self._counts = dict(counts)
        for entry in FILTERS:
            self.chips[entry.key].set_count(count_of(entry, counts))
        self._arrange()

    def choose(self, key: str) -> None:
        """Check a chip."""
        chosen = next(entry for entry in FILTERS if entry.key == key)
        is_new = chosen is not self._current
        self._current = chosen
        for entry in FILTERS:
            self.chips[entry.key].setChecked(entry is chosen)
        self._arrange()
        if is_new:
            self.changed.emit()

    def clear(self) -> None:
        """Show everything again."""
        was_filtering = self.is_filtering
        self._text = ""
        self.search.clear()
        self.choose(FILTERS[0].key)
        if was_filtering:
            self.changed.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def minimumSizeHint(self) -> QSize:
        return QSize(SEARCH_WIDTH + 120, HEIGHT.NORMAL)

    def _make_chip(self, entry: JobFilter) -> Chip:
        chip = Chip(entry.word, 0, context=self._context, checkable=True, parent=self)
        chip.setToolTip(entry.tip)
        chip.clicked.connect(lambda: self.choose(entry.key))
        return chip

    def _on_search(self, text: str) -> None:
        if text != self._text:
            self._text = text
            self.changed.emit()

    def _arrange(self) -> None:
        """Place what fits; the rest goes behind `more`."""
        shown = self._fitting(self.width())
        self._folded = tuple(entry for entry in FILTERS if entry not in shown)
        self.search.setGeometry(self._mirrored(0, SEARCH_WIDTH), 0, SEARCH_WIDTH, self.height())
        x = SEARCH_WIDTH + GAP_AFTER_SEARCH
        for entry in FILTERS:
            chip = self.chips[entry.key]
            chip.setVisible(entry in shown)
            if entry in shown:
                x = self._place(chip, x)
        self.more.setVisible(bool(self._folded))
        if self._folded:
            self._place(self.more, x)

    def _fitting(self, width: int) -> tuple[JobFilter, ...]:
        room = width - SEARCH_WIDTH - GAP_AFTER_SEARCH
        widths = [self.chips[entry.key].sizeHint().width() + GAP for entry in FILTERS]
        if sum(widths) - GAP <= room:
            return FILTERS
        for count in range(len(FILTERS) - 1, 0, -1):
            self._name_more(FILTERS[count:])
            if sum(widths[:count]) + self.more.sizeHint().width() <= room:
                return FILTERS[:count]
        return FILTERS[:1]

    def _name_more(self, folded: tuple[JobFilter, ...]) -> None:
        inside = self._current in folded
        self.more.setText(self._current.word if inside else f"{len(folded)} more")
        self.more.set_count(count_of(self._current, self._counts) if inside else None)
        self.more.setChecked(inside)

    def _place(self, chip: Chip, x: int) -> int:
        size = chip.sizeHint()
        top = (self.height() - size.height()) // 2
        chip.setGeometry(self._mirrored(x, size.width()), top, size.width(), size.height())
        return x + size.width() + GAP

    def _mirrored(self, x: int, width: int) -> int:
        return self.width() - x - width if self.isRightToLeft() else x

    def _open_menu(self) -> None:
        self._name_more(self._folded)
        menu = Menu(context=self._context, parent=self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for entry in self._folded:
            words = f"{entry.word} · {count_of(entry, self._counts)}"
            menu.add(words, partial(self.choose, entry.key))
        menu.open_below(self.more)
