"""One engine on its page: fields, key, test of the connection, remedies."""

import asyncio
import threading
import time
from decimal import Decimal
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from cardgen_desktop.domain.errors import StorageError, UsageError
from cardgen_desktop.domain.profile import ConnectionCheck, ModelList
from cardgen_desktop.ui.components import LineField
from cardgen_desktop.ui.providers.editor import ProfileEditor
from cardgen_desktop.ui.providers.engines import EnginesView
from cardgen_desktop.ui.providers.remedies import provider_page, remedy_of
from tests.support.commands import FakeCommands
from tests.support.provider_samples import ATTIC, OLLAMA, SHELF, WRITING_ROOM, catalogue, refused_key
from tests.support.waiting import until


def opened(view: EnginesView, name: str, field: str = "") -> ProfileEditor:
    view.open_profile(name, field)
    return view.editor


def type_into(editor: ProfileEditor, path: str, text: str, *, leave: bool = True) -> None:
    field = editor.form.fields[path]
    assert isinstance(field.input, LineField)
    field.input.setText(text)
    if leave:
        QTest.keyClick(field.input, Qt.Key.Key_Return)


async def test_a_field_is_saved_when_it_is_left(view: EnginesView, commands: FakeCommands) -> None:
    editor = opened(view, WRITING_ROOM)
    assert editor.state.text() == "Saved"
    type_into(editor, "monthly_cap", "$7.50")
    await until(lambda: commands.kept[WRITING_ROOM].profile.monthly_cap == Decimal("7.50"))
    await until(lambda: editor.state.text() == "Saved")
    type_into(editor, "sampling.temperature", "1.2", leave=False)
    editor.save()
    await until(lambda: commands.kept[WRITING_ROOM].profile.sampling.temperature == 1.2)
    assert [key for _, key, _ in commands.asked("save_profile")] == [None, None], "the key is left alone"


async def test_what_is_wrong_stands_below_its_field(view: EnginesView, commands: FakeCommands) -> None:
    editor = opened(view, WRITING_ROOM)
    type_into(editor, "sampling.temperature", "9")
    field = editor.form.fields["sampling.temperature"]
    assert field.problem.text() == "A number from 0 to 2." and field.problem.isVisible()
    assert field.input.accessibleDescription() == "A number from 0 to 2."
    assert editor.state.text() == "Not saved: a field needs a look"
    type_into(editor, "sampling.temperature", "0.9")
    await until(lambda: commands.kept[WRITING_ROOM].profile.sampling.temperature == 0.9)
    assert not field.problem.isVisible()


async def test_a_name_that_is_taken_is_put_back_and_marked(view: EnginesView, commands: FakeCommands) -> None:
    editor = opened(view, WRITING_ROOM)
    type_into(editor, "name", OLLAMA)
    field = editor.form.fields["name"]
    await until(lambda: "There is an engine called" in field.problem.text())
    assert field.text == WRITING_ROOM and editor.state.text() == "Not saved: the old value is back"
    type_into(editor, "name", "Study")
    await until(lambda: "Study" in commands.kept and WRITING_ROOM not in commands.kept)
    await until(lambda: editor.title.text() == "Study")
    assert view.page is editor


async def test_the_default_engine_stays_the_default_under_its_new_name(
    view: EnginesView, commands: FakeCommands
) -> None:
    view.desk.set_default(WRITING_ROOM)
    editor = opened(view, WRITING_ROOM)
    type_into(editor, "name", "Study")
    await until(lambda: view.desk.default == "Study")


async def test_a_key_is_never_shown_and_a_keyring_that_fails_keeps_the_old_one(
    view: EnginesView, commands: FakeCommands
) -> None:
    editor = opened(view, WRITING_ROOM)
    key = editor.form.key
    assert key.state.text() == "Key ending …9f is in the keyring" and not key.input.isVisible()
    key.replace.click()
    assert key.input.isVisible() and key.input.echoMode() is QLineEdit.EchoMode.Password
    commands.refusals["save_profile"] = StorageError("The keyring is locked. The old key is kept.")
    key.input.setText("sk-other-42")
    key.save.click()
    await until(lambda: key.input.error_label.isVisible())
    assert key.input.error_label.text() == "The keyring is locked. The old key is kept."
    assert key.state.text() == "Key ending …9f is in the keyring" and key.input.text() == ""
    key.replace.click()
    key.input.setText("sk-other-42")
    QTest.keyClick(key.input, Qt.Key.Key_Return)
    await until(lambda: key.state.text() == "Key ending …42 is in the keyring")
    assert key.input.text() == "" and not key.input.isVisible()
    key.forget.click()
    await until(lambda: commands.kept[WRITING_ROOM].key_place == "none")
    await until(key.input.isVisible)


async def test_a_key_that_goes_with_its_address_is_told(view: EnginesView, commands: FakeCommands) -> None:
    with_key = {"key_place": "keyring", "key_hint": "…77"}
    commands.kept[ATTIC] = commands.kept[ATTIC].model_copy(update=with_key)
    view.desk.refresh()
    await until(lambda: view.desk.views[ATTIC].key_hint)
    editor = opened(view, ATTIC)
    type_into(editor, "base_url", "https://cellar.example/v1")
    await until(lambda: editor.form.key.hint.text().startswith("The key was for the address before"))
    assert editor.form.key.input.isVisible()


async def test_a_new_engine_is_stored_once_it_is_whole(view: EnginesView, commands: FakeCommands) -> None:
    view.overview.new_requested.emit("openai", False)
    editor = view.editor
    assert editor.state.text() == "Not saved yet"
    type_into(editor, "name", "Cellar")
    assert editor.state.text() == "Not saved yet. An address is needed."
    editor.form.key.input.setText("sk-cellar-55")
    editor.form.key.save.click()
    assert not commands.asked("save_profile")
    type_into(editor, "base_url", "cellar.example/v1")
    await until(lambda: "Cellar" in commands.kept)
    assert commands.kept["Cellar"].profile.base_url == "https://cellar.example/v1"
    assert commands.keys["Cellar"] == "sk-cellar-55"
    await until(lambda: editor.form.key.state.text() == "Key ending …55 is in the keyring")


async def test_another_kind_brings_its_usual_address(view: EnginesView, commands: FakeCommands) -> None:
    view.overview.new_requested.emit("ollama", False)
    form = view.editor.form
    assert form.fields["base_url"].text == "http://127.0.0.1:11434/v1"
    form.kind.setCurrentIndex(form.kind.findData("lmstudio"))
    form.kind.activated.emit(form.kind.currentIndex())
    assert form.fields["base_url"].text == "http://127.0.0.1:1234/v1"
    assert form.fields["name"].text == "LM Studio"
    form.kind.setCurrentIndex(form.kind.findData("openrouter"))
    form.kind.activated.emit(form.kind.currentIndex())
    assert not form.fields["base_url"].isVisible(), "its address is known"


async def test_models_for_single_tasks(view: EnginesView, commands: FakeCommands) -> None:
    editor = opened(view, WRITING_ROOM)
    models = editor.form.models
    assert models.tasks.isVisible() and models.inputs["analysis"].text() == "moonlit/story-small"
    await until(lambda: models.hint.text().startswith("200k context · $3 in, $15 out per million tokens"))
    models.inputs["lorebook"].setText("harbour/harbour-70b")
    QTest.keyClick(models.inputs["lorebook"], Qt.Key.Key_Return)
    wanted = {"analysis": "moonlit/story-small", "lorebook": "harbour/harbour-70b"}
    await until(lambda: commands.kept[WRITING_ROOM].profile.models == wanted)
    models.inputs["analysis"].setText("")
    models.commit()
    await until(lambda: "analysis" not in commands.kept[WRITING_ROOM].profile.models)


async def test_further_fields_are_checked_as_json(view: EnginesView, commands: FakeCommands) -> None:
    editor = opened(view, WRITING_ROOM)
    editor.form.unfold.click()
    field = editor.form.fields["sampling.extra"]
    assert field.isVisible()
    field.input.setPlainText("{")  # type: ignore[union-attr]
    field.commit()
    assert field.problem.text().startswith("Not JSON")
    field.input.setPlainText('{"min_p": 0.05}')  # type: ignore[union-attr]
    field.commit()
    await until(lambda: commands.kept[WRITING_ROOM].profile.sampling.extra == {"min_p": 0.05})


async def test_a_model_file_has_no_address_no_key_and_no_cap(
    view: EnginesView, commands: FakeCommands
) -> None:
    commands.unfit = "The file is not where it was. Choose it again."
    editor = opened(view, SHELF)
    form = editor.form
    assert form.file.isVisible() and not form.key.isVisible() and not form.models.isVisible()
    assert not form.fields["monthly_cap"].isVisible() and form.fields["context"].isVisible()
    await until(lambda: form.file.badge.text == "Cannot be used")
    assert form.file.sentence.text() == commands.unfit
    commands.unfit = ""
    form.file.show_path("/models/other.gguf")
    await until(lambda: form.file.badge.text == "Fits")
    assert form.file.sentence.text() == commands.fitness.sentence


async def test_the_lines_tick_as_they_are_tried(view: EnginesView, commands: FakeCommands) -> None:
    editor = opened(view, WRITING_ROOM)
    commands.gates["check key"] = asyncio.Event()
    editor.test.click()
    lines = editor.connection.lines
    await until(lambda: lines["key"].status == "running")
    assert [line.status for line in lines.values()] == ["ok", "ok", "running", "", "", "", ""]
    assert editor.test.text() == "Stop the test"
    commands.gates["check key"].set()
    await until(lambda: editor.connection.summary.text() == "It works. Drafts can begin.")
    assert {line.status for line in lines.values()} == {"ok"} and editor.test.text() == "Test connection"
    assert lines["call"].accessibleName() == "A call of one token: well. It answered after 0.8 s."
    assert commands.asked("test_profile")[-1][1] is None, "the stored key is used"


async def test_a_test_can_be_stopped(view: EnginesView, commands: FakeCommands) -> None:
    editor = opened(view, WRITING_ROOM)
    commands.gates["check model"] = asyncio.Event()
    editor.run_test()
    await until(lambda: editor.connection.lines["model"].status == "running")
    editor.test.click()
    await until(lambda: editor.connection.summary.text() == "Stopped. Nothing was changed.")
    assert editor.connection.lines["model"].status == "" and editor.test.text() == "Test connection"


async def test_a_failure_has_its_remedy(view: EnginesView, commands: FakeCommands) -> None:
    editor = opened(view, WRITING_ROOM)
    commands.checks = refused_key()
    editor.run_test()
    line = editor.connection.lines["key"]
    await until(lambda: editor.connection.summary.text() == "It does not work yet: key.")
    assert line.button.isVisible() and line.button.text() == "Update key"
    assert editor.connection.lines["call"].sentence.text() == "Not tried."
    line.button.click()
    assert editor.form.key.input.isVisible()
    editor.form.key.input.setText("sk-try-11")
    editor.run_test()
    await until(lambda: commands.asked("test_profile")[-1][1] == "sk-try-11")
    await until(lambda: editor.test.text() == "Test connection")


async def test_nothing_to_test_says_what_is_missing(view: EnginesView, commands: FakeCommands) -> None:
    view.overview.new_requested.emit("openai", False)
    view.editor.test.click()
    assert view.editor.connection.summary.text() == "Nothing to test yet. An address is needed."
    assert view.editor.form.fields["base_url"].problem.text() == "An address is needed."
    assert not commands.asked("test_profile")


async def test_a_test_that_cannot_be_made_says_why(view: EnginesView, commands: FakeCommands) -> None:
    async def refused(*_: Any, **__: Any) -> tuple[ConnectionCheck, ...]:
        raise UsageError("The extra “local” is not installed.")

    commands.test_profile = refused  # type: ignore[method-assign]
    editor = opened(view, SHELF)
    editor.run_test()
    await until(lambda: editor.connection.summary.text() == "The extra “local” is not installed.")


@pytest.mark.parametrize(
    ("failure", "text", "field"),
    [
        ("net.refused", "Edit address", "address"), ("html.page", "Edit address", "address"),
        ("auth.401", "Update key", "key"), ("pay.402", "Add credits", "credits"),
        ("model.404", "Choose model…", "model"), ("auth.403.other", "Choose model…", "model"),
        ("rate.429", "Test again", "test"), ("from.the.future", "Edit address", "address"),
    ],
)  # fmt: skip
def test_every_failure_leads_somewhere(failure: str, text: str, field: str) -> None:
    remedy = remedy_of(ConnectionCheck(step="address", status="failed", failure=failure))
    assert remedy is not None and (remedy.text, remedy.field) == (text, field)
    assert remedy_of(ConnectionCheck(step="address", status="ok")) is None


async def test_the_page_of_a_provider_opens_by_a_click_alone(
    view: EnginesView, commands: FakeCommands
) -> None:
    editor = opened(view, WRITING_ROOM)
    visited: list[str] = []
    editor._open_address = lambda address: not visited.append(address)  # type: ignore[func-returns-value]
    assert visited == [] and editor.pane.provider.isVisible()
    editor.lead_to("credits")
    editor.pane.provider.click()
    assert visited == ["https://openrouter.ai/settings/credits"] * 2
    assert provider_page(commands.kept[OLLAMA].profile) == ""
    assert provider_page(commands.kept[ATTIC].profile) == "https://models.attic.example/"


@pytest.mark.parametrize("field", ["name", "address", "cap", "job_cap", "context", "sampling", "key"])
async def test_a_remedy_elsewhere_leads_to_its_field(view: EnginesView, field: str) -> None:
    editor = opened(view, ATTIC, field)
    view.activateWindow()
    await until(lambda: isinstance(view.window().focusWidget(), LineField))
    assert view.page is editor


async def test_a_model_that_is_gone_is_replaced_by_a_click_alone(
    view: EnginesView, commands: FakeCommands
) -> None:
    commands.catalogues[WRITING_ROOM] = catalogue(3)
    before = commands.kept[WRITING_ROOM].profile.model
    nearest = commands.catalogues[WRITING_ROOM].models[0].id
    editor = opened(view, WRITING_ROOM, "nearest")
    models = editor.form.models
    await until(models.use.isVisible)
    assert models.offered.text().startswith(f"Nearest to {before}: {nearest} · ")
    assert models.inputs[""].text() == before and view.page is editor
    models.use.click()
    await until(lambda: commands.kept[WRITING_ROOM].profile.model == nearest)
    assert not models.use.isVisible() and not models.offered.isVisible()


async def test_where_nothing_is_near_the_model_is_typed_or_chosen(
    view: EnginesView, commands: FakeCommands
) -> None:
    commands.catalogues[ATTIC] = ModelList()
    editor = opened(view, ATTIC, "nearest")
    models = editor.form.models
    await until(lambda: models.offered.text() == "No other model is offered. Choose one, or type its id.")
    assert not models.use.isVisible()
    opened(view, WRITING_ROOM)
    assert not models.offered.isVisible()


async def test_a_remedy_may_come_before_the_engines(view: EnginesView, commands: FakeCommands) -> None:
    fresh = EnginesView(context=view._context)
    fresh.open_profile(WRITING_ROOM, "model")
    assert fresh.page is fresh.overview
    fresh.attach(commands, commands.events)
    await until(lambda: fresh.page is fresh.picker)
    fresh.open_profile("Nobody", "key")
    assert fresh.page is fresh.overview
    fresh.open_profile("models.attic.example", "test")
    await until(lambda: fresh.page is fresh.editor and fresh.editor.title.text() == ATTIC)
    await fresh.aclose()
    fresh.deleteLater()


async def test_an_engine_that_goes_while_it_is_looked_at(view: EnginesView, commands: FakeCommands) -> None:
    editor = opened(view, OLLAMA)
    editor.make_menu()
    editor._remove()
    assert view.page is view.overview
    opened(view, ATTIC)
    view.desk.remove(ATTIC)
    assert view.page is view.overview


async def test_thousands_of_models_do_not_hold_the_window_up(
    view: EnginesView, commands: FakeCommands
) -> None:
    commands.catalogues[WRITING_ROOM] = catalogue(5000)
    view.open_profile(WRITING_ROOM, "model")
    await until(lambda: view.picker.table.catalogue.rowCount() == 5000)
    view.picker.search.setText("tale")
    view.picker.search._tell()
    steps: list[float] = []
    for text in ("tale 1", "tale 12", "tale", ""):
        begun = time.thread_time()
        view.picker.search.setText(text)
        view.picker.search._tell()
        view.picker.table.viewport().repaint()
        steps.append(time.thread_time() - begun)
    assert threading.main_thread() is threading.current_thread()
    assert sorted(steps)[1] < 0.25, f"each key took {steps}"
