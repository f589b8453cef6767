"""The diagnostics page: the files of the bundle, what was left out of them, and where to save it."""

import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from ...domain.errors import CardgenError
from ...domain.queue import BundleFile
from ...jobs.interface import Commands, Events
from ..components import Banner, Button, ElidedLabel, EmptyState, PageHeader, ProgressLine
from ..context import UiContext
from ..dialogs import choose_save_path
from ..tasks import TaskOwner
from ..theme import SPACE
from ..wording import counted, size_words
from .file_list import BundleList
from .text_view import TextView

SPLITTER = "diagnostics"
WIDTHS = (280, 720)
FACT = "Nothing is sent anywhere."
LEFT_OUT = (
    "These files are written exactly as they stand here. Left out: keys and passwords, the texts of your "
    "sources, the texts of your cards."
)


def bundle_name(now: float) -> str:
    """What a bundle is called."""
    return time.strftime("cardgen-diagnostics-%Y-%m-%d.zip", time.localtime(now))


class DiagnosticsPage(QWidget):
    """Previews the bundle and saves it. It is read anew each time the page is shown."""

    def __init__(
        self, *, context: UiContext, clock: Callable[[], float] = time.time, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._context, self._clock = context, clock
        self._tasks = TaskOwner(on_error=lambda _name, error: context.notify.error(error))
        self._commands: Commands | None = None
        self._reading = self._saving = False
        self._wanted = ""
        self._build()
        self._lay_out()
        self.setFocusProxy(self.list)

    def attach(self, commands: Commands, _events: Events) -> None:
        """Where the files come from."""
        self._commands = commands
        self.refresh()

    async def aclose(self) -> None:
        """Stop every task."""
        await self._tasks.aclose()

    def refresh(self) -> None:
        """Gather the files again."""
        if self._commands is not None and not self._reading and self.isVisible():
            self._reading = True
            self._tasks.spawn(self._read(self._commands), name="gather diagnostics")

    def show_file(self, name: str) -> None:
        """Show a file of the bundle, as soon as it is gathered."""
        self._wanted = name
        self._choose_wanted()
        self.refresh()

    def copy(self) -> None:
        """Put the text of the shown file on the clipboard."""
        QGuiApplication.clipboard().setText(self.text.text)
        self._context.notify.toast(f"{self.name.text()} copied")

    def save(self) -> None:
        """Ask where to, and write the bundle."""
        if self._commands is not None and not self._saving:
            self._saving = True
            self._tasks.spawn(self._save(self._commands), name="save diagnostics")

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()

    async def _read(self, commands: Commands) -> None:
        self.progress.start()
        try:
            files = await commands.diagnostics()
        except CardgenError as error:
            self.problem.say("The files could not be gathered", error.message)
            self._stack.setCurrentWidget(self.problem)
            return
        finally:
            self._reading = False
            self.progress.stop()
        self.list.show_files(files)
        self._choose_wanted()
        size = sum(file.bytes for file in files)
        self.header.set_facts(f"{counted(len(files), 'file')} · {size_words(size)}")
        self.save_button.setEnabled(bool(files))
        self._stack.setCurrentWidget(self._full)

    async def _save(self, commands: Commands) -> None:
        try:
            settings = self._context.settings
            folder = Path(settings.value.last_export_folder or Path.home())
            path = await choose_save_path(
                self.window(),
                title="Save bundle",
                suggestion=folder / bundle_name(self._clock()),
                filters=["Zip file (*.zip)"],
            )
            if path is not None:
                path = path if path.suffix == ".zip" else path.with_name(f"{path.name}.zip")
                written = await commands.write_diagnostics(path)
                self._tell_written(written)
        except CardgenError as error:
            self._context.notify.error(error, retry=self.save)
        finally:
            self._saving = False

    def _tell_written(self, path: Path) -> None:
        folder = QUrl.fromLocalFile(str(path.parent))
        self._context.notify.toast(
            f"Saved as {path.name}. Look through it before you send it.",
            action="Show folder",
            callback=lambda: QDesktopServices.openUrl(folder),
        )

    def _choose_wanted(self) -> None:
        if self._wanted and self.list.choose(self._wanted):
            self._wanted = ""

    def _on_file(self, file: BundleFile | None) -> None:
        self.name.setText(file.name if file else "")
        self.text.setAccessibleName(f"Text of {file.name}" if file else "Text")
        self.text.show_text(file.text if file else "")
        self.copy_button.setEnabled(file is not None)

    def _build(self) -> None:
        context = self._context
        self.header = PageHeader("Diagnostics", context=context)
        self.save_button = Button("Save bundle…", context=context, variant="primary", icon="export")
        self.save_button.setEnabled(False)
        self.save_button.clicked.connect(self.save)
        self.header.add_action(self.save_button)
        self.progress = ProgressLine(context=context)
        self.banner = Banner("info", FACT, LEFT_OUT, context=context, icon="shield")
        self.list = BundleList(context=context)
        self.list.file_chosen.connect(self._on_file)
        self.copy_button = Button("Copy", context=context, variant="ghost", size="small", icon="copy")
        self.copy_button.clicked.connect(self.copy)
        self.name = ElidedLabel(context=context, mode="middle", role="heading")
        self.text = TextView("Text", context=context)
        self.problem = EmptyState("warning", "", "", "Try again", "problem", context=context)
        self.problem.action_triggered.connect(self.refresh)

    def _lay_out(self) -> None:
        self.setProperty("ground", "window")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._full, self._stack = QWidget(), QStackedWidget()
        notice = QHBoxLayout()
        notice.setContentsMargins(SPACE.PAGE_EDGE, SPACE.MD, SPACE.PAGE_EDGE, SPACE.MD)
        notice.addWidget(self.banner)
        column = QVBoxLayout(self._full)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(notice)
        column.addWidget(self._panes(), 1)
        for page in (QWidget(), self._full, self.problem):
            self._stack.addWidget(page)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.header)
        whole.addWidget(self.progress)
        whole.addWidget(self._stack, 1)

    def _panes(self) -> QSplitter:
        left, right = QWidget(), QWidget()
        files = QVBoxLayout(left)
        files.setContentsMargins(SPACE.LG, 0, SPACE.SM, SPACE.LG)
        files.addWidget(self.list)
        reading = QVBoxLayout(right)
        reading.setContentsMargins(SPACE.LG, SPACE.SM, SPACE.PAGE_EDGE, SPACE.PAGE_EDGE)
        reading.setSpacing(SPACE.SM)
        head = QHBoxLayout()
        head.addWidget(self.name, 1)
        head.addWidget(self.copy_button)
        reading.addLayout(head)
        reading.addWidget(self.text, 1)
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.setChildrenCollapsible(False)
        splitter.setHandleWidth(1)
        splitter.addWidget(left)
        splitter.addWidget(right)
        splitter.setStretchFactor(1, 1)
        splitter.setSizes(self._context.settings.splitter(SPLITTER) or list(WIDTHS))
        left.setMinimumWidth(200)
        splitter.splitterMoved.connect(
            lambda *_moved: self._context.settings.remember_splitter(SPLITTER, splitter.sizes())
        )
        return splitter
