"""The middle column: who the card is about."""

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QPainter, QPaintEvent, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from ...domain.errors import CardgenError
from ...domain.people import Person
from ...domain.source import SourceSummary
from ..components import Chip, EmptyState, Label, SearchField
from ..context import UiContext
from ..painting import paint_progress
from ..theme import MOTION
from ..wording import NO_BREAK
from .people_list import PeopleListView
from .people_model import FILTERS, PeopleFilter, PeopleModel

EDGE = 24
NOBODY = (
    "Nobody was found",
    "The sources name no person often enough. A chapter of the story itself helps most.",
)
NOTHING = ("Nothing to read yet", "No file on the desk could be read. Each row of it says why.")


class ReadingProgress(QWidget):
    """How far the reading is: phase, percent, bar; shown only when it takes long enough to wonder."""

    def __init__(self, *, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._fraction: float | None = None
        self._phase = ""
        self._delay = QTimer(self, singleShot=True, interval=MOTION.LOADING_DELAY)
        self._delay.timeout.connect(self.show)
        self.setFixedHeight(56)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.hide()

    @property
    def phase(self) -> str:
        """What is being done."""
        return self._phase

    def start(self, phase: str) -> None:
        """Something began."""
        if self.isHidden() and not self._delay.isActive():
            self._delay.start()
        self.report(None, phase)

    def report(self, fraction: float | None, phase: str) -> None:
        """Show how far it is, None while that is not known."""
        self._fraction, self._phase = fraction, phase
        self.setAccessibleName(phase)
        self.update()

    def stop(self) -> None:
        """It is done."""
        self._delay.stop()
        self.hide()

    def sizeHint(self) -> QSize:
        return QSize(320, 56)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, fraction = self._context.theme, self._fraction
        paint_progress(
            QPainter(self),
            QRectF(self.rect()),
            theme.tokens,
            theme.fonts,
            state="running",
            fraction=fraction,
            phase=self._phase,
            right_text="" if fraction is None else f"{fraction * 100:.0f}{NO_BREAK}%",
            mirrored=self.isRightToLeft(),
        )


class PeoplePicker(QWidget):
    """Search, chips, list; or how far the reading is, or why there is nobody.

    Signals: `chosen(Person or None)`, `again_requested` after a failure, `add_requested` when nobody was
    found, `activated` on Enter in the list.
    """

    chosen = Signal(object)
    again_requested = Signal()
    add_requested = Signal()
    activated = Signal()

    def __init__(self, *, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._filter, self._text = FILTERS[0], ""
        self._chosen: Person | None = None
        self._is_reading = True
        self.model = PeopleModel(self)
        self.title = Label("Who is the card about?", context=context, role="heading")
        self.found = Label(context=context, role="small", ink="muted")
        self.search = SearchField("Find a name", context=context)
        self.chips = {entry.key: Chip(entry.word, context=context, checkable=True) for entry in FILTERS}
        self.list = PeopleListView(self.model, context=context)
        self.progress = ReadingProgress(context=context)
        self._build_states()
        self._stack = QStackedWidget()
        self._lay_out()
        self._connect()
        self._choose_filter(FILTERS[0])

    @property
    def person(self) -> Person | None:
        """Who is chosen."""
        return self._chosen

    @property
    def shown(self) -> QWidget | None:
        """The list, or what is in its place."""
        return self._stack.currentWidget()

    def begin(self, phase: str) -> None:
        """Another set is being read: nobody is known until it has been."""
        self._remember_name = self._chosen.name if self._chosen else ""
        self.model.show_people(())
        self._choose(None)
        self.found.setText("")
        self._is_reading = False
        self.wait(phase)

    def wait(self, phase: str) -> None:
        """Files are on their way; the reading begins after them."""
        if not self._is_reading:
            self._is_reading = True
            self._set_usable(False)
            self._show_state()
        self.progress.start(phase)

    def report(self, fraction: float, phase: str) -> None:
        """How far the reading is."""
        self.progress.report(fraction, phase)

    def show_people(self, people: tuple[Person, ...], sources: Sequence[SourceSummary]) -> None:
        """Everybody in the set, ranked; the one chosen before is chosen again, else the first."""
        self.progress.stop()
        self._is_reading = False
        self.nobody.say(*(NOBODY if sources else NOTHING))
        self.found.setText(found_words(len(people)))
        self._set_usable(bool(people))
        for entry in FILTERS if people else ():
            self.chips[entry.key].set_count(sum(entry.lets_through(person) for person in people))
        if people and not any(map(self._filter.lets_through, people)):
            self._choose_filter(_widest(people))
        self.model.show_people(people, sources)
        self._show_state()
        name = self._remember_name
        self._select(name if any(person.name == name for person in people) else _first(self.model))

    def show_failure(self, error: CardgenError) -> None:
        """The set could not be read."""
        self.progress.stop()
        self.problem.say("The people could not be found", error.message)
        self._stack.setCurrentWidget(self.problem)

    def focus_search(self) -> None:
        """Begin to type a name."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _build_states(self) -> None:
        context = self._context
        self._remember_name = ""
        self.nobody = EmptyState("quote", *NOBODY, "Add files…", "no_match", context=context)
        self.no_match = EmptyState(
            "search", "", "", "Clear search", "no_match", context=context, second="Search everybody"
        )
        self.problem = EmptyState("warning", "", "", "Try again", "problem", context=context)
        self._waiting = QWidget()
        column = QVBoxLayout(self._waiting)
        column.setContentsMargins(EDGE, 8, EDGE, 0)
        column.addWidget(self.progress)
        column.addStretch(1)

    def _lay_out(self) -> None:
        for page in (self.list, self._waiting, self.nobody, self.no_match, self.problem):
            self._stack.addWidget(page)
        head, chips = QHBoxLayout(), QHBoxLayout()
        head.setContentsMargins(EDGE, 0, EDGE, 0)
        head.addWidget(self.title)
        head.addStretch(1)
        head.addWidget(self.found)
        chips.setContentsMargins(EDGE, 0, EDGE, 0)
        chips.setSpacing(8)
        for chip in self.chips.values():
            chips.addWidget(chip)
        chips.addStretch(1)
        field = QVBoxLayout()
        field.setContentsMargins(EDGE, 0, EDGE, 0)
        field.addWidget(self.search)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 16, 0, 0)
        column.setSpacing(10)
        for layout in (head, field, chips):
            column.addLayout(layout)
        column.addWidget(self._stack, 1)
        self.setMinimumWidth(340)

    def _connect(self) -> None:
        self.search.search_changed.connect(self._on_search)
        self.search.returnPressed.connect(self._focus_list)
        for entry in FILTERS:
            self.chips[entry.key].clicked.connect(
                lambda _checked=False, chip=entry: self._choose_filter(chip)
            )
        self.list.selectionModel().currentChanged.connect(self._on_current)
        self.list.activated.connect(self.activated)
        self.no_match.action_triggered.connect(self.search.clear)
        self.no_match.second_triggered.connect(lambda: self._choose_filter(FILTERS[-1]))
        self.nobody.action_triggered.connect(self.add_requested)
        self.problem.action_triggered.connect(self.again_requested)
        down = QShortcut(QKeySequence("Down"), self.search)
        down.setContext(Qt.ShortcutContext.WidgetShortcut)
        down.activated.connect(self._focus_list)

    def _focus_list(self) -> None:
        """From the search to whom it found; the first one is chosen unless somebody in the list is."""
        if self._stack.currentWidget() is not self.list:
            return
        if not self.list.currentIndex().isValid():
            self._select(_first(self.model))
        self.list.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _set_usable(self, usable: bool) -> None:
        self.search.setEnabled(usable)
        for chip in self.chips.values():
            chip.setEnabled(usable)
            if not usable:
                chip.set_count(None)

    def _on_search(self, text: str) -> None:
        self._text = text
        self._refilter()

    def _choose_filter(self, chosen: PeopleFilter) -> None:
        self._filter = chosen
        for entry in FILTERS:
            self.chips[entry.key].setChecked(entry is chosen)
        self._refilter()

    def _refilter(self) -> None:
        name = self._chosen.name if self._chosen else ""
        self.model.set_filter(self._filter, self._text)
        self._show_state()
        self._select(name)

    def _show_state(self) -> None:
        if self._is_reading:
            self._stack.setCurrentWidget(self._waiting)
        elif not self.model.people:
            self._stack.setCurrentWidget(self.nobody)
        elif self.model.rowCount():
            self._stack.setCurrentWidget(self.list)
        else:
            self.no_match.say(f"Nobody matches “{self._text}”", f"Searched under “{self._filter.word}”.")
            self.no_match.second.setVisible(self._filter is not FILTERS[-1])
            self._stack.setCurrentWidget(self.no_match)

    def _select(self, name: str) -> None:
        row = self.model.row_of(name)
        if row is not None:
            self.list.setCurrentIndex(self.model.index(row))

    def _on_current(self, current: QModelIndex, _previous: QModelIndex) -> None:
        if current.isValid():
            self._choose(self.model.shown[current.row()])

    def _choose(self, person: Person | None) -> None:
        if person != self._chosen:
            self._chosen = person
            self.chosen.emit(person)


def found_words(number: int) -> str:
    """How many people were found."""
    return "" if not number else "1 person found" if number == 1 else f"{number:,} people found"


def _first(model: PeopleModel) -> str:
    return model.shown[0].name if model.shown else ""


def _widest(people: tuple[Person, ...]) -> PeopleFilter:
    """The narrowest chip under which anybody is."""
    return next((entry for entry in FILTERS if any(map(entry.lets_through, people))), FILTERS[-1])
