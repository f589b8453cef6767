"""What is dropped after a while, and above all what is not."""

from cardgen_desktop.store import retention
from cardgen_desktop.store.engine import Database
from cardgen_desktop.store.retention import DAY, KEPT_JOBS
from tests.support.stored_jobs import execute, new

NOW = 1_000 * DAY
OLD = NOW - 31 * DAY


async def fill(database: Database, count: int, state: str = "succeeded", ended: float = OLD) -> None:
    """Jobs that have ended, in the order of their ids."""
    await execute(
        database,
        "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < ?) "
        "INSERT INTO job (kind, lane, state, request, created_at, queued_at, updated_at, finished_at) "
        "SELECT 'draft', 'cpu', ?, '{}', 1, 1, 1, ? FROM n",
        count,
        state,
        ended,
    )


async def pruned(database: Database) -> list[int]:
    """Drop all there is to drop, some at a time; the ids."""
    dropped: list[int] = []
    while True:
        async with database.read() as connection:
            rows = await retention.old(connection, NOW)
        assert len(rows.jobs) <= retention.BATCH_ROWS
        if not rows:
            return sorted(dropped)
        async with database.write() as connection:
            await retention.drop(connection, rows)
        dropped += rows.jobs


async def test_the_latest_thousand_stay_however_old(database: Database) -> None:
    await fill(database, KEPT_JOBS + 450)
    assert await pruned(database) == list(range(1, 451))
    assert await execute(database, "SELECT count(*), min(id) FROM job") == [(KEPT_JOBS, 451)]


async def test_unfinished_failed_unreviewed_and_recent_ones_stay(database: Database) -> None:
    await fill(database, KEPT_JOBS + 20)
    changes = {
        1: "state = 'failed'",
        2: "needs_review = 1",
        3: f"finished_at = {NOW - 29 * DAY}",
        4: "state = 'queued', finished_at = NULL",
        5: "state = 'held', hold_reason = 'disk', finished_at = NULL",
        6: "state = 'cancelled'",
    }
    for job_id, change in changes.items():
        await execute(database, f"UPDATE job SET {change} WHERE id = {job_id}")
    dropped = await pruned(database)
    # Three of the first are not counted among the latest thousand that ended well: two more stay.
    assert 6 in dropped and not {1, 2, 3, 4, 5} & set(dropped)
    assert max(dropped) <= 20


async def test_card_of_a_dropped_job_stays_and_one_in_the_trash_keeps_its_job(database: Database) -> None:
    await fill(database, KEPT_JOBS + 3)
    for job_id, trashed in ((1, "NULL"), (2, "5")):
        await execute(
            database,
            "INSERT INTO card (name, origin, job_id, created_at, updated_at, card, trashed_at) "
            f"VALUES ('Ann', 'draft', {job_id}, 1, 1, '{{}}', {trashed})",
        )
    assert await pruned(database) == [1, 3]
    assert await execute(database, "SELECT id, job_id FROM card ORDER BY id") == [(1, None), (2, 2)]


async def test_rows_of_a_dropped_job_go_with_it(database: Database) -> None:
    await fill(database, KEPT_JOBS + 1)
    await execute(database, "INSERT INTO attempt (job_id, epoch, started_at) VALUES (1, 1, 1), (2, 1, 1)")
    await execute(database, f"INSERT INTO event (job_id, at, kind) VALUES (1, {NOW}, 'x'), (2, {NOW}, 'x')")
    await pruned(database)
    assert await execute(database, "SELECT job_id FROM attempt") == [(2,)]
    assert await execute(database, "SELECT job_id FROM event") == [(2,)]


async def test_old_lines_of_logs_and_old_steps_of_undo_go(database: Database) -> None:
    job = await new(database, now=NOW)
    for days in (89, 91):
        await execute(
            database, "INSERT INTO event (job_id, at, kind) VALUES (?, ?, 'x')", job.id, NOW - days * DAY
        )
    for days in (29, 31):
        await execute(database, "INSERT INTO undo (at, name, jobs) VALUES (?, 'Step', 1)", NOW - days * DAY)
    await pruned(database)
    assert await execute(database, "SELECT count(*) FROM event WHERE kind = 'x'") == [(1,)]
    assert await execute(database, "SELECT at FROM undo") == [(NOW - 29 * DAY,)]


async def test_a_failure_stays_until_it_is_dismissed(database: Database) -> None:
    await fill(database, KEPT_JOBS + 1)
    await execute(database, "UPDATE job SET state = 'failed' WHERE id IN (2, 3)")
    await execute(database, f"UPDATE job SET removed_at = {OLD} WHERE id = 3")
    await fill(database, 3)
    dropped = await pruned(database)
    assert 3 in dropped
    assert 2 not in dropped
