"""Exporting a card: one pane, at most one dialog for the place, and never a file replaced unasked."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices

from ...domain.card import ExportTarget
from ...domain.card_export import BOOK_TARGETS, NAME_TEMPLATE, ExportOptions, ExportPlan
from ...domain.card_library import ExportReport
from ...domain.errors import CardgenError, StorageError
from ...jobs.interface import Commands
from ..context import UiContext
from ..tasks import TaskOwner
from .choosing import ChoosePath, choose_export_path
from .document import CardDocument
from .export_pane import ExportPane
from .export_plan import preset_of, target_of, target_or_default

MAX_NUMBERED = 999
NOT_SAVED = "Your last changes are not saved yet, so nothing was exported. Save them first."
NO_LOREBOOK = (
    "This kind of file holds a lorebook alone, and the card has no entries. Add one, or choose another kind."
)
PAUSE = 0.15
"""Seconds without another choice or letter before a plan is asked for."""


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
        settings = context.settings.value
        self._preset = preset_of(settings.export_preset).key
        self._target = target_or_default(settings.export_target)
        self._template = settings.export_template
        self._plan: ExportPlan | None = None
        self._path: Path | None = None
        self._turn = 0
        self._connect()

    def _connect(self) -> None:
        pane = self._pane
        pane.preset_chosen.connect(self._on_preset_chosen)
        pane.target_chosen.connect(self._on_target_chosen)
        pane.template_typed.connect(self._on_template_typed)
        pane.place_requested.connect(self._on_place_requested)
        pane.export_requested.connect(self._on_export_requested)
        pane.round_trip_requested.connect(self._on_round_trip_requested)
        pane.replace_requested.connect(self._on_replace_requested)
        pane.keep_both_requested.connect(self._on_keep_both_requested)

    def attach(self, commands: Commands) -> None:
        """Hand over the commands."""
        self._commands = commands

    @property
    def options(self) -> ExportOptions:
        """How the chosen program wants its file, under the chosen name."""
        chosen = preset_of(self._preset).options
        return chosen.model_copy(update={"template": self._template or NAME_TEMPLATE})

    def open(self, document: CardDocument) -> None:
        """Show the plan for a card."""
        if document is not self._document:
            self._document, self._path = document, None
        self._show()

    def _on_preset_chosen(self, key: str) -> None:
        self._preset, self._path = key, None
        if key:
            self._target = preset_of(key).target
        self._context.settings.update(export_preset=key, export_target=self._target)
        self._show()

    def _on_target_chosen(self, target: ExportTarget) -> None:
        """A kind that the chosen program does not ask for is for any program."""
        if target != preset_of(self._preset).target:
            self._preset = ""
        self._target, self._path = target, None
        self._context.settings.update(export_preset=self._preset, export_target=target)
        self._show()

    def _on_template_typed(self, text: str) -> None:
        self._template, self._path = text.strip(), None
        self._context.settings.update(export_template=self._template)
        self._show()

    def _on_place_requested(self) -> None:
        self._tasks.spawn(self._choose(), name="choose where to export")

    def _on_export_requested(self) -> None:
        self._tasks.spawn(self._export(), name="export a card")

    def _on_round_trip_requested(self) -> None:
        self._tasks.spawn(self._try_way_back(), name="check the way back")

    def _on_replace_requested(self) -> None:
        if self._path is not None:
            self._tasks.spawn(self._write(self._path, overwrite=True), name="replace an exported card")

    def _on_keep_both_requested(self) -> None:
        self._tasks.spawn(self._keep_both(), name="export beside a file")

    def _show(self) -> None:
        """Show the choice now and its plan when it is made; only the last one asked for counts."""
        self._turn += 1
        self._plan = None
        self._pane.show_choice(self._preset, self._target, self._template)
        self._pane.show_way_back(None)
        if self._lacks_lorebook:
            self._pane.show_refusal(NO_LOREBOOK, lacks_lorebook=True)
        else:
            self._tasks.spawn(self._make_plan(self._turn), name="plan an export")

    @property
    def _lacks_lorebook(self) -> bool:
        """Whether the chosen kind holds a lorebook alone, and the card has none."""
        return self._target in BOOK_TARGETS and self._document is not None and not self._document.entries

    async def _make_plan(self, turn: int, *, pause: float = PAUSE) -> None:
        await asyncio.sleep(pause)
        if self._commands is None or self._document is None or turn != self._turn or self._plan:
            return
        card_id = self._document.record.summary.id
        if not await self._flush():
            self._refuse(NOT_SAVED)
            return
        try:
            plan = await self._commands.export_plan(card_id, self._target, self.options)
        except CardgenError as error:
            if turn == self._turn:
                self._refuse(error.message)
            return
        if turn == self._turn:
            self._plan = plan
            self._show_plan()

    def _refuse(self, sentence: str) -> None:
        """There is no plan: the template of the name is wrong, or the card cannot be written so."""
        self._plan = None
        self._pane.show_refusal(sentence)

    def _show_plan(self) -> None:
        if self._plan is None:
            return
        if self._path is None and (folder := self._context.settings.value.last_export_folder):
            self._path = Path(folder) / self._plan.file_name
        self._pane.show_plan(self._plan, self._path)

    async def _try_way_back(self) -> None:
        if self._commands is None or self._document is None:
            return
        turn, card_id = self._turn, self._document.record.summary.id
        self._pane.show_way_back(None, busy=True)
        await self._flush()
        try:
            trip = await self._commands.round_trip(card_id, self._target, self.options)
        except CardgenError as error:
            self._pane.show_way_back(None)
            self._pane.show_problem(error.message)
        else:
            self._pane.show_way_back(trip if turn == self._turn else None)

    async def _choose(self) -> bool:
        if self._plan is None:
            return False
        target = target_of(self._target)
        suggestion = self._path or Path.home() / self._plan.file_name
        path = await self._choose_path(
            self._pane.window(), title="Export card", suggestion=suggestion, filters=(target.filter,)
        )
        if path is None:
            return False
        self._path = path if path.name.endswith(target.suffix) else path.with_name(path.name + target.suffix)
        self._context.settings.update(last_export_folder=str(path.parent))
        self._show_plan()
        return True

    async def _export(self) -> None:
        if self._plan is None and not self._lacks_lorebook:
            await self._make_plan(self._turn, pause=0.0)
        if self._plan is None:
            return
        if (self._path is None and not await self._choose()) or self._path is None:
            return
        if await asyncio.to_thread(self._path.exists):
            self._pane.ask_about(self._path)
        else:
            await self._write(self._path, overwrite=False)

    async def _keep_both(self) -> None:
        if self._path is not None:
            self._path = await asyncio.to_thread(_free_path, self._path, target_of(self._target).suffix)
            self._show_plan()
            await self._write(self._path, overwrite=False)

    async def _write(self, path: Path, *, overwrite: bool) -> None:
        if self._commands is None or self._document is None:
            return
        self._pane.show_busy(True)
        try:
            if not await self._flush():
                raise StorageError(NOT_SAVED)
            card_id = self._document.record.summary.id
            report = await self._commands.export_card(
                card_id, path, self._target, overwrite=overwrite, options=self.options
            )
        except CardgenError as error:
            self._show_plan()
            self._pane.show_problem(error.message)
        else:
            self._show_plan()
            self._tell(report)
            self.finished.emit()

    def _tell(self, report: ExportReport) -> None:
        folder = QUrl.fromLocalFile(str(Path(report.path).parent))
        words = "Exported and read back."
        if report.target == "png" and self.options.chunks == "both":
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
