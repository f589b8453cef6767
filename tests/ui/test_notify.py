"""Messages: one place says them, one at a time, and an error is never lost."""

import asyncio

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from cardgen_desktop.domain.errors import InternalError, SourceError
from cardgen_desktop.ui.components import Banner
from cardgen_desktop.ui.context import UiContext
from cardgen_desktop.ui.notify import BannerMessage, Notify, ToastMessage
from cardgen_desktop.ui.shell.banners import BannerArea
from cardgen_desktop.ui.shell.toasts import Toast, Toasts


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    """A visible window for toasts."""
    window = QWidget()
    window.resize(900, 600)
    qtbot.addWidget(window)
    window.show()
    return window


@pytest.fixture
def toasts(context: UiContext, window: QWidget) -> Toasts:
    """Toasts over it."""
    return Toasts(window, context=context)


def current(toasts: Toasts) -> str:
    """What is said now."""
    return toasts.current.message.text if toasts.current else ""


def test_what_is_said_before_anybody_listens_waits(qapp: object) -> None:
    notify, heard = Notify(), []
    notify.toasted.connect(lambda toast: heard.append(toast.text))
    notify.banner_raised.connect(lambda banner: heard.append(banner.key))
    notify.toast("Early")
    notify.banner("info", "Gone", key="gone")
    notify.dismiss("gone")
    assert heard == []
    notify.listen()
    notify.toast("Late")
    assert heard == ["Early", "Late"]


def test_an_expected_failure_is_said_as_it_is(qapp: object) -> None:
    notify, heard = Notify(), list[ToastMessage]()
    notify.toasted.connect(heard.append)
    notify.listen()
    notify.error(SourceError("“scan.pdf” has no text. Nothing was added."), retry=lambda: None)
    assert heard[0].error and heard[0].text == "“scan.pdf” has no text. Nothing was added."
    assert heard[0].action == "Try again"


def test_a_mistake_of_ours_goes_whole_to_the_log(qapp: object, caplog: pytest.LogCaptureFixture) -> None:
    notify, heard = Notify(), list[ToastMessage]()
    notify.toasted.connect(heard.append)
    notify.listen()
    notify.error(KeyError("secret detail"))
    notify.error(InternalError("A mistake of ours.", details="Traceback"))
    assert "secret detail" not in heard[0].text and "secret detail" in caplog.text
    assert heard[1].details == "Traceback"


def test_news_waits_its_turn(toasts: Toasts) -> None:
    toasts.show(ToastMessage("First"))
    toasts.show(ToastMessage("Second"))
    assert current(toasts) == "First"
    assert toasts.current is not None
    toasts.current.finished.emit()
    assert current(toasts) == "Second"


def test_an_error_stays_steps_aside_for_news_and_comes_back(toasts: Toasts) -> None:
    toasts.show(ToastMessage("It failed.", error=True))
    toasts.show(ToastMessage("Ready"))
    assert current(toasts) == "Ready"
    assert toasts.current is not None
    toasts.current.finished.emit()
    assert current(toasts) == "It failed."


def test_the_action_word_acts_and_ends_the_toast(toasts: Toasts) -> None:
    opened: list[int] = []
    toasts.show(ToastMessage("Elizabeth Bennet is ready", "Open", lambda: opened.append(1)))
    assert toasts.current is not None
    QTest.keyClick(toasts.current.action, Qt.Key.Key_Return)
    assert opened == [1] and toasts.current is None


def test_a_toast_sits_at_the_bottom_and_grows_with_its_words(toasts: Toasts, window: QWidget) -> None:
    toasts.show(ToastMessage("Short"))
    toast = toasts.current
    assert isinstance(toast, Toast)
    assert toast.height() == 48 and toast.geometry().bottom() == window.height() - 25
    assert abs(toast.geometry().center().x() - window.rect().center().x()) <= 1
    toast.finished.emit()
    toasts.show(ToastMessage("A sentence that is told at length. " * 6, error=True))
    assert toasts.current is not None and toasts.current.height() > 48
    window.resize(400, 500)
    toasts.place()
    assert toasts.current.width() <= 400 - 48


async def test_news_leaves_by_itself(context: UiContext) -> None:
    from cardgen_desktop.ui.shell import toasts as module

    window = QWidget()
    window.resize(600, 400)
    window.show()
    toasts = Toasts(window, context=context)
    toasts.show(ToastMessage("First"))
    toasts.show(ToastMessage("Second"))
    await asyncio.sleep(module.HURRIED / 1000 + 0.4)
    assert current(toasts) == "Second"
    window.close()


def test_a_banner_is_replaced_by_its_key_and_taken_away(context: UiContext, qtbot: QtBot) -> None:
    area, viewed = BannerArea(context=context), []
    qtbot.addWidget(area)
    area.raise_banner(BannerMessage("info", "Recovered 1 job.", key="recovered", closable=True))
    message = BannerMessage(
        "info", "Recovered 4 jobs.", "", "View", lambda: viewed.append(1), "recovered", closable=True
    )
    area.raise_banner(message)
    area.raise_banner(BannerMessage("warning", "You are offline.", key="offline"))
    assert area.keys == ("recovered", "offline")
    area.dismiss("recovered")
    area.dismiss("recovered")
    assert area.keys == ("offline",)
    area.dismiss("offline")
    assert not area.isVisible()


def test_news_of_one_topic_takes_the_place_of_what_was_told(toasts: Toasts) -> None:
    toasts.show(ToastMessage("Jim Hawkins is ready", topic="ready"))
    toasts.show(ToastMessage("2 cards are ready", topic="ready"))
    assert current(toasts) == "2 cards are ready"
    toasts.show(ToastMessage("Treasure Island removed"))
    toasts.show(ToastMessage("3 cards are ready", topic="ready"))
    assert current(toasts) == "3 cards are ready"
    assert toasts.current is not None
    toasts.current.finished.emit()
    toasts.show(ToastMessage("4 cards are ready", topic="ready"))
    toasts.show(ToastMessage("5 cards are ready", topic="ready"))
    assert current(toasts) == "Treasure Island removed"
    toasts.current.finished.emit()
    assert current(toasts) == "5 cards are ready"
    toasts.current.finished.emit()
    assert toasts.current is None


def test_a_closable_banner_goes_when_it_was_acted_on(context: UiContext, qtbot: QtBot) -> None:
    area, acted = BannerArea(context=context), list[str]()
    qtbot.addWidget(area)
    for key, closable in (("recovered", True), ("offline", False)):
        callback = lambda key=key: acted.append(key)  # noqa: E731
        area.raise_banner(BannerMessage("info", key, "", "View", callback, key, closable=closable))
    for banner in area.findChildren(Banner):
        banner.action_triggered.emit()
    assert acted == ["recovered", "offline"] and area.keys == ("offline",)


def test_a_toast_gives_the_keyboard_back(context: UiContext, window: QWidget) -> None:
    field, other = QLineEdit(window), QLineEdit(window)
    toasts = Toasts(window, context=context)
    for widget in (other, field):
        widget.show()
    window.activateWindow()
    QTest.qWaitForWindowActive(window)
    field.setFocus()
    toasts.show(ToastMessage("Treasure Island removed", "Undo", lambda: None))
    assert toasts.current is not None
    QTest.mouseClick(toasts.current.action, Qt.MouseButton.LeftButton)
    assert window.focusWidget() is field
    toasts.show(ToastMessage("Treasure Island removed", "Undo", lambda: None))
    toasts.current.action.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(toasts.current.action, Qt.Key.Key_Return)
    assert toasts.current is None and window.focusWidget() is field
