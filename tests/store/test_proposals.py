"""Proposals as rows: open until they are decided, one for each place of a job."""

from cardgen_desktop.domain.checking import Finding, Proposal
from cardgen_desktop.store import proposals
from cardgen_desktop.store.engine import Database
from tests.support.stored_jobs import execute, new


async def card(database: Database) -> int:
    sql = "INSERT INTO card (name, origin, created_at, updated_at, card) VALUES ('Ada', 'draft', 1, 1, '{}')"
    await execute(database, sql)
    return int((await execute(database, "SELECT max(id) FROM card"))[0][0])


def proposal(
    card_id: int, path: str = "personality", text: str = "Calm.", job: int | None = None
) -> Proposal:
    finding = Finding(kind="loop", path=path, message="It repeats itself.")
    return Proposal(
        id=0, card_id=card_id, path=path, text=text, job_id=job, created_at=5.0, findings=(finding,)
    )


async def test_proposals_are_open_until_they_are_closed(database: Database) -> None:
    card_id, other = await card(database), await card(database)
    async with database.write() as connection:
        first = await proposals.add(connection, proposal(card_id))
        second = await proposals.add(connection, proposal(card_id, "alternate_greetings[1]"))
        await proposals.add(connection, proposal(other))
    assert await proposals_of(database, card_id) == (first, second)
    assert first.id != second.id
    async with database.write() as connection:
        assert await proposals.close(connection, first.id, accepted=True, now=9.0) == (card_id, None)
        assert await proposals.close(connection, first.id, accepted=False, now=9.5) is None
    assert await proposals_of(database, card_id) == (second,)
    kept = await execute(database, "SELECT accepted, closed_at FROM proposal WHERE id = ?", first.id)
    assert [tuple(row) for row in kept] == [(1, 9.0)]


async def proposals_of(database: Database, card_id: int) -> tuple[Proposal, ...]:
    async with database.read() as connection:
        return await proposals.open_ones(connection, card_id)


async def test_job_that_runs_again_replaces_what_it_proposed(database: Database) -> None:
    card_id, job = await card(database), (await new(database)).id
    async with database.write() as connection:
        await proposals.add(connection, proposal(card_id, text="First.", job=job))
        await proposals.add(connection, proposal(card_id, "scenario", job=job))
        again = await proposals.add(connection, proposal(card_id, text="Second.", job=job))
        assert await proposals.count_open_of_job(connection, job) == 2
    found = {item.path: item.text for item in await proposals_of(database, card_id)}
    assert found == {"scenario": "Calm.", "personality": "Second."}
    async with database.write() as connection:
        assert await proposals.close(connection, again.id, accepted=False, now=9.0) == (card_id, job)
        assert await proposals.count_open_of_job(connection, job) == 1


async def test_row_that_cannot_be_read_is_left_out(database: Database) -> None:
    card_id = await card(database)
    async with database.write() as connection:
        good = await proposals.add(connection, proposal(card_id))
        await proposals.add(connection, proposal(card_id, "scenario"))
    await execute(database, "UPDATE proposal SET body = '{\"odd\": 1}' WHERE path = 'scenario'")
    assert await proposals_of(database, card_id) == (good,)
