"""What the queue remembers between runs: pauses and limits; and how full its lanes are."""

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from ..domain.job import JobState, Lane
from .rows import json_or_none
from .tables import job, setting

_KEY = "queue"
_FAULTS_KEY = "fault_bytes"


async def kept(connection: AsyncConnection) -> dict[str, Any]:
    """What was remembered; nothing when it cannot be read."""
    stored = await connection.execute(select(setting.c.value).where(setting.c.key == _KEY))
    value = json_or_none(stored.scalar_one_or_none())
    return value if isinstance(value, dict) else {}


async def keep(connection: AsyncConnection, value: Mapping[str, Any]) -> None:
    """Remember it in place of what was."""
    await _put(connection, _KEY, json.dumps(dict(value)))


async def new_faults(connection: AsyncConnection, fault_bytes: int) -> bool:
    """Whether the log of hard faults has grown since it was last asked; `fault_bytes` is its size now."""
    stored = await connection.execute(select(setting.c.value).where(setting.c.key == _FAULTS_KEY))
    seen = json_or_none(stored.scalar_one_or_none())
    if seen == fault_bytes:
        return False
    await _put(connection, _FAULTS_KEY, str(fault_bytes))
    return fault_bytes > (seen if isinstance(seen, int) else 0)


async def _put(connection: AsyncConnection, key: str, value: str) -> None:
    statement = insert(setting).values(key=key, value=value)
    again = statement.on_conflict_do_update(index_elements=["key"], set_={"value": value})
    await connection.execute(again)


async def queued_by_lane(connection: AsyncConnection) -> dict[Lane, int]:
    """How many jobs are queued in each lane."""
    counted = select(job.c.lane, func.count()).where(job.c.state == JobState.QUEUED).group_by(job.c.lane)
    return {Lane(lane): count for lane, count in await connection.execute(counted)}
