"""What happened to a job: its attempts, the events of its log, and text that was streamed so far."""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from ..domain.job_views import JobAttempt
from ..domain.value import Value
from .rows import json_or_none
from .tables import attempt, event, partial

MOST_EVENTS = 2_000
"""How many events of a job are read, the newest ones."""

MOST_ATTEMPTS = 200
RETRIED = "retried"
"""The event that says that the person asked for a finished job once more."""


class StoredEvent(Value):
    """One event; `data` is empty when what was stored cannot be read any more."""

    at: float
    kind: str
    data: dict[str, Any]


async def events(connection: AsyncConnection, job_id: int) -> tuple[StoredEvent, ...]:
    """The newest events of a job, in the order in which they happened."""
    columns = (event.c.at, event.c.kind, event.c.data)
    statement = select(*columns).where(event.c.job_id == job_id).order_by(event.c.id.desc())
    rows = (await connection.execute(statement.limit(MOST_EVENTS))).all()
    return tuple(StoredEvent(at=at, kind=kind, data=_object(data)) for at, kind, data in reversed(rows))


def _object(text: str) -> dict[str, Any]:
    value = json_or_none(text)
    return value if isinstance(value, dict) else {}


async def last_event(connection: AsyncConnection, job_id: int, kind: str) -> float:
    """When something happened to a job for the last time, in Unix seconds; 0 when it never did."""
    statement = select(func.max(event.c.at)).where(event.c.job_id == job_id, event.c.kind == kind)
    return (await connection.execute(statement)).scalar_one() or 0.0


async def attempts(connection: AsyncConnection, job_id: int) -> tuple[JobAttempt, ...]:
    """The newest attempts of a job, the oldest of them first; they are numbered from the very first."""
    total = select(func.count()).select_from(attempt).where(attempt.c.job_id == job_id)
    count = (await connection.execute(total)).scalar_one()
    columns = ("started_at", "ended_at", "outcome", "reason", "possibly_billed")
    statement = select(*(attempt.c[name] for name in columns)).where(attempt.c.job_id == job_id)
    newest = (await connection.execute(statement.order_by(attempt.c.id.desc()).limit(MOST_ATTEMPTS))).all()
    first = count - len(newest) + 1
    return tuple(
        JobAttempt(number=number, **{**row._mapping, "possibly_billed": bool(row.possibly_billed)})
        for number, row in enumerate(reversed(newest), first)
    )


async def partial_text(connection: AsyncConnection, job_id: int) -> str:
    """The text that unfinished steps have received so far, the step that wrote last at the end."""
    statement = select(partial.c.text).where(partial.c.job_id == job_id)
    rows = (await connection.execute(statement.order_by(partial.c.updated_at, partial.c.step_key))).scalars()
    return "\n\n".join(text for text in rows if text)
