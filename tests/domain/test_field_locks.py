"""Locks of fields: kept in the card, and harmless whatever a stranger's file has in their place."""

from typing import Any

import pytest

from cardgen_desktop.domain.card import CardData
from cardgen_desktop.domain.field_locks import extensions_with_lock, locked_fields


def test_a_lock_is_put_on_and_taken_off_and_leaves_everything_else() -> None:
    before = {"depth_prompt": {"depth": 4}, "cardgen_desktop": {"agnai": {"values": {"x": 1}}}}
    card = CardData(extensions=before)
    locked = CardData(extensions=extensions_with_lock(card, "personality", locked=True))
    assert locked_fields(locked) == {"personality"} and locked_fields(card) == frozenset()
    assert locked.extensions["depth_prompt"] == {"depth": 4}
    assert locked.extensions["cardgen_desktop"]["agnai"] == {"values": {"x": 1}}
    assert extensions_with_lock(locked, "personality", locked=False) == before
    alone = CardData(extensions=extensions_with_lock(CardData(), "scenario", locked=True))
    assert extensions_with_lock(alone, "scenario", locked=False) == {}


@pytest.mark.parametrize(
    "found", [None, 7, "personality", {"personality": 1}, [7, None, ["x"], "name", "tags"]]
)
def test_nonsense_locks_nothing(found: Any) -> None:
    assert locked_fields(CardData(extensions={"cardgen_desktop": {"locked": found}})) == frozenset()
    assert locked_fields(CardData(extensions={"cardgen_desktop": found})) == frozenset()
