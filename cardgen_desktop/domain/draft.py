"""What the drafter is asked for, and what it gives back."""

from typing import Any

from pydantic import Field

from .card import CardData
from .evidence import FieldEvidence
from .value import Value

OFFLINE_ENGINE = "offline"


class DraftStep(Value):
    """One step of a drafting plan; `weight` is its share of the whole work, any unit."""

    key: str
    phase: str
    weight: float


class StepOutput(Value):
    """What one step produced: values for fields of `CardData` as JSON, and their evidence by field path."""

    values: dict[str, Any] = Field(default_factory=dict)
    evidence: FieldEvidence = Field(default_factory=dict)


class DraftedCard(Value):
    """A finished draft: the card and, for every field path, the records whose texts make the field."""

    card: CardData
    evidence: FieldEvidence
