"""Drops: told before release, taken as copies, from files and from text."""

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from cardgen_desktop.ui.context import UiContext
from cardgen_desktop.ui.drop import AROUND, PATH_LIMIT, DropOverlay, DropTarget, paths_from, text_from
from cardgen_desktop.ui.forecast import forecast
from cardgen_desktop.ui.shell.placement import SMALLEST

COPY, MOVE = Qt.DropAction.CopyAction, Qt.DropAction.MoveAction


def files(*names: str) -> QMimeData:
    """What a file manager drags."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(f"/books/{name}") for name in names])
    return mime


def text(words: str) -> QMimeData:
    """What an editor drags."""
    mime = QMimeData()
    mime.setText(words)
    return mime


def enter(widget: QWidget, mime: QMimeData, actions: Qt.DropAction = COPY | MOVE) -> QDragEnterEvent:
    """Drag something over a widget."""
    event = QDragEnterEvent(
        QPoint(40, 40), actions, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    QApplication.sendEvent(widget, event)
    return event


def let_go(widget: QWidget, mime: QMimeData) -> QDropEvent:
    """Drop something on a widget; the source would prefer to move."""
    event = QDropEvent(
        QPointF(40, 40), COPY | MOVE, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    QApplication.sendEvent(widget, event)
    return event


class Ground(QWidget):
    """A window that takes drops the way the program's window does."""

    def __init__(self, context: UiContext) -> None:
        super().__init__()
        self.setAcceptDrops(True)
        self.resize(800, 600)
        self.overlay = DropOverlay(context=context, parent=self)
        self.drops = DropTarget(self.overlay, self)
        self.paths: list[Path] = []
        self.texts: list[str] = []
        self.drops.files_dropped.connect(self.paths.extend)
        self.drops.text_dropped.connect(self.texts.append)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        self.drops.drag_enter(event)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self.drops.drag_leave()

    def dropEvent(self, event: QDropEvent) -> None:
        self.drops.drop(event)


@pytest.fixture
def ground(context: UiContext, qtbot: QtBot) -> Ground:
    """A visible drop ground."""
    ground = Ground(context)
    qtbot.addWidget(ground)
    ground.show()
    return ground


def test_the_overlay_tells_before_release_and_the_drop_is_a_copy(ground: Ground) -> None:
    mime = files("treasure-island.epub", "Jim Hawkins.png", "ships-papers.mobi")
    assert enter(ground, mime).dropAction() == COPY
    assert ground.overlay.isVisible() and ground.overlay.title == "Let go to add 2 files"
    assert [row.line for row in ground.overlay.rows] == [
        "Book · will be added and read",
        "Character card · opens in Cards",
        "Cannot be read yet: convert it to EPUB first",
    ]
    event = let_go(ground, mime)
    assert event.isAccepted() and event.dropAction() == COPY
    assert [path.name for path in ground.paths] == [
        "treasure-island.epub",
        "Jim Hawkins.png",
        "ships-papers.mobi",
    ]
    assert not ground.overlay.isVisible()


def test_leaving_puts_everything_back(ground: Ground) -> None:
    enter(ground, files("a.txt"))
    QApplication.sendEvent(ground, QDragLeaveEvent())
    assert not ground.overlay.isVisible() and not ground.paths


def test_many_files_are_counted_and_bad_ones_warned_about(ground: Ground) -> None:
    enter(ground, files(*(f"chapter-{number}.txt" for number in range(12))))
    assert ground.overlay.title == "Let go to add 12 files" and len(ground.overlay.rows) == 5
    assert not ground.grab().isNull()
    enter(ground, files("a.mobi", "b.zip"))
    assert ground.overlay.title == "None of these can be read"
    enter(ground, files("a.mobi"))
    assert ground.overlay.title == "This cannot be read"


def test_text_can_be_dropped_too(ground: Ground) -> None:
    enter(ground, text("It was a dark and stormy night."))
    assert ground.overlay.title == "Let go to add this text"
    assert ground.overlay.rows[0].line == "7 words · will be added as a note"
    let_go(ground, text("It was a dark and stormy night."))
    assert ground.texts == ["It was a dark and stormy night."]


def test_what_cannot_be_copied_or_is_nothing_is_not_taken(ground: Ground) -> None:
    enter(ground, files("a.txt"), actions=MOVE)
    assert not ground.overlay.isVisible()
    enter(ground, QMimeData())
    assert not ground.overlay.isVisible()


def test_paths_are_local_distinct_and_bounded() -> None:
    mime = QMimeData()
    local = [QUrl.fromLocalFile(f"/books/{number}.txt") for number in range(PATH_LIMIT + 50)]
    mime.setUrls([QUrl("https://example.org/a.txt"), local[0], local[0], *local])
    paths = paths_from(mime)
    assert len(paths) == PATH_LIMIT and paths[0] == Path(local[0].toLocalFile())
    assert paths_from(text("/books/a.txt")) == []
    assert text_from(files("a.txt")) == ""
    assert text_from(text("  words  ")) == "words"


@pytest.mark.parametrize(
    ("name", "icon", "usable"),
    [
        ("novel.EPUB", "book", True),
        ("page.html", "web", True),
        ("notes", "note", True),
        ("card.json", "card", True),
        ("song.mp3", "note", False),
        ("old.doc", "note", False),
    ],
)
def test_a_forecast_needs_only_the_name(name: str, icon: str, usable: bool) -> None:
    told = forecast(Path("/nowhere") / name)
    assert (told.name, told.icon, told.usable) == (name, icon, usable)


def test_text_of_a_card_is_told_as_a_card(ground: Ground) -> None:
    ground.overlay.show_text('{"spec": "chara_card_v2", "data": {"name": "Mira"}}')
    assert ground.overlay.rows[0].line == "Text of a card · opens in Cards"
    ground.overlay.show_text("It was a dark night.")
    assert ground.overlay.rows[0].line == "5 words · will be added as a note"


def test_a_folder_is_foreseen_as_one() -> None:
    assert forecast(Path("/cards/folk")).line.startswith("A folder, or")
    assert forecast(Path("/cards/folk.xyz")).line.startswith("Kind not known")


def test_the_card_stays_inside_the_smallest_window(ground: Ground) -> None:
    ground.resize(SMALLEST)
    for count in range(1, 9):
        enter(ground, files(*(f"{number}.txt" for number in range(count))))
        card, overlay = ground.overlay._card(), ground.overlay
        assert card.bottom() <= ground.height() - AROUND
        assert overlay.title == f"Let go to add {count} file{'s' * (count > 1)}"
        assert len(overlay.rows) + overlay._more == count
