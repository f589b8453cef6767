"""The engines over the real commands: a server that answers, a keyring in memory, a ledger on disk."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from cardgen_desktop.jobs.workspace import Workspace, open_workspace
from cardgen_desktop.ui.context import UiContext
from cardgen_desktop.ui.costs.page import CostsView
from cardgen_desktop.ui.prompts.page import StylesView
from cardgen_desktop.ui.providers.engines import EnginesView
from tests.support.databases import place_empty_database
from tests.support.keyrings import LockedKeyring, MemoryKeyring, using
from tests.support.llm_server.server import FakeModelServer
from tests.support.messages import RecordingNotify
from tests.support.waiting import until

KEY = "sk-canary-00112233"


@pytest.fixture
def vault(monkeypatch: pytest.MonkeyPatch) -> MemoryKeyring:
    for name in ("CARDGEN_API_KEY", "OPENROUTER_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    return MemoryKeyring()


@pytest.fixture
async def workspace(tmp_path: Path, vault: MemoryKeyring) -> AsyncIterator[Workspace]:
    home = tmp_path / "home"
    place_empty_database(home / "cardgen.db")
    with using(vault):
        async with open_workspace(home, workers=1) as workspace:
            yield workspace


@pytest.fixture
async def view(context: UiContext, workspace: Workspace) -> AsyncIterator[EnginesView]:
    view = EnginesView(context=context)
    view.resize(1216, 780)
    view.show()
    view.attach(workspace.commands, workspace.events)
    await until(lambda: view.desk.was_read)
    yield view
    await view.aclose()
    view.close()
    view.deleteLater()


async def test_an_engine_from_nothing_to_a_test_that_passes(
    view: EnginesView, workspace: Workspace, vault: MemoryKeyring, tmp_path: Path
) -> None:
    async with FakeModelServer(models=("tale-1", "tale-2"), key=KEY) as server:
        view.overview.new_requested.emit("openai", True)
        editor = view.editor
        address = editor.form.fields["base_url"]
        address.input.setText(server.base_url)  # type: ignore[union-attr]
        address.commit()
        await until(lambda: editor.state.text() == "Saved")
        editor.form.key.input.setText(KEY)
        QTest.keyClick(editor.form.key.input, Qt.Key.Key_Return)
        await until(lambda: editor.form.key.state.text() == "Key ending …33 is in the keyring")
        assert KEY in vault.kept.values()
        editor.choose_model_requested.emit("")
        await until(lambda: view.picker.table.catalogue.rowCount() == 2)
        view.picker.search.setText("tale-2")
        QTest.keyClick(view.picker.search, Qt.Key.Key_Return)
        await until(lambda: editor.form.models.inputs[""].text() == "tale-2")
        await until(lambda: editor.state.text() == "Saved")
        editor.run_test()
        await until(lambda: editor.connection.summary.text() == "It works. Drafts can begin.")
        assert editor.connection.lines["model"].status == "ok"
    stored = (tmp_path / "home" / "cardgen.db").read_bytes()
    assert KEY.encode() not in stored
    assert view.desk.default == view.desk.views[editor.title.text()].profile.name


async def test_a_refused_key_is_told_with_its_remedy(view: EnginesView) -> None:
    async with FakeModelServer(models=("tale-1",), key=KEY) as server:
        view.editor.begin("openai", base_url=server.base_url, model="tale-1")
        view.editor.editing.store()
        await until(lambda: view.editor.state.text() == "Saved")
        view.editor.run_test()
        await until(lambda: view.editor.connection.lines["key"].status == "failed")
        await until(lambda: view.editor.test.text() == "Test connection")
        assert view.editor.connection.lines["key"].button.text() == "Update key"


@pytest.mark.parametrize("vault", [LockedKeyring()])
async def test_a_keyring_that_is_locked_is_told(view: EnginesView, vault: MemoryKeyring) -> None:
    view.editor.begin("ollama")
    view.editor.editing.store()
    await until(lambda: view.editor.state.text() == "Saved")
    key = view.editor.form.key
    key.input.setText(KEY)
    key.save.click()
    await until(lambda: key.input.error_label.text() or "this run" in key.state.text())
    assert KEY not in key.input.error_label.text() + key.state.text()


async def test_an_engine_that_is_removed_is_gone_from_the_keyring(
    view: EnginesView, vault: MemoryKeyring, messages: RecordingNotify, workspace: Workspace
) -> None:
    view.editor.begin("openrouter")
    view.editor.form.key.input.setText(KEY)
    view.editor.form.key.save.click()
    await until(lambda: KEY in vault.kept.values())
    await until(lambda: "OpenRouter" in view.desk.views)
    view.desk.remove("OpenRouter")
    await view.aclose()
    assert not vault.kept and not await workspace.commands.profiles()


async def test_costs_and_styles_over_the_real_commands(
    context: UiContext, workspace: Workspace, view: EnginesView
) -> None:
    costs, styles = CostsView(context=context), StylesView(context=context)
    for part in (costs, styles):
        part.show()
        part.attach(workspace.commands, workspace.events)
    await until(costs.empty.isVisible)
    await until(lambda: styles.panel.style_shown is not None)
    assert len(styles.desk.styles) >= 5 and len(styles.variables.rows) >= 5
    styles.choose("list")
    styles.copy()
    await until(lambda: styles.panel.style_shown and styles.panel.style_shown.name == "list-mine")
    styles.panel.edit.setPlainText("Task: describe {{character}}.")
    styles.panel.commit()
    await until(lambda: styles.panel.head.state.text() == "Saved")
    stored = {style.name: style for style in await workspace.commands.prompt_styles()}
    assert stored["list-mine"].templates["description"] == "Task: describe {{character}}."
    styles.panel.edit.setPlainText("{{nobody}}")
    styles.panel.commit()
    await until(lambda: styles.panel.head.state.text() == "Not saved")
    assert "nobody" in styles.panel.unknown.text()
    for part in (costs, styles):
        await part.aclose()
        part.close()
        part.deleteLater()
