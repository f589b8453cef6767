"""The source list and the list of people: their rows, their models, their pixels."""

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QListView, QStyle, QStyleOptionViewItem

from cardgen_desktop.domain.people import Person
from cardgen_desktop.domain.source import SourceWarning
from cardgen_desktop.ui.context import UiContext
from cardgen_desktop.ui.draft.panel import offline_takes
from cardgen_desktop.ui.draft.people_list import PeopleListView, PersonDelegate
from cardgen_desktop.ui.draft.people_model import (
    FILTERS,
    PERSON_ROLE,
    PeopleModel,
    mentions_of,
    other_names,
    spoken,
)
from cardgen_desktop.ui.draft.places import first_seen, presence_words
from cardgen_desktop.ui.draft.source_list import SourceListModel, SourceListView
from cardgen_desktop.ui.draft.source_rows import (
    SourceRow,
    brief_reason,
    facts_of,
    row_of_failure,
    row_of_reading,
    row_of_source,
)
from cardgen_desktop.ui.wording import reason_of
from tests.support.samples import (
    FAILED_PATH,
    FAILED_SENTENCE,
    person,
    sample_people,
    sample_texts,
    summary_of,
)

NOVEL, NOTES = (summary_of(number, text) for number, text in enumerate(sample_texts(), 1))


def three_rows() -> tuple[SourceRow, ...]:
    return row_of_source(NOVEL), row_of_source(NOTES), row_of_failure(FAILED_PATH, FAILED_SENTENCE)


def test_rows_say_kind_and_size_or_the_problem() -> None:
    novel, notes, failed = three_rows()
    assert (novel.name, novel.icon, novel.state) == ("Treasure Island", "book", "ready")
    assert novel.line == "EPUB · 4\xa0chapters · 3,864\xa0words"
    assert (notes.state, notes.line) == ("warning", "Read as Windows-1252; a few letters may be wrong")
    assert (failed.name, failed.state, failed.line) == ("benbow-ledger-scan.pdf", "failed", "Has no text")
    assert failed.sentence == FAILED_SENTENCE
    assert row_of_reading("/x/a.html").icon == "web"
    assert facts_of(NOVEL.model_copy(update={"headings": (), "words": 1})) == "EPUB · 1\xa0word"


def test_the_reason_does_not_repeat_the_name() -> None:
    assert reason_of('"a b.pdf" is encrypted. Save it without.') == "Is encrypted"
    assert reason_of("“a.pdf” has no text.") == "Has no text"
    assert reason_of("The disk is full.") == "The disk is full"
    assert reason_of("") == ""


def test_source_rows_change_one_by_one(qapp: object) -> None:
    model = SourceListModel()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    resets: list[bool] = []
    model.modelReset.connect(lambda: resets.append(True))
    novel, notes, failed = three_rows()
    reading = row_of_reading("/x/other.txt")
    for rows in ((novel, reading), (novel, notes, reading), (notes, failed), (failed, notes, novel), ()):
        model.show_rows(rows)
        assert [model.row(number) for number in range(model.rowCount())] == list(rows)
    assert not resets


def test_a_changed_row_is_told_alone(qapp: object) -> None:
    model = SourceListModel()
    novel, notes, failed = three_rows()
    model.show_rows((novel, notes, failed))
    changed: list[tuple[int, int]] = []
    model.dataChanged.connect(lambda first, last: changed.append((first.row(), last.row())))
    other = NOTES.model_copy(update={"warnings": (SourceWarning(code="x", message="Other words."),)})
    model.show_rows((novel, row_of_source(other), failed))
    assert changed == [(1, 1)]


def test_rows_are_removed_by_key_and_by_the_cross(context: UiContext) -> None:
    view = SourceListView(context=context)
    view.resize(320, 200)
    view.show()
    view.show_rows(three_rows())
    asked: list[SourceRow] = []
    view.remove_requested.connect(asked.append)
    view.setCurrentIndex(view.rows.index(2))
    QTest.keyClick(view, Qt.Key.Key_Delete)
    assert asked == [three_rows()[2]]
    rect = view.visualRect(view.rows.index(0))
    cross = QPoint(rect.right() - 20, rect.center().y())
    QTest.mouseMove(view.viewport(), cross)
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=cross)
    assert asked[1:] == [three_rows()[0]]
    view.close()
    view.deleteLater()


def test_a_file_on_its_way_cannot_be_removed(context: UiContext) -> None:
    view = SourceListView(context=context)
    view.show_rows((row_of_reading("/x/a.txt"),))
    asked: list[SourceRow] = []
    view.remove_requested.connect(asked.append)
    QTest.keyClick(view, Qt.Key.Key_Delete)
    assert asked == []
    view.deleteLater()


@pytest.mark.parametrize(("number", "expected"), [(0, 7), (1, 11), (2, 12)])
def test_people_are_filtered_by_chip(qapp: object, number: int, expected: int) -> None:
    model = PeopleModel()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    model.show_people(sample_people())
    model.set_filter(FILTERS[number], "")
    assert model.rowCount() == expected


def test_people_are_found_by_any_of_their_names(qapp: object) -> None:
    model = PeopleModel()
    model.show_people(sample_people())
    model.set_filter(FILTERS[2], "barbe")
    assert [shown.name for shown in model.shown] == ["Long John Silver"]
    assert model.index(0).data(PERSON_ROLE) == sample_people()[0]
    assert "also called Silver" in model.index(0).data(Qt.ItemDataRole.AccessibleTextRole)
    model.set_filter(FILTERS[2], "nobody")
    assert model.rowCount() == 0


def test_other_names_leave_the_name_out() -> None:
    assert other_names(person(1, "Pew", 9, 1, aliases=("the blind man",))) == ("the blind man",)


def paint_person(
    context: UiContext, *, chosen: bool, width: int = 480, people: tuple[Person, ...] = ()
) -> QImage:
    model = PeopleModel()
    model.show_people(people or sample_people())
    view = QListView()
    image = QImage(width, 92, QImage.Format.Format_ARGB32)
    image.fill(context.theme.color("window"))
    option = QStyleOptionViewItem()
    option.rect = QRect(0, 0, width, 92)
    if chosen:
        option.state |= QStyle.StateFlag.State_Selected
    painter = QPainter(image)
    PersonDelegate(context=context, parent=view).paint(painter, option, model.index(0))
    painter.end()
    view.deleteLater()
    return image


def test_the_chosen_person_is_on_the_wash_with_a_check(context: UiContext) -> None:
    plain, chosen = paint_person(context, chosen=False), paint_person(context, chosen=True)
    assert plain.pixelColor(12, 80) == context.theme.color("window")
    assert chosen.pixelColor(14, 60) == context.theme.color("wash")
    accent = context.theme.color("accent")
    disc = [(x, y) for x in range(62, 84) for y in range(58, 82)]
    assert any(chosen.pixelColor(x, y) == accent for x, y in disc)
    assert not any(plain.pixelColor(x, y) == accent for x, y in disc)


def test_the_presence_strip_gives_way_to_the_name(context: UiContext) -> None:
    wide, narrow = paint_person(context, chosen=False), paint_person(context, chosen=False, width=300)
    window = context.theme.color("window")
    strip = [(x, y) for x in range(-110, -24) for y in range(20, 32)]
    assert any(wide.pixelColor(480 + x, y) != window for x, y in strip)
    assert not any(narrow.pixelColor(300 + x, 28) != window for x, _y in strip if x > -40)


@pytest.mark.parametrize("kind", ["people", "sources"])
def test_a_list_shows_where_the_focus_is_once_a_key_led_there(context: UiContext, kind: str) -> None:
    if kind == "people":
        people = PeopleModel()
        people.show_people(sample_people())
        view: QListView = PeopleListView(people, context=context)
        view.setCurrentIndex(people.index(0))
    else:
        view = SourceListView(context=context)
        view.show_rows(three_rows())
    pictures = []
    view.resize(480, 300)
    view.show()
    view.activateWindow()
    QTest.qWaitForWindowActive(view)
    for reason in (Qt.FocusReason.MouseFocusReason, Qt.FocusReason.TabFocusReason):
        view.clearFocus()
        view.setFocus(reason)
        pictures.append(view.viewport().grab().toImage())
    assert pictures[0] != pictures[1]
    view.close()
    view.deleteLater()


def test_what_comes_to_a_long_list_is_scrolled_into_view(context: UiContext) -> None:
    view = SourceListView(context=context)
    view.resize(320, 252)
    rows = [row_of_reading(f"/books/{number}.txt") for number in range(8)]
    view.show_rows(rows)
    view.show()
    assert view.verticalScrollBar().value() == 0
    view.show_rows([*rows, row_of_failure(FAILED_PATH, FAILED_SENTENCE)])
    last = view.visualRect(view.rows.index(8))
    assert view.viewport().rect().contains(last)
    view.close()
    view.deleteLater()


def test_first_seen_names_the_chapter_or_the_place() -> None:
    silver = sample_people()[0]
    assert first_seen(silver, (NOVEL,)) == "First seen in “The Old Sea-dog at the Admiral Benbow”"
    plain = NOVEL.model_copy(update={"headings": ()})
    assert first_seen(silver, (plain,)) == "First seen 4 % into Treasure Island"
    assert first_seen(silver, ()) == ""


def test_the_presence_strip_in_words() -> None:
    silver = sample_people()[0]
    everywhere = silver.model_copy(update={"presence": (1,) * 13 + (5,) + (1,) * 12})
    assert presence_words(everywhere, (NOVEL,)) == (
        "Appears from “The Old Sea-dog at the Admiral Benbow” to “The Black Spot”, "
        "most in “Black Dog Appears and Disappears”"
    )
    once = silver.model_copy(update={"presence": (0,) * 25 + (3,)})
    assert presence_words(once, (NOVEL,)) == "Appears in “The Black Spot”"
    assert presence_words(once, (NOVEL, NOTES)).startswith("Appears in “The Black Spot”")
    assert presence_words(once.model_copy(update={"presence": (0,) * 26}), (NOVEL,)) == ""


def test_a_row_tells_the_rest_under_the_pointer(qapp: object) -> None:
    model = PeopleModel()
    model.show_people(sample_people(), (NOVEL,))
    tip = model.index(0).data(Qt.ItemDataRole.ToolTipRole)
    assert tip.splitlines()[:2] == ["Long John Silver", "Silver · Long John · Barbecue · John Silver"]
    assert "Admiral Benbow" in tip


def test_how_long_it_takes_is_a_range() -> None:
    assert offline_takes(3000) == "1–2\N{NO-BREAK SPACE}seconds"
    assert offline_takes(122_000) == "1–8\N{NO-BREAK SPACE}seconds"


def test_the_ends_of_a_source_are_said_in_words() -> None:
    silver = sample_people()[0]
    plain = NOVEL.model_copy(update={"headings": ()})
    at = silver.first.model_copy(update={"start": 0})
    assert first_seen(silver.model_copy(update={"first": at}), (plain,)) == (
        "First seen at the beginning of Treasure Island"
    )
    everywhere = silver.model_copy(update={"presence": (5,) + (1,) * 199})
    assert presence_words(everywhere, (plain,)) == (
        "Appears from the beginning of Treasure Island to the end of Treasure Island, "
        "most at the beginning of Treasure Island"
    )


def test_a_narrator_whom_nobody_names_tells_the_story() -> None:
    somebody = sample_people()[0].model_copy(update={"mentions": 0, "quotes": 0})
    assert mentions_of(somebody).startswith("0")
    narrator = somebody.model_copy(update={"narrator": True})
    assert mentions_of(narrator) == "tells the story" and "tells the story" in spoken(narrator)


def test_a_quote_has_the_whole_width_also_without_other_names(context: UiContext) -> None:
    """Its end is seen below the presence strip, where a line beside the strip would have been cut."""
    said = "I have been called worse, and by better men than you, sir"
    alone = sample_people()[0].model_copy(update={"aliases": (), "presence": (), "sample_quotes": (said,)})
    quiet = alone.model_copy(update={"sample_quotes": ("I have",)})
    long, short = (paint_person(context, chosen=False, people=(who,)) for who in (alone, quiet))
    strip = QRect(480 - 8 - 16 - 104, 52, 104, 30)
    assert long.copy(strip) != short.copy(strip)


def test_who_speaks_without_a_line_to_show_has_the_number_of_lines(context: UiContext) -> None:
    """A row never looks as if somebody who speaks were silent."""
    silent = sample_people()[0].model_copy(update={"sample_quotes": (), "quotes": 0})
    speaking = silent.model_copy(update={"quotes": 24})
    rows = [paint_person(context, chosen=False, people=(who,)) for who in (silent, speaking)]
    assert rows[0] != rows[1]


def test_a_long_reason_is_whole_in_its_row_and_in_full_under_the_pointer() -> None:
    said = '"log.jsonl" has damaged lines (1), perhaps because its end is missing. The others were read.'
    row = row_of_source(NOVEL.model_copy(update={"warnings": (SourceWarning(code="damaged", message=said),)}))
    assert row.line == brief_reason(said) == "Has damaged lines (1)"
    assert row.sentence == said
    assert brief_reason("Has no text, only pictures.") == "Has no text, only pictures"
