"""What the head of a field offers: to have it written anew, and to lock it against that."""

from ...domain.field_locks import LOCKABLE, locked_fields
from .document import CardDocument
from .prose_field import ProseField
from .rewriting import field_of


def show_offers(field: ProseField, document: CardDocument | None) -> None:
    """Offer what fits the place that a field shows; without sources there is nothing to write from."""
    offered = bool(document and document.record.sources and field_of(field.path))
    locked = document is not None and field.path in locked_fields(document.data)
    field.offer_rewriting(offered and not locked)
    field.show_lock(locked if offered and field.path in LOCKABLE else None)
