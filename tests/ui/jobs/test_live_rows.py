"""Rows that come, go, wait to be real and change places: against a plain list, with Qt's own model test."""

import asyncio
import gc
import random
from collections.abc import AsyncIterator

import pytest
from PySide6.QtCore import QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester

from cardgen_desktop.domain.job import JobQuery, JobSort, JobState, JobWant
from cardgen_desktop.ui.jobs.columns import INDEX
from cardgen_desktop.ui.jobs.model import JobsModel
from cardgen_desktop.ui.tasks import TaskOwner
from tests.support.waiting import until

from .plain_listing import PlainListing, plain_job

RUNNING = JobQuery(states=(JobState.RUNNING,))


@pytest.fixture
async def tasks() -> AsyncIterator[TaskOwner]:
    failures: list[Exception] = []
    owner = TaskOwner(on_error=lambda _name, error: failures.append(error))
    yield owner
    await owner.aclose()
    assert not failures


TESTED_ROWS = 60
"""Qt's model test looks at every cell after every signal: long lists go without."""


async def opened(store: PlainListing, tasks: TaskOwner, query: JobQuery | None = None) -> JobsModel:
    model = JobsModel(store, tasks, clock=lambda: 100.0)
    if len(store.jobs_now) <= TESTED_ROWS:
        QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    model.set_query(query or JobQuery())
    await until(lambda: model.is_complete and not model.pages.is_busy)
    return model


def ids(model: JobsModel) -> list[int]:
    return [model.id_at(row) for row in range(model.rowCount())]


def resets(model: JobsModel) -> list[int]:
    seen: list[int] = []
    model.modelReset.connect(lambda: seen.append(1))
    return seen


def column(name: str) -> int:
    return INDEX[name]


async def test_another_order_is_no_reset_and_indexes_follow_their_jobs(tasks: TaskOwner) -> None:
    store = PlainListing(500)
    model = await opened(store, tasks)
    seen, kept = resets(model), QPersistentModelIndex(model.index(3, 0))
    job_id = model.id_at(3)
    model.sort(column("progress"), Qt.SortOrder.DescendingOrder)
    await until(lambda: model.query.sort is JobSort.PROGRESS)
    assert ids(model) == [job.id for job in store.listed(model.query)]
    assert model.id_at(kept.row()) == job_id and not seen
    model.sort(-1)
    await until(lambda: model.query.sort is JobSort.CREATED)
    assert ids(model) == list(range(500, 0, -1)) and kept.row() == 3


async def test_a_query_that_does_not_say_how_to_sort_keeps_the_order(tasks: TaskOwner) -> None:
    store = PlainListing(30)
    model = await opened(store, tasks)
    model.sort(column("character"))
    await until(lambda: model.query.sort is JobSort.CHARACTER)
    model.set_query(JobQuery(text="gunn"))
    await until(lambda: model.rowCount() == 5)
    assert model.query.sort is JobSort.CHARACTER and not model.query.descending


async def test_rows_keep_their_place_while_the_sorted_value_moves(tasks: TaskOwner) -> None:
    store = PlainListing(20)
    model = await opened(store, tasks)
    model.sort(column("progress"), Qt.SortOrder.DescendingOrder)
    await until(lambda: model.query.sort is JobSort.PROGRESS)
    model.look(0, 19)
    await until(lambda: all(model.job(row) for row in range(20)))
    before, aged = ids(model), list[bool]()
    model.aged.connect(aged.append)
    model.note(store.change(before[-1], progress=100.0))
    model.flush()
    assert ids(model) == before and aged == [True] and model.is_aged
    model.refresh()
    await until(lambda: not model.is_aged, seconds=3)
    assert ids(model) == [job.id for job in store.listed(model.query)]


async def test_a_new_job_in_another_order_is_placed_by_the_store(tasks: TaskOwner) -> None:
    store = PlainListing(40)
    model = await opened(store, tasks)
    model.sort(column("character"))
    await until(lambda: model.query.sort is JobSort.CHARACTER)
    seen = resets(model)
    store.jobs_now[41] = plain_job(41, character="Captain Smollett")
    model.note(store.jobs_now[41])
    await until(lambda: model.rowCount() == 41, seconds=3)
    assert ids(model) == [job.id for job in store.listed(model.query)] and not seen


async def test_what_is_read_again_keeps_every_row_and_shows_what_changed(tasks: TaskOwner) -> None:
    store = PlainListing(300)
    model = await opened(store, tasks)
    model.look(0, 12)
    seen, kept = resets(model), QPersistentModelIndex(model.index(7, 0))
    job_id = model.id_at(7)
    for number in list(store.jobs_now):
        if number % 3 == 0 and number != job_id:
            del store.jobs_now[number]
        elif number % 3 == 1:
            store.change(number, state=JobState.CANCELLED)
    store.jobs_now |= {number: plain_job(number) for number in range(301, 331)}
    model.refresh()
    await until(lambda: ids(model) == [job.id for job in store.listed(model.query)], seconds=3)
    assert model.id_at(kept.row()) == job_id and not seen
    model.look(0, 60)
    await until(lambda: all(model.job(row) == store.jobs_now[model.id_at(row)] for row in range(60)))


async def test_the_kept_job_survives_that_it_left_the_filter_but_not_that_it_was_removed(
    tasks: TaskOwner,
) -> None:
    store = PlainListing(50)
    model = await opened(store, tasks, RUNNING)
    model.look(0, 12)
    model.keep(45)
    for number in range(40, 50):
        store.change(number, state=JobState.CANCELLED)
    model.refresh()
    await until(lambda: model.rowCount() == 41, seconds=3)
    assert ids(model)[:3] == [50, 45, 39]
    del store.jobs_now[45]
    model.refresh()
    await until(lambda: model.rowCount() == 40, seconds=3)


async def test_an_order_that_comes_late_knows_nothing_of_what_was_announced_meanwhile(
    tasks: TaskOwner,
) -> None:
    store = PlainListing(200)
    store.order_gate = asyncio.Event()
    model = JobsModel(store, tasks, clock=lambda: 100.0)
    model.set_query(JobQuery())
    await until(lambda: model.rowCount() == 200)
    store.jobs_now[201] = plain_job(201)
    model.note(store.jobs_now[201])
    del store.jobs_now[150]
    model.note_removed(150)
    model.flush()
    assert ids(model)[0] == 201
    store.order_gate.set()
    await until(lambda: model.is_complete)
    await until(lambda: ids(model) == [job.id for job in store.listed(model.query)])


async def test_any_page_is_asked_for_by_the_ids_of_its_rows(tasks: TaskOwner) -> None:
    store = PlainListing(5000)
    model = await opened(store, tasks)
    store.asked.clear()
    model.look(4000, 4012)
    await until(lambda: model.job(4000))
    assert store.asked[0] == ("by id", 13) and model.id_at(4000) == 1000


async def test_a_job_that_is_not_there_any_more_when_it_is_asked_for_goes(tasks: TaskOwner) -> None:
    store = PlainListing(500)
    model = await opened(store, tasks)
    del store.jobs_now[100]
    model.look(395, 405)
    await until(lambda: model.rowCount() == 499)
    assert 100 not in ids(model)


async def test_a_pending_row_is_there_at_once_and_becomes_the_real_job(tasks: TaskOwner) -> None:
    store = PlainListing(10)
    model = await opened(store, tasks)
    model.note_pending(plain_job(-1, request_id="a", state=JobState.QUEUED))
    model.note_pending(plain_job(-2, request_id="b", state=JobState.QUEUED))
    kept = QPersistentModelIndex(model.index(0, 0))
    assert ids(model)[:3] == [-2, -1, 10]
    model.note(plain_job(11, request_id="b"))
    model.flush()
    assert ids(model)[:3] == [-1, 11, 10] and model.id_at(kept.row()) == 11
    model.note(plain_job(12, request_id="a"))
    model.flush()
    assert ids(model)[:3] == [12, 11, 10] and model.rowCount() == 12


async def test_a_pending_row_survives_reading_again_and_can_be_withdrawn(tasks: TaskOwner) -> None:
    store = PlainListing(10)
    model = await opened(store, tasks)
    model.note_pending(plain_job(-1, request_id="a"))
    model.refresh()
    await asyncio.sleep(0.1)
    model.set_query(JobQuery(text="pew"))
    await until(lambda: model.rowCount() == 1)
    model.set_query(JobQuery(text=""))
    await until(lambda: ids(model)[:2] == [-1, 10])
    model.withdraw("a")
    assert ids(model)[0] == 10 and model.rowCount() == 10
    model.withdraw("a")


async def test_the_store_may_know_the_real_job_before_it_is_announced(tasks: TaskOwner) -> None:
    store = PlainListing(10)
    model = await opened(store, tasks)
    model.note_pending(plain_job(-1, request_id="a"))
    store.jobs_now[11] = plain_job(11, request_id="a")
    model.refresh()
    await until(lambda: ids(model)[:2] == [-1, 11], seconds=3)
    model.note(store.jobs_now[11])
    model.flush()
    assert ids(model)[:2] == [11, 10] and model.rowCount() == 11


def test_a_pending_row_needs_a_request(qapp: object) -> None:
    model = JobsModel(PlainListing(), TaskOwner(on_error=lambda *_: None))
    with pytest.raises(ValueError, match="request id"):
        model.note_pending(plain_job(-1))
    with pytest.raises(ValueError, match="below 0"):
        model.note_pending(plain_job(5, request_id="a"))


async def test_an_intent_is_painted_until_it_is_fact_or_dropped(tasks: TaskOwner) -> None:
    store = PlainListing(5)
    model = await opened(store, tasks)
    told: list[int] = []
    model.dataChanged.connect(lambda first, last: told.append(first.row()))
    model.show_intent([4, 3], want=JobWant.CANCEL)
    assert told == [1] and model.job(1).want is JobWant.CANCEL  # type: ignore[union-attr]
    assert model.index(1, INDEX["state"]).data() == "Stopping"
    model.note(store.change(4, progress=50.0))
    model.flush()
    assert model.job(1).want is JobWant.CANCEL  # type: ignore[union-attr]
    model.note(store.change(4, state=JobState.CANCELLED, want=JobWant.CANCEL))
    model.flush()
    assert model.index(1, INDEX["state"]).data() == "Cancelled"
    model.drop_intent([4, 3])
    assert model.job(2) == store.jobs_now[3]


async def test_the_memory_of_a_long_list_is_bounded(tasks: TaskOwner) -> None:
    store = PlainListing(30_000)
    model = await opened(store, tasks)
    for row in range(0, 30_000, 60):
        model.look(row, row + 59)
        await until(lambda row=row: model.job(row + 59))  # type: ignore[misc]
    known = sum(model.job(row) is not None for row in range(30_000))
    assert known <= 10_240


class Mutations:
    """Random things that happen to a list of jobs; each is told to the model as the program tells it."""

    def __init__(self, store: PlainListing, model: JobsModel, seed: int) -> None:
        self.store, self.model, self.chance = store, model, random.Random(seed)
        self.newest, self.pending = max(store.jobs_now), list[str]()
        self.requests = 0

    def happen(self) -> None:
        """One of them."""
        self.chance.choice(
            (self.add, self.remove, self.move, self.move, self.progress, self.progress, self.look, self.flush,
             self.be_pending, self.become_real, self.withdraw, self.sort, self.filter, self.refresh)
        )()  # fmt: skip

    def some(self) -> int | None:
        return self.chance.choice(list(self.store.jobs_now)) if self.store.jobs_now else None

    def add(self, request_id: str | None = None) -> None:
        self.newest += 1
        self.store.jobs_now[self.newest] = plain_job(self.newest, request_id=request_id)
        self.model.note(self.store.jobs_now[self.newest])

    def remove(self) -> None:
        if (job_id := self.some()) is not None:
            del self.store.jobs_now[job_id]
            self.model.note_removed(job_id)

    def move(self) -> None:
        if (job_id := self.some()) is not None:
            self.model.note(self.store.change(job_id, state=self.chance.choice(list(JobState))))

    def progress(self) -> None:
        if (job_id := self.some()) is not None:
            self.model.note(self.store.change(job_id, progress=float(self.chance.randrange(101))))

    def look(self) -> None:
        if count := self.model.rowCount():
            first = self.chance.randrange(count)
            self.model.look(first, min(count - 1, first + 12))

    def flush(self) -> None:
        self.model.flush()

    def be_pending(self) -> None:
        self.requests += 1
        self.pending.append(f"r{self.requests}")
        self.model.note_pending(plain_job(-self.requests, request_id=self.pending[-1]))

    def become_real(self) -> None:
        if self.pending:
            self.add(self.pending.pop(self.chance.randrange(len(self.pending))))

    def withdraw(self) -> None:
        if self.pending:
            self.model.withdraw(self.pending.pop())

    def sort(self) -> None:
        if self.chance.random() < 0.3:
            name = self.chance.choice(["character", "progress", "state", "created"])
            order = self.chance.choice(list(Qt.SortOrder))
            self.model.sort(INDEX[name], order)

    def filter(self) -> None:
        if self.chance.random() < 0.3:
            states = self.chance.choice([(), (JobState.RUNNING,), (JobState.FAILED, JobState.QUEUED)])
            self.model.set_query(JobQuery(states=states, text=self.chance.choice(["", "", "haw"])))

    def refresh(self) -> None:
        if self.chance.random() < 0.3:
            self.model.refresh()


@pytest.mark.parametrize(
    ("seed", "jobs", "steps"), [(1, 12, 300), (2, 12, 300), (3, 150, 1500), (4, 90, 1500)]
)
async def test_thousands_of_random_mutations_end_as_the_plain_list(
    tasks: TaskOwner, seed: int, jobs: int, steps: int
) -> None:
    """Pending rows on top, then exactly the jobs of the store; in its order where ids alone decide it."""
    store = PlainListing(jobs)
    model = await opened(store, tasks)
    model.pages.order_seconds = 0.02
    mutations = Mutations(store, model, seed)
    for number in range(steps):
        mutations.happen()
        if number % 7 == 0:
            await asyncio.sleep(0)
        if number % 50 == 0:
            await asyncio.sleep(0.01)
    model.flush()
    await until(lambda: not model.pages.is_busy)
    model.refresh()
    await until(lambda: not model.pages.is_busy and _agrees(model, store), seconds=8)
    await until(lambda: _agrees(model, store) and _are_shown(model, store))


def _agrees(model: JobsModel, store: PlainListing) -> bool:
    model.flush()
    return [key for key in ids(model) if key > 0] == [job.id for job in store.listed(model.query)]


def _are_shown(model: JobsModel, store: PlainListing) -> bool:
    """As a view does, this looks again whenever rows came."""
    model.look(0, max(0, model.rowCount() - 1))
    rows = ((model.id_at(row), model.job(row)) for row in range(model.rowCount()))
    return all(job_id < 0 or job == store.jobs_now[job_id] for job_id, job in rows)


async def test_work_that_is_stopped_before_it_began_is_put_away(tasks: TaskOwner) -> None:
    """A coroutine inside a task that never ran is nobody's else, and would be complained of."""
    model = JobsModel(PlainListing(30), tasks, clock=lambda: 100.0)
    model.set_query(JobQuery())
    await tasks.aclose()
    gc.collect()
