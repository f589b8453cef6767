"""The steps of a draft and their share of the work, and how their outputs become a card."""

from collections.abc import Iterable
from typing import Any

from ..domain.card import CardData
from ..domain.draft import OFFLINE_ENGINE, DraftedCard, DraftStep, StepOutput
from ..domain.evidence import Evidence, FieldEvidence

OFFLINE_STEPS = (
    DraftStep(key="description", phase="Collecting looks, past and relationships", weight=4),
    DraftStep(key="personality", phase="Listening to how they speak", weight=3),
    DraftStep(key="scenario", phase="Setting the scene", weight=1),
    DraftStep(key="first_mes", phase="Choosing the first message", weight=1),
    DraftStep(key="mes_example", phase="Choosing exchanges of dialogue", weight=2),
    DraftStep(key="alternate_greetings", phase="Choosing other greetings", weight=1),
    DraftStep(key="lorebook", phase="Writing the lorebook", weight=4),
    DraftStep(key="notes", phase="Adding name, tags and notes", weight=1),
)


def plan(request_engine: str) -> tuple[DraftStep, ...]:
    """The steps of an engine in order; raises KeyError for an unknown engine."""
    return {OFFLINE_ENGINE: OFFLINE_STEPS}[request_engine]


def assemble(outputs: Iterable[StepOutput]) -> DraftedCard:
    """One card of all step outputs; a later output wins where two fill the same field."""
    values: dict[str, Any] = {}
    evidence: FieldEvidence = {}
    for output in outputs:
        values |= output.values
        evidence |= output.evidence
    return DraftedCard(card=CardData.model_validate(values), evidence=evidence)


def written_spans(outputs: Iterable[StepOutput]) -> set[tuple[int, int, int]]:
    """Where the verbatim passages written so far stand, as (source, start, end)."""
    return {
        (record.source or 0, record.start or 0, record.end or 0)
        for output in outputs
        for records in output.evidence.values()
        for record in records
        if _is_passage(record)
    }


def _is_passage(record: Evidence) -> bool:
    return record.kind in ("verbatim", "adapted") and record.start is not None
