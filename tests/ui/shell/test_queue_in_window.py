"""The queue as the frame shows it: number in work, statistics, diagnostics, rows that are about to be."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QWidget

from cardgen_desktop.domain.errors import StorageError
from cardgen_desktop.domain.events import BatchEnded
from cardgen_desktop.domain.job import JobState
from cardgen_desktop.ui.components import Button
from cardgen_desktop.ui.context import UiContext
from cardgen_desktop.ui.draft.page import DraftPage
from cardgen_desktop.ui.jobs.page import JobsPage
from cardgen_desktop.ui.settings.page import SettingsPage
from cardgen_desktop.ui.shell.main_window import MainWindow
from tests.support.commands import FakeCommands
from tests.support.messages import RecordingNotify
from tests.support.waiting import until
from tests.support.windows import windows_shown


@pytest.fixture
def commands() -> FakeCommands:
    return FakeCommands.busy()


@pytest.fixture
async def window(context: UiContext, commands: FakeCommands) -> AsyncIterator[MainWindow]:
    """A visible window with its data."""
    window = MainWindow(context=context, request_quit=lambda: None)
    window.resize(1440, 900)
    window.show()
    await window.make_pages()
    window.attach(commands, commands.events)
    await until(lambda: window.sidebar.queue.text() != "Nothing at work")
    yield window
    await window.aclose()
    window.allow_close()
    window.close()
    window.deleteLater()
    await asyncio.sleep(0.01)


def count(commands: FakeCommands, *states: JobState) -> int:
    return sum(job.state in states for job in commands.queue.values())


def button(page: QWidget, text: str) -> Button:
    return next(one for one in page.findChildren(Button) if one.text() == text)


async def test_the_number_in_work_follows_the_queue(window: MainWindow, commands: FakeCommands) -> None:
    queue = window.sidebar.queue
    waiting = (JobState.QUEUED, JobState.WAITING, JobState.HELD, JobState.PAUSED)
    running = count(commands, JobState.RUNNING)
    assert queue.text() == f"{running} at work · {count(commands, *waiting)} waiting"
    await until(lambda: queue.state_line == "Offline · 2 held")
    assert window.sidebar.connection.accessibleName().startswith("Offline.")
    commands.move(19, state=JobState.SUCCEEDED)
    await until(lambda: queue.text().startswith(f"{running - 1} at work"))
    commands.change_queue(paused=True)
    assert queue.state_line == "Queue paused"
    commands.change_queue(paused=False, gates=())
    assert queue.state_line == "1 lane paused"
    window.pages.go_to("draft")
    queue.click()
    assert window.pages.current == "jobs"
    window.resize(1024, 700)
    await until(lambda: queue.narrow)
    assert queue.badge == str(running - 1) and "at work" in queue.toolTip()


async def test_ways_to_the_statistics_and_diagnostics(window: MainWindow) -> None:
    jobs = window.pages.go_to("jobs")
    button(jobs, "Statistics").click()
    assert window.pages.current == "statistics"
    settings = window.pages.go_to("settings")
    assert isinstance(settings, SettingsPage)
    settings.general.diagnostics.click()
    assert window.pages.current == "diagnostics"
    window.pages.go_to("settings")
    settings.general.statistics.click()
    assert window.pages.current == "statistics"


async def test_rows_that_are_about_to_be_stand_in_the_table_or_go(
    window: MainWindow, commands: FakeCommands
) -> None:
    draft, jobs = window.pages.page("draft"), window.pages.page("jobs")
    assert isinstance(draft, DraftPage) and isinstance(jobs, JobsPage)
    window.pages.go_to("draft")
    draft.add_paths([Path("/home/jim/Books/treasure_island.epub")])
    await until(lambda: draft.picker.person is not None and jobs.model is not None)
    model = jobs.model
    assert model is not None
    before = model.rowCount()
    commands.refusals["start_drafts"] = StorageError("The disk is full.")
    gate = commands.gates["start_drafts"] = asyncio.Event()
    draft.panel.draft.click()
    assert model.rowCount() == before + 1
    top = model.job(0)
    assert top is not None and top.id < 0
    gate.set()
    await until(lambda: draft.orders.refusal.isVisible())
    assert model.rowCount() == before and window.pages.current == "draft"
    draft.orders.refusal.banner._action.click()
    await until(lambda: window.pages.current == "jobs")
    await until(lambda: (job := model.job(0)) is not None and job.id > 0 and model.rowCount() == before + 1)


async def test_a_batch_is_news_when_it_ends_not_with_each_job(
    window: MainWindow, commands: FakeCommands, messages: RecordingNotify
) -> None:
    commands.move(19, progress=90.0)
    commands.move(19, state=JobState.SUCCEEDED, result={"card_id": 1})
    await asyncio.sleep(0.3)
    assert not [text for text in messages.sentences if "ready" in text]
    commands.events.announce(BatchEnded(commands.batch(2)))
    assert len([text for text in messages.sentences if "Pride and Prejudice" in text]) == 1


async def test_forty_failures_are_one_message(
    window: MainWindow, commands: FakeCommands, messages: RecordingNotify
) -> None:
    running = [job.id for job in commands.queue.values() if job.state is JobState.RUNNING]
    for job_id in running:
        commands.move(job_id, progress=50.0)
    commands.move(running[0], state=JobState.FAILED, error="The model was not found.")
    await until(lambda: messages.errors)
    for job_id in running[1:]:
        commands.move(job_id, state=JobState.FAILED, error="The model was not found.")
    await until(lambda: len(messages.errors) == 2)
    assert messages.errors[1] == f"{len(running)} jobs failed. What was done is kept."
    told = [toast for toast in messages.toasts if toast.error]
    assert told[0].topic == told[1].topic
    assert told[1].callback is not None
    told[1].callback()
    assert window.pages.current == "jobs"


async def test_the_frame_shows_no_other_window(window: MainWindow, qapp: QApplication) -> None:
    with windows_shown(qapp) as shown:
        for name in ("statistics", "diagnostics"):
            window.pages.go_to(name)
            await asyncio.sleep(0.05)
    assert shown == []
