"""What is known of servers and their models: lists of models, forms of answers, ratios of tokens.

Facts are text that whoever learnt them can read. They belong to an address, not to a profile: two profiles of
one server share them, and they stay when a profile goes.
"""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from ..domain.value import Value
from .provider_tables import server_fact
from .rows import storable


class Fact(Value):
    """One fact of a server (its address, or the file of a model) and a model ("" for all of them).

    `at` is when it was learnt, Unix seconds.
    """

    server: str
    model: str = ""
    fact: str
    value: str
    at: float = 0.0


async def get(connection: AsyncConnection, server: str, model: str, fact: str) -> Fact | None:
    """One fact."""
    which = (server_fact.c.server == server, server_fact.c.model == model, server_fact.c.fact == fact)
    row = (await connection.execute(select(server_fact).where(*which))).one_or_none()
    return None if row is None else Fact(**row._mapping)


async def put(connection: AsyncConnection, facts: Sequence[Fact]) -> None:
    """Store facts in place of what was known."""
    for fact in facts:
        values = {name: storable(value) for name, value in fact.model_dump(exclude={"at"}).items()}
        new = {"value": values["value"], "at": fact.at}
        statement = insert(server_fact).values(**values, at=fact.at)
        again = statement.on_conflict_do_update(index_elements=["server", "model", "fact"], set_=new)
        await connection.execute(again)
