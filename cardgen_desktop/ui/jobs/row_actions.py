"""Acting on the rows of the jobs table: by menu, by key, by the word in the row, by the buttons beside it."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QObject, QPoint, Signal
from PySide6.QtWidgets import QWidget

from ...domain.job import JobSnapshot, Priority
from ..context import UiContext
from . import words
from .actions import ActionKey, actions_for, all_actions, card_id_of
from .copying import JobCopies, copy_details
from .details import JobDetails
from .listing import JobListing
from .operations import JobOperations
from .outcomes import nothing_words
from .row_menu import RowMenu, Selection
from .view import JobsView


class RowActions(QObject):
    """Turns what the person does with rows into operations; `operations` is set once there are commands.

    Signals: `open_card_requested(card_id)`.
    """

    open_card_requested = Signal(object)

    def __init__(
        self, listing: JobListing, details: JobDetails, *, context: UiContext, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._listing, self._details, self._context, self._parent = listing, details, context, parent
        self.operations: JobOperations | None = None
        self.copies: JobCopies | None = None

    def act(self, key: ActionKey, jobs: Sequence[JobSnapshot], *, priority: Priority | None = None) -> None:
        """Do something with jobs; cards are opened one at a time."""
        if key == "open":
            self._open(jobs[0])
        elif self.operations is not None:
            self.operations.run(key, jobs, priority=priority)

    def _open(self, job: JobSnapshot) -> None:
        card_id = card_id_of(job)
        if card_id is None:
            self._context.notify.toast(nothing_words("open"))
            return
        self.open_card_requested.emit(card_id)
        if job.needs_review and self.operations is not None:
            self.operations.review(job)

    def act_on_shown(self, key: ActionKey) -> None:
        """Do something with the job in the details."""
        if self._details.job is not None:
            self.act(key, [self._details.job])

    def act_on_selection(self, key: ActionKey, *, priority: Priority | None = None) -> None:
        """Do something with every selected job that allows it: one command for all of them."""
        model = self._listing.model
        if self.operations is not None and model is not None:
            self.operations.run_on_rows(key, model, self.selection().rows, priority=priority)

    def selection(self) -> Selection:
        """The selected rows and what is known of them."""
        model = self._listing.model
        return Selection.of(model, () if model is None else selected_rows(self._listing.view))

    def remove_selected(self) -> None:
        """Take the selected jobs off the list."""
        self.act_on_selection("remove")

    def retry_selected(self) -> None:
        """Run the selected jobs again."""
        self.act_on_selection("retry")

    def pause_or_resume(self) -> None:
        """Resume the selection when its current job stands still, else pause it."""
        job = self._listing.current_job()
        stands = job is not None and any(action.key == "resume" for action in all_actions(job))
        self.act_on_selection("resume" if stands else "pause")

    def step_priority(self, step: int) -> None:
        """Make the selection one level more or less urgent than its current job is."""
        job = self._listing.current_job()
        if job is not None:
            level = max(Priority.LOWEST, min(Priority.HIGHEST, job.priority + step))
            self.act_on_selection("priority", priority=Priority(level))

    def do_first(self, job: JobSnapshot) -> None:
        """What the row itself offers: open what is done, try again what failed."""
        if words.action_word(job):
            self.act(actions_for(job)[0].key, [job])

    def do_what_the_row_offers(self) -> None:
        """The same for the current row, by Enter or a double click."""
        job = self._listing.current_job()
        if job is not None:
            self.do_first(job)

    def copy_details(self) -> None:
        """Put everything about the shown job on the clipboard."""
        if self._details.job is not None:
            copy_details([self._details.job], self._context.notify)

    def copy_selected(self) -> None:
        """Put the details of the selected jobs on the clipboard."""
        copy_details(self.selection().jobs, self._context.notify)

    def copy_selected_as_json(self) -> None:
        """Put everything about the selected jobs on the clipboard, as JSON."""
        if self.copies is not None:
            self.copies.copy_json([job.id for job in self.selection().jobs])

    def open_menu(self, point: QPoint) -> None:
        """Show what can be done with the selection, at a global position."""
        menu = self.make_menu()
        if menu is not None:
            menu.popup(point)

    def make_menu(self) -> RowMenu | None:
        """The menu of the selection, None when nothing is selected. It deletes itself when closed."""
        selection = self.selection()
        if not selection.rows or not selection.jobs:
            return None
        menu = RowMenu(selection, context=self._context, parent=self._parent)
        menu.chosen.connect(self._on_chosen)
        menu.priority_chosen.connect(lambda level: self.act_on_selection("priority", priority=level))
        menu.copy_requested.connect(self.copy_selected)
        menu.json_requested.connect(self.copy_selected_as_json)
        return menu

    def _on_chosen(self, key: ActionKey) -> None:
        if key == "open":
            job = self._listing.current_job() or self.selection().jobs[0]
            self.act("open", [job])
        else:
            self.act_on_selection(key)

    def bindings(self) -> tuple[tuple[str, Callable[[], object]], ...]:
        """The keys of the table and what they do."""
        act = self.act_on_selection
        return (
            ("Del", partial(act, "remove")),
            ("Ctrl+Backspace", partial(act, "cancel")),
            ("Ctrl+P", self.pause_or_resume),
            ("Ctrl+Return", partial(act, "now")),
            ("Ctrl+T", partial(act, "top")),
            ("Ctrl+B", partial(act, "bottom")),
            ("Alt+Up", partial(self.step_priority, 1)),
            ("Alt+Down", partial(self.step_priority, -1)),
            ("Ctrl+C", self.copy_selected),
            ("Ctrl+Shift+C", self.copy_selected_as_json),
        )


def selected_rows(view: JobsView) -> Sequence[int]:
    """The selected rows; one unbroken run of them, such as a million, is no list."""
    selection = view.selectionModel().selection()
    parts = (selection.at(number) for number in range(selection.size()))
    runs = {(part.top(), part.bottom()) for part in parts}
    if len(runs) == 1:
        top, bottom = runs.pop()
        return range(top, bottom + 1)
    return list(view.selected_rows())
