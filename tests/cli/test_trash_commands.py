"""The trash from the command line: listed, restored from, and emptied for good."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Cardgen


@pytest.fixture
def library(cardgen: Cardgen, tmp_path: Path) -> Cardgen:
    """A library of two cards, 1 and 2."""
    for name in ("Ada", "Bea"):
        data = {"name": name, "description": f"{name} writes."}
        card = {"spec": "chara_card_v2", "spec_version": "2.0", "data": data}
        (tmp_path / f"{name}.json").write_text(json.dumps(card))
        # One import each: the files of one import are read side by side, and their ids follow no order.
        assert cardgen("import", tmp_path / f"{name}.json").code == 0
    return cardgen


def test_cards_go_into_the_trash_and_come_back_or_go_for_good(library: Cardgen) -> None:
    assert "trash is empty" in library("cards", "trash").out
    listed = library("cards", "trash", 1, 2, "--json").json("cards")
    assert sorted(card["name"] for card in listed) == ["Ada", "Bea"]
    assert [card["id"] for card in library("cards", "restore", 2, "--json").json("cards")] == [2]
    assert "Ada" in library("cards", "trash").out
    removed = library("cards", "remove", 1, "--json").json("cards-removed")
    assert removed["cards"] == 1
    assert library("cards", "trash", "--json").json("cards") == []
    library("cards", "trash", 2)
    assert "1 card removed for good" in library("cards", "remove", "--all").out
    assert library("cards", "remove", "--all").out == "The trash is empty.\n"


def test_what_is_not_in_the_trash_is_a_mistake_of_usage(library: Cardgen) -> None:
    for arguments, words in (
        (("remove", 1), "in the library, not in the trash"),
        (("remove", 9), "Card 9 is not in the trash"),
        (("remove",), "--all"),
        (("remove", 1, "--all"), "--all"),
        (("restore", 1), "not in the trash"),
        (("trash", 1, 9), "Card 9 is not in the library"),
    ):
        ran = library("cards", *arguments)
        assert ran.code == 2 and words in ran.complaints[0], ran
    assert library("cards", "trash", "--json").json("cards") == []
