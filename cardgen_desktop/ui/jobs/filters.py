"""The filter row: a search and chips with counts; what does not fit is one chip with a menu."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from ...domain.job import JobQuery, JobState
from ...domain.job_views import BatchView
from ..components import Chip, Menu, SearchField
from ..context import UiContext
from ..theme import HEIGHT
from .words import KINDS, kind_name

SEARCH_WIDTH = 184
GAP_AFTER_SEARCH, GAP = 12, 6


@dataclass(frozen=True, slots=True)
class JobFilter:
    """A chip and the states it lets through; no states means all. `tip` says what the word may not.

    `needs_you` lets through what goes on only when the person acts, whatever its state.
    """

    key: str
    word: str
    states: tuple[JobState, ...] = ()
    tip: str = ""
    needs_you: bool = False


FILTERS: tuple[JobFilter, ...] = (
    JobFilter("all", "All"),
    JobFilter("running", "Running", (JobState.RUNNING,)),
    JobFilter(
        "waiting", "Waiting", (JobState.QUEUED, JobState.WAITING), "Queued jobs, and jobs that try again"
    ),
    JobFilter("held", "Held", (JobState.HELD, JobState.PAUSED), "Held or paused jobs"),
    JobFilter("needs_you", "Needs you", tip="Failed, to review, or held until you act", needs_you=True),
    JobFilter("done", "Done", (JobState.SUCCEEDED,)),
    JobFilter("cancelled", "Cancelled", (JobState.CANCELLED,)),
)


def count_of(job_filter: JobFilter, counts: Mapping[JobState, int], needs_you: int = 0) -> int:
    """How many jobs a filter lets through; `needs_you` of them wait for the person."""
    if job_filter.needs_you:
        return needs_you
    return sum(counts.get(state, 0) for state in job_filter.states or JobState)


class FilterRow(QWidget):
    """Search and chips, of which exactly one is checked; a kind and a batch may narrow the list further.

    Signals: `changed` when the filter or the search is another one.
    """

    changed = Signal()

    def __init__(self, *, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._counts: dict[JobState, int] = {}
        self._needs_you = 0
        self._kinds: tuple[str, ...] = ()
        self._text = ""
        self._kind: str | None = None
        self._batch: BatchView | None = None
        self._current = FILTERS[0]
        self.search = SearchField("Find in jobs", context=context, parent=self)
        self.chips = {entry.key: self._make_chip(entry) for entry in FILTERS}
        self.more = Chip("More", context=context, checkable=True, icon=None, parent=self)
        self.kinds = Chip("All kinds", context=context, checkable=True, parent=self)
        self.kinds.setToolTip("Drafts, imports, exports, documents")
        self._folded: tuple[JobFilter, ...] = ()
        self.chips[FILTERS[0].key].setChecked(True)
        self.search.search_changed.connect(self._on_search)
        self.more.clicked.connect(lambda: self.make_menu().open_below(self.more))
        self.kinds.clicked.connect(lambda: self.make_kinds_menu().open_below(self.kinds))
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
    def batch(self) -> BatchView | None:
        """The batch that is shown alone."""
        return self._batch

    @property
    def number(self) -> int:
        """How many filters are on."""
        chip = self._current is not FILTERS[0]
        return bool(self._text) + chip + (self._kind is not None) + (self._batch is not None)

    @property
    def is_filtering(self) -> bool:
        """Whether anything is hidden."""
        return self.number > 0

    @property
    def query(self) -> JobQuery:
        """What is asked of the database; the order of the rows is not ours."""
        return JobQuery(
            states=self._current.states,
            needs_you=self._current.needs_you,
            kind=self._kind,
            batch_id=None if self._batch is None else self._batch.id,
            text=self._text,
        )

    @property
    def subject(self) -> str:
        """What the list is narrowed to, beside the search: the chip, the kind or the batch by name."""
        if self._current is not FILTERS[0]:
            return self._current.word
        if self._kind is not None:
            return kind_name(self._kind)
        return self._batch.title if self._batch is not None else ""

    def set_counts(self, counts: Mapping[JobState, int], needs_you: int = 0) -> None:
        """Say how many jobs each chip lets through."""
        self._counts, self._needs_you = dict(counts), needs_you
        for entry in FILTERS:
            self.chips[entry.key].set_count(self._count(entry))
        self._arrange()

    def set_kinds(self, kinds: Iterable[str]) -> None:
        """Offer a choice of kinds when there is more than one."""
        self._kinds = tuple(sorted(kinds, key=kind_name))
        self._arrange()

    def choose_kind(self, kind: str | None) -> None:
        """Show one kind of job, or all."""
        if kind != self._kind:
            self._kind = kind
            self._arrange()
            self.changed.emit()

    def choose_batch(self, batch: BatchView | None) -> None:
        """Show one batch, or all jobs."""
        is_new = (batch and batch.id) != (self._batch and self._batch.id)
        self._batch = batch
        if is_new:
            self.changed.emit()

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
        self._text, self._kind, self._batch, self._current = "", None, None, FILTERS[0]
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
        chip = Chip(entry.word, context=self._context, checkable=True, parent=self)
        chip.setToolTip(entry.tip)
        chip.clicked.connect(lambda: self.choose(entry.key))
        return chip

    def _on_search(self, text: str) -> None:
        if text != self._text:
            self._text = text
            self.changed.emit()

    def _count(self, entry: JobFilter) -> int:
        return count_of(entry, self._counts, self._needs_you)

    def _arrange(self) -> None:
        """Place what fits; the rest goes behind `more`."""
        self._name_kinds()
        shown, with_kinds = self._fitting(self.width())
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
            x = self._place(self.more, x)
        self.kinds.setVisible(with_kinds)
        if with_kinds:
            self._place(self.kinds, x)

    def _fitting(self, width: int) -> tuple[tuple[JobFilter, ...], bool]:
        """The chips that fit and whether the kinds do; these go into the menu before the last chips do."""
        room = width - SEARCH_WIDTH - GAP_AFTER_SEARCH
        widths = [self.chips[entry.key].sizeHint().width() + GAP for entry in FILTERS]
        kinds = self.kinds.sizeHint().width() + GAP if self._offers_kinds else 0
        if sum(widths) + kinds - GAP <= room:
            return FILTERS, bool(kinds)
        for count in range(len(FILTERS) - 1, 0, -1):
            self._name_more(FILTERS[count:])
            used = sum(widths[:count]) + self.more.sizeHint().width()
            if used + (kinds + GAP if count > 3 else 0) <= room:
                return FILTERS[:count], bool(kinds) and used + kinds + GAP <= room
        return FILTERS[:1], False

    @property
    def _offers_kinds(self) -> bool:
        return len(self._kinds) > 1 or self._kind is not None

    def _name_kinds(self) -> None:
        self.kinds.setText("All kinds" if self._kind is None else kind_name(self._kind))
        self.kinds.setChecked(self._kind is not None)

    def _name_more(self, folded: tuple[JobFilter, ...]) -> None:
        inside = self._current in folded
        self.more.setText(self._current.word if inside else f"{len(folded)} more")
        self.more.set_count(self._count(self._current) if inside else None)
        self.more.setChecked(inside)

    def _place(self, chip: Chip, x: int) -> int:
        size = chip.sizeHint()
        top = (self.height() - size.height()) // 2
        chip.setGeometry(self._mirrored(x, size.width()), top, size.width(), size.height())
        return x + size.width() + GAP

    def _mirrored(self, x: int, width: int) -> int:
        return self.width() - x - width if self.isRightToLeft() else x

    def make_menu(self) -> Menu:
        """The filters there is no room for."""
        self._name_more(self._folded)
        menu = Menu(context=self._context, parent=self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for entry in self._folded:
            menu.add(f"{entry.word} · {self._count(entry):,}", partial(self.choose, entry.key))
        if self._offers_kinds and self.kinds.isHidden():
            menu.addSeparator()
            self._add_kinds(menu)
        return menu

    def make_kinds_menu(self) -> Menu:
        """The kinds of jobs to choose from."""
        self._name_kinds()
        menu = Menu(context=self._context, parent=self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._add_kinds(menu)
        return menu

    def _add_kinds(self, menu: Menu) -> None:
        for kind in (None, *self._kinds):
            icon = "check" if kind == self._kind else None
            word = (
                "All kinds" if kind is None else f"{kind_name(kind)}s" if kind in KINDS else kind_name(kind)
            )
            menu.add(word, partial(self.choose_kind, kind), icon=icon)
