"""All engines at a glance: what drafts, what is added, what is removed and comes back."""

from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication

from cardgen_desktop.domain.errors import StorageError
from cardgen_desktop.domain.events import CostsChanged, ProfilesChanged
from cardgen_desktop.domain.profile import ProfileView
from cardgen_desktop.ui.context import UiContext
from cardgen_desktop.ui.providers import desk as desk_module
from cardgen_desktop.ui.providers.engines import EnginesView
from cardgen_desktop.ui.providers.profile_list import DEFAULT_ROLE, ProfileModel
from tests.support.commands import FakeCommands
from tests.support.messages import RecordingNotify
from tests.support.provider_samples import ATTIC, NO_KEYRING, OLLAMA, SHELF, WRITING_ROOM, profiles
from tests.support.waiting import until


def names(view: EnginesView) -> list[str]:
    model = view.overview.list.profiles
    return [model.index(row).data() for row in range(model.rowCount())]


def press(view: EnginesView, name: str, key: Qt.Key, modifiers: Qt.KeyboardModifier | None = None) -> None:
    rows = view.overview.list
    rows.setCurrentIndex(rows.index_of(name))
    QTest.keyClick(rows, key, modifiers or Qt.KeyboardModifier.NoModifier)


async def test_engines_are_listed_with_their_state(view: EnginesView) -> None:
    assert names(view) == [ATTIC, SHELF, OLLAMA, WRITING_ROOM]
    index = view.overview.list.index_of(WRITING_ROOM)
    spoken = index.data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == (
        "Writing room, OpenRouter, moonlit/story-large · openrouter.ai, Key ending …9f is in the keyring, "
        "$1.23 of $5 this month"
    )
    assert view.overview.keyring.isHidden() and view.overview.none.isHidden()
    assert view.overview.tiles.tiles["embedded"].isChecked()


async def test_a_tile_chooses_what_new_drafts_begin_with(view: EnginesView, context: UiContext) -> None:
    tile = view.overview.tiles.tiles["openrouter"]
    assert tile.accessibleName().startswith("OpenRouter. Costs: cents a card, or free. Leaves this computer")
    tile.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(tile, Qt.Key.Key_Space)
    assert context.settings.value.engine == WRITING_ROOM and tile.isChecked()
    assert view.overview.list.index_of(WRITING_ROOM).data(DEFAULT_ROLE)
    assert view.overview.drafting.text() == "Writing room · moonlit/story-large"
    view.overview.tiles.tiles["embedded"].click()
    assert context.settings.value.engine == "offline"


async def test_a_group_without_an_engine_leads_to_a_form_and_drafts_only_when_saved(
    view: EnginesView, commands: FakeCommands, context: UiContext
) -> None:
    del commands.kept[WRITING_ROOM]
    commands.events.announce(ProfilesChanged())
    await until(lambda: WRITING_ROOM not in view.desk.views)
    view.overview.tiles.tiles["openrouter"].click()
    assert view.page is view.editor and view.overview.tiles.tiles["embedded"].isChecked()
    assert context.settings.value.engine == "offline"
    view.editor.form.key.input.setText("sk-new-9f")
    QTest.keyClick(view.editor.form.key.input, Qt.Key.Key_Return)
    await until(lambda: "OpenRouter" in commands.kept)
    await until(lambda: context.settings.value.engine == "OpenRouter")
    assert commands.keys["OpenRouter"] == "sk-new-9f"


async def test_without_a_keyring_the_page_says_so(view: EnginesView, commands: FakeCommands) -> None:
    commands.keyring = NO_KEYRING
    commands.events.announce(ProfilesChanged())
    await until(view.overview.keyring.isVisible)
    assert view.overview.keyring.accessibleName() == NO_KEYRING.sentence


async def test_removing_is_only_done_when_undo_is_gone(
    view: EnginesView, commands: FakeCommands, messages: RecordingNotify, context: UiContext
) -> None:
    view.desk.set_default(OLLAMA)
    press(view, OLLAMA, Qt.Key.Key_Delete)
    assert OLLAMA not in names(view) and not commands.asked("remove_profile")
    assert context.settings.value.engine == "offline"
    toast = messages.toasts[-1]
    assert (toast.text, toast.action) == (f"{OLLAMA} removed", "Undo")
    assert toast.callback is not None
    toast.callback()
    assert OLLAMA in names(view) and context.settings.value.engine == OLLAMA


async def test_what_was_removed_is_gone_when_the_window_closes(
    context: UiContext, commands: FakeCommands
) -> None:
    view = EnginesView(context=context)
    view.attach(commands, commands.events)
    await until(lambda: view.desk.was_read)
    view.desk.remove(OLLAMA)
    await view.aclose()
    assert OLLAMA not in commands.kept
    view.deleteLater()


async def test_an_undo_that_comes_late_says_what_is_missing(
    view: EnginesView,
    commands: FakeCommands,
    messages: RecordingNotify,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(desk_module, "LEAVES_AFTER_MILLISECONDS", 1)
    view.desk.remove(WRITING_ROOM)
    undo = messages.toasts[-1].callback
    await until(lambda: WRITING_ROOM not in commands.kept)
    await until(lambda: WRITING_ROOM not in view.desk._leaving)
    assert undo is not None
    undo()
    await until(lambda: WRITING_ROOM in names(view))
    await until(lambda: messages.sentences[-1].endswith("Its key has to be entered again."))


async def test_a_removal_that_fails_brings_the_engine_back(
    view: EnginesView, commands: FakeCommands, messages: RecordingNotify, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk_module, "LEAVES_AFTER_MILLISECONDS", 1)
    commands.refusals["remove_profile"] = StorageError("The keyring is locked. Nothing was removed.")
    view.desk.remove(WRITING_ROOM)
    await until(lambda: messages.errors == ["The keyring is locked. Nothing was removed."])
    await until(lambda: WRITING_ROOM in names(view))


async def test_keys_copy_rename_and_open(
    view: EnginesView, commands: FakeCommands, messages: RecordingNotify
) -> None:
    press(view, WRITING_ROOM, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    await until(lambda: "Writing room 2" in names(view))
    assert commands.kept["Writing room 2"].key_place == "none"
    assert messages.sentences[-1] == "Writing room 2 added. It needs a key of its own"
    press(view, ATTIC, Qt.Key.Key_F2)
    assert view.page is view.editor and view.editor.title.text() == ATTIC
    QTest.keyClick(view.editor, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    view.editor.back.click()
    press(view, SHELF, Qt.Key.Key_Return)
    assert view.editor.title.text() == SHELF


async def test_a_click_opens_and_one_on_the_dots_offers_more(view: EnginesView) -> None:
    rows = view.overview.list
    asked: list[str] = []
    rows.menu_requested.disconnect()
    rows.menu_requested.connect(lambda name, _place: asked.append(name))
    box = rows.visualRect(rows.index_of(OLLAMA))
    dots = QPoint(box.right() - 20, box.center().y())
    QTest.mouseClick(rows.viewport(), Qt.MouseButton.LeftButton, pos=dots)
    assert asked == [OLLAMA] and not view.editor.isVisible()
    QTest.mouseClick(rows.viewport(), Qt.MouseButton.LeftButton, pos=box.center())
    assert view.editor.isVisible()
    menu = view.overview.make_menu(OLLAMA)
    assert [action.text() for action in menu.actions() if action.text()] == [
        "Open", "Begin new drafts with it", "Rename", "Duplicate", "Remove",
    ]  # fmt: skip


async def test_servers_on_this_computer_are_found_by_a_click(
    view: EnginesView, commands: FakeCommands, context: UiContext
) -> None:
    view.overview.look.click()
    await until(lambda: len(view.overview.found.uses) == 2)
    assert commands.asked("find_local_servers") == [()], "nothing is asked before the click"
    assert view.overview.found.uses[0].accessibleName() == "Use Ollama"
    view.overview.found.uses[0].click()
    await until(lambda: "Ollama" in commands.kept)
    stored = commands.kept["Ollama"].profile
    assert (stored.kind, stored.model) == ("ollama", "tale:8b")
    await until(lambda: context.settings.value.engine == "Ollama")
    commands.found_servers = ()
    view.overview.find_servers()
    await until(lambda: "No server answered" in view.overview.found.sentence.text())
    await until(view.overview.look.isEnabled)


async def test_engines_go_to_a_file_and_come_back_without_keys(
    view: EnginesView, commands: FakeCommands, messages: RecordingNotify, tmp_path: Path
) -> None:
    path = tmp_path / "engines.json"
    view.desk.export(path)
    await until(lambda: messages.sentences == ["4\xa0engines exported to engines.json, without keys"])
    commands.kept.clear()
    view.desk.import_from(path)
    await until(lambda: len(names(view)) == 4)
    await until(lambda: messages.sentences[-1] == "4\xa0engines added. 1\xa0needs a key or a model")


async def test_spending_follows_the_requests(
    view: EnginesView, commands: FakeCommands, monkeypatch: pytest.MonkeyPatch
) -> None:
    view.desk._soon.setInterval(1)
    spent = commands.kept[WRITING_ROOM].model_copy(update={"spent_month": Decimal("4.5")})
    commands.kept[WRITING_ROOM] = spent
    commands.events.announce(CostsChanged())
    index = view.overview.list.index_of(WRITING_ROOM)
    await until(lambda: "$4.50 of $5" in index.data(Qt.ItemDataRole.AccessibleTextRole))


def test_the_model_keeps_its_rows(qapp: QApplication) -> None:
    model = ProfileModel()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    views = profiles()

    def shown(*rows: ProfileView, default: str = "") -> list[str]:
        model.show_views(rows, default)
        return [model.index(row).data() for row in range(model.rowCount())]

    assert shown(*views) == [view.profile.name for view in views]
    assert shown(views[0], views[3], default=WRITING_ROOM) == [ATTIC, WRITING_ROOM]
    assert shown(*views, default=ATTIC) == [view.profile.name for view in views]
    assert shown() == []
    assert model.data(model.index(0)) is None
    tester.deleteLater()
