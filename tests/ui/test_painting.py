"""The painting rules of cells: seen in pixels, because that is what the person sees."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QTextLayout, QTextOption

from cardgen_desktop.ui import painting
from cardgen_desktop.ui.context import UiContext
from cardgen_desktop.ui.painting import action_rect, badge_width, paint_badge, paint_presence, paint_progress
from cardgen_desktop.ui.wording import cut_at_its_end

WIDTH, HEIGHT = 300, 56


def painted(draw: Callable[[QPainter, QRectF], object], background: QColor) -> QImage:
    """What a painting function puts on a plain background."""
    image = QImage(WIDTH, HEIGHT, QImage.Format.Format_ARGB32)
    image.fill(background)
    painter = QPainter(image)
    draw(painter, QRectF(0, 0, WIDTH, HEIGHT))
    painter.end()
    return image


def progress(context: UiContext, **arguments: object) -> QImage:
    """A progress cell."""
    theme = context.theme
    values: dict[str, object] = {"state": "running", "fraction": 0.5, "phase": "", **arguments}
    return painted(
        lambda painter, rect: paint_progress(painter, rect, theme.tokens, theme.fonts, **values),  # type: ignore[arg-type]
        theme.color("surface"),
    )


def bar_colors(image: QImage) -> list[str]:
    """The colours along the middle of the bar."""
    return [image.pixelColor(x, HEIGHT // 2 + 11).name() for x in range(WIDTH)]


def test_the_bar_grows_from_left_to_right(context: UiContext) -> None:
    colors = bar_colors(progress(context, fraction=0.5))
    accent, track = (context.theme.color(token).name() for token in ("accent", "track"))
    assert colors[10] == colors[140] == accent
    assert colors[160] == colors[290] == track


def test_right_to_left_mirrors_the_bar(context: UiContext) -> None:
    colors = bar_colors(progress(context, fraction=0.25, mirrored=True))
    assert colors[10] == context.theme.color("track").name()
    assert colors[290] == context.theme.color("accent").name()


@pytest.mark.parametrize(
    ("state", "token"), [("failed", "danger"), ("paused", "muted"), ("running", "accent")]
)
def test_the_bar_has_the_colour_of_its_state(context: UiContext, state: str, token: str) -> None:
    assert bar_colors(progress(context, state=state))[40] == context.theme.color(token).name()


@pytest.mark.parametrize("state", ["waiting", "held"])
def test_waiting_is_striped(context: UiContext, state: str) -> None:
    filled = bar_colors(progress(context, state=state))[10:140]
    assert context.theme.color("warning").name() in filled
    assert len(set(filled)) > 3


@pytest.mark.parametrize("state", ["succeeded", "cancelled", "review"])
def test_what_is_over_has_words_and_no_bar(context: UiContext, state: str) -> None:
    colors = bar_colors(progress(context, state=state, phase="14 lorebook entries"))
    assert context.theme.color("track").name() not in colors


def test_nothing_done_is_an_empty_track_and_a_little_is_a_whole_pill(context: UiContext) -> None:
    accent = context.theme.color("accent").name()
    assert accent not in bar_colors(progress(context, fraction=0.0))
    assert bar_colors(progress(context, fraction=0.001)).count(accent) >= 4


def test_an_unknown_length_is_a_third_of_the_bar(context: UiContext) -> None:
    colors = bar_colors(progress(context, fraction=None))
    assert 90 <= colors.count(context.theme.color("accent").name()) <= 100
    assert colors[5] == context.theme.color("track").name()


def test_the_action_word_is_where_clicks_are_taken(context: UiContext) -> None:
    image = progress(context, state="failed", phase="Model not found", action="Pick another")
    rect = action_rect(QRectF(0, 0, WIDTH, HEIGHT), context.theme.fonts, "Pick another")
    accent = context.theme.color("accent").name()
    inside = [
        image.pixelColor(x, y).name()
        for x in range(max(0, int(rect.left())), WIDTH)
        for y in range(int(rect.top()), int(rect.bottom()))
    ]
    assert accent in inside


def test_the_presence_strip_stands_on_its_line(context: UiContext) -> None:
    values = (0, 5, 10)
    image = painted(
        lambda painter, rect: paint_presence(painter, rect, values, context.theme.tokens),
        context.theme.color("surface"),
    )
    ground = context.theme.color("surface").name()
    heights = [
        sum(image.pixelColor(4 * index + 1, y).name() != ground for y in range(HEIGHT)) for index in range(3)
    ]
    assert heights == [2, 9, 18]


def test_a_badge_is_as_wide_as_it_says(context: UiContext) -> None:
    theme = context.theme
    image = painted(
        lambda painter, rect: paint_badge(
            painter, rect, theme.tokens, theme.fonts, context.icons, kind="failed"
        ),
        theme.color("surface"),
    )
    width, middle = badge_width(theme.fonts, "Failed"), HEIGHT // 2 + 9
    assert image.pixelColor(width - 4, middle).name() == theme.color("danger_wash").name()
    assert image.pixelColor(width + 2, middle).name() == theme.color("surface").name()


@pytest.mark.parametrize(
    "name", ["شخصية عربية طويلة الاسم جدا من بغداد", "A very long name, Captain of Bristol"]
)
def test_the_dots_of_a_cut_name_stand_at_its_end(context: UiContext, name: str) -> None:
    """In a left-to-right line Qt would put them to the right, before the first letter of a name in Arabic."""
    shown = painting._elided(context.theme.fonts, "body", name, 120, "right")
    layout = QTextLayout(shown, context.theme.font("body"))
    option = QTextOption()
    option.setTextDirection(Qt.LayoutDirection.LeftToRight)
    layout.setTextOption(option)
    layout.beginLayout()
    line = layout.createLine()
    layout.endLayout()
    letter, dots = line.cursorToX(1)[0], line.cursorToX(shown.index("…"))[0]
    assert (dots < letter) is (name[0] != "A")


def test_a_name_that_is_whole_is_left_alone() -> None:
    assert cut_at_its_end("شخصية", "شخصية") == "شخصية"
