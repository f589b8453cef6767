"""Backyard's cards in the EXIF of a PNG: versions 1 to 4, whole, with what V3 has no field for."""

import json
from typing import Any

import pytest

from cardgen_desktop.formats.model.kept import KEPT
from cardgen_desktop.formats.registry import looks_like_card, read_card
from tests.support.picture_cards import (
    BACKYARD_CHARACTER,
    BACKYARD_SETTINGS,
    backyard,
    backyard_png,
    exif,
    jpeg,
    webp,
)


def found(problems: Any) -> dict[str, str]:
    return {problem.where: problem.message for problem in problems}


@pytest.mark.parametrize("version", [1, 2, 3, 4])
@pytest.mark.parametrize("packed", [False, True], ids=["raw", "base64"])
@pytest.mark.parametrize("order", ["<", ">"], ids=["little", "big"])
def test_every_version_is_read(version: int, packed: bool, order: str) -> None:
    data = backyard_png(backyard(version), packed=packed, order=order)
    read = read_card(data, "mira.png")
    assert (read.container, read.format, read.spec, read.original) == ("png", "backyard", None, None)
    assert read.picture == data and looks_like_card(data, "a")
    card = read.card.data
    assert card.name == "Mira Holt"
    assert card.description == "{{char}} keeps the light. {{user}} knows {{user}}."
    assert card.system_prompt == "{{char}} speaks with {{user}}."
    assert card.scenario == "{{user}} rows out with the oil."
    assert card.first_mes == "{{char}}: You are late, {{user}}."
    assert card.mes_example == "<START>\n{{user}}: Is it lonely?\n{{char}}: Only on calm days."
    assert card.tags == ("NSFW",)
    assert (card.creation_date, card.modification_date) == (1709287200, 1709373600)
    assert not [problem for problem in read.problems if problem.level != "info"]


def test_lore_items_become_the_lorebook() -> None:
    book = read_card(backyard_png(backyard(4)), "a.png").card.data.character_book
    assert book is not None
    first, second = book.entries
    assert (first.keys, first.content) == (("Gull Rock", "the rock"), "{{char}}'s skerry.")
    assert (first.enabled, first.insertion_order, second.insertion_order) == (True, 0, 1)
    assert first.extensions[KEPT]["backyard"] == {"id": "lore1", "order": "a0"}
    assert second.keys == ("Tobias",)


@pytest.mark.parametrize("version", [1, 2, 3, 4])
def test_what_v3_has_no_field_for_is_kept(version: int) -> None:
    kept = read_card(backyard_png(backyard(version)), "a.png").card.data.extensions[KEPT]["backyard"]
    assert kept["version"] == version
    assert kept["character"].items() >= BACKYARD_SETTINGS[version].items()
    assert kept["character"]["aiDisplayName"] == "Mira of the Light"
    told = {"aiName", "aiPersona", "scenario", "firstMessage", "customDialogue", "basePrompt"}
    elsewhere = {*told, "createdAt", "updatedAt", "loreItems", "Chat"}
    assert kept["character"].keys() == {*BACKYARD_CHARACTER, *BACKYARD_SETTINGS[version]} - elsewhere


def test_converted_macros_are_listed_and_others_left_alone() -> None:
    character = {
        "aiPersona": "{{character}} {user} {other} {{char}}",
        "scenario": "No macro.",
        "loreItems": [],
    }
    read = read_card(backyard_png(backyard(4, **character)), "a.png")
    assert read.card.data.description == "{{character}} {{user}} {other} {{char}}"
    assert read.card.data.character_book is None
    told = {where for where, message in found(read.problems).items() if "{{user}}" in message}
    assert told == {"data.description", "data.first_mes", "data.mes_example", "data.system_prompt"}


def test_chats_are_left_out_with_a_word() -> None:
    read = read_card(backyard_png(backyard(1, Chat=[{"ChatItems": [{"input": "secret"}]}])), "a.png")
    assert "left out" in found(read.problems)["character.Chat"]
    assert "secret" not in read.card.model_dump_json()


def test_odd_values_are_read_and_told() -> None:
    odd = backyard(4, aiName=None, firstMessage=None, aiPersona=["a", "b"], createdAt=5, loreItems=[
        {"key": ["x", "y"], "value": None}, "text", 7, {"key": "a,,b"}])  # fmt: skip
    read = read_card(backyard_png(odd), "a.png")
    assert read.card.data.name == "Mira of the Light"
    assert read.card.data.first_mes == "" and read.card.data.description == "a\nb"
    assert read.card.data.creation_date == 5
    book = read.card.data.character_book
    assert book is not None
    assert [entry.keys for entry in book.entries] == [("x", "y"), (), ("a", "b")]
    assert any("instead of an entry" in problem.message for problem in read.problems)


def test_the_same_export_in_other_pictures_is_read() -> None:
    block = exif(b"ASCII\0\0\0" + json.dumps(backyard(2)).encode())
    for data in (webp(block), jpeg(block)):
        assert read_card(data, "a").format == "backyard"
