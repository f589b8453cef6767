"""The diagnostics page: what is seen is what is written."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication, QFileDialog

from cardgen_desktop.domain.errors import StorageError
from cardgen_desktop.domain.queue import BundleFile
from cardgen_desktop.ui.context import UiContext
from cardgen_desktop.ui.diagnostics.file_list import BundleModel
from cardgen_desktop.ui.diagnostics.page import DiagnosticsPage, bundle_name
from tests.support.commands import FakeCommands
from tests.support.messages import RecordingNotify
from tests.support.samples import NOW
from tests.support.waiting import until

LOG = "".join(f"line {number} <b>&amp;</b>\n" for number in range(12_000))


class Bundle(FakeCommands):
    """Commands with a bundle of two files."""

    async def diagnostics(self) -> tuple[BundleFile, ...]:
        small = await super().diagnostics()
        return (*small, BundleFile(name="logs/cardgen.log", bytes=len(LOG), text=LOG))


@pytest.fixture
def commands() -> Bundle:
    return Bundle()


@pytest.fixture
async def page(context: UiContext, commands: Bundle) -> AsyncIterator[DiagnosticsPage]:
    page = DiagnosticsPage(context=context, clock=lambda: NOW)
    page.resize(1216, 900)
    page.show()
    page.attach(commands, commands.events)
    yield page
    await page.aclose()
    page.close()
    page.deleteLater()


def dialog() -> QFileDialog | None:
    widgets = QApplication.topLevelWidgets()
    return next((one for one in widgets if isinstance(one, QFileDialog) and one.isVisible()), None)


async def save_as(page: DiagnosticsPage, path: Path) -> None:
    page.save_button.click()
    await until(lambda: dialog() is not None)
    shown = dialog()
    assert shown is not None
    shown.filesSelected.emit([str(path)])
    shown.accept()


async def test_every_file_is_shown_exactly_as_it_will_be_written(page: DiagnosticsPage) -> None:
    await until(lambda: page.list.files.rowCount() == 2)
    assert page.header._facts.text().startswith("2\xa0files · ")
    assert page.name.text() == "program.txt"
    assert page.text.toPlainText() == "CardGen Desktop\nLinux, 8 GB\n"
    page.list.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(page.list, Qt.Key.Key_Down)
    assert page.name.text() == "logs/cardgen.log"
    await until(lambda: page.text.is_whole)
    assert page.text.toPlainText() == LOG
    assert page.text.verticalScrollBar().value() == 0
    index = page.list.files.index(1)
    assert index.data(Qt.ItemDataRole.AccessibleTextRole) == "logs/cardgen.log, 277\xa0kB"


async def test_a_file_can_be_asked_for_by_name_and_copied(
    page: DiagnosticsPage, messages: RecordingNotify
) -> None:
    page.show_file("logs/cardgen.log")
    await until(lambda: page.name.text() == "logs/cardgen.log")
    page.copy_button.click()
    assert QGuiApplication.clipboard().text() == LOG
    assert messages.sentences == ["logs/cardgen.log copied"]
    page.show_file("no such file")
    assert page.name.text() == "logs/cardgen.log"


async def test_the_page_says_what_was_left_out(page: DiagnosticsPage) -> None:
    said = page.banner.accessibleName()
    assert said.startswith("Nothing is sent anywhere.")
    assert "Left out: keys and passwords, the texts of your sources, the texts of your cards." in said


async def test_the_bundle_is_saved_where_the_person_says(
    page: DiagnosticsPage, commands: Bundle, messages: RecordingNotify, tmp_path: Path
) -> None:
    await until(lambda: page.save_button.isEnabled())
    await save_as(page, tmp_path / "report")
    await until(lambda: messages.sentences)
    assert commands.written_bundles == [tmp_path / "report.zip"]
    assert messages.sentences == ["Saved as report.zip. Look through it before you send it."]
    assert messages.toasts[0].action == "Show folder"


async def test_changing_ones_mind_writes_nothing(page: DiagnosticsPage, commands: Bundle) -> None:
    await until(lambda: page.save_button.isEnabled())
    page.save_button.click()
    await until(lambda: dialog() is not None)
    shown = dialog()
    assert shown is not None
    shown.reject()
    await until(lambda: not page._saving)
    assert commands.written_bundles == []


async def test_a_bundle_that_cannot_be_written_says_so(
    page: DiagnosticsPage, commands: Bundle, messages: RecordingNotify, tmp_path: Path
) -> None:
    await until(lambda: page.save_button.isEnabled())
    commands.refusals["write_diagnostics"] = StorageError("The disk is full. Nothing was written.")
    await save_as(page, tmp_path / "report.zip")
    await until(lambda: messages.errors == ["The disk is full. Nothing was written."])
    assert messages.toasts[-1].action == "Try again"


async def test_files_that_cannot_be_gathered(context: UiContext, commands: Bundle) -> None:
    commands.refusals["diagnostics"] = StorageError("The logs cannot be read.")
    page = DiagnosticsPage(context=context)
    page.show()
    page.attach(commands, commands.events)
    await until(lambda: page.problem.isVisible())
    assert page.problem._title.text() == "The files could not be gathered"
    assert not page.save_button.isEnabled()
    page.problem.action.click()
    await until(lambda: page.list.isVisible())
    await page.aclose()
    page.close()
    page.deleteLater()


def test_the_bundle_is_named_by_its_day() -> None:
    assert bundle_name(NOW).startswith("cardgen-diagnostics-2025-10-0")


def test_the_model_keeps_the_rules(qapp: object) -> None:
    model = BundleModel()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    files = [BundleFile(name=f"{number}.txt", bytes=number, text="") for number in range(5)]
    for shown in (files[:2], files, files[3:], [], files[1:2]):
        model.show_files(shown)
        assert model.rowCount() == len(shown)
