"""The window's composition root: paint first, then load the data, and take everything down in one order."""

import asyncio
import gc
import importlib
import logging
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import (
    AbstractAsyncContextManager,
    AsyncExitStack,
    asynccontextmanager,
    contextmanager,
    suppress,
)
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

# qasync takes the first binding it finds unless it is told.
os.environ.setdefault("QT_API", "pyside6")

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from . import __version__, launch, paths
from .domain.errors import CardgenError, DamagedDatabaseError, InternalError
from .launch import Options
from .settings import SettingsFile
from .ui.context import UiContext
from .ui.icons import Icons
from .ui.loop import AppLoop
from .ui.notify import Notify
from .ui.portrait import Portraits
from .ui.qt_messages import log_qt_messages
from .ui.shell.folder_words import backup_words, tell_about_folder
from .ui.shell.main_window import MainWindow
from .ui.shell.problem import Remedy
from .ui.tasks import TaskOwner
from .ui.theme import Theme

if TYPE_CHECKING:
    from .domain.events import Event
    from .jobs.workspace import Workspace

OpenData = Callable[[], "AbstractAsyncContextManager[Workspace]"]

_log = logging.getLogger(__name__)

PROGRAM = "the CardGen window"
UNOPENED = "The program made a mistake while opening your data. Nothing was changed; the log has the details."
CRASHES = "crashes.txt"
SAVE_SETTINGS_EVERY = 5.0
FIRST_PAINT_WITHIN = 10.0
# Imported in a thread while the window is already on the screen.
_DATA_LAYER = (
    "cardgen_desktop.jobs.workspace",
    "cardgen_desktop.jobs.handover.arrival",
    "cardgen_desktop.jobs.handover.guest_session",
    "cardgen_desktop.store.engine",
    "cardgen_desktop.jobs.commands",
    "cardgen_desktop.jobs.service",
)


def make_context(app: QApplication, home: Path) -> UiContext:
    """Style the application and gather what every widget is handed."""
    settings = SettingsFile(paths.settings(home))
    first_look = settings.first_look
    theme = Theme(mode=first_look.theme)
    theme.reduce_motion = first_look.reduce_motion
    theme.apply(app)
    return UiContext(
        theme=theme,
        icons=Icons(theme),
        portraits=Portraits(theme),
        notify=Notify(),
        settings=settings,
    )


class Application:
    """One run of the window. The coroutine `run` owns every part and leaves nothing behind.

    `open_data` opens the data folder; tests give another.
    """

    def __init__(self, app: QApplication, options: Options, open_data: OpenData | None = None) -> None:
        self._options = options
        self._open_data = open_data or self._open_workspace
        self._stop = asyncio.Event()
        self._read_only = False
        self.context = make_context(app, options.home)
        self.window = MainWindow(context=self.context, request_quit=self._stop.set)
        self._tasks = TaskOwner(on_error=lambda _name, error: self.context.notify.error(error))
        app.commitDataRequest.connect(self._on_session_end)

    async def run(self) -> int:
        """Show the window, work until it is to be closed, and return the exit code."""
        self._listen_to_signals()
        await self._show()
        with self._crashes_reported():
            try:
                exit_code = await self._work()
            finally:
                await self._tasks.aclose()
                await self._save_settings()
        self.window.allow_close()
        self.window.close()
        return exit_code

    async def _show(self) -> None:
        painted = asyncio.Event()
        self.window.painted.connect(painted.set)
        if self._options.page:
            self.window.pages.go_to(self._options.page)
        self.window.show()
        # A window that starts minimised is painted later; the data need not wait for that.
        with suppress(TimeoutError):
            await asyncio.wait_for(painted.wait(), FIRST_PAINT_WITHIN)

    @contextmanager
    def _crashes_reported(self) -> Iterator[None]:
        from . import crash

        logs = paths.logs(self._options.home)
        reporter = crash.install(self._on_crash, asyncio.get_running_loop(), logs)
        try:
            yield
        finally:
            reporter.uninstall()

    async def _work(self) -> int:
        async with AsyncExitStack() as stack:
            failure = await self._open(stack) if await self._prepare() else None
            if failure is None:
                self._tasks.spawn(self._keep_settings(), name="keep settings")
                await self._stop.wait()
            # Pages first: nothing new may be asked of the jobs while they put their work back.
            await self.window.aclose()
        return failure.exit_code if failure else 0

    async def _open(self, stack: AsyncExitStack) -> CardgenError | None:
        """Open the data folder; say why it cannot be opened until it can or the person quits.

        There is nothing left to do when another window took the files.
        """
        from .jobs.handover.arrival import HandedOverError

        failure: CardgenError
        remedies: tuple[Remedy, ...] = ()
        while True:
            try:
                workspace = await stack.enter_async_context(self._open_data())
            except HandedOverError:
                self._stop.set()
                return None
            except CardgenError as error:
                failure = error
            except Exception as error:  # noqa: BLE001  (whatever it is, the person is told and may try again)
                failure = InternalError(UNOPENED, details=repr(error))
                _log.exception("the data folder cannot be opened")
            else:
                stack.callback(workspace.events.subscribe(self._hear))
                self._begin(workspace)
                return None
            # Looking at it may fail as well; what else can be done stays on offer.
            remedies = (remedies if self._read_only else ()) or self._remedies(failure)
            self._read_only = False
            if not await self._asked_again(failure, remedies):
                return failure

    def _begin(self, workspace: "Workspace") -> None:
        self.window.clear_problem()
        self.window.attach(workspace.commands, workspace.events)
        if self._options.files:
            self.window.routes.add_paths(self._options.files)
        tell_about_folder(self.context.notify, workspace.read_only, workspace.warning)
        self._watch_network(workspace)
        if count := len(workspace.recovered):
            self.context.notify.banner(
                "info",
                f"Recovered {count:,} {'job' if count == 1 else 'jobs'}.",
                "Nothing was lost; the work goes on by itself.",
                "View",
                self.window.routes.show_jobs,
                "recovered",
                closable=True,
            )

    def _watch_network(self, workspace: "Workspace") -> None:
        """What the system says about the network holds or releases the jobs that need it."""
        from .ui.network import NetworkWatch

        def tell(online: bool) -> None:
            self._tasks.spawn(workspace.commands.set_online(online=online), name="tell of the network")

        if not workspace.read_only:
            watch = NetworkWatch(self.window)
            watch.online_changed.connect(tell)
            watch.start()

    def _hear(self, event: "Event") -> None:
        """A second start of the program gives its files to this one and wants it seen."""
        from .domain.events import FilesHandedOver

        if not isinstance(event, FilesHandedOver):
            return
        if event.paths:
            self.window.routes.add_paths([Path(path) for path in event.paths])
        self.window.setWindowState(self.window.windowState() & ~Qt.WindowState.WindowMinimized)
        self.window.show()
        self.window.raise_()
        self.window.activateWindow()

    async def _prepare(self) -> bool:
        """Import what is heavy and make the pages, while the window lives; False when it is to close already.

        The data layer is imported in a thread, the pages on the loop in small steps.
        """
        for module in _DATA_LAYER:
            if self._stop.is_set():
                return False
            await asyncio.to_thread(importlib.import_module, module)
        if not self._stop.is_set():
            await self.window.make_pages()
        # What exists now lives as long as the program: the collector need not look through it again.
        gc.freeze()
        return not self._stop.is_set()

    @asynccontextmanager
    async def _open_workspace(self) -> AsyncIterator["Workspace"]:
        from .jobs.handover.arrival import own_folder
        from .jobs.workspace import open_workspace

        home, workers = self._options.home, self.context.settings.value.workers or None
        opening = partial(
            open_workspace,
            home,
            workers=workers,
            program=PROGRAM,
            is_window=True,
            read_only=self._read_only,
        )
        files, stop = self._options.files, self._stop
        async with own_folder(
            home, PROGRAM, opening, files=files, on_wait=self._wait_with, stop=stop
        ) as workspace:
            yield workspace

    def _wait_with(self, sentence: str) -> None:
        """A command is at work in the folder and makes way as soon as it can."""
        if self.window.problem is None:
            self.window.show_problem(sentence, retry=lambda: None)
        if self.window.problem is not None:
            self.window.problem.wait_with(sentence)

    async def _asked_again(self, error: CardgenError, remedies: Sequence[Remedy]) -> bool:
        """Show a problem and do what the person chooses: True to try again, False to quit."""
        sentence = error.message
        while (remedy := await self._answer(sentence, remedies)) is not None:
            try:
                await remedy.work()
            except CardgenError as failure:
                sentence = failure.message
            else:
                break
        self.window.clear_problem()
        return remedy is not None

    async def _answer(self, sentence: str, remedies: Sequence[Remedy]) -> Remedy | None:
        """What the person chooses; None to quit."""
        chosen: asyncio.Future[Remedy] = asyncio.get_running_loop().create_future()

        def choose(remedy: Remedy) -> None:
            if not chosen.done():
                chosen.set_result(remedy)

        again = Remedy("Try again", "Opening your data", _nothing)
        self.window.show_problem(sentence, retry=lambda: choose(again), remedies=remedies, remedy=choose)
        quitting = asyncio.ensure_future(self._stop.wait())
        await asyncio.wait((quitting, chosen), return_when=asyncio.FIRST_COMPLETED)
        quitting.cancel()
        if self._stop.is_set() or not chosen.done():
            return None
        if remedies and self.window.problem is not None:
            self.window.problem.show_work(chosen.result().busy)
        return chosen.result()

    def _remedies(self, error: CardgenError) -> tuple[Remedy, ...]:
        """What can be done about an owner that is frozen, or a damaged database."""
        from .jobs.handover.link import NotAnsweringError

        look = Remedy("Open read-only", "Opening your data", self._choose_read_only)
        if isinstance(error, NotAnsweringError):
            return (Remedy("Try again", "Opening your data", _nothing), look)
        if not isinstance(error, DamagedDatabaseError):
            return ()
        from .jobs import recovery

        home, backup = self._options.home, error.backup
        found = [
            Remedy("Rebuild from what can be read", "Rebuilding your data", lambda: recovery.rebuild(home)),
            look,
        ]
        if backup is not None:
            path = Path(backup.path)
            words = f"Restore the {backup_words(backup)}"
            found.insert(0, Remedy(words, "Restoring the backup", lambda: recovery.restore(home, path)))
        return tuple(found)

    async def _choose_read_only(self) -> None:
        self._read_only = True

    async def _keep_settings(self) -> None:
        while True:
            await asyncio.sleep(SAVE_SETTINGS_EVERY)
            await self._save_settings()

    async def _save_settings(self) -> None:
        try:
            await asyncio.to_thread(self.context.settings.save)
        except OSError as error:
            _log.info("settings are not kept: %s", error)

    def _listen_to_signals(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            with suppress(NotImplementedError):  # Windows
                loop.add_signal_handler(number, self._stop.set)

    def _on_session_end(self) -> None:
        self._stop.set()

    def _on_crash(self, error: InternalError) -> None:
        """The report is among the diagnostics; without the data there is only the clipboard."""
        routes, text = self.window.routes, "Something went wrong inside the program. Your work is kept."
        if self.window.pages.is_attached:
            show = partial(routes.show_diagnostics, CRASHES)
            self.context.notify.toast(text, action="Diagnostics…", callback=show, error=True)
        else:
            copy = partial(QGuiApplication.clipboard().setText, error.details)
            self.context.notify.toast(text, action="Copy report", callback=copy, error=True)


async def _nothing() -> None:
    """What is done before the data folder is opened once more."""


async def run(app: QApplication, options: Options) -> int:
    """Run the window on the loop that is running."""
    return await Application(app, options).run()


def main(options: Options | None = None) -> int:
    """Open the window; returns the exit code. Without options they are read from the command line first."""
    if options is None:
        return launch.main()
    app = QApplication(sys.argv[:1])
    app.setApplicationName("CardGen Desktop")
    app.setApplicationVersion(__version__)
    app.setDesktopFileName("cardgen-desktop")
    app.setQuitOnLastWindowClosed(False)
    log_qt_messages()
    with asyncio.Runner(loop_factory=lambda: AppLoop(app)) as runner:
        try:
            return runner.run(run(app, options))
        except RuntimeError as error:
            # `app.quit()` or the end of the session: leaving the runner cancels and awaits the rest.
            if "before Future completed" not in str(error):
                raise
    return 0
