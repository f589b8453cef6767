"""Proposals: asked for, shown while they are written, taken change by change; the card changes only then."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QScrollArea

from cardgen_desktop.domain.events import JobChanged, JobText
from cardgen_desktop.domain.job import JobSnapshot, JobState
from cardgen_desktop.ui.cards.page import CardsPage
from cardgen_desktop.ui.cards.proposal_box import ProposalBox
from cardgen_desktop.ui.cards.prose_field import ProseField
from cardgen_desktop.ui.cards.rewriting import field_of, rewrite_request
from cardgen_desktop.ui.context import UiContext
from tests.support import provider_samples
from tests.support.commands import FakeCommands
from tests.support.waiting import until

from .conftest import BONES, Desk


@pytest.fixture
async def page(desk: Desk) -> CardsPage:
    await desk.open()
    return desk.page


@pytest.fixture
async def field(desk: Desk, page: CardsPage) -> ProseField:
    return desk.field("personality")


def box_of(field: ProseField) -> ProposalBox:
    assert isinstance(field.proposal, ProposalBox)
    return field.proposal


def card_id(page: CardsPage) -> int:
    assert page.editor.session is not None
    return page.editor.session.card_id


def text(page: CardsPage) -> str:
    assert page.editor.session is not None
    return page.editor.session.document.text("personality")


def test_places_of_a_card_and_the_fields_they_belong_to() -> None:
    assert field_of("description") == "description"
    assert field_of("alternate_greetings[4]") == "alternate_greetings"
    assert field_of("character_book.entries[2].content") == "lorebook"
    assert field_of("name") is None and field_of("character_book.entries[2].name") is None


async def test_a_proposal_takes_the_place_of_the_box(
    page: CardsPage, commands: FakeCommands, field: ProseField
) -> None:
    before = text(page)
    commands.propose(card_id(page), "personality", before + " And kind.", before)
    await until(lambda: field.proposal is not None)
    box = box_of(field)
    assert box.isVisible() and not field.edit.isVisible()
    assert "And kind." in box.text.toPlainText() and text(page) == before
    box.accept.click()
    await until(lambda: commands.closed == {1: True})
    assert text(page) == before + " And kind." and field.edit.isVisible()


async def test_changes_are_decided_one_by_one_with_keys(
    page: CardsPage, commands: FakeCommands, field: ProseField
) -> None:
    before = text(page)
    words = before.split(" ")
    first, last = words[0], words[-1]
    after = " ".join(["Wholly", *words[1:-1], "otherwise."])
    commands.propose(card_id(page), "personality", after, before)
    await until(lambda: field.proposal is not None)
    box = box_of(field)
    assert box._count.text() == "Change 1 of 2"
    QTest.keyClick(box.text, Qt.Key.Key_J)
    assert box._count.text() == "Change 2 of 2"
    QTest.keyClick(box, Qt.Key.Key_R)
    QTest.keyClick(box, Qt.Key.Key_A)
    assert text(page) == " ".join(["Wholly", *words[1:-1], last]) and first not in text(page)[:6]


async def test_what_is_rejected_changes_nothing(
    page: CardsPage, commands: FakeCommands, field: ProseField
) -> None:
    before = text(page)
    commands.propose(card_id(page), "personality", "Something else.", before)
    await until(lambda: field.proposal is not None)
    box_of(field).none.click()
    await until(lambda: commands.closed == {1: False})
    assert text(page) == before and field.proposal is None


async def test_an_accepted_proposal_can_be_undone(
    page: CardsPage, commands: FakeCommands, field: ProseField
) -> None:
    before = text(page)
    commands.propose(card_id(page), "personality", "Something else.", before)
    await until(lambda: field.proposal is not None)
    box_of(field).all.click()
    assert text(page) == "Something else."
    page.editor.undo()
    assert text(page) == before


async def test_text_grows_in_the_field_while_it_is_written(
    page: CardsPage, commands: FakeCommands, field: ProseField
) -> None:
    before = text(page)
    page.editor.writing.menu.start(field, "Shorter.")
    await until(lambda: field.proposal is not None)
    (request,) = commands.asked("start_drafts")[0][0]
    assert (request.card_id, request.paths, request.fields) == (
        card_id(page),
        ("personality",),
        ("personality",),
    )
    assert request.options.instruction == "Shorter."
    job_id = page.editor.proposals.writing.of_card(card_id(page))[0].job.id
    for at, piece in ((0, "He laughs "), (10, "at everything.")):
        commands.events.announce(JobText(job_id, "personality", "personality", at, piece))
    await until(lambda: box_of(field).text.toPlainText() == "He laughs at everything.")
    assert text(page) == before and box_of(field).stop.isVisible()
    commands.propose(card_id(page), "personality", "He laughs at everything.", before)
    done = JobSnapshot(id=job_id, kind="draft", state=JobState.SUCCEEDED)
    commands.events.announce(JobChanged(done))
    await until(lambda: box_of(field).proposal is not None)
    assert text(page) == before


async def test_what_streams_takes_neither_caret_nor_place_nor_focus(
    desk: Desk, page: CardsPage, commands: FakeCommands, field: ProseField
) -> None:
    page.editor.writing.menu.start(field)
    await until(lambda: field.proposal is not None)
    job_id = page.editor.proposals.writing.of_card(card_id(page))[0].job.id
    edit, form = desk.field("description").edit, desk.forms.card.form
    edit.setFocus()
    edit.go_to(5)
    form.verticalScrollBar().setValue(3)
    shown = page.editor.proposals.writing.changed
    batches: list[str] = []
    shown.connect(batches.append)
    streamed = 0
    for _ in range(3):
        for _ in range(200):
            commands.events.announce(JobText(job_id, "personality", "personality", streamed, "word "))
            streamed += 5
        await until(lambda: len(box_of(field).text.toPlainText()) == streamed)  # noqa: B023 - at once
    assert len(batches) == 3, "two hundred pieces are shown at once"
    assert edit.hasFocus() and edit.textCursor().position() == 5
    assert form.verticalScrollBar().value() == 3


async def test_who_reads_further_up_is_left_there(page: CardsPage, field: ProseField) -> None:
    page.editor.writing.menu.start(field)
    await until(lambda: field.proposal is not None)
    box = box_of(field)
    text = "The lamp burns all night long. " * 400
    box.show_writing("model", text)
    bar = box.text.verticalScrollBar()
    await until(lambda: bar.maximum() > 200)
    box.show_writing("model", text + "And then")
    assert bar.value() == bar.maximum(), "who reads at the end goes on with it"
    bar.setValue(40)
    box.show_writing("model", text + "And then it went out.")
    assert bar.value() == 40 and box.text.toPlainText().endswith("went out.")
    assert box.text.words == len((text + "And then it went out.").split())


async def test_a_job_that_fails_gives_the_field_back(
    page: CardsPage, commands: FakeCommands, field: ProseField
) -> None:
    page.editor.writing.menu.start(field)
    await until(lambda: field.proposal is not None)
    job_id = page.editor.proposals.writing.of_card(card_id(page))[0].job.id
    failed = JobSnapshot(id=job_id, kind="draft", state=JobState.FAILED, error="The model declined.")
    commands.events.announce(JobChanged(failed))
    await until(lambda: field.proposal is None)
    assert field.edit.isVisible()


async def test_a_card_without_sources_offers_nothing(page: CardsPage, field: ProseField) -> None:
    assert page.editor.session is not None
    record = page.editor.session.document.record
    bare = record.model_copy(update={"sources": ()})
    assert rewrite_request(bare, "personality", "offline", "prose", "") is None
    assert rewrite_request(record, "name", "offline", "prose", "") is None
    assert not field.rewrite.isHidden()
    page.editor.session.document.record = bare
    page.editor.proposals.show_field(field)
    assert field.rewrite.isHidden()


async def test_the_menu_offers_wishes_for_a_model(
    page: CardsPage, commands: FakeCommands, field: ProseField
) -> None:
    commands.put_profiles(provider_samples.profiles())
    rewriting = page.editor.writing.menu

    async def words() -> list[str]:
        menu = await rewriting.make_menu(field, commands)
        texts = [action.text() for action in menu.actions()]
        menu.deleteLater()
        return texts

    offline = await words()
    assert offline[:5] == ["Write again", "In your own words…", "Lock it as it is", "", "Offline drafter"]
    rewriting.choose_engine(provider_samples.WRITING_ROOM)
    written = await words()
    assert written[:2] == ["Write again", "Shorten"] and "In your own words…" in written


async def test_who_rewrites_is_no_choice_for_drafts(
    page: CardsPage, commands: FakeCommands, context: UiContext
) -> None:
    commands.put_profiles(provider_samples.profiles())
    menu = page.editor.writing.menu
    await menu.engines(commands)
    context.settings.update(engine=provider_samples.ATTIC)
    assert menu.engine == provider_samples.ATTIC, "until something else is chosen here"
    menu.choose_engine(provider_samples.WRITING_ROOM)
    assert (menu.engine, context.settings.value.engine) == (
        provider_samples.WRITING_ROOM, provider_samples.ATTIC
    )  # fmt: skip
    menu.choose_engine("offline")
    assert menu.engine == "offline"


async def test_a_field_is_written_by_a_wish_in_own_words(
    page: CardsPage, commands: FakeCommands, field: ProseField
) -> None:
    commands.put_profiles(provider_samples.profiles())
    writing = page.editor.writing
    writing.menu.choose_engine(provider_samples.WRITING_ROOM)
    writing.menu.wish_wanted.emit(field)
    await until(lambda: writing.dialog is not None and writing.dialog.isVisible())
    dialog = writing.dialog
    assert dialog is not None and dialog.engine == provider_samples.WRITING_ROOM
    assert dialog.engines.findData("offline") < 0, "it takes no wishes"
    dialog.wish.setText(" without the sea ")
    dialog.write.click()
    await until(lambda: bool(commands.asked("start_drafts")))
    (request,) = commands.asked("start_drafts")[0][0]
    assert (request.paths, request.options.instruction) == ((field.path,), "without the sea")


async def test_before_the_first_word_the_phase_is_shown(
    page: CardsPage, commands: FakeCommands, field: ProseField
) -> None:
    page.editor.writing.menu.start(field)
    await until(lambda: isinstance(field.proposal, ProposalBox))
    box = field.proposal
    assert isinstance(box, ProposalBox)
    await until(lambda: bool(box._phase.text()))
    (job,) = [each.job for each in page.editor.proposals.writing.of_card(BONES)]
    for state, phase, shown in (
        (JobState.QUEUED, "", "Waits for its turn"),
        (JobState.RUNNING, "Reading the sources 40 %", "Reading the sources 40 %"),
        (JobState.RUNNING, "Loading model 65 %", "Loading model 65 %"),
    ):
        changed = {"state": state, "phase": phase, "version": job.version + 1}
        commands.events.announce(JobChanged(job.model_copy(update=changed)))
        await until(lambda wanted=shown: box._phase.text() == wanted)  # type: ignore[misc]
        assert box._phase.isVisibleTo(box) and not box.text.isVisibleTo(box)
    commands.events.announce(JobText(job.id, "personality", field.path, 0, "He growls."))
    await until(lambda: box.text.isVisibleTo(box))
    assert not box._phase.isVisibleTo(box)


async def test_stopping_leaves_the_keyboard_in_the_field(
    page: CardsPage, commands: FakeCommands, field: ProseField
) -> None:
    page.editor.writing.menu.start(field)
    await until(lambda: isinstance(field.proposal, ProposalBox))
    box = field.proposal
    assert isinstance(box, ProposalBox)
    box.stop.setFocus()
    await until(box.stop.hasFocus)
    (job,) = [each.job for each in page.editor.proposals.writing.of_card(BONES)]
    commands.events.announce(JobChanged(job.model_copy(update={"state": JobState.CANCELLED})))
    await until(lambda: field.proposal is None)
    assert field.edit.hasFocus()


async def test_a_field_whose_tall_text_gives_way_stays_in_sight(
    page: CardsPage, commands: FakeCommands, field: ProseField
) -> None:
    field.edit.setFocus()
    field.edit.insertPlainText("He growls at the door and pays nobody for his rum.\n" * 40)
    page.resize(1024, 700)
    area = field.parentWidget()
    while not isinstance(area, QScrollArea):
        assert area is not None
        area = area.parentWidget()
    await until(lambda: field.height() > area.viewport().height())
    bar = area.verticalScrollBar()
    bar.setValue(field.mapTo(area.widget(), field.rect().topLeft()).y() + field.height() // 2)
    await until(lambda: field._label.visibleRegion().isEmpty() and not field.visibleRegion().isEmpty())
    page.editor.writing.menu.start(field)
    await until(lambda: isinstance(field.proposal, ProposalBox))
    await until(lambda: not field._label.visibleRegion().isEmpty())
