"""What a draft job has behind it: finished steps, and the name under which the sources know its character."""

import time
from typing import Protocol

from ..domain.draft import StepOutput
from ..store import jobs as stored_jobs
from ..store import progress as stored_progress
from ..store import steps as stored_steps
from ..store.engine import Database
from .running import RunningJob, RunningJobs


class FinishedStep(Protocol):
    """A step that was just finished; `seconds` is wall time."""

    @property
    def key(self) -> str:
        """Its key."""
        ...

    @property
    def seconds(self) -> float:
        """How long it took."""
        ...

    @property
    def output(self) -> StepOutput:
        """What it made."""
        ...


class DraftSteps:
    """Stores the steps of draft jobs."""

    def __init__(self, database: Database, running: RunningJobs) -> None:
        self._database = database
        self._running = running

    async def stored(self, job_id: int) -> tuple[stored_steps.StoredStep, ...]:
        """The finished steps of a job, as they were stored."""
        async with self._database.read() as connection:
            return await stored_steps.steps(connection, job_id)

    async def drop(self, job_id: int, key: str) -> None:
        """Forget a step."""
        async with self._database.write() as connection:
            await stored_steps.drop_step(connection, job_id, key)

    async def keep(self, job: RunningJob, step: FinishedStep, input_hash: str) -> None:
        """Store a finished step; what was streamed of it is in its output now."""
        await self._keep(job, step.key, step.output, step.seconds, input_hash)

    async def keep_written(
        self, job: RunningJob, key: str, output: StepOutput, seconds: float, input_hash: str
    ) -> None:
        """Store a step that a model has written. It answers, so the tries before count no more."""
        await self._keep(job, key, output, seconds, input_hash, is_written=True)
        job.snapshot = job.snapshot.model_copy(update={"attempts": min(1, job.snapshot.attempts)})

    async def _keep(
        self,
        job: RunningJob,
        key: str,
        output: StepOutput,
        seconds: float,
        input_hash: str,
        *,
        is_written: bool = False,
    ) -> None:
        value = output.model_dump(mode="json")
        async with self._database.write() as connection:
            job.drop_partial(key)
            now = time.time()
            await stored_steps.save_step(connection, job.id, key, input_hash, value, seconds, now)
            await stored_progress.drop_partial(connection, job.id, key)
            if is_written:
                await stored_jobs.forgive_tries(connection, job.id, self._running.epoch)
        job.note("step", f"Finished the step {key} in {seconds:.1f} s.")

    async def keep_name(self, job: RunningJob, name: str) -> None:
        """Store under which name the sources know the character."""
        if name == job.snapshot.character:
            return
        async with self._database.write() as connection:
            epoch, now = self._running.epoch, time.time()
            snapshot = await stored_jobs.set_character(connection, job.id, epoch, name, now)
        if snapshot is not None:
            job.moved(snapshot)
