"""The queue in the database: constraints, claims, fences, and every move."""

import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardgen_desktop.domain.errors import StorageError
from cardgen_desktop.domain.job import TERMINAL_STATES, JobQuery, JobSnapshot, JobState
from cardgen_desktop.store import job_lists, jobs, rows
from cardgen_desktop.store.engine import Connection, Database

LANES = ("cpu",)


async def created(connection: Connection, now: float = 100.0, **fields: Any) -> JobSnapshot:
    values: dict[str, Any] = {
        "kind": "draft", "lane": "cpu", "request": {"source_ids": [1]}, "unique_key": None,
        "request_id": None, "title": "Emma", "character": "Emma Woodhouse", "engine": "offline",
        "metadata": {}, "now": now,
    }  # fmt: skip
    return await jobs.create(connection, **values | fields)


async def new(database: Database, **fields: Any) -> JobSnapshot:
    async with database.write() as connection:
        return await created(connection, **fields)


async def claimed(database: Database, epoch: int = 1, now: float = 200.0) -> JobSnapshot | None:
    async with database.write() as connection:
        return await jobs.claim(connection, epoch, LANES, now)


async def found(database: Database, job_id: int) -> JobSnapshot:
    async with database.read() as connection:
        job = await jobs.get(connection, job_id)
    assert job is not None
    return job


async def execute(database: Database, sql: str, *values: Any) -> list[Any]:
    async with database.write() as connection:
        result = await connection.exec_driver_sql(sql, values)
        return list(result.all()) if result.returns_rows else []


@pytest.mark.parametrize(
    "change",
    [
        "state = 'asleep'",
        "want = 'dance'",
        "lane = 'fast'",
        "priority = 3",
        "state = 'failed'",
        "finished_at = 5",
        "state = 'held'",
        "hold_reason = 'offline'",
        "state = 'waiting'",
        "state = 'waiting', run_at = 5",
        "run_at = 5, delay = 1",
        "state = 'running'",
        "progress = 100.5",
        "progress = -1",
        "needs_review = 1",
        "removed_at = 5",
        "attempts = -1",
        "created_at = 'yesterday'",
        "request = NULL",
    ],
)
async def test_database_refuses_a_job_that_makes_no_sense(database: Database, change: str) -> None:
    job = await new(database)
    with pytest.raises(StorageError) as caught:
        await execute(database, f"UPDATE job SET {change} WHERE id = {job.id}")
    assert "CONSTRAINT" in caught.value.details or "cannot store TEXT" in caught.value.details
    assert await found(database, job.id) == job


@pytest.mark.parametrize(
    "change",
    [
        "state = 'held', hold_reason = 'offline'",
        "state = 'waiting', run_at = 5, delay = 1",
        "state = 'paused', want = 'pause'",
        "state = 'running', epoch = 1",
        "state = 'succeeded', finished_at = 5, needs_review = 1",
        "state = 'failed', finished_at = 5, removed_at = 6",
        "state = 'cancelled', finished_at = 5",
    ],
)
async def test_database_holds_every_state(database: Database, change: str) -> None:
    job = await new(database)
    await execute(database, f"UPDATE job SET {change} WHERE id = {job.id}")
    assert (await found(database, job.id)).state == change.split("'")[1]


async def test_eight_claimers_get_eight_jobs(database: Database) -> None:
    ids = {(await new(database)).id for _ in range(8)}
    got = await asyncio.gather(*(claimed(database) for _ in range(9)))
    assert sorted(job.id for job in got if job) == sorted(ids)
    assert got.count(None) == 1
    attempts = await execute(
        database, "SELECT job_id, epoch, started_at, ended_at FROM attempt ORDER BY job_id"
    )
    assert [tuple(row) for row in attempts] == [(number, 1, 200.0, None) for number in sorted(ids)]


async def test_claims_go_by_priority_then_position_then_age(database: Database) -> None:
    ids = [(await new(database)).id for _ in range(4)]
    await execute(database, "UPDATE job SET priority = 2 WHERE id = ?", ids[3])
    await execute(database, "UPDATE job SET position = -1 WHERE id = ?", ids[2])
    await execute(database, "UPDATE job SET lane = 'export' WHERE id = ?", ids[0])
    order = [await claimed(database) for _ in range(4)]
    assert [job and job.id for job in order] == [ids[3], ids[2], ids[1], None]


async def test_second_unfinished_job_with_the_same_key_is_impossible(database: Database) -> None:
    first = await new(database, unique_key="k")
    with pytest.raises(StorageError):
        await new(database, unique_key="k")
    await execute(database, "UPDATE job SET state = 'failed', finished_at = 1 WHERE id = ?", first.id)
    second = await new(database, unique_key="k")
    async with database.read() as connection:
        assert await jobs.unfinished(connection, "k") == second
        assert await jobs.unique_key(connection, second.id) == "k"


async def test_request_id_is_used_once(database: Database) -> None:
    job = await new(database, request_id="r")
    with pytest.raises(StorageError):
        await new(database, request_id="r")
    async with database.read() as connection:
        assert await jobs.by_request_id(connection, "r") == job


async def test_finished_job_keeps_result_and_ends_its_attempt(database: Database) -> None:
    job = await new(database)
    await claimed(database)
    async with database.write() as connection:
        done = await jobs.succeed(connection, job.id, 1, result={"card_id": 3}, now=300.0)
    assert done is not None
    assert (done.state, done.progress, done.result) == (JobState.SUCCEEDED, 100.0, {"card_id": 3})
    assert (done.attempts, done.started_at, done.finished_at, done.version) == (1, 200.0, 300.0, 3)
    assert await execute(database, "SELECT ended_at, outcome FROM attempt") == [(300.0, "succeeded")]
    kinds = await execute(database, "SELECT kind FROM event WHERE job_id = ? ORDER BY id", job.id)
    assert [kind for (kind,) in kinds] == ["created", "started", "succeeded"]


async def test_result_of_a_dead_epoch_is_not_taken(database: Database) -> None:
    job = await new(database)
    running = await claimed(database, epoch=1)
    async with database.write() as connection:
        assert await jobs.succeed(connection, job.id, 2, result={}, now=300.0) is None
        assert (
            await jobs.fail(connection, job.id, 2, error="", error_code="", error_details="", now=1.0) is None
        )
        assert await jobs.stop(connection, job.id, 2, 300.0) is None
        assert await jobs.set_character(connection, job.id, 2, "X", 300.0) is None
        await jobs.save_progress(connection, 2, [(job.id, 50.0, "late", 1.0)])
    assert await found(database, job.id) == running


@pytest.mark.parametrize(
    ("want", "state", "attempts"),
    [("run", JobState.QUEUED, 0), ("pause", JobState.PAUSED, 0), ("cancel", JobState.CANCELLED, 1)],
)
async def test_start_puts_jobs_of_a_dead_process_where_the_person_wants_them(
    database: Database, want: str, state: JobState, attempts: int
) -> None:
    job = await new(database)
    await claimed(database, epoch=1)
    await execute(database, "UPDATE job SET want = ?, progress = 40 WHERE id = ?", want, job.id)
    async with database.write() as connection:
        epoch, recovered = await jobs.recover(connection, 500.0)
    assert epoch == 1
    assert [(item.id, item.state, item.attempts, item.progress) for item in recovered] == [
        (job.id, state, attempts, 40.0)
    ]
    assert (recovered[0].finished_at is not None) == (state is JobState.CANCELLED)
    assert await execute(database, "SELECT ended_at, outcome FROM attempt") == [(500.0, "interrupted")]


async def test_every_start_has_a_higher_epoch_and_leaves_other_jobs_alone(database: Database) -> None:
    job = await new(database)
    epochs = []
    for _ in range(3):
        async with database.write() as connection:
            epoch, recovered = await jobs.recover(connection, 1.0)
        epochs.append(epoch)
        assert recovered == ()
    assert epochs == [1, 2, 3]
    assert await found(database, job.id) == job


@pytest.mark.parametrize("state", ["queued", "held", "waiting", "paused"])
async def test_waiting_job_is_cancelled_at_once(database: Database, state: str) -> None:
    job = await new(database)
    more = {"held": ", hold_reason = 'disk'", "waiting": ", run_at = 1, delay = 1"}.get(state, "")
    await execute(database, f"UPDATE job SET state = '{state}'{more} WHERE id = {job.id}")
    async with database.write() as connection:
        cancelled = await jobs.want_cancel(connection, job.id, 300.0)
    assert cancelled is not None
    assert (cancelled.state, cancelled.finished_at) == (JobState.CANCELLED, 300.0)


async def test_wish_to_cancel_a_running_job_is_stored_apart_from_the_fact(database: Database) -> None:
    job = await new(database)
    await claimed(database)
    async with database.write() as connection:
        wanted = await jobs.want_cancel(connection, job.id, 300.0)
        assert wanted is not None
        assert (wanted.state, wanted.want) == (JobState.RUNNING, "cancel")
        stopped = await jobs.stop(connection, job.id, 1, 301.0)
        assert stopped is not None
        assert (stopped.state, stopped.phase) == (JobState.CANCELLED, "Cancelled by you")
        assert await jobs.want_cancel(connection, job.id, 302.0) is None


async def test_job_put_back_keeps_its_progress_and_is_not_charged(database: Database) -> None:
    job = await new(database)
    await claimed(database)
    async with database.write() as connection:
        await jobs.save_progress(connection, 1, [(job.id, 60.0, "Writing", 7.5)])
        stopped = await jobs.stop(connection, job.id, 1, 300.0)
    assert stopped is not None
    assert (stopped.state, stopped.progress, stopped.attempts) == (JobState.QUEUED, 60.0, 0)
    assert stopped.active_seconds == 7.5
    again = await claimed(database, now=400.0)
    assert again is not None
    assert (again.attempts, again.started_at, again.progress) == (1, 200.0, 60.0)


async def test_only_a_finished_job_runs_again_or_is_removed(database: Database) -> None:
    job = await new(database)
    async with database.write() as connection:
        assert await jobs.retry(connection, job.id, 1.0) is None
        assert await jobs.set_removed(connection, job.id, 1.0, 1.0) is None
    await claimed(database)
    async with database.write() as connection:
        await jobs.fail(
            connection, job.id, 1, error="Full.", error_code="storage", error_details="d", now=2.0
        )
        removed = await jobs.set_removed(connection, job.id, 5.0, 5.0)
        assert removed is not None
        assert (await job_lists.page(connection, JobQuery())).total == 0
        again = await jobs.retry(connection, job.id, 6.0)
    assert again is not None
    assert (again.state, again.error, again.progress, again.attempts) == (JobState.QUEUED, None, 0.0, 0)
    async with database.read() as connection:
        assert (await job_lists.page(connection, JobQuery())).jobs == (again,)


async def library(database: Database) -> list[JobSnapshot]:
    names = ["Émile", "100% Pure", "Under_score", "Ann", "anna", "Back\\slash"]
    made = [await new(database, character=name, now=100.0 + index // 2) for index, name in enumerate(names)]
    await execute(database, "UPDATE job SET state = 'failed', finished_at = 1 WHERE id = ?", made[3].id)
    await execute(database, "UPDATE job SET state = 'paused' WHERE id = ?", made[4].id)
    await execute(database, "UPDATE job SET kind = 'export' WHERE id = ?", made[0].id)
    return made


@pytest.mark.parametrize(
    ("query", "names"),
    [
        (JobQuery(), ["Back\\slash", "anna", "Ann", "Under_score", "100% Pure", "Émile"]),
        (JobQuery(limit=2), ["Back\\slash", "anna"]),
        (JobQuery(limit=2, offset=5), ["Émile"]),
        (JobQuery(limit=0), []),
        (JobQuery(text="ÉMILE"), ["Émile"]),
        (JobQuery(text="émi"), ["Émile"]),
        (JobQuery(text="100%"), ["100% Pure"]),
        (JobQuery(text="%"), ["100% Pure"]),
        (JobQuery(text="_"), ["Under_score"]),
        (JobQuery(text="k\\s"), ["Back\\slash"]),
        (JobQuery(text="ann"), ["anna", "Ann"]),
        (JobQuery(text="emma"), ["Back\\slash", "anna", "Ann", "Under_score", "100% Pure", "Émile"]),
        (JobQuery(states=(JobState.FAILED, JobState.PAUSED)), ["anna", "Ann"]),
        (JobQuery(status="failed"), ["Ann"]),
        (JobQuery(status="pending", states=(JobState.PAUSED, JobState.FAILED)), ["anna"]),
        (JobQuery(status="completed", states=(JobState.FAILED,)), []),
        (JobQuery(kind="export"), ["Émile"]),
        (JobQuery(since=102.0), ["Back\\slash", "anna"]),
    ],
)
async def test_lists_filter_in_the_database(database: Database, query: JobQuery, names: list[str]) -> None:
    await library(database)
    async with database.read() as connection:
        page = await job_lists.page(connection, query)
        everything = await job_lists.page(connection, query.model_copy(update={"limit": 100, "offset": 0}))
    assert [job.character for job in page.jobs] == names
    assert page.total == everything.total == len(everything.jobs)
    assert (page.limit, page.offset) == (query.limit, query.offset)


async def test_lists_find_words_of_the_error(database: Database) -> None:
    made = await library(database)
    await execute(database, "UPDATE job SET error = 'The disk is full.' WHERE id = ?", made[3].id)
    async with database.read() as connection:
        page = await job_lists.page(connection, JobQuery(text="disk is FULL"))
    assert ([job.character for job in page.jobs], page.total) == (["Ann"], 1)


@pytest.mark.parametrize("odd", ["1e300", "-1e18", "9e999"])
async def test_times_that_no_calendar_has_do_not_hide_a_job(database: Database, odd: str) -> None:
    made = await new(database)
    await execute(
        database, f"UPDATE job SET created_at = {odd}, active_seconds = {odd} WHERE id = ?", made.id
    )
    async with database.read() as connection:
        (job,) = (await job_lists.page(connection, JobQuery())).jobs
    assert 0 <= job.created_at < 253_402_300_800 and 0 <= job.active_seconds < 253_402_300_800


async def test_counts_name_every_state(database: Database) -> None:
    await library(database)
    async with database.read() as connection:
        counts = await job_lists.counts(connection)
    assert counts == dict.fromkeys(JobState, 0) | {
        JobState.QUEUED: 4, JobState.FAILED: 1, JobState.PAUSED: 1,
    }  # fmt: skip


async def test_page_and_count_use_the_indexes(database: Database) -> None:
    sql = (
        "EXPLAIN QUERY PLAN SELECT id FROM job WHERE removed_at IS NULL AND state IN ('failed') "
        "ORDER BY created_at DESC, id DESC LIMIT 10"
    )
    plan = " ".join(str(row) for row in await execute(database, sql))
    assert "job_newest_of_state" in plan
    assert "TEMP B-TREE" not in plan
    claim = (
        "EXPLAIN QUERY PLAN SELECT id FROM job WHERE state = 'queued' AND lane IN ('cpu') "
        "ORDER BY priority DESC, position, id LIMIT 1"
    )
    assert "job_next" in " ".join(str(row) for row in await execute(database, claim))


async def test_unreadable_columns_do_not_hide_other_jobs(database: Database) -> None:
    job, other = await new(database), await new(database)
    await execute(
        database, "UPDATE job SET request = '{', metadata = '[1]', result = 'x' WHERE id = ?", job.id
    )
    async with database.read() as connection:
        page = await job_lists.page(connection, JobQuery())
    assert [(item.id, item.request, item.result, item.metadata) for item in page.jobs] == [
        (other.id, {"source_ids": [1]}, None, {}),
        (job.id, {}, None, {}),
    ]


async def test_half_a_surrogate_pair_is_stored_as_a_mark(database: Database) -> None:
    job = await new(database, title="x\ud800y", metadata={"a": "\udfff"})
    assert (await found(database, job.id)).title == "x?y"
    assert (await found(database, job.id)).metadata == {"a": "?"}


@given(st.text(max_size=20), st.text(max_size=20))
def test_search_pattern_finds_exactly_what_contains_the_text(text: str, around: str) -> None:
    import sqlite3

    text, around = rows.storable(text), rows.storable(around)
    connection = sqlite3.connect(":memory:")
    for hay in (f"{around}{text}", around):
        hit = connection.execute(
            "SELECT ? LIKE ? ESCAPE '\\'", (rows.folded(hay), rows.like(text))
        ).fetchone()[0]
        if "\0" not in hay + text:
            assert bool(hit) == (text.casefold() in hay.casefold())
    connection.close()


def test_states_of_the_table_are_those_of_the_program() -> None:
    assert len(JobState) == 8
    assert {JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELLED} == TERMINAL_STATES
