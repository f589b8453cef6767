"""The quirks of real cards, one by one (card formats, section 3): what is found, made of it, and told."""

import json
from typing import Any

import pytest

from cardgen_desktop.domain.card import Card, CardData, Lorebook, LorebookEntry
from cardgen_desktop.formats.model import lorebook, normalise
from cardgen_desktop.formats.read_card import ReadCard
from cardgen_desktop.formats.registry import read_card
from tests.support import card_files
from tests.support.card_files import KEEPER_TEXTS, KEEPER_V2, KEEPER_V3


def read(card: Any) -> ReadCard:
    return read_card(json.dumps(card).encode(), "odd.json")


def with_data(**fields: Any) -> ReadCard:
    return read({**KEEPER_V2, "data": {**KEEPER_V2["data"], **fields}})


def with_entry(**fields: Any) -> tuple[LorebookEntry, str]:
    found = with_data(character_book={"entries": [{"keys": ["a"], "content": "b", **fields}]})
    book = found.card.data.character_book
    assert book is not None
    return book.entries[0], told(found)


def told(found: ReadCard) -> str:
    return " | ".join(f"{problem.level} {problem.where}: {problem.message}" for problem in found.problems)


def test_every_field_of_the_model_has_a_reader() -> None:
    assert set(normalise._DATA_READERS) == set(CardData.model_fields)
    assert set(lorebook._BOOK_READERS) | {"entries"} == set(Lorebook.model_fields)
    assert set(lorebook._ENTRY_READERS) | {"position", "id"} == set(LorebookEntry.model_fields)


def test_data_is_trusted_over_v1_fields_beside_it() -> None:
    found = read({**KEEPER_V2, **KEEPER_TEXTS, "first_mes": "An older greeting"})
    assert found.card.data.first_mes == KEEPER_TEXTS["first_mes"]
    assert "warning first_mes: The copy beside `data` differs" in told(found)
    assert not found.card.model_extra


def test_sillytavern_lacks_v3_fields_without_an_error() -> None:
    found = read_card(card_files.DATA.joinpath("keeper_sillytavern.png").read_bytes(), "st.png")
    assert found.card.data.group_only_greetings == ()
    assert {problem.level for problem in found.problems} == {"info"}
    assert found.card.model_extra is not None
    assert found.card.model_extra["create_date"] == "2024-1-1 @10h 00m 00s 000ms"


@pytest.mark.parametrize("book", [None, [], {}, {"entries": None}])
def test_an_empty_lorebook_in_any_form(book: Any) -> None:
    found = with_data(character_book=book)
    assert found.card.data.character_book == (None if book is None else Lorebook())
    assert "data.character_book" in told(found)


@pytest.mark.parametrize(
    ("value", "made"),
    [
        ("1687194031049", ("1687194031049",)),
        (1687194031049, ("1687194031049",)),
        (None, ()),
        ("", ()),
        (["a", None, 3], ("a", "3")),
        ({"0": "a", "1": "b"}, ("a", "b")),
    ],
)
def test_alternate_greetings_of_any_type(value: Any, made: tuple[str, ...]) -> None:
    found = with_data(alternate_greetings=value)
    assert found.card.data.alternate_greetings == made
    assert "data.alternate_greetings" in told(found)


@pytest.mark.parametrize(
    ("value", "made"), [(None, ""), (3, "3"), (True, "true"), (["a", "b"], "a\nb"), ({"a": 1}, '{"a": 1}')]
)
def test_text_fields_of_any_type(value: Any, made: str) -> None:
    found = with_data(personality=value)
    assert found.card.data.personality == made
    assert "data.personality" in told(found)


def test_an_empty_or_missing_name_is_allowed_and_told() -> None:
    unnamed = {key: value for key, value in KEEPER_TEXTS.items() if key != "name"}
    for card in ({**KEEPER_TEXTS, "name": ""}, unnamed):
        assert read(card).card.data.name == ""
        assert "warning data.name: The card has no name" in told(read(card))


@pytest.mark.parametrize(("value", "made"), [(2, "2"), (1.5, "1.5"), ("undefined", "undefined")])
def test_character_version_is_a_text(value: Any, made: str) -> None:
    assert with_data(character_version=value).card.data.character_version == made


@pytest.mark.parametrize(
    ("value", "made"), [("sea, light ,", ("sea", "light")), (None, ()), ([1, "a"], ("1", "a"))]
)
def test_tags_of_any_type(value: Any, made: tuple[str, ...]) -> None:
    found = with_data(tags=value)
    assert found.card.data.tags == made
    assert "data.tags" in told(found)


@pytest.mark.parametrize(
    ("value", "made"),
    [
        (1700000000, 1700000000),
        (1700000000123, 1700000000),
        ("1700000000", 1700000000),
        ("2023-11-14T22:13:20Z", 1700000000),
        ("2023-11-14", 1699920000),
        (-62135596800, 0),
        (0, 0),
        ("yesterday", None),
        (10**40, None),
        (None, None),
    ],
)
def test_dates_become_seconds(value: Any, made: int | None) -> None:
    found = with_data(creation_date=value)
    assert found.card.data.creation_date == made
    assert ("creation_date" in told(found)) is (value not in (1700000000, 0))


def test_foreign_keys_at_the_root_survive() -> None:
    found = read({**KEEPER_V2, "create_date": "2024", "chat": "x", "json_data": "{}", "avatar": "none"})
    extra = found.card.model_extra
    assert extra == {"create_date": "2024", "chat": "x", "json_data": "{}", "avatar": "none"}
    flat = read({**KEEPER_TEXTS, "create_date": "2024", "last_mes": 5})
    assert flat.card.model_extra == {"create_date": "2024", "last_mes": 5}


def test_world_info_pasted_into_a_card_is_converted() -> None:
    entry = {
        "uid": 7,
        "key": "Gull Rock, the rock",
        "keysecondary": ["sea"],
        "comment": "place",
        "content": "A skerry.",
        "order": 40,
        "disable": True,
        "position": 4,
        "depth": 3,
        "role": 1,
        "probability": 60,
        "useProbability": True,
        "selectiveLogic": 2,
        "matchWholeWords": None,
        "vendor": "kept",
    }
    found = with_data(character_book={"entries": {"7": entry}})
    assert found.card.data.character_book is not None
    (made,) = found.card.data.character_book.entries
    assert (made.id, made.keys, made.secondary_keys) == (7, ("Gull Rock", "the rock"), ("sea",))
    assert (made.insertion_order, made.enabled, made.position) == (40, False, "after_char")
    assert made.extensions == {
        "depth": 3,
        "role": 1,
        "probability": 60,
        "useProbability": True,
        "selectiveLogic": 2,
        "match_whole_words": None,
        "position": 4,
    }
    assert made.model_extra == {"vendor": "kept"}
    assert "keyed by id" in told(found) and "World Info" in told(found)


def test_entries_as_a_bare_list_and_texts_as_entries() -> None:
    found = with_data(character_book=[{"keys": "a,b", "content": "c"}, "loose text", 5])
    assert found.card.data.character_book is not None
    first, second = found.card.data.character_book.entries
    assert first.keys == ("a", "b")
    assert second.content == "loose text"
    assert "error data.character_book.entries[2]" in told(found)


def test_a_missing_enabled_is_on_and_words_count() -> None:
    entry, message = with_entry()
    assert entry.enabled and "enabled: Missing; read as enabled" in message
    assert with_entry(enabled="false")[0].enabled is False
    assert with_entry(enabled=0)[0].enabled is False


@pytest.mark.parametrize(
    ("value", "word", "exact"),
    [
        (0, "before_char", 0),
        (1, "after_char", 1),
        ("4", "after_char", 4),
        (7, "after_char", 7),
        ("in_chat", "after_char", 4),
        ("", None, None),
        (None, None, None),
    ],
)
def test_positions_of_sillytavern(value: Any, word: str | None, exact: int | None) -> None:
    entry, _ = with_entry(position=value)
    assert entry.position == word
    assert entry.extensions.get("position") == exact


def test_a_position_no_program_knows_is_kept_aside() -> None:
    entry, message = with_entry(position="sideways")
    assert entry.position is None
    assert entry.extensions == {"cardgen_desktop": {"position": "sideways"}}
    assert "sideways" in message


@pytest.mark.parametrize(("value", "made"), [(None, 100), ("30", 30), ("x", 100), (5.5, 5.5)])
def test_insertion_order_of_any_type(value: Any, made: float) -> None:
    assert with_entry(insertion_order=value)[0].insertion_order == made


def test_numbers_of_the_book_in_texts() -> None:
    found = with_data(character_book={"scan_depth": "5", "token_budget": "x", "entries": []})
    assert found.card.data.character_book is not None
    assert found.card.data.character_book.scan_depth == 5
    assert found.card.data.character_book.token_budget is None


@pytest.mark.parametrize(("value", "made"), [("abc", "abc"), (3, 3), (3.0, 3), ([1], None), (True, None)])
def test_ids_of_any_type(value: Any, made: Any) -> None:
    assert with_entry(id=value)[0].id == made


@pytest.mark.parametrize("value", [None, [], "", 5])
def test_extensions_that_are_no_object(value: Any) -> None:
    found = with_data(
        extensions=value, character_book={"extensions": value, "entries": [{"extensions": value}]}
    )
    assert found.card.data.extensions == {}
    assert found.card.data.character_book is not None
    assert found.card.data.character_book.extensions == {}
    assert found.card.data.character_book.entries[0].extensions == {}
    assert told(found).count("extensions") >= 3


def test_spec_without_data_lifts_the_fields_beside_it() -> None:
    found = read({"spec": "chara_card_v2", "spec_version": "2.0", **KEEPER_V2["data"], "vendor": 1})
    assert found.card.data.name == "Mira Holt"
    assert found.card.data.alternate_greetings == tuple(KEEPER_V2["data"]["alternate_greetings"])
    assert found.card.data.character_book is not None
    assert found.card.model_extra == {"vendor_data_key": [1, 2, 3], "vendor": 1}
    assert "`data` is missing" in told(found)


def test_fields_missing_in_data_are_taken_from_the_root() -> None:
    found = read(
        {"spec": "chara_card_v2", "spec_version": "2.0", "data": {"name": "Mira Holt"}, **KEEPER_TEXTS}
    )
    assert found.card.data.first_mes == KEEPER_TEXTS["first_mes"]
    assert "info data.first_mes: Missing in `data`" in told(found)


def test_data_in_a_text_and_a_card_in_a_card() -> None:
    assert (
        read({"spec": "chara_card_v2", "data": json.dumps(KEEPER_V2["data"])}).card.data.name == "Mira Holt"
    )
    assert (
        read({"spec": "chara_card_v2", "spec_version": "2.0", "data": KEEPER_V3}).card.data.name
        == "Mira Holt"
    )


def test_line_ends_hard_spaces_and_trailing_spaces_are_not_touched() -> None:
    text = "a\r\nb\u00a0c  \n d\te "
    assert with_data(description=text).card.data.description == text


def test_v1_keys_win_over_pygmalion_keys_beside_them() -> None:
    card = {
        **KEEPER_TEXTS,
        "char_name": "Other",
        "char_persona": KEEPER_TEXTS["description"],
        "metadata": {"v": 1},
    }
    found = read(card)
    assert found.card.data.name == "Mira Holt"
    assert found.card.model_extra == {"char_name": "Other", "metadata": {"v": 1}}


def test_pygmalion_keys_alone_are_a_card() -> None:
    found = read(
        {
            "char_name": "Mira",
            "char_persona": "Keeper",
            "char_greeting": "Hi",
            "world_scenario": "Sea",
            "example_dialogue": "x",
        }
    )
    made = found.card.data
    assert (made.name, made.description, made.first_mes, made.scenario, made.mes_example) == (
        "Mira",
        "Keeper",
        "Hi",
        "Sea",
        "x",
    )
    assert not found.card.model_extra


def test_creatorcomment_of_an_old_card_becomes_its_notes() -> None:
    assert read({**KEEPER_TEXTS, "creatorcomment": "Enjoy"}).card.data.creator_notes == "Enjoy"


def test_a_huge_vendor_extension_passes_as_it_is() -> None:
    vendor = {"additionalAssets": [["a", "A" * 3_000_000]]}
    assert with_data(extensions={"risuai": vendor}).card.data.extensions == {"risuai": vendor}


def test_unusable_assets_are_kept_and_never_fetched() -> None:
    assets: list[Any] = [
        {"type": "icon", "uri": f"/storage/{number}.mp4", "name": "x", "ext": "mp4"} for number in range(40)
    ]
    found = read({**KEEPER_V3, "data": {**KEEPER_V3["data"], "assets": [*assets, {"uri": "x"}, 7]}})
    made = found.card.data.assets
    assert made is not None and len(made) == 41
    assert (made[40].type, made[40].uri, made[40].name, made[40].ext) == ("x_unknown", "x", "", "unknown")
    assert "error data.assets[41]" in told(found)
    assert "cannot be used outside its own program; kept as it is. The same in 40 more places" in told(found)
    assert "Of 40 icons none are named `main`" in told(found)


@pytest.mark.parametrize(
    ("fields", "field", "made"),
    [
        ({"nickname": None}, "nickname", None),
        ({"nickname": 5}, "nickname", "5"),
        ({"source": "https://a.example"}, "source", ("https://a.example",)),
        ({"source": None}, "source", None),
        ({"creator_notes_multilingual": "Hello"}, "creator_notes_multilingual", {"en": "Hello"}),
        ({"creator_notes_multilingual": {"de": None}}, "creator_notes_multilingual", {"de": ""}),
        ({"group_only_greetings": None}, "group_only_greetings", ()),
        ({"assets": None}, "assets", None),
    ],
)
def test_v3_fields_of_any_type(fields: dict[str, Any], field: str, made: Any) -> None:
    found = with_data(**fields)
    assert getattr(found.card.data, field) == made
    assert f"data.{field}" in told(found)


@pytest.mark.parametrize(
    ("spec", "version", "made", "message"),
    [
        ("chara_card_v3", "3.0", "3.0", ""),
        ("chara_card_v3", "3.1", "3.1", "newer version"),
        ("chara_card_v3", 3, "3.0", "spec_version"),
        ("chara_card_v3", None, "3.0", "spec_version"),
        ("chara_card_v2", 2.0, "3.0", "spec_version"),
        ("chara_card_v9", "9.0", "3.0", "not known"),
        (None, None, "3.0", "warning spec: Missing"),
    ],
)
def test_versions_that_do_not_fit(spec: Any, version: Any, made: str, message: str) -> None:
    card = {**KEEPER_V3, "spec": spec, "spec_version": version}
    found = read({key: value for key, value in card.items() if value is not None})
    assert found.card.spec_version == made
    assert message in told(found)


def test_equal_repairs_in_many_entries_are_told_once() -> None:
    entries = [{"keys": [], "content": "", "insertion_order": 1} for _ in range(500)]
    found = with_data(character_book={"entries": entries})
    assert len(found.problems) == 1
    assert "in 499 more places" in found.problems[0].message


def test_very_many_different_repairs_are_bounded() -> None:
    found = with_data(creator_notes_multilingual={f"x{number}": number for number in range(1000)})
    assert len(found.problems) == 201
    assert "800 more repairs" in found.problems[-1].message


def test_a_sound_card_equals_itself_after_dumping() -> None:
    card = read(KEEPER_V3).card
    assert read_card(card.model_dump_json(exclude_none=True).encode(), "again.json").card == card
    assert isinstance(card, Card)
