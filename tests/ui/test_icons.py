"""Icons are tinted, sharp, and follow the theme."""

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QPixmap

from cardgen_desktop.paths import resources
from cardgen_desktop.ui.context import UiContext
from cardgen_desktop.ui.gallery import ICONS
from cardgen_desktop.ui.states import LOOKS

NAMES = sorted(path.stem for path in (resources() / "icons").glob("*.svg"))


def darkest(pixmap: QPixmap) -> QColor:
    """The colour of the most opaque pixel."""
    image = pixmap.toImage()
    pixels = (image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height()))
    return max(pixels, key=QColor.alpha)


@pytest.mark.parametrize("name", NAMES)
def test_every_icon_draws_something_in_the_colour_asked_for(context: UiContext, name: str) -> None:
    ink = darkest(context.icons.pixmap(name, 24, "danger"))
    wanted = context.theme.color("danger")
    assert ink.alpha() > 100
    assert all(abs(a - b) < 12 for a, b in zip(ink.getRgb()[:3], wanted.getRgb()[:3], strict=True))


def test_an_icon_has_the_pixels_of_its_screen(context: UiContext) -> None:
    pixmap = context.icons.pixmap("draft", 20, "text", 2.0)
    assert pixmap.size() == QSize(40, 40) and pixmap.devicePixelRatio() == 2
    assert pixmap is context.icons.pixmap("draft", 20, "text", 2.0)


def test_an_icon_given_away_long_ago_follows_the_theme(context: UiContext) -> None:
    icon = context.icons.icon("draft", "text")
    before = darkest(icon.pixmap(QSize(32, 32), 1.0))
    context.theme.set_mode("dark")
    after = darkest(icon.pixmap(QSize(32, 32), 1.0))
    assert before.lightness() < 90 < 180 < after.lightness()


def test_unknown_icons_are_told(context: UiContext) -> None:
    with pytest.raises(FileNotFoundError, match="no-such-icon"):
        context.icons.pixmap("no-such-icon", 20)


def test_every_look_and_the_gallery_name_icons_that_exist() -> None:
    assert {look.icon for look in LOOKS.values()} <= set(NAMES)
    assert set(ICONS) == set(NAMES)
