"""What the person does with jobs, one or a million at once; every step can be taken back."""

import logging
from collections.abc import Sequence

from ..domain.errors import StorageError, UsageError
from ..domain.events import JobChanged, JobListChanged, JobRemoved
from ..domain.job import TERMINAL_STATES, JobQuery, JobSnapshot, JobState, JobWant, Priority
from ..domain.queue import JobsMoved, Place, UndoHistory
from ..store import actions
from ..store import jobs as stored_jobs
from ..store.actions import Action, Done
from .core import Core
from .interface import JobTarget
from .kinds import KINDS

_log = logging.getLogger(__name__)

_PLACES = {"top": "Move {count} to the top", "bottom": "Move {count} to the bottom"}
_PRIORITIES = {
    Priority.HIGHEST: "highest", Priority.HIGH: "high", Priority.NORMAL: "normal", Priority.LOW: "low",
    Priority.LOWEST: "lowest",
}  # fmt: skip
_NOT_FINISHED = {
    "retried": "Job {job} has not finished; there is nothing to run again.",
    "removed": "Job {job} has not finished. Cancel it first, then remove it.",
}
_HOME_LANES = {kind.name: kind.lane for kind in KINDS.values()}


class JobActions:
    """The part of `interface.Commands` that moves jobs, each action in one transaction for all of them."""

    def __init__(self, core: Core) -> None:
        self._core = core

    async def cancel_jobs(self, jobs: JobTarget) -> JobsMoved:
        """Ask unfinished jobs to stop; those that wait are cancelled at once."""
        return await self._perform(actions.cancel(self._now()), jobs, "Cancel {count}")

    async def pause_jobs(self, jobs: JobTarget) -> JobsMoved:
        """Ask jobs to stop at a safe point and stay; those that wait are paused at once."""
        return await self._perform(actions.pause(), jobs, "Pause {count}")

    async def resume_jobs(self, jobs: JobTarget) -> JobsMoved:
        """Queue paused, held and waiting jobs again, once the gates before them were looked at anew."""
        async with self._core.database.read() as connection:
            gates = await actions.gates_before(connection, jobs)
        await self._core.gates.try_now(gates)
        return await self._perform(actions.resume(self._now()), jobs, "Resume {count}")

    async def retry_jobs(self, jobs: JobTarget) -> JobsMoved:
        """Run finished jobs again; finished steps are reused where still valid."""
        return await self._perform(actions.retry(self._now(), _HOME_LANES), jobs, "Run {count} again")

    async def run_jobs_now(self, jobs: JobTarget) -> JobsMoved:
        """Put jobs into the interactive lane, ahead of every other."""
        return await self._perform(actions.run_now(self._now()), jobs, "Run {count} now")

    async def set_priority(self, jobs: JobTarget, priority: Priority) -> JobsMoved:
        """Make unfinished jobs more or less urgent."""
        word = _PRIORITIES[Priority(priority)]
        return await self._perform(actions.prioritise(priority), jobs, f"Make {{count}} {word} priority")

    async def move_jobs(self, jobs: JobTarget, place: Place) -> JobsMoved:
        """Put unfinished jobs first or last of their priority, in their present order."""
        return await self._perform(actions.move(place), jobs, _PLACES[place])

    async def remove_jobs(self, jobs: JobTarget) -> JobsMoved:
        """Take finished jobs off the list."""
        return await self._perform(actions.remove(self._now()), jobs, "Remove {count}")

    async def mark_reviewed(self, jobs: JobTarget) -> JobsMoved:
        """The person has looked at results: they need no review any more."""
        return await self._perform(actions.review(), jobs, "Mark {count} as reviewed")

    async def undo(self, undo_id: int | None = None) -> JobsMoved:
        """Take a step back, by default the last one; what moved since is skipped. Raises `UsageError`."""
        async with self._core.database.write() as connection:
            # Chosen in the transaction: of two that come at once each takes back a step of its own.
            steps = (await actions.history(connection)).undo
            if undo_id is None and steps:
                undo_id = steps[-1].id
            if undo_id is None or not await actions.can_take_back(connection, undo_id):
                raise UsageError("There is nothing to undo.")
            done = await actions.take_back(connection, undo_id, self._now())
        return await self._swapped(done, undo=False)

    async def redo(self) -> JobsMoved:
        """Do the step that was taken back last once more. Raises `UsageError` when there is none."""
        async with self._core.database.write() as connection:
            steps = (await actions.history(connection)).redo
            if not steps:
                raise UsageError("There is nothing to do again.")
            done = await actions.do_again(connection, steps[-1].id, self._now())
        return await self._swapped(done, undo=True)

    async def undo_history(self) -> UndoHistory:
        """What can be taken back and done again; it survives a restart."""
        async with self._core.database.read() as connection:
            return await actions.history(connection)

    async def _perform(self, action: Action, target: JobTarget, name: str) -> JobsMoved:
        async with self._core.database.write() as connection:
            done = await actions.perform(connection, action, target, name, self._now())
        if done is None:
            return await self._nothing_done(action, target)
        return await self._told(done, undo=True)

    async def _nothing_done(self, action: Action, target: JobTarget) -> JobsMoved:
        """One job that was named deserves a reason: raises `UsageError` where there is one."""
        if isinstance(target, JobQuery) or len(target) != 1:
            return JobsMoved(count=0, skipped=0 if isinstance(target, JobQuery) else len(set(target)))
        async with self._core.database.read() as connection:
            job = await stored_jobs.get(connection, target[0])
            twin = await stored_jobs.twin(connection, target[0])
        if job is None:
            raise UsageError(f"There is no job {target[0]}. `cardgen jobs list` shows those there are.")
        finished = job.state in TERMINAL_STATES
        if action.event == "retried" and finished and twin is not None:
            raise UsageError(f"Job {twin} is already doing the same as job {job.id}.")
        if action.event in _NOT_FINISHED and not finished:
            raise UsageError(_NOT_FINISHED[action.event].format(job=job.id))
        return JobsMoved(count=0, skipped=1, jobs=(self._core.running.live(job),))

    async def _swapped(self, done: Done, *, undo: bool) -> JobsMoved:
        # Told at once: by the next wait a job may have moved on.
        moved = await self._told(done, undo=undo)
        await self._core.gates.release_passed()
        return moved

    async def _told(self, done: Done, *, undo: bool) -> JobsMoved:
        """Stop what is to stop, and announce what moved."""
        jobs = tuple(map(self._carried_out, done.jobs))
        self._stop_unlisted(done)
        if done.count > len(jobs):
            self._core.bus.announce(JobListChanged())
        else:
            for job in jobs:
                self._announce(job, done)
        await self._follow_up(done, jobs)
        self._core.changed()
        return JobsMoved(
            count=done.count,
            skipped=done.skipped,
            jobs=jobs,
            name=done.name,
            undo_id=done.undo_id if undo else None,
        )

    async def _follow_up(self, done: Done, jobs: Sequence[JobSnapshot]) -> None:
        """What else the step means; it is done and told, so that a failure here is none of it."""
        try:
            await self._core.learn_waits()
            await self._core.queue.tell_batches(jobs, all_open=done.count > len(jobs))
        except StorageError as error:
            _log.info("a step is done, and its batches were not looked at: %s", error.details)

    def _announce(self, job: JobSnapshot, done: Done) -> None:
        if job.id in done.removed:
            self._core.bus.announce(JobRemoved(job.id))
        elif self._core.running.get(job.id) is None:
            self._core.bus.announce(JobChanged(job))

    def _carried_out(self, job: JobSnapshot) -> JobSnapshot:
        """Pass a wish on to the work on a job; a running one answers with its progress of this moment."""
        running = self._core.running.get(job.id)
        if running is None or job.state is not JobState.RUNNING:
            return job
        before = running.snapshot.want
        running.moved(job)
        if job.want is not before and job.want is JobWant.CANCEL:
            running.report(0.0, job.phase)
            self._core.worker.ask_to_stop(running)
        elif job.want is not before and job.want is JobWant.PAUSE:
            running.report(0.0, job.phase)
            self._core.worker.ask_to_pause(running)
        return running.snapshot

    def _stop_unlisted(self, done: Done) -> None:
        """Running jobs of an action on more jobs than are listed."""
        listed = {job.id for job in done.jobs}
        for job in done.running:
            if job.id not in listed:
                self._carried_out(job)

    def _now(self) -> float:
        return self._core.clock.wall()
