"""Jobs in work without a queue: a stored row, a runner of batches, and what it reported."""

import time
from collections.abc import Mapping
from typing import Any

from sqlalchemy import insert, select, update

from cardgen_desktop.domain.events import Event
from cardgen_desktop.domain.job import JobSnapshot, JobState
from cardgen_desktop.domain.value import Value
from cardgen_desktop.jobs.events import EventBus
from cardgen_desktop.jobs.running import RunningJob
from cardgen_desktop.store.engine import Database
from cardgen_desktop.store.tables import event, job


class WatchedJob(RunningJob):
    """A job in work that keeps what was reported; it asks for a pause after so many reports."""

    def __init__(self, snapshot: JobSnapshot, pause_after: int = 10**9) -> None:
        super().__init__(snapshot, EventBus())
        self.phases: list[str] = []
        self.noted: list[tuple[str, str]] = []
        self._pause_after = pause_after

    @property
    def wants_pause(self) -> bool:
        return len(self.phases) > self._pause_after

    def report(self, fraction: float, phase: str) -> None:
        self.phases.append(phase)
        super().report(fraction, phase)

    def note(self, kind: str, text: str) -> None:
        self.noted.append((kind, text))


async def in_work(database: Database, kind: str, request: Value, **options: Any) -> WatchedJob:
    """Store a running job of a kind."""
    fields: Mapping[str, Any] = {
        "kind": kind, "lane": "cpu", "state": "running", "epoch": 1, "request": request.model_dump_json(),
        "created_at": 1.0, "queued_at": 1.0, "updated_at": 1.0,
    }  # fmt: skip
    async with database.write() as connection:
        job_id = (await connection.execute(insert(job).values(fields).returning(job.c.id))).scalar_one()
    return again(
        JobSnapshot(id=job_id, kind=kind, state=JobState.RUNNING, request=request.model_dump()), **options
    )


def again(snapshot: JobSnapshot, **options: Any) -> WatchedJob:
    """The same job in the hands of another worker, as after a crash."""
    return WatchedJob(snapshot, **options)


async def asked_again(database: Database, snapshot: JobSnapshot) -> WatchedJob:
    """The same job after the person has asked for it once more."""
    async with database.write() as connection:
        values = {"job_id": snapshot.id, "at": time.time(), "kind": "retried"}
        await connection.execute(insert(event).values(values))
    return again(snapshot)


async def forget_last_step(database: Database, job_id: int) -> None:
    """As if the program had died before it stored the step that was finished last."""
    from cardgen_desktop.store.tables import step

    async with database.write() as connection:
        last = select(step.c.step_key).where(step.c.job_id == job_id).order_by(step.c.finished_at.desc())
        which = step.c.step_key == last.limit(1).scalar_subquery()
        await connection.execute(step.delete().where(step.c.job_id == job_id, which))


async def set_queued(database: Database, job_id: int) -> None:
    """Put the stored row back, for a queue that claims it."""
    async with database.write() as connection:
        await connection.execute(update(job).where(job.c.id == job_id).values(state="queued"))


class Heard:
    """A bus and what was announced on it."""

    def __init__(self) -> None:
        self.bus = EventBus()
        self.events: list[Event] = []
        self.bus.subscribe(self.events.append)
