"""Which places of a card a request writes anew: what is locked is never among them."""

import pytest

from cardgen_desktop.domain.card import CardData
from cardgen_desktop.domain.errors import UsageError
from cardgen_desktop.domain.field_locks import extensions_with_lock
from cardgen_desktop.domain.job_kinds import DraftRequest
from cardgen_desktop.jobs.generation_plan import plan_of

CARD = CardData(name="Jim", description="A boy.", personality="Brave.")
LOCKED = CARD.model_copy(update={"extensions": extensions_with_lock(CARD, "personality", locked=True)})


def request(**more: object) -> DraftRequest:
    return DraftRequest.model_validate({"source_ids": (1,), "engine": "Model", "card_id": 1, **more})


def places(card: CardData, **more: object) -> set[str]:
    return set(plan_of(request(**more), card, 8192).paths.values())


def test_a_locked_field_is_left_out() -> None:
    asked = ("description", "personality")
    assert places(CARD, paths=asked) == {"description", "personality"}
    assert places(LOCKED, paths=asked) == {"description"}
    assert places(LOCKED, fields=asked) == {"description"}
    assert "personality" not in places(LOCKED)


def test_a_request_for_locked_fields_alone_says_so() -> None:
    with pytest.raises(UsageError, match="locked in the card"):
        plan_of(request(paths=("personality",)), LOCKED, 8192)
