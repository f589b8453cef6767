"""Waiting for a job in the terminal: its progress is shown, and its end or its stop is told."""

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..domain.errors import CardgenError
    from ..domain.events import Event
    from ..domain.job import JobSnapshot
    from ..jobs.handover.joined import SharedWorkspace
    from .console import Console


async def follow(workspace: "SharedWorkspace", job: "JobSnapshot", console: "Console") -> "JobSnapshot":
    """Show a job's progress until it ends; raises the failure it ended with, or why it goes on no further.

    A job that stood still is asked to go on first: whoever gives a command again wants its result.
    """
    from ..domain.job import JobState

    if job.state in (JobState.PAUSED, JobState.HELD):
        await workspace.commands.resume_jobs([job.id])
    stopped: asyncio.Future[JobSnapshot] = asyncio.get_running_loop().create_future()
    stop = workspace.events.subscribe(_Hear(job.id, stopped, console))
    waiting = asyncio.create_task(workspace.wait(job.id), name=f"wait for job {job.id}")
    try:
        await asyncio.wait({waiting, stopped}, return_when=asyncio.FIRST_COMPLETED)
        ended = waiting.result() if waiting.done() else stopped.result()
    finally:
        stop()
        stopped.cancel()
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
    if (failure := _failure(ended)) is not None:
        raise failure
    return ended


class _Hear:
    """Shows the progress of one job, and notes when it goes on no further by itself."""

    def __init__(self, job_id: int, stopped: "asyncio.Future[JobSnapshot]", console: "Console") -> None:
        self._job_id = job_id
        self._stopped = stopped
        self._console = console

    def __call__(self, event: "Event") -> None:
        from ..domain.events import JobChanged
        from ..domain.job import JobState

        if not isinstance(event, JobChanged) or event.job.id != self._job_id:
            return
        who = f"{event.job.character}: " if event.job.character else ""
        self._console.progress.show(event.job.progress / 100, who + event.job.phase)
        if event.job.state in (JobState.HELD, JobState.PAUSED) and not self._stopped.done():
            self._stopped.set_result(event.job)


def _failure(job: "JobSnapshot") -> "CardgenError | None":
    from ..domain.errors import UsageError, error_from
    from ..domain.job import JobState

    if job.state is JobState.FAILED:
        return error_from(job.error_code or "", job.error or "The job failed.", job.error_details or "")
    if job.state is JobState.CANCELLED:
        return UsageError(f"Job {job.id} was cancelled. `cardgen jobs retry {job.id}` runs it again.")
    if job.state is JobState.PAUSED:
        return UsageError(f"Job {job.id} was paused. `cardgen jobs resume {job.id}` goes on with it.")
    return _held(job) if job.state is JobState.HELD else None


def _held(job: "JobSnapshot") -> "CardgenError":
    from ..domain.errors import HeldError, InputError, StorageError
    from ..domain.job import HoldReason

    sentence = f"Job {job.id} is held. {job.phase} `cardgen jobs resume {job.id}` tries again."
    if job.hold_reason == HoldReason.SOURCE:
        return InputError(sentence)
    if job.hold_reason == HoldReason.DISK:
        return StorageError(sentence)
    return HeldError(job.hold_reason or "", sentence, scope=job.hold_scope)
