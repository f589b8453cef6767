"""Profiles as rows, without their keys; and the jobs that name one when it is renamed or removed."""

from pydantic import ValidationError
from sqlalchemy import and_, delete, func, literal, or_, select, text, update
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from ..domain.job import JobState
from ..domain.profile import Profile
from . import ledger
from .holds import NETWORK_GATES
from .provider_tables import profile
from .rows import json_or_none, storable
from .tables import IS_UNFINISHED, job

_IS_UNFINISHED = text(f"job.{IS_UNFINISHED}")
JOB_SCOPE = "\t"
"""Stands between a profile and a job in the scope of a gate about that job alone; no name holds a tab."""


async def every(connection: AsyncConnection) -> tuple[Profile, ...]:
    """All profiles that can be read, by name."""
    rows = await connection.execute(
        select(profile.c.body).order_by(func.lower(profile.c.name), profile.c.name)
    )
    return tuple(found for body in rows.scalars() if (found := _read(body)) is not None)


async def get(connection: AsyncConnection, name: str) -> Profile | None:
    """One profile by its name."""
    statement = select(profile.c.body).where(profile.c.name == storable(name))
    body = (await connection.execute(statement)).scalar_one_or_none()
    return None if body is None else _read(body)


def _read(body: str) -> Profile | None:
    """A row that does not hold a profile, of a newer program perhaps, is left alone and not shown."""
    try:
        return Profile.model_validate(json_or_none(body))
    except ValidationError:
        return None


async def names(connection: AsyncConnection) -> tuple[str, ...]:
    """The names that are taken, also by rows that cannot be read."""
    return tuple((await connection.execute(select(profile.c.name))).scalars())


async def put(connection: AsyncConnection, item: Profile, now: float) -> None:
    """Store a profile in place of one with its name."""
    body = storable(item.model_dump_json())
    statement = insert(profile).values(name=storable(item.name), body=body, created_at=now, updated_at=now)
    again = statement.on_conflict_do_update(index_elements=["name"], set_={"body": body, "updated_at": now})
    await connection.execute(again)


async def remove(connection: AsyncConnection, name: str) -> bool:
    """Remove a profile; whether there was one. Its part of the ledger stays."""
    return bool((await connection.execute(delete(profile).where(profile.c.name == storable(name)))).rowcount)


async def unfinished_jobs(connection: AsyncConnection, name: str) -> int:
    """How many unfinished jobs name a profile."""
    named = select(func.count()).select_from(job).where(_IS_UNFINISHED, job.c.engine == storable(name))
    return int((await connection.execute(named)).scalar_one())


async def rename(connection: AsyncConnection, before: str, after: str, now: float) -> int:
    """The row, its jobs, gates and ledger get the new name; how many jobs were changed.

    What a job is asked says its engine too, so that it runs, and is shown, as before; one that has ended may
    be tried again.
    """
    await connection.execute(
        update(profile).where(profile.c.name == before).values(name=after, updated_at=now)
    )
    await ledger.rename_profile(connection, before, after)
    await _move_scopes(connection, before, after)
    named = update(job).where(job.c.engine == before, func.json_valid(job.c.request) == 1)
    values = {
        "engine": after,
        "request": func.json_set(job.c.request, "$.engine", after),
        "updated_at": now,
        "version": job.c.version + 1,
    }
    return (await connection.execute(named.values(values))).rowcount


async def _move_scopes(connection: AsyncConnection, before: str, after: str) -> None:
    of_one = f"{before}{JOB_SCOPE}"
    held = and_(job.c.state == JobState.HELD, job.c.hold_reason.in_(NETWORK_GATES))
    whose = or_(job.c.hold_scope == before, func.substr(job.c.hold_scope, 1, len(of_one)) == of_one)
    moved = literal(after) + func.substr(job.c.hold_scope, len(before) + 1)
    await connection.execute(update(job).where(held, whose).values(hold_scope=moved))
