"""The jobs model: pages on demand, changes as narrow ranges, nothing reset for a state change."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from PySide6.QtCore import QAbstractItemModel, QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester

from cardgen_desktop.domain.errors import StorageError
from cardgen_desktop.domain.job import JobPage, JobQuery, JobSnapshot, JobState
from cardgen_desktop.ui.jobs.columns import COLUMNS, INDEX
from cardgen_desktop.ui.jobs.model import JOB_ROLE, JobsModel
from cardgen_desktop.ui.jobs.window import PAGE_ROWS
from cardgen_desktop.ui.tasks import TaskOwner
from tests.support.commands import FakeCommands
from tests.support.samples import NOW
from tests.support.waiting import until


class Told:
    """What a model announced."""

    def __init__(self, model: JobsModel) -> None:
        self.changed: list[tuple[int, int, int, int]] = []
        self.resets = 0
        model.dataChanged.connect(self._on_changed)
        model.modelReset.connect(self._on_reset)

    def _on_changed(self, first: QModelIndex, last: QModelIndex) -> None:
        self.changed.append((first.row(), last.row(), first.column(), last.column()))

    def _on_reset(self) -> None:
        self.resets += 1


class LongQueue:
    """A queue of so many jobs that nobody could make them all; counts how often it is asked."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.asked: list[int] = []
        self.gate: asyncio.Event | None = None

    async def jobs(self, query: JobQuery) -> JobPage:
        self.asked.append(query.offset)
        await asyncio.sleep(0)
        if self.gate:
            await self.gate.wait()
        last = min(self.total, query.offset + query.limit)
        rows = tuple(self.job(self.total - row) for row in range(query.offset, last))
        return JobPage(jobs=rows, total=self.total, limit=query.limit, offset=query.offset)

    def job(self, job_id: int) -> JobSnapshot:
        return JobSnapshot(id=job_id, kind="draft", state=JobState.SUCCEEDED, character=f"Person {job_id}")


@pytest.fixture
async def tasks() -> AsyncIterator[TaskOwner]:
    failures: list[Exception] = []
    owner = TaskOwner(on_error=lambda _name, error: failures.append(error))
    yield owner
    await owner.aclose()
    assert not failures


@pytest.fixture
def commands() -> FakeCommands:
    return FakeCommands.filled()


async def opened(fetch: object, tasks: TaskOwner) -> JobsModel:
    model = JobsModel(fetch, tasks, clock=lambda: NOW)  # type: ignore[arg-type]
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    model.set_query(JobQuery())
    await until(lambda: model.rowCount() > 0)
    return model


def names(model: QAbstractItemModel) -> list[str]:
    return [model.index(row, 0).data() for row in range(model.rowCount())]


async def test_columns_texts_and_alignment(commands: FakeCommands, tasks: TaskOwner) -> None:
    model = await opened(commands.jobs, tasks)
    row = [model.index(0, column).data() for column in range(model.columnCount())]
    assert row[:4] == ["Long John Silver", "Running", "Writing personality · 3 of 9", "Offline drafter"]
    assert row[INDEX["time"]] == "0:04"
    titles = [model.headerData(column, Qt.Orientation.Horizontal) for column in range(len(COLUMNS))]
    assert titles[:8] == ["Character", "State", "Progress", "Engine", "Started", "Time", "Left", "Cost"]
    assert len(titles) >= 16
    spoken = model.index(0, INDEX["progress"]).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "Running, 62 percent, Writing personality · 3 of 9"
    failed = model.row_of(6)
    assert failed is not None
    tip = model.index(failed, INDEX["progress"]).data(Qt.ItemDataRole.ToolTipRole)
    assert tip == "The disk is full. Free 200 MB, then try again."
    align = model.index(0, INDEX["time"]).data(Qt.ItemDataRole.TextAlignmentRole)
    assert Qt.AlignmentFlag.AlignRight in Qt.AlignmentFlag(align)


async def test_changes_are_told_once_for_each_run_without_a_reset(
    commands: FakeCommands, tasks: TaskOwner
) -> None:
    model = await opened(commands.jobs, tasks)
    told = Told(model)
    for progress in range(10):
        for job_id in (11, 10, 8):
            model.note(commands.queue[job_id].model_copy(update={"progress": 70.0 + progress, "version": 2}))
    model.flush()
    last = len(COLUMNS) - 1
    assert told.changed == [(0, 1, 0, last), (3, 3, 0, last)]
    assert told.resets == 0
    assert model.index(0, 0).data(JOB_ROLE).progress == 79.0


async def test_notes_are_flushed_by_the_timer(commands: FakeCommands, tasks: TaskOwner) -> None:
    model = await opened(commands.jobs, tasks)
    told = Told(model)
    model.note(commands.queue[11].model_copy(update={"progress": 90.0, "version": 2}))
    assert told.changed == []
    await until(lambda: told.changed)


async def test_rows_come_and_go(commands: FakeCommands, tasks: TaskOwner) -> None:
    model = await opened(commands.jobs, tasks)
    newest = commands.queue[11].model_copy(update={"id": 12, "character": "Tom Redruth"})
    model.note(newest)
    model.note_removed(3)
    model.note_removed(2)
    model.flush()
    assert names(model)[:2] == ["Tom Redruth", "Long John Silver"]
    assert "Billy Bones" not in names(model) and "Mrs. Hawkins" not in names(model)
    model.note(commands.queue[3])
    model.flush()
    assert names(model)[-2:] == ["Billy Bones", "Jim Hawkins"]


async def test_a_job_that_leaves_the_filter_leaves_the_list(commands: FakeCommands, tasks: TaskOwner) -> None:
    model = await opened(commands.jobs, tasks)
    model.set_query(JobQuery(states=(JobState.RUNNING,)))
    await until(lambda: model.rowCount() == 2)
    model.note(commands.queue[10].model_copy(update={"state": JobState.SUCCEEDED, "version": 2}))
    model.note(commands.queue[9].model_copy(update={"state": JobState.RUNNING, "version": 2}))
    model.flush()
    assert names(model) == ["Long John Silver", "Captain Smollett"]


async def test_the_kept_job_stays_until_it_is_let_go(commands: FakeCommands, tasks: TaskOwner) -> None:
    model = await opened(commands.jobs, tasks)
    model.set_query(JobQuery(states=(JobState.RUNNING,)))
    await until(lambda: model.rowCount() == 2)
    model.keep(10)
    model.note(commands.queue[10].model_copy(update={"state": JobState.SUCCEEDED, "version": 2}))
    model.flush()
    assert names(model) == ["Long John Silver", "Pew"]
    model.keep(11)
    model.flush()
    assert names(model) == ["Long John Silver"]


async def test_text_filter_also_judges_new_jobs(commands: FakeCommands, tasks: TaskOwner) -> None:
    model = await opened(commands.jobs, tasks)
    model.set_query(JobQuery(text="hawk"))
    await until(lambda: names(model) == ["Mrs. Hawkins", "Jim Hawkins"])
    model.note(commands.queue[11].model_copy(update={"id": 13}))
    model.note(commands.queue[11].model_copy(update={"id": 14, "character": "Jim Hawkins"}))
    model.flush()
    assert names(model) == ["Jim Hawkins", "Mrs. Hawkins", "Jim Hawkins"]


async def test_an_answer_to_an_older_query_is_dropped(commands: FakeCommands, tasks: TaskOwner) -> None:
    model = await opened(commands.jobs, tasks)
    gate = commands.gates["jobs"] = asyncio.Event()
    model.set_query(JobQuery(text="gunn"))
    await until(lambda: len(commands.asked("jobs")) == 2)
    del commands.gates["jobs"]
    model.set_query(JobQuery(text="pew"))
    await until(lambda: names(model) == ["Pew"])
    gate.set()
    await asyncio.sleep(0.02)
    assert names(model) == ["Pew"]


async def test_what_is_announced_while_an_answer_is_under_way_is_not_lost(
    commands: FakeCommands, tasks: TaskOwner
) -> None:
    """The answer was read before the change; the change must not be overwritten by it."""
    model = JobsModel(commands.jobs, tasks, clock=lambda: NOW)
    old_answer = await commands.jobs(JobQuery(limit=PAGE_ROWS))
    gate = asyncio.Event()

    async def late(query: JobQuery) -> JobPage:
        await gate.wait()
        return old_answer

    model = JobsModel(late, tasks, clock=lambda: NOW)
    model.set_query(JobQuery())
    await asyncio.sleep(0.01)
    model.note(commands.queue[11].model_copy(update={"state": JobState.FAILED, "version": 5}))
    model.flush()
    gate.set()
    await until(lambda: model.rowCount() == 11)
    await until(lambda: model.job(0) is not None and model.job(0).state is JobState.FAILED)  # type: ignore[union-attr]


async def test_a_failed_page_is_told_and_not_asked_for_again(
    commands: FakeCommands, tasks: TaskOwner
) -> None:
    model = JobsModel(commands.jobs, tasks, clock=lambda: NOW)
    failures: list[object] = []
    model.pages.failed.connect(failures.append)
    commands.refusals["jobs"] = StorageError("The data folder cannot be read.")
    model.set_query(JobQuery())
    await until(lambda: failures)
    assert len(commands.asked("jobs")) == 1
    model.refresh()
    await until(lambda: model.rowCount() == 11)


async def test_ticking_changes_only_the_time_of_running_rows(
    commands: FakeCommands, tasks: TaskOwner
) -> None:
    model = await opened(commands.jobs, tasks)
    told = Told(model)
    model.tick(0, 10)
    running = (0, 1, INDEX["time"], INDEX["left"])
    waiting = (3, 3, INDEX["progress"], INDEX["progress"])
    assert told.changed == [running, waiting]
    model.tick(5, 10)
    assert len(told.changed) == 2


async def test_a_long_list_fetches_only_what_is_looked_at(tasks: TaskOwner) -> None:
    queue = LongQueue(100_000)
    model = JobsModel(queue.jobs, tasks, clock=lambda: NOW)
    model.set_query(JobQuery())
    await until(lambda: model.rowCount() == 100_000)
    assert queue.asked == [0]
    assert model.index(54_321, 0).data() is None
    await until(lambda: model.index(54_321, 0).data() == "Person 45679")
    assert queue.asked == [0, 54_321 // PAGE_ROWS * PAGE_ROWS]


async def test_rows_that_come_while_a_page_is_under_way_shift_it(tasks: TaskOwner) -> None:
    queue = LongQueue(1000)
    model = await opened(queue.jobs, tasks)
    queue.gate = asyncio.Event()
    assert model.index(450, 0).data() is None
    page = 450 // PAGE_ROWS * PAGE_ROWS
    await until(lambda: queue.asked == [0, page])
    queue.total = 1001
    model.note(queue.job(1001))
    model.flush()
    queue.gate.set()
    await until(lambda: model.index(450, 0).data() == "Person 551")
    assert queue.asked == [0, page, page]


async def test_a_total_that_disagrees_reads_the_list_again(tasks: TaskOwner) -> None:
    queue = LongQueue(1000)
    model = await opened(queue.jobs, tasks)
    queue.total = 990
    assert model.index(450, 0).data() is None
    await until(lambda: model.rowCount() == 990)
    await until(lambda: model.index(450, 0).data() == "Person 540")
