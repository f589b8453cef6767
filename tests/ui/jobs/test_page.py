"""The jobs page as a person uses it."""

import asyncio
from array import array
from collections.abc import AsyncIterator, Sequence

import pytest
from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton

from cardgen_desktop.domain.errors import StorageError
from cardgen_desktop.domain.job import JobPage, JobQuery, JobSnapshot, JobState, JobWant
from cardgen_desktop.domain.job_views import JobDetails
from cardgen_desktop.ui.context import UiContext
from cardgen_desktop.ui.jobs.columns import INDEX
from cardgen_desktop.ui.jobs.page import JobsPage
from tests.support.commands import FakeCommands
from tests.support.messages import RecordingNotify
from tests.support.samples import NOW
from tests.support.waiting import until


@pytest.fixture
def commands() -> FakeCommands:
    return FakeCommands.filled()


@pytest.fixture
async def page(context: UiContext, commands: FakeCommands) -> AsyncIterator[JobsPage]:
    page = JobsPage(context=context, clock=lambda: NOW)
    page.resize(1216, 900)
    page.show()
    page.attach(commands, commands.events)
    await until(lambda: page.header.accessibleName() is not None and rows(page) == len(commands.queue))
    yield page
    await page.aclose()
    page.close()
    page.deleteLater()


def rows(page: JobsPage) -> int:
    return page.model.rowCount() if page.model else 0


def names(page: JobsPage) -> list[str]:
    assert page.model is not None
    return [page.model.index(row, 0).data() for row in range(rows(page))]


def current(page: JobsPage) -> str:
    job = page.listing.current_job()
    return job.character if job else ""


def button(page: JobsPage, text: str) -> QAbstractButton:
    return next(button for button in page.details.buttons if button.text() == text)


def press(
    page: JobsPage, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> None:
    page.listing.view.setFocus()
    QTest.keyClick(page.listing.view, key, modifier)


def cell(page: JobsPage, job_id: int, column: str) -> QRectF:
    assert page.model is not None
    row = page.model.row_of(job_id)
    assert row is not None
    return QRectF(page.listing.view.visualRect(page.model.index(row, INDEX[column])))


async def test_the_first_job_is_shown_with_its_steps(page: JobsPage, commands: FakeCommands) -> None:
    assert current(page) == "Long John Silver"
    await until(lambda: page.details.job is not None and page.details._timeline.lines)
    lines = page.details._timeline.lines
    assert [line.icon for line in lines[:5]] == ["done"] * 4 + ["running"]
    assert lines[4].right == "62\xa0%"
    assert page.header._facts.text() == "2 running · 2 waiting · 2 held · 5\xa0others"


async def test_counts_are_told_and_shown_in_chips(page: JobsPage, commands: FakeCommands) -> None:
    told: list[dict[JobState, int]] = []
    page.counts_changed.connect(told.append)
    commands.move(11, state=JobState.SUCCEEDED, progress=100.0)
    await until(lambda: told)
    assert told[-1][JobState.RUNNING] == 1
    assert page.listing.filters.chips["running"].accessibleName() == "Running, 1"
    assert page.listing.filters.chips["done"].accessibleName() == "Done, 4"


async def test_progress_does_not_count_jobs_again(page: JobsPage, commands: FakeCommands) -> None:
    commands.move(11, progress=63.0)
    await asyncio.sleep(0.15)
    before = len(commands.asked("job_counts"))
    for progress in range(64, 70):
        commands.move(11, progress=float(progress))
        await asyncio.sleep(0.03)
    await asyncio.sleep(0.15)
    assert len(commands.asked("job_counts")) == before


async def test_selection_place_and_scroll_survive_changes(page: JobsPage, commands: FakeCommands) -> None:
    page.resize(1216, 420)
    page.choose(6)
    bar = page.listing.view.verticalScrollBar()
    bar.setValue(40)
    commands.move(11, progress=90.0)
    commands.move(10, state=JobState.FAILED, error="It broke.", finished_at=NOW)
    commands.put_jobs([commands.queue[11].model_copy(update={"id": 12, "character": "Tom Redruth"})])
    commands.move(12)
    await until(lambda: rows(page) == 12)
    assert current(page) == "Dr. Livesey"
    assert [names(page)[row] for row in page.listing.view.selected_rows()] == ["Dr. Livesey"]
    assert bar.value() == 40


async def test_chip_and_search_filter_the_list(page: JobsPage) -> None:
    QTest.mouseClick(page.listing.filters.chips["needs_you"], Qt.MouseButton.LeftButton)
    await until(lambda: names(page) == ["Dr. Livesey", "Squire Trelawney"])
    page.listing.filters.choose("all")
    await until(lambda: rows(page) == 11)
    QTest.keyClicks(page.listing.filters.search, "gunn")
    QTest.keyClick(page.listing.filters.search, Qt.Key.Key_Return)
    await until(lambda: names(page) == ["Ben Gunn"])
    QTest.keyClick(page.listing.filters.search, Qt.Key.Key_Escape)
    await until(lambda: rows(page) == 11)


async def test_no_match_quotes_the_search_and_clears_it(page: JobsPage) -> None:
    page.listing.filters.choose("held")
    page.listing.filters.search.setText("blackspot")
    await until(lambda: page.listing.shown is page.listing.no_match)
    assert page.listing.no_match._title.text() == "No job matches “blackspot”"
    assert page.listing.no_match._sentence.text() == "Two filters are on."
    assert page.details.isHidden()
    page.listing.no_match.action.click()
    await until(lambda: rows(page) == 11)
    assert page.listing.shown is page.listing.view
    assert page.listing.filters.search.text() == "" and not page.details.isHidden()


async def test_cancel_from_the_details(page: JobsPage, commands: FakeCommands) -> None:
    button(page, "Cancel").click()
    await until(lambda: commands.queue[11].want is JobWant.CANCEL)
    commands.settle()
    await until(lambda: page.details.job is not None and page.details.job.state is JobState.CANCELLED)
    assert page.details.buttons[0].text() == "Draft again"


async def test_retry_by_key_by_word_and_by_button(page: JobsPage, commands: FakeCommands) -> None:
    page.choose(6)
    press(page, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    await until(lambda: commands.asked("retry_jobs") == [((6,),)])
    commands.move(6, state=JobState.FAILED, error="The disk is full.")
    await asyncio.sleep(0.15)
    press(page, Qt.Key.Key_Return)
    await until(lambda: len(commands.asked("retry_jobs")) == 2)
    commands.move(6, state=JobState.FAILED, error="The disk is full.")
    await asyncio.sleep(0.15)
    place = cell(page, 6, "progress")
    point = QPoint(round(place.right()) - 20, round(place.center().y()) - 8)
    QTest.mouseClick(page.listing.view.viewport(), Qt.MouseButton.LeftButton, pos=point)
    await until(lambda: len(commands.asked("retry_jobs")) == 3)


async def test_return_opens_a_finished_card(page: JobsPage) -> None:
    opened: list[int] = []
    page.open_card_requested.connect(opened.append)
    page.choose(3)
    press(page, Qt.Key.Key_Return)
    assert opened == [2]


async def test_remove_with_undo(page: JobsPage, commands: FakeCommands, messages: RecordingNotify) -> None:
    page.choose(3)
    press(page, Qt.Key.Key_Delete)
    await until(lambda: messages.toasts)
    toast = messages.toasts[-1]
    assert (toast.text, toast.action) == ("Draft of Billy Bones removed", "Undo")
    await until(lambda: "Billy Bones" not in names(page))
    assert current(page) in ("Mrs. Hawkins", "Ben Gunn", "Squire Trelawney")
    assert toast.callback is not None
    toast.callback()
    await until(lambda: "Billy Bones" in names(page))
    assert names(page).index("Billy Bones") == 8


async def test_remove_many_leaves_what_is_not_finished(
    page: JobsPage, commands: FakeCommands, messages: RecordingNotify
) -> None:
    page.listing.view.selectAll()
    press(page, Qt.Key.Key_Delete)
    await until(lambda: messages.toasts)
    assert messages.sentences == ["5\xa0jobs removed · 6 not finished stayed"]
    await until(lambda: rows(page) == 6)


async def test_a_running_job_is_not_removed(page: JobsPage, commands: FakeCommands) -> None:
    press(page, Qt.Key.Key_Delete)
    await asyncio.sleep(0.05)
    assert commands.asked("remove_jobs") == []


async def test_a_refused_action_is_said_once(
    page: JobsPage, commands: FakeCommands, messages: RecordingNotify
) -> None:
    commands.refusals["cancel_jobs"] = StorageError("The disk is full. Nothing was changed.")
    button(page, "Cancel").click()
    await until(lambda: messages.errors)
    assert messages.errors == ["The disk is full. Nothing was changed."]


async def test_failed_details_say_what_happened_and_what_was_kept(page: JobsPage) -> None:
    page.choose(6)
    await until(lambda: len(page.details._timeline.lines) == 8)
    failure = page.details._failure
    assert failure.isVisible()
    assert failure._what.text() == "The disk is full"
    assert failure._why.text() == "Free 200 MB, then try again."
    assert failure._kept.text() == "Kept: 5 of 8\xa0steps; they are used again."
    assert page.details._timeline.lines[5].icon == "failed"


async def test_finished_details_show_the_first_lines_of_the_card(page: JobsPage) -> None:
    page.choose(3)
    await until(lambda: page.details._written.isVisible())
    assert page.details._written.text.startswith("Appearance: a tall, strong, heavy")
    page.choose(6)
    assert not page.details._written.isVisible()


async def test_steps_of_another_job_are_dropped(page: JobsPage, commands: FakeCommands) -> None:
    await until(lambda: page.details._timeline.lines)
    gate = commands.gates["job_details"] = asyncio.Event()
    page.choose(1)
    await until(lambda: commands.asked("job_details")[-1] == (1,))
    page.choose(9)
    assert not page.details._timeline.lines
    gate.set()
    await until(lambda: page.details._timeline.lines)
    assert [line.icon for line in page.details._timeline.lines] == ["queued"] * 8


def menu_texts(page: JobsPage) -> list[str]:
    menu = page.actions_of_rows.make_menu()
    assert menu is not None
    texts = [action.text() for action in menu.actions()]
    menu.deleteLater()
    return texts


async def test_menu_offers_what_the_state_allows(page: JobsPage) -> None:
    page.choose(6)
    copying = ["", "Copy details", "Copy as JSON"]
    assert menu_texts(page) == ["Try again", "", "Remove", *copying]
    page.choose(9)
    order = ["Run now", "Priority", "Move to the top", "Move to the bottom"]
    assert menu_texts(page) == ["Pause", "Cancel", "", *order, *copying]
    page.listing.view.selectAll()
    assert menu_texts(page)[:4] == ["Try 5 jobs again", "Resume 3 jobs", "Pause 5 jobs", "Cancel 6 jobs"]
    assert "Remove 5 jobs" in menu_texts(page)


async def test_details_can_be_copied(page: JobsPage, messages: RecordingNotify) -> None:
    page.choose(6)
    page.actions_of_rows.copy_details()
    assert "No space left on device" in QGuiApplication.clipboard().text()
    assert messages.sentences == ["Details copied"]


async def test_an_empty_queue_offers_to_draft(context: UiContext) -> None:
    commands = FakeCommands()
    page = JobsPage(context=context)
    page.attach(commands, commands.events)
    wishes: list[bool] = []
    page.draft_requested.connect(lambda: wishes.append(True))
    await until(lambda: page.listing.shown is page.listing.empty)
    assert page.listing.filters.isHidden() and page.details.isHidden()
    page.listing.empty.action.click()
    assert wishes == [True]
    commands.put_jobs([FakeCommands.filled().queue[11]])
    commands.move(11)
    await until(lambda: page.listing.shown is page.listing.view)
    await until(lambda: not page.details.isHidden())
    await page.aclose()
    page.deleteLater()


async def test_a_list_that_cannot_be_read_says_so_and_can_be_asked_for_again(context: UiContext) -> None:
    commands = FakeCommands.filled()
    commands.refusals["jobs"] = StorageError("The data folder cannot be read.")
    commands.refusals["job_order"] = StorageError("The data folder cannot be read.")
    page = JobsPage(context=context)
    page.attach(commands, commands.events)
    await until(lambda: page.listing.shown is page.listing.problem)
    assert page.listing.problem._sentence.text() == "The data folder cannot be read."
    page.listing.problem.action.click()
    await until(lambda: page.listing.shown is page.listing.view)
    await page.aclose()
    page.deleteLater()


async def test_narrow_drops_columns_and_folds_chips(page: JobsPage) -> None:
    assert not page.listing.filters.more.isVisible()
    page.resize(964, 700)
    await asyncio.sleep(0.02)
    view = page.listing.view
    assert view.isColumnHidden(INDEX["engine"]) and view.isColumnHidden(INDEX["started"])
    assert not view.isColumnHidden(INDEX["time"])
    assert page.listing.filters.more.isVisible()
    assert page.listing.filters.more.text() == "3 more"
    assert view.horizontalHeader().length() <= view.viewport().width()
    page.listing.filters.choose("done")
    assert page.listing.filters.more.text() == "Done" and page.listing.filters.more.isChecked()


async def test_keyboard_only(page: JobsPage, commands: FakeCommands) -> None:
    page.activateWindow()
    QTest.keyClick(page, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    await until(lambda: page.listing.filters.search.hasFocus())
    QTest.keyClicks(page.listing.filters.search, "livesey")
    QTest.keyClick(page.listing.filters.search, Qt.Key.Key_Return)
    await until(lambda: names(page) == ["Dr. Livesey"])
    QTest.keyClick(page.listing.filters.search, Qt.Key.Key_Down)
    await until(lambda: page.listing.view.hasFocus())
    assert page.listing.view.cells.focused_row == 0
    press(page, Qt.Key.Key_Return)
    await until(lambda: commands.queue[6].state is JobState.QUEUED)


async def test_closing_stops_listening(page: JobsPage, commands: FakeCommands) -> None:
    assert commands.events.listeners == 1
    await page.aclose()
    assert commands.events.listeners == 0


async def test_a_job_can_be_chosen_before_it_is_in_the_list(page: JobsPage, commands: FakeCommands) -> None:
    page.listing.filters.choose("needs_you")
    await until(lambda: rows(page) == 2)
    page.choose(3)
    await until(lambda: current(page) == "Billy Bones")
    assert not page.listing.filters.is_filtering
    commands.put_jobs([commands.queue[11].model_copy(update={"id": 12, "character": "Tom Redruth"})])
    page.choose(12)
    await until(lambda: current(page) == "Tom Redruth")


async def test_a_hundred_thousand_jobs(context: UiContext) -> None:
    """Opening, jumping to the end and selecting all ask for a handful of pages only."""
    commands = ManyJobs()
    page = JobsPage(context=context)
    page.resize(1216, 900)
    page.show()
    page.attach(commands, commands.events)
    await until(lambda: rows(page) == ManyJobs.TOTAL)
    page.listing.view.scrollToBottom()
    await until(lambda: page.model is not None and page.model.job(ManyJobs.TOTAL - 1) is not None)
    page.listing.view.selectAll()
    await asyncio.sleep(0.05)
    assert len(commands.asked("jobs")) + len(commands.asked("jobs_by_id")) <= 12
    await page.aclose()
    page.close()
    page.deleteLater()


class ManyJobs(FakeCommands):
    TOTAL = 100_000

    async def jobs(self, query: JobQuery) -> JobPage:
        await self._asked("jobs", query)
        last = min(self.TOTAL, query.offset + query.limit)
        found = tuple(
            JobSnapshot(id=self.TOTAL - row, kind="draft", state=JobState.SUCCEEDED, character="Somebody")
            for row in range(query.offset, last)
        )
        return JobPage(jobs=found, total=self.TOTAL, limit=query.limit, offset=query.offset)

    async def job_order(self, query: JobQuery) -> "array[int]":
        await self._asked("job_order", query)
        return array("q", range(self.TOTAL, 0, -1))

    async def jobs_by_id(self, job_ids: Sequence[int]) -> tuple[JobSnapshot, ...]:
        await self._asked("jobs_by_id", len(job_ids))
        return tuple(
            JobSnapshot(id=key, kind="draft", state=JobState.SUCCEEDED, character="Somebody")
            for key in job_ids
        )

    async def job_details(self, job_id: int) -> JobDetails:
        await self._asked("job_details", job_id)
        return JobDetails()
