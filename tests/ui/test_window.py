"""The frame: pages, keys, drops, news, and a close that only asks."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import cast

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDragEnterEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from cardgen_desktop.domain.errors import UsageError
from cardgen_desktop.domain.events import CardChanged, CardRemoved
from cardgen_desktop.domain.job import JobState
from cardgen_desktop.domain.job_kinds import ImportRequest
from cardgen_desktop.ui.cards.page import CardsPage
from cardgen_desktop.ui.cards.pictures import png_bytes
from cardgen_desktop.ui.context import UiContext
from cardgen_desktop.ui.draft.page import DraftPage
from cardgen_desktop.ui.jobs.page import JobsPage
from cardgen_desktop.ui.settings.page import SettingsPage
from cardgen_desktop.ui.shell.keys import focus_next_pane
from cardgen_desktop.ui.shell.main_window import MainWindow
from cardgen_desktop.ui.start import StartPage
from tests.support.commands import FakeCommands, FakeEvents
from tests.support.messages import RecordingNotify, make_context
from tests.support.waiting import until
from tests.support.windows import windows_shown


@pytest.fixture
def commands() -> FakeCommands:
    """A desk, a queue and a library with something in them."""
    return FakeCommands.filled(FakeEvents())


@pytest.fixture
async def window(context: UiContext, quits: list[int]) -> AsyncIterator[MainWindow]:
    """A visible window without data."""
    window = MainWindow(context=context, request_quit=lambda: quits.append(1))
    window.resize(1440, 900)
    window.show()
    yield window
    await finish(window)


@pytest.fixture
def quits() -> list[int]:
    """How often the window asked to be closed."""
    return []


async def attach(window: MainWindow, commands: FakeCommands) -> None:
    """Give the window its data and let it read."""
    await window.make_pages()
    window.attach(commands, commands.events)
    await settle()


async def finish(window: MainWindow) -> None:
    """Close a window and let it go: every styled widget that stays behind slows the tests that follow."""
    await window.aclose()
    window.allow_close()
    window.close()
    window.deleteLater()
    await settle(2)


async def settle(times: int = 30) -> None:
    """Let tasks run."""
    for _ in range(times):
        await asyncio.sleep(0.005)


def drop(widget: QWidget, *names: str) -> None:
    """Drag files in and let go."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(f"/books/{name}") for name in names])
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    copy = Qt.DropAction.CopyAction
    QApplication.sendEvent(widget, QDragEnterEvent(QPoint(9, 9), copy, mime, left, none))
    QApplication.sendEvent(widget, QDropEvent(QPointF(9, 9), copy, mime, left, none))


async def test_a_first_start_paints_the_start_page_before_any_page_is_made(context: UiContext) -> None:
    window, painted = MainWindow(context=context, request_quit=lambda: None), asyncio.Event()
    window.painted.connect(painted.set)
    window.show()
    await asyncio.wait_for(painted.wait(), 60)
    assert isinstance(window.pages.currentWidget(), StartPage) and window.pages.current == ""
    await window.make_pages()
    assert window.pages.current == "draft"
    await finish(window)


async def test_later_starts_open_quietly_where_the_person_was(
    context: UiContext, window: MainWindow, commands: FakeCommands
) -> None:
    context.settings.update_window(page="jobs")
    context.settings.save()
    again = MainWindow(context=context, request_quit=lambda: None)
    assert not isinstance(again.pages.currentWidget(), StartPage)
    await attach(again, commands)
    assert again.pages.current == "jobs"
    await finish(again)


@pytest.mark.parametrize(("key", "page"), [("1", "draft"), ("2", "jobs"), ("3", "cards"), (",", "settings")])
async def test_keys_lead_to_pages(window: MainWindow, commands: FakeCommands, key: str, page: str) -> None:
    await attach(window, commands)
    window.activateWindow()
    await settle(5)
    QTest.keyClick(
        window,
        getattr(Qt.Key, {",": "Key_Comma"}.get(key, f"Key_{key}")),
        Qt.KeyboardModifier.ControlModifier,
    )
    assert window.pages.current == page
    assert window.sidebar.items[page].isChecked()


async def test_the_sidebar_tells_counts_and_recent_cards(window: MainWindow, commands: FakeCommands) -> None:
    await attach(window, commands)
    unfinished = [
        job for job in commands.queue.values() if job.state.value not in ("succeeded", "failed", "cancelled")
    ]
    assert window.sidebar.items["jobs"].accessibleName() == f"Jobs, {len(unfinished)}"
    assert window.sidebar.items["cards"].accessibleName() == f"Cards, {len(commands.library_view)}"
    names = [button.text() for button in window.sidebar.recent]
    assert names == [card.name for card in await commands.cards()][:5]
    card = next(iter(commands.library_view.values())).summary.model_copy(
        update={"name": "Ben Gunn", "updated_at": 9e9}
    )
    commands.library_view[card.id] = commands.library_view[card.id].model_copy(update={"summary": card})
    commands.events.announce(CardChanged(card))
    await asyncio.sleep(0.3)
    assert window.sidebar.recent[0].text() == "Ben Gunn"
    nameless = card.model_copy(update={"name": ""})
    commands.library_view[card.id] = commands.library_view[card.id].model_copy(update={"summary": nameless})
    commands.events.announce(CardChanged(nameless))
    await asyncio.sleep(0.3)
    assert window.sidebar.recent[0].text() == "Unnamed card"
    commands.library_view.clear()
    commands.events.announce(CardRemoved(card.id))
    await asyncio.sleep(0.3)
    assert window.sidebar.recent == [] and window.sidebar.items["cards"].accessibleName() == "Cards"


async def test_the_sidebar_shows_the_pictures_cards_have(window: MainWindow, commands: FakeCommands) -> None:
    image = QImage(20, 30, QImage.Format.Format_RGB32)
    image.fill(QColor("red"))
    record = next(iter(commands.library_view.values()))
    summary = record.summary.model_copy(update={"has_avatar": True, "updated_at": 9e9})
    commands.library_view[summary.id] = record.model_copy(
        update={"summary": summary, "avatar": png_bytes(image)}
    )
    await attach(window, commands)
    button = next(button for button in window.sidebar.recent if button.card.id == summary.id)
    await until(lambda: button.grab().toImage().pixelColor(20, 18) == QColor("red"))


async def test_a_narrow_window_folds_the_sidebar(window: MainWindow) -> None:
    window.resize(1024, 700)
    assert window.sidebar.width() == 60 and window.sidebar.items["jobs"].toolTip() == "Jobs (Ctrl+2)"
    window.resize(1440, 900)
    assert window.sidebar.width() == 224


async def test_files_dropped_anywhere_reach_the_desk(window: MainWindow, commands: FakeCommands) -> None:
    await attach(window, commands)
    window.pages.go_to("settings")
    drop(window, "treasure-island.epub")
    await settle()
    assert commands.asked("add_files") == [((Path("/books/treasure-island.epub"),),)]
    assert window.pages.current == "draft"


async def test_files_dropped_on_the_frame_pass_by_the_fields(
    window: MainWindow, commands: FakeCommands
) -> None:
    await attach(window, commands)
    handle = window.windowHandle()
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile("/books/a.txt")])
    event = QDragEnterEvent(
        QPoint(9, 9),
        Qt.DropAction.CopyAction,
        mime,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    assert window.drops.eventFilter(handle, event) and window.overlay.isVisible()
    window.drops.drag_leave()


async def test_a_drop_before_the_data_is_there_is_kept(window: MainWindow, commands: FakeCommands) -> None:
    drop(window, "treasure-island.epub")
    await settle(5)
    assert not commands.asked("add_files")
    await attach(window, commands)
    assert len(commands.asked("add_files")) == 1


async def test_a_card_dropped_alone_opens(window: MainWindow, commands: FakeCommands) -> None:
    await attach(window, commands)
    drop(window, "Jim Hawkins.png")
    await settle(60)
    assert window.pages.current == "cards"


async def test_a_dropped_card_is_drafted_from_with_one_click(
    window: MainWindow, commands: FakeCommands, messages: RecordingNotify
) -> None:
    await attach(window, commands)
    drop(window, "Jim Hawkins.png")
    await settle(60)
    told = messages.toasts[-1]
    assert (told.text, told.action) == ("Jim Hawkins was added to Cards", "Draft from it")
    assert told.callback is not None
    told.callback()
    await settle(60)
    assert window.pages.current == "draft"
    assert len(commands.asked("add_card_as_source")) == 1


async def test_a_few_dropped_cards_are_one_message(
    window: MainWindow, commands: FakeCommands, messages: RecordingNotify
) -> None:
    await attach(window, commands)
    drop(window, "Jim Hawkins.png", "Long John Silver.png")
    await settle(60)
    told = messages.toasts[-1]
    assert (told.text, told.action) == ("2 cards were added to Cards", "Draft from them")
    assert told.callback is not None
    told.callback()
    await settle(60)
    assert len(commands.asked("add_card_as_source")) == 2


async def test_a_card_among_books_is_announced(
    window: MainWindow, commands: FakeCommands, messages: RecordingNotify
) -> None:
    await attach(window, commands)
    drop(window, "Jim Hawkins.png", "treasure-island.epub")
    await settle(60)
    assert window.pages.current == "draft"
    assert "Jim Hawkins was added to Cards" in messages.sentences


async def test_text_is_pasted_onto_the_desk(window: MainWindow, commands: FakeCommands) -> None:
    await attach(window, commands)
    QGuiApplication.clipboard().setText("It was a dark and stormy night.")
    window.routes.paste()
    await settle()
    assert commands.asked("add_text")[0][0] == "It was a dark and stormy night."


async def test_a_pasted_card_is_opened(window: MainWindow, commands: FakeCommands) -> None:
    await attach(window, commands)
    QGuiApplication.clipboard().setText("name: Mira\ngreeting: Hello.\ncontext: Keeper.")
    window.routes.paste()
    await settle()
    assert commands.asked("import_text")
    assert window.pages.current == "cards"


async def test_a_card_is_pasted_from_the_search_of_the_library_and_words_into_it(
    window: MainWindow, commands: FakeCommands
) -> None:
    await attach(window, commands)
    window.pages.go_to("cards")
    await settle()
    search = window.pages.page("cards").library_view.search
    search.setFocus()
    QGuiApplication.clipboard().setText("Silver")
    QTest.keyClick(search, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert search.text() == "Silver"
    QGuiApplication.clipboard().setText('{"spec": "chara_card_v2", "data": {}}')
    QTest.keyClick(search, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    await settle()
    assert search.text() == "Silver"
    assert commands.asked("import_text")


async def test_a_finished_draft_is_told_once_and_opens(
    window: MainWindow, commands: FakeCommands, messages: RecordingNotify
) -> None:
    await attach(window, commands)
    job = next(job for job in commands.queue.values() if job.state == JobState.RUNNING)
    card_id = next(iter(commands.library_view))
    commands.move(job.id, progress=90.0)
    commands.move(job.id, state=JobState.SUCCEEDED, result={"card_id": card_id})
    commands.move(job.id, state=JobState.SUCCEEDED, result={"card_id": card_id})
    await asyncio.sleep(0.3)
    ready = [toast for toast in messages.toasts if toast.text == f"{job.character} is ready"]
    assert len(ready) == 1 and ready[0].action == "Open" and ready[0].callback is not None
    ready[0].callback()
    await settle()
    assert window.pages.current == "cards"


@pytest.mark.parametrize(
    ("result", "words", "action", "page"),
    [
        ({"card_ids": [1]}, "1 card was imported", "Open", "cards"),
        (
            {"card_ids": [1, 2, 3], "repaired": 2, "refused": [{"subject": "a", "reason": "b"}]},
            "Import done: 3 cards · 2 repaired · 1 refused",
            "Show",
            "jobs",
        ),
        ({"card_ids": [1, 2, 3], "already": 2}, "Import done: 1 new card · 2 there already", "Show", "jobs"),
        ({"card_ids": [1], "already": 1}, "Import done: nothing new · 1 there already", "Show", "jobs"),
    ],
)
async def test_a_finished_import_is_told_once_and_leads_to_what_it_brought(
    window: MainWindow,
    commands: FakeCommands,
    messages: RecordingNotify,
    result: dict[str, object],
    words: str,
    action: str,
    page: str,
) -> None:
    await attach(window, commands)
    job = await commands.start_import(ImportRequest(paths=("/cards",)))
    commands.move(job.id, state=JobState.RUNNING)
    commands.move(job.id, state=JobState.SUCCEEDED, result=result)
    await until(lambda: messages.toasts)
    toast = messages.toasts[-1]
    assert (toast.text.replace("\u00a0", " "), toast.action) == (words, action)
    assert toast.callback is not None
    toast.callback()
    await settle()
    assert window.pages.current == page


async def test_a_batch_of_drafts_is_counted_in_one_toast(
    window: MainWindow, commands: FakeCommands, messages: RecordingNotify
) -> None:
    await attach(window, commands)
    for number, job in enumerate(list(commands.queue.values())[:3]):
        commands.move(job.id, state=JobState.RUNNING)
        commands.move(job.id, state=JobState.SUCCEEDED, result={"card_id": 1})
        await asyncio.sleep(0.2 if number < 2 else 0.3)
    assert [toast.text for toast in messages.toasts][-2:] == ["2 cards are ready", "3 cards are ready"]
    assert len({toast.topic for toast in messages.toasts if "ready" in toast.text}) == 1
    assert window.toasts.current is not None and not window.toasts._waiting


async def test_a_failed_draft_says_why(
    window: MainWindow, commands: FakeCommands, messages: RecordingNotify
) -> None:
    await attach(window, commands)
    job = next(job for job in commands.queue.values() if job.state == JobState.RUNNING)
    commands.move(job.id, progress=90.0)
    commands.move(job.id, state=JobState.FAILED, error="No character was found. Choose another file.")
    await until(lambda: messages.errors)
    assert messages.errors == [
        f"{job.character} could not be drafted. No character was found. Choose another file."
    ]


async def test_starting_a_draft_leads_to_the_jobs(window: MainWindow, commands: FakeCommands) -> None:
    await attach(window, commands)
    page = window.pages.page("draft")
    assert isinstance(page, DraftPage)
    first, second, *_ = commands.queue.values()
    page.picker.list.setFocus()
    page.draft_started.emit(second)
    page.draft_started.emit(first)
    assert window.pages.current == "jobs"
    jobs = window.pages.page("jobs")
    assert isinstance(jobs, JobsPage)
    await settle()
    assert jobs.details.job is not None and jobs.details.job.id == second.id
    assert window.focusWidget() is jobs.listing.view


async def test_a_first_window_leaves_room_for_its_frame(context: UiContext) -> None:
    window = MainWindow(context=context, request_quit=lambda: None)
    free = window.screen().availableGeometry()
    assert window.width() < free.width() and window.height() + 30 < free.height()
    await finish(window)


async def test_closing_asks_and_does_not_close(window: MainWindow, quits: list[int]) -> None:
    window.close()
    window.close()
    assert quits == [1, 1] and window.isVisible()


async def test_closing_remembers_the_window_and_stops_listening(
    context: UiContext, commands: FakeCommands, messages: RecordingNotify
) -> None:
    window = MainWindow(context=context, request_quit=lambda: None)
    window.resize(780, 560)
    window.show()
    await attach(window, commands)
    window.pages.go_to("cards")
    await finish(window)
    assert commands.events.listeners == 0
    context.settings.save()
    later = make_context(context.settings.path.parent, messages)
    again = MainWindow(context=later, request_quit=lambda: None)
    assert (again.width(), again.height()) == (780, 560)
    assert later.settings.value.window.page == "cards"
    await finish(again)


async def test_a_problem_covers_everything_until_it_is_solved(window: MainWindow) -> None:
    tried: list[int] = []
    window.show_problem("Another CardGen has this folder open.", retry=lambda: tried.append(1))
    problem = window.childAt(window.rect().center())
    assert problem is not None
    assert window.problem is not None
    window.problem.retry_requested.emit()
    assert tried == [1]
    window.clear_problem()
    assert window.problem is None


async def test_a_larger_prose_is_seen_in_the_editor_at_once(
    context: UiContext, window: MainWindow, commands: FakeCommands
) -> None:
    await attach(window, commands)
    window.routes.open_card(next(iter(commands.library_view)))
    await settle()
    settings, cards = window.pages.page("settings"), window.pages.page("cards")
    assert isinstance(settings, SettingsPage) and isinstance(cards, CardsPage)
    field = cards.editor.fields.all[0].edit
    before = field.font().pixelSize()
    settings.general.zoom.setCurrentIndex(settings.general.zoom.findData(200))
    assert field.font().pixelSize() > 1.8 * before
    context.settings.update(prose_zoom=100)


async def test_a_key_or_a_click_for_a_page_leads_into_it(window: MainWindow, commands: FakeCommands) -> None:
    await attach(window, commands)
    window.activateWindow()
    await settle(5)
    jobs = window.pages.page("jobs")
    assert isinstance(jobs, JobsPage)
    item = window.sidebar.items["jobs"]
    QTest.mouseClick(item, Qt.MouseButton.LeftButton)
    assert window.focusWidget() is jobs.listing.view
    QTest.mouseClick(window.sidebar.items["draft"], Qt.MouseButton.LeftButton)
    draft = window.pages.page("draft")
    assert draft.isAncestorOf(window.focusWidget())
    QTest.keyClick(window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    assert window.focusWidget() is jobs.listing.view
    item.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(item, Qt.Key.Key_Return)
    assert window.focusWidget() is item


async def test_no_other_window_flashes_up(
    window: MainWindow, commands: FakeCommands, qapp: QApplication
) -> None:
    with windows_shown(qapp) as windows:
        await attach(window, commands)
        for name in ("draft", "jobs", "cards", "settings"):
            window.pages.go_to(name)
            await settle(10)
        window.routes.open_card(next(iter(commands.library_view)))
        await settle(60)
        cards = window.pages.page("cards")
        assert isinstance(cards, CardsPage)
        for tab in range(4):
            cards.editor.tabs.setCurrentIndex(tab)
        cards.editor.show_export()
    assert windows == []


async def test_f6_goes_round_the_panes(window: MainWindow, commands: FakeCommands) -> None:
    await attach(window, commands)
    page = window.pages.go_to("jobs")
    await settle()
    window.sidebar.items["draft"].setFocus()
    places = []
    for _ in range(6):
        focus_next_pane(window.sidebar, page)
        focus = window.focusWidget()
        assert focus is not None
        places.append("sidebar" if window.sidebar.isAncestorOf(focus) else "page")
    assert places[0] == "page" and "sidebar" in places


async def test_a_card_is_put_on_the_desk_to_draft_from_it(window: MainWindow, commands: FakeCommands) -> None:
    await attach(window, commands)
    card = (await commands.cards())[0]
    window.routes.open_card(card.id)
    cards = cast("CardsPage", window.pages.page("cards"))
    await until(lambda: cards.editor.session is not None)
    menu = cards.editor.header.make_menu()
    next(action for action in menu.actions() if action.text() == "Draft from this card").trigger()
    await until(lambda: window.pages.current == "draft")
    draft = cast("DraftPage", window.pages.page("draft"))
    await until(lambda: draft.desk is not None and card.name in [each.title for each in draft.desk.sources])
    assert commands.asked("add_card_as_source") == [(card.id,)]


async def test_a_card_that_has_gone_is_told_of_and_nothing_is_drafted(
    window: MainWindow, commands: FakeCommands, messages: RecordingNotify
) -> None:
    await attach(window, commands)
    commands.refusals["add_card_as_source"] = UsageError("There is no card 4.")
    cards = cast("CardsPage", window.pages.page("cards"))
    cards.library_view.draft_requested.emit(4)
    await until(lambda: bool(messages.errors))
    assert "no card" in messages.errors[-1]


async def test_a_page_that_is_hidden_hands_its_focus_to_nothing_unasked(
    window: MainWindow, commands: FakeCommands
) -> None:
    """Qt would give it to the next widget of the window, with a ring as if Tab had been pressed."""
    await attach(window, commands)
    page = window.pages.go_to("jobs")
    await settle()
    table = page.focusProxy()
    assert table is not None
    table.setFocus()
    window.pages.go_to("draft")
    await settle()
    assert window.focusWidget() is None


async def test_a_second_click_on_cards_leads_from_a_card_to_all_of_them(
    window: MainWindow, commands: FakeCommands
) -> None:
    await attach(window, commands)
    window.routes.open_card(next(iter(commands.library_view)))
    page = window.pages.page("cards")
    assert isinstance(page, CardsPage)
    await until(lambda: page.stack.currentWidget() is not page.library_view)
    window.sidebar.items["draft"].click()
    window.sidebar.items["cards"].click()
    assert page.stack.currentWidget() is page.editor, "the card stays open while another page is looked at"
    window.sidebar.items["cards"].click()
    assert page.stack.currentWidget() is page.library_view
