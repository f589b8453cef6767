"""The number in work at the foot of the sidebar."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from cardgen_desktop.domain.job import JobState, Lane
from cardgen_desktop.domain.queue import GateStatus, LaneStatus, QueueStatus
from cardgen_desktop.ui.context import UiContext
from cardgen_desktop.ui.shell.queue_button import state_words, work_words
from cardgen_desktop.ui.shell.sidebar import Sidebar
from cardgen_desktop.ui.shell.sidebar_button import placed


@pytest.fixture
def sidebar(context: UiContext, qtbot: QtBot) -> Sidebar:
    sidebar = Sidebar(context=context)
    qtbot.addWidget(sidebar)
    sidebar.resize(224, 800)
    sidebar.show()
    return sidebar


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ({}, "Nothing at work"),
        ({"succeeded": 9, "failed": 2}, "Nothing at work"),
        ({"running": 3, "queued": 8, "waiting": 1, "held": 2, "paused": 1}, "3 at work · 12 waiting"),
        ({"queued": 1204}, "1,204 waiting"),
        ({"running": 1}, "1 at work"),
    ],
)
def test_work_in_words(counts: dict[str, int], words: str) -> None:
    assert work_words(counts) == words


def gate(reason: str, held: int) -> GateStatus:
    return GateStatus(reason=reason, held=held)


@pytest.mark.parametrize(
    ("queue", "words"),
    [
        (None, ""),
        (QueueStatus(), ""),
        (QueueStatus(paused=True, gates=(gate("offline", 2),)), "Queue paused"),
        (QueueStatus(gates=(gate("offline", 5), gate("key", 2))), "Offline · 7 held"),
        (QueueStatus(gates=(gate("offline", 0),)), "Offline"),
        (QueueStatus(gates=(gate("key", 2),)), "2 held"),
        (QueueStatus(lanes=(LaneStatus(lane=Lane.CPU, limit=1, paused=True),)), "1 lane paused"),
    ],
)
def test_what_holds_the_queue_in_words(queue: QueueStatus | None, words: str) -> None:
    assert state_words(queue) == words


def test_a_click_and_a_key_lead_to_the_jobs(sidebar: Sidebar) -> None:
    wishes: list[str] = []
    sidebar.page_requested.connect(wishes.append)
    sidebar.queue.click()
    sidebar.queue.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(sidebar.queue, Qt.Key.Key_Return)
    assert wishes == ["jobs", "jobs"]


def test_narrow_shows_a_badge_and_says_the_rest(sidebar: Sidebar) -> None:
    sidebar.queue.show_counts({JobState.RUNNING: 3, JobState.QUEUED: 12})
    sidebar.set_narrow(True)
    assert sidebar.queue.badge == "3"
    assert sidebar.queue.toolTip() == "3 at work · 12 waiting, show jobs"
    assert sidebar.queue.accessibleName() == "3 at work · 12 waiting, show jobs"
    painted = sidebar.queue.grab().toImage()
    sidebar.queue.show_counts({})
    assert sidebar.queue.badge == "" and sidebar.queue.grab().toImage() != painted
    sidebar.queue.show_counts({JobState.QUEUED: 1200})
    assert sidebar.queue.badge == "99+"


def test_right_to_left_begins_at_the_right(sidebar: Sidebar) -> None:
    item = sidebar.items["jobs"]
    assert placed(item, 10, 8, 20, 20).left() == 10
    before = item.grab().toImage()
    item.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    assert placed(item, 10, 8, 20, 20).right() == item.width() - 10
    mirrored = item.grab().toImage()
    assert mirrored != before
    assert _inked(before, 10, 30) and not _inked(mirrored, 10, 30)
    assert _inked(mirrored, item.width() - 30, item.width() - 10)


def _inked(image: QImage, left: int, right: int) -> bool:
    """Whether anything but the ground is painted between two columns."""
    ground = image.pixelColor(2, 18)
    return any(image.pixelColor(x, y) != ground for x in range(left, right) for y in range(8, 28))


def test_offline_is_said_where_the_connection_is(sidebar: Sidebar) -> None:
    sidebar.show_queue(QueueStatus(gates=(gate("offline", 1),)))
    assert sidebar.connection.accessibleName() == "Offline. Drafting here still works"
    assert sidebar.queue.state_line == "Offline · 1 held"
    sidebar.show_queue(QueueStatus())
    assert sidebar.connection.accessibleName() == "Works offline. Nothing is sent unasked"
    assert sidebar.queue.state_line == ""
