"""Fields of a card that the person has locked: no engine writes them anew. Typing in them is theirs to do.

They stand in the card itself, under `extensions["cardgen_desktop"]["locked"]`, so that they are kept, taken
back and carried along with it. What a stranger's file has there is not trusted to be a list of names.
"""

from typing import Any

from .card import CardData

NAMESPACE, LOCKED = "cardgen_desktop", "locked"
LOCKABLE = frozenset(
    {"description", "personality", "scenario", "first_mes", "mes_example", "creator_notes", "system_prompt",
     "post_history_instructions"}
)  # fmt: skip
"""Texts that have a name of their own; items of lists move, and an entry can be taken out of the list."""


def locked_fields(card: CardData) -> frozenset[str]:
    """The fields of a card that are locked."""
    ours = card.extensions.get(NAMESPACE)
    names = ours.get(LOCKED) if isinstance(ours, dict) else None
    if not isinstance(names, list | tuple):
        return frozenset()
    return LOCKABLE & {name for name in names if isinstance(name, str)}


def extensions_with_lock(card: CardData, field: str, *, locked: bool) -> dict[str, Any]:
    """The card's `extensions` with a field locked or not; everything else in them stays as it is."""
    fields = locked_fields(card) | {field} if locked else locked_fields(card) - {field}
    before = card.extensions.get(NAMESPACE)
    ours = {key: value for key, value in before.items() if key != LOCKED} if isinstance(before, dict) else {}
    if fields:
        ours[LOCKED] = sorted(fields)
    rest = {key: value for key, value in card.extensions.items() if key != NAMESPACE}
    return {**rest, NAMESPACE: ours} if ours else rest
