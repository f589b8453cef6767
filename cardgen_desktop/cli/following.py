"""Waiting for a job in the terminal: its progress is shown, and its end or its stop is told."""

import asyncio
import math
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
    ended = await follow_to_stop(workspace, job, console)
    if (failure := failure_of(ended)) is not None:
        raise failure
    return ended


async def follow_to_stop(
    workspace: "SharedWorkspace", job: "JobSnapshot", console: "Console", *, max_wait: float = math.inf
) -> "JobSnapshot":
    """Show a job's progress until it ends or goes on no further; the job as it is then.

    `max_wait` is how many seconds in all it may stand waiting for its next try.
    """
    from ..domain.job import JobState

    stood_still = job.state in (JobState.PAUSED, JobState.HELD)
    if stood_still:
        await workspace.commands.resume_jobs([job.id])
    hear = _Hear(job.id, console, max_wait)
    ended = await _stop_of(workspace, hear)
    if ended.state is JobState.HELD and not (stood_still or hear.has_run):
        # An earlier command found its gate closed, and nobody has looked since.
        await workspace.commands.resume_jobs([job.id])
        ended = await _stop_of(workspace, _Hear(job.id, console, max_wait))
    return ended


async def _stop_of(workspace: "SharedWorkspace", hear: "_Hear") -> "JobSnapshot":
    """Wait until a job ends or goes on no further."""
    stop = workspace.events.subscribe(hear)
    waiting = asyncio.create_task(workspace.wait(hear.job_id), name=f"wait for job {hear.job_id}")
    try:
        # It may have come to a stop before anybody listened.
        hear.see(await workspace.commands.job(hear.job_id))
        await asyncio.wait({waiting, hear.stopped}, return_when=asyncio.FIRST_COMPLETED)
        return waiting.result() if waiting.done() else hear.stopped.result()
    finally:
        stop()
        hear.close()
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)


class _Hear:
    """Shows the progress of one job, and notes when it stands still, or waits for too long."""

    def __init__(self, job_id: int, console: "Console", max_wait: float) -> None:
        self.job_id = job_id
        self.stopped: asyncio.Future[JobSnapshot] = asyncio.get_running_loop().create_future()
        self.has_run = False
        self._console = console
        self._left = max_wait
        self._waits_since: float | None = None
        self._timer: asyncio.TimerHandle | None = None

    def __call__(self, event: "Event") -> None:
        from ..domain.events import JobChanged

        if isinstance(event, JobChanged) and event.job.id == self.job_id:
            self.see(event.job)

    def see(self, job: "JobSnapshot") -> None:
        """The job is like this now."""
        from ..domain.job import JobState

        who = f"{job.character}: " if job.character else ""
        self._console.progress.show(job.progress / 100, who + job.phase)
        if job.state in (JobState.HELD, JobState.PAUSED):
            self._stop(job)
        elif job.state is JobState.WAITING:
            self._wait(job)
        else:
            self.has_run = self.has_run or job.state is JobState.RUNNING
            self._go_on()

    def close(self) -> None:
        """Nobody listens any more."""
        self._go_on()
        self.stopped.cancel()

    def _stop(self, job: "JobSnapshot") -> None:
        if not self.stopped.done():
            self.stopped.set_result(job)

    def _wait(self, job: "JobSnapshot") -> None:
        loop = asyncio.get_running_loop()
        if self._waits_since is None and math.isfinite(self._left):
            self._waits_since = loop.time()
            self._timer = loop.call_later(max(0.0, self._left), self._stop, job)

    def _go_on(self) -> None:
        if self._waits_since is not None:
            self._left -= asyncio.get_running_loop().time() - self._waits_since
            self._waits_since = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def failure_of(job: "JobSnapshot") -> "CardgenError | None":
    """Why a job did not end well, as an error with a sentence; None when it did."""
    from ..domain.errors import HeldError, error_from
    from ..domain.job import JobState

    if job.state is JobState.FAILED:
        return error_from(job.error_code or "", job.error or "The job failed.", job.error_details or "")
    if job.state is JobState.CANCELLED:
        again = f"`cardgen jobs retry {job.id}` runs it again."
        return HeldError("", f"Job {job.id} was cancelled. What was finished is kept. {again}")
    if job.state is JobState.PAUSED:
        return HeldError("", f"Job {job.id} was paused. `cardgen jobs resume {job.id}` goes on with it.")
    if job.state is JobState.WAITING:
        return _waiting(job)
    return _held(job) if job.state is JobState.HELD else None


def _held(job: "JobSnapshot") -> "CardgenError":
    from ..domain.errors import HeldError, InputError, StorageError
    from ..domain.job import HoldReason

    sentence = f"Job {job.id} is held. {job.phase} `cardgen jobs resume {job.id}` tries again."
    kind = job.error_code or ""
    if job.hold_reason == HoldReason.SOURCE:
        return InputError(sentence, kind=kind)
    if job.hold_reason == HoldReason.DISK:
        return StorageError(sentence, kind=kind)
    return HeldError(job.hold_reason or "", sentence, scope=job.hold_scope, kind=kind)


def _waiting(job: "JobSnapshot") -> "CardgenError":
    from ..domain.errors import TransientError

    again = f"`cardgen jobs run {job.id}` goes on with it."
    sentence = f"Job {job.id} waits for its next try. {job.phase} {again}"
    return TransientError(sentence, kind=job.error_code or "")
