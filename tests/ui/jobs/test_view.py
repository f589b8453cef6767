"""The jobs table under the hand: a million rows, header and select-all traps, the person's place, columns."""

import time
from collections.abc import AsyncIterator, Callable

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest

from cardgen_desktop.domain.job import JobQuery, JobSort, JobState
from cardgen_desktop.ui.context import UiContext
from cardgen_desktop.ui.jobs.columns import COLUMNS, INDEX
from cardgen_desktop.ui.jobs.header import JobsHeader
from cardgen_desktop.ui.jobs.model import JobsModel
from cardgen_desktop.ui.jobs.view import ROW, JobsView
from cardgen_desktop.ui.tasks import TaskOwner
from tests.support.waiting import until

from .plain_listing import MillionJobs, PlainListing, plain_job

MILLION = 1_000_000
BLINK = 0.5
"""Seconds; generous on a busy machine, and far below what each trap costs (3 to 22 s)."""
_NONE = Qt.KeyboardModifier.NoModifier
Opened = Callable[[PlainListing], "JobsView"]


@pytest.fixture
async def show(context: UiContext) -> AsyncIterator[Callable[..., JobsView]]:
    owner = TaskOwner(on_error=lambda _name, error: pytest.fail(str(error)))
    views: list[JobsView] = []

    def make(store: PlainListing, width: int = 1140) -> JobsView:
        view = JobsView(context=context)
        view.setModel(JobsModel(store, owner, clock=lambda: 100.0))
        view.resize(width, 620)
        view.show()
        views.append(view)
        model_of(view).set_query(JobQuery())
        return view

    yield make
    for view in views:
        view.columns._quiet.stop()
        view.close()
        view.deleteLater()
    await owner.aclose()


def model_of(view: JobsView) -> JobsModel:
    model = view.jobs_model()
    assert model is not None
    return model


async def million(show: Callable[..., JobsView]) -> JobsView:
    view = show(MillionJobs())
    model = model_of(view)
    await until(lambda: model.rowCount() == MILLION and model.is_complete, seconds=20)
    return view


def header_of(view: JobsView) -> JobsHeader:
    header = view.horizontalHeader()
    assert isinstance(header, JobsHeader)
    return header


def click_title(view: JobsView, name: str) -> None:
    header = header_of(view)
    x = header.sectionViewportPosition(INDEX[name]) + header.sectionSize(INDEX[name]) // 2
    point = QPoint(x, header.height() // 2)
    QTest.mouseMove(header.viewport(), point)
    QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, _NONE, point)


def visible_keys(view: JobsView) -> list[str]:
    return [COLUMNS[number].key for number in view.columns.visible]


def selected_ids(view: JobsView) -> list[int]:
    return [model_of(view).id_at(row) for row in view.selected_rows()]


def at_once(action: Callable[[], object]) -> None:
    start = time.perf_counter()
    action()
    assert time.perf_counter() - start < BLINK


async def test_a_million_rows_are_selected_scrolled_and_left_at_once(show: Callable[..., JobsView]) -> None:
    view = await million(show)
    view.make_current(0)
    at_once(lambda: QTest.keyClick(view, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier))
    assert view.selectionModel().selection().size() == 1
    at_once(lambda: header_of(view).viewport().repaint())
    at_once(lambda: view.viewport().repaint())
    at_once(lambda: QTest.keyClick(view, Qt.Key.Key_End))
    assert view.currentIndex().row() == MILLION - 1 and view.visible_rows()[1] == MILLION - 1
    await until(lambda: model_of(view).job(MILLION - 1))
    at_once(lambda: QTest.keyClick(view, Qt.Key.Key_PageUp))
    assert MILLION - 13 < view.currentIndex().row() + 1 < MILLION
    at_once(lambda: QTest.keyClick(view, Qt.Key.Key_Home))
    assert view.currentIndex().row() == 0 and list(view.selected_rows()) == [0]
    at_once(lambda: view.resizeColumnToContents(0))


async def test_titles_are_clicked_while_a_million_rows_are_selected(show: Callable[..., JobsView]) -> None:
    view = await million(show)
    view.selectAll()
    at_once(lambda: click_title(view, "left"))
    assert len(list(view.selected_rows())) == MILLION
    click_title(view, "created") if not header_of(view).isSectionHidden(INDEX["created"]) else None
    at_once(lambda: view.columns.toggle("tokens"))
    at_once(lambda: header_of(view).resizeSection(0, 300))
    at_once(lambda: header_of(view).moveSection(0, 2))
    assert len(list(view.selected_rows())) == MILLION


async def test_a_new_job_over_a_million_scrolls_nothing_and_keeps_the_selection(
    show: Callable[..., JobsView],
) -> None:
    view = await million(show)
    model = model_of(view)
    view.verticalScrollBar().setValue(500_000 * ROW + 13)
    view.make_current(500_003)
    first, chosen = model.id_at(view.visible_rows()[0]), selected_ids(view)
    model.note(plain_job(MILLION + 1))
    at_once(model.flush)
    assert model.rowCount() == MILLION + 1
    assert model.id_at(view.visible_rows()[0]) == first and selected_ids(view) == chosen
    assert view.verticalScrollBar().value() == 500_001 * ROW + 13
    model.note_removed(MILLION)
    model.flush()
    assert model.id_at(view.visible_rows()[0]) == first and selected_ids(view) == chosen


async def test_typing_a_name_goes_to_the_next_one_in_memory(show: Callable[..., JobsView]) -> None:
    view = await million(show)
    view.make_current(0)
    await until(lambda: model_of(view).job(12))
    at_once(lambda: QTest.keyClicks(view, "ben"))
    row = view.currentIndex().row()
    job = model_of(view).job(row)
    assert job is not None and job.character == "Ben Gunn" and row < 20
    at_once(lambda: view.keyboardSearch("zz"))
    assert view.currentIndex().row() == row


async def test_a_title_sorts_flips_and_goes_back_to_the_newest(show: Callable[..., JobsView]) -> None:
    view = show(PlainListing(100))
    model, header = model_of(view), header_of(view)
    await until(lambda: model.is_complete and model.rowCount() == 100)
    view.make_current(4)
    chosen = selected_ids(view)
    seen = [(JobSort.PROGRESS, True), (JobSort.PROGRESS, False), (JobSort.CREATED, True)]
    for sort, descending in seen:
        click_title(view, "progress")
        await until(lambda s=sort, d=descending: (model.query.sort, model.query.descending) == (s, d))  # type: ignore[misc]
        await until(lambda: not model.pages.is_busy)
        assert selected_ids(view) == chosen
    assert header.sorted_column == INDEX["created"] and header.descending
    click_title(view, "left")
    assert model.query.sort is JobSort.CREATED


async def test_a_sorted_title_is_whole_at_its_first_width(
    show: Callable[..., JobsView], context: UiContext
) -> None:
    header = header_of(show(PlainListing(1)))
    metrics = context.theme.fonts.metrics("caption_strong")
    for section, column in enumerate(COLUMNS):
        if column.sort is not None:
            header.show_order(section, descending=True, is_aged=False)
            header.last_column = section if column.key in ("time", "cost") else -1
            box = header._box(QRect(0, 0, column.width, header.height()), section)
            assert metrics.horizontalAdvance(column.title) <= box.width(), column.key


async def test_what_moved_on_is_sorted_again_by_the_next_click(show: Callable[..., JobsView]) -> None:
    store = PlainListing(30)
    view = show(store)
    model = model_of(view)
    await until(lambda: model.is_complete and model.rowCount() == 30)
    click_title(view, "progress")
    await until(lambda: model.query.sort is JobSort.PROGRESS and not model.pages.is_busy)
    await until(lambda: model.job(11))
    model.note(store.change(model.id_at(9), progress=100.0))
    model.flush()
    assert header_of(view).is_aged
    click_title(view, "progress")
    await until(lambda: not model.is_aged)
    assert model.query.descending and not header_of(view).is_aged
    progress = [job.progress for row in range(5) if (job := model.job(row))]
    assert progress == sorted(progress, reverse=True)


async def test_reading_again_keeps_selection_current_row_and_scroll(show: Callable[..., JobsView]) -> None:
    store = PlainListing(400)
    view = show(store)
    model = model_of(view)
    await until(lambda: model.is_complete and model.rowCount() == 400)
    view.verticalScrollBar().setValue(100 * ROW + 7)
    view.make_current(104)
    await until(lambda: model.job(104))
    view.selectionModel().select(
        model.index(107, 0),
        view.selectionModel().SelectionFlag.Select | view.selectionModel().SelectionFlag.Rows,
    )
    chosen, first = selected_ids(view), model.id_at(100)
    for number in range(310, 330):
        store.change(number, state=JobState.FAILED)
    for number in (399, 380, 355, 20):
        del store.jobs_now[number]
    store.jobs_now |= {number: plain_job(number) for number in range(401, 409)}
    model.refresh()
    await until(lambda: model.rowCount() == 404, seconds=3)
    assert selected_ids(view) == chosen and model.id_at(view.currentIndex().row()) == chosen[0]
    assert model.id_at(view.visible_rows()[0]) == first
    assert view.verticalScrollBar().value() % ROW == 7


async def test_the_next_job_is_current_when_the_current_one_is_gone(show: Callable[..., JobsView]) -> None:
    store = PlainListing(50)
    view = show(store)
    model = model_of(view)
    await until(lambda: model.is_complete and model.rowCount() == 50)
    view.make_current(5)
    for number in (45, 30, 20):
        del store.jobs_now[number]
    store.jobs_now[51] = plain_job(51)
    model.refresh()
    await until(lambda: model.rowCount() == 48, seconds=3)
    assert view.currentIndex().isValid() and list(view.selected_rows()) == [view.currentIndex().row()]


async def test_selected_jobs_that_another_filter_lets_through_stay_selected(
    show: Callable[..., JobsView],
) -> None:
    store = PlainListing(40)
    view = show(store)
    model = model_of(view)
    await until(lambda: model.is_complete and model.rowCount() == 40)
    view.make_current(0)
    QTest.keyClick(view, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(view, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    model.modelReset.connect(lambda: view.make_current(model.row_of(38) or 0))
    store.change(39, state=JobState.CANCELLED)
    model.set_query(JobQuery(states=(JobState.RUNNING,)))
    await until(lambda: model.rowCount() == 39)
    await until(lambda: selected_ids(view) == [40, 38])


async def test_the_rows_of_moved_columns_are_selected_once(show: Callable[..., JobsView]) -> None:
    view = show(PlainListing(40))
    await until(lambda: model_of(view).rowCount() == 40)
    header_of(view).moveSection(0, 3)
    view.make_current(2)
    end = view.visualRect(model_of(view).index(6, 4)).center()
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier, end)
    assert list(view.selected_rows()) == [2, 3, 4, 5, 6]


async def test_narrow_windows_fold_lesser_columns_and_the_table_stays_filled(
    show: Callable[..., JobsView],
) -> None:
    view = show(PlainListing(3))
    assert visible_keys(view) == [
        "character", "state", "progress", "engine", "started", "time", "left", "cost",
    ]  # fmt: skip
    for width, kept in ((880, 6), (676, 4), (460, 3)):
        view.resize(width, 400)
        assert len(visible_keys(view)) == kept
        total = sum(view.columnWidth(number) for number in view.columns.visible)
        assert total == view.viewport().width()
    view.columns.toggle("tokens")
    assert "tokens" in visible_keys(view)


async def test_columns_are_chosen_moved_resized_and_remembered(
    show: Callable[..., JobsView], context: UiContext
) -> None:
    view = show(PlainListing(3))
    header = header_of(view)
    view.columns.toggle("cost")
    view.columns.toggle("kind")
    header.resizeSection(INDEX["engine"], 150)
    header.moveSection(header.visualIndex(INDEX["time"]), 0)
    assert visible_keys(view)[0] == "time" and "cost" not in visible_keys(view)
    filled = view.columnWidth(INDEX["progress"])
    header.resizeSection(INDEX["progress"], filled + 20)
    assert view.columnWidth(INDEX["engine"]) == 130 and view.columnWidth(INDEX["progress"]) == filled + 20
    await until(lambda: context.settings.columns("jobs").widths.get("engine") == 130)
    again = show(PlainListing(3))
    assert visible_keys(again) == visible_keys(view)
    assert again.columnWidth(INDEX["engine"]) == 130
    again.columns.reset()
    assert visible_keys(again)[:3] == ["character", "state", "progress"]
    assert again.columnWidth(INDEX["engine"]) == 116


async def test_the_last_column_cannot_be_hidden(show: Callable[..., JobsView]) -> None:
    view = show(PlainListing(3))
    for key in visible_keys(view):
        if key != "state":
            view.columns.toggle(key)
    view.columns.toggle("state")
    assert visible_keys(view) == ["state"] and view.columnWidth(INDEX["state"]) == view.viewport().width()
    menu = view.columns.make_menu()
    state = next(action for action in menu.actions() if action.text() == "State")
    assert state.isChecked() and not state.isEnabled()
    menu.deleteLater()


@pytest.mark.qt_log_ignore("This plugin does not support")
async def test_the_menu_of_columns_opens_by_key_and_by_the_right_button(
    show: Callable[..., JobsView],
) -> None:
    view = show(PlainListing(3), width=880)
    header = header_of(view)
    QTest.keyClick(header, Qt.Key.Key_F10, Qt.KeyboardModifier.ShiftModifier)
    menu = view.columns._menu
    assert menu is not None and menu.isVisible()
    texts = {action.text(): action for action in menu.actions()}
    assert texts["Cost · needs a wider window"].isChecked() and not texts["Tokens"].isChecked()
    texts["Tokens"].trigger()
    assert "tokens" in visible_keys(view)
    menu.close()
    await until(lambda: view.columns._menu is None)
    view.open_columns_menu()
    assert view.columns._menu is not None
    view.columns._menu.close()
    await until(lambda: view.columns._menu is None)


async def test_the_header_works_by_keyboard(show: Callable[..., JobsView]) -> None:
    store = PlainListing(30)
    view = show(store)
    model, header = model_of(view), header_of(view)
    await until(lambda: model.is_complete and model.rowCount() == 30)
    header.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(header, Qt.Key.Key_Return)
    await until(lambda: model.query.sort is JobSort.CHARACTER and not model.query.descending)
    QTest.keyClick(header, Qt.Key.Key_Right)
    QTest.keyClick(header, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert view.columnWidth(INDEX["state"]) == 128
    QTest.keyClick(header, Qt.Key.Key_Left, Qt.KeyboardModifier.ControlModifier)
    assert visible_keys(view)[:2] == ["state", "character"]


async def test_settings_nobody_should_trust_are_passed_over(
    show: Callable[..., JobsView], context: UiContext
) -> None:
    context.settings.remember_columns(
        "jobs", shown=["nonsense"], order=["time", "time", "x"], widths={"engine": 10**9, "state": -5, "y": 3}
    )
    view = show(PlainListing(3), width=5000)
    assert visible_keys(view)[0] == "time" and len(visible_keys(view)) == 8
    assert view.columnWidth(INDEX["engine"]) == 2000 and view.columnWidth(INDEX["state"]) == 88
