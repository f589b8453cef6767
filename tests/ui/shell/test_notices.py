"""Who looks elsewhere hears when a batch ends or a job needs them; nobody else hears anything."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from cardgen_desktop.domain.events import BatchEnded, JobChanged
from cardgen_desktop.domain.job import JobSnapshot, JobState
from cardgen_desktop.domain.job_views import BatchView
from cardgen_desktop.ui.context import UiContext
from cardgen_desktop.ui.shell.notices import Notices, notice_of
from cardgen_desktop.ui.shell.tray import literal
from tests.support.commands import FakeEvents
from tests.support.messages import RecordingNotify
from tests.support.waiting import until


class Somewhere(QWidget):
    """A window whose activity a test decides."""

    active = False

    def isActiveWindow(self) -> bool:
        return self.active

    def raise_(self) -> None:
        """Not for a window without a screen."""


class Desktop(QObject):
    """A desktop that remembers its notices."""

    clicked = Signal()
    is_available = True

    def __init__(self) -> None:
        super().__init__()
        self.told: list[tuple[str, str]] = []
        self.rests = 0

    def tell(self, title: str, text: str) -> None:
        self.told.append((title, text))

    def rest(self) -> None:
        self.rests += 1


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def desktop(qapp: object) -> Desktop:
    return Desktop()


@pytest.fixture
def events() -> FakeEvents:
    return FakeEvents()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def notices(
    context: UiContext, desktop: Desktop, events: FakeEvents, clock: Clock
) -> AsyncIterator[Notices]:
    window = Somewhere()
    notices = Notices(window, desktop, context=context, clock=clock)
    notices.attach(events)
    yield notices
    notices.stop()
    window.deleteLater()


def job(state: JobState, job_id: int = 7, **more: object) -> JobSnapshot:
    fields = {"id": job_id, "kind": "draft", "state": state, "character": "Pew", "title": "Treasure Island"}
    return JobSnapshot.model_validate(fields | more)


def fail(events: FakeEvents, job_id: int = 7, **more: object) -> None:
    events.announce(JobChanged(job(JobState.RUNNING, job_id, **more)))
    failed = job(JobState.FAILED, job_id, error="The model was not found. It offers 3 others.", **more)
    events.announce(JobChanged(failed))


def batch(batch_id: int = 1, failed: int = 0) -> BatchView:
    return BatchView(id=batch_id, title="Treasure Island", total=12, finished=12, failed=failed)


async def test_a_job_that_failed_for_good_is_told_and_a_click_leads_to_it(
    notices: Notices, desktop: Desktop, events: FakeEvents
) -> None:
    wishes: list[object] = []
    notices.job_requested.connect(wishes.append)
    fail(events)
    await until(lambda: desktop.told)
    assert desktop.told == [("Draft of Pew failed", "The model was not found")]
    desktop.clicked.emit()
    assert wishes == [7]


async def test_held_by_a_gate_that_needs_the_person(
    notices: Notices, desktop: Desktop, events: FakeEvents
) -> None:
    events.announce(JobChanged(job(JobState.QUEUED)))
    events.announce(JobChanged(job(JobState.HELD, hold_reason="offline")))
    await asyncio.sleep(0.4)
    assert desktop.told == []
    events.announce(JobChanged(job(JobState.HELD, hold_reason="key")))
    await until(lambda: desktop.told)
    assert desktop.told == [("Draft of Pew needs you", "The key was not accepted")]


async def test_a_result_to_review(notices: Notices, desktop: Desktop, events: FakeEvents) -> None:
    events.announce(JobChanged(job(JobState.RUNNING)))
    events.announce(JobChanged(job(JobState.SUCCEEDED, needs_review=True, result={"fields": 9})))
    await until(lambda: desktop.told)
    assert desktop.told == [("Draft of Pew is ready to review", "9 fields")]


async def test_a_batch_that_ended(notices: Notices, desktop: Desktop, events: FakeEvents) -> None:
    wishes: list[bool] = []
    notices.jobs_requested.connect(lambda: wishes.append(True))
    fail(events, batch_id=1)
    events.announce(BatchEnded(batch(failed=1)))
    await until(lambda: desktop.told)
    assert desktop.told == [("“Treasure Island” has ended", "11 of 12 done, 1 failed")]
    desktop.clicked.emit()
    assert wishes == [True]


async def test_a_job_that_merely_succeeds_is_no_news(
    notices: Notices, desktop: Desktop, events: FakeEvents
) -> None:
    events.announce(JobChanged(job(JobState.RUNNING)))
    events.announce(JobChanged(job(JobState.SUCCEEDED)))
    await asyncio.sleep(0.4)
    assert desktop.told == []


async def test_what_failed_before_the_program_started_is_no_news(
    notices: Notices, desktop: Desktop, events: FakeEvents
) -> None:
    events.announce(JobChanged(job(JobState.FAILED)))
    await asyncio.sleep(0.4)
    assert desktop.told == []


async def test_many_are_merged_and_at_most_one_in_ten_seconds(
    notices: Notices, desktop: Desktop, events: FakeEvents, clock: Clock
) -> None:
    for number in range(1, 6):
        fail(events, number)
    await until(lambda: desktop.told)
    assert desktop.told == [("5 jobs need you", "Pew, Pew, Pew and 2 more")]
    fail(events, 9)
    assert 9_000 < notices._timer.interval() <= 10_000
    clock.now += 4
    notices._timer.stop()
    fail(events, 10)
    assert 5_000 < notices._timer.interval() <= 6_000
    notices._tell()
    assert desktop.told[1] == ("2 jobs need you", "Pew, Pew")


async def test_never_while_the_window_is_used(notices: Notices, desktop: Desktop, events: FakeEvents) -> None:
    Somewhere.active = True
    try:
        fail(events)
        events.announce(BatchEnded(batch()))
        await asyncio.sleep(0.4)
    finally:
        Somewhere.active = False
    assert desktop.told == []
    fail(events)
    Somewhere.active = True
    try:
        await asyncio.sleep(0.4)
    finally:
        Somewhere.active = False
    assert desktop.told == []


async def test_never_when_switched_off(
    notices: Notices, desktop: Desktop, events: FakeEvents, context: UiContext
) -> None:
    context.settings.update(notifications=False)
    fail(events)
    await asyncio.sleep(0.4)
    assert desktop.told == []


async def test_a_job_that_goes_on_again_needs_nobody(
    notices: Notices, desktop: Desktop, events: FakeEvents
) -> None:
    fail(events)
    events.announce(JobChanged(job(JobState.QUEUED)))
    await asyncio.sleep(0.4)
    assert desktop.told == []


async def test_without_a_tray_the_window_says_it(
    notices: Notices, desktop: Desktop, events: FakeEvents, messages: RecordingNotify
) -> None:
    desktop.is_available = False
    wishes: list[object] = []
    notices.job_requested.connect(wishes.append)
    events.announce(JobChanged(job(JobState.QUEUED)))
    events.announce(JobChanged(job(JobState.HELD, hold_reason="key")))
    await until(lambda: messages.sentences)
    assert messages.sentences == ["Draft of Pew needs you: The key was not accepted"]
    assert messages.toasts[0].action == "Show" and messages.toasts[0].callback is not None
    messages.toasts[0].callback()
    assert wishes == [7] and desktop.told == []


async def test_without_a_tray_nothing_is_said_twice(
    notices: Notices, desktop: Desktop, events: FakeEvents, messages: RecordingNotify
) -> None:
    desktop.is_available = False
    events.announce(BatchEnded(batch()))
    fail(events)
    await asyncio.sleep(0.4)
    assert messages.sentences == [] and desktop.told == []


def test_both_at_once() -> None:
    jobs = [job(JobState.FAILED), job(JobState.HELD, 8, hold_reason="key")]
    notice = notice_of(jobs, [batch()])
    assert (notice.title, notice.text) == ("2 jobs need you · 1\xa0batch ended", "Pew, Pew")
    assert notice_of([], [batch(1), batch(2, failed=3)]).text == "21 of 24 done, 3 failed"
    assert notice_of([], [batch(1), batch(2)]).title == "2 batches have ended"


def test_names_are_never_markup() -> None:
    assert literal('<img src="x">&amp;') == '‹img src="x"›＆amp;'
    long = notice_of([job(JobState.FAILED, character="x" * 999, error="y" * 999)], [])
    assert len(long.title) < 220 and len(long.text) <= 200


async def test_stopping_hears_nothing_more(notices: Notices, events: FakeEvents, desktop: Desktop) -> None:
    fail(events)
    notices.stop()
    assert events.listeners == 0 and desktop.rests == 1
    await asyncio.sleep(0.4)
    assert desktop.told == []
