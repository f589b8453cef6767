"""Cropping an avatar: the frame stays in the picture and in its shape, by mouse and by keyboard."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from cardgen_desktop.domain.avatar import Crop
from cardgen_desktop.ui.cards import crop_frame
from cardgen_desktop.ui.cards.crop_dialog import RATIOS, CropDialog
from cardgen_desktop.ui.cards.crop_frame import Corner, Frame, Picture
from cardgen_desktop.ui.context import UiContext

CORNERS: tuple[Corner, ...] = ("top_left", "top_right", "bottom_left", "bottom_right")
sizes = st.floats(min_value=60, max_value=4000)
spots = st.floats(min_value=-3000, max_value=7000)
ratios = st.sampled_from([ratio for _, ratio in RATIOS])


def is_inside(frame: Frame, picture: Picture) -> bool:
    slack = 0.01
    fits = frame.left >= -slack and frame.top >= -slack and frame.width > 0 and frame.height > 0
    return fits and frame.right <= picture.width + slack and frame.bottom <= picture.height + slack


@given(sizes, sizes, ratios, st.lists(st.tuples(st.sampled_from(CORNERS), spots, spots), max_size=8))
def test_no_pulling_leaves_the_picture_or_the_shape(
    width: float, height: float, ratio: float | None, pulls: list[tuple[Corner, float, float]]
) -> None:
    picture = Picture(width, height)
    frame = crop_frame.largest(picture, ratio)
    for corner, x, y in pulls:
        frame = crop_frame.sized(frame, picture, corner, (x, y), ratio)
        frame = crop_frame.moved(frame, picture, x / 10, y / 10)
        frame = crop_frame.grown(frame, picture, 1 + x / 20_000)
        assert is_inside(frame, picture)
        assert ratio is None or abs(frame.width / frame.height - ratio) < 0.001
    crop = crop_frame.as_crop(frame, picture)
    again = crop_frame.of_crop(crop, picture)
    assert abs(again.left - frame.left) < 1.1
    assert abs(again.width - frame.width) < 1.1


def test_the_corner_across_stays() -> None:
    picture, frame = Picture(600, 600), Frame(100, 100, 200, 300)
    pulled = crop_frame.sized(frame, picture, "top_left", (160, 0), 2 / 3)
    assert (pulled.right, pulled.bottom) == (300, 400)
    assert pulled.width / pulled.height == pytest.approx(2 / 3)


def test_the_whole_picture_is_no_crop() -> None:
    picture = Picture(300, 200)
    assert crop_frame.as_crop(crop_frame.largest(picture, None), picture) is None
    assert crop_frame.as_crop(Frame(0, 0, 150, 200), picture) == Crop(left=0, top=0, width=0.5, height=1)


def image(width: int = 400, height: int = 300) -> QImage:
    made = QImage(width, height, QImage.Format.Format_RGB32)
    made.fill(QColor("teal"))
    return made


@pytest.fixture
def dialog(qtbot: QtBot, context: UiContext) -> CropDialog:
    made = CropDialog(image(), None, context=context)
    qtbot.addWidget(made)
    made.show()
    return made


def test_a_portrait_is_offered_first_and_a_square_on_request(dialog: CropDialog) -> None:
    assert dialog.crop == Crop(left=0.25, top=0, width=0.5, height=1)
    dialog.ratios[1].click()
    assert dialog.view.frame.width == dialog.view.frame.height
    dialog.whole.click()
    assert dialog.crop is None


def test_dragging_the_frame_moves_it(dialog: CropDialog, qtbot: QtBot) -> None:
    view = dialog.view
    before, middle = view.frame, view.shown(view.frame).center().toPoint()
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=middle)
    qtbot.mouseMove(view, middle + QPoint(-40, 0))
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=middle + QPoint(-40, 0))
    assert view.frame.left < before.left
    assert view.frame.width == before.width


def test_dragging_a_corner_keeps_the_shape(dialog: CropDialog, qtbot: QtBot) -> None:
    view = dialog.view
    corner = view.shown(view.frame).topLeft().toPoint()
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=corner)
    qtbot.mouseMove(view, corner + QPoint(30, 60))
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=corner + QPoint(30, 60))
    assert view.frame.width < 200
    assert view.frame.width / view.frame.height == pytest.approx(2 / 3)


def test_the_keyboard_moves_and_sizes(dialog: CropDialog, qtbot: QtBot) -> None:
    view = dialog.view
    qtbot.keyClick(view, Qt.Key.Key_Right)
    assert view.frame.left > 100
    wide = view.frame.width
    qtbot.keyClick(view, Qt.Key.Key_Minus)
    assert view.frame.width < wide
    qtbot.keyClick(view, Qt.Key.Key_Plus)
    assert view.frame.width == pytest.approx(wide, abs=0.5)


def test_a_stored_part_is_where_the_dialog_begins(qtbot: QtBot, context: UiContext) -> None:
    crop = Crop(left=0.5, top=0.25, width=0.3, height=0.6)
    dialog = CropDialog(image(), crop, context=context)
    qtbot.addWidget(dialog)
    assert dialog.crop == crop
