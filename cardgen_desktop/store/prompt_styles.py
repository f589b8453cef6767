"""The person's own prompt styles as rows; those that came with the program are files."""

from pydantic import ValidationError
from sqlalchemy import delete, func, select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from ..domain.prompt_style import PromptStyle
from .provider_tables import prompt_style
from .rows import json_or_none, storable


async def every(connection: AsyncConnection) -> tuple[PromptStyle, ...]:
    """All copies that can be read, by name."""
    ordered = select(prompt_style.c.body).order_by(func.lower(prompt_style.c.name), prompt_style.c.name)
    rows = await connection.execute(ordered)
    return tuple(found for body in rows.scalars() if (found := _read(body)) is not None)


async def get(connection: AsyncConnection, name: str) -> PromptStyle | None:
    """One copy by its name."""
    statement = select(prompt_style.c.body).where(prompt_style.c.name == storable(name))
    body = (await connection.execute(statement)).scalar_one_or_none()
    return None if body is None else _read(body)


def _read(body: str) -> PromptStyle | None:
    """A row of a newer program that cannot be read is left alone and not shown."""
    try:
        return PromptStyle.model_validate(json_or_none(body))
    except ValidationError:
        return None


async def put(connection: AsyncConnection, style: PromptStyle, now: float) -> None:
    """Store a copy in place of one with its name."""
    body = storable(style.model_dump_json())
    statement = insert(prompt_style).values(name=storable(style.name), body=body, updated_at=now)
    again = statement.on_conflict_do_update(index_elements=["name"], set_={"body": body, "updated_at": now})
    await connection.execute(again)


async def remove(connection: AsyncConnection, name: str) -> bool:
    """Remove a copy; whether there was one."""
    gone = delete(prompt_style).where(prompt_style.c.name == storable(name))
    return bool((await connection.execute(gone)).rowcount)
