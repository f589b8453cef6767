"""Exporting a card: one pane, at most one dialog for the place, and never a file replaced unasked."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices

from ...domain.card import ExportTarget
from ...domain.card_library import ExportReport
from ...domain.errors import CardgenError, StorageError
from ...jobs.interface import Commands
from ..context import UiContext
from ..tasks import TaskOwner
from .choosing import ChoosePath, choose_export_path
from .document import CardDocument
from .export_pane import ExportPane
from .export_plan import file_name, losses, target_of

MAX_NUMBERED = 999


class ExportFlow(QObject):
    """Runs the export pane for the card that is open.

    Signals: `finished` when a file was written.
    """

    finished = Signal()

    def __init__(
        self,
        pane: ExportPane,
        *,
        context: UiContext,
        tasks: TaskOwner,
        flush: Callable[[], Awaitable[bool]],
        choose_path: ChoosePath | None = None,
    ) -> None:
        super().__init__(pane)
        self._pane, self._context, self._tasks = pane, context, tasks
        self._flush, self._choose_path = flush, choose_path or choose_export_path
        self._commands: Commands | None = None
        self._document: CardDocument | None = None
        self._target: ExportTarget = context.settings.value.export_target
        self._path: Path | None = None
        pane.target_chosen.connect(self._on_target_chosen)
        pane.place_requested.connect(self._on_place_requested)
        pane.export_requested.connect(self._on_export_requested)
        pane.replace_requested.connect(self._on_replace_requested)
        pane.keep_both_requested.connect(self._on_keep_both_requested)

    def attach(self, commands: Commands) -> None:
        """Hand over the commands."""
        self._commands = commands

    def open(self, document: CardDocument) -> None:
        """Show the plan for a card."""
        if document is not self._document:
            self._document, self._path = document, None
        self._plan()

    def _on_target_chosen(self, target: ExportTarget) -> None:
        self._target, self._path = target, None
        self._context.settings.update(export_target=target)
        self._plan()

    def _on_place_requested(self) -> None:
        self._tasks.spawn(self._choose(), name="choose where to export")

    def _on_export_requested(self) -> None:
        self._tasks.spawn(self._export(), name="export a card")

    def _on_replace_requested(self) -> None:
        if self._path is not None:
            self._tasks.spawn(self._write(self._path, overwrite=True), name="replace an exported card")

    def _on_keep_both_requested(self) -> None:
        self._tasks.spawn(self._keep_both(), name="export beside a file")

    @property
    def _name(self) -> str:
        assert self._document is not None
        return file_name(self._document.data.name, target_of(self._target))

    def _plan(self) -> None:
        if self._document is None:
            return
        if self._path is None and (folder := self._context.settings.value.last_export_folder):
            self._path = Path(folder) / self._name
        lost = losses(self._document.data, self._target, has_avatar=self._document.record.avatar is not None)
        self._pane.show_plan(self._target, self._path, self._name, lost)

    async def _choose(self) -> bool:
        target = target_of(self._target)
        folder = self._path.parent if self._path else Path.home()
        suggestion = self._path or folder / self._name
        path = await self._choose_path(
            self._pane.window(), title="Export card", suggestion=suggestion, filters=(target.filter,)
        )
        if path is None:
            return False
        self._path = path if path.name.endswith(target.suffix) else path.with_name(path.name + target.suffix)
        self._context.settings.update(last_export_folder=str(path.parent))
        self._plan()
        return True

    async def _export(self) -> None:
        if (self._path is None and not await self._choose()) or self._path is None:
            return
        if await asyncio.to_thread(self._path.exists):
            self._pane.ask_about(self._path)
        else:
            await self._write(self._path, overwrite=False)

    async def _keep_both(self) -> None:
        if self._path is not None:
            self._path = await asyncio.to_thread(_free_path, self._path, target_of(self._target).suffix)
            self._plan()
            await self._write(self._path, overwrite=False)

    async def _write(self, path: Path, *, overwrite: bool) -> None:
        if self._commands is None or self._document is None:
            return
        self._pane.show_busy(True)
        try:
            if not await self._flush():
                raise StorageError(
                    "Your last changes are not saved yet, so nothing was exported. Save them first."
                )
            card_id = self._document.record.summary.id
            report = await self._commands.export_card(card_id, path, self._target, overwrite=overwrite)
        except CardgenError as error:
            self._plan()
            self._pane.show_problem(error.message)
        else:
            self._plan()
            self._tell(report)
            self.finished.emit()

    def _tell(self, report: ExportReport) -> None:
        folder = QUrl.fromLocalFile(str(Path(report.path).parent))
        words = "Exported and read back."
        if report.target == "png":
            words += " Both versions are in the PNG."
        self._context.notify.toast(
            words, action="Show file", callback=lambda: QDesktopServices.openUrl(folder)
        )


def _free_path(path: Path, suffix: str) -> Path:
    """The path with the first free number, such as `Jim (2).png`. Looks at the disk."""
    stem = path.name.removesuffix(suffix)
    for number in range(2, MAX_NUMBERED):
        candidate = path.with_name(f"{stem} ({number}){suffix}")
        if not candidate.exists():
            return candidate
    return path
