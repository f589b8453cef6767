"""Streamed text: the screen goes ahead of a quick disk, waits while it writes, and follows a slow one."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest

from cardgen_desktop.domain.draft import StepOutput
from cardgen_desktop.jobs.draft_steps import DraftSteps
from cardgen_desktop.jobs.events import EventBus
from cardgen_desktop.jobs.running import SLOW_SECONDS, RunningJob, RunningJobs
from cardgen_desktop.store import progress
from cardgen_desktop.store.engine import Database, open_database
from tests.support.databases import place_empty_database
from tests.support.stored_jobs import claimed_all, several


class Desk:
    """One running job, and what of its text is on the screen and on the disk."""

    def __init__(self, database: Database, jobs: RunningJobs, job: RunningJob) -> None:
        self.database = database
        self.jobs = jobs
        self.job = job
        self.screen: list[str] = []

    def arrives(self, text: str) -> None:
        self.job.keep_partial("prose", text, partial(self.screen.append, text))

    async def disk(self) -> str:
        async with self.database.read() as connection:
            return (await progress.partials(connection, self.job.id)).get("prose", "")

    async def slow_round(self, *words: str) -> None:
        """A round of storing for which the disk takes long; the words arrive meanwhile."""
        async with self.database.write():
            storing = asyncio.create_task(self.jobs._store_once())
            await asyncio.sleep(0)
            for word in words:
                self.arrives(word)
            await asyncio.sleep(2 * SLOW_SECONDS)
        await storing


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    place_empty_database(tmp_path / "cardgen.db")
    database = await open_database(tmp_path / "cardgen.db")
    await several(database, 1)
    (snapshot,) = await claimed_all(database, 1)
    jobs = RunningJobs(database)
    jobs.epoch = 1
    jobs.add(job := RunningJob(snapshot, EventBus()))
    yield Desk(database, jobs, job)
    await database.aclose()


async def test_the_screen_goes_ahead_of_a_quick_disk(desk: Desk) -> None:
    desk.arrives("one")
    assert (desk.screen, await desk.disk()) == (["one"], "")
    await desk.jobs._store_once()
    assert (desk.screen, await desk.disk()) == (["one"], "one")


async def test_what_arrives_while_the_disk_writes_is_stored_before_it_is_shown(desk: Desk) -> None:
    desk.arrives("one")
    await desk.slow_round("one two")
    assert (desk.screen, await desk.disk()) == (["one", "one two"], "one two")


async def test_on_a_slow_disk_the_screen_shows_what_is_stored(desk: Desk) -> None:
    desk.arrives("one")
    await desk.slow_round()
    desk.arrives("one two")
    desk.arrives("one two three")
    assert (desk.screen, await desk.disk()) == (["one"], "one")
    await desk.slow_round()
    assert (desk.screen, await desk.disk()) == (["one", "one two three"], "one two three")


async def test_what_waits_is_shown_after_a_failed_round_and_a_good_one(desk: Desk) -> None:
    desk.arrives("one")
    await desk.slow_round()
    desk.arrives("one two")
    desk.job.give_back(desk.job.take_report())
    assert desk.screen == ["one"]
    await desk.slow_round()
    assert (desk.screen, await desk.disk()) == (["one", "one two"], "one two")


async def test_nothing_of_a_finished_step_comes_to_the_screen_or_the_disk_late(desk: Desk) -> None:
    desk.arrives("one")
    await desk.slow_round()
    desk.arrives("one two")
    await DraftSteps(desk.database, desk.jobs).keep_written(desk.job, "prose", StepOutput(), 1.0, "hash")
    await desk.slow_round()
    assert (desk.screen, await desk.disk()) == (["one"], "")
