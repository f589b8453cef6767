"""Prompt styles as a person copies, changes, compares and looks through them."""

from collections.abc import AsyncIterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication

from cardgen_desktop.domain.errors import ProviderError, UsageError
from cardgen_desktop.domain.job_kinds import DraftRequest
from cardgen_desktop.ui.components import LINE_ROLE
from cardgen_desktop.ui.context import UiContext
from cardgen_desktop.ui.prompts.page import StylesView
from cardgen_desktop.ui.prompts.style_list import StyleModel
from cardgen_desktop.ui.prompts.words import (
    changed_templates,
    copy_of,
    difference,
    prompt_text,
    sample,
    template_title,
    tokens_line,
    unknown_places,
)
from tests.support.commands import FakeCommands
from tests.support.messages import RecordingNotify
from tests.support.provider_samples import WRITING_ROOM, previews, styles, variables
from tests.support.waiting import until

PROSE, ATTRIBUTES, OWN = styles()


@pytest.fixture
def commands() -> FakeCommands:
    return FakeCommands.filled()


@pytest.fixture
async def view(context: UiContext, commands: FakeCommands) -> AsyncIterator[StylesView]:
    view = StylesView(context=context)
    view.resize(1216, 780)
    view.show()
    view.attach(commands, commands.events)
    await until(lambda: view.panel.style_shown is not None)
    yield view
    await view.aclose()
    view.close()
    view.deleteLater()


def titles(view: StylesView) -> list[str]:
    model = view.list.styles
    return [model.index(row).data() for row in range(model.rowCount())]


async def test_a_shipped_style_can_be_read_and_not_changed(view: StylesView) -> None:
    assert titles(view) == ["Prose", "Attributes", "Harbour tales"]
    panel = view.panel
    assert panel.style_shown == PROSE and panel.edit.isReadOnly()
    assert panel.steps.currentData() == "description" and "{{facts}}" in panel.edit.toPlainText()
    assert panel.head.copy.isVisible() and not panel.head.title_field.isVisible()
    assert [row.isEnabled() for row in view.variables.rows] == [False] * 5
    assert view.variables.rows[0].accessibleName().startswith("character: The name of the character.")


async def test_a_copy_is_changed_where_one_types(view: StylesView, commands: FakeCommands) -> None:
    view.panel.head.copy.click()
    await until(lambda: view.panel.style_shown is not None and view.panel.style_shown.name == "prose-mine")
    edit = view.panel.edit
    assert not edit.isReadOnly() and titles(view)[-1] == "Prose, my own"
    edit.setPlainText("Describe {{character}} in ")
    cursor = edit.textCursor()
    cursor.movePosition(cursor.MoveOperation.End)
    edit.setTextCursor(cursor)
    view.variables.rows[4].click()
    assert edit.toPlainText() == "Describe {{character}} in {{length}}"
    view.panel.commit()
    wanted = "Describe {{character}} in {{length}}"
    await until(lambda: commands.kept_styles["prose-mine"].templates["description"] == wanted)
    await until(lambda: view.panel.head.state.text() == "Saved")
    assert view.panel.steps.currentText() == "Description · changed"


async def test_every_template_keeps_what_was_typed(view: StylesView, commands: FakeCommands) -> None:
    view.choose("harbour-tales")
    panel = view.panel
    panel.edit.setPlainText("One.")
    panel.commit()
    panel.steps.setCurrentIndex(panel.steps.findData("system"))
    panel.steps.activated.emit(panel.steps.currentIndex())
    assert panel.edit.toPlainText() == OWN.templates["system"]
    panel.edit.setPlainText("Two.")
    view.choose("prose")
    await until(lambda: commands.kept_styles["harbour-tales"].templates["system"] == "Two.")
    assert commands.kept_styles["harbour-tales"].templates["description"] == "One."
    assert panel.edit.toPlainText() == PROSE.templates["system"]


async def test_a_placeholder_that_means_nothing_is_named(view: StylesView, commands: FakeCommands) -> None:
    view.choose("harbour-tales")
    commands.refusals["save_prompt_style"] = UsageError("The template uses {{tone}}, which is not known.")
    view.panel.edit.setPlainText("{{tone}} and {{char}}")
    view.panel.commit()
    await until(lambda: view.panel.head.state.text() == "Not saved")
    assert view.panel.unknown.text().endswith("which is not known. The text stays here.")
    assert view.panel.edit.toPlainText() == "{{tone}} and {{char}}"
    view.show_side("difference")
    view.show_side("template")
    assert view.panel.unknown.text() == "Not a placeholder: {{tone}}."


async def test_the_difference_to_the_shipped_style(view: StylesView, commands: FakeCommands) -> None:
    view.show_side("difference")
    assert view.panel.diff.toPlainText() == "This is the shipped style. Copy it to change it."
    view.choose("harbour-tales")
    text = view.panel.diff.toPlainText()
    assert (
        "−  Describe {{character}} in {{length}}." in text and "+  Describe {{character}} as sailors" in text
    )
    view.panel.revert.click()
    await until(lambda: view.panel.diff.toPlainText() == "The same as the shipped style.")
    shipped = PROSE.templates["description"]
    await until(lambda: commands.kept_styles["harbour-tales"].templates["description"] == shipped)
    assert not view.panel.revert.isVisible()


async def test_the_exact_prompts_with_their_lengths(
    view: StylesView, commands: FakeCommands, context: UiContext
) -> None:
    context.settings.update(engine=WRITING_ROOM)
    view.choose("harbour-tales")
    view.show_side("preview")
    shown = view.panel.previews
    await until(lambda: shown.facts.text().startswith("5,210\xa0tokens, counted by the server"))
    assert shown.facts.text().endswith("moonlit/story-large · 2\xa0requests, 6,090 tokens in all")
    shown.facts.resize(80, 20)
    assert shown.facts.text() in shown.facts.toolTip().replace("&nbsp;", "\xa0")  # what is cut off is told
    ((request,),) = commands.asked("dry_run")
    assert (request.engine, request.options.style, request.source_ids) == (
        WRITING_ROOM, "harbour-tales", (1, 2),
    )  # fmt: skip
    assert "[p1] Squire Trelawney" in shown.text.text
    shown.steps.setCurrentIndex(1)
    assert shown.note.text().startswith("The facts of the first step are not known yet")
    assert not view.variables.isVisible()


async def test_a_draft_can_be_handed_over_to_be_looked_at(view: StylesView, commands: FakeCommands) -> None:
    request = DraftRequest(source_ids=(2,), engine=WRITING_ROOM, character="Jim")
    view.preview(request.model_copy(update={"options": request.options.model_copy(update={"greetings": 1})}))
    await until(lambda: commands.asked("dry_run"))
    ((asked,),) = commands.asked("dry_run")[-1:]
    assert (asked.character, asked.options.greetings, asked.options.style) == ("Jim", 1, "prose")


async def test_without_a_source_a_sample_is_shown(view: StylesView, commands: FakeCommands) -> None:
    commands.texts.clear()
    view.show_side("preview")
    shown = view.panel.previews
    await until(lambda: shown.note.text().startswith("A sample, filled with examples"))
    assert [shown.steps.itemText(row) for row in range(shown.steps.count())] == ["Facts", "Description"]
    assert "Jim Hawkins" in shown.text.text and not commands.asked("dry_run")


async def test_a_preview_that_fails_says_why(view: StylesView, commands: FakeCommands) -> None:
    commands.refusals["dry_run"] = ProviderError("The server does not answer.")
    view.show_side("preview")
    shown = view.panel.previews
    await until(lambda: shown.note.text().startswith("The server does not answer. Below is a sample"))


async def test_a_style_is_named_used_removed_and_brought_back(
    view: StylesView, commands: FakeCommands, messages: RecordingNotify, context: UiContext
) -> None:
    view.choose("harbour-tales")
    head = view.panel.head
    head.title_field.setText("Salt")
    QTest.keyClick(head.title_field, Qt.Key.Key_Return)
    await until(lambda: commands.kept_styles["harbour-tales"].title == "Salt")
    assert titles(view)[-1] == "Salt"
    view.desk.set_default("harbour-tales")
    assert view.list.currentIndex().data(LINE_ROLE) == "Your own · new drafts"
    QTest.keyClick(view.list, Qt.Key.Key_Delete)
    await until(lambda: "harbour-tales" not in commands.kept_styles)
    await until(lambda: messages.sentences == ["Salt removed"])
    assert context.settings.value.style == "prose"
    undo = messages.toasts[-1].callback
    assert undo is not None
    undo()
    await until(lambda: "harbour-tales" in commands.kept_styles)
    await until(lambda: titles(view)[-1] == "Salt")
    assert context.settings.value.style == "harbour-tales"


async def test_a_shipped_style_cannot_be_removed(view: StylesView, commands: FakeCommands) -> None:
    view.choose("prose")
    QTest.keyClick(view.list, Qt.Key.Key_Delete)
    words = [action.text() for action in view.make_menu().actions()]
    assert words == ["Use for new drafts", "Copy"] and not commands.asked("remove_prompt_style")


async def test_styles_that_cannot_be_read(context: UiContext) -> None:
    commands = FakeCommands()
    commands.refusals["prompt_styles"] = UsageError("The styles are damaged.")
    view = StylesView(context=context)
    view.show()
    view.attach(commands, commands.events)
    await until(view.problem.isVisible)
    view.problem.action_triggered.emit()
    await until(lambda: len(titles(view)) == 2)
    await view.aclose()
    view.deleteLater()


def test_words_of_styles() -> None:
    assert template_title("mes_example") == "Example dialogue" and template_title("own_step") == "Own step"
    assert unknown_places("{{facts}} {{ tone }} {{char}} {{tone}}", ["facts"]) == ("tone",)
    assert tokens_line(previews()[1]).startswith("880\xa0tokens, estimated · up to 600 in answer")
    assert prompt_text(previews()[0]).startswith("Rules\n")
    shown = sample(PROSE, variables())
    assert [one.step for one in shown] == ["facts", "description"]
    assert (
        shown[0].messages[0].text == "You write character cards in English from the passages you are given."
    )
    copy = copy_of(OWN, {"prose-mine", OWN.name})
    assert (copy.name, copy.based_on, copy.title) == ("prose-mine-2", "prose", "Harbour tales, my own 2")


def test_lines_that_differ() -> None:
    assert difference("a\nb\n", "a\nb") == ()
    assert [(line.change, line.text) for line in difference("a\nb", "a\nc")] == [
        ("same", "a"), ("removed", "b"), ("added", "c"),
    ]  # fmt: skip
    long = "\n".join(map(str, range(5000)))
    assert len(difference(long, long + "\nend")) == 6000
    assert changed_templates(OWN, PROSE) == {"description"} and changed_templates(PROSE, None) == frozenset()


def test_the_model_keeps_its_rows(qapp: QApplication) -> None:
    model = StyleModel()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.show_styles(styles(), "prose")
    model.show_styles(styles()[:1], "prose")
    model.show_styles(styles(), "attributes")
    assert model.row_of("harbour-tales") == 2 and model.row_of("none") is None
    assert model.index(1).data(LINE_ROLE) == "Shipped · new drafts"
    tester.deleteLater()
