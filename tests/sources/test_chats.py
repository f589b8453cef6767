"""Chat logs: every program's form becomes labelled lines with their exact speakers."""

import json
import time
from typing import Any

import pytest

from cardgen_desktop.domain.errors import SourceError
from cardgen_desktop.domain.people import CHAT_HEADING
from cardgen_desktop.domain.source import SourceText
from cardgen_desktop.reading.index import read_index
from cardgen_desktop.sources.registry import read_bytes
from tests.drafting.stories import draft

HEADING = {"user_name": "Tom", "character_name": "Mara", "chat_metadata": {}}


def line(name: str, text: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "is_user": name == "Tom", "is_system": False, "mes": text, **more}


def tavern_bytes(*rows: dict[str, Any]) -> bytes:
    return "\n".join(json.dumps(row) for row in (HEADING, *rows)).encode()


def tavern(*rows: dict[str, Any]) -> SourceText:
    return read_bytes(tavern_bytes(*rows), "talk.jsonl")


def words(source: SourceText) -> str:
    """The text without the heading that says who is who."""
    assert source.kind == "chat"
    return source.text[source.asides[0].end + 2 if source.asides else 0 :]


def heading(source: SourceText) -> str:
    assert {aside.kind for aside in source.asides} <= {CHAT_HEADING}
    return source.text[: source.asides[0].end] if source.asides else ""


def exported(value: Any) -> SourceText:
    return read_bytes(json.dumps(value).encode(), "talk.json")


def said(value: Any) -> str:
    return words(exported(value))


def test_sillytavern_lines_are_read_with_exact_speakers() -> None:
    turns = [
        line("Mara", '*She lifts the lamp.* "Who is there?"'),
        line("Tom", "Only me."),
        line("Mara", "You are late."),
        line("Tom", "The bridge was out."),
        line("Mara", "Come in, then."),
        line("Tom", "Thank you."),
    ]
    source = tavern(*turns)
    assert source.kind == "chat"
    assert words(source).startswith('Mara: *She lifts the lamp.* "Who is there?"\n\nTom: Only me.\n')
    index = read_index([source])
    names = [index.characters[unit.speaker].name for unit in index.units if unit.speaker is not None]
    assert names == ["Mara", "Tom"] * 3
    assert {unit.confidence for unit in index.units} == {1.0}


def test_what_nobody_said_is_left_out() -> None:
    source = tavern(
        line("Mara", "<think>He lies.</think>Hello, {{user}}. I am {{char}}."),
        line("System", "Branch made.", is_system=True),
        line("Tom", "Hi (OOC: back in a minute) there."),
        line("Mara", "<b>Sit</b> down. ![map](https://example.invalid/map.png)"),
        line("Tom", "![only](a.png)"),
    )
    assert words(source) == "Mara: Hello, Tom. I am Mara.\n\nTom: Hi  there.\n\nMara: Sit down.\n"


def test_a_message_of_many_lines_stays_its_speakers() -> None:
    source = tavern(line("Mara", "First.\n\nSecond.\r\nTom: not Tom."), line("Tom", "Yes."))
    assert words(source) == "Mara: First.\nSecond. Tom: not Tom.\n\nTom: Yes.\n"


def test_only_the_chosen_swipe_counts() -> None:
    source = tavern(line("Mara", "", swipes=["One.", "Two."], swipe_id=1), line("Mara", "", swipe_id=7))
    assert words(source) == "Mara: Two.\n"


def test_names_become_labels() -> None:
    source = tavern(line('Dr.: 🙂 Mara\n"M" of the Lower Harbour ' * 9, "Hello."), line("", "Hm."))
    assert words(source) == "Dr. 🙂 Mara M: Hello.\n\nMara: Hm.\n"


@pytest.mark.parametrize(
    "value",
    [
        {
            "type": "risuChat",
            "ver": 1,
            "data": {"message": [{"role": "char", "data": "Hi."}, {"role": "user", "data": "Yo."}]},
        },
        {
            "messages": [
                {"role": "system", "content": "Be."},
                {"role": "assistant", "content": "Hi."},
                {"role": "user", "content": [{"type": "text", "text": "Yo."}]},
            ]
        },
        [{"role": "assistant", "content": "Hi."}, {"role": "user", "content": "Yo."}],
        {"data": [], "data_visible": [["", "Hi."], ["Yo.", ""]]},
        {"gamestarted": True, "prompt": "Hi.", "actions": ["\n{{[INPUT]}}Yo."], "savedsettings": {}},
        {
            "histories": {
                "histories": [
                    {
                        "msgs": [
                            {"src": {"is_human": False}, "text": "Hi."},
                            {"src": {"is_human": True}, "text": "Yo."},
                        ]
                    }
                ]
            }
        },
    ],
    ids=["risu", "messages", "roles", "text-generation-webui", "koboldai-lite", "character-ai"],
)
def test_forms_of_programs_without_names(value: Any) -> None:
    assert said(value) == "Character: Hi.\n\nUser: Yo.\n"


def test_agnai_and_discord_say_their_names() -> None:
    agnai = {
        "name": "x",
        "messages": [{"handle": "Mara", "msg": "Hi."}, {"userId": "1", "handle": "Tom", "msg": "Yo."}],
    }
    people = [("Mara", "Hi.", "Default"), ("Tom", "Yo.", "Reply"), ("Bot", "joined", "GuildMemberJoin")]
    discord = {
        "guild": {},
        "messages": [
            {"type": kind, "content": text, "author": {"name": name.lower(), "nickname": name}}
            for name, text, kind in people
        ],
    }
    assert said(agnai) == said(discord) == "Mara: Hi.\n\nTom: Yo.\n"


def test_a_log_whose_end_is_missing_keeps_what_is_whole() -> None:
    rows = "\n".join(json.dumps(row) for row in (HEADING, line("Mara", "Hello."), line("Tom", "Lost.")))
    source = read_bytes(rows[:-9].encode(), "talk.jsonl")
    assert words(source) == "Mara: Hello.\n"
    assert [warning.code for warning in source.warnings] == ["truncated"]


@pytest.mark.parametrize(
    "value",
    [
        {"spec": "chara_card_v2", "data": {"name": "Mara", "first_mes": "Hi.", "messages": []}},
        {"entries": {"0": {"key": ["lamp"], "content": "A lamp."}}},
        {"name": "Mara", "char_persona": "x"},
    ],
    ids=["card", "lorebook", "pygmalion"],
)
def test_cards_and_lorebooks_are_no_chats(value: Any) -> None:
    assert read_bytes(json.dumps(value).encode(), "x.json").kind != "chat"


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (json.dumps(HEADING).encode(), "holds no messages"),
        (b'{"mes":' + b"[" * 200_000, "nested too deeply"),
        (json.dumps(HEADING).encode() + b"\n1" * 400_001, "a chat may have 400,000"),
        (b'{"messages":[' + b'{"mes":"a"},' * 400_001 + b"{}]}", "a chat may have 400,000"),
    ],
    ids=["empty", "deep", "lines", "messages"],
)
def test_hostile_logs_end_with_a_sentence(data: bytes, sentence: str) -> None:
    with pytest.raises(SourceError, match=sentence):
        read_bytes(data, "talk.jsonl")


@pytest.mark.parametrize("text", ["<think>" * 200_000, "(OOC" * 200_000, "![" * 200_000, "a: \n" * 200_000])
def test_markup_without_end_is_read_once(text: str) -> None:
    assert tavern(line("Mara", text), line("Tom", "End.")).text.endswith("Tom: End.\n")


def test_odd_values_are_no_messages() -> None:
    rows = [
        None,
        7,
        "x",
        [],
        {"mes": None},
        {"mes": {"message": "Deep."}},
        {"mes": ["a"]},
        {"name": 1e999, "mes": "Ok."},
    ]
    text = "\n".join(json.dumps(row) for row in [HEADING, *rows])
    assert words(read_bytes(text.encode(), "talk.jsonl")) == "Mara: Deep.\n\nMara: Ok.\n"


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([line("Tom", "Hi."), line("Tom", "Hi."), line("Mara", "Hm.")], "Character: Mara\nUser: Tom"),
        ([line("Keeper", "Rain falls."), line("Mara", "Hm.")], "Character: Mara\nUser: Tom"),
        ([line("Kim", "Hi.", is_user=True), line("Mara", "Hm.")], "Character: Mara\nUser: Kim"),
    ],
    ids=["who speaks less", "a narrator is no character", "another user"],
)
def test_the_heading_says_who_is_the_character_and_who_the_user(rows: Any, expected: str) -> None:
    assert heading(tavern(*rows)) == expected


def test_a_group_without_a_heading_has_all_its_speakers_as_characters() -> None:
    rows = [
        {"name": "Lia", "is_user": False, "mes": "One."},
        {"name": "Mara", "is_user": False, "mes": "Two."},
        {"name": "Mara", "is_user": False, "mes": "Three."},
        {"name": "Tom", "is_user": True, "mes": "Four."},
    ]
    unused = {"user_name": "unused", "character_name": "unused", "chat_metadata": {}}
    text = "\n".join(json.dumps(row) for row in [unused, *rows])
    source = read_bytes(text.encode(), "talk.jsonl")
    assert heading(source) == "Character: Mara\nCharacter: Lia\nUser: Tom"
    assert [person.name for person in read_index([source]).people()] == ["Mara", "Lia", "Tom"]


def test_a_chat_among_equals_has_no_heading() -> None:
    people = [{"content": "Hi.", "author": {"name": name}} for name in ("Mara", "Tom")]
    assert heading(exported({"guild": {}, "messages": people})) == ""


def test_a_heading_is_bounded() -> None:
    rows = [{"name": f"N{number}", "is_user": False, "mes": "x"} for number in range(3000)]
    source = exported([*rows, {"name": "Tom", "is_user": True, "mes": "y"}])
    assert heading(source).count("\n") == 50


TALK = [
    line("Mara", "The lamp is lit, Tom."),
    *[line("Tom", f"Tom says it again, {n} times.") for n in range(30)],
]


def test_the_character_comes_first_and_the_user_last() -> None:
    index = read_index([tavern(*TALK, line("Mara", "My brother Kael sold the boat."))])
    names = [person.name for person in index.people()]
    assert names[0] == "Mara" and names[-1] == "Tom"


def test_a_user_of_a_chat_may_lead_a_book() -> None:
    story = "Tom Carter rowed out. Tom was cold. \u201cRow on,\u201d said Tom.\n\n" * 20
    book = read_bytes(story.encode(), "book.txt")
    names = [person.name for person in read_index([book, tavern(*TALK)]).people()]
    assert names == ["Tom Carter", "Mara"]


def test_a_chat_of_few_lines_is_a_chat() -> None:
    index = read_index([tavern(line("Mara", "THE LAMP IS OUT!"), line("Tom", "Part of me knew."))])
    assert [(each.speaker, each.text) for each in index.quotations()] == [
        ("Mara", "THE LAMP IS OUT!"),
        ("Tom", "Part of me knew."),
    ]


def test_you_in_a_plain_chat_is_the_user() -> None:
    text = "You: I am here.\nMara: Sit.\n" * 4 + "You: Thank you.\n" * 5
    assert read_index([read_bytes(text.encode(), "chat.txt")]).people()[0].name == "Mara"


def test_a_chat_is_called_as_its_file_without_the_time() -> None:
    data = tavern_bytes(line("Mara", "Hi"), line("Tom", "Yo."))
    assert read_bytes(data, "Mara - 2024-1-1 @12h 00m 00s 000ms.jsonl").title == "Mara"
    assert read_bytes(data, "two_brothers.jsonl").title == "Two Brothers"


def test_a_card_of_the_character_has_no_line_of_the_user() -> None:
    turns = [
        (line("Mara", f"I keep the lamp for the {n}th year."), line("Tom", f"I love the sea {n} times."))
        for n in range(6)
    ]
    index = read_index([tavern(*(each for turn in turns for each in turn))])
    card = draft(index, index.people()[0].id).card
    assert card.name == "Mara"
    for text in (card.description, card.personality, card.first_mes):
        assert "love the sea" not in text
    for spoken in card.mes_example.splitlines():
        assert spoken.startswith("{{user}}:") or "love the sea" not in spoken


def kobold(*pieces: str, opponent: str = "Mara") -> str:
    settings = {"chatname": "Tom", "chatopponent": opponent}
    return said({"gamestarted": True, "prompt": pieces[0], "actions": pieces[1:], "savedsettings": settings})


def test_koboldai_lite_with_marks() -> None:
    assert (
        kobold(
            "Hi.",
            "\n{{[INPUT]}}\nTom: Yo.\n{{[OUTPUT]}}\n",
            "Sit",
            " down.{{[OUTPUT_END]}}",
            "{{[SYSTEM]}}Be kind.",
        )
        == "Mara: Hi.\n\nTom: Yo.\n\nMara: Sit down.\n"
    )


def test_koboldai_lite_with_labels_gives_each_line_to_its_speaker() -> None:
    written = kobold("Rain.\n", "Mara: Hi.\nTom: Yo.\nMara:", " Sit.\nKai: No.", opponent="Mara||$||Kai")
    assert written == "Narrator: Rain.\n\nMara: Hi.\n\nTom: Yo.\n\nMara: Sit.\n\nKai: No.\n"


@pytest.mark.parametrize(
    ("opponent", "text"),
    [
        ("||$||".join(f"N{number}" for number in range(50_000)), "x\n" * 100_000 + "N1: End."),
        ("Mara", "\nMara:" * 200_000 + " End."),
        ("Mara", "{{[INPUT]}}{{[OUTPUT]}}" * 100_000 + "End."),
    ],
    ids=["names", "labels", "marks"],
)
def test_hostile_koboldai_lite_ends_soon(opponent: str, text: str) -> None:
    began = time.monotonic()
    assert kobold("", text, opponent=opponent).endswith("End.\n")
    assert time.monotonic() - began < 20


def test_koboldai_lite_without_either_is_the_characters() -> None:
    assert kobold("Once more.", " And again.") == "Mara: Once more. And again.\n"
