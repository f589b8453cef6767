"""What a job has already done: its finished steps and the files asked of it."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import delete, func, literal_column, select, update
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from ..domain.value import Value
from .rows import json_or_none, to_json
from .tables import output, step


class StoredStep(Value):
    """A finished step; `output` is None when what was stored cannot be read any more."""

    key: str
    input_hash: str
    output: dict[str, Any] | None
    seconds: float
    finished_at: float = 0.0


class StoredOutput(Value):
    """A file asked of a job; `kind` is "card" or "evidence", `done` whether it was written."""

    path: str
    kind: str
    done: bool
    seconds: float | None


async def save_step(
    connection: AsyncConnection,
    job_id: int,
    key: str,
    input_hash: str,
    value: Mapping[str, Any],
    seconds: float,
    now: float,
) -> None:
    """Store a finished step in place of what an earlier run made of it."""
    values = {"input_hash": input_hash, "output": to_json(value), "seconds": seconds, "finished_at": now}
    statement = insert(step).values(job_id=job_id, step_key=key, **values)
    await connection.execute(
        statement.on_conflict_do_update(index_elements=["job_id", "step_key"], set_=values)
    )


async def save_steps(
    connection: AsyncConnection,
    job_id: int,
    values: Mapping[str, tuple[str, Mapping[str, Any]]],
    seconds: float,
    now: float,
) -> None:
    """Store several finished steps, each with the hash of its input and its output."""
    statement = insert(step)
    fresh = {name: statement.excluded[name] for name in ("input_hash", "output", "seconds", "finished_at")}
    rows = [
        {
            "job_id": job_id, "step_key": key, "input_hash": input_hash, "output": to_json(output),
            "seconds": seconds, "finished_at": now,
        }
        for key, (input_hash, output) in values.items()
    ]  # fmt: skip
    if rows:
        which = ["job_id", "step_key"]
        await connection.execute(statement.on_conflict_do_update(index_elements=which, set_=fresh), rows)


async def drop_step(connection: AsyncConnection, job_id: int, key: str) -> None:
    """Forget a finished step, so that it is done again."""
    await connection.execute(delete(step).where(step.c.job_id == job_id, step.c.step_key == key))


async def steps(connection: AsyncConnection, job_id: int) -> tuple[StoredStep, ...]:
    """The finished steps of a job, in the order in which they were finished."""
    columns = (step.c.step_key, step.c.input_hash, step.c.output, step.c.seconds, step.c.finished_at)
    rows = await connection.execute(
        select(*columns).where(step.c.job_id == job_id).order_by(step.c.finished_at, step.c.step_key)
    )
    return tuple(
        StoredStep(
            key=key, input_hash=input_hash, output=_object(stored), seconds=seconds, finished_at=finished_at
        )
        for key, input_hash, stored, seconds, finished_at in rows
    )


async def step_sums(connection: AsyncConnection, job_id: int, prefix: str) -> tuple[int, float]:
    """How many finished steps of a job have a key that begins so, and their seconds together."""
    which = (step.c.job_id == job_id, step.c.step_key.startswith(prefix, autoescape=True))
    row = (await connection.execute(select(func.count(), func.sum(step.c.seconds)).where(*which))).one()
    return int(row[0]), float(row[1] or 0.0)


def _object(text: str) -> dict[str, Any] | None:
    value = json_or_none(text)
    return value if isinstance(value, dict) else None


async def ask_outputs(connection: AsyncConnection, job_id: int, kind: str, paths: Iterable[str]) -> None:
    """Add files to those that a job has to write; a path that was asked for before is written again."""
    for path in paths:
        statement = insert(output).values(job_id=job_id, path=path, kind=kind)
        again = {"kind": kind, "done_at": None}
        await connection.execute(
            statement.on_conflict_do_update(index_elements=["job_id", "path"], set_=again)
        )


async def outputs(connection: AsyncConnection, job_id: int) -> tuple[StoredOutput, ...]:
    """The files asked of a job, in the order in which they were asked for."""
    columns = (output.c.path, output.c.kind, output.c.done_at, output.c.seconds)
    rows = await connection.execute(
        select(*columns).where(output.c.job_id == job_id).order_by(output.c.kind, literal_column("rowid"))
    )
    return tuple(
        StoredOutput(path=path, kind=kind, done=done_at is not None, seconds=seconds)
        for path, kind, done_at, seconds in rows
    )


async def output_done(
    connection: AsyncConnection, job_id: int, path: str, seconds: float, now: float
) -> None:
    """Note that a file was written, read back and compared."""
    which = (output.c.job_id == job_id, output.c.path == path)
    await connection.execute(update(output).where(*which).values(done_at=now, seconds=seconds))
