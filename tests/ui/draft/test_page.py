"""The draft page as a person uses it."""

import asyncio
from pathlib import Path

from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLineEdit

from cardgen_desktop.domain.card_library import AddedFile, CardSummary
from cardgen_desktop.domain.errors import SourceError, StorageError
from cardgen_desktop.domain.job import JobSnapshot
from cardgen_desktop.ui.context import UiContext
from cardgen_desktop.ui.draft.page import DraftPage
from cardgen_desktop.ui.draft.preview import MOST_CHARACTERS
from cardgen_desktop.ui.draft.sections import PART_CHARACTERS, Section
from cardgen_desktop.ui.jobs.page import JobsPage
from tests.support.commands import FakeCommands
from tests.support.messages import RecordingNotify
from tests.support.samples import (
    FAILED_PATH,
    opening,
    person,
    sample_people,
    sample_texts,
    source_text,
    summary_of,
)
from tests.support.waiting import until

NOVEL_PATH = Path("/home/jim/Books/treasure_island.epub")
NOTES_PATH = Path("/home/jim/Books/squire-trelawney-notes.md")


def names(page: DraftPage) -> list[str]:
    rows = page.sources.list.rows
    return [row.name for number in range(rows.rowCount()) if (row := rows.row(number))]


def people(page: DraftPage) -> list[str]:
    return [person.name for person in page.picker.model.shown]


def is_started(page: DraftPage) -> bool:
    return page._stack.currentWidget() is not page.start


async def with_novel(page: DraftPage) -> None:
    page.add_paths([NOVEL_PATH])
    await until(lambda: page.picker.person is not None)


async def test_an_empty_desk_is_the_start_page(page: DraftPage) -> None:
    assert not is_started(page)
    page.start.sample_requested.emit(str(NOVEL_PATH))
    await until(lambda: is_started(page) and names(page) == ["Treasure Island"])


async def test_from_a_file_to_a_job(page: DraftPage, commands: FakeCommands, context: UiContext) -> None:
    jobs = JobsPage(context=context)
    jobs.attach(commands, commands.events)
    started: list[JobSnapshot] = []
    page.draft_started.connect(started.append)
    page.add_paths([NOVEL_PATH, NOTES_PATH])
    assert names(page) == ["treasure_island.epub", "squire-trelawney-notes.md"]
    await until(lambda: page.picker.person is not None)
    assert names(page) == ["Treasure Island", "The map"]
    assert page.header._facts.text() == "2\xa0sources · 3,893\xa0words · English"
    assert people(page)[:2] == ["Long John Silver", "Jim Hawkins"]
    page.picker.list.setCurrentIndex(page.picker.model.index(1))
    page.panel.draft.click()
    await until(lambda: started)
    assert commands.asked("start_drafts")[0][0][0].model_dump(
        include={"source_ids", "character", "engine"}
    ) == {
        "source_ids": (1, 2),
        "character": "Jim Hawkins",
        "engine": "offline",
    }
    await until(lambda: jobs.model is not None and jobs.model.rowCount() == 1)
    assert jobs.model is not None and jobs.model.index(0, 0).data() == "Jim Hawkins"
    await jobs.aclose()
    jobs.deleteLater()


async def test_a_draft_starts_once_and_leaves_the_focus_where_it_is(
    page: DraftPage, commands: FakeCommands
) -> None:
    started: list[JobSnapshot] = []
    page.draft_started.connect(started.append)
    await with_novel(page)
    page.panel.draft.setFocus(Qt.FocusReason.MouseFocusReason)
    page.panel.draft.click()
    page.panel.draft.click()
    assert page.window().focusWidget() is page.panel.draft
    await until(lambda: started)
    page.panel.draft.click()
    await until(lambda: len(started) == 2)
    assert len(commands.asked("start_drafts")) == 2


async def test_while_sources_are_read_nothing_old_is_said(page: DraftPage) -> None:
    await with_novel(page)
    assert page.panel._values["reads"].text() != "–"
    page._on_reading()
    assert [page.panel._values[key].text() for key in ("reads", "takes")] == ["–", "–"]


async def test_down_from_a_search_chooses_whom_it_found(page: DraftPage) -> None:
    await with_novel(page)
    page.picker.focus_search()
    QTest.keyClicks(page.picker.search, "Livesey")
    QTest.keyClick(page.picker.search, Qt.Key.Key_Return)
    assert len(people(page)) == 1 and page.window().focusWidget() is page.picker.list
    assert page.picker.list.selectionModel().isSelected(page.picker.model.index(0))
    assert page.picker.person is not None and "Livesey" in page.picker.person.name


async def test_enter_on_somebody_drafts_the_card(page: DraftPage, commands: FakeCommands) -> None:
    await with_novel(page)
    page.picker.list.setFocus()
    QTest.keyClick(page.picker.list, Qt.Key.Key_Down)
    QTest.keyClick(page.picker.list, Qt.Key.Key_Return)
    await until(lambda: commands.asked("start_drafts"))
    assert commands.asked("start_drafts")[0][0][0].character == "Jim Hawkins"


async def test_a_file_that_failed_stays_with_its_reason_until_dismissed(
    page: DraftPage, messages: RecordingNotify
) -> None:
    page.add_paths([NOVEL_PATH, Path(FAILED_PATH)])
    await until(lambda: page.picker.person is not None)
    assert names(page) == ["Treasure Island", "benbow-ledger-scan.pdf"]
    assert page.sources._look.text() == "1 needs a look"
    page.sources.list.setCurrentIndex(page.sources.list.rows.index(1))
    assert page.sources.preview.problem.title == "“benbow-ledger-scan.pdf” has no text"
    assert page.sources.preview.problem._sentence.text().startswith(
        "Its pages are pictures. Nothing was added."
    )
    page.sources.list.setFocus()
    QTest.keyClick(page.sources.list, Qt.Key.Key_Delete)
    assert names(page) == ["Treasure Island"]
    assert messages.toasts[-1].text == "“benbow-ledger-scan.pdf” taken off the list"
    assert messages.toasts[-1].callback is not None
    messages.toasts[-1].callback()
    assert names(page) == ["Treasure Island", "benbow-ledger-scan.pdf"]


async def test_the_first_source_is_previewed_until_the_person_takes_another(page: DraftPage) -> None:
    page.add_paths([Path(FAILED_PATH), NOVEL_PATH, NOTES_PATH])
    await until(lambda: page.picker.person is not None)
    current = page.sources.list.current()
    assert current is not None and current.name == "Treasure Island"
    QTest.keyClick(page.sources.list, Qt.Key.Key_Down)
    page.add_paths([Path("/x/other.txt")])
    await until(lambda: "other.txt" in names(page) and page.picker.person is not None)
    current = page.sources.list.current()
    assert current is not None and current.name == "The map"


async def test_only_failed_files_say_so_and_read_nobody(page: DraftPage, commands: FakeCommands) -> None:
    page.add_paths([Path(FAILED_PATH)])
    await until(lambda: page.picker.shown is page.picker.nobody)
    assert page.picker.nobody._title.text() == "Nothing to read yet"
    assert commands.asked("people") == []
    assert not page.panel.draft.isEnabled()
    page.add_paths([Path(FAILED_PATH)])
    await until(lambda: len(commands.asked("add_files")) == 2)
    await until(lambda: page.picker.shown is page.picker.nobody)
    assert names(page) == ["benbow-ledger-scan.pdf"]


async def test_a_refused_batch_keeps_every_file_as_a_row(page: DraftPage, commands: FakeCommands) -> None:
    commands.refusals["add_files"] = StorageError(
        "The data folder is full. Free 200 MB, then add them again."
    )
    page.add_paths([NOVEL_PATH, NOTES_PATH])
    await until(lambda: page.desk is not None and not page.desk.is_reading)
    await until(lambda: page.sources._look.text() == "2 need a look")
    assert names(page) == ["treasure_island.epub", "squire-trelawney-notes.md"]


async def test_cards_go_to_the_library(page: DraftPage) -> None:
    added: list[CardSummary] = []
    page.card_added.connect(added.append)
    page.add_paths([Path("/x/Seraphina.png")])
    await until(lambda: added)
    assert added[0].name == "Seraphina"
    await until(lambda: not is_started(page))


async def test_the_reading_is_told_while_it_lasts(page: DraftPage, commands: FakeCommands) -> None:
    gate = commands.gates["people"] = asyncio.Event()
    page.add_paths([NOVEL_PATH])
    await until(lambda: commands.asked("people"))
    assert page.picker.progress.phase == "Finding people"
    assert not page.picker.progress.isVisible()
    await until(page.picker.progress.isVisible)
    assert not page.panel.draft.isEnabled()
    assert page.panel._hint.text() == "The sources are being read."
    gate.set()
    await until(lambda: page.picker.person is not None)
    assert page.picker.progress.isHidden() and page.panel._hint.isHidden()


async def test_an_answer_for_another_set_is_dropped(page: DraftPage, commands: FakeCommands) -> None:
    """The first set's reading cannot be stopped and answers last; its people must not be shown."""
    stubborn = Stubborn(commands)
    assert page.cast is not None
    page.cast._commands = stubborn  # type: ignore[assignment]
    page.add_paths([NOVEL_PATH])
    await until(lambda: stubborn.asked == [(1,)])
    page.add_paths([NOTES_PATH])
    await until(lambda: people(page) == ["Ben Gunn"])
    stubborn.first.set()
    await asyncio.sleep(0.05)
    assert people(page) == ["Ben Gunn"]


class Stubborn:
    """Answers the first set only when told, whatever happens to who asked."""

    def __init__(self, commands: FakeCommands) -> None:
        self._commands = commands
        self.first = asyncio.Event()
        self.asked: list[tuple[int, ...]] = []

    async def people(self, source_ids: tuple[int, ...], *, on_progress: object = None) -> object:
        self.asked.append(tuple(source_ids))
        if len(source_ids) > 1:
            return (person(1, "Ben Gunn", 9, 3, main=True),)
        while not self.first.is_set():
            try:
                await self.first.wait()
            except asyncio.CancelledError:
                continue
        return sample_people()


async def test_the_choice_survives_another_set(page: DraftPage) -> None:
    await with_novel(page)
    page.picker.list.setCurrentIndex(page.picker.model.index(2))
    page.add_paths([NOTES_PATH])
    await until(lambda: names(page) == ["Treasure Island", "The map"])
    await until(lambda: page.picker.person is not None)
    assert page.picker.person is not None and page.picker.person.name == "Dr. Livesey"


async def test_search_and_chips_narrow_the_people(page: DraftPage) -> None:
    await with_novel(page)
    assert [chip.accessibleName() for chip in page.picker.chips.values()] == [
        "Main, 7",
        "Speaking, 11",
        "All, 12",
    ]
    QTest.mouseClick(page.picker.chips["all"], Qt.MouseButton.LeftButton)
    assert len(people(page)) == 12
    QTest.keyClicks(page.picker.search, "blind")
    QTest.keyClick(page.picker.search, Qt.Key.Key_Return)
    assert people(page) == ["Pew"]
    QTest.keyClicks(page.picker.search, "folded")
    QTest.keyClick(page.picker.search, Qt.Key.Key_Return)
    assert page.picker.shown is page.picker.no_match
    assert page.picker.no_match._title.text() == "Nobody matches “blindfolded”"
    page.picker.no_match.action.click()
    await until(lambda: len(people(page)) == 12)
    assert page.picker.person is not None and page.picker.person.name == "Pew"


async def test_a_name_that_is_under_another_chip_can_be_found_from_there(page: DraftPage) -> None:
    await with_novel(page)
    QTest.keyClicks(page.picker.search, "pew")
    QTest.keyClick(page.picker.search, Qt.Key.Key_Return)
    assert page.picker.shown is page.picker.no_match
    page.picker.no_match.second.click()
    assert people(page) == ["Pew"] and page.picker.chips["all"].isChecked()
    QTest.keyClicks(page.picker.search, "ter")
    QTest.keyClick(page.picker.search, Qt.Key.Key_Return)
    assert page.picker.no_match.second.isHidden()


async def test_nobody_found_says_so(page: DraftPage, commands: FakeCommands) -> None:
    commands.found = ()
    page.add_paths([NOVEL_PATH])
    await until(lambda: page.picker.shown is page.picker.nobody)
    assert page.picker.nobody._title.text() == "Nobody was found"
    assert not page.panel.draft.isEnabled() and page.panel._hint.text() == "Nobody to draft was found."


async def test_people_without_a_main_one_are_still_shown(page: DraftPage, commands: FakeCommands) -> None:
    commands.found = (person(1, "Captain Flint", 5, 0),)
    page.add_paths([NOVEL_PATH])
    await until(lambda: people(page) == ["Captain Flint"])
    assert page.picker.chips["all"].isChecked()
    assert page.panel.draft_all.isHidden()


async def test_a_failed_reading_can_be_tried_again(page: DraftPage, commands: FakeCommands) -> None:
    commands.refusals["people"] = SourceError("The text is too long for this computer's memory.")
    page.add_paths([NOVEL_PATH])
    await until(lambda: page.picker.shown is page.picker.problem)
    assert page.picker.problem._sentence.text() == "The text is too long for this computer's memory."
    page.picker.problem.action.click()
    await until(lambda: page.picker.person is not None)


async def test_removing_a_source_can_be_undone(
    page: DraftPage, commands: FakeCommands, messages: RecordingNotify
) -> None:
    page.add_paths([NOVEL_PATH, NOTES_PATH])
    await until(lambda: len(names(page)) == 2 and page.picker.person is not None)
    page.sources.list.setCurrentIndex(page.sources.list.rows.index(1))
    page.sources.list.setFocus()
    QTest.keyClick(page.sources.list, Qt.Key.Key_Delete)
    assert names(page) == ["Treasure Island"]
    await until(lambda: commands.asked("people")[-1] == ((1,),))
    toast = messages.toasts[-1]
    assert (toast.text, toast.action) == ("The map removed", "Undo")
    assert toast.callback is not None
    toast.callback()
    assert names(page) == ["Treasure Island", "The map"]
    await until(lambda: commands.asked("people")[-1] == ((1, 2),))
    assert commands.removed_sources == []


async def test_a_removal_is_carried_out_at_the_latest_when_the_page_closes(
    context: UiContext, commands: FakeCommands
) -> None:
    page = DraftPage(context=context)
    page.attach(commands, commands.events)
    await with_novel(page)
    row = page.sources.list.rows.row(0)
    assert row is not None
    page.sources.remove_requested.emit(row)
    assert not is_started(page)
    assert commands.removed_sources == []
    await page.aclose()
    assert commands.removed_sources == [1]
    assert commands.events.listeners == 0
    page.deleteLater()


async def test_clearing_the_desk_is_one_step(page: DraftPage, messages: RecordingNotify) -> None:
    page.add_paths([NOVEL_PATH, Path(FAILED_PATH)])
    await until(lambda: page.picker.person is not None)
    page._clear()
    assert not is_started(page)
    assert messages.toasts[-1].callback is not None
    messages.toasts[-1].callback()
    assert names(page) == ["Treasure Island", "benbow-ledger-scan.pdf"]


async def test_the_same_file_again_is_said(
    page: DraftPage, commands: FakeCommands, messages: RecordingNotify
) -> None:
    await with_novel(page)
    commands._add = lambda path: commands_added(commands, path)  # type: ignore[method-assign]
    page.add_paths([NOVEL_PATH])
    await until(lambda: messages.toasts)
    assert messages.sentences == ["“Treasure Island” is on the desk already"]
    assert names(page) == ["Treasure Island"]
    assert page.picker.person is not None


def commands_added(commands: FakeCommands, path: Path) -> AddedFile:
    return AddedFile(path=str(path), source=summary_of(1, commands.texts[1]))


async def test_the_preview_begins_with_the_first_chapter(page: DraftPage) -> None:
    await with_novel(page)
    preview = page.sources.preview
    await until(lambda: preview.passage.toPlainText())
    text = preview.passage.toPlainText()
    assert text.startswith(
        "The Old Sea-dog at the Admiral Benbow\nSQUIRE TRELAWNEY, Dr. Livesey, and the rest of these"
    )
    assert "Black Dog Appears" not in text
    assert preview.aside.text == "Licence text set aside: 29 words at the end"
    preview.chapters.setCurrentIndex(2)
    assert preview.passage.toPlainText().startswith("Black Dog Appears and Disappears")


async def test_a_preview_with_a_warning_says_it(page: DraftPage, commands: FakeCommands) -> None:
    commands.put_source(sample_texts()[1])
    page.desk.load()  # type: ignore[union-attr]
    await until(lambda: page.sources.preview.warning.isVisible())
    assert page.sources.preview.warning.text() == "Read as Windows-1252; a few letters may be wrong."


async def test_a_long_text_is_never_shown_whole(page: DraftPage, commands: FakeCommands) -> None:
    commands.put_source(source_text(opening() * 60, "long.txt").model_copy(update={"headings": ()}))
    page.desk.load()  # type: ignore[union-attr]
    passage = page.sources.preview.passage
    await until(lambda: passage.toPlainText())
    assert len(passage.toPlainText()) <= PART_CHARACTERS
    assert page.sources.preview.chapters.count() == 60
    page.sources.preview.chapters.setCurrentIndex(59)
    last = passage.toPlainText()
    assert last.endswith("before he had begun to follow the sea.")


async def test_a_long_chapter_grows_while_it_is_read(page: DraftPage, commands: FakeCommands) -> None:
    text = source_text("The inn.\n\n" + "He sang, and the house shook with it.\n\n" * 3000, "long.txt")
    commands.put_source(text.model_copy(update={"headings": sample_texts()[0].headings[:0]}))
    page.desk.load()  # type: ignore[union-attr]
    passage = page.sources.preview.passage
    await until(lambda: passage.toPlainText())
    passage.show_section(text, Section("Whole", 0, text.chars))
    before = len(passage.toPlainText())
    passage.verticalScrollBar().setValue(passage.verticalScrollBar().maximum())
    assert before < len(passage.toPlainText()) <= MOST_CHARACTERS


async def test_pasted_text_becomes_a_source(page: DraftPage, commands: FakeCommands) -> None:
    page.add_text("   ")
    page.add_text("Long John Silver came in. “Morning, lad,” said Silver.")
    await until(lambda: names(page))
    assert names(page)[0].startswith("Pasted text ")
    assert len(commands.asked("add_text")) == 1


async def test_pasted_text_of_a_card_goes_to_the_library(page: DraftPage, commands: FakeCommands) -> None:
    added: list[CardSummary] = []
    page.card_added.connect(added.append)
    page.add_text('{"spec": "chara_card_v3", "data": {"name": "Mira"}}')
    await until(lambda: added)
    assert page.pieces == 1
    assert added[0].id in commands.library_view
    assert not commands.asked("add_text")


async def test_pasted_text_that_only_looks_like_a_card_is_kept_as_a_note(
    page: DraftPage, commands: FakeCommands, messages: RecordingNotify
) -> None:
    text = '{"spec": "chara_card_v3", "data": broken'
    page.add_text(text)
    await until(lambda: commands.asked("add_text") and messages.sentences)
    assert commands.asked("add_text")[0][0] == text
    assert messages.sentences[0].endswith("cannot be read as a card. It was kept as a note.")


async def test_paste_takes_files_before_text_and_says_when_there_is_neither(
    page: DraftPage, commands: FakeCommands, messages: RecordingNotify
) -> None:
    QGuiApplication.clipboard().clear()
    page.paste()
    assert messages.sentences == ["The clipboard holds no text and no files"]
    mime = QMimeData()
    mime.setUrls(["file:///home/jim/Books/treasure_island.epub"])
    QGuiApplication.clipboard().setMimeData(mime)
    page.paste()
    await until(lambda: commands.asked("add_files"))


async def test_choosing_files_opens_a_dialog_without_blocking(
    page: DraftPage, commands: FakeCommands, tmp_path: Path
) -> None:
    book = tmp_path / "book.txt"
    book.write_text("Once.")
    page.choose_files()
    await until(lambda: page.findChildren(QFileDialog))
    dialog = page.findChildren(QFileDialog)[0]
    edit = dialog.findChild(QLineEdit, "fileNameEdit")
    assert isinstance(edit, QLineEdit)
    edit.setText(f'"{book}"')
    dialog.accept()
    await until(lambda: commands.asked("add_files"))
    assert commands.asked("add_files")[0][0] == (book,)


async def test_all_main_characters_are_queued(page: DraftPage, commands: FakeCommands) -> None:
    started: list[JobSnapshot] = []
    page.draft_started.connect(started.append)
    await with_novel(page)
    assert page.panel.draft_all.text() == "Draft all 7 main characters"
    page.panel.draft_all.click()
    await until(lambda: len(started) == 7)
    assert page.panel.draft.isEnabled()


async def test_the_panel_says_what_it_takes(page: DraftPage) -> None:
    await with_novel(page)
    values = {key: label.text() for key, label in page.panel._values.items()}
    assert values == {
        "reads": "412\xa0mentions, 188\xa0quotations",
        "takes": "1–2\xa0seconds",
        "costs": "nothing",
        "leaves": "nothing",
    }


async def test_narrow_folds_sources_and_aliases(page: DraftPage) -> None:
    await with_novel(page)
    assert page.panel._names.isVisible() and page.columns.bar.isHidden()
    page.resize(964, 700)
    await asyncio.sleep(0.02)
    assert page.columns.bar.isVisible() and not page.panel._names.isVisible()
    assert page.columns.bar.words == "Treasure Island"
    assert not page.sources.isVisible() and page.picker.isVisible()
    page.columns.bar.preview.click()
    assert page.sources.isVisible() and not page.picker.isVisible()
    page.resize(1216, 900)
    await asyncio.sleep(0.02)
    assert page.sources.isVisible() and page.picker.isVisible() and page.columns.bar.isHidden()


async def test_keyboard_only(page: DraftPage, commands: FakeCommands) -> None:
    page.activateWindow()
    await with_novel(page)
    QTest.keyClick(page, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    await until(lambda: page.picker.search.hasFocus())
    QTest.keyClicks(page.picker.search, "gunn")
    QTest.keyClick(page.picker.search, Qt.Key.Key_Return)
    QTest.keyClick(page.picker.search, Qt.Key.Key_Down)
    await until(lambda: page.picker.list.hasFocus())
    assert page.picker.person is not None and page.picker.person.name == "Ben Gunn"
    QTest.keyClick(page.picker.list, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    await until(lambda: commands.asked("start_drafts"))
    assert commands.asked("start_drafts")[0][0][0].character == "Ben Gunn"
