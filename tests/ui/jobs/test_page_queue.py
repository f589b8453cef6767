"""The jobs page and the queue as a whole: gates, batches, pauses, keys, undo, both directions and themes."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from cardgen_desktop.domain.errors import StorageError
from cardgen_desktop.domain.events import BatchEnded, JobListChanged
from cardgen_desktop.domain.job import HoldReason, JobQuery, JobState, JobWant, Lane, Priority
from cardgen_desktop.ui.context import UiContext
from cardgen_desktop.ui.jobs.columns import INDEX
from cardgen_desktop.ui.jobs.page import JobsPage
from tests.support.commands import FakeCommands
from tests.support.job_samples import idle_queue
from tests.support.messages import RecordingNotify
from tests.support.samples import NOW
from tests.support.waiting import until

CONTROL, NONE = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.NoModifier
SHIFT, ALT = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.AltModifier


@pytest.fixture
def commands() -> FakeCommands:
    return FakeCommands.busy()


@pytest.fixture
async def page(context: UiContext, commands: FakeCommands) -> AsyncIterator[JobsPage]:
    page = JobsPage(context=context, clock=lambda: NOW)
    page.resize(1216, 900)
    page.show()
    page.attach(commands, commands.events)
    await until(lambda: rows(page) == len(commands.queue) and page.queue.control is not None)
    await until(lambda: page.listing.banners.banners and page.listing.batch_bar.chips)
    yield page
    await page.aclose()
    page.close()
    page.deleteLater()


def rows(page: JobsPage) -> int:
    return page.model.rowCount() if page.model else 0


def press(page: JobsPage, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
    page.activateWindow()
    page.listing.view.setFocus()
    QTest.keyClick(page.listing.view, key, modifiers)


def cell(page: JobsPage, job_id: int, column: int) -> str:
    assert page.model is not None
    row = page.model.row_of(job_id)
    assert row is not None
    return str(page.model.index(row, column).data())


async def test_the_queue_is_paused_and_resumed_from_the_header(
    page: JobsPage, commands: FakeCommands
) -> None:
    assert page.listing.queue_bar.sentence.text() == "Queue running · 4 of 5 at work"
    page.queue.pause.click()
    assert page.queue.pause.text() == "Resume queue", "the wish is in sight before the answer"
    assert page.listing.queue_bar.sentence.text().startswith("Queue paused: nothing new starts")
    await until(lambda: commands.queue_now.paused)
    assert page.queue.pause.toolTip() == "Resume queue (Ctrl+Shift+P)"
    press(page, Qt.Key.Key_P, CONTROL | SHIFT)
    await until(lambda: not commands.queue_now.paused)
    assert page.queue.pause.text() == "Pause queue"


async def test_the_bar_follows_the_jobs(page: JobsPage, commands: FakeCommands) -> None:
    commands.queue_now = idle_queue()
    commands.move(19, state=JobState.SUCCEEDED, progress=100.0, finished_at=NOW)
    await until(lambda: page.listing.queue_bar.sentence.text() == "Queue running · nothing to do")


async def test_banners_come_and_go_with_the_gates(page: JobsPage, commands: FakeCommands) -> None:
    offline, _ = page.listing.banners.banners
    assert offline.accessibleName().startswith("You are offline. 1\xa0job is held and goes on by itself")
    commands.opening = {"offline"}
    offline.action_triggered.emit()
    await until(lambda: len(page.listing.banners.banners) == 1)
    asked: list[tuple[str, str]] = []
    page.engine_requested.connect(lambda name, field: asked.append((name, field)))
    page.listing.banners.banners[0].action_triggered.emit()
    assert asked == [("Writing room", "key")]
    commands.close_gate("key", held=40, scope="Writing room", sentence="The key was not accepted.")
    assert len(page.listing.banners.banners) == 1
    assert "40\xa0jobs are held" in page.listing.banners.banners[0].accessibleName()
    commands.open_gate("key")
    assert page.listing.banners.isHidden()


async def test_a_batch_is_shown_alone_and_its_rest_cancelled(page: JobsPage, commands: FakeCommands) -> None:
    batch = commands.batch(2)
    page.listing.batch_bar.chosen.emit(batch)
    await until(lambda: rows(page) == batch.total)
    assert page.listing.batch_bar.chips[2].isChecked() and page.listing.filters.number == 1
    page.listing.batch_bar.cancel_requested.emit(batch)
    await until(lambda: commands.asked("cancel_jobs"))
    target = commands.asked("cancel_jobs")[0][0]
    assert target.batch_id == 2 and JobState.FAILED not in target.states
    page.listing.batch_bar.retry_requested.emit(batch)
    await until(lambda: commands.asked("retry_jobs"))
    assert commands.asked("retry_jobs")[0][0] == JobQuery(batch_id=2, states=(JobState.FAILED,))
    page.listing.filters.clear()
    await until(lambda: rows(page) == len(commands.queue))
    assert not page.listing.batch_bar.chips[2].isChecked()


async def test_the_end_of_a_batch_is_one_line_of_news(
    page: JobsPage, commands: FakeCommands, messages: RecordingNotify
) -> None:
    batch = commands.batch(2)
    commands.events.announce(BatchEnded(batch.model_copy(update={"finished": 40, "total": 40, "failed": 2})))
    toast = messages.toasts[-1]
    assert (toast.text, toast.action) == ("Pride and Prejudice: 38\xa0jobs done · 2 failed", "Show")
    assert toast.callback is not None
    toast.callback()
    await until(lambda: rows(page) == batch.total)


async def test_one_click_clean_ups(page: JobsPage, commands: FakeCommands, messages: RecordingNotify) -> None:
    await until(lambda: page.listing.queue_bar.failed)
    assert page.listing.queue_bar.retry.text() == "Retry failed (2)"
    page.listing.queue_bar.retry.click()
    await until(lambda: messages.sentences == ["2\xa0jobs queued again"])
    page.listing.queue_bar.clear.click()
    await until(lambda: len(messages.toasts) == 2)
    assert commands.asked("remove_jobs")[0][0].states == (JobState.SUCCEEDED, JobState.CANCELLED)
    await until(lambda: page.listing.queue_bar.clear.isHidden())


async def test_keys_act_on_the_selection(page: JobsPage, commands: FakeCommands) -> None:
    page.choose(16)
    press(page, Qt.Key.Key_T, CONTROL)
    press(page, Qt.Key.Key_B, CONTROL)
    press(page, Qt.Key.Key_P, CONTROL)
    await until(lambda: commands.asked("pause_jobs"))
    assert commands.asked("move_jobs") == [((16,), "top"), ((16,), "bottom")]
    await until(lambda: cell(page, 16, 1) == "Paused")
    press(page, Qt.Key.Key_P, CONTROL)
    await until(lambda: commands.asked("resume_jobs") == [((16,),)])
    press(page, Qt.Key.Key_Return, CONTROL)
    await until(lambda: commands.queue[16].lane is Lane.INTERACTIVE)
    await until(lambda: cell(page, 16, 1) == "Queued")
    press(page, Qt.Key.Key_Down, ALT)
    await until(lambda: commands.asked("set_priority") == [((16,), Priority.HIGH)])
    press(page, Qt.Key.Key_Backspace, CONTROL)
    await until(lambda: commands.queue[16].state is JobState.CANCELLED)


async def test_undo_and_redo_by_key_with_their_names_in_the_menu(
    page: JobsPage, commands: FakeCommands, messages: RecordingNotify
) -> None:
    page.choose(16)
    press(page, Qt.Key.Key_Backspace, CONTROL)
    await until(lambda: page.queue.history is not None and page.queue.history.undo_words)
    menu = page.queue.make_menu()
    assert menu.actions()[0].text() == "Undo: cancel 1 job"
    assert menu.actions()[0].shortcut().toString() == "Ctrl+Z"
    menu.deleteLater()
    press(page, Qt.Key.Key_Z, CONTROL)
    await until(lambda: commands.queue[16].state is JobState.QUEUED)
    await until(lambda: page.queue.history is not None and page.queue.history.redo_words)
    press(page, Qt.Key.Key_Z, CONTROL | SHIFT)
    await until(lambda: commands.queue[16].state is JobState.CANCELLED)
    assert messages.sentences == [
        "Draft of Mr. Darcy cancelled", "Undone: cancel 1 job", "Done again: cancel 1 job",
    ]  # fmt: skip


async def test_the_row_says_pausing_and_goes_back_when_it_fails(
    page: JobsPage, commands: FakeCommands, messages: RecordingNotify
) -> None:
    commands.refusals["pause_jobs"] = StorageError("The disk is full. Nothing was changed.")
    gate = commands.gates["pause_jobs"] = asyncio.Event()
    page.choose(19)
    press(page, Qt.Key.Key_P, CONTROL)
    await until(lambda: cell(page, 19, 1) == "Pausing")
    gate.set()
    await until(lambda: messages.errors)
    await until(lambda: cell(page, 19, 1) == "Running")
    press(page, Qt.Key.Key_P, CONTROL)
    await until(lambda: commands.queue[19].want is JobWant.PAUSE)
    commands.settle()
    await until(lambda: cell(page, 19, 1) == "Paused")


async def test_a_list_that_changed_as_a_whole_is_read_again(page: JobsPage, commands: FakeCommands) -> None:
    before = len(commands.asked("job_counts"))
    commands.hidden |= {20, 21, 22}
    commands.events.announce(JobListChanged())
    await until(lambda: rows(page) == len(commands.queue) - 3)
    await until(lambda: len(commands.asked("job_counts")) > before)


async def test_jobs_are_copied_as_json(
    page: JobsPage, commands: FakeCommands, messages: RecordingNotify
) -> None:
    page.choose(19)
    press(page, Qt.Key.Key_C, CONTROL | SHIFT)
    await until(lambda: messages.sentences == ["1\xa0job copied as JSON"])
    assert json.loads(QGuiApplication.clipboard().text())["job"]["character"] == "Elizabeth Bennet"
    press(page, Qt.Key.Key_C, CONTROL)
    assert QGuiApplication.clipboard().text().startswith("job 19: draft, running")


async def test_what_waits_is_counted_and_named(page: JobsPage) -> None:
    filters = page.listing.filters
    await until(lambda: filters.chips["needs_you"].accessibleName() == "Needs you, 5")
    filters.choose("needs_you")
    filters.choose_kind("import")
    filters.search.setText("blackspot")
    await until(lambda: page.listing.no_match._sentence.text() == "Three filters are on.")
    assert page.listing.shown is page.listing.no_match
    assert page.listing.no_match._title.text() == "No job matches “blackspot”"


@pytest.mark.parametrize("size", [(1216, 800), (964, 628)])
async def test_both_directions_and_themes_are_painted_within_the_page_edge(
    page: JobsPage, context: UiContext, size: tuple[int, int]
) -> None:
    page.resize(*size)
    for direction in (Qt.LayoutDirection.RightToLeft, Qt.LayoutDirection.LeftToRight):
        page.setLayoutDirection(direction)
        context.theme.set_mode("dark")
        assert not page.grab().isNull()
        context.theme.set_mode("light")
    listing = page.listing
    for widget in (listing.banners, listing.queue_bar, listing.batch_bar, listing.filters):
        assert (widget.x(), listing.width() - widget.geometry().right() - 1) == (24, 24)
    for banner in listing.banners.banners:
        assert banner.width() <= listing.width() - 48


@pytest.mark.qt_log_ignore("raise", "grabbing the keyboard", extend=True)
async def test_the_columns_are_chosen_from_the_pages_menu(page: JobsPage) -> None:
    menu = page.queue.make_menu()
    chooser = next(action for action in menu.actions() if action.text() == "Columns…")
    chooser.trigger()
    shown = [
        widget
        for widget in QApplication.topLevelWidgets()
        if isinstance(widget, QMenu) and widget.isVisible()
    ]
    assert any("Priority" in [action.text() for action in found.actions()] for found in shown)
    for widget in (*shown, menu):
        widget.close()


async def test_coming_back_to_the_window_tries_what_waits_for_credits(
    page: JobsPage, commands: FakeCommands
) -> None:
    """Whoever comes back may have added some; a key that was refused is not sent again for it."""

    def come_back() -> None:
        QApplication.sendEvent(page.window(), QEvent(QEvent.Type.WindowActivate))

    def tried() -> list[object]:
        return [reason for (reason,) in commands.asked("try_gates")]

    clock = [0.0]
    page.queue.coming_back._clock = lambda: clock[0]
    commands.close_gate("key", scope="Attic server")
    come_back()
    await asyncio.sleep(0)
    assert not tried()
    commands.close_gate("credits", scope="Writing room")
    control = page.queue.control
    assert control is not None
    await until(lambda: control.is_closed(HoldReason.CREDITS))
    commands.opening.add("credits")
    come_back()
    await until(lambda: tried() == [HoldReason.CREDITS])
    commands.close_gate("credits", scope="Writing room")
    await until(lambda: control.is_closed(HoldReason.CREDITS))
    come_back()
    await asyncio.sleep(0)
    assert len(tried()) == 1, "to and fro between two windows asks once"
    clock[0] = 31.0
    come_back()
    await until(lambda: len(tried()) == 2)


async def test_what_waits_says_that_the_queue_is_paused(page: JobsPage, commands: FakeCommands) -> None:
    queued = next(job.id for job in commands.queue.values() if job.state is JobState.QUEUED)
    page.choose(queued)
    await until(lambda: page.details.job is not None and page.details.job.id == queued)
    page.queue.pause.click()
    assert cell(page, queued, INDEX["progress"]) == "Waits · the queue is paused"
    assert page.details.head.phase.text() == "Waits · the queue is paused"
    commands.move(queued, position=1.0)
    await until(lambda: page.model is not None and not page.model._noted)
    assert page.details.head.phase.text() == "Waits · the queue is paused"
    page.queue.pause.click()
    assert cell(page, queued, INDEX["progress"]) == "Starts when its turn comes"
    await until(lambda: not commands.queue_now.paused)


async def test_only_the_rows_of_a_paused_lane_say_so(page: JobsPage, commands: FakeCommands) -> None:
    queued = next(job for job in commands.queue.values() if job.state is JobState.QUEUED)
    other = Lane.EXPORT if queued.lane is not Lane.EXPORT else Lane.LOCAL
    commands.change_lane(other, paused=True)
    await until(lambda: page.queue.control is not None and page.queue.control.status == commands.queue_now)
    assert cell(page, queued.id, INDEX["progress"]) == "Starts when its turn comes"
    commands.change_lane(queued.lane, paused=True)
    await until(lambda: "paused" in cell(page, queued.id, INDEX["progress"]))


async def test_no_row_moves_when_a_batch_begins_or_ends(page: JobsPage) -> None:
    listing = page.listing
    assert listing.batch_bar.isVisible()
    before = listing.view.mapTo(page, QPoint(0, 0))
    listing.batch_bar.show_batches(())
    listing.layout().activate()
    assert not listing.batch_bar.isVisible()
    assert listing.view.mapTo(listing, listing.view.rect().bottomLeft()).y() == listing.rect().bottom()
    assert listing.view.mapTo(page, QPoint(0, 0)) == before
