"""Every user action, composed: sources, jobs, queue and cards. Implements `interface.Commands`."""

import stat
from array import array
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ..domain.errors import InputError, UsageError
from ..domain.job import JobPage, JobQuery, JobSnapshot, JobState
from ..domain.job_kinds import DraftRequest, ExportRequest, ImportRequest, ReadRequest
from ..domain.job_views import BatchView, JobDetails, JobExport
from ..domain.queue import BundleFile, QueueFigures
from ..store import card_files as stored_files
from ..store.engine import Database
from .backups import BackupCommands, BackupKeeper
from .card_file_commands import CardFileCommands
from .child import in_thread
from .events import EventBus
from .figures import figures_of
from .generation_commands import GenerationCommands
from .job_actions import JobActions
from .job_starts import absolute_files
from .process import ProcessPool
from .provider_commands import ProviderCommands
from .queue_control import QueueControl
from .service import JobService
from .source_commands import SourceCommands
from .trash import TrashCommands

PICTURE_BYTES = 64 * 1024 * 1024


class WorkspaceCommands(
    SourceCommands,
    CardFileCommands,
    TrashCommands,
    JobActions,
    QueueControl,
    BackupCommands,
    ProviderCommands,
    GenerationCommands,
):
    """The commands of one open data folder."""

    def __init__(
        self,
        database: Database,
        pool: ProcessPool,
        bus: EventBus,
        service: JobService,
        keeper: BackupKeeper | None,
    ) -> None:
        SourceCommands.__init__(self, database, pool, bus)
        CardFileCommands.__init__(self, database, pool, bus)
        TrashCommands.__init__(self, database, bus)
        JobActions.__init__(self, service.core)
        QueueControl.__init__(self, service.core)
        BackupCommands.__init__(self, keeper)
        ProviderCommands.__init__(self, service.providers)
        GenerationCommands.__init__(self, service)
        self._service = service

    async def start_drafts(
        self,
        requests: Sequence[DraftRequest],
        *,
        request_ids: Sequence[str] | None = None,
        batch_title: str = "",
    ) -> tuple[JobSnapshot, ...]:
        """Queue drafts in one transaction; an unfinished job that does the same is taken for a new one.

        File names and pictures are checked now, not after the work; pictures are stored now, so that no job
        depends on their files.
        """
        whole = [absolute_files(request) for request in requests]
        await in_thread(_check_files, whole)
        pictures = [await self._stored_picture(item.avatar) if item.avatar else None for item in whole]
        return await self._service.starts.drafts(whole, pictures, request_ids, batch_title)

    async def _stored_picture(self, path: str) -> str:
        image = await in_thread(_read_picture, Path(path))
        picture = await self._pool.check_picture(image, Path(path).name)
        async with self._database.write() as connection:
            return await stored_files.name_picture(connection, picture.sha256)

    async def start_import(self, request: ImportRequest, *, request_id: str | None = None) -> JobSnapshot:
        """Queue the import of card files and folders of them."""
        return await self._service.starts.imports(request, request_id)

    async def start_export(self, request: ExportRequest, *, request_id: str | None = None) -> JobSnapshot:
        """Queue the export of cards into a folder; raises `UsageError` for a bad template of file names."""
        await in_thread(_check_template, request.options.template)
        return await self._service.starts.exports(request, request_id)

    async def start_read(self, request: ReadRequest, *, request_id: str | None = None) -> JobSnapshot:
        """Queue the reading of documents and folders of them."""
        return await self._service.starts.reads(request, request_id)

    async def retry_copy(self, job_id: int, changes: Mapping[str, Any]) -> JobSnapshot:
        """Queue a copy of a job with some fields of its request changed; raises `UsageError` for bad ones."""
        return await self._service.starts.copy(job_id, changes)

    async def jobs(self, query: JobQuery) -> JobPage:
        """A page of jobs in the order of the query."""
        return await self._service.jobs(query)

    async def job_order(self, query: JobQuery) -> "array[int]":
        """The ids of every job that matches, in order."""
        return await self._service.order(query)

    async def jobs_by_id(self, job_ids: Sequence[int]) -> tuple[JobSnapshot, ...]:
        """Those of some jobs that are in the list, in the order of the ids."""
        return await self._service.jobs_by_id(job_ids)

    async def job(self, job_id: int) -> JobSnapshot:
        """One job; raises `UsageError` when there is none."""
        return await self._service.job(job_id)

    async def job_details(self, job_id: int) -> JobDetails:
        """Steps, attempts, log and partial text of a job."""
        return await self._service.details(job_id)

    async def export_job(self, job_id: int) -> JobExport:
        """A job with everything a report needs, free of secrets."""
        return await self._service.export(job_id)

    async def save_job_report(self, job_id: int, path: Path) -> Path:
        """Write a report of a job; the suffix of the name decides whether JSON, YAML or CSV."""
        from .job_export import format_of, job_report, save_report

        report_format = format_of(path)
        await in_thread(save_report, path, job_report(await self.export_job(job_id), report_format))
        return path

    async def job_counts(self) -> dict[JobState, int]:
        """How many jobs are in each state."""
        return await self._service.counts()

    async def needs_you_count(self) -> int:
        """How many jobs need the person."""
        return await self._service.needs_you_count()

    async def batches(self) -> tuple[BatchView, ...]:
        """Batches that go on or have just ended, newest first."""
        return await self._service.batches()

    async def figures(self, since: float | None = None) -> QueueFigures:
        """Counters and timings of jobs that ended after a moment, or of all."""
        from ..store.backups import listed

        return await figures_of(self._database, self._service.core.home, since, backups=listed)

    async def diagnostics(self) -> tuple[BundleFile, ...]:
        """The files of a diagnostics bundle, to be looked at before they are written."""
        from .diagnostics import bundle_of
        from .recovery import check

        home = self._service.core.home
        verdict = str(await check(home))
        return await bundle_of(self._database, home, await self.figures(), verdict=verdict)

    async def write_diagnostics(self, path: Path) -> Path:
        """Write the bundle as a zip file; raises `StorageError`."""
        from .diagnostics import write_bundle

        return await in_thread(write_bundle, path, await self.diagnostics())


def _check_files(requests: Sequence[DraftRequest]) -> None:
    """In a thread: the first import of the formats would hold the event loop for 50 ms."""
    from ..formats.writing.export import target_for

    for request in requests:
        for output in request.outputs:
            target_for(Path(output))
        _check_names([*request.outputs, request.evidence_path or ""])


def _check_template(template: str) -> None:
    from ..domain.file_names import check_template

    check_template(template)


def _check_names(names: Sequence[str]) -> None:
    for name in names:
        if any("\ud800" <= character <= "\udfff" for character in name):
            raise UsageError(f"The file name {name!a} is not text that can be stored. Choose another.")


def _read_picture(path: Path) -> bytes:
    """The bytes of an ordinary file: a pipe would be waited for without end."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise InputError(f'"{path.name}" is not an ordinary file. Choose a PNG, JPEG or WebP picture.')
        with path.open("rb") as stream:
            return stream.read(PICTURE_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "its name is not valid"
        raise InputError(
            f'The picture "{path.name}" cannot be opened: {reason}. Check its name, or choose another.',
            details=str(error),
        ) from error
