"""The building blocks: what keys, mouse and screen readers get."""

import asyncio

import pytest
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QHBoxLayout, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from cardgen_desktop.ui.components import (
    Badge,
    Banner,
    Button,
    Check,
    Chip,
    Combo,
    ElidedLabel,
    EmptyState,
    FlowLayout,
    Label,
    LineField,
    Menu,
    PageHeader,
    Pane,
    PortraitPicture,
    ProgressLine,
    Radio,
    RadioTile,
    SearchField,
    Switch,
    tooltip,
)
from cardgen_desktop.ui.context import UiContext
from tests.support.windows import windows_shown


def shown(qtbot: QtBot, *widgets: QWidget) -> QWidget:
    """A visible, active window with widgets in a column."""
    window = QWidget()
    column = QVBoxLayout(window)
    for widget in widgets:
        column.addWidget(widget)
    qtbot.addWidget(window)
    # qtbot only looks on: somebody has to keep the window.
    vars(widgets[0])["kept"] = window
    with qtbot.waitActive(window):
        window.show()
    return window


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Space])
def test_buttons_answer_to_enter_and_space(context: UiContext, qtbot: QtBot, key: Qt.Key) -> None:
    button = Button("Draft card", context=context, variant="primary")
    shown(qtbot, button)
    with qtbot.waitSignal(button.clicked):
        QTest.keyClick(button, key)


def test_every_painted_button_answers_to_enter_but_a_mark_does_not(context: UiContext, qtbot: QtBot) -> None:
    chip = Chip("All", context=context, checkable=True)
    tile = RadioTile("Offline drafter", "free", "device", context=context)
    check = Check("Include quotations", context=context)
    shown(qtbot, chip, tile, check)
    for widget in (chip, tile, check):
        QTest.keyClick(widget, Qt.Key.Key_Return)
    assert (chip.isChecked(), tile.isChecked(), check.isChecked()) == (True, True, False)


@pytest.mark.parametrize(
    ("size", "height"), [("small", 28), ("normal", 36), ("large", 44), ("icon", 36), ("icon_small", 28)]
)
def test_buttons_have_the_heights_of_the_visual_language(context: UiContext, size: str, height: int) -> None:
    button = Button("Add", context=context, size=size, icon="plus")  # type: ignore[arg-type]
    assert button.sizeHint().height() == height
    assert (button.sizeHint().width() == height) == size.startswith("icon")


def test_an_icon_button_says_its_name_and_shows_its_key(context: UiContext) -> None:
    button = Button("More", context=context, size="icon", icon="more", shortcut="Ctrl+M")
    assert button.accessibleName() == "More" and button.toolTip() == "More (Ctrl+M)"
    assert not Button("Draft", context=context).toolTip(), "what is written needs no tooltip"


def test_the_ring_shows_keyboard_focus_only(context: UiContext, qtbot: QtBot) -> None:
    first, second = Button("One", context=context), Button("Two", context=context)
    shown(qtbot, first, second)
    QTest.mouseClick(first, Qt.MouseButton.LeftButton)
    assert first.hasFocus() and not first.shows_ring
    QTest.keyClick(first, Qt.Key.Key_Tab)
    assert second.hasFocus() and second.shows_ring and not first.shows_ring


def test_every_state_of_a_button_looks_different(context: UiContext, qtbot: QtBot) -> None:
    pictures = set()
    for state in ("rest", "hover", "pressed", "focus", "disabled"):
        button = Button("Draft card", context=context, variant="primary")
        shown(qtbot, button)
        button.preview(state)
        pictures.add(bytes(button.grab().toImage().constBits()))
    assert len(pictures) == 5


def test_an_icon_that_does_nothing_now_is_seen_to(context: UiContext, qtbot: QtBot) -> None:
    strongest = []
    for enabled in (True, False):
        button = Button("Undo", context=context, variant="ghost", size="icon", icon="undo")
        button.setEnabled(enabled)
        shown(qtbot, button)
        image = button.grab().toImage()
        lightness = [image.pixelColor(x, y).lightness() for x in range(36) for y in range(36)]
        strongest.append(max(lightness) - min(lightness))
    assert strongest[1] < 0.75 * strongest[0]


def test_a_chip_is_removed_by_its_cross_and_by_delete_not_by_its_word(
    context: UiContext, qtbot: QtBot
) -> None:
    chip, asked = Chip("Lizzy", context=context, removable=True), []
    chip.remove_requested.connect(lambda: asked.append(1))
    shown(qtbot, chip)
    QTest.mouseClick(chip, Qt.MouseButton.LeftButton, pos=QPoint(14, 14))
    assert not asked
    QTest.mouseClick(chip, Qt.MouseButton.LeftButton, pos=QPoint(chip.width() - 14, 14))
    QTest.keyClick(chip, Qt.Key.Key_Delete)
    assert len(asked) == 2


def test_a_chip_speaks_its_count(context: UiContext) -> None:
    chip = Chip("Running", 2, context=context, checkable=True)
    width = chip.sizeHint().width()
    chip.set_count(1200)
    assert chip.accessibleName() == "Running, 1,200" and chip.sizeHint().width() > width


def test_a_badge_takes_word_and_look_from_its_kind(context: UiContext) -> None:
    badge = Badge(kind="review", context=context)
    assert badge.text == badge.accessibleName() == "To review"
    badge.show_kind("failed", "Broken")
    assert badge.text == "Broken"


def test_an_error_in_a_field_is_seen_and_spoken(context: UiContext, qtbot: QtBot) -> None:
    field = LineField("a?b", context=context)
    shown(qtbot, field, field.error_label)
    field.set_error("A file name cannot contain “?”.")
    assert field.property("error") and field.error_label.isVisible()
    assert field.accessibleDescription() == "A file name cannot contain “?”."
    field.set_error("")
    assert not field.property("error") and not field.error_label.isVisible()


async def test_a_search_waits_for_a_pause_and_not_for_enter(context: UiContext) -> None:
    search, asked = SearchField("Find a name", context=context), list[str]()
    search.search_changed.connect(asked.append)
    search.resize(184, 36)
    QTest.keyClicks(search, "eliz")
    assert asked == [] and search._clear.geometry().right() == 179
    await asyncio.sleep(0.25)
    assert asked == ["eliz"]
    QTest.keyClicks(search, "a ")
    QTest.keyClick(search, Qt.Key.Key_Return)
    assert asked == ["eliz", "eliza"]
    QTest.keyClick(search, Qt.Key.Key_Escape)
    assert asked[-1] == "" and search.text() == ""


def test_a_combo_carries_values(context: UiContext, qtbot: QtBot) -> None:
    combo = Combo([("One job", 1), ("Two jobs", 2)], context=context, name="At once")
    shown(qtbot, combo)
    QTest.keyClick(combo, Qt.Key.Key_Down)
    assert combo.currentData() == 2 and combo.accessibleName() == "At once"


def test_choices_toggle_and_radios_exclude_each_other(context: UiContext, qtbot: QtBot) -> None:
    check, switch = Check("Quotations", context=context), Switch("Follow system", context=context)
    png, json = Radio("PNG", context=context, checked=True), Radio("JSON", context=context)
    shown(qtbot, check, switch, png, json)
    for choice in (check, switch, json):
        QTest.keyClick(choice, Qt.Key.Key_Space)
    assert check.isChecked() and switch.isChecked()
    assert json.isChecked() and not png.isChecked()


def test_an_engine_that_cannot_run_stays_visible_with_its_reason(context: UiContext, qtbot: QtBot) -> None:
    tile = RadioTile("Local model", "Not running", "model", context=context, available=False)
    shown(qtbot, tile)
    QTest.mouseClick(tile, Qt.MouseButton.LeftButton)
    assert not tile.isChecked() and tile.isVisible()
    assert tile.accessibleName() == "Local model, Not running"


def test_labels_take_text_from_books_as_it_is(context: UiContext) -> None:
    label = Label("<b>bold</b> & more", context=context)
    assert label.textFormat() == Qt.TextFormat.PlainText
    assert tooltip("<img src=x>") == "<span>&lt;img src=x&gt;</span>"


def test_a_name_too_long_is_elided_and_kept_as_tooltip(context: UiContext, qtbot: QtBot) -> None:
    name = "Livesey & Silver, parley at the stockade (log 2).txt"
    label = ElidedLabel(name, context=context, mode="middle")
    window = shown(qtbot, label)
    window.resize(160, 60)
    assert label.text() == name and label.toolTip() == name and label.accessibleName() == name
    window.resize(900, 60)
    assert label.toolTip() == ""


def test_chips_wrap_like_words_and_mirror_with_the_language(context: UiContext, qtbot: QtBot) -> None:
    holder = QWidget()
    flow = FlowLayout(holder, gap=8)
    chips = [Chip(f"Name {number}", context=context) for number in range(6)]
    for chip in chips:
        flow.addWidget(chip)
    qtbot.addWidget(holder)
    holder.resize(200, 300)
    holder.show()
    assert len({chip.y() for chip in chips}) > 1
    assert flow.heightForWidth(2000) == 28 < flow.heightForWidth(200)
    left = chips[0].x()
    holder.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    flow.setGeometry(holder.rect())
    assert chips[0].x() > left
    flow.clear()
    assert flow.count() == 0


def test_an_empty_page_says_the_next_step(context: UiContext, qtbot: QtBot) -> None:
    state = EmptyState("jobs", "Nothing is being drafted", "Jobs run here.", "Draft a card", context=context)
    shown(qtbot, state)
    assert state.action.variant == "primary" and state.second.isHidden()
    with qtbot.waitSignal(state.action_triggered):
        QTest.keyClick(state.action, Qt.Key.Key_Return)
    problem = EmptyState("warning", "No text", "Nothing was added.", "Choose", "problem", context=context)
    assert problem.action.variant == "outline"


def test_a_banner_says_its_fact_and_offers_its_action(context: UiContext, qtbot: QtBot) -> None:
    banner = Banner("warning", "You are offline.", "1 job is held.", "Try now", context=context)
    window = shown(qtbot, banner)
    assert banner.accessibleName() == "You are offline. 1 job is held." and banner.height() >= 44
    buttons = [button for button in window.findChildren(Button) if button.isVisible()]
    assert [button.text() for button in buttons] == ["Try now"]
    with qtbot.waitSignal(banner.action_triggered):
        QTest.keyClick(buttons[0], Qt.Key.Key_Return)


def test_a_page_header_keeps_its_height_with_and_without_facts(context: UiContext, qtbot: QtBot) -> None:
    header = PageHeader("Draft", context=context)
    header.add_action(Button("Add files…", context=context, variant="outline"))
    shown(qtbot, header)
    header.set_facts("3 sources · 126,514 words")
    assert header.height() == 72


def test_the_buttons_of_a_pane_stay_at_its_foot(context: UiContext, qtbot: QtBot) -> None:
    pane, button = Pane(context=context), Button("Draft card", context=context)
    for number in range(80):
        pane.body.addWidget(Label(f"line {number}", context=context))
    pane.foot.addWidget(button)
    window = shown(qtbot, pane)
    window.resize(320, 400)
    bottom = button.mapTo(window, QPoint(0, button.height())).y()
    assert button.isVisible() and window.height() - 60 < bottom <= window.height()


async def test_loading_is_silent_for_three_hundred_milliseconds(context: UiContext) -> None:
    line = ProgressLine(context=context)
    line.start()
    await asyncio.sleep(0.1)
    assert not line.is_showing
    await asyncio.sleep(0.3)
    assert line.is_showing
    line.stop()
    assert not line.is_showing


def test_a_menu_row_calls_and_shows_its_key(context: UiContext, qtbot: QtBot) -> None:
    menu, called = Menu(context=context), []
    qtbot.addWidget(menu)
    action = menu.add("Try again", lambda: called.append(1), icon="retry", shortcut="Ctrl+R")
    gone = menu.add("Remove", lambda: called.append(2), enabled=False, danger=True)
    action.trigger()
    gone.trigger()
    assert called == [1] and action.shortcut().toString() == "Ctrl+R"


def test_rows_of_widgets_do_not_widen_a_narrow_window(context: UiContext, qtbot: QtBot) -> None:
    holder = QWidget()
    row = QHBoxLayout(holder)
    row.addWidget(ElidedLabel("x" * 400, context=context))
    qtbot.addWidget(holder)
    assert holder.minimumSizeHint().width() < 200


def test_a_banner_shows_no_window_of_its_own_while_it_is_made(context: UiContext, qapp: QApplication) -> None:
    with windows_shown(qapp) as windows:
        Banner("info", "Recovered 2 jobs.", "It goes on.", "View", context=context, closable=True)
    assert windows == []


def test_a_pane_draws_no_edge_beside_the_handle_of_its_splitter(context: UiContext, qtbot: QtBot) -> None:
    pane = Pane(context=context)
    shown(qtbot, pane)
    image = pane.grab().toImage()
    assert image.pixelColor(0, 20) == image.pixelColor(1, 20) == context.theme.color("surface")


def test_a_portrait_picture_shows_somebody_else(context: UiContext, qtbot: QtBot) -> None:
    picture = PortraitPicture(48, 72, context=context)
    shown(qtbot, picture)
    picture.show_name("Jim Hawkins")
    jim = picture.grab().toImage()
    picture.show_name("Long John Silver")
    assert picture.size() == QSize(48, 72) and picture.grab().toImage() != jim
