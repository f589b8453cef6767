"""What a target cannot hold, in the person's words: said before anything is written over."""

from collections.abc import Callable

from ..domain.card import Card, ExportTarget, LorebookEntry
from .book_payload import has_partial_scanning, loses_its_pattern
from .card_payload import PRIVATE_KEYS
from .decorators import has_decorators

_V3_ONLY: tuple[tuple[str, str], ...] = (
    ("nickname", "The nickname is left out: V2 has no field for it."),
    ("group_only_greetings", "Greetings for group chats are left out: V2 has no field for them."),
    ("assets", "The list of assets is left out: V2 has no field for it."),
    ("creator_notes_multilingual", "Creator's notes in other languages are left out: V2 keeps only one."),
    ("source", "The list of sources is left out: V2 has no field for it."),
)


def losses_of(card: Card, target: ExportTarget) -> tuple[str, ...]:
    """One sentence for each thing the file will not have; empty when everything goes along."""
    found = [*_TARGET_LOSSES[target](card), *_lorebook_losses(card), *_private_losses(card)]
    return tuple(found)


def _png_losses(card: Card) -> list[str]:
    decorated = _count(card, lambda entry: has_decorators(entry.content))
    lost = [_away_assets(card, ("embeded://",), "The archive they came from is not part of a PNG.")]
    if decorated:
        lost.append(
            f"The V2 copy in the PNG goes without the decorators of {_entries(decorated)}; "
            "the V3 copy keeps them."
        )
    return [sentence for sentence in lost if sentence]


def _json_v3_losses(card: Card) -> list[str]:
    lost = _away_assets(card, ("embeded://", "__asset:"), "JSON holds text only.")
    return [lost] if lost else []


def _json_v2_losses(card: Card) -> list[str]:
    lost = [sentence for field, sentence in _V3_ONLY if getattr(card.data, field)]
    if card.data.creation_date or card.data.modification_date:
        lost.append("The dates are left out: V2 has no fields for them.")
    decorated = _count(card, lambda entry: has_decorators(entry.content))
    if decorated:
        lost.append(f"Decorators (lines such as @@depth 4) are taken out of {_entries(decorated)}.")
    return lost


def _lorebook_losses(card: Card) -> list[str]:
    lost = []
    if card.data.character_book and has_partial_scanning(card.data.character_book):
        lost.append(
            "Scan depth, token budget and recursion of the lorebook go together; "
            "what is not set gets a default."
        )
    plain = _count(card, loses_its_pattern)
    if plain:
        lost.append(f"Patterns without slashes count as plain keys in {_entries(plain)}.")
    return lost


def _private_losses(card: Card) -> list[str]:
    foreign = card.model_extra or {}
    lost = []
    if any(key in foreign for key in PRIVATE_KEYS):
        lost.append("Chat notes of another program are left out, because they are private.")
    if foreign.get("fav") is True or card.data.extensions.get("fav") is True:
        lost.append("The mark as a favourite is left out: it belongs to you, not to the card.")
    return lost


def _away_assets(card: Card, schemes: tuple[str, ...], why: str) -> str:
    count = sum(asset.uri.startswith(schemes) for asset in card.data.assets or ())
    if not count:
        return ""
    return f"{count} asset{'' if count == 1 else 's'} stay behind, only the mention is kept. {why}"


def _count(card: Card, test: Callable[[LorebookEntry], bool]) -> int:
    book = card.data.character_book
    return sum(1 for entry in book.entries if test(entry)) if book else 0


def _entries(count: int) -> str:
    return "1 lorebook entry" if count == 1 else f"{count:,} lorebook entries"


_TARGET_LOSSES: dict[ExportTarget, Callable[[Card], list[str]]] = {
    "png": _png_losses,
    "json-v3": _json_v3_losses,
    "json-v2": _json_v2_losses,
}
