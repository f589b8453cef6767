"""Cards as sources: their parts under headings, their messages as labelled lines, `{{user}}` left alone."""

import json
import time
from pathlib import Path

import pytest

from cardgen_desktop.domain.card import Card, CardData, Lorebook, LorebookEntry
from cardgen_desktop.domain.errors import CardgenError
from cardgen_desktop.sources.card_text import source_of_card
from cardgen_desktop.sources.registry import read_bytes, read_source

CARDS = Path(__file__).resolve().parent.parent / "data" / "cards"
HOSTILE_SECONDS = 20.0


def card(**fields: object) -> bytes:
    data = {"name": "Mira Holt", **fields}
    return json.dumps({"spec": "chara_card_v2", "spec_version": "2.0", "data": data}).encode()


def read(**fields: object) -> str:
    return read_bytes(card(**fields), "mira.json").text


def test_a_card_is_told_by_its_content_and_its_parts_stand_under_headings() -> None:
    entries = [{"keys": ["Gull Rock", "rock"], "content": "A small island."}, {"keys": ["x"], "content": " "}]
    source = read_bytes(
        card(
            description="{{char}} keeps the lighthouse.\n\n## Past\nShe was born there.",
            personality="Kind.",
            scenario="{{user}} is lost.",
            first_mes="*<b>She</b> waves.* Hello, {{user}}!",
            alternate_greetings=["Who is there?"],
            mes_example="<START>\n{{user}}: Hi.\n{{char}}: Come in,\nNote: mind the step.\n"
            "<START>\nYou: Ah.\n<BOT>: Tea?",
            character_book={"entries": entries},
        ),
        "mira.txt",
    )
    assert source.text.split("\n\n") == [
        "Mira Holt", "Name: Mira Holt",
        "Description", "Mira Holt keeps the lighthouse.", "Past:\nShe was born there.",
        "Personality", "Kind.",
        "Scenario", "{{user}} is lost.",
        "Greetings", "Mira Holt: *She waves.* Hello, {{user}}!", "Mira Holt: Who is there?",
        "Examples", "User: Hi.", "Mira Holt: Come in, Note: mind the step.", "User: Ah.", "Mira Holt: Tea?",
        "Lorebook", "Gull Rock", "A small island.",
    ]  # fmt: skip
    assert (source.kind, source.title) == ("card", "Mira Holt")
    assert [warning.code for warning in source.warnings] == ["suffix_mismatch"]
    found = [(each.title, each.level) for each in source.headings]
    assert found[:2] == [("Mira Holt", 1), ("Description", 2)] and found[-1] == ("Gull Rock", 3)
    assert all(source.text[each.start : each.end] == each.title for each in source.headings)


@pytest.mark.parametrize(
    ("written", "rows"),
    [
        ('[Character("Mira")\n{\nAge("27")\nHair("short" + "black")\n}]', "Age: 27\n\nHair: short, black"),
        ("{{// a note}}Kind.<!-- not this -->", "Kind."),
        ("She likes {{random:tea,coffee}} and {{pick::rain::sun}}.", "She likes tea and rain."),
        ("<mira>\n<BOT> trusts <USER>.\n</mira>", "Mira Holt trusts {{user}}."),
    ],
)
def test_ways_of_writing_a_description_become_text(written: str, rows: str) -> None:
    text = read(description=written)
    assert text.split("Description\n\n")[1] == rows


def test_a_sign_for_private_use_makes_nobody_of_a_greeting() -> None:
    assert read(first_mes="\ue000Hi, <user>.").endswith("Mira Holt: Hi, {{user}}.")


def test_notes_and_instructions_are_set_aside() -> None:
    source = read_bytes(card(description="Kind.", system_prompt="Obey.", creator_notes="Best hot."), "a.json")
    asides = [(aside.kind, source.text[aside.start : aside.end]) for aside in source.asides]
    assert asides == [("instructions", "Best hot."), ("instructions", "Obey.")] and source.warnings == ()


def test_a_mended_card_says_so() -> None:
    source = read_bytes(card(description="Kind.", tags="tall"), "a.json")
    assert [warning.code for warning in source.warnings] == ["card_mended"]


def test_cards_in_pictures_and_lorebooks_alone_are_sources_too(tmp_path: Path) -> None:
    book = {
        "entries": {
            "0": {
                "uid": 0,
                "key": ["Sarn"],
                "keysecondary": [],
                "comment": "",
                "content": "{{char}} lives in Sarn.",
            }
        }
    }
    source = read_bytes(json.dumps(book).encode(), "world.json")
    assert (source.kind, source.text) == ("card", "world\n\nLorebook\n\nSarn\n\n{{char}} lives in Sarn.")
    pictures = [read_source(path) for path in sorted(CARDS.rglob("*.png"))[:1]]
    assert all(source.kind == "card" and source.words for source in pictures)


def test_a_plain_picture_and_a_broken_card_are_refused_with_a_sentence() -> None:
    with pytest.raises(CardgenError, match=r"picture"):
        read_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 64, "photo.png")
    with pytest.raises(CardgenError, match=r"a\.json"):
        read_bytes(card(description="x" * 20)[:-4], "a.json")


def test_the_same_words_of_a_library_card_are_the_same_source() -> None:
    entry = LorebookEntry(keys=("/a+/i",), content="Old.", use_regex=True)
    data = CardData(name="Ada", description="Kind.", character_book=Lorebook(entries=(entry,)))
    first = source_of_card(Card(data=data), "Ada")
    assert first.text.endswith("Lorebook\n\nEntry\n\nOld.") and first.path == ""
    changed = data.model_copy(update={"tags": ("new",)})
    assert source_of_card(Card(data=changed), "Ada").sha256 == first.sha256
    assert source_of_card(Card(data=data.model_copy(update={"scenario": "A"})), "Ada").sha256 != first.sha256


@pytest.mark.parametrize(
    "text",
    ['A("' * 100_000, "{{random:" * 100_000, "<" * 300_000, "{{//" * 100_000, "[character(" * 50_000,
     "a " * 300_000, 'A("x" + ' * 50_000, "\n: " * 100_000, "{{user}}" * 50_000],
)  # fmt: skip
def test_hostile_fields_are_read_in_bounded_time(text: str) -> None:
    begun = time.monotonic()
    source = read_bytes(card(description=text, first_mes=text, mes_example=f"{{{{char}}}}: {text}"), "a.json")
    assert time.monotonic() - begun < HOSTILE_SECONDS and source.kind == "card"
