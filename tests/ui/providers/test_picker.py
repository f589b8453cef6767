"""Choosing a model: search, sort, filters, age, and a list that cannot be had."""

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication

from cardgen_desktop.domain.errors import ProviderError
from cardgen_desktop.domain.profile import ModelList
from cardgen_desktop.ui.providers.catalogue import ModelFilter
from cardgen_desktop.ui.providers.engines import EnginesView
from cardgen_desktop.ui.providers.model_table import CatalogueModel
from cardgen_desktop.ui.providers.picker import ModelPicker
from tests.support.commands import FakeCommands
from tests.support.provider_samples import WRITING_ROOM, catalogue
from tests.support.samples import NOW
from tests.support.waiting import until


async def opened(view: EnginesView, task: str = "") -> ModelPicker:
    view.picker._clock = lambda: NOW
    view.open_profile(WRITING_ROOM)
    view.editor.choose_model_requested.emit(task)
    await until(lambda: view.picker.table.catalogue.rowCount() > 0)
    return view.picker


def shown(picker: ModelPicker) -> list[str]:
    model = picker.table.catalogue
    found = [model.model_at(row) for row in range(model.rowCount())]
    return [one.id for one in found if one is not None]


async def test_the_model_in_use_is_where_the_search_begins(view: EnginesView) -> None:
    picker = await opened(view)
    assert picker.facts.text() == "6\xa0models · from 3\xa0hours ago"
    assert picker.told.text().startswith("Moonlit: Story Large · 200k context · $3 in")
    assert not picker.stale.isVisible() and picker.free.text() == "Free"


async def test_a_model_is_found_by_keys_alone(view: EnginesView, commands: FakeCommands) -> None:
    picker = await opened(view, "lorebook")
    assert picker.title.text() == "Choose a model for lorebook"
    QTest.keyClicks(picker.search, "70b har")
    await until(lambda: shown(picker) == ["harbour/harbour-70b"])
    QTest.keyClick(picker.search, Qt.Key.Key_Return)
    await until(lambda: commands.kept[WRITING_ROOM].profile.models.get("lorebook") == "harbour/harbour-70b")
    assert view.page is view.editor


async def test_columns_sort_and_chips_filter(view: EnginesView) -> None:
    picker = await opened(view)
    picker.table.sort_requested.emit(3)
    assert shown(picker)[0] == "harbour/harbour-8b:free"
    picker.table.sort_requested.emit(3)
    assert shown(picker)[0] == "oldtown/fable-1"
    picker.free.click()
    assert shown(picker) == ["harbour/harbour-8b:free"]
    picker.structured.click()
    assert shown(picker) == [] and picker.none.isVisible()
    picker.none.action_triggered.emit()
    assert len(shown(picker)) == 6


async def test_an_id_that_is_not_in_the_list_can_be_used(view: EnginesView, commands: FakeCommands) -> None:
    picker = await opened(view)
    picker.search.setText("lab/next")
    picker.search._tell()
    assert picker.none.second.text() == "Use “lab/next” as it is"
    picker.none.second.click()
    await until(lambda: commands.kept[WRITING_ROOM].profile.model == "lab/next")


async def test_a_list_from_before_is_used_and_says_so(view: EnginesView, commands: FakeCommands) -> None:
    commands.catalogues[WRITING_ROOM] = catalogue(at=NOW - 86_400, is_stale=True)
    picker = await opened(view)
    assert picker.stale.isVisible() and "could not be asked" in picker.stale.accessibleName()
    commands.refusals["models"] = ProviderError("You are offline.")
    picker.again.click()
    await until(lambda: "You are offline. The one from before is shown." in picker.stale.accessibleName())
    assert len(shown(picker)) == 6 and picker.again.isEnabled()


async def test_the_first_list_is_asked_for(view: EnginesView, commands: FakeCommands) -> None:
    async def models(*_: Any, refresh: bool = False, **__: Any) -> ModelList:
        return catalogue() if refresh else ModelList()

    commands.models = models  # type: ignore[method-assign]
    assert len(shown(await opened(view))) == 6


async def test_a_list_that_cannot_be_had(view: EnginesView, commands: FakeCommands) -> None:
    view.open_profile(WRITING_ROOM)
    await until(lambda: bool(view.editor.form.models.hint.text()))
    commands.catalogues[WRITING_ROOM] = ModelList()
    commands.refusals["models"] = ProviderError("The server sends no list of models.")
    view.editor.choose_model_requested.emit("")
    await until(view.picker.nothing.isVisible)
    QTest.keyClick(view.picker, Qt.Key.Key_Escape)
    assert view.page is view.editor


def test_the_model_of_the_table(qapp: QApplication) -> None:
    model = CatalogueModel()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.show_models(catalogue(40).models)
    model.set_filter(ModelFilter(text="tale", column="context", falling=True))
    assert model.rowCount() == 34 and model.row_of("press/tale-00007") is not None
    model.set_filter(ModelFilter(text="nothing of the kind"))
    assert model.rowCount() == 0 and model.model_at(0) is None
    model.set_filter(ModelFilter())
    cells = [model.index(model.row_of("attic-70b") or 0, column).data() for column in range(5)]
    assert cells == ["attic-70b", "–", "–", "–", "–"]
    index = model.index(model.row_of("moonlit/story-small") or 0, 0)
    spoken = index.data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken.startswith("Moonlit: Story Small, 128k context · $0.15 in, $0.60 out")
    tester.deleteLater()
