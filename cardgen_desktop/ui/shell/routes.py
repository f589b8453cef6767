"""What leads from one page to another, and what waits until a page can take it."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, Signal

from ..context import UiContext
from .added_cards import AddedCards
from .pages import PageStack

if TYPE_CHECKING:
    from ...domain.card_library import CardSummary
    from ...domain.job import JobSnapshot, JobState
    from ..cards.page import CardsPage
    from ..diagnostics.page import DiagnosticsPage
    from ..draft.page import DraftPage
    from ..jobs.page import JobsPage
    from ..settings.page import Part, SettingsPage
    from ..statistics.page import StatisticsPage


class Routes(QObject):
    """Connects the pages with each other as they are made.

    Signals: `counts_changed(unfinished jobs, running jobs)`, `states_counted(dict of JobState to int)`.
    """

    counts_changed = Signal(object, object)
    states_counted = Signal(object)

    def __init__(self, pages: PageStack, *, context: UiContext, parent: QObject) -> None:
        super().__init__(parent)
        self._pages, self._context = pages, context
        self._waiting: list[Callable[[], object]] = []
        self._added = AddedCards(context.notify, self.draft_from, self)
        self.was_used = False
        pages.page_made.connect(self._on_page_made)

    def flush(self) -> None:
        """Do what was asked before the data was there."""
        waiting, self._waiting = self._waiting, []
        for action in waiting:
            action()

    def add_paths(self, paths: Sequence[Path]) -> None:
        """Put files on the desk; cards among them go to the library."""
        page = cast("DraftPage", self._go_to("draft"))
        self._when_ready(lambda: page.add_paths(list(paths)))

    def add_text(self, text: str) -> None:
        """Put pasted or dropped text on the desk; a card in it is opened."""
        page = cast("DraftPage", self._go_to("draft"))
        self._when_ready(lambda: page.add_text(text))

    def choose_files(self) -> None:
        """Ask for files to put on the desk."""
        page = cast("DraftPage", self._go_to("draft"))
        self._when_ready(page.choose_files)

    def paste(self) -> None:
        """Take files or text from the clipboard; a field takes its own text before this is asked."""
        page = cast("DraftPage", self._go_to("draft"))
        self._when_ready(page.paste)

    def draft_from(self, card_id: int) -> None:
        """Put a card on the desk, to draft from what it says."""
        page = cast("DraftPage", self._go_to("draft"))
        self._when_ready(lambda: page.add_card(card_id))

    def open_card(self, card_id: int) -> None:
        """Show a card in the editor."""
        page = cast("CardsPage", self._go_to("cards"))
        self._when_ready(lambda: page.open_card(card_id))

    def show_cards(self) -> None:
        """Show the library."""
        self._go_to("cards")

    def show_jobs(self) -> None:
        """Show the list of jobs."""
        self._go_to("jobs")

    def show_statistics(self) -> None:
        """Show the figures of the queue."""
        self._go_to("statistics")

    def show_diagnostics(self, file: str = "") -> None:
        """Show what a diagnostics bundle would hold, or one file of it."""
        page = cast("DiagnosticsPage", self._go_to("diagnostics"))
        if file:
            page.show_file(file)

    def show_settings(self, part: "Part" = "general") -> None:
        """Show a part of the settings."""
        cast("SettingsPage", self._go_to("settings")).show_part(part)

    def open_profile(self, name: str, field: str = "") -> None:
        """Show the settings of an engine and lead to one of its fields: what held or failed jobs need.

        `name` is a profile's name; an unknown one, or "", shows all engines. `field` is one of
        `providers.remedies.FIELDS`, such as "key", "model", "address", "cap" or "test"; "" leads to none.
        """
        page = cast("SettingsPage", self._go_to("settings"))
        page.show_part("engines")
        self._when_ready(lambda: page.engines.open_profile(name, field))

    def show_costs(self) -> None:
        """Show what language models have cost."""
        self.show_settings("costs")

    def show_job(self, job_id: int) -> None:
        """Show a job and its details."""
        page = cast("JobsPage", self._go_to("jobs"))
        self._when_ready(lambda: page.choose(job_id))

    def _go_to(self, name: str) -> object:
        self.was_used = True
        return self._pages.go_to(name)

    def _when_ready(self, action: Callable[[], object]) -> None:
        if self._pages.is_attached:
            action()
        else:
            self._waiting.append(action)

    def _on_page_made(self, name: str) -> None:
        page = self._pages.page(name)
        if name == "draft":
            draft = cast("DraftPage", page)
            draft.draft_started.connect(self._on_draft_started)
            draft.drafts_pending.connect(self._on_drafts_pending)
            draft.drafts_withdrawn.connect(self._on_drafts_withdrawn)
            draft.card_added.connect(self._on_card_added)
            draft.setup_requested.connect(self.open_profile)
            draft.styles_requested.connect(lambda: self.show_settings("styles"))
        elif name == "cards":
            cast("CardsPage", page).draft_requested.connect(self.draft_from)
        elif name == "settings":
            settings = cast("SettingsPage", page).general
            settings.gallery_requested.connect(self._on_gallery_requested)
            settings.prose_zoom_changed.connect(self._on_prose_zoom_changed)
            settings.statistics_requested.connect(self.show_statistics)
            settings.jobs_requested.connect(self.show_jobs)
            settings.diagnostics_requested.connect(lambda: self.show_diagnostics())
        elif name == "statistics":
            self._add_costs_button(cast("StatisticsPage", page))
        elif name == "jobs":
            jobs = cast("JobsPage", page)
            jobs.open_card_requested.connect(self.open_card)
            jobs.draft_requested.connect(self._on_draft_requested)
            jobs.counts_changed.connect(self._on_counts)
            jobs.settings_requested.connect(lambda: self.show_settings("engines"))
            jobs.engine_requested.connect(self.open_profile)
            self._add_statistics_button(jobs)

    def _add_statistics_button(self, jobs: "JobsPage") -> None:
        from ..components import Button

        button = Button("Statistics", context=self._context, variant="ghost")
        button.clicked.connect(self.show_statistics)
        jobs.header.add_action(button, first=True)

    def _add_costs_button(self, statistics: "StatisticsPage") -> None:
        from ..components import Button

        button = Button("Costs", context=self._context, variant="ghost")
        button.clicked.connect(self.show_costs)
        statistics.header.add_action(button, first=True)

    def _on_drafts_pending(self, jobs: "Sequence[JobSnapshot]") -> None:
        """Show rows that are about to be real."""
        model = cast("JobsPage", self._pages.page("jobs")).model
        if model is not None:
            for job in jobs:
                model.note_pending(job)

    def _on_drafts_withdrawn(self, request_ids: Sequence[str]) -> None:
        """Take away rows that did not become real."""
        model = cast("JobsPage", self._pages.page("jobs")).model
        if model is not None:
            for request_id in request_ids:
                model.withdraw(request_id)

    def _on_draft_started(self, job: "JobSnapshot") -> None:
        """Show the first job of a batch; the others join the list without taking the choice away."""
        if self._pages.current != "jobs":
            self.show_job(job.id)

    def _on_card_added(self, card: "CardSummary") -> None:
        """A card that came alone is opened; among other files it is only announced."""
        if cast("DraftPage", self._pages.page("draft")).pieces == 1:
            self.open_card(card.id)
        self._added.add(card)

    def _on_gallery_requested(self) -> None:
        self._go_to("gallery")

    def _on_prose_zoom_changed(self, _percent: int) -> None:
        for field in cast("CardsPage", self._pages.page("cards")).editor.fields.all:
            field.edit.apply_zoom()

    def _on_draft_requested(self) -> None:
        self._go_to("draft")

    def _on_counts(self, counts: "Mapping[JobState, int]") -> None:
        from ...domain.job import TERMINAL_STATES, JobState

        unfinished = sum(number for state, number in counts.items() if state not in TERMINAL_STATES)
        self.states_counted.emit(counts)
        self.counts_changed.emit(unfinished, counts.get(JobState.RUNNING, 0))
