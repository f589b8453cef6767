"""Cards from other than third-person English prose: narrators, sheets, wiki pages, chats, other languages."""

import pytest

from cardgen_desktop.drafting.verify import problems_of
from cardgen_desktop.reading.index import read_index
from tests.drafting.stories import (
    CHAT,
    LAMP,
    MILL,
    NELL,
    SHEET,
    WIKI,
    card_of,
    draft,
    index_of,
    names_of,
)  # fmt: skip


@pytest.mark.parametrize(
    ("name", "person", "language"),
    [(NELL, "Nell", "en"), (NELL, "Crewe", "en"), (SHEET, "Ilse", "en"), (WIKI, "Orla", "en"),
     (CHAT, "Jonas", "en"), (CHAT, "Mira", "en"), (MILL, "Anna", "de"), (MILL, "Jakob", "de")],
)  # fmt: skip
def test_evidence_holds_and_all_fields_are_filled(name: str, person: str, language: str) -> None:
    index, drafted = index_of(name, language), card_of(name, person, language)
    assert problems_of(drafted, index.sources, names_of(index, person)) == []
    card = drafted.card
    fields = (card.name, card.description, card.personality, card.scenario, card.first_mes, card.mes_example)
    assert all(field.strip() for field in fields)


def test_a_narrator_is_quoted_in_the_first_person_under_a_heading_that_says_so() -> None:
    card = card_of(NELL, "Nell").card
    assert "Appearance, in {{char}}'s own words:\n- I was a small, freckled child" in card.description
    assert "narrator" in card.tags
    assert "stiff old lady" not in card.description


def test_another_characters_card_says_who_i_is() -> None:
    description = card_of(NELL, "Crewe").card.description
    assert ("“I” is Nell" in description) == (" I " in f" {description} ".replace("“I”", ""))
    assert "stiff old lady with black gloves" in description


def test_lines_of_a_sheet_go_where_a_card_wants_them() -> None:
    card = card_of(SHEET, "Ilse").card
    assert "Appearance:\n- Age: 34" in card.description and "- Hair: cropped" in card.description
    assert "- Occupation: bridge engineer" in card.description
    assert "- Likes: strong coffee, chess, silence" in card.personality
    assert "Goal: to find out whether the flood" in card.scenario
    assert card.first_mes.startswith("Mind the third plank.")
    assert "Steel doesn't lie." in card.mes_example
    blocks = card.mes_example.split("<START>\n")[1:]
    assert blocks and all(block.startswith("{{user}}: ") for block in blocks), (
        "a line alone still answers somebody"
    )
    assert card.description.count("viaduct") == 1


def test_sections_of_a_wiki_page_decide_the_field() -> None:
    card = card_of(WIKI, "Orla").card
    background = card.description.split("Background:")[1]
    assert "born on the island of Skarn" in background
    assert "reckless, generous and vain" in card.personality
    assert "The Salt Road, chapter" not in card.description


def test_a_chat_gives_its_own_exchanges_without_labels() -> None:
    card = card_of(CHAT, "Jonas").card
    assert '{{user}}: "You love the choir."\n{{char}}: "I love the biscuits.' in card.mes_example
    assert "[12:" not in card.description + card.first_mes + card.mes_example


def test_phrases_are_in_the_sources_language() -> None:
    card = card_of(MILL, "Anna", "de").card
    assert card.description.startswith("Anna Berger war eine große, blonde Frau")
    assert card.scenario.startswith("{{user}} trifft {{char}}")
    assert "Appearance" not in card.description + card.personality


def test_several_sources_keep_their_own_offsets() -> None:
    sources = (*index_of(NELL).sources, *index_of(LAMP).sources)
    index = read_index(sources)
    drafted = draft(index, index.find_people("Maren")[0].id)
    assert problems_of(drafted, index.sources, names_of(index, "Maren")) == []
    cited = {record.source for records in drafted.evidence.values() for record in records}
    assert 1 in cited
