"""Drafting from a card: what it says of its own character in its own fields is taken over as it stands."""

import json
from functools import cache
from typing import Any

from cardgen_desktop.domain.draft import DraftedCard
from cardgen_desktop.domain.source import SourceText
from cardgen_desktop.drafting.extractive.subject import Subject
from cardgen_desktop.drafting.verify import problems_of
from cardgen_desktop.reading.index import Index, read_index
from cardgen_desktop.sources.registry import read_bytes
from tests.drafting.stories import draft

EXAMPLES = (
    "<START>\n{{user}}: How long have you lived here?\n"
    '{{char}}: "All my life." *She turns the wrench.* "My mother lit this lamp the night I was born."\n'
    '{{user}}: Are you never lonely?\n{{char}}: "Lonely? With forty gulls and a foghorn?"'
)
FIELDS: dict[str, Any] = {
    "name": "Mira Holt",
    "description": '[Character("Mira Holt")\n{\nAge("27")\nHair("short" + "black")\n}]\n\n'
    "{{char}} keeps the lighthouse on Gull Rock, as her mother did before her. She is tall and thin, and "
    "wears an oilskin coat with brass buttons.",
    "personality": "Mira is stubborn and kind, and hides her fear of the sea. She trusts {{user}} slowly.",
    "scenario": "A storm has driven {{user}} to the lighthouse.\n\nThe lamp is broken, and a ship is near.",
    "first_mes": '*Mira pulls the door open.*\n\n"You are very brave or very lost," *she says.*',
    "alternate_greetings": ['"Doctor," *Mira calls from her boat,* "I have cut my hand."'],
    "mes_example": EXAMPLES,
    "character_book": {
        "entries": [
            {
                "keys": ["Tom Pell"],
                "content": "Tom Pell is the ferryman. He has a wooden leg and a red beard.",
            }
        ]
    },
}


@cache
def source() -> SourceText:
    card = {"spec": "chara_card_v2", "spec_version": "2.0", "data": FIELDS}
    return read_bytes(json.dumps(card).encode(), "mira.json")


@cache
def index() -> Index:
    return read_index([source()])


@cache
def drafted() -> DraftedCard:
    return draft(index(), index().find_people("Mira Holt")[0].id)


def test_a_card_is_about_its_character_and_who_chats_is_nobody() -> None:
    names = [person.name for person in index().people()]
    assert names == ["Mira Holt", "Tom Pell"]
    assert index().characters[index().about[0]].name == "Mira Holt"


def test_lines_of_the_examples_have_their_speakers() -> None:
    said = {quote.text: quote.speaker for quote in index().quotations()}
    assert said["All my life."] == said["I have cut my hand."] == "Mira Holt"
    assert said["Are you never lonely?"] == "User"


def test_fields_stay_what_they_are() -> None:
    data = drafted().card
    assert data.first_mes == '*Mira pulls the door open.*\n\n"You are very brave or very lost," *she says.*'
    assert data.alternate_greetings[0] == FIELDS["alternate_greetings"][0]
    assert data.scenario == FIELDS["scenario"]
    assert data.description.startswith(
        "{{char}} keeps the lighthouse on Gull Rock, as her mother did before her."
    )
    for words in ("Age: 27", "Hair: short, black", "tall and thin", "{{char}} keeps the lighthouse"):
        assert words in data.description, words
    for words in ("stubborn and kind", "She trusts {{user}} slowly."):
        assert words in data.personality + data.description, words
    assert '{{user}}: "How long have you lived here?"' in data.mes_example


def test_the_lorebook_tells_of_others_and_never_of_the_character() -> None:
    data = drafted().card
    assert "wooden leg" not in data.description + data.personality
    assert data.character_book is not None
    entries = {entry.name: entry.content for entry in data.character_book.entries}
    assert "ferryman" in entries["Tom Pell"] and "User" not in entries


def test_every_sentence_still_has_its_place_in_the_source() -> None:
    assert problems_of(drafted(), [source()], ["Mira Holt", "Mira"]) == []


CHAT = [
    {"user_name": "Tom Ash", "character_name": "Mara Venn", "chat_metadata": {}},
    {"name": "Mara Venn", "is_user": False, "mes": '*Mara wipes the counter.* "You again. The usual, Tom?"'},
    {"name": "Tom Ash", "is_user": True, "mes": '*Tom sits down.* "If you have the rye bread, yes."'},
    {"name": "Mara Venn", "is_user": False, "mes": '"I hid the last loaf. My brother Piet would have it."'},
    {"name": "Tom Ash", "is_user": True, "mes": '"How is Piet?"'},
    {"name": "Mara Venn", "is_user": False, "mes": '"Piet is at sea. I have run this bakery alone since."'},
]


def test_whoever_chats_is_user_on_the_card_and_nobody_to_tell_of() -> None:
    chat = read_bytes("\n".join(map(json.dumps, CHAT)).encode(), "Mara Venn - 2024-1-1.jsonl")
    index = read_index([chat])
    drafted = draft(index, index.find_people("Mara Venn")[0].id)
    card = drafted.card
    assert card.first_mes == '*Mara wipes the counter.* "You again. The usual, {{user}}?"'
    assert card.character_book is not None
    assert [entry.name for entry in card.character_book.entries] == ["Piet"]
    assert "Tom" not in card.model_dump_json()
    assert card.scenario == "{{user}} meets {{char}}." and "2024" not in card.description + "".join(card.tags)
    assert problems_of(drafted, [chat], ["Mara Venn", "Mara"], ["Tom", "Tom Ash"]) == []


def test_somebody_of_a_book_stays_somebody_when_a_chat_has_the_name() -> None:
    chat = read_bytes("\n".join(map(json.dumps, CHAT)).encode(), "Mara Venn.jsonl")
    book = read_bytes(
        b"Tom Ash lit the lamp. Tom Ash was a tall man with a red beard. He knew Mara Venn.", "b.txt"
    )
    index = read_index([chat, book])
    tom = index.find_people("Tom Ash")[0].id
    assert tom not in Subject(index, index.find_people("Mara Venn")[0].id).personas
    assert Subject(read_index([chat]), read_index([chat]).find_people("Mara Venn")[0].id).personas


def test_a_message_of_a_chat_is_a_greeting_without_its_label() -> None:
    lines = [
        'Ann: *Ann opens the door and looks out into the rain.* "Come in, you must be cold."',
        'Bob: "Thank you, I was cold out there."',
        'Ann: "Sit down."',
        'Bob: "It was a long way over the hills."',
        'Ann: *She pours the tea.* "Tired, sailor?"',
        'Bob: "Very."',
    ]
    chat = read_bytes("\n\n".join(lines).encode(), "tea.txt")
    index = read_index([chat])
    card = draft(index, index.find_people("Ann")[0].id).card
    assert (
        card.first_mes
        == '*{{char}} opens the door and looks out into the rain.* "Come in, you must be cold."'
    )
    assert "{{char}}:" not in card.description
