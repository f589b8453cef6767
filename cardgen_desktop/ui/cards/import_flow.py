"""Bringing cards of other programs into the library: one job for all that were chosen together."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from ...domain.errors import CardgenError
from ...domain.events import Event, JobChanged
from ...domain.job import TERMINAL_STATES, JobSnapshot
from ...domain.job_kinds import ImportRequest
from ...jobs.interface import Commands, Events
from ..components import ProgressLine
from ..context import UiContext
from ..dialogs import choose_files, choose_folder
from ..tasks import TaskOwner
from .choosing import ChooseFiles, ChooseFolder

SUFFIXES = "*.png *.apng *.webp *.jpg *.jpeg *.json *.yaml *.yml *.charx *.byaf"
FILTERS = (f"Cards and lorebooks ({SUFFIXES})", "All files (*)")


class ImportFlow(QObject):
    """Starts imports; the window tells how each job ends, wherever it was started."""

    def __init__(
        self,
        window: QWidget,
        progress: ProgressLine,
        *,
        context: UiContext,
        tasks: TaskOwner,
        choose: ChooseFiles = choose_files,
        choose_folder: ChooseFolder = choose_folder,
    ) -> None:
        super().__init__(window)
        self._window, self._progress = window, progress
        self._context, self._tasks = context, tasks
        self._choose, self._choose_folder = choose, choose_folder
        self._commands: Commands | None = None
        self._running: set[int] = set()
        self._stop: Callable[[], None] = lambda: None

    def attach(self, commands: Commands, events: Events) -> None:
        """Hand over the commands and events."""
        self._commands = commands
        self._stop = events.subscribe(self._on_event)

    def close(self) -> None:
        """Hear nothing any more."""
        self._stop()

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
        self._progress.start()
        try:
            request = ImportRequest(paths=tuple(map(str, paths)))
            job = await self._commands.start_import(request)
        except CardgenError as error:
            self._progress.stop()
            self._context.notify.error(error)
            return
        self._running.add(job.id)
        self._hear(job)

    def _on_event(self, event: Event) -> None:
        if isinstance(event, JobChanged):
            self._hear(event.job)

    def _hear(self, job: JobSnapshot) -> None:
        if job.id not in self._running:
            return
        self._progress.set_fraction(job.progress / 100, job.phase)
        if job.state in TERMINAL_STATES:
            self._running.discard(job.id)
            self._progress.stop()
