"""Every user action, composed: sources, jobs and cards. Implements `interface.Commands`."""

import stat
from collections.abc import Sequence
from pathlib import Path

from ..domain.errors import InputError, UsageError
from ..domain.job import JobPage, JobQuery, JobSnapshot, JobState
from ..domain.job_kinds import DraftRequest
from ..domain.job_views import JobStepView
from ..store import cards as stored_cards
from ..store.engine import Database
from .backups import BackupCommands, BackupKeeper
from .card_commands import CardCommands
from .child import in_thread
from .events import EventBus
from .process import ProcessPool
from .service import JobService, absolute_files
from .source_commands import SourceCommands

PICTURE_BYTES = 64 * 1024 * 1024


class WorkspaceCommands(SourceCommands, CardCommands, BackupCommands):
    """The commands of one open data folder."""

    def __init__(
        self,
        database: Database,
        pool: ProcessPool,
        bus: EventBus,
        service: JobService,
        keeper: BackupKeeper | None = None,
    ) -> None:
        SourceCommands.__init__(self, database, pool, bus)
        CardCommands.__init__(self, database, pool, bus)
        BackupCommands.__init__(self, keeper or BackupKeeper(database.path))
        self._service = service

    async def start_draft(self, request: DraftRequest, *, request_id: str | None = None) -> JobSnapshot:
        """Queue a draft, or return the unfinished job that already does the same.

        File names and the picture are checked now, not after the work; the picture is stored now, so that the
        job does not depend on its file.
        """
        request = absolute_files(request)
        await in_thread(_check_files, request)
        picture = await self._stored_picture(request.avatar) if request.avatar else None
        return await self._service.start_draft(request, picture=picture, request_id=request_id)

    async def _stored_picture(self, path: str) -> str:
        image = await in_thread(_read_picture, Path(path))
        picture = await self._pool.check_picture(image, Path(path).name)
        async with self._database.write() as connection:
            return await stored_cards.keep_picture(connection, picture.data)

    async def jobs(self, query: JobQuery) -> JobPage:
        """A page of jobs, newest first."""
        return await self._service.jobs(query)

    async def job(self, job_id: int) -> JobSnapshot:
        """One job; raises `UsageError` when there is none."""
        return await self._service.job(job_id)

    async def job_steps(self, job_id: int) -> tuple[JobStepView, ...]:
        """The steps of a job in order, with what is done."""
        return await self._service.steps(job_id)

    async def job_counts(self) -> dict[JobState, int]:
        """How many jobs are in each state."""
        return await self._service.counts()

    async def cancel_job(self, job_id: int) -> JobSnapshot:
        """Ask for a job to stop; a job that waits is cancelled at once."""
        return await self._service.cancel(job_id)

    async def retry_job(self, job_id: int) -> JobSnapshot:
        """Run a failed, cancelled or finished job again; finished steps are reused where still valid."""
        return await self._service.retry(job_id)

    async def remove_job(self, job_id: int) -> None:
        """Hide a finished job from the list."""
        await self._service.remove(job_id)

    async def restore_job(self, job_id: int) -> JobSnapshot:
        """Undo `remove_job`."""
        return await self._service.restore(job_id)


def _check_files(request: DraftRequest) -> None:
    """In a thread: the first import of the formats would hold the event loop for 50 ms."""
    from ..formats.export import target_for

    for output in request.outputs:
        target_for(Path(output))
    _check_names([*request.outputs, request.evidence_path or ""])


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
