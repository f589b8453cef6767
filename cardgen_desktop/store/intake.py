"""New jobs, many at once: one statement for all rows, so that a sync serves every caller that waits.

A row travels as a JSON object; `json_each` turns the array into rows inside SQLite.
"""

import json
from collections.abc import Sequence
from typing import Any

from pydantic import Field
from sqlalchemy import text
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from ..domain.errors import InternalError
from ..domain.job import JobSnapshot, JobState, Lane
from ..domain.value import Value
from .jobs import by_request_id, unfinished
from .rows import AT_ONCE, folded, storable, to_json
from .tables import batch

_FIELDS = (
    "id", "kind", "lane", "state", "priority", "position", "request", "unique_key", "request_id", "title",
    "character", "engine", "search_text", "metadata", "batch_id", "is_remote", "created_at", "queued_at",
    "updated_at",
)  # fmt: skip
_VALUES = ", ".join(f"json_extract(value, '$.{name}')" for name in _FIELDS)
_INSERT = text(
    f"INSERT INTO job ({', '.join(_FIELDS)}) SELECT {_VALUES} FROM json_each(:rows) WHERE true "  # noqa: S608
    "ON CONFLICT DO NOTHING RETURNING id"
)
_NOTE = text(
    "INSERT INTO event (job_id, at, kind) SELECT value, :now, 'created' FROM json_each(:ids) WHERE true"
)
_LAST_ID = text("SELECT seq FROM sqlite_sequence WHERE name = 'job'")


class NewJob(Value):
    """A job to be stored. `is_remote` tells that it needs the network, whatever lane it is in."""

    kind: str
    lane: Lane
    request: dict[str, Any]
    title: str = ""
    character: str = ""
    engine: str = ""
    unique_key: str | None = None
    request_id: str | None = None
    metadata: dict[str, Any] = Field(default_factory=dict)
    batch_id: int | None = None
    priority: int = 0
    is_remote: bool = False


async def create_batch(connection: AsyncConnection, title: str, now: float) -> int:
    """A batch for jobs that are queued together; its id."""
    statement = insert(batch).values(title=storable(title), created_at=now).returning(batch.c.id)
    return int((await connection.execute(statement)).scalar_one())


async def create(connection: AsyncConnection, new: NewJob, now: float) -> JobSnapshot:
    """Store one job, or find the one that does the same."""
    return (await create_all(connection, [new], now))[0]


async def create_all(
    connection: AsyncConnection, new: Sequence[NewJob], now: float
) -> tuple[JobSnapshot, ...]:
    """Store jobs, queued, in their order; in place of one that is there already, that one is returned.

    It is there when its request id was used before, or when an unfinished job has its unique key.
    """
    stored: list[JobSnapshot] = []
    for start in range(0, len(new), AT_ONCE):
        stored += await _create_some(connection, new[start : start + AT_ONCE], now)
    return tuple(stored)


async def _create_some(connection: AsyncConnection, new: Sequence[NewJob], now: float) -> list[JobSnapshot]:
    last = (await connection.execute(_LAST_ID)).scalar_one_or_none() or 0
    snapshots = [_snapshot(item, last + number, now) for number, item in enumerate(new, 1)]
    rows = [_row(item, snapshot) for item, snapshot in zip(new, snapshots, strict=True)]
    inserted = set((await connection.execute(_INSERT, {"rows": _json(rows)})).scalars())
    if inserted:
        await connection.execute(_NOTE, {"ids": _json(sorted(inserted)), "now": now})
    twice = [item for item, snapshot in zip(new, snapshots, strict=True) if snapshot.id not in inserted]
    known = iter(await _known(connection, twice) if twice else ())
    return [snapshot if snapshot.id in inserted else next(known) for snapshot in snapshots]


async def _known(connection: AsyncConnection, new: Sequence[NewJob]) -> list[JobSnapshot]:
    requested = await by_request_id(connection, [item.request_id for item in new if item.request_id])
    doing = await unfinished(connection, [item.unique_key for item in new if item.unique_key])
    known = [requested.get(item.request_id or "") or doing.get(item.unique_key or "") for item in new]
    if None in known:
        raise InternalError("A job could not be stored. Nothing was changed.", details="its id is taken")
    return [job for job in known if job is not None]


def _snapshot(new: NewJob, job_id: int, now: float) -> JobSnapshot:
    return JobSnapshot(
        id=job_id, kind=new.kind, lane=new.lane, state=JobState.QUEUED, priority=new.priority,
        position=float(job_id), request=new.request, request_id=new.request_id, title=_line(new.title),
        character=_line(new.character), engine=_line(new.engine), metadata=new.metadata,
        batch_id=new.batch_id, is_remote=new.is_remote, created_at=now, queued_at=now, updated_at=now,
        version=1,
    )  # fmt: skip


def _line(text: str) -> str:
    """A text as `json_extract` gives it back: SQLite ends it at a NUL."""
    return storable(text).replace("\0", " ")


def _row(new: NewJob, snapshot: JobSnapshot) -> dict[str, Any]:
    plain = {name: getattr(snapshot, name) for name in _FIELDS if name in JobSnapshot.model_fields}
    made = {
        "request": to_json(new.request),
        "metadata": to_json(new.metadata),
        "unique_key": new.unique_key,
        "is_remote": int(new.is_remote),
        "search_text": folded(snapshot.character, snapshot.title, snapshot.engine),
    }
    return plain | made


def _json(value: Any) -> str:
    return storable(json.dumps(value, ensure_ascii=False))
