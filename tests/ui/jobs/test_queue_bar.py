"""The queue as a whole: what it says, how it is paused, how many jobs run at once."""

import asyncio
from collections.abc import AsyncIterator
from itertools import pairwise

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from cardgen_desktop.domain.errors import StorageError
from cardgen_desktop.domain.job import Lane
from cardgen_desktop.domain.queue import LaneStatus, QueueStatus
from cardgen_desktop.ui.context import UiContext
from cardgen_desktop.ui.jobs.lane_popover import LanePopover
from cardgen_desktop.ui.jobs.queue_bar import QueueBar
from cardgen_desktop.ui.jobs.queue_control import QueueControl
from cardgen_desktop.ui.jobs.queue_words import lane_facts, lanes_short, lanes_words, queue_sentence
from cardgen_desktop.ui.tasks import TaskOwner
from tests.support.commands import FakeCommands
from tests.support.job_samples import idle_queue, queue_status
from tests.support.messages import RecordingNotify
from tests.support.waiting import until


def test_the_sentence_of_the_queue() -> None:
    assert queue_sentence(idle_queue()) == "Queue running · nothing to do"
    assert queue_sentence(queue_status()) == "Queue running · 4 of 5 at work"
    assert lanes_short(queue_status()) == "5 at once", "a paused lane has no place"
    paused = queue_status().model_copy(update={"paused": True})
    assert queue_sentence(paused) == "Queue paused: nothing new starts · 4 still at work"
    assert queue_sentence(QueueStatus(paused=True)) == "Queue paused: nothing new starts"
    queued = QueueStatus(lanes=(LaneStatus(lane=Lane.CPU, limit=1, queued=1200),))
    assert queue_sentence(queued) == "Queue running · 1,200 queued"


def test_lanes_in_words() -> None:
    assert lanes_words(idle_queue()) == "On this computer 1"
    assert lanes_words(queue_status()) == "On this computer 2 · Network 3"
    facts = {status.lane: lane_facts(status) for status in queue_status().lanes}
    assert facts[Lane.NETWORK] == "2 at work · lowered by a busy provider"
    assert facts[Lane.EXPORT] == "Paused: nothing new starts"
    assert facts[Lane.CPU] == "2 at work · 3 queued"
    assert facts[Lane.LOCAL] == "Nothing to do"


@pytest.fixture
def bar(context: UiContext) -> QueueBar:
    bar = QueueBar(context=context)
    bar.resize(672, 28)
    bar.show()
    bar.show_queue(queue_status())
    return bar


async def test_clean_ups_are_offered_while_there_is_something_to_clean(bar: QueueBar) -> None:
    assert bar.retry.isHidden() and bar.clear.isHidden()
    bar.set_counts(3, 12)
    assert (bar.retry.text(), bar.clear.text()) == ("Retry failed (3)", "Clear finished (12)")
    assert bar.retry.isVisible() and bar.clear.isVisible()
    assert bar.clear.geometry().right() == bar.width() - 1, "it ends at the page edge"
    bar.set_counts(0, 0)
    assert bar.retry.isHidden() and bar.clear.isHidden()


@pytest.mark.parametrize("width", [320, 420, 520, 628, 672, 1000])
@pytest.mark.parametrize("direction", [Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft])
async def test_the_bar_folds_and_nothing_overlaps(
    bar: QueueBar, width: int, direction: Qt.LayoutDirection
) -> None:
    bar.setLayoutDirection(direction)
    bar.show_queue(queue_status().model_copy(update={"paused": True}))
    bar.set_counts(3, 1200)
    bar.resize(width, 28)
    parts = [part for part in (bar.sentence, bar.lanes, bar.retry, bar.clear) if part.isVisible()]
    edges = sorted((part.geometry().left(), part.geometry().right()) for part in parts)
    assert edges[0][0] >= 0 and edges[-1][1] < width
    assert all(right < left for (_, right), (left, _) in pairwise(edges))
    for button in parts[1:]:
        assert button.width() == button.sizeHint().width(), "no button is cut"
    if width >= 628:
        assert len(parts) == 4


@pytest.fixture
def commands() -> FakeCommands:
    return FakeCommands.busy()


@pytest.fixture
async def control(commands: FakeCommands, messages: RecordingNotify) -> AsyncIterator[QueueControl]:
    tasks = TaskOwner(on_error=lambda _name, error: messages.error(error))
    control = QueueControl(commands, tasks)
    control.refresh()
    await until(lambda: control.status.lanes)
    yield control
    await tasks.aclose()


def limit(control: QueueControl, lane: Lane) -> int:
    return next(status.limit for status in control.status.lanes if status.lane is lane)


async def test_pausing_is_shown_at_once_and_taken_back_when_it_fails(
    control: QueueControl, commands: FakeCommands, messages: RecordingNotify
) -> None:
    commands.refusals["pause_queue"] = StorageError("The disk is full. Nothing was changed.")
    gate = commands.gates["pause_queue"] = asyncio.Event()
    control.toggle()
    assert control.status.paused
    gate.set()
    await until(lambda: messages.errors)
    assert not control.status.paused
    control.toggle()
    await until(lambda: commands.queue_now.paused)
    control.toggle()
    await until(lambda: not commands.queue_now.paused)
    assert commands.asked("resume_queue") == [(None,)]


async def test_quick_steps_do_not_flicker_back(control: QueueControl, commands: FakeCommands) -> None:
    seen: list[int] = []
    control.changed.connect(lambda _status: seen.append(limit(control, Lane.NETWORK)))
    for _ in range(3):
        control.step_limit(Lane.NETWORK, 1)
    await until(lambda: len(commands.asked("set_lane_limit")) == 3)
    await asyncio.sleep(0.02)
    assert seen == sorted(seen) and limit(control, Lane.NETWORK) == 6
    assert commands.asked("set_lane_limit")[-1] == (Lane.NETWORK, 6)


async def test_a_limit_is_never_below_one(control: QueueControl, commands: FakeCommands) -> None:
    control.step_limit(Lane.LOCAL, -1)
    await asyncio.sleep(0.02)
    assert commands.asked("set_lane_limit") == []


async def test_the_popover_steps_and_pauses_by_keyboard(context: UiContext) -> None:
    popover = LanePopover(context=context)
    # A popup grabs the keyboard, which a test without a screen cannot.
    popover.setWindowFlags(Qt.WindowType.Widget)
    popover.show_queue(queue_status())
    popover.show()
    steps: list[tuple[Lane, int]] = []
    toggles: list[Lane] = []
    popover.stepped.connect(lambda lane, step: steps.append((lane, step)))
    popover.toggled.connect(toggles.append)
    network = popover.rows[Lane.NETWORK]
    QTest.keyClick(network.more, Qt.Key.Key_Space)
    QTest.keyClick(network.fewer, Qt.Key.Key_Return)
    QTest.keyClick(popover.rows[Lane.EXPORT].pause, Qt.Key.Key_Space)
    assert steps == [(Lane.NETWORK, 1), (Lane.NETWORK, -1)] and toggles == [Lane.EXPORT]
    assert network.number.text() == "3" and network.number.accessibleName() == "3\xa0jobs at once"
    assert popover.rows[Lane.EXPORT].pause.accessibleName() == "Export: resume"
    assert not popover.rows[Lane.LOCAL].fewer.isEnabled()
    QTest.keyClick(popover, Qt.Key.Key_Escape)
    assert not popover.isVisible()
    popover.deleteLater()
