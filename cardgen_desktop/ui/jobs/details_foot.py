"""The foot of the details: copy, save, and what can be done with the job, the likeliest first."""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from ...domain.job import TERMINAL_STATES, JobSnapshot
from ...domain.job_kinds import DRAFT
from ..components import Button, Menu
from ..context import UiContext
from .actions import JobAction, actions_for

SHOWN_ACTIONS = 3
NEVER_PRIMARY = frozenset({"cancel", "pause", "remove"})
REPORTS = (("JSON file…", "json"), ("YAML file…", "yaml"), ("CSV file…", "csv"))
CHANGES = "Try again with changes…"

Place = tuple[int, int, int, int]
"""Row, column, height and width of a button in the grid."""


def places_of(actions: int, *, has_primary: bool, has_more: bool) -> tuple[Place, ...]:
    """Where the buttons stand: the likeliest over the others, those that only stop a job beside each other.

    The first row ends in the button for more actions, if there is one; the rows below reach to its edge.
    """
    width = 3 if has_more else 2
    if not has_primary and actions > 1:
        return (0, 0, 1, 1), (0, 1, 1, 1), (1, 0, 1, width)
    if actions == 2:
        return (0, 0, 1, 2), (1, 0, 1, width), (2, 0, 1, width)
    return (0, 0, 1, 2), (1, 0, 1, 1), (1, 1, 1, width - 1)


class DetailsFoot(QWidget):
    """Buttons that follow the state of the job.

    Signals: `action_requested(key)`, `copy_requested`, `report_requested("json", "yaml" or "csv")`,
    `changes_requested`.
    """

    action_requested = Signal(object)
    copy_requested = Signal()
    report_requested = Signal(str)
    changes_requested = Signal()

    def __init__(self, *, context: UiContext) -> None:
        super().__init__()
        self._context = context
        self._actions: tuple[JobAction, ...] = ()
        self._places: tuple[Place, ...] = ()
        self._job: JobSnapshot | None = None
        self._waits_for_buttons = False
        self.copy_button = Button("Copy details", context=context, variant="ghost", size="small", icon="copy")
        self.report = Button("Save report…", context=context, variant="ghost", size="small", icon="export")
        self.buttons = tuple(Button("", context=context, variant="outline") for _ in range(SHOWN_ACTIONS))
        self.more = Button("More actions", context=context, variant="outline", size="icon", icon="more")
        self.copy_button.clicked.connect(self.copy_requested)
        self.report.clicked.connect(lambda: self._open(self.report_menu(), self.report))
        self.more.clicked.connect(lambda: self._open(self.more_menu(), self.more))
        for number, button in enumerate(self.buttons):
            button.clicked.connect(lambda _checked=False, place=number: self._on_button(place))
        self._lay_out()

    def show_job(self, job: JobSnapshot) -> None:
        """Offer what fits the state of a job; the focus stays here, and never comes to stand on *Remove*."""
        self._job = job
        held = self._focused_action()
        self._actions = tuple(actions_for(job))
        self.report.setEnabled(job.id > 0)
        self.more.setVisible(len(self._actions) > SHOWN_ACTIONS or self._offers_changes)
        self._place()
        for number, (button, action) in enumerate(zip(self.buttons, self._actions, strict=False)):
            button.setText(action.word)
            button.set_icon(action.icon)
            button.set_variant("primary" if number == 0 and self._has_primary else "outline")
            button.show()
        self._keep_focus(held)
        for button in self.buttons[len(self._actions) :]:
            button.hide()

    def _focused_action(self) -> str:
        """The action whose button has the focus, "waiting" where it waits for buttons to come; else ""."""
        if self._waits_for_buttons and self.copy_button.hasFocus():
            return "waiting"
        pairs = zip(self.buttons, self._actions, strict=False)
        return next((action.key for button, action in pairs if button.hasFocus()), "")

    def _keep_focus(self, held: str) -> None:
        """A button with the focus that hides, or means another thing, would send the focus anywhere."""
        self._waits_for_buttons = bool(held) and not self._actions
        if self._waits_for_buttons:
            self.copy_button.setFocus(Qt.FocusReason.OtherFocusReason)
        elif held:
            keys = [action.key for action in self._actions]
            place = min(keys.index(held) if held in keys else 0, SHOWN_ACTIONS - 1)
            self.buttons[place].setFocus(Qt.FocusReason.OtherFocusReason)

    def report_menu(self) -> Menu:
        """The formats of a report."""
        menu = self._menu()
        for text, suffix in REPORTS:
            menu.add(text, partial(self.report_requested.emit, suffix))
        return menu

    def more_menu(self) -> Menu:
        """What has no button of its own."""
        menu = self._menu()
        if self._offers_changes:
            menu.add(CHANGES, self.changes_requested.emit, icon="settings")
        for action in self._actions[SHOWN_ACTIONS:]:
            menu.add(
                action.word,
                partial(self.action_requested.emit, action.key),
                icon=action.icon,
                shortcut=action.shortcut,
                danger=action.key == "remove",
            )
        return menu

    @property
    def _has_primary(self) -> bool:
        return bool(self._actions) and self._actions[0].key not in NEVER_PRIMARY

    @property
    def _offers_changes(self) -> bool:
        job = self._job
        return job is not None and job.kind == DRAFT and job.id > 0 and job.state in TERMINAL_STATES

    def _menu(self) -> Menu:
        menu = Menu(context=self._context, parent=self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        return menu

    def _open(self, menu: Menu, below: QWidget) -> None:
        menu.open_below(below)

    def _on_button(self, place: int) -> None:
        self.action_requested.emit(self._actions[place].key)

    def _place(self) -> None:
        has_more = not self.more.isHidden()
        places = places_of(len(self._actions), has_primary=self._has_primary, has_more=has_more)
        if places == self._places:
            return
        self._places = places
        for button in self.buttons:
            self._grid.removeWidget(button)
        for button, place in zip(self.buttons, places, strict=True):
            self._grid.addWidget(button, *place)

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(0)
        row.addWidget(self.copy_button)
        row.addWidget(self.report)
        row.addStretch(1)
        self._grid = QGridLayout()
        self._grid.setSpacing(8)
        self._place()
        self._grid.addWidget(self.more, 0, 2)
        self._grid.setColumnStretch(0, 1)
        self._grid.setColumnStretch(1, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(row)
        column.addLayout(self._grid)
