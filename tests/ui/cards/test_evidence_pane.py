"""What stands behind the sentence under the cursor, and the source it comes from."""

import asyncio
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from cardgen_desktop.domain.errors import SourceError
from cardgen_desktop.domain.evidence import Evidence
from cardgen_desktop.domain.source import Span
from cardgen_desktop.ui.cards.editor_keys import go_to_next_without_support
from cardgen_desktop.ui.cards.evidence_pane import HINT_NOTHING, HINT_UNKNOWN, HINT_YOURS
from cardgen_desktop.ui.cards.passages import paragraph_bounds, readable, shortened
from cardgen_desktop.ui.cards.prose_edit import ProseEdit
from cardgen_desktop.ui.context import UiContext
from tests.support.messages import RecordingNotify
from tests.support.waiting import until

from .conftest import CRUSOE, Desk

ALT = Qt.KeyboardModifier.AltModifier


def put_cursor(desk: Desk, path: str, words: str) -> None:
    edit = desk.field(path).edit
    edit.setFocus()
    edit.go_to(edit.text.index(words) + 2)


async def test_sentence_under_the_cursor_shows_its_passage(desk: Desk) -> None:
    await desk.open()
    put_cursor(desk, "description", "a tall, strong")
    pane = desk.editor.panes.evidence
    assert pane._badge.text == "In the source, word for word"
    await until(lambda: pane._passage.isVisible())
    assert pane._passage.marked_text.startswith("a tall, strong, heavy, nut-brown man")
    assert pane._title.title == "Treasure Island"
    assert "at " in pane._where.text() and pane._where.text().endswith(" %")
    edit = desk.field("description").edit
    assert (
        [mark.cursor.selectedText() for mark in edit.extraSelections()]
        == [  # type: ignore[attr-defined]
            edit.text[edit.under_cursor.start : edit.under_cursor.end]
        ]
    )


async def test_counted_sentence_lists_what_it_was_counted_from(desk: Desk) -> None:
    await desk.open()
    put_cursor(desk, "description", "is named 118 times")
    pane = desk.editor.panes.evidence
    assert pane._badge.text == "Counted in the source"
    await until(lambda: pane._tiles[0].isVisible())
    assert not pane._tiles[1].isVisible() and not pane._passage.isVisible()


async def test_connecting_words_claim_nothing(desk: Desk) -> None:
    await desk.open()
    put_cursor(desk, "description", "Appearance:")
    assert desk.editor.panes.evidence._badge.text == "Connecting words"
    assert desk.field("description").edit.extraSelections() == []


async def test_changed_sentence_becomes_the_persons_own_and_its_neighbours_stay(desk: Desk) -> None:
    await desk.open()
    edit = desk.field("description").edit
    before = [place.verdict for place in edit.located]
    put_cursor(desk, "description", "silent man")
    edit.insertPlainText("xx")
    after = [place.verdict for place in edit.located]
    assert after.count("yours") == 1 and len(after) == len(before)
    pane = desk.editor.panes.evidence
    assert pane._badge.text == "Your own words"
    assert pane._note.text() == HINT_YOURS
    desk.editor.undo()
    assert [place.verdict for place in edit.located] == before


async def test_emoji_in_front_do_not_move_the_highlight(desk: Desk) -> None:
    await desk.open()
    edit = desk.field("description").edit
    edit.moveCursor(edit.textCursor().MoveOperation.Start)
    edit.setFocus()
    edit.insertPlainText("😀🎉 ")
    put_cursor(desk, "description", "He was a very silent")
    marks = edit.extraSelections()
    assert marks[0].cursor.selectedText() == "He was a very silent man by custom."  # type: ignore[attr-defined]


async def test_legend_counts_verdicts(desk: Desk) -> None:
    await desk.open()
    legend = desk.field("description").legend
    assert legend.accessibleName() == "supported 5".replace("s", "S", 1) + ", Inferred 1"
    desk.type("description", " I say so.")
    assert legend.accessibleName() == "Supported 5, Inferred 1, Yours 1"


async def test_imported_card_says_that_nothing_is_known(desk: Desk) -> None:
    await desk.open(CRUSOE)
    desk.field("description").edit.setFocus()
    assert desk.editor.panes.evidence._note.text() == HINT_UNKNOWN
    assert desk.field("description").legend.accessibleName().startswith("Who the character is")
    empty = next(field for field in desk.editor.fields.all if field._help and not field.edit.text)
    assert empty.legend.accessibleName() == "" and empty.edit.accessibleDescription()


async def test_opened_card_begins_at_its_first_sentence_with_support(desk: Desk) -> None:
    await desk.open()
    edit = desk.field("description").edit
    assert edit.hasFocus() and edit.textCursor().position() == edit.text.index("a tall, strong")
    assert desk.editor.panes.evidence._badge.text == "In the source, word for word"
    highlighted = [field.path for field in desk.editor.fields.all if field.edit.extraSelections()]
    assert highlighted == ["description"]


async def test_each_entry_and_greeting_begins_at_its_support_too(desk: Desk) -> None:
    await desk.open()
    pane = desk.editor.panes.evidence
    desk.editor.show_tab("lorebook")
    assert pane._badge.text == "In the source, word for word"
    desk.forms.lorebook.select(2)
    assert pane._badge.text == "Your own words"
    desk.editor.show_tab("greetings")
    assert pane._badge.text == "In the source, word for word"


async def test_pane_says_what_to_do_where_there_is_no_sentence(desk: Desk) -> None:
    await desk.open()
    desk.editor.show_tab("details")
    assert desk.editor.panes.evidence._note.text() == HINT_NOTHING
    assert all(field.edit.extraSelections() == [] for field in desk.editor.fields.all)


async def test_late_passage_of_another_sentence_is_dropped(desk: Desk) -> None:
    await desk.open()
    gate = desk.commands.gates["passage"] = asyncio.Event()
    put_cursor(desk, "description", "a tall, strong")
    await asyncio.sleep(0.02)
    desk.type("description", " I say so.")
    gate.set()
    await asyncio.sleep(0.05)
    pane = desk.editor.panes.evidence
    assert pane._badge.text == "Your own words" and not pane._passage.isVisible()


async def test_passage_is_asked_for_once(desk: Desk) -> None:
    await desk.open()
    for _ in range(3):
        put_cursor(desk, "description", "a tall, strong")
        put_cursor(desk, "description", "His stories")
        await asyncio.sleep(0.03)
    assert len(desk.commands.asked("passage")) == 2


async def test_unreadable_passage_is_said_in_the_pane(desk: Desk, messages: RecordingNotify) -> None:
    await desk.open()
    desk.commands.refusals["passage"] = SourceError("This source was taken away.")
    put_cursor(desk, "description", "a tall, strong")
    pane = desk.editor.panes.evidence
    await until(lambda: pane._note.text() == "This source was taken away.")
    assert messages.errors == []


async def test_source_opens_at_the_passage_and_gives_the_keyboard_back(desk: Desk) -> None:
    await desk.open()
    put_cursor(desk, "description", "All day he hung")
    panes = desk.editor.panes
    await until(lambda: panes.evidence._open.isVisible())
    panes.evidence._open.click()
    await until(lambda: panes.source.reader.marked_text != "")
    assert panes.currentWidget() is panes.source
    assert panes.source.reader.marked_text.startswith("All day he hung round the cove")
    assert panes.source.reader.isReadOnly() and panes.source.reader.hasFocus()
    bar = panes.source.reader.verticalScrollBar()
    assert bar.value() > 0
    later = len(panes.source.reader.toPlainText())
    panes.source._later.click()
    assert len(panes.source.reader.toPlainText()) > later
    QTest.keyClick(panes.source, Qt.Key.Key_Escape)
    assert panes.currentWidget() is panes.evidence
    assert desk.field("description").edit.hasFocus()


async def test_source_that_is_gone_is_said_in_its_pane(desk: Desk) -> None:
    await desk.open()
    put_cursor(desk, "description", "All day he hung")
    panes = desk.editor.panes
    await until(lambda: panes.evidence._open.isVisible())
    desk.commands.texts.clear()
    panes.evidence._open.click()
    await until(lambda: panes.source._note.text() == "This source is no longer on the desk.")


async def test_next_without_support_goes_through_all_fields(desk: Desk, messages: RecordingNotify) -> None:
    await desk.open()
    description = desk.field("description").edit
    description.setFocus()
    QTest.keyClick(desk.editor, Qt.Key.Key_E, ALT)
    assert "Every sentence here" in messages.sentences[-1]
    desk.type("description", " First of mine. Second of mine.")
    desk.type("scenario", " Third of mine.")
    description.setFocus()
    description.go_to(0)
    reached = []
    for _ in range(4):
        go_to_next_without_support(desk.editor)
        current = desk.editor.fields.current
        assert current is not None and current.edit.under_cursor is not None
        place = current.edit.under_cursor
        reached.append(current.edit.text[place.start : place.end])
    assert reached == ["First of mine.", "Second of mine.", "Third of mine.", "First of mine."]


def pixels(edit: ProseEdit, hues: range) -> int:
    """Coloured pixels of a hue in degrees: about 20 to 50 are dashes, 100 to 150 the line of support."""
    image = edit.grab().toImage()
    colors = (image.pixelColor(x, y) for y in range(image.height()) for x in range(image.width()))
    return sum(color.hsvSaturation() > 40 and color.hsvHue() in hues for color in colors)


@pytest.fixture
def edit(qapp: object, context: UiContext) -> Iterator[ProseEdit]:
    edit = ProseEdit(context=context, name="Text")
    edit.resize(400, 120)
    edit.show()
    edit.set_text("She is very tall indeed.")
    yield edit
    edit.close()
    edit.deleteLater()


DASHES, SUPPORT = range(20, 50), range(100, 150)


def test_underlines_are_painted_by_verdict(edit: ProseEdit) -> None:
    edit.set_evidence(None)
    assert pixels(edit, DASHES) == pixels(edit, SUPPORT) == 0
    edit.set_evidence([Evidence(text=edit.text, kind="computed", spans=(Span(source=0, start=0, end=1),))])
    dashed = pixels(edit, DASHES)
    assert dashed > 40
    edit.set_evidence([Evidence(text=edit.text, kind="verbatim", source=0, start=0, end=9)])
    assert pixels(edit, SUPPORT) > dashed
    assert pixels(edit, DASHES) == 0


def test_macros_and_actions_are_tinted(edit: ProseEdit, context: UiContext) -> None:
    edit.set_text("😀 {{char}} waits.\n<START>\n*She nods.*")
    block = edit.document().begin()
    formats = [
        (form.start, form.length, form.format.foreground().color()) for form in block.layout().formats()
    ]
    assert formats == [(3, 8, context.theme.color("accent"))]
    action = block.next().next().layout().formats()[0]
    assert action.format.fontItalic() and action.length == len("*She nods.*")


def test_shift_enter_makes_an_ordinary_line_break(edit: ProseEdit) -> None:
    heard: list[str] = []
    edit.typed.connect(heard.append)
    edit.moveCursor(edit.textCursor().MoveOperation.End)
    QTest.keyClick(edit, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert heard == ["She is very tall indeed.\n"]


def test_long_text_scrolls_inside_its_box(edit: ProseEdit) -> None:
    edit.set_text("line\n" * 500)
    assert edit.height() < 40 * edit.line_height
    assert edit.verticalScrollBar().maximum() > 0
    edit.set_text("short")
    assert edit.height() < 3 * edit.line_height


@pytest.mark.parametrize(
    ("text", "marked", "expected"),
    [
        ("one two that fills a line of its book\nthree four.\n\nFive.", "three four.", "three four."),
        ("a line that is long enough to have been broken\r\nby a margin", "broken\r\nby", "broken by"),
        ("Jim: hello\nBen: ahoy\n", "Ben: ahoy\n", "Ben: ahoy"),
    ],
)
def test_reading_folds_hard_line_breaks_and_keeps_the_mark(text: str, marked: str, expected: str) -> None:
    start = text.index(marked)
    reading = readable(text, start, start + len(marked))
    assert reading.text[reading.mark_start : reading.mark_end] == expected


def test_chat_lines_stay_lines_and_wrapped_lines_become_one() -> None:
    assert readable("Jim: hello\nBen: ahoy", 0, 3).text == "Jim: hello\nBen: ahoy"
    wrapped = "this line was broken by the margin of a book\nand goes on here.\n\nNew paragraph."
    assert readable(wrapped, 0, 4).text == wrapped.replace("book\nand", "book and").replace("\n\n", "\n")


def test_shortened_passage_is_cut_between_sentences_and_says_so() -> None:
    text = "First sentence here. " * 30 + "The mark stands here. " + "Later sentence there. " * 30
    start = text.index("The mark")
    reading = shortened(text, start, start + 21)
    assert reading.text[reading.mark_start : reading.mark_end] == "The mark stands here."
    assert reading.text.startswith("…First sentence") and reading.text.endswith("there.\u00a0…")
    assert len(reading.text) < 500


def test_piece_cut_inside_a_word_begins_with_the_next() -> None:
    reading = shortened("ng before the inn. The mark. And the rest of i", 19, 28)
    assert reading.text == "…before the inn. The mark. And the rest of\u00a0…"


def test_window_around_a_span_ends_at_paragraphs() -> None:
    text = "One.\n\nTwo is here.\n\nThree.\n\nFour."
    start, end = paragraph_bounds(text, text.index("is"), text.index("is") + 2, 0)
    assert text[start:end] == "Two is here."
    assert paragraph_bounds(text, 0, 1, 1000) == (0, len(text))
