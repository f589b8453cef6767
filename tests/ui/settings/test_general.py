"""Settings take effect at once and are remembered."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from cardgen_desktop.settings import SettingsFile
from cardgen_desktop.ui.components import Label
from cardgen_desktop.ui.context import UiContext
from cardgen_desktop.ui.gallery import GalleryPage
from cardgen_desktop.ui.settings.general import GeneralSettings


def test_a_theme_is_chosen_and_kept(context: UiContext, qtbot: QtBot) -> None:
    page = GeneralSettings(context=context)
    qtbot.addWidget(page)
    page.show()
    QTest.keyClick(page.modes["dark"], Qt.Key.Key_Space)
    assert context.theme.is_dark
    context.settings.save()
    assert SettingsFile(context.settings.path).value.theme == "dark"


def test_motion_and_zoom_are_kept(context: UiContext, qtbot: QtBot) -> None:
    page = GeneralSettings(context=context)
    qtbot.addWidget(page)
    page.motion.setChecked(True)
    page.zoom.setCurrentIndex(page.zoom.findData(150))
    value = context.settings.value
    assert (value.reduce_motion, value.prose_zoom) == (True, 150)
    assert context.theme.reduce_motion


def test_jobs_at_once_are_a_click_away(context: UiContext, qtbot: QtBot) -> None:
    page = GeneralSettings(context=context)
    qtbot.addWidget(page)
    with qtbot.waitSignal(page.jobs_requested):
        page.jobs.click()


def test_notifications_can_be_switched_off(context: UiContext, qtbot: QtBot) -> None:
    page = GeneralSettings(context=context)
    qtbot.addWidget(page)
    assert page.notifications.isChecked() and page.notifications.accessibleName() == "Notifications"
    page.notifications.setChecked(False)
    assert context.settings.value.notifications is False


def test_statistics_and_diagnostics_are_a_click_away(context: UiContext, qtbot: QtBot) -> None:
    page = GeneralSettings(context=context)
    qtbot.addWidget(page)
    wishes: list[str] = []
    page.statistics_requested.connect(lambda: wishes.append("statistics"))
    page.diagnostics_requested.connect(lambda: wishes.append("diagnostics"))
    page.statistics.click()
    page.diagnostics.click()
    assert wishes == ["statistics", "diagnostics"]


def test_the_page_says_where_the_data_is_and_what_it_is_built_with(context: UiContext, qtbot: QtBot) -> None:
    page = GeneralSettings(context=context)
    qtbot.addWidget(page)
    words = "\n".join(label.text() for label in page.findChildren(Label))
    assert str(Path(context.settings.path).parent) in words
    assert "LGPL-3.0" in words and "CardGen Desktop" in words


def test_the_gallery_shows_everything_in_both_themes(context: UiContext, qtbot: QtBot) -> None:
    page = GalleryPage(context=context)
    qtbot.addWidget(page)
    page.resize(1400, 1600)
    page.show()
    light = page.grab().toImage()
    context.theme.set_mode("dark")
    dark = page.grab().toImage()
    assert light.pixelColor(5, 90).lightness() > 200 > 60 > dark.pixelColor(5, 90).lightness()
