"""Every quirk of real cards: what is made of it, what is told, and that it stays made after writing."""

import json
from typing import Any

import pytest

from cardgen_desktop.domain.card import Card
from cardgen_desktop.formats.findings import Findings
from cardgen_desktop.formats.model.card_payload import v2_payload, v3_payload
from cardgen_desktop.formats.model.normalise import card_from
from cardgen_desktop.formats.read_card import ReadCard
from cardgen_desktop.formats.registry import read_card
from tests.support.card_files import KEEPER_TEXTS
from tests.support.card_quirks import ABSENT, QUIRKS, Quirk, v2


def at(card: Card, path: str) -> Any:
    found: Any = json.loads(card.model_dump_json())
    for step in path.split("/"):
        found = found[int(step)] if isinstance(found, list) else found.get(step, ABSENT)
    return found


def read(card: Any) -> ReadCard:
    return read_card(json.dumps(card).encode(), "quirk.json")


def told(found: ReadCard) -> str:
    return " | ".join(f"{problem.level} {problem.where}: {problem.message}" for problem in found.problems)


@pytest.mark.parametrize("quirk", QUIRKS, ids=lambda quirk: quirk.name)
def test_quirk(quirk: Quirk) -> None:
    found = read(quirk.card)
    for path, value in quirk.made.items():
        assert at(found.card, path) == value, path
    for words in quirk.told:
        assert words in told(found)
    if quirk.silent:
        assert not [
            problem for problem in found.problems if problem.level != "info" or "Found" in problem.message
        ]
    again = card_from(json.loads(json.dumps(v3_payload(found.card))), Findings())
    for path, value in quirk.made.items():
        if at(again, path) != value:
            assert value is None and at(again, path) in ("", [], ABSENT), path


@pytest.mark.parametrize("quirk", QUIRKS, ids=lambda quirk: quirk.name)
def test_what_is_written_of_a_quirk_is_sound(quirk: Quirk) -> None:
    """Read strictly: the types of the specifications, defaults made explicit, unique whole ids."""
    card = read(quirk.card).card
    for payload in (v2_payload(card), v3_payload(card)):
        data = payload["data"]
        for key in ("name", "description", "first_mes", "creator_notes", "character_version"):
            assert isinstance(data[key], str)
        for key in ("alternate_greetings", "tags"):
            assert all(isinstance(item, str) for item in data[key])
        assert isinstance(data["extensions"], dict)
        assert data.get("character_book", {}) is not None
        entries = data.get("character_book", {}).get("entries", [])
        assert len({item["id"] for item in entries}) == len(entries)
        for item in entries:
            assert isinstance(item["enabled"], bool) and isinstance(item["extensions"], dict)
            assert isinstance(item["insertion_order"], int | float) and isinstance(item["id"], int)
            assert item["position"] in ("before_char", "after_char")


def test_the_copy_beside_data_is_offered_as_another_version() -> None:
    found = read({**v2(), **KEEPER_TEXTS, "first_mes": "Older.", "scenario": ""})
    (other,) = found.alternatives
    assert other.data.first_mes == "Older."
    assert other.data.scenario == found.card.data.scenario
    assert found.original is not None and found.original["first_mes"] == "Older."
    assert read({**v2(), **KEEPER_TEXTS}).alternatives == ()


def test_fields_in_western_letters_and_with_a_mark() -> None:
    card = {**KEEPER_TEXTS, "name": "Åse"}
    western = json.dumps(card, ensure_ascii=False).replace("’", "'").replace("“", "'").replace("”", "'")
    found = read_card(western.encode("cp1252"), "a.json")
    assert found.card.data.name == "Åse" and "Windows-1252" in told(found)
    undefined = western.encode("cp1252").replace(b"Dry", b"Dr\x81")
    assert "Latin-1" in told(read_card(undefined, "a.json"))
    assert "byte order mark" in told(read_card(b"\xef\xbb\xbf" + json.dumps(card).encode(), "a.json"))
