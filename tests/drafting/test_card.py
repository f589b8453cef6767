"""Whole cards drafted from our own story: every word accounted for, every field of use."""

import re

import pytest

from cardgen_desktop.domain.draft import DraftedCard
from cardgen_desktop.drafting.verify import problems_of, verbatim_holds
from cardgen_desktop.reading.index import read_index
from tests.drafting.stories import LAMP, card_of, draft, index_of, names_of, source_of

CAST = ("Maren", "Toby", "Vane", "Hesper")
TEXT_FIELDS = ("name", "description", "personality", "scenario", "first_mes", "mes_example")


def kinds(drafted: DraftedCard, kind: str) -> int:
    return sum(record.kind == kind for records in drafted.evidence.values() for record in records)


@pytest.mark.parametrize("person", CAST)
def test_every_record_holds_and_the_records_make_the_fields(person: str) -> None:
    index = index_of(LAMP)
    assert problems_of(card_of(LAMP, person), index.sources, names_of(index, person)) == []


@pytest.mark.parametrize("person", CAST)
def test_every_text_has_evidence(person: str) -> None:
    drafted = card_of(LAMP, person)
    book = drafted.card.character_book
    paths = {*TEXT_FIELDS, "creator_notes"}
    paths |= {f"alternate_greetings[{number}]" for number in range(len(drafted.card.alternate_greetings))}
    paths |= {f"tags[{number}]" for number in range(len(drafted.card.tags))}
    paths |= {
        f"character_book.entries[{number}].content" for number in range(len(book.entries if book else ()))
    }
    assert paths == set(drafted.evidence)


@pytest.mark.parametrize("person", CAST)
def test_the_six_fields_are_filled(person: str) -> None:
    drafted = card_of(LAMP, person)
    assert all(getattr(drafted.card, field).strip() for field in TEXT_FIELDS)


@pytest.mark.parametrize("person", CAST)
def test_computed_lines_say_where_they_were_counted(person: str) -> None:
    records = [record for records in card_of(LAMP, person).evidence.values() for record in records]
    computed = [record for record in records if record.kind == "computed"]
    assert computed and all(record.spans for record in computed)


def test_a_main_character_has_ten_verbatim_records_or_more_and_a_long_description() -> None:
    drafted = card_of(LAMP, "Maren")
    assert kinds(drafted, "verbatim") >= 10
    assert len(drafted.card.description) > 400


def test_the_same_input_gives_the_same_card() -> None:
    first = index_of(LAMP)
    again = read_index(first.sources)
    number = again.find_people("Maren")[0].id
    assert draft(again, number) == card_of(LAMP, "Maren")


def test_the_description_opens_with_who_it_is_and_has_headings() -> None:
    card = card_of(LAMP, "Maren").card
    description = card.description.replace("{{char}}", card.name)
    assert description.startswith("Maren Toll was a tall woman of sixty")
    assert "\n\nAppearance:\n- " in description and "\n\nBackground:\n- " in description
    assert "born in the keeper's house" in description


def test_a_sentence_that_names_nobody_says_whom_it_means_outside_the_quoted_words() -> None:
    drafted = card_of(LAMP, "Maren")
    assert "- [{{char}}] She wore the same blue coat" in drafted.card.description
    quoted = [record.text for record in drafted.evidence["description"] if record.kind == "verbatim"]
    assert not any("[" in text for text in quoted)


@pytest.mark.parametrize("person", CAST)
def test_the_macro_stands_for_the_name_on_the_card_and_for_no_other_form(person: str) -> None:
    drafted, index = card_of(LAMP, person), index_of(LAMP)
    quoted = [
        record for records in drafted.evidence.values() for record in records if record.kind == "verbatim"
    ]
    assert any("{{char}}" in record.text for record in quoted)
    for record in quoted:
        there = index.sources[0].text[record.start : record.end]
        assert record.text.replace("{{char}}", drafted.card.name).split() == there.split()


def test_the_personality_names_traits_and_ways_of_speaking() -> None:
    personality = card_of(LAMP, "Maren").card.personality
    assert "proud, stubborn, kind" in personality
    assert "Way of speaking:" in personality and "words on average" in personality


def test_the_scenario_places_the_user_and_claims_nothing_of_its_own() -> None:
    scenario = card_of(LAMP, "Maren").card.scenario
    assert scenario.startswith("{{user}} meets {{char}} in the world of ")


@pytest.mark.parametrize("person", CAST)
def test_greetings_are_contiguous_slices_that_differ(person: str) -> None:
    drafted = card_of(LAMP, person)
    greetings = [drafted.card.first_mes, *drafted.card.alternate_greetings]
    assert len(set(greetings)) == len(greetings)
    assert all(len(greeting.split()) <= 120 for greeting in greetings)
    assert len(drafted.evidence["first_mes"]) == 1
    assert drafted.evidence["first_mes"][0].kind == "verbatim"


def test_the_first_message_asks_something() -> None:
    assert "?" in card_of(LAMP, "Maren").card.first_mes
    assert len(card_of(LAMP, "Maren").card.alternate_greetings) >= 2


@pytest.mark.parametrize("person", CAST)
def test_examples_are_exchanges_in_the_form_frontends_read(person: str) -> None:
    blocks = card_of(LAMP, person).card.mes_example.split("<START>\n")
    assert blocks[0] == "" and 1 <= len(blocks) - 1 <= 6
    for block in blocks[1:]:
        lines = block.strip().split("\n")
        assert all(re.match(r"\{\{(user|char)\}\}: \S", line) for line in lines)
        assert lines[-1].startswith("{{char}}: ")


@pytest.mark.parametrize("person", CAST)
def test_no_line_of_the_character_is_put_into_the_users_mouth(person: str) -> None:
    index = index_of(LAMP)
    number = index.find_people(person)[0].id
    own = [
        (index.segments[segment].start, index.segments[segment].end)
        for unit in index.units
        if unit.speaker == number
        for segment in unit.segments
    ]
    speaker = ""
    for record in card_of(LAMP, person).evidence["mes_example"]:
        found = re.findall(r"\{\{(user|char)\}\}:", record.text) if record.kind == "template" else []
        speaker = found[-1] if found else speaker
        if record.kind == "verbatim" and speaker == "user":
            assert record.start is not None
            assert not any(start <= record.start < end for start, end in own)


@pytest.mark.parametrize("person", ["Maren", "Toby"])
def test_the_lorebook_wakes_for_the_others_and_never_twice(person: str) -> None:
    index, book = index_of(LAMP), card_of(LAMP, person).card.character_book
    assert book is not None and len(book.entries) >= 3
    keys = [key.casefold() for entry in book.entries for key in entry.keys]
    assert len(keys) == len(set(keys))
    assert all(len(key) >= 3 and "," not in key for key in keys)
    assert not set(keys) & {name.casefold() for name in names_of(index, person)}
    assert len({entry.id for entry in book.entries}) == len(book.entries)


def test_lorebook_entries_have_what_sillytavern_needs() -> None:
    book = card_of(LAMP, "Maren").card.character_book
    assert book is not None
    for entry in book.entries:
        assert entry.enabled and entry.position == "before_char" and entry.extensions == {}
        assert (entry.use_regex, entry.selective, entry.constant) == (False, False, False)
        assert entry.name == entry.comment and entry.content


def test_notes_say_what_it_was_drawn_from_and_how() -> None:
    notes = card_of(LAMP, "Maren").card.creator_notes
    assert "Lamp On Corran Rock" in notes and "offline drafter" in notes
    assert "is named 24 times" in notes and "{{" not in notes


def test_a_character_that_never_speaks_still_has_a_card() -> None:
    text = (
        "The Harbour\n\nGrigor Pell sat by the stove. Grigor Pell smiled at nobody, and he never spoke. "
        "He was a broad man with one eye. Grigor looked at the door.\n\n"
        '"Grigor is tired," said Lena Marsh. "Leave him alone, Tom."\n\n'
        '"I like Grigor," said Tom Reed. Tom Reed sat down beside Grigor, and Grigor gave him a net.\n\n'
        '"You like everybody," said Lena Marsh.'
    )
    index = read_index([source_of(text)])
    drafted = draft(index, index.find_people("Grigor")[0].id)
    assert problems_of(drafted, index.sources, names_of(index, "Grigor")) == []
    assert all(getattr(drafted.card, field).strip() for field in TEXT_FIELDS)
    assert "{{user}}:" in drafted.card.mes_example and "{{char}}:" in drafted.card.mes_example
    assert "{{user}}" in drafted.card.first_mes
    book = drafted.card.character_book
    assert book is not None and {"Lena Marsh", "Tom Reed"} <= {entry.name for entry in book.entries}


def test_a_wrong_record_would_be_noticed() -> None:
    drafted, index = card_of(LAMP, "Maren"), index_of(LAMP)
    record = next(item for item in drafted.evidence["description"] if item.kind == "verbatim")
    moved = record.model_copy(update={"start": (record.start or 0) + 1})
    assert not verbatim_holds(moved, index.sources[0].text, names_of(index, "Maren"))


def test_macros_in_a_source_are_its_own_words() -> None:
    text = (
        "Rosa Hale wrote {{char}} and {{user}} on the wall. Rosa Hale was a tall woman.\n\n"
        '"Who are you?" said Rosa Hale. "Are you {{char}}?"\n\n"I am Ned," said Ned Hale.\n\n'
        '"Sit, Ned," said Rosa.'
    )
    index = read_index([source_of(text)])
    drafted = draft(index, index.find_people("Rosa")[0].id)
    assert problems_of(drafted, index.sources, names_of(index, "Rosa")) == []


def test_one_endless_paragraph_of_speech_is_drafted_in_time() -> None:
    import time

    line = '"Where are you going, and will you come back?" said Rosa Hale. "I will go," said Ned Hale; '
    index = read_index([source_of(line * 1500)])
    started = time.perf_counter()
    drafted = draft(index, index.find_people("Rosa")[0].id)
    assert time.perf_counter() - started < 5
    assert drafted.card.first_mes
