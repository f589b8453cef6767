"""Menus and popovers have round corners also where nothing blends windows."""

from PySide6.QtCore import QPoint, QSize
from PySide6.QtWidgets import QWidget

from cardgen_desktop.ui.components import Menu
from cardgen_desktop.ui.components.floating import cut_corners, rounded_region
from cardgen_desktop.ui.context import UiContext


def test_the_corners_are_left_out_and_nothing_else(qapp: object) -> None:
    region = rounded_region(QSize(200, 100), 10)
    for corner in (QPoint(0, 0), QPoint(199, 0), QPoint(0, 99), QPoint(199, 99)):
        assert not region.contains(corner)
    for edge in (QPoint(100, 0), QPoint(100, 99), QPoint(0, 50), QPoint(199, 50)):
        assert region.contains(edge)


def test_corners_are_cut_only_where_they_could_be_black(context: UiContext) -> None:
    menu = Menu(context=context)
    menu.add("Paste text", lambda: None)
    menu.resize(menu.sizeHint())
    assert menu.mask().isEmpty()
    cut_corners(menu, 10, "xcb")
    assert not menu.mask().isEmpty() and not menu.mask().contains(QPoint(0, 0))
    menu.deleteLater()


def test_a_window_of_no_size_is_left_alone(qapp: object) -> None:
    widget = QWidget()
    widget.resize(0, 0)
    cut_corners(widget, 10, "xcb")
    assert widget.mask().isEmpty()
