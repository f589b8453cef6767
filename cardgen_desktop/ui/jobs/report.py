"""What the details pane can do beside the actions of the row: save a report, queue a changed copy."""

import re
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from ...domain.errors import CardgenError
from ...domain.job import JobSnapshot
from ...jobs.interface import Commands
from ..dialogs import choose_save_path, opened
from ..tasks import TaskOwner
from . import words
from .changes import ChangesDialog
from .details import JobDetails

FORMATS = (("JSON", "json"), ("YAML", "yaml"), ("CSV", "csv"))
_UNSAFE = re.compile(r"[^\w\- ]+")


def report_name(job: JobSnapshot, suffix: str) -> str:
    """A file name for the report of a job."""
    name = " ".join(_UNSAFE.sub(" ", words.character_name(job)).split())[:60] or "job"
    return f"{name} job {job.id}.{suffix}"


class JobReports(QObject):
    """Carries out what the buttons of the details pane ask for.

    Signals: `copy_queued(JobSnapshot)`.
    """

    copy_queued = Signal(object)

    def __init__(self, commands: Commands, tasks: TaskOwner, details: JobDetails) -> None:
        super().__init__(details)
        self._commands, self._tasks, self._details = commands, tasks, details
        self._context = details.context
        self.dialog: ChangesDialog | None = None
        details.report_requested.connect(self.save)
        details.changes_requested.connect(self.change)

    def save(self, suffix: str) -> None:
        """Ask where to, and write the report of the shown job."""
        job = self._details.job
        if job is not None and job.id > 0:
            self._tasks.spawn(self._save(job, suffix), name="save job report")

    def change(self) -> None:
        """Open the form for a changed copy of the shown job."""
        job = self._details.job
        if job is not None and job.id > 0 and self.dialog is None:
            self._tasks.spawn(self._change(job), name="copy job")

    async def _save(self, job: JobSnapshot, suffix: str) -> None:
        settings = self._context.settings
        folder = Path(settings.value.last_export_folder or Path.home())
        path = await choose_save_path(
            self._details.window(),
            title="Save report",
            suggestion=folder / report_name(job, suffix),
            filters=[f"{suffix.upper()} file (*.{suffix})"],
        )
        if path is None:
            return
        if path.suffix != f".{suffix}":
            path = path.with_name(f"{path.name}.{suffix}")
        await self._write(job, path)

    async def _write(self, job: JobSnapshot, path: Path) -> None:
        try:
            written = await self._commands.save_job_report(job.id, path)
        except CardgenError as error:
            retry = lambda: self._tasks.spawn(self._write(job, path), name="save job report")  # noqa: E731
            self._context.notify.error(error, retry=retry)
            return
        self._context.notify.toast(f"Report saved as {written.name}")

    async def _change(self, job: JobSnapshot) -> None:
        self.dialog = ChangesDialog(job, context=self._context, parent=self._details.window())
        self.dialog.submitted.connect(lambda changes: self._submit(job, changes))
        try:
            await opened(self.dialog)
        finally:
            self.dialog = None

    def _submit(self, job: JobSnapshot, changes: dict[str, Any]) -> None:
        self._tasks.spawn(self._queue(job, changes), name="queue copy")

    async def _queue(self, job: JobSnapshot, changes: dict[str, Any]) -> None:
        try:
            copy = await self._commands.retry_copy(job.id, changes)
        except CardgenError as error:
            if self.dialog is not None:
                self.dialog.refuse(error.message)
            else:
                self._context.notify.error(error)
            return
        if self.dialog is not None:
            self.dialog.accept()
        self._context.notify.toast(f"A copy of {words.character_name(job)} is queued")
        self.copy_queued.emit(copy)
