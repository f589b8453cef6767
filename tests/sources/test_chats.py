"""Chat logs: every program's form becomes labelled lines with their exact speakers."""

import json
from typing import Any

import pytest

from cardgen_desktop.domain.errors import SourceError
from cardgen_desktop.domain.source import SourceText
from cardgen_desktop.reading.index import read_index
from cardgen_desktop.sources.registry import read_bytes

HEADING = {"user_name": "Tom", "character_name": "Mara", "chat_metadata": {}}


def line(name: str, text: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "is_user": name == "Tom", "is_system": False, "mes": text, **more}


def tavern(*rows: dict[str, Any]) -> SourceText:
    return read_bytes("\n".join(json.dumps(row) for row in (HEADING, *rows)).encode(), "talk.jsonl")


def said(value: Any) -> str:
    source = read_bytes(json.dumps(value).encode(), "talk.json")
    assert source.kind == "chat"
    return source.text


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
    assert source.text.startswith('Mara: *She lifts the lamp.* "Who is there?"\n\nTom: Only me.\n')
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
    assert source.text == "Mara: Hello, Tom. I am Mara.\n\nTom: Hi  there.\n\nMara: Sit down.\n"


def test_a_message_of_many_lines_stays_its_speakers() -> None:
    source = tavern(line("Mara", "First.\n\nSecond.\r\nTom: not Tom."), line("Tom", "Yes."))
    assert source.text == "Mara: First.\nSecond. Tom: not Tom.\n\nTom: Yes.\n"


def test_only_the_chosen_swipe_counts() -> None:
    source = tavern(line("Mara", "", swipes=["One.", "Two."], swipe_id=1), line("Mara", "", swipe_id=7))
    assert source.text == "Mara: Two.\n"


def test_names_become_labels() -> None:
    source = tavern(line('Dr.: 🙂 Mara\n"M" of the Lower Harbour ' * 9, "Hello."), line("", "Hm."))
    assert source.text == "Dr. 🙂 Mara M: Hello.\n\nMara: Hm.\n"


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
    assert source.text == "Mara: Hello.\n"
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
    assert read_bytes(json.dumps(value).encode(), "x.json").kind == "text"


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
    assert read_bytes(text.encode(), "talk.jsonl").text == "Mara: Deep.\n\nMara: Ok.\n"
