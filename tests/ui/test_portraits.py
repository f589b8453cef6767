"""Portraits: the same name is the same picture, everywhere."""

from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtGui import QColor, QImage

from cardgen_desktop.domain.portrait import portrait_of
from cardgen_desktop.ui.context import UiContext
from cardgen_desktop.ui.portrait import Portraits


def red_square() -> bytes:
    """A red PNG."""
    image = QImage(64, 64, QImage.Format.Format_RGB32)
    image.fill(QColor("red"))
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    return bytes(buffer.data().data())


def test_a_name_is_painted_the_same_in_every_run_and_theme(context: UiContext) -> None:
    first = Portraits(context.theme).pixmap("Jim Hawkins", 72, 108).toImage()
    context.theme.set_mode("dark")
    again = Portraits(context.theme).pixmap("Jim Hawkins", 72, 108).toImage()
    assert first == again
    assert first != Portraits(context.theme).pixmap("Long John Silver", 72, 108).toImage()


def test_cloth_and_foil_are_those_of_the_name(context: UiContext) -> None:
    image = context.portraits.pixmap("Elizabeth Bennet", 72, 108).toImage()
    cloth, foil = QColor(portrait_of("Elizabeth Bennet").cloth), QColor(portrait_of("Elizabeth Bennet").foil)
    colors = [image.pixelColor(x, y) for x in range(10, 62) for y in range(40, 68)]

    def near(wanted: QColor) -> int:
        return sum(
            all(abs(a - b) < 24 for a, b in zip(color.getRgb()[:3], wanted.getRgb()[:3], strict=True))
            for color in colors
        )

    assert near(cloth) > len(colors) / 2
    assert near(foil) > 40, "the initials"


def test_corners_are_round_and_frames_begin_at_forty_pixels(context: UiContext) -> None:
    image = context.portraits.pixmap("Elizabeth Bennet", 48, 48).toImage()
    assert image.pixelColor(0, 0).alpha() == 0 and image.pixelColor(24, 2).alpha() == 255


def test_a_picture_of_its_own_wins_and_one_that_is_none_is_passed_over(context: UiContext) -> None:
    own = context.portraits.pixmap("Elizabeth Bennet", 48, 48, avatar=red_square()).toImage()
    assert own.pixelColor(24, 24) == QColor("red") and own.pixelColor(0, 0).alpha() == 0
    broken = context.portraits.pixmap("Elizabeth Bennet", 48, 48, avatar=b"no picture").toImage()
    assert broken == context.portraits.pixmap("Elizabeth Bennet", 48, 48).toImage()


def test_any_name_can_be_painted(context: UiContext) -> None:
    for name in ("", "   ", "孫悟空", "👩🏽‍🚀", "x" * 10_000, "\ud800"):
        assert not context.portraits.pixmap(name, 24, 24).isNull()
