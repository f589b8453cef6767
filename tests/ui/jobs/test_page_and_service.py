"""The jobs page over the real queue: what is clicked is done, named, undone, and there after a restart."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from cardgen_desktop.domain.job import JobState, Lane
from cardgen_desktop.domain.job_kinds import DraftRequest
from cardgen_desktop.domain.queue import QueueStatus
from cardgen_desktop.jobs.workspace import Workspace, open_workspace
from cardgen_desktop.ui.context import UiContext
from cardgen_desktop.ui.jobs.page import JobsPage
from tests.support.databases import place_empty_database
from tests.support.messages import RecordingNotify
from tests.support.waiting import until

TASKS = "tests.jobs.fake_tasks:TASKS"
CONTROL = Qt.KeyboardModifier.ControlModifier
NAMES = ("Jim", "Pew", "Silver")


@pytest.fixture
async def workspace(tmp_path: Path) -> AsyncIterator[Workspace]:
    home = tmp_path / "home"
    place_empty_database(home / "cardgen.db")
    async with open_workspace(home, workers=1, tasks=TASKS) as workspace:
        yield workspace


async def opened(context: UiContext, workspace: Workspace) -> JobsPage:
    page = JobsPage(context=context)
    page.resize(1216, 800)
    page.show()
    page.attach(workspace.commands, workspace.events)
    await until(lambda: page.queue.control is not None and page.queue.control.status.lanes)
    return page


async def closed(page: JobsPage) -> None:
    await page.aclose()
    page.close()
    page.deleteLater()


async def queued(workspace: Workspace, folder: Path) -> None:
    """Queue a batch in a queue that starts nothing."""
    path = folder / "book.txt"
    path.write_text("Jim saw Pew and Silver there", "utf-8")
    (outcome,) = await workspace.commands.add_files([path])
    assert outcome.source is not None
    requests = [DraftRequest(source_ids=(outcome.source.id,), character=name) for name in NAMES]
    await workspace.commands.start_drafts(requests, batch_title="The book")


def states(page: JobsPage) -> list[JobState]:
    assert page.model is not None
    jobs = [page.model.job(row) for row in range(page.model.rowCount())]
    return [job.state for job in jobs if job is not None]


def press(page: JobsPage, key: Qt.Key, modifiers: Qt.KeyboardModifier) -> None:
    page.activateWindow()
    page.listing.view.setFocus()
    page.listing.view.selectAll()
    QTest.keyClick(page.listing.view, key, modifiers)


async def test_a_batch_is_cancelled_undone_run_and_cleared(
    context: UiContext, workspace: Workspace, tmp_path: Path, messages: RecordingNotify
) -> None:
    await workspace.commands.pause_queue()
    await queued(workspace, tmp_path)
    page = await opened(context, workspace)
    await until(lambda: states(page) == [JobState.QUEUED] * 3)
    assert page.listing.queue_bar.sentence.text() == "Queue paused: nothing new starts"
    await until(lambda: page.listing.batch_bar.chips)
    chip = next(iter(page.listing.batch_bar.chips.values()))
    assert chip.text() == "The book: 0 of 3"
    press(page, Qt.Key.Key_Backspace, CONTROL)
    await until(lambda: states(page) == [JobState.CANCELLED] * 3)
    await until(lambda: messages.sentences[-1:] == ["3\xa0jobs cancelled"])
    press(page, Qt.Key.Key_Z, CONTROL)
    await until(lambda: states(page) == [JobState.QUEUED] * 3)
    await until(lambda: "Undone: cancel 3 jobs" in messages.sentences)
    page.queue.pause.click()
    await until(lambda: states(page) == [JobState.SUCCEEDED] * 3, seconds=20)
    await until(lambda: any("The book: 3\xa0jobs done" in text for text in messages.sentences))
    await until(lambda: page.listing.queue_bar.finished == 3)
    page.listing.queue_bar.clear.click()
    await until(lambda: page.listing.shown is page.listing.empty)
    await closed(page)


async def test_undo_and_the_width_of_a_lane_outlive_a_restart(
    context: UiContext, tmp_path: Path, messages: RecordingNotify
) -> None:
    home = tmp_path / "home"
    place_empty_database(home / "cardgen.db")
    async with open_workspace(home, workers=1, tasks=TASKS) as workspace:
        await workspace.commands.pause_queue()
        await queued(workspace, tmp_path)
        page = await opened(context, workspace)
        await until(lambda: states(page) == [JobState.QUEUED] * 3)
        press(page, Qt.Key.Key_Backspace, CONTROL)
        await until(lambda: page.queue.history is not None and page.queue.history.undo_words)
        assert page.queue.control is not None
        page.queue.control.step_limit(Lane.NETWORK, 1)
        assert network_limit(page) == 4, "the wish is in sight at once"
        while network_limit(page, await workspace.commands.queue_status()) != 4:
            await asyncio.sleep(0.01)
        await closed(page)
    async with open_workspace(home, workers=1, tasks=TASKS) as workspace:
        page = await opened(context, workspace)
        await until(lambda: states(page) == [JobState.CANCELLED] * 3)
        await until(lambda: page.queue.history is not None and page.queue.history.undo_words)
        assert page.queue.make_menu().actions()[0].text() == "Undo: cancel 3 jobs"
        assert page.queue.pause.text() == "Resume queue" and network_limit(page) == 4
        press(page, Qt.Key.Key_Z, CONTROL)
        await until(lambda: states(page) == [JobState.QUEUED] * 3)
        await closed(page)


def network_limit(page: JobsPage, queue: QueueStatus | None = None) -> int:
    assert page.queue.control is not None
    lanes = (queue or page.queue.control.status).lanes
    return next(status.limit for status in lanes if status.lane is Lane.NETWORK)
