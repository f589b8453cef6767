"""What running jobs report between their moves: progress, lines of their log, text that is being streamed."""

from collections.abc import Iterable, Sequence

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from ..domain.job import JobState
from ..domain.value import Value
from .rows import storable, to_json
from .tables import event, job, partial


class Report(Value):
    """What one running job has to store: `notes` are (time, kind, text), `partials` are (step, text)."""

    job_id: int
    percent: float
    phase: str
    seconds: float
    notes: tuple[tuple[float, str, str], ...] = ()
    partials: tuple[tuple[str, str], ...] = ()


_PROGRESS = (
    update(job)
    .where(
        job.c.id == bindparam("job_id"),
        job.c.state == JobState.RUNNING,
        job.c.epoch == bindparam("job_epoch"),
    )
    .values(progress=bindparam("percent"), phase=bindparam("words"), active_seconds=bindparam("seconds"))
)

_NEW_PARTIAL = insert(partial)
_PARTIAL = _NEW_PARTIAL.on_conflict_do_update(
    index_elements=["job_id", "step_key"],
    set_={"text": _NEW_PARTIAL.excluded.text, "updated_at": _NEW_PARTIAL.excluded.updated_at},
)
"""Made once: it is executed twice a second for as long as anything is written."""


async def save_reports(
    connection: AsyncConnection, epoch: int, reports: Sequence[Report], now: float
) -> None:
    """Store the reports of many jobs; progress makes no new version of a job."""
    rows = [
        {
            "job_id": item.job_id, "job_epoch": epoch, "percent": item.percent, "words": storable(item.phase),
            "seconds": item.seconds,
        }
        for item in reports
    ]  # fmt: skip
    await connection.execute(_PROGRESS, rows)
    await save_texts(connection, reports, now)


async def save_texts(connection: AsyncConnection, reports: Sequence[Report], now: float) -> None:
    """Store the notes and the streamed text of reports, without the progress, for jobs that are done."""
    await _save_notes(connection, reports)
    await _save_partials(connection, reports, now)


async def _save_notes(connection: AsyncConnection, reports: Iterable[Report]) -> None:
    rows = [
        {"job_id": item.job_id, "at": at, "kind": kind, "data": to_json({"text": text})}
        for item in reports
        for at, kind, text in item.notes
    ]
    if rows:
        await connection.execute(insert(event), rows)


async def _save_partials(connection: AsyncConnection, reports: Iterable[Report], now: float) -> None:
    rows = [
        {"job_id": item.job_id, "step_key": step_key, "text": storable(written), "updated_at": now}
        for item in reports
        for step_key, written in item.partials
    ]
    if rows:
        await connection.execute(_PARTIAL, rows)


async def partials(connection: AsyncConnection, job_id: int) -> dict[str, str]:
    """Text that was streamed and not finished, by step."""
    rows = await connection.execute(
        select(partial.c.step_key, partial.c.text).where(partial.c.job_id == job_id)
    )
    return {row.step_key: row.text for row in rows}


async def drop_partials(connection: AsyncConnection, job_id: int) -> None:
    """Nothing of what a job had streamed is to be kept."""
    await connection.execute(delete(partial).where(partial.c.job_id == job_id))


async def drop_partial(connection: AsyncConnection, job_id: int, step_key: str) -> None:
    """A step is finished: what was streamed of it is in its output."""
    which = (partial.c.job_id == job_id, partial.c.step_key == step_key)
    await connection.execute(delete(partial).where(*which))
