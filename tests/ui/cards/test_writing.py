"""New items, the whole card, texts out of date, proposals out of sight, and evidence of what was accepted."""

import pytest

from cardgen_desktop.domain.card import CardData, Lorebook, LorebookEntry
from cardgen_desktop.domain.checking import CheckedSentence
from cardgen_desktop.domain.draft import OFFLINE_ENGINE
from cardgen_desktop.domain.events import JobChanged, JobText
from cardgen_desktop.domain.field_locks import locked_fields
from cardgen_desktop.domain.job import JobSnapshot, JobState
from cardgen_desktop.ui.cards.page import CardsPage
from cardgen_desktop.ui.cards.proposal_banners import waiting_words
from cardgen_desktop.ui.cards.proposal_box import ProposalBox
from cardgen_desktop.ui.cards.rewriting import drafted_places, separate_requests
from cardgen_desktop.ui.cards.stale_texts import StaleTexts, named
from cardgen_desktop.ui.cards.write_dialog import estimate_words
from tests.support import provider_samples
from tests.support.commands import FakeCommands
from tests.support.fake_generation import sample_estimate
from tests.support.messages import RecordingNotify
from tests.support.waiting import until

from .conftest import BONES, CRUSOE, Desk

NEW = "He growls. He pays nobody."
ROOM = provider_samples.WRITING_ROOM


@pytest.fixture
async def page(desk: Desk, commands: FakeCommands) -> CardsPage:
    commands.put_profiles(provider_samples.profiles())
    await desk.open()
    return desk.page


def sentences(text: str, verdict: str = "unsupported") -> tuple[CheckedSentence, ...]:
    parts = text.split(". ")
    return tuple(CheckedSentence(text=part.rstrip(".") + ".", verdict=verdict) for part in parts)


async def accept(desk: Desk, path: str, text: str, **more: object) -> None:
    """Propose a text for a field and accept all of it."""
    field = desk.field(path)
    desk.commands.propose(BONES, path, text, field.edit.text, **more)
    await until(lambda: field.proposal is not None)
    assert isinstance(field.proposal, ProposalBox)
    field.proposal.accept_all()
    await until(lambda: not desk.commands.open_proposals)


def test_places_in_a_sentence() -> None:
    assert named(["personality"]) == "Personality"
    assert named(["personality", "alternate_greetings[1]"], capital=False) == "personality and greeting 2"
    many = [f"alternate_greetings[{number}]" for number in range(6)]
    assert named(many) == "Greeting 1, greeting 2, greeting 3 and 3 more"


def test_only_texts_of_the_card_are_written_again() -> None:
    book = Lorebook(entries=(LorebookEntry(content="Rum."), LorebookEntry(content="")))
    data = CardData(description="x", tags=("sea",), alternate_greetings=("", "Ahoy"), character_book=book)
    assert drafted_places(data) == (
        "description",
        "alternate_greetings[1]",
        "character_book.entries[0].content",
        "tags",
    )


def test_what_was_written_from_a_changed_text_is_out_of_date_until_it_is_dealt_with() -> None:
    data = CardData(description="a", personality="b", scenario="c", mes_example="d")
    stale = StaleTexts()
    stale.note(1, "description", data, leave_out=["scenario"])
    assert stale.words(1)[1:] == ("Personality was written from the old description.", "Write it again")
    stale.note(1, "personality", data)
    assert stale.of(1) == ("mes_example",), "what was replaced is new; what follows from it is not"
    stale.settle(1)
    assert stale.words(1) == ("", "", "") == stale.words(2)


def test_words_about_what_is_out_of_sight() -> None:
    assert waiting_words(["personality"], [])[:2] == ("1\N{NO-BREAK SPACE}proposal waits:", "Personality.")
    fact, text, action = waiting_words(["personality", "tags"], ["scenario"])
    assert (fact, action) == ("2\N{NO-BREAK SPACE}proposals wait:", "Show")
    assert text == "Personality and tags. 1\N{NO-BREAK SPACE}more text is being written."
    assert waiting_words([], ["scenario"])[2] == "Stop"
    assert waiting_words([], []) == ("", "", "")


def test_an_estimate_in_words() -> None:
    words = estimate_words(sample_estimate("model"))
    assert "$0.21–0.34" in words and "12,400 words of the sources to openrouter.ai" in words
    too_long = sample_estimate("model").model_copy(update={"fits": False, "sentence": "It is too long."})
    assert estimate_words(too_long) == "It is too long."


async def test_accepted_sentences_are_underlined_by_their_verdicts(desk: Desk, page: CardsPage) -> None:
    field = desk.field("personality")
    await accept(desk, "personality", NEW, sentences=sentences(NEW))
    await until(lambda: {place.verdict for place in field.edit.located} == {"unsupported"})
    assert page.editor.session is not None
    kept = page.editor.session.document.record.evidence["personality"]
    assert [record.text for record in kept[:2]] == ["He growls.", "He pays nobody."]
    page.editor.undo()
    await until(lambda: {place.verdict for place in field.edit.located} == {"supported"})


async def test_texts_out_of_date_are_offered_and_written_as_one_batch(
    desk: Desk, page: CardsPage, commands: FakeCommands
) -> None:
    page.editor.writing.menu.choose_engine(ROOM)
    banner = page.editor.writing.stale
    assert not banner.isVisible()
    await accept(desk, "description", "He is old.")
    await until(banner.isVisible)
    assert "written from the old description" in banner.words[1]
    banner.banner.action_triggered.emit()
    await until(lambda: bool(commands.asked("start_drafts")))
    requests, title = commands.asked("start_drafts")[0][:2]
    assert len(requests) > 1 and title
    assert [request.paths for request in requests][:2] == [("personality",), ("scenario",)]
    assert {request.engine for request in requests} == {ROOM}
    await until(lambda: not banner.isVisible())


async def test_the_offer_goes_when_it_is_closed_or_the_text_is_edited(desk: Desk, page: CardsPage) -> None:
    banner = page.editor.writing.stale
    await accept(desk, "description", "He is old.")
    await until(banner.isVisible)
    desk.type("scenario", " By night.")
    await until(lambda: "scenario" not in banner.words[1].lower())
    banner.banner.close_requested.emit()
    await until(lambda: not banner.isVisible())


def test_the_embedded_drafter_writes_all_places_at_once(commands: FakeCommands) -> None:
    record = commands.library_view[BONES]
    from cardgen_desktop.domain.draft import DraftOptions

    places = ("personality", "scenario")
    assert len(separate_requests(record, places, OFFLINE_ENGINE, DraftOptions())) == 1
    assert len(separate_requests(record, places, "model", DraftOptions())) == 2


async def test_a_new_greeting_is_asked_for_shown_and_added_when_accepted(
    desk: Desk, page: CardsPage, commands: FakeCommands
) -> None:
    editor = page.editor
    editor.show_tab("greetings")
    count = len(desk.stored().alternate_greetings)
    desk.forms.greetings.write.click()
    await until(lambda: editor.writing.dialog is not None)
    dialog = editor.writing.dialog
    assert dialog is not None
    assert dialog.engines.findData(OFFLINE_ENGINE) < 0, "only a model writes another one"
    dialog.wish.setText("tense")
    await until(lambda: "$" in dialog.facts.text())
    dialog.write.click()
    await until(lambda: bool(commands.asked("start_drafts")))
    (request,) = commands.asked("start_drafts")[0][0]
    path = f"alternate_greetings[{count}]"
    assert request.paths == (path,) and "tense" in request.options.instruction
    place = desk.forms.new_places["greetings"]
    await until(place.isVisible)
    job = editor.proposals.writing.of_card(BONES)[0].job
    commands.events.announce(JobText(job.id, path, path, 0, "The door bangs."))
    await until(lambda: place.box.text.toPlainText() == "The door bangs.")
    commands.propose(BONES, path, "The door bangs.")
    commands.events.announce(JobChanged(JobSnapshot(id=job.id, kind="draft", state=JobState.SUCCEEDED)))
    await until(lambda: place.box.proposal is not None)
    assert len(desk.stored().alternate_greetings) == count
    place.box.accept.click()
    await until(lambda: len(desk.stored().alternate_greetings) == count + 1)
    assert desk.forms.greetings.field.path == path and not place.isVisible()
    assert page.focusWidget() is desk.forms.greetings.field.edit
    editor.undo()
    assert editor.session is not None
    assert len(editor.session.document.data.alternate_greetings) == count


async def test_a_new_entry_has_the_name_and_keys_it_was_proposed_with(
    desk: Desk, page: CardsPage, commands: FakeCommands
) -> None:
    editor = page.editor
    editor.show_tab("lorebook")
    count = len(desk.stored().character_book.entries)
    path = f"character_book.entries[{count}].content"
    for number in range(2):
        commands.propose(BONES, path, f"It stands by the cove. {number}", title="The inn", keys=("inn",))
    place = desk.forms.new_places["lorebook"]
    await until(place.isVisible)
    place.box.accept.click()
    await until(lambda: len(desk.stored().character_book.entries) == count + 1)
    entry = desk.stored().character_book.entries[-1]
    assert (entry.name, entry.keys, entry.content) == ("The inn", ("inn",), "It stands by the cove. 0")
    assert place.isVisible(), "the second one for the same place is another entry, not a change of the first"
    place.box.accept.click()
    await until(lambda: len(desk.stored().character_book.entries) == count + 2)


async def test_the_whole_card_is_one_request_for_all_its_texts(
    desk: Desk, page: CardsPage, commands: FakeCommands
) -> None:
    editor = page.editor
    words = [action.text() for action in editor.header.make_menu().actions()]
    assert words[:3] == ["Rewrite the card…", "Look over for mistakes", "Check against the sources"]
    editor.header.card_requested.emit()
    await until(lambda: editor.writing.dialog is not None)
    assert editor.writing.dialog is not None
    editor.writing.dialog.write.click()
    await until(lambda: bool(commands.asked("start_drafts")))
    (request,) = commands.asked("start_drafts")[0][0]
    assert request.paths == drafted_places(desk.stored()) and request.card_id == BONES
    await until(lambda: isinstance(desk.field("scenario").proposal, ProposalBox))
    await until(editor.writing.waiting.isVisible)


async def test_proposals_out_of_sight_are_told_and_led_to(
    desk: Desk, page: CardsPage, commands: FakeCommands
) -> None:
    editor, banner = page.editor, page.editor.writing.waiting
    before = desk.stored().alternate_greetings[1]
    commands.propose(BONES, "alternate_greetings[1]", "Ahoy.", before)
    await until(banner.isVisible)
    assert banner.words[1] == "Greeting 2."
    banner.banner.action_triggered.emit()
    await until(lambda: isinstance(desk.forms.greetings.field.proposal, ProposalBox))
    assert desk.forms.greetings.field.path == "alternate_greetings[1]" and editor.tab == "greetings"
    await until(lambda: not banner.isVisible())


async def test_what_is_decided_of_one_proposal_stays_when_another_one_comes(
    desk: Desk, page: CardsPage, commands: FakeCommands
) -> None:
    field = desk.field("description")
    words = field.edit.text.split(" ")
    after = " ".join(["Wholly", *words[1:-1], "otherwise."])
    commands.propose(BONES, "description", after, field.edit.text)
    await until(lambda: field.proposal is not None)
    box = field.proposal
    assert isinstance(box, ProposalBox)
    box.accept_hunk()
    assert box._count.text() == "Change 2 of 2"
    commands.propose(BONES, "scenario", "Elsewhere.", desk.field("scenario").edit.text)
    await until(lambda: desk.field("scenario").proposal is not None)
    assert field.proposal is box and box._count.text() == "Change 2 of 2"


async def test_what_is_written_goes_on_while_another_card_is_looked_at(
    desk: Desk, page: CardsPage, commands: FakeCommands
) -> None:
    page.editor.writing.menu.start(desk.field("scenario"))
    await until(lambda: desk.field("scenario").proposal is not None)
    job = page.editor.proposals.writing.of_card(BONES)[0].job
    await desk.open(CRUSOE)
    assert desk.field("scenario").proposal is None
    commands.events.announce(JobText(job.id, "scenario", "scenario", 0, "By night."))
    await desk.open(BONES)
    box = desk.field("scenario").proposal
    assert isinstance(box, ProposalBox)
    await until(lambda: box.text.toPlainText() == "By night.")


async def test_a_card_without_sources_is_told_how_to_get_some(desk: Desk, page: CardsPage) -> None:
    await desk.open(CRUSOE)
    page.editor.header.card_requested.emit()
    assert page.editor.writing.dialog is None


async def test_a_text_that_comes_out_as_it_was_is_told(
    desk: Desk, page: CardsPage, commands: FakeCommands, messages: RecordingNotify
) -> None:
    page.editor.writing.menu.start(desk.field("scenario"))
    await until(lambda: desk.field("scenario").proposal is not None)
    job = page.editor.proposals.writing.of_card(BONES)[0].job
    done = {"state": JobState.SUCCEEDED, "result": {"card_id": BONES, "proposals": 0}}
    commands.events.announce(JobChanged(job.model_copy(update=done)))
    await until(lambda: desk.field("scenario").proposal is None)
    assert "nothing to decide" in messages.toasts[-1].text


async def test_a_locked_field_is_left_alone_and_the_lock_is_kept_with_the_card(
    desk: Desk, page: CardsPage, commands: FakeCommands
) -> None:
    field, editor = desk.field("personality"), page.editor
    assert field.lock.isVisible() and field.rewrite.isVisible() and not field.is_locked
    field.lock.click()
    await until(lambda: field.is_locked)
    assert not field.rewrite.isVisible(), "there is nothing to offer for it"
    await until(lambda: "personality" in locked_fields(desk.stored()))
    assert "personality" not in drafted_places(desk.stored())
    menu = await editor.writing.menu.make_menu(field, commands)
    assert [action.text() for action in menu.actions()] == ["Unlock"]
    menu.deleteLater()
    field.edit.setFocus()
    desk.type("personality", " Still mine to write.")
    assert field.edit.text.endswith("mine to write.")
    editor.writing.rewrite_card()
    await until(lambda: editor.writing.dialog is not None)
    dialog = editor.writing.dialog
    assert dialog is not None
    dialog.write.click()
    await until(lambda: bool(commands.asked("start_drafts")))
    (request,) = commands.asked("start_drafts")[0][0]
    assert "personality" not in request.paths and "scenario" in request.paths


async def test_a_lock_can_be_taken_back_and_opens_with_the_card(
    desk: Desk, page: CardsPage, commands: FakeCommands
) -> None:
    field = desk.field("scenario")
    field.lock.click()
    await until(lambda: field.is_locked)
    page.editor.undo()
    await until(lambda: not field.is_locked and field.rewrite.isVisible())
    page.editor.redo()
    await until(lambda: field.is_locked)
    await until(lambda: "scenario" in locked_fields(desk.stored()))
    await desk.open(CRUSOE)
    assert not desk.field("scenario").is_locked
    await desk.open(BONES)
    await until(lambda: desk.field("scenario").is_locked)
    desk.field("scenario").lock.click()
    await until(lambda: not locked_fields(desk.stored()))


async def test_items_of_lists_have_no_lock(desk: Desk, page: CardsPage) -> None:
    page.editor.show_tab("lorebook")
    assert not desk.forms.lorebook.form.content.lock.isVisible()
