"""Lists of jobs: filters, searches, every order, pages that agree with the ids, and counts."""

import asyncio
import random
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cardgen_desktop.domain.job import JobQuery, JobSnapshot, JobSort, JobState, needs_you
from cardgen_desktop.store import intake, job_lists, rows
from cardgen_desktop.store.engine import Database, open_database
from tests.support.databases import place_empty_database
from tests.support.stored_jobs import draft, execute, new, put_in

STATES = ("running", "queued", "waiting", "held", "paused", "failed", "succeeded", "cancelled")


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
        (JobQuery(text="r_s"), ["Under_score"]),
        (JobQuery(text="k\\s"), ["Back\\slash"]),
        (JobQuery(text="\\"), ["Back\\slash"]),
        (JobQuery(text="ann"), ["anna", "Ann"]),
        (JobQuery(text="an"), ["anna", "Ann"]),
        (JobQuery(text="É"), ["Émile"]),
        (JobQuery(text="emma"), ["Back\\slash", "anna", "Ann", "Under_score", "100% Pure", "Émile"]),
        (JobQuery(text='"'), []),
        (JobQuery(text='ann" OR "pure'), []),
        (JobQuery(text="ann*"), []),
        (JobQuery(text="nobody here"), []),
        (JobQuery(states=(JobState.FAILED, JobState.PAUSED)), ["anna", "Ann"]),
        (JobQuery(status="failed"), ["Ann"]),
        (JobQuery(status="pending", states=(JobState.PAUSED, JobState.FAILED)), ["anna"]),
        (JobQuery(status="completed", states=(JobState.FAILED,)), []),
        (JobQuery(kind="export"), ["Émile"]),
        (JobQuery(kind="export", states=(JobState.FAILED,)), []),
        (JobQuery(since=102.0), ["Back\\slash", "anna"]),
        (JobQuery(until=101.0), ["100% Pure", "Émile"]),
        (JobQuery(since=101.0, until=102.0), ["Ann", "Under_score"]),
        (JobQuery(needs_you=True), ["Ann"]),
    ],
)
async def test_lists_filter_in_the_database(database: Database, query: JobQuery, names: list[str]) -> None:
    await library(database)
    async with database.read() as connection:
        page = await job_lists.page(connection, query)
        everything = await job_lists.page(connection, query.model_copy(update={"limit": 100, "offset": 0}))
        ids = await job_lists.ids(connection, query)
    assert [job.character for job in page.jobs] == names
    assert page.total == everything.total == len(everything.jobs) == len(ids)
    assert list(ids) == [job.id for job in everything.jobs]
    assert (page.limit, page.offset) == (query.limit, query.offset)


async def test_lists_find_words_of_the_error(database: Database) -> None:
    made = await library(database)
    await execute(database, "UPDATE job SET error = 'The disk is full.' WHERE id = ?", made[3].id)
    for text in ("disk is FULL", "DI"):
        async with database.read() as connection:
            page = await job_lists.page(connection, JobQuery(text=text))
        assert ([job.character for job in page.jobs], page.total) == (["Ann"], 1)


async def test_lane_and_batch_filter_too(database: Database) -> None:
    await new(database)
    batched = await new(database, batch_id=3, lane="export")
    async with database.read() as connection:
        for query in (JobQuery(batch_id=3), JobQuery(lane=batched.lane)):
            page = await job_lists.page(connection, query)
            assert (page.jobs, page.total) == ((batched,), 1)


Key = Callable[[JobSnapshot], tuple[Any, ...]]
SORTS: dict[JobSort, Key] = {
    JobSort.CREATED: lambda job: (job.created_at,),
    JobSort.CHARACTER: lambda job: (job.character.lower(),),
    JobSort.TITLE: lambda job: (job.title.lower(),),
    JobSort.KIND: lambda job: (job.kind,),
    JobSort.STATE: lambda job: (STATES.index(job.state),),
    JobSort.PRIORITY: lambda job: (job.priority,),
    JobSort.PROGRESS: lambda job: (job.progress,),
    JobSort.ENGINE: lambda job: (job.engine,),
    JobSort.STARTED: lambda job: (job.started_at is not None, job.started_at or 0),
    JobSort.FINISHED: lambda job: (job.finished_at is not None, job.finished_at or 0),
    JobSort.TIME: lambda job: (job.active_seconds,),
    JobSort.ATTEMPTS: lambda job: (job.attempts,),
    JobSort.TOKENS: lambda job: ((job.tokens_in or 0) + (job.tokens_out or 0),),
    JobSort.COST: lambda job: (job.cost_nanos is not None, job.cost_nanos or 0),
    JobSort.QUEUE: lambda job: (-job.priority, job.position),
}


async def varied(database: Database, count: int = 60) -> list[JobSnapshot]:
    """Jobs that differ in every column, with many ties."""
    chance = random.Random(11)
    for number in range(count):
        job = await new(
            database, now=100.0 + chance.randrange(8), character=chance.choice(["ann", "Bob", "Cy", "bo"]),
            title=chance.choice(["B", "a", "c"]), engine=chance.choice(["x", "y"]),
            kind=chance.choice(["draft", "read"]), priority=chance.randint(-2, 2),
        )  # fmt: skip
        values = {
            "progress": chance.randrange(4), "active_seconds": chance.randrange(4),
            "attempts": chance.randrange(3), "position": chance.randrange(9),
            "started_at": chance.choice(["NULL", 5, 6]), "tokens_in": chance.choice(["NULL", 1, 2]),
            "tokens_out": chance.choice(["NULL", 1]), "cost_nanos": chance.choice(["NULL", 0, 9]),
        }  # fmt: skip
        changes = ", ".join(f"{name} = {value}" for name, value in values.items())
        await execute(database, f"UPDATE job SET {changes} WHERE id = {job.id}")
        if number % 9 == 4:
            await put_in(database, job.id, "failed", removed_at=1.0)
        else:
            await put_in(database, job.id, chance.choice(list(JobState)))
    async with database.read() as connection:
        return list((await job_lists.page(connection, JobQuery(limit=1000))).jobs)


async def test_every_order_is_the_one_of_its_column_in_both_directions(database: Database) -> None:
    jobs = await varied(database)
    assert set(SORTS) == set(JobSort)
    for sort in JobSort:
        expected = [job.id for job in sorted(jobs, key=lambda job: (*SORTS[sort](job), job.id))]
        for descending in (False, True):
            query = JobQuery(sort=sort, descending=descending, limit=7)
            wanted = expected[::-1] if descending else expected
            async with database.read() as connection:
                assert list(await job_lists.ids(connection, query)) == wanted, (sort, descending)
                pages: list[int] = []
                for offset in range(0, len(jobs) + 7, 7):
                    page = await job_lists.page(connection, query.model_copy(update={"offset": offset}))
                    assert page.total == len(jobs)
                    pages += [job.id for job in page.jobs]
            assert pages == wanted, (sort, descending)


async def test_jobs_are_looked_up_by_id_in_the_order_asked_for(database: Database) -> None:
    jobs = {job.id: job for job in await varied(database, 20)}
    wanted = [*list(jobs)[::-3], 999, *list(jobs)[:4]]
    async with database.read() as connection:
        found = await job_lists.by_ids(connection, wanted)
        hidden = await execute(database, "SELECT id FROM job WHERE removed_at IS NOT NULL")
        assert await job_lists.by_ids(connection, [job_id for (job_id,) in hidden]) == ()
    assert list(found) == [jobs[job_id] for job_id in wanted if job_id in jobs]
    assert hidden


async def test_counts_are_those_of_the_list(database: Database) -> None:
    jobs = await varied(database)
    async with database.read() as connection:
        counts = await job_lists.counts(connection)
        assert await job_lists.needs_you(connection) == sum(map(needs_you, jobs)) > 0
        for state in JobState:
            in_state = [job for job in jobs if job.state is state]
            assert counts[state] == len(in_state)
            for query in (JobQuery(states=(state,)), JobQuery(states=(state,), kind="draft")):
                page = await job_lists.page(connection, query)
                assert page.total == len(page.jobs)
        mine = await job_lists.page(connection, JobQuery(needs_you=True))
    assert {job.id for job in mine.jobs} == {job.id for job in jobs if needs_you(job)}


async def test_counts_name_every_state(database: Database) -> None:
    await library(database)
    async with database.read() as connection:
        counts = await job_lists.counts(connection)
    assert counts == dict.fromkeys(JobState, 0) | {
        JobState.QUEUED: 4, JobState.FAILED: 1, JobState.PAUSED: 1,
    }  # fmt: skip


async def test_ids_of_many_jobs_come_whole(database: Database) -> None:
    """More than are turned into numbers at once, of different lengths."""
    await execute(
        database,
        "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 9000) INSERT INTO job "
        "(id, kind, lane, state, request, created_at, queued_at, updated_at) "
        "SELECT x * x, 'draft', 'cpu', 'queued', '{}', x % 7, 1, 1 FROM n",
    )
    async with database.read() as connection:
        ids = await job_lists.ids(connection, JobQuery(descending=False))
        assert list(await job_lists.ids(connection, JobQuery(text="nobody"))) == []
    expected = sorted((number % 7, number * number) for number in range(1, 9001))
    assert list(ids) == [job_id for _, job_id in expected]


@pytest.mark.parametrize("odd", ["1e300", "-1e18", "9e999"])
async def test_times_that_no_calendar_has_do_not_hide_a_job(database: Database, odd: str) -> None:
    made = await new(database)
    await execute(
        database, f"UPDATE job SET created_at = {odd}, active_seconds = {odd} WHERE id = ?", made.id
    )
    async with database.read() as connection:
        (job,) = (await job_lists.page(connection, JobQuery())).jobs
    assert 0 <= job.created_at < 253_402_300_800 and 0 <= job.active_seconds < 253_402_300_800


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


async def test_page_and_count_use_the_indexes(database: Database) -> None:
    sql = (
        "EXPLAIN QUERY PLAN SELECT id FROM job WHERE removed_at IS NULL AND state IN ('failed') "
        "ORDER BY created_at DESC, id DESC LIMIT 10"
    )
    plan = " ".join(str(row) for row in await execute(database, sql))
    assert "job_newest_of_state" in plan
    assert "TEMP B-TREE" not in plan


ALPHABETS = st.text("abAB ßẞİıΣσςéЁё猫犬日本🦊\"'%_\\*()\0\t٣", max_size=9)


@settings(max_examples=40, deadline=None)
@given(names=st.lists(ALPHABETS, min_size=1, max_size=6), wanted=st.lists(ALPHABETS, min_size=1, max_size=6))
def test_search_finds_exactly_the_jobs_that_hold_the_text(
    tmp_path_factory: pytest.TempPathFactory, names: list[str], wanted: list[str]
) -> None:
    path = tmp_path_factory.mktemp("search") / "home" / "cardgen.db"
    place_empty_database(path)
    asyncio.run(searched(path, names, [*wanted, *names]))


async def searched(path: Any, names: list[str], wanted: list[str]) -> None:
    database = await open_database(path)
    try:
        async with database.write() as connection:
            made = await intake.create_all(
                connection, [draft(character=name, title="", engine="") for name in names], 1.0
            )
        for text in (text for text in wanted if "\0" not in text):
            async with database.read() as connection:
                ids = await job_lists.ids(connection, JobQuery(text=text, descending=False))
            found = [job.id for job in made if text.casefold() in job.character.casefold()]
            assert list(ids) == found, text
    finally:
        await database.aclose()


@pytest.mark.parametrize("text", ["\0", "a\0b", "\ud800", "\ud800xyz", "x" * 5_000, '"' * 300])
async def test_odd_search_is_a_search(database: Database, text: str) -> None:
    await library(database)
    async with database.read() as connection:
        assert (await job_lists.page(connection, JobQuery(text=text))).total >= 0


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
