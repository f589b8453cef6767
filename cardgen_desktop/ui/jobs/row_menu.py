"""The menu of the selected rows: what they can be asked, each with its key and the number of jobs it fits."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from ...domain.job import JobSnapshot
from ..components import Menu
from ..context import UiContext
from .actions import PRIORITIES, JobAction, offers
from .model import JobsModel

MOST_LOOKED_AT = 2000
"""Of a longer selection only so many jobs are looked at; the numbers are then those of the whole."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Selected rows and those of their jobs that are in memory, at most `MOST_LOOKED_AT`."""

    rows: Sequence[int]
    jobs: Sequence[JobSnapshot]

    @classmethod
    def of(cls, model: JobsModel | None, rows: Sequence[int]) -> "Selection":
        """The selection of some rows of a model."""
        if model is None:
            return cls((), ())
        jobs = [job for row in rows[:MOST_LOOKED_AT] if (job := model.job(row)) is not None]
        return cls(rows, jobs)

    @property
    def is_known(self) -> bool:
        """Whether the job of every row is in memory."""
        return len(self.jobs) == len(self.rows)


class RowMenu(Menu):
    """Deletes itself when closed.

    Signals: `chosen(ActionKey)`, `priority_chosen(Priority)`, `copy_requested`, `json_requested`.
    """

    chosen = Signal(object)
    priority_chosen = Signal(object)
    copy_requested = Signal()
    json_requested = Signal()

    def __init__(self, selection: Selection, *, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(context=context, parent=parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._selection = selection
        group = ""
        for action, fits in offers(selection.jobs):
            if action.key == "open" and len(selection.rows) > 1:
                continue
            group = self._part(group, action)
            self._add_action(action, fits if selection.is_known else len(selection.rows))
        self.addSeparator()
        self.add("Copy details", self.copy_requested.emit, icon="copy", shortcut="Ctrl+C")
        self.add("Copy as JSON", self.json_requested.emit, icon="copy", shortcut="Ctrl+Shift+C")

    def _part(self, group: str, action: JobAction) -> str:
        """Order in the queue and removing stand apart from the rest."""
        groups = {"now": "order", "priority": "order", "top": "order", "bottom": "order", "remove": "remove"}
        new = groups.get(action.key, "first")
        if group and new != group:
            self.addSeparator()
        return new

    def _add_action(self, action: JobAction, count: int) -> None:
        many = len(self._selection.rows) > 1
        text = action.many.format(count=f"{count:,}") if many and count > 1 else action.word
        if action.key == "priority":
            self._add_priorities(text, action.icon)
            return
        self.add(
            text,
            partial(self.chosen.emit, action.key),
            icon=action.icon,
            shortcut=action.shortcut,
            danger=action.key == "remove",
        )

    def _add_priorities(self, text: str, icon: str) -> None:
        levels = {job.priority for job in self._selection.jobs}
        menu = Menu(context=self._context, parent=self)
        menu.setTitle(text)
        menu.setIcon(self._context.icons.icon(icon, "muted"))
        for level, word in PRIORITIES:
            current = "check" if levels == {int(level)} else None
            menu.add(word, partial(self.priority_chosen.emit, level), icon=current)
        self.addMenu(menu)
