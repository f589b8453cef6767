"""Acting on the rows of the jobs table: by menu, by key, by the word in the row, by the buttons beside it."""

from collections.abc import Sequence

from PySide6.QtCore import QObject, QPoint, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from ...domain.job import JobSnapshot
from ..components import Menu
from ..context import UiContext
from . import words
from .actions import ActionKey, JobAction, actions_for, card_id_of, details_text
from .details import JobDetails
from .listing import JobListing
from .operations import JobOperations


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

    def act(self, key: ActionKey, jobs: Sequence[JobSnapshot]) -> None:
        """Do something with jobs; cards are opened one at a time."""
        if key == "open":
            self.open_card_requested.emit(card_id_of(jobs[0]))
        elif self.operations is not None:
            self.operations.run(key, jobs)

    def act_on_shown(self, key: ActionKey) -> None:
        """Do something with the job in the details."""
        if self._details.job is not None:
            self.act(key, [self._details.job])

    def act_on_selection(self, key: ActionKey) -> None:
        """Do something with every selected job that allows it."""
        model = self._listing.model
        if self.operations is not None and model is not None:
            self.operations.run_on_rows(key, model, self._listing.view.selected_rows())

    def remove_selected(self) -> None:
        """Take the selected jobs off the list."""
        self.act_on_selection("remove")

    def retry_selected(self) -> None:
        """Run the selected jobs again."""
        self.act_on_selection("retry")

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
            QGuiApplication.clipboard().setText(details_text(self._details.job))
            self._context.notify.toast("Details copied")

    def open_menu(self, point: QPoint) -> None:
        """Show what can be done with the selection, at a global position."""
        menu = self.make_menu()
        if menu is not None:
            menu.popup(point)

    def make_menu(self) -> Menu | None:
        """The menu of the selection, None when nothing is selected. It deletes itself when closed."""
        job = self._listing.current_job()
        count = sum(1 for _ in self._listing.view.selected_rows())
        if job is None or not count:
            return None
        menu = Menu(context=self._context, parent=self._parent)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for action in actions_for(job):
            if count == 1 or action.key != "open":
                self._add(menu, action, count)
        menu.addSeparator()
        menu.add("Copy details", self.copy_details, icon="copy")
        return menu

    def _add(self, menu: Menu, action: JobAction, count: int) -> None:
        text = action.word if count == 1 else action.many.format(count=count)
        by_key = {
            "open": self.do_what_the_row_offers,
            "remove": self.remove_selected,
            "retry": self.retry_selected,
            "cancel": lambda: self.act_on_selection("cancel"),
        }
        menu.add(
            text,
            by_key[action.key],
            icon=action.icon,
            shortcut=action.shortcut,
            danger=action.key == "remove",
        )
