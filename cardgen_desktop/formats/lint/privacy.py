"""What other programs left in a card about the person who used it."""

from collections.abc import Iterator, Mapping
from typing import Any

from ...domain.card import Card
from ...domain.lint import LintFinding
from ..model.card_payload import PRIVATE_KEYS
from .texts import finding, setting

_WHAT = {"chat": "the name of a private chat", "json_data": "a copy of the card from before"}


def private_findings(card: Card) -> Iterator[LintFinding]:
    """Private fields beside the card's own (they are never exported), and in its data (they are)."""
    for key in _present(card.model_extra):
        reason = f"`{key}` holds {_WHAT[key]}. It is kept here and never exported."
        yield finding("private.kept", "info", key, reason)
    for key in _present(card.data.model_extra):
        where = f"data.{key}"
        reason = f"`{key}` holds {_WHAT[key]}, and it goes along with the card."
        yield finding("private.data", "warning", where, reason, setting("Empty it", where, ""))


def _present(fields: Mapping[str, Any] | None) -> Iterator[str]:
    return (key for key in PRIVATE_KEYS if (fields or {}).get(key))
