"""Actions on jobs: one command for all, the wish in sight, the way back by name."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from typing import Any, cast

import pytest

from cardgen_desktop.domain.errors import StorageError
from cardgen_desktop.domain.job import JobQuery, JobSnapshot, JobState, JobWant, Priority
from cardgen_desktop.ui.jobs.history import JobHistory
from cardgen_desktop.ui.jobs.model import JobsModel
from cardgen_desktop.ui.jobs.operations import JobOperations
from cardgen_desktop.ui.jobs.words import WISH
from cardgen_desktop.ui.tasks import TaskOwner
from tests.support.commands import FakeCommands
from tests.support.messages import RecordingNotify
from tests.support.waiting import until


class Rows:
    """The part of a model that operations use, with what it was told in order."""

    def __init__(self, jobs: Iterable[JobSnapshot], total: int | None = None) -> None:
        self.jobs = list(jobs)
        self.total = len(self.jobs) if total is None else total
        self.query = JobQuery(text="bennet", offset=400)
        self.ids: list[int] = []
        self.told: list[tuple[str, Any]] = []

    def rowCount(self) -> int:
        return self.total

    def job(self, row: int) -> JobSnapshot | None:
        return self.jobs[row] if row < len(self.jobs) else None

    def id_at(self, row: int) -> int:
        job = self.job(row)
        return self.ids[row] if self.ids else job.id if job else 0

    def show_intent(self, ids: Iterable[int], **changes: Any) -> None:
        self.told.append(("show", (list(ids), changes)))

    def drop_intent(self, ids: Iterable[int]) -> None:
        self.told.append(("drop", list(ids)))

    def note(self, job: JobSnapshot) -> None:
        self.told.append(("note", job.id))

    def note_removed(self, job_id: int) -> None:
        self.told.append(("removed", job_id))

    def flush(self) -> None:
        self.told.append(("flush", None))


@pytest.fixture
def commands() -> FakeCommands:
    return FakeCommands.busy()


@pytest.fixture
def rows(commands: FakeCommands) -> Rows:
    return Rows(commands.queue.values())


@pytest.fixture
async def tasks(messages: RecordingNotify) -> AsyncIterator[TaskOwner]:
    owner = TaskOwner(on_error=lambda _name, error: messages.error(error))
    yield owner
    await owner.aclose()


@pytest.fixture
def history(commands: FakeCommands, tasks: TaskOwner, messages: RecordingNotify) -> JobHistory:
    return JobHistory(commands, tasks, messages)


@pytest.fixture
def operations(
    commands: FakeCommands, tasks: TaskOwner, messages: RecordingNotify, history: JobHistory, rows: Rows
) -> JobOperations:
    return JobOperations(commands, tasks, messages, history, cast("JobsModel", rows))


def jobs(commands: FakeCommands, *ids: int) -> list[JobSnapshot]:
    return [commands.queue[job_id] for job_id in ids]


def states(commands: FakeCommands, *ids: int) -> list[JobState]:
    return [commands.queue[job_id].state for job_id in ids]


async def test_a_selection_is_one_command(
    operations: JobOperations, commands: FakeCommands, messages: RecordingNotify
) -> None:
    operations.run("cancel", jobs(commands, 12, 13, 14, 1))
    await until(lambda: messages.toasts)
    assert commands.asked("cancel_jobs") == [((12, 13, 14, 1),)]
    assert messages.sentences == ["3\xa0jobs cancelled · 1 had ended already"]
    assert messages.toasts[0].action == "Undo"


async def test_every_action_reaches_its_command(operations: JobOperations, commands: FakeCommands) -> None:
    operations.run("pause", jobs(commands, 16))
    operations.run("resume", jobs(commands, 15))
    operations.run("retry", jobs(commands, 21))
    operations.run("now", jobs(commands, 14))
    operations.run("top", jobs(commands, 16))
    operations.run("bottom", jobs(commands, 16))
    operations.run("remove", jobs(commands, 20))
    operations.run("priority", jobs(commands, 16), priority=Priority.LOW)
    await until(lambda: commands.asked("set_priority"))
    names = {name for name, _ in commands.calls if name.endswith(("_jobs", "_now", "_priority"))}
    assert names == {
        "pause_jobs", "resume_jobs", "retry_jobs", "run_jobs_now", "move_jobs", "remove_jobs", "set_priority",
    }  # fmt: skip
    assert commands.asked("move_jobs") == [((16,), "top"), ((16,), "bottom")]
    assert commands.asked("set_priority") == [((16,), Priority.LOW)]


async def test_the_wish_is_shown_before_the_queue_answers_and_gives_way_to_the_fact(
    operations: JobOperations, commands: FakeCommands, rows: Rows
) -> None:
    gate = commands.gates["pause_jobs"] = asyncio.Event()
    operations.run("pause", jobs(commands, 19, 16, 20))
    await until(lambda: commands.asked("pause_jobs"))
    assert rows.told == [("show", ([19, 16], {"want": JobWant.PAUSE}))], "finished jobs show nothing"
    gate.set()
    await until(lambda: rows.told[-1][0] == "drop")
    assert [name for name, _ in rows.told] == ["show", "note", "note", "flush", "drop"]


async def test_a_wish_that_fails_goes_back_and_the_reason_is_told(
    operations: JobOperations, commands: FakeCommands, rows: Rows, messages: RecordingNotify
) -> None:
    commands.refusals["retry_jobs"] = StorageError("The disk is full. Nothing was changed.")
    operations.run("retry", jobs(commands, 21))
    await until(lambda: messages.errors)
    assert rows.told == [("show", ([21], {"metadata": {WISH: "retry"}})), ("drop", [21])]
    assert messages.sentences == ["The disk is full. Nothing was changed."]
    assert commands.queue[21].state is JobState.FAILED


async def test_removed_rows_are_gone_from_the_model(
    operations: JobOperations, commands: FakeCommands, rows: Rows
) -> None:
    operations.run("remove", jobs(commands, 20))
    await until(lambda: rows.told and rows.told[-1][0] == "drop")
    assert ("removed", 20) in rows.told and ("note", 20) not in rows.told


async def test_an_action_that_fits_none_is_not_asked_for_but_explained(
    operations: JobOperations, commands: FakeCommands, messages: RecordingNotify
) -> None:
    operations.run("remove", jobs(commands, 16))
    assert commands.asked("remove_jobs") == []
    assert messages.sentences == ["Only finished jobs can be removed. Cancel first, then remove"]


async def test_all_rows_of_a_big_list_are_handed_over_as_the_filter(
    operations: JobOperations, commands: FakeCommands, rows: Rows
) -> None:
    rows.total = 1_000_000
    operations.run_on_rows("cancel", cast("JobsModel", rows), range(rows.total))
    await until(lambda: commands.asked("cancel_jobs"))
    assert commands.asked("cancel_jobs") == [(JobQuery(text="bennet"),)]


async def test_a_part_of_a_list_that_is_not_in_memory_is_looked_up_by_id(
    operations: JobOperations, commands: FakeCommands, rows: Rows
) -> None:
    rows.jobs, rows.total, rows.query = rows.jobs[:2], 24, JobQuery()
    operations.run_on_rows("remove", cast("JobsModel", rows), range(1, 24))
    await until(lambda: commands.asked("remove_jobs"))
    assert commands.asked("remove_jobs") == [(tuple(range(23, 0, -1)),)]


async def test_a_part_of_a_list_whose_ids_are_known_is_handed_over_by_id(
    operations: JobOperations, commands: FakeCommands, rows: Rows
) -> None:
    rows.ids, rows.jobs, rows.total = list(range(24, 0, -1)), rows.jobs[:2], 24
    operations.run_on_rows("remove", cast("JobsModel", rows), range(3, 8))
    await until(lambda: commands.asked("remove_jobs"))
    assert commands.asked("remove_jobs") == [((21, 20, 19, 18, 17),)]
    assert commands.asked("job_order") == []


async def test_undo_and_redo_by_name(
    operations: JobOperations, commands: FakeCommands, history: JobHistory, messages: RecordingNotify
) -> None:
    operations.run("cancel", jobs(commands, 12, 16))
    await until(lambda: history.undo_words)
    assert history.undo_words == "Undo: cancel 2 jobs" and history.redo_words == ""
    callback = messages.toasts[-1].callback
    assert callback is not None
    callback()
    await until(lambda: history.redo_words)
    assert states(commands, 12, 16) == [JobState.HELD, JobState.QUEUED]
    assert messages.sentences[-1] == "Undone: cancel 2 jobs"
    assert (history.undo_words, history.redo_words) == ("", "Redo: cancel 2 jobs")
    history.redo()
    await until(lambda: history.undo_words)
    assert states(commands, 12, 16) == [JobState.CANCELLED, JobState.CANCELLED]
    assert messages.sentences[-1] == "Done again: cancel 2 jobs"


async def test_the_steps_of_an_earlier_start_can_be_taken_back(
    operations: JobOperations, commands: FakeCommands, tasks: TaskOwner, messages: RecordingNotify
) -> None:
    await commands.remove_jobs([20])
    later = JobHistory(commands, tasks, messages)
    later.refresh()
    await until(lambda: later.undo_words == "Undo: remove 1 job")
    later.undo()
    await until(lambda: 20 not in commands.hidden)


async def test_nothing_to_undo_is_news_and_no_failure(history: JobHistory, messages: RecordingNotify) -> None:
    history.undo()
    await until(lambda: messages.toasts)
    assert messages.sentences == ["There is nothing to undo."] and messages.errors == []


async def test_a_failed_undo_is_told(
    history: JobHistory, commands: FakeCommands, messages: RecordingNotify
) -> None:
    commands.refusals["undo"] = StorageError("The disk is full. Nothing was changed.")
    history.undo()
    await until(lambda: messages.errors)
    assert messages.errors == ["The disk is full. Nothing was changed."]
