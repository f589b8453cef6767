"""Bringing cards of other programs into the library: one job for all that were chosen together."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from ...domain.card_library import CARD_SUFFIXES
from ...domain.errors import CardgenError
from ...domain.events import Event, JobChanged
from ...domain.job import JobSnapshot, JobState
from ...domain.job_kinds import IMPORT, ImportRequest
from ...jobs.interface import Commands, Events
from ..context import UiContext
from ..dialogs import choose_files, choose_folder
from ..tasks import TaskOwner
from .choosing import ChooseFiles, ChooseFolder
from .import_line import ImportLine

FILTERS = (
    f"Cards and lorebooks ({' '.join(f'*{suffix}' for suffix in sorted(CARD_SUFFIXES))})",
    "All files (*)",
)

STOPPED = "The import was stopped. What came in so far is in Cards."
_WAITING = {
    JobState.QUEUED: "The import waits for its turn",
    JobState.RUNNING: "Importing",
    JobState.WAITING: "The import tries again by itself",
}


class ImportFlow(QObject):
    """Starts imports; the window tells how each job ends, wherever it was started."""

    def __init__(
        self,
        window: QWidget,
        line: ImportLine,
        *,
        context: UiContext,
        tasks: TaskOwner,
        choose: ChooseFiles = choose_files,
        choose_folder: ChooseFolder = choose_folder,
    ) -> None:
        super().__init__(window)
        self._window, self._line = window, line
        self._context, self._tasks = context, tasks
        self._choose, self._choose_folder = choose, choose_folder
        self._commands: Commands | None = None
        line.stop_requested.connect(self.stop)
        self._running: dict[int, JobSnapshot] = {}
        self._stopping: set[int] = set()
        self._ended: set[int] = set()
        self._leave: Callable[[], None] = lambda: None

    def attach(self, commands: Commands, events: Events) -> None:
        """Hand over the commands and events."""
        self._commands = commands
        self._leave = events.subscribe(self._on_event)

    def close(self) -> None:
        """Hear nothing any more."""
        self._leave()

    def ask_for_files(self) -> None:
        """Let the person choose card files, and import them."""
        self._tasks.spawn(self._ask_for_files(), name="import cards")

    def ask_for_folder(self) -> None:
        """Let the person choose a folder, and import every card in it."""
        self._tasks.spawn(self._ask_for_folder(), name="import a folder")

    async def _ask_for_files(self) -> None:
        folder = self._context.settings.value.last_folder
        window = self._window.window()
        paths = await self._choose(window, title="Import cards", folder=folder, filters=FILTERS)
        if paths:
            self._context.settings.update(last_folder=str(paths[0].parent))
            await self._start(tuple(paths))

    async def _ask_for_folder(self) -> None:
        folder = self._context.settings.value.last_folder
        window = self._window.window()
        path = await self._choose_folder(window, title="Import a folder of cards", folder=folder)
        if path is not None:
            self._context.settings.update(last_folder=str(path))
            await self._start((path,))

    async def _start(self, paths: tuple[Path, ...]) -> None:
        if self._commands is None:
            return
        try:
            job = await self._commands.start_import(ImportRequest(paths=tuple(map(str, paths))))
        except CardgenError as error:
            self._context.notify.error(error)
            return
        # What it has come to meanwhile was heard before this answer.
        if job.state in _WAITING and job.id not in self._ended:
            self._hear(job)

    def stop(self) -> None:
        """End every import that is under way; what came in is kept."""
        self._stopping |= self._running.keys()
        self._line.show_stopping()
        self._tasks.spawn(self._cancel(), name="stop an import")

    async def _cancel(self) -> None:
        if self._commands is not None and self._running:
            await self._commands.cancel_jobs(tuple(self._running))

    def _on_event(self, event: Event) -> None:
        """Imports that were started elsewhere, such as by a drop, are shown as well."""
        if isinstance(event, JobChanged) and event.job.kind == IMPORT:
            if event.job.state in _WAITING:
                self._hear(event.job)
            else:
                self._end(event.job)

    def _hear(self, job: JobSnapshot) -> None:
        self._running[job.id] = job
        self._show()

    def _end(self, job: JobSnapshot) -> None:
        """It is done, or paused or held: then Jobs says how it goes on."""
        self._running.pop(job.id, None)
        self._ended.add(job.id)
        if job.id in self._stopping and job.state is JobState.CANCELLED:
            self._context.notify.toast(STOPPED)
        self._stopping.discard(job.id)
        self._show()

    def _show(self) -> None:
        jobs = list(self._running.values())
        if not jobs:
            self._line.end()
        elif not self._stopping.issuperset(self._running):
            fraction = sum(job.progress for job in jobs) / len(jobs) / 100
            self._line.show_progress(fraction or None, words_of(jobs))


def words_of(jobs: Sequence[JobSnapshot]) -> str:
    """What is coming in: "Importing 120 of 300 · Harbour folk", or how many imports there are."""
    if len(jobs) > 1:
        return f"{len(jobs):,} imports are under way. Jobs shows how far each is."
    job = jobs[0]
    phase = job.phase if job.state is JobState.RUNNING and job.phase else _WAITING[job.state]
    return " · ".join(part for part in (phase, job.title) if part)
