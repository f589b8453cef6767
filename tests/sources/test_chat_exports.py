"""Exports as the programs write them, one file of each, and what their names say where they name nobody."""

import json
from pathlib import Path
from typing import Any

import pytest

from cardgen_desktop.domain.chat_marks import is_chat_json, means_to_be_chat
from cardgen_desktop.domain.errors import SourceError
from cardgen_desktop.domain.people import CHAT_HEADING
from cardgen_desktop.domain.source import SourceText
from cardgen_desktop.reading.index import read_index
from cardgen_desktop.sources.chats.file_names import name_in
from cardgen_desktop.sources.registry import read_bytes, read_source
from tests.drafting.stories import draft

CHATS = Path(__file__).parents[1] / "data" / "chats"
TOM, NOBODY = "Character: Mara\nUser: Tom", "Character: Mara\nUser: User"
LEFT_OUT = ("not chosen", "switched off", "note to myself", "Out of character", "is hidden", "BEGIN-VISIBLE")

EXPORTS = {
    "Mara_2025-03-02T184501123Z_chat.json": NOBODY,
    "Mara_2025-03-02T184501123Z_chat.txt": TOM,
    "Mara_2025-03-02T184501123Z_chat.html": TOM,
    "Mara_all_chats_2025-03-02T18-45-01-123Z.json": NOBODY,
    "character_ai_turns.json": TOM,
    "character_ai_histories.json": TOM,
    "cai_tools_history.json": TOM,
    "Mara_Offline.html": TOM,
    "Mara_oobabooga_Chat.json": NOBODY,
    "Mara/20250302-18-45-01.json": NOBODY,
    "2025-03-02 @18h 45m 01s 123ms.jsonl": "Character: Mara\nCharacter: Oren\nUser: Tom",
    "chat-1a2b.json": TOM,
    "saved_chat.json": TOM,
    "mara.json": NOBODY,
    "Lighthouse - stories - lamp-room [112233].json": "",
    "Chat with Mara.json": NOBODY,
    "conversations.json": "Character: Character\nUser: User",
    "claude_conversations.json": "Character: Character\nUser: User",
    "sharegpt.json": "Character: Character\nUser: User",
}


def source(name: str) -> SourceText:
    return read_source(CHATS / name)


def heading(text: SourceText) -> str:
    return "".join(text.text[each.start : each.end] for each in text.asides if each.kind == CHAT_HEADING)


def codes(text: SourceText) -> list[str]:
    return [warning.code for warning in text.warnings]


@pytest.mark.parametrize(("name", "people"), EXPORTS.items())
def test_an_export_is_read_with_its_speakers(name: str, people: str) -> None:
    text = source(name)
    assert text.kind == "chat"
    assert heading(text) == people
    assert not [words for words in LEFT_OUT if words in text.text]
    character = people.partition("\n")[0].removeprefix("Character: ") or "Mara"
    user = people.rpartition("User: ")[2] or "Tom"
    assert f'{user}: I am sorry.\n\n{character}: "Do not be. I am stubborn, not broken."' in text.text
    assert text.text.index("gulls") < (text.text.index("ninth step"))


@pytest.mark.parametrize("name", [name for name, people in EXPORTS.items() if people == NOBODY])
def test_a_name_from_the_file_is_told(name: str) -> None:
    text = source(name)
    assert text.title in ("Mara", "Chat with Mara")
    told = [warning.message for warning in text.warnings if warning.code == "character_unnamed"]
    assert len(told) == 1
    assert '"Mara" was taken from the name of the file' in told[0]


def test_nobody_is_named_and_neither_does_the_file() -> None:
    (told,) = [each.message for each in source("sharegpt.json").warnings]
    assert told.startswith('"sharegpt.json" does not name the character, so it is called "Character".')


def test_several_chats_are_read_one_after_another_and_counted() -> None:
    text = source("conversations.json")
    assert codes(text) == ["character_unnamed", "several_chats"]
    assert text.text.count("wipes her hands") == 2
    assert "holds 2 chats" in text.warnings[1].message


@pytest.mark.parametrize(
    ("name", "title"),
    [("2025-03-02 @18h 45m 01s 123ms.jsonl", "Mara, Oren"), ("saved_chat.json", "Saved Chat")],
)
def test_a_chat_is_called_by_its_file_or_by_its_characters(name: str, title: str) -> None:
    assert source(name).title == title


def test_who_tells_is_no_character() -> None:
    text = source("2025-03-02 @18h 45m 01s 123ms.jsonl")
    assert "Narrator: The wind turns to the north.\n" in text.text
    assert "Narrator" not in heading(text)


def test_a_story_of_koboldai_is_prose() -> None:
    text = source("saved_story.json")
    assert text.kind == "text"
    assert text.text == "Mara lifted the lamp. “Who is there?” said Mara. Tom came up the stairs."


@pytest.mark.parametrize("name", ["Mara_2025-03-02T184501123Z_chat.json", "chat-1a2b.json"])
def test_a_card_from_an_export_is_about_its_character(name: str) -> None:
    index = read_index([source(name)])
    card = draft(index, index.people()[0].id).card
    assert card.name == "Mara"
    assert "surveyor" not in card.description + card.personality
    assert card.first_mes.startswith("*{{char}} sets the lamp on the sill")
    assert "{{user}}: " in card.mes_example and "User" not in card.mes_example


@pytest.mark.parametrize(
    ("name", "folder", "expected"),
    [
        ("Mara Venn - 2024-1-1 @12h 00m 00s 000ms.jsonl", "", "Mara Venn"),
        ("All Might_2025-03-02T184501123Z_chat.json", "", "All Might"),
        ("Mara_Venn_tavern_Chat.jsonl", "", "Mara Venn"),
        ("Mara_20250302-18-45-01.json", "", "Mara"),
        ("chat with mara venn (2).json", "", "Mara Venn"),
        ("mara-chat-2025-03-02.json", "", "Mara"),
        ("chat-1a2b.json", "", ""),
        ("conversations.json", "", ""),
        ("20250302-18-45-01.json", "Mara Venn", "Mara Venn"),
        ("20250302-18-45-01.json", "chat", ""),
        ("a long title of some text that nobody bears.json", "", ""),
        (f"{'x' * 300}.json", "", ""),
        ("0b5c0b0e-7f3e-4a4e-9d53-0d0f2b1e9a11.json", "", ""),
    ],
)
def test_names_in_the_names_of_files(name: str, folder: str, expected: str) -> None:
    assert name_in(name, folder) == expected


def risu(*rows: dict[str, Any]) -> SourceText:
    value = {"type": "risuChat", "ver": 2, "data": {"message": rows}}
    return read_bytes(json.dumps(value).encode(), "chat.json")


def test_characters_of_a_group_of_risuai_are_told_apart() -> None:
    text = risu(
        {"role": "char", "saying": "id-1", "data": "One. {{inlay::7}}"},
        {"role": "user", "data": "Two."},
        {"role": "char", "saying": "id-2", "data": "<Thoughts>He lies.</Thoughts>Three."},
    )
    assert "Character 1: One.\n\nUser: Two.\n\nCharacter 2: Three.\n" in text.text


@pytest.mark.parametrize(
    "value",
    [
        {"turns": [{"candidates": 7, "author": "x"}], "x": {"turn_key": 1}},
        [{"mapping": {"a": {"parent": "b"}, "b": {"parent": "a"}}, "current_node": "a", "title": "x"}],
        [{"mapping": {"a": 1}, "current_node": ["a"], "title": "x"}],
        {"histories": [{"msgs": [{"src": 3, "text": ["x"]}]}]},
        {"internal": [[3], 7], "visible": []},
        [[{"isHuman": True}], 3],
        {"type": "risuAllChats", "data": [{"message": 3}, 7, None]},
        {"conversations": [{"from": ["human"], "value": "x"}, {"from": "gpt", "value": {}}]},
        {"chat_messages": [{"sender": 7, "text": None, "content": {"type": "text"}}]},
        {"name": "Exported", "messages": [{"msg": 3, "extras": "x", "userId": []}]},
        {"savedsettings": {"chatopponent": ["x"], "opmode": [], "instruct_starttag": 3}, "prompt": 7},
    ],
)
def test_odd_values_are_no_messages(value: Any) -> None:
    with pytest.raises(SourceError, match="no messages that can be read"):
        read_bytes(json.dumps(value).encode(), "odd.json")


@pytest.mark.parametrize(
    "piece", ["\n\n--A\nx", "--\n\n", "<div class='chat'><h2>A</h2><div>b</div></div>", "`"]
)
def test_many_pieces_are_read_once(piece: str) -> None:
    for start in (
        "--A\nb\n\n--B\nc",
        "<html><style>.idat {}</style>",
        "<html><title>CAI Library</title>JSON.parse(`{",
    ):
        assert read_bytes(f"{start}{piece * 20_000}".encode(), "x.txt").size


@pytest.mark.parametrize("name", [name for name in EXPORTS if name.endswith(".json")])
def test_a_folder_tells_chats_from_cards(name: str) -> None:
    assert is_chat_json(CHATS / name)


@pytest.mark.parametrize(
    "text",
    [
        '{"spec": "chara_card_v2", "data": {"messages": []}}',
        '{"name": "Mara", "persona": {}, "greeting": "", "scenario": "", "sampleChat": ""}',
        '{"entries": {"0": {"key": ["x"], "content": "y"}}}',
        '{"mapping": {"a": 1}}',
        '"messages": [',
        "Mara: Hi.",
    ],
)
def test_cards_and_other_json_are_no_chats(text: str) -> None:
    assert not means_to_be_chat(text)
