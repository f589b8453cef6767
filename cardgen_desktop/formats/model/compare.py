"""Whether the copies of a card inside one file say the same."""

from ...domain.card import Card
from ..json_text import sound_text
from .card_payload import v2_payload


def disagreements(one: Card, other: Card) -> tuple[str, ...]:
    """Fields of `data` in which two cards differ, as far as V2 can hold them."""
    left, right = (v2_payload(card)["data"] for card in (one, other))
    unlike = [key for key in {**left, **right} if left.get(key) != right.get(key)]
    return tuple(key for key in unlike if sound_text(left.get(key)) != sound_text(right.get(key)))
