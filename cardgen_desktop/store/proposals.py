"""Proposals: new texts for fields of a card, which change nothing until the person has accepted them."""

from typing import Any

from pydantic import ValidationError
from sqlalchemy import ColumnElement, Row, delete, func, select, update
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from ..domain.checking import Proposal
from .provider_tables import proposal
from .rows import json_or_none, to_json

_OPEN = proposal.c.closed_at.is_(None)
_COLUMNS = (proposal.c.id, proposal.c.card_id, proposal.c.body)


async def add(connection: AsyncConnection, new: Proposal) -> Proposal:
    """Store a proposal under a number of its own, in place of an open one of the same job and place."""
    if new.job_id is not None:
        same = (proposal.c.job_id == new.job_id, proposal.c.card_id == new.card_id)
        await connection.execute(delete(proposal).where(*same, proposal.c.path == new.path, _OPEN))
    statement = insert(proposal).values(
        card_id=new.card_id,
        job_id=new.job_id,
        path=new.path,
        body=to_json(new.model_dump(mode="json", exclude={"id"})),
        created_at=new.created_at,
    )
    number = (await connection.execute(statement.returning(proposal.c.id))).scalar_one()
    return new.model_copy(update={"id": number})


async def open_ones(connection: AsyncConnection, card_id: int) -> tuple[Proposal, ...]:
    """The open proposals for a card, oldest first; one that cannot be read any more is left out."""
    return await _listed(connection, proposal.c.card_id == card_id)


async def open_one(connection: AsyncConnection, proposal_id: int) -> Proposal | None:
    """An open proposal; None when it is closed or cannot be read any more."""
    return next(iter(await _listed(connection, proposal.c.id == proposal_id)), None)


async def close(
    connection: AsyncConnection, proposal_id: int, *, accepted: bool, now: float
) -> tuple[int, int | None] | None:
    """Close a proposal; the card and the job it belongs to, None when no open one has this number."""
    statement = update(proposal).where(proposal.c.id == proposal_id, _OPEN)
    closed = statement.values(closed_at=now, accepted=int(accepted))
    row = (await connection.execute(closed.returning(proposal.c.card_id, proposal.c.job_id))).one_or_none()
    return None if row is None else (row.card_id, row.job_id)


async def count_open_of_job(connection: AsyncConnection, job_id: int) -> int:
    """How many proposals of a job wait for the person."""
    counted = select(func.count()).select_from(proposal).where(proposal.c.job_id == job_id, _OPEN)
    return int((await connection.execute(counted)).scalar_one())


async def _listed(connection: AsyncConnection, which: ColumnElement[bool]) -> tuple[Proposal, ...]:
    rows = await connection.execute(select(*_COLUMNS).where(which, _OPEN).order_by(proposal.c.id))
    return tuple(item for row in rows if (item := _proposal(row)) is not None)


def _proposal(row: Row[Any, Any, Any]) -> Proposal | None:
    body = json_or_none(row.body)
    if not isinstance(body, dict):
        return None
    try:
        return Proposal.model_validate({**body, "id": row.id, "card_id": row.card_id})
    except ValidationError:
        return None
