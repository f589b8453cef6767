"""The short way of reading gives what the long way gives, or nothing."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cardgen_desktop.domain.card import CardData, LorebookEntry
from cardgen_desktop.formats.findings import Findings, UnreadableError
from cardgen_desktop.formats.json_text import parse_object
from cardgen_desktop.formats.model.normalise import card_from
from cardgen_desktop.formats.model.sound_cards import sound_card
from tests.support.card_files import DATA, KEEPER_V2, KEEPER_V3

MANY = settings(max_examples=400, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))

texts = st.sampled_from(["", "Mira", "before_char", "{{char}}", "@@depth 4\nx", "Åse \U0001f56f", "2.0"])
oddities: st.SearchStrategy[Any] = st.sampled_from(
    [
        None, True, False, 0, 1, -1, 5, 2.0, 2.5, 10**12, 10**30, "", "7", "true", [], {}, ["a"],
        ["a", None], [1], [["a"]], {"a": 1}, {"position": 3}, {"position": "x"}, {"case_sensitive": True},
        {"a": [{"b": 2.5}]},
        "before_char", "after_char", "in_chat", "2024-01-01", "ccdefault:", {"1": {"key": ["a"]}}, [{}],
        [{"type": "icon"}], [{"type": "icon", "uri": "ccdefault:", "name": "main", "ext": "png", "v": 1}],
        [{"keys": ["a"], "content": "b"}], [{"key": ["a"], "uid": 1, "disable": True}],
    ]
)  # fmt: skip
"""Every value that some reader changes, tells or leaves, and some that none does."""

ENTRY: dict[str, Any] = KEEPER_V3["data"]["character_book"]["entries"][0]
entry_changes = st.dictionaries(
    st.sampled_from([*LorebookEntry.model_fields, "key", "uid", "vendor", "keysecondary"]),
    oddities | texts,
    max_size=2,
)
data_changes = st.dictionaries(
    st.sampled_from([*CardData.model_fields, "vendor", "data", "model_extra"]), oddities | texts, max_size=2
)
root_changes = st.dictionaries(
    st.sampled_from(
        [*CardData.model_fields, "spec", "spec_version", "vendor", "creatorcomment", "char_name"]
    ),
    oddities | texts,
    max_size=2,
)
dropped = st.sets(st.sampled_from([*CardData.model_fields, "enabled", "keys"]), max_size=2)


def long_way(text: bytes) -> Any:
    try:
        return card_from(parse_object(text.decode(), Findings()), Findings())
    except UnreadableError:
        return None


def compared(text: bytes) -> bool:
    """Whether the short way read it; what it read is what the long way reads."""
    sound, long = sound_card(text), long_way(text)
    if sound is None:
        return False
    assert long is not None
    short, written = sound.card, json.loads(text)
    assert (sound.spec, sound.spec_version) == (written["spec"], written["spec_version"])
    assert short == long
    assert short.model_dump() == long.model_dump()
    assert short.model_dump_json(exclude_unset=True) == long.model_dump_json(exclude_unset=True)
    return True


@pytest.mark.parametrize("card", [KEEPER_V2, KEEPER_V3], ids=["V2", "V3"])
def test_a_sound_card_is_read_the_short_way(card: dict[str, Any]) -> None:
    assert compared(json.dumps(card).encode())
    assert compared(json.dumps({**card, **card["data"]}, ensure_ascii=False, indent=2).encode())


def test_what_sillytavern_writes_is_read_the_short_way() -> None:
    from tests.support.card_files import payload

    data = (DATA / "keeper_sillytavern.png").read_bytes()
    assert all(compared(json.dumps(payload(data, keyword)).encode()) for keyword in ("chara", "ccv3"))


@MANY
@given(
    st.sampled_from([KEEPER_V2, KEEPER_V3]),
    root_changes,
    data_changes,
    st.lists(entry_changes, max_size=2),
    dropped,
)
def test_any_card_is_read_alike_or_left_to_the_long_way(
    card: dict[str, Any], root: Any, data: Any, entries: list[Any], without: set[str]
) -> None:
    made = [
        {key: value for key, value in {**ENTRY, **entry}.items() if key not in without} for entry in entries
    ]
    book = {**card["data"]["character_book"], "entries": made}
    fields = {**card["data"], "character_book": book, **data}
    kept = {key: value for key, value in fields.items() if key not in without}
    compared(json.dumps({**card, **root, "data": kept}).encode())


@pytest.mark.parametrize(
    "found",
    [
        '"extensions": {"a": 1e999}',
        '"extensions": {"a": [NaN]}',
        '"extensions": {"a": "\\ud800"}',
        '"creation_date": 1700000000000',
        '"creator_notes": "This character card is Character Card V3, but it is loaded as a V2."',
        '"extensions": {"a": ' + "[" * 60 + "]" * 60 + "}",
        '"extensions": {"a": ' + "[" * 250 + "]" * 250 + "}",
        '"alternate_greetings": "one"',
        '"character_book": null',
        '"tags": "a, b"',
        '"assets": [{"type": "icon"}]',
        '"assets": [{"type": "icon", "uri": "x", "name": "main", "ext": "png", "odd": 1e999}]',
    ],
)
def test_what_needs_care_is_left_to_the_long_way(found: str) -> None:
    text = json.dumps(KEEPER_V2)[:-2] + f", {found}" + "}}"
    assert sound_card(text.encode()) is None


@pytest.mark.parametrize(
    "text", [b"", b"{}", b"[]", b"null", b"\xff{}", b'{"spec": "chara_card_v2"}', b"rcc||x"]
)
def test_what_is_no_card_is_left_to_the_long_way(text: bytes) -> None:
    assert sound_card(text) is None


def test_of_equal_keys_the_last_counts() -> None:
    text = json.dumps(KEEPER_V3)[:-1].replace('"name": "Mira Holt"', '"name": "First", "name": "Mira Holt"')
    compared((text + ', "vendor": 1, "vendor": 2}').encode())
