"""The assets of a card in the editor: listed, shown, added, renamed, removed, saved; nothing is fetched."""

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDragEnterEvent, QDragMoveEvent, QDropEvent, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from cardgen_desktop.domain.card import Asset, CardFile
from cardgen_desktop.domain.errors import InputError
from cardgen_desktop.ui.cards.asset_preview import NOT_SHOWN
from cardgen_desktop.ui.cards.asset_words import files_by_path, free_name, line_of, place_of
from cardgen_desktop.ui.cards.assets_model import DEAD_ROLE
from cardgen_desktop.ui.cards.pictures import png_bytes
from tests.support.messages import RecordingNotify
from tests.support.waiting import until

from .conftest import BONES, Desk

JOY = CardFile(path="assets/emotion/images/joy.png", bytes=2048)
ASSETS = (
    Asset(type="emotion", uri=f"embeded://{JOY.path}", name="joy"),
    Asset(),
    Asset(type="x_sound", uri="https://example.org/a.mp3", name="song", ext="mp3"),
    Asset(type="emotion", uri="embeded://gone.png", name="anger"),
)


def picture() -> bytes:
    image = QImage(20, 30, QImage.Format.Format_RGB32)
    image.fill(QColor("red"))
    return png_bytes(image)


async def open_with_assets(desk: Desk) -> None:
    record = desk.commands.library_view[BONES]
    data = record.card.data.model_copy(update={"assets": ASSETS})
    card = record.card.model_copy(update={"data": data})
    desk.commands.library_view[BONES] = record.model_copy(update={"card": card, "files": (JOY,)})
    desk.commands.preview = picture()
    await desk.open()
    desk.editor.show_tab("assets")


@pytest.mark.parametrize(
    ("uri", "state"),
    [
        (f"embeded://{JOY.path}", "file"),
        (f"EMBEDDED://{JOY.path}", "file"),
        ("embeded://gone.png", "missing"),
        ("__asset:7", "missing"),
        ("ccdefault:", "portrait"),
        ("data:image/png;base64,AAAA", "inside"),
        ("https://example.org/x.png", "web"),
        ("/storage/x.mp4", "unusable"),
        ("", "unusable"),
    ],
)
def test_where_an_asset_is(uri: str, state: str) -> None:
    place = place_of(Asset(uri=uri), files_by_path((JOY,)))
    assert place.state == state
    assert place.is_dead == (state in ("missing", "unusable"))


def test_words_of_an_asset() -> None:
    place = place_of(ASSETS[0], files_by_path((JOY,)))
    assert line_of(ASSETS[0], place) == "Emotion · PNG · 2\u00a0kB"
    song = place_of(ASSETS[2], {})
    assert line_of(ASSETS[2], song) == "x_sound · MP3 · On the web"
    assert line_of(ASSETS[3], place_of(ASSETS[3], {})) == "Emotion · PNG · Missing"
    assert free_name("joy", "emotion", ASSETS) == "joy-2"
    assert free_name("face", "icon", ()) == "main"


async def test_assets_are_listed_and_the_dead_are_marked(desk: Desk) -> None:
    await open_with_assets(desk)
    form = desk.forms.assets
    rows = [form.model.index(row, 0) for row in range(form.model.rowCount())]
    assert [row.data() for row in rows] == ["joy", "main", "song", "anger"]
    assert rows[3].data(Qt.ItemDataRole.ToolTipRole).startswith("anger\nEmotion · Missing: the file")
    assert [row.data(DEAD_ROLE) for row in rows] == [False, False, False, True]
    await until(lambda: form.picture.has_picture)
    assert desk.commands.asked("card_file_preview")[0][:2] == (BONES, JOY.path)


async def test_nothing_is_fetched_and_the_web_is_said(desk: Desk) -> None:
    await open_with_assets(desk)
    desk.forms.assets.select(2)
    assert "Never fetched" in desk.forms.assets.facts.text()
    assert desk.forms.assets.picture.isHidden()
    assert all(path == JOY.path for _, path, _ in desk.commands.asked("card_file_preview"))


async def test_the_place_of_a_picture_is_kept_and_what_is_none_says_so(desk: Desk) -> None:
    await open_with_assets(desk)
    form = desk.forms.assets
    await until(lambda: form.picture.has_picture)
    assert form.address.text() == JOY.path
    height = form.picture.height()
    desk.commands.preview = None
    form.select(1)
    form.select(0)
    assert form.picture.isVisible() and not form.picture.has_picture and not form.picture.words
    await until(lambda: form.picture.words == NOT_SHOWN)
    assert form.picture.height() == height
    form.select(3)
    assert form.picture.isHidden()


async def test_an_asset_in_the_card_is_shown(desk: Desk) -> None:
    await open_with_assets(desk)
    address = "data:image/png;base64,AAAA.png"
    form = desk.forms.assets
    form.model.add(Asset(type="emotion", uri=address, name="inside"))
    form.select(4)
    await until(lambda: form.picture.has_picture)
    assert desk.commands.asked("card_file_preview")[-1][1] == address
    assert form.address.isHidden()
    assert form.facts.text().startswith("PNG · Inside the card")


async def test_an_asset_is_renamed_and_undone(desk: Desk) -> None:
    await open_with_assets(desk)
    form = desk.forms.assets
    form.name.edit.setFocus()
    form.name.edit.selectAll()
    QTest.keyClicks(form.name.edit, "delight")
    form.kind.setCurrentIndex(form.kind.findData("background"))
    form.kind.activated.emit(0)
    assert await desk.editor.flush()
    stored = desk.stored().assets
    assert stored is not None
    assert (stored[0].name, stored[0].type) == ("delight", "background")
    assert stored[0].uri == ASSETS[0].uri
    desk.editor.undo()
    desk.editor.undo()
    assert desk.editor.session is not None
    assert desk.editor.session.document.data.assets == ASSETS


async def test_an_asset_is_removed_by_key_and_comes_back(desk: Desk) -> None:
    await open_with_assets(desk)
    QTest.keyClick(desk.forms.assets.list, Qt.Key.Key_Delete)
    assert desk.forms.assets.model.rowCount() == 3
    desk.editor.undo()
    assert desk.forms.assets.model.rowCount() == 4


async def test_a_file_is_added_as_an_asset(desk: Desk, tmp_path: Path) -> None:
    await desk.open()
    desk.editor.show_tab("assets")
    form = desk.forms.assets
    assert form.stack.currentWidget() is form.empty
    desk.dialogs.files = [tmp_path / "Anger.PNG"]
    form.add_requested.emit("emotion")
    await until(lambda: form.model.rowCount() == 1)
    asset = form.model.assets[0]
    assert asset == Asset(
        type="emotion", uri="embeded://assets/emotion/images/Anger.PNG", name="Anger", ext="png"
    )
    assert not form.model.place(0).is_dead
    assert await desk.editor.flush()
    assert desk.stored().assets == (asset,)


def dragged(*names: str) -> QMimeData:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(f"/pictures/{name}") for name in names])
    return mime


async def test_files_dropped_on_the_assets_become_assets_and_no_sources(desk: Desk) -> None:
    await open_with_assets(desk)
    form, window = desk.forms.assets, desk.page.window()
    frame = window.windowHandle()
    assert frame is not None
    spot = form.mapTo(window, form.rect().center())
    common = (
        Qt.DropAction.CopyAction,
        dragged("fear.webp", "song.mp3"),
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(frame, QDragMoveEvent(spot, *common))
    assert form.drops.isVisible() and form.drops.size() == form.size()
    QApplication.sendEvent(frame, QDropEvent(QPointF(spot), *common))
    assert form.drops.isHidden()
    await until(lambda: form.model.rowCount() == 6)
    assert [(asset.name, asset.type) for asset in form.model.assets[4:]] == [
        ("fear", "emotion"),
        ("song", "x_file"),
    ]
    desk.editor.show_tab("card")
    QApplication.sendEvent(frame, QDragEnterEvent(spot, *common))
    assert form.drops.isHidden(), "elsewhere the window decides"


async def test_dropped_pictures_are_of_the_kind_of_the_chosen_asset(desk: Desk) -> None:
    await open_with_assets(desk)
    desk.forms.assets.select(2)
    assert desk.forms.assets.kind_of_choice == "emotion", "a sound says nothing about pictures"
    desk.forms.assets.select(1)
    desk.forms.assets.drops.take(dragged("face.png"))
    await until(lambda: desk.forms.assets.model.rowCount() == 5)
    assert desk.forms.assets.model.assets[4].type == "icon"


async def test_a_file_that_cannot_be_kept_is_told(
    desk: Desk, messages: RecordingNotify, tmp_path: Path
) -> None:
    await desk.open()
    desk.editor.show_tab("assets")
    desk.dialogs.files = [tmp_path / "huge.png"]
    desk.commands.refusals["add_card_file"] = InputError("“huge.png” is larger than 100 MB.")
    desk.forms.assets.add_requested.emit("emotion")
    await until(lambda: messages.errors)
    assert desk.forms.assets.model.rowCount() == 0


async def test_a_copy_is_saved_to_the_disk(desk: Desk, messages: RecordingNotify, tmp_path: Path) -> None:
    await open_with_assets(desk)
    desk.dialogs.save_to = tmp_path / "joy.png"
    desk.forms.assets.save.click()
    await until(lambda: messages.sentences == ["Saved as “joy.png”."])
    assert desk.commands.asked("save_card_file") == [(BONES, JOY.path, tmp_path / "joy.png")]
