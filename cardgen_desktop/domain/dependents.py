"""Which texts of a card are written from which others, besides the source."""

from .draft import DRAFT_FIELDS, DraftField

WRITTEN_FROM: dict[DraftField, tuple[DraftField, ...]] = {
    "description": (),
    "personality": ("description",),
    "scenario": ("description",),
    "first_mes": ("personality", "scenario"),
    "alternate_greetings": ("personality", "first_mes"),
    "mes_example": ("personality",),
    "lorebook": (),
    "tags": ("description", "personality"),
    "creator_notes": ("description", "scenario"),
    "system_prompt": ("personality",),
    "post_history_instructions": ("personality",),
}
"""No more than that: small models copy what they are shown."""


def stale_after(path: str) -> tuple[DraftField, ...]:
    """The fields that were written from the one at a place, and are out of date when it changes.

    Only those that follow from it at once: what follows from them is out of date when they change.
    """
    return tuple(field for field in DRAFT_FIELDS if path in WRITTEN_FROM[field])
