"""Library, import, export and portrait: everything that leaves the editor."""

import asyncio
from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray, QMimeData, QPoint, QPointF, QRectF, Qt, QUrl
from PySide6.QtGui import QColor, QDragEnterEvent, QDragMoveEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from cardgen_desktop.domain.avatar import Crop
from cardgen_desktop.domain.card_differences import Difference
from cardgen_desktop.domain.card_export import RoundTrip
from cardgen_desktop.domain.card_library import CardSummary
from cardgen_desktop.domain.errors import InputError, StorageError, UsageError
from cardgen_desktop.domain.events import CardChanged, CardsChanged
from cardgen_desktop.domain.job import JobSnapshot, JobState
from cardgen_desktop.domain.job_kinds import ImportRequest
from cardgen_desktop.ui.cards import avatar_flow
from cardgen_desktop.ui.cards.import_flow import STOPPED, words_of
from cardgen_desktop.ui.cards.page import CardsPage
from cardgen_desktop.ui.cards.pictures import png_bytes
from cardgen_desktop.ui.components import Combo
from cardgen_desktop.ui.context import UiContext
from cardgen_desktop.ui.drop import DropOverlay, DropTarget
from tests.support.commands import FakeCommands
from tests.support.messages import RecordingNotify
from tests.support.samples import FAILED_PATH
from tests.support.waiting import until

from .conftest import BONES, CRUSOE, Desk


def picture(color: str = "red") -> bytes:
    image = QImage(20, 30, QImage.Format.Format_RGB32)
    image.fill(QColor(color))
    return png_bytes(image)


def names(desk: Desk) -> list[str]:
    return [card.name for card in desk.page.library_view.model.cards]


def click(desk: Desk, row: int, at: QPoint | None = None) -> None:
    view = desk.page.library_view.list
    rect = view.visualRect(desk.page.library_view.model.index(row, 0))
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at or rect.center())


async def test_library_lists_cards_and_tells_the_window(context: UiContext, commands: FakeCommands) -> None:
    page = CardsPage(context=context)
    told: list[tuple[CardSummary, ...]] = []
    page.cards_changed.connect(told.append)
    page.attach(commands, commands.events)
    await until(lambda: told)
    assert [card.name for card in told[0]] == [
        "Jim Hawkins", "Billy Bones", "Squire Trelawney", "Robinson Crusoe",
    ]  # fmt: skip
    await page.aclose()
    assert commands.events.listeners == 0
    page.deleteLater()


async def test_empty_library_says_what_to_do(context: UiContext) -> None:
    commands = FakeCommands()
    page = CardsPage(context=context)
    page.attach(commands, commands.events)
    await until(lambda: page.library_view.stack.currentWidget() is page.library_view.empty)
    asked: list[bool] = []
    page.import_requested.connect(lambda: asked.append(True))
    page._choose_cards = lambda *_, **__: asyncio.sleep(0, [])
    page.library_view.empty.action.click()
    assert asked == [True]
    assert not page.library_view.add.isVisibleTo(page)
    await page.aclose()
    page.deleteLater()


@pytest.mark.parametrize("tiles", [True, False])
async def test_click_and_enter_open_a_card(desk: Desk, tiles: bool) -> None:
    desk.page.library_view.show_tiles(tiles)
    desk.page.grab()
    click(desk, 1)
    await until(lambda: desk.page.stack.currentWidget() is desk.editor)
    assert desk.editor.header._name.text() == "Billy Bones"
    QTest.keyClick(desk.editor, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    view = desk.page.library_view.list
    assert view.hasFocus()
    view.setCurrentIndex(desk.page.library_view.model.index(0, 0))
    QTest.keyClick(view, Qt.Key.Key_Return)
    await until(lambda: desk.editor.header._name.text() == "Jim Hawkins")


async def test_a_double_click_opens_a_card_and_does_nothing_to_it(desk: Desk) -> None:
    """The second press comes when the editor is shown already, and lies on whatever is there."""
    desk.page.grab()
    click(desk, BONES)
    await until(lambda: desk.page.stack.currentWidget() is desk.editor)
    edit = desk.editor.forms.card.form.fields[0].edit
    spot = edit.viewport().mapTo(desk.page, edit.cursorRect().center() + QPoint(20, 0))
    QTest.mouseDClick(desk.page.windowHandle(), Qt.MouseButton.LeftButton, pos=spot)
    assert not edit.textCursor().hasSelection()
    await asyncio.sleep(QApplication.doubleClickInterval() / 1000 + 0.05)
    QTest.mouseDClick(desk.page.windowHandle(), Qt.MouseButton.LeftButton, pos=spot)
    assert edit.textCursor().hasSelection(), "what comes later is meant for the text"


@pytest.mark.qt_log_ignore(
    r"raise\(\)", "grabbing the keyboard"
)  # what a menu asks of the offscreen platform
async def test_more_on_a_portrait_opens_the_menu_and_not_the_card(desk: Desk) -> None:
    view = desk.page.library_view.list
    rect = view.visualRect(desk.page.library_view.model.index(0, 0))
    spot = desk.page.library_view._tiles.more_rect(QRectF(rect)).center().toPoint()
    click(desk, 0, spot)
    await until(
        lambda: any(isinstance(each, QMenu) for each in QApplication.topLevelWidgets() if each.isVisible())
    )
    menu = next(
        each for each in QApplication.topLevelWidgets() if isinstance(each, QMenu) and each.isVisible()
    )
    texts = [action.text() for action in menu.actions() if action.text()]
    assert texts == ["Open", "Export…", "Draft from this card", "Remove"]
    menu.actions()[1].trigger()
    menu.close()
    await until(lambda: desk.editor.panes.currentWidget() is desk.editor.panes.export)
    assert desk.page.stack.currentWidget() is desk.editor


async def test_removed_card_can_be_brought_back(desk: Desk, messages: RecordingNotify) -> None:
    view = desk.page.library_view.list
    view.setCurrentIndex(desk.page.library_view.model.index(1, 0))
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_Delete)
    await until(lambda: messages.toasts)
    assert "Billy Bones" not in names(desk)
    toast = messages.toasts[-1]
    assert (toast.text, toast.action) == ("Billy Bones was removed", "Undo")
    assert toast.callback is not None
    toast.callback()
    await until(lambda: "Billy Bones" in names(desk))


async def test_removal_shows_at_once_and_a_refusal_puts_the_card_back(
    desk: Desk, messages: RecordingNotify
) -> None:
    before = names(desk)
    gate = desk.commands.gates["remove_card"] = asyncio.Event()
    desk.commands.refusals["remove_card"] = StorageError("The disk is full.")
    desk.page.library_view.remove_requested.emit(BONES)
    await until(lambda: "Billy Bones" not in names(desk))
    gate.set()
    await until(lambda: messages.errors == ["The disk is full."])
    assert names(desk) == before


async def test_card_removed_from_its_editor_leads_back_to_the_library(
    desk: Desk, messages: RecordingNotify
) -> None:
    await desk.open()
    desk.type("description", " Last words.")
    desk.editor.header.remove_requested.emit()
    await until(lambda: messages.toasts)
    assert desk.page.stack.currentWidget() is desk.page.library_view
    assert desk.commands.trash[BONES].card.data.description.endswith("Last words.")


async def test_new_card_appears_without_asking(desk: Desk) -> None:
    desk.commands.events.announce(CardChanged(CardSummary(id=77, name="Ben Gunn")))
    assert names(desk)[0] == "Ben Gunn"


async def test_chosen_cards_are_imported_by_one_job(desk: Desk) -> None:
    desk.dialogs.files = [Path("/cards/Ben Gunn.charx"), Path("/cards/b.png")]
    desk.page.library_view.add.click()
    await until(lambda: desk.page.imports._running)
    assert desk.commands.asked("start_import")[0][0].paths == tuple(map(str, desk.dialogs.files))
    line = desk.page.library_view.importing
    await until(lambda: line.isVisible())
    job = next(iter(desk.page.imports._running.values()))
    desk.commands.move(job.id, state=JobState.RUNNING, progress=40.0, phase="Importing 1 of 2")
    assert line.words.text().startswith("Importing 1 of 2")
    await until(lambda: line.progress.is_showing)
    desk.commands.events.announce(CardsChanged((1,)))
    desk.page._reload()
    await until(lambda: not desk.page.library_view.progress._delay.isActive())
    assert line.progress.is_showing, "reading the library ends its own bar only"
    desk.commands.move(job.id, state=JobState.SUCCEEDED)
    assert line.isHidden() and not line.progress.is_showing


async def test_an_import_from_elsewhere_is_shown_and_can_be_stopped(
    desk: Desk, messages: RecordingNotify
) -> None:
    job = await desk.commands.start_import(ImportRequest(paths=("/cards",)))
    line = desk.page.library_view.importing
    await until(lambda: line.isVisible())
    line.stop.click()
    assert not line.stop.isEnabled() and line.words.text().startswith("Stopping")
    await until(lambda: desk.commands.asked("cancel_jobs"))
    assert tuple(desk.commands.asked("cancel_jobs")[0][0]) == (job.id,)
    desk.commands.move(job.id, state=JobState.CANCELLED)
    await until(lambda: STOPPED in messages.sentences)
    assert line.isHidden()


async def test_while_the_first_cards_come_in_nobody_is_told_that_there_are_none(desk: Desk) -> None:
    view = desk.page.library_view
    view.show_cards((), "")
    assert view.stack.currentWidget() is view.empty
    job = await desk.commands.start_import(ImportRequest(paths=("/cards",)))
    await until(lambda: view.stack.currentWidget() is not view.empty)
    desk.commands.move(job.id, state=JobState.FAILED)
    assert view.stack.currentWidget() is view.empty


def test_words_of_imports() -> None:
    one = JobSnapshot(id=1, kind="import", state=JobState.RUNNING, phase="Importing 2 of 9", title="Isles")
    assert words_of([one]) == "Importing 2 of 9 · Isles"
    queued = one.model_copy(update={"state": JobState.QUEUED})
    assert words_of([queued]) == "The import waits for its turn · Isles"
    assert words_of([one, queued]).startswith("2 imports are under way")


async def test_a_folder_of_cards_is_imported(desk: Desk) -> None:
    desk.dialogs.folder = Path("/cards")
    desk.page.library_view.folder_requested.emit()
    await until(lambda: desk.commands.asked("start_import"))
    assert desk.commands.asked("start_import")[0][0].paths == (str(Path("/cards")),)


async def test_an_import_that_cannot_be_stored_is_said(desk: Desk, messages: RecordingNotify) -> None:
    desk.commands.refusals["start_import"] = StorageError("The disk is full. Nothing was imported.")
    desk.dialogs.files = [Path(FAILED_PATH)]
    desk.page.library_view.add.click()
    await until(lambda: messages.errors == ["The disk is full. Nothing was imported."])
    assert desk.page.library_view.importing.isHidden()


async def test_stored_pictures_are_loaded_when_they_come_into_view(desk: Desk) -> None:
    await desk.commands.set_avatar(BONES, picture("#00ff00"))
    asked = len(desk.commands.asked("card"))
    desk.page.grab()
    await until(lambda: len(desk.commands.asked("card")) == asked + 1)
    await asyncio.sleep(0.05)
    view = desk.page.library_view.list
    center = view.visualRect(desk.page.library_view.model.index(1, 0)).center()
    image = desk.page.grab().toImage()
    pixel = image.pixelColor(view.viewport().mapTo(desk.page, center))
    assert pixel.green() > 200 and pixel.red() < 60
    assert len(desk.commands.asked("card")) == asked + 1


async def test_export_asks_for_a_place_once_and_reports(
    desk: Desk, messages: RecordingNotify, tmp_path: Path, context: UiContext
) -> None:
    await desk.open()
    desk.type("description", " New.")
    QTest.keyClick(desk.editor, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    pane = desk.editor.panes.export
    await until(lambda: pane.file.text() == "Billy Bones.png" and pane.export.text() == "Choose a folder…")
    assert desk.editor.header.export.variant == "default" and pane.export.variant == "primary"
    desk.dialogs.save_to = tmp_path / "Bones.png"
    assert desk.page.window().focusWidget() is pane.export and pane.export.shows_ring
    QTest.keyClick(pane.export, Qt.Key.Key_Return)
    await until(lambda: messages.sentences)
    assert desk.page.window().focusWidget() is desk.field("description").edit
    assert messages.sentences == ["Exported and read back. Both versions are in the PNG."]
    assert messages.toasts[0].action == "Show file"
    assert desk.commands.exported == {tmp_path / "Bones.png": "png"}
    assert desk.stored().description.endswith("New.")
    assert desk.editor.panes.currentWidget() is desk.editor.panes.evidence
    assert context.settings.value.last_export_folder == str(tmp_path)
    desk.editor.show_export()
    await until(lambda: pane.folder.text() == str(tmp_path))
    assert len(desk.dialogs.asked) == 1


async def test_existing_file_is_asked_about_in_the_pane(
    desk: Desk, messages: RecordingNotify, tmp_path: Path, context: UiContext
) -> None:
    context.settings.update(last_export_folder=str(tmp_path))
    (tmp_path / "Billy Bones.png").write_bytes(b"mine")
    await desk.open()
    desk.editor.show_export()
    pane = desk.editor.panes.export
    pane.export.click()
    await until(lambda: pane.replace.isVisible())
    assert desk.commands.exported == {} and not pane.export.isEnabled()
    assert "“Billy Bones.png” is already in this folder." in pane._exists.text()
    assert pane.keep_both.hasFocus()
    QTest.keyClick(pane.keep_both, Qt.Key.Key_Space)
    await until(lambda: messages.sentences)
    assert desk.editor.window().focusWidget() is desk.field("description").edit, "not the sidebar"
    assert list(desk.commands.exported) == [tmp_path / "Billy Bones (2).png"]
    desk.editor.show_export()
    desk.editor.export._path = tmp_path / "Billy Bones.png"
    pane.export.click()
    await until(lambda: pane.replace.isVisible())
    pane.replace.click()
    await until(lambda: tmp_path / "Billy Bones.png" in desk.commands.exported)
    assert desk.commands.asked("export_card")[-1][-1] is True
    assert desk.dialogs.asked == []


def choose(combo: Combo, data: str) -> None:
    """Choose from a list as a person does."""
    combo.setCurrentIndex(combo.findData(data))
    combo.activated.emit(combo.currentIndex())


async def test_losses_are_shown_before_writing(desk: Desk, tmp_path: Path, context: UiContext) -> None:
    context.settings.update(last_export_folder=str(tmp_path))
    desk.commands.plans["json-v2"] = ("The nickname is left out.", "The dates are left out.")
    await desk.open()
    desk.editor.show_export()
    pane = desk.editor.panes.export
    await until(lambda: pane.losses_title.text() == "Nothing is left out.")
    choose(pane.kinds, "json-v2")
    await until(lambda: pane.losses.isVisible())
    assert pane.losses.sentences == ("The nickname is left out.", "The dates are left out.")
    assert pane.losses.shown == pane.losses.sentences
    assert pane.file.text() == "Billy Bones.v2.json"
    assert context.settings.value.export_target == "json-v2"


async def test_a_program_chooses_the_kind_and_its_quirks(
    desk: Desk, tmp_path: Path, context: UiContext
) -> None:
    context.settings.update(last_export_folder=str(tmp_path))
    await desk.open()
    desk.editor.show_export()
    pane = desk.editor.panes.export
    choose(pane.presets, "agnai")
    await until(lambda: desk.commands.asked("export_plan")[-1:] != [])
    await until(lambda: desk.commands.asked("export_plan")[-1][2].chunks == "v2")
    assert context.settings.value.export_preset == "agnai"
    choose(pane.kinds, "charx")
    await until(lambda: desk.commands.asked("export_plan")[-1][1] == "charx")
    assert pane.presets.currentData() == "", "another kind than the program's is for any program"
    assert desk.commands.asked("export_plan")[-1][2].chunks == "both"


async def test_the_name_follows_the_template(desk: Desk, tmp_path: Path, context: UiContext) -> None:
    context.settings.update(last_export_folder=str(tmp_path))
    await desk.open()
    desk.editor.show_export()
    pane = desk.editor.panes.export
    pane.template.setText("The {name}")
    pane.template.textEdited.emit("The {name}")
    await until(lambda: pane.file.text() == "The Billy Bones.png")
    desk.commands.refusals["export_plan"] = UsageError("There is no {title}.")
    pane.template.textEdited.emit("{title}")
    await until(lambda: pane.refusal.isVisible())
    assert pane.refusal.text() == "There is no {title}." and not pane.export.isEnabled()
    assert pane.file.isHidden() or not pane.file.isVisible()
    assert desk.editor.window().focusWidget() is pane.kinds, "not the sidebar"


async def test_a_kind_for_lorebooks_says_why_a_card_without_one_cannot_be_it(
    desk: Desk, tmp_path: Path, context: UiContext
) -> None:
    context.settings.update(last_export_folder=str(tmp_path), export_target="st-worldinfo")
    record = desk.commands.library_view[BONES]
    alone = record.card.data.model_copy(update={"character_book": None})
    card = record.card.model_copy(update={"data": alone})
    desk.commands.library_view[BONES] = record.model_copy(update={"card": card})
    await desk.open()
    desk.editor.show_export()
    pane = desk.editor.panes.export
    await until(lambda: pane.refusal.isVisible())
    assert "has no entries" in pane.refusal.text()
    assert not pane.export.isEnabled() and not pane.check.isVisible()
    assert not desk.commands.asked("export_plan")
    pane.lorebook.click()
    assert desk.editor.tab == "lorebook"
    desk.forms.lorebook.add.click()
    await until(lambda: pane.losses_title.text() == "Nothing is left out.")
    assert pane.export.isEnabled() and pane.refusal.isHidden() and pane.lorebook.isHidden()


async def test_the_way_back_is_told(desk: Desk, tmp_path: Path, context: UiContext) -> None:
    context.settings.update(last_export_folder=str(tmp_path))
    await desk.open()
    desk.editor.show_export()
    pane = desk.editor.panes.export
    await until(lambda: pane.losses_title.text() == "Nothing is left out.")
    pane.check.click()
    await until(lambda: "came back the same" in pane.way_back.text())
    lost = Difference(where="data.nickname", before="Billy")
    desk.commands.trips["png"] = RoundTrip(target="png", bytes=1, differences=(lost,), unexpected=(lost,))
    pane.check.click()
    await until(lambda: "data.nickname" in pane.way_back.text())
    choose(pane.kinds, "json-v3")
    await until(lambda: pane.way_back.isHidden())


async def test_failed_export_is_said_in_the_pane(desk: Desk, tmp_path: Path, context: UiContext) -> None:
    context.settings.update(last_export_folder=str(tmp_path))
    await desk.open()
    desk.commands.refusals["export_card"] = StorageError("The disk is full. Nothing was written.")
    desk.editor.show_export()
    pane = desk.editor.panes.export
    pane.export.click()
    await until(lambda: pane.problem.isVisible())
    assert pane.problem.text() == "The disk is full. Nothing was written."
    assert pane.export.isEnabled() and desk.editor.panes.currentWidget() is pane


async def test_unsaved_text_is_never_left_out_of_an_export(
    desk: Desk, tmp_path: Path, context: UiContext
) -> None:
    context.settings.update(last_export_folder=str(tmp_path))
    await desk.open()
    desk.editor.show_export()
    desk.commands.refusals["save_card"] = StorageError("The disk is full.")
    desk.type("description", " New.")
    desk.editor.panes.export.export.click()
    pane = desk.editor.panes.export
    await until(lambda: pane.problem.isVisible() or pane.refusal.isVisible())
    assert desk.commands.exported == {}


async def test_cancelled_dialog_writes_nothing(desk: Desk) -> None:
    await desk.open()
    desk.editor.show_export()
    desk.editor.panes.export.export.click()
    await until(lambda: desk.dialogs.asked)
    await asyncio.sleep(0.02)
    assert desk.commands.exported == {}
    QTest.keyClick(desk.editor.panes.export, Qt.Key.Key_Escape)
    assert desk.editor.panes.currentWidget() is desk.editor.panes.evidence
    assert desk.editor.header.export.variant == "primary"


def drop(desk: Desk, mime: QMimeData) -> bool:
    """Drag over the portrait and let go; whether it was taken."""
    target = desk.forms.details.avatar.picture
    arguments = (Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    enter = QDragEnterEvent(QPoint(20, 20), *arguments)
    QApplication.sendEvent(target, enter)
    if not enter.isAccepted():
        return False
    QApplication.sendEvent(target, QDropEvent(QPointF(20, 20), *arguments))
    return True


def files(*paths: Path) -> QMimeData:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return mime


async def test_picture_dropped_on_the_portrait_becomes_it(
    desk: Desk, messages: RecordingNotify, tmp_path: Path
) -> None:
    await desk.open()
    desk.editor.show_tab("details")
    path = tmp_path / "bones.png"
    path.write_bytes(picture())
    desk.type("description", " First.")
    assert drop(desk, files(path))
    await until(lambda: messages.sentences == ["Portrait changed"])
    assert desk.commands.library_view[BONES].avatar == picture()
    assert desk.forms.details.avatar.reset.isVisible()
    assert desk.editor.header.portrait._avatar == picture()
    desk.type("description", " Second.")
    assert await desk.editor.flush(), "the portrait's version must not look like a conflict"
    callback = messages.toasts[-1].callback
    assert callback is not None
    callback()
    await until(lambda: desk.commands.library_view[BONES].avatar is None)


async def test_the_portrait_is_a_part_of_the_picture_and_the_whole_is_kept(
    desk: Desk, messages: RecordingNotify
) -> None:
    chosen = Crop(left=0.1, top=0, width=0.5, height=0.5)

    async def choose_part(image: QImage, crop: Crop | None, *_: object) -> avatar_flow.ChosenCrop:
        assert (image.width(), crop) == (20, None)
        return avatar_flow.ChosenCrop(chosen)

    await desk.open()
    desk.editor.show_tab("details")
    assert desk.forms.details.avatar.crop.isHidden(), "the portrait made from the name has no parts"
    await desk.editor.session.set_avatar(picture())  # type: ignore[union-attr]
    desk.forms.details.flow._choose_crop = choose_part  # type: ignore[union-attr]
    desk.forms.details.avatar.crop.click()
    await until(lambda: messages.sentences == ["Portrait cropped"])
    assert desk.commands.library_view[BONES].crop == chosen
    desk.type("description", " More.")
    assert await desk.editor.flush(), "the crop's version must not look like a conflict"
    callback = messages.toasts[-1].callback
    assert callback is not None
    callback()
    await until(lambda: desk.commands.library_view[BONES].crop is None)


async def test_picture_from_outside_passes_the_windows_overlay_over_the_portrait_only(
    desk: Desk, context: UiContext, tmp_path: Path
) -> None:
    overlay = DropOverlay(context=context, parent=desk.page)
    window = DropTarget(overlay, desk.page)
    taken: list[object] = []
    window.files_dropped.connect(taken.append)
    frame = desk.page.windowHandle()
    frame.installEventFilter(window)
    await desk.open()
    desk.editor.show_tab("details")
    path = tmp_path / "bones.png"
    path.write_bytes(picture())
    portrait = desk.forms.details.avatar.picture
    inside = portrait.mapTo(desk.page, portrait.rect().center())
    common = (
        Qt.DropAction.CopyAction,
        files(path),
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(frame, QDragEnterEvent(QPoint(900, 700), *common))
    assert overlay.isVisible()
    QApplication.sendEvent(frame, QDragMoveEvent(inside, *common))
    assert not overlay.isVisible() and portrait._over
    QApplication.sendEvent(frame, QDragMoveEvent(QPoint(900, 700), *common))
    assert overlay.isVisible() and not portrait._over
    QApplication.sendEvent(frame, QDragMoveEvent(inside, *common))
    QApplication.sendEvent(frame, QDropEvent(QPointF(inside), *common))
    await until(lambda: desk.commands.library_view[BONES].avatar is not None)
    assert taken == [] and not portrait._over
    desk.editor.show_tab("card")
    QApplication.sendEvent(frame, QDragEnterEvent(inside, *common))
    QApplication.sendEvent(frame, QDropEvent(QPointF(inside), *common))
    assert taken == [[path]]


async def test_an_avif_is_shown_as_what_the_library_made_of_it(desk: Desk) -> None:
    await desk.open()
    desk.commands.preview = picture()
    assert desk.editor.session is not None
    await desk.editor.session.set_avatar(b"\0\0\0\x1cftypavif....")
    assert desk.editor.header.portrait._avatar == picture()


async def test_only_one_picture_file_is_taken(desk: Desk, tmp_path: Path) -> None:
    await desk.open()
    desk.editor.show_tab("details")
    assert not drop(desk, files(tmp_path / "novel.txt"))
    assert not drop(desk, files(tmp_path / "a.png", tmp_path / "b.png"))
    text = QMimeData()
    text.setText("/tmp/x.png")
    assert not drop(desk, text)


async def test_picture_is_pasted_and_reset(desk: Desk, messages: RecordingNotify) -> None:
    await desk.open()
    desk.editor.show_tab("details")
    image = QImage()
    image.loadFromData(QByteArray(picture("blue")))
    QGuiApplication.clipboard().setImage(image)
    desk.forms.details.avatar.picture.setFocus()
    QTest.keyClick(desk.forms.details.avatar.picture, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    await until(lambda: desk.commands.library_view[BONES].avatar is not None)
    desk.forms.details.avatar.reset.click()
    await until(lambda: desk.commands.library_view[BONES].avatar is None)
    QGuiApplication.clipboard().setText("words")
    desk.forms.details.avatar.paste.click()
    assert desk.forms.details.avatar.problem.text().startswith("The clipboard holds no picture.")


async def test_refused_picture_is_said_beside_the_portrait(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.open()
    desk.editor.show_tab("details")
    field = desk.forms.details.avatar
    desk.dialogs.files = [tmp_path / "missing.png"]
    field.choose.click()
    await until(lambda: field.problem.text() == "“missing.png” cannot be opened. The portrait is unchanged.")
    path = tmp_path / "large.png"
    path.write_bytes(picture())
    monkeypatch.setattr(avatar_flow, "MAX_BYTES", 10)
    field.picture.file_dropped.emit(path)
    await until(lambda: "larger than 64 MB" in field.problem.text())
    monkeypatch.setattr(avatar_flow, "MAX_BYTES", 10_000)
    desk.commands.refusals["set_avatar"] = InputError("“large.png” is not a picture.")
    field.picture.file_dropped.emit(path)
    await until(lambda: field.problem.text() == "“large.png” is not a picture.")
    assert desk.commands.library_view[BONES].avatar is None


async def test_every_state_is_painted_in_both_themes_and_narrow(desk: Desk, context: UiContext) -> None:
    for mode in ("dark", "light"):
        context.theme.set_mode(mode)  # type: ignore[arg-type]
        for width, height in ((1216, 900), (780, 620)):
            desk.page.resize(width, height)
            for card in (BONES, CRUSOE):
                await desk.open(card)
                for tab in ("card", "greetings", "lorebook", "details"):
                    desk.editor.show_tab(tab)  # type: ignore[arg-type]
                    assert not desk.page.grab().isNull()
            assert desk.editor.panes.width() <= max(352, width // 2)
            assert desk.page.minimumSizeHint().width() <= 780
