"""Whether the copies of a card inside one file say the same."""

from ..domain.card import Card
from .card_payload import v2_payload
from .json_text import sound_text


def disagreements(one: Card, other: Card) -> tuple[str, ...]:
    """Fields of `data` in which two cards differ, as far as V2 can hold them."""
    left, right = (sound_text(v2_payload(card)["data"]) for card in (one, other))
    return tuple(key for key in {**left, **right} if left.get(key) != right.get(key))
