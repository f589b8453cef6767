"""What is known about the texts of a card after it was drafted: accepted proposals, checks, findings."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..domain.card_library import CardRecord
from ..domain.checking import CheckReport, Finding, Proposal
from ..domain.errors import UsageError
from ..domain.evidence import FieldEvidence
from ..domain.evidence_pack import EvidencePack
from ..store import cards as stored_cards
from ..store import jobs as stored_jobs
from ..store import steps as stored_steps
from .accepted_evidence import merged, of_proposal
from .generation_cards import texts_of
from .generation_partials import outputs_of
from .generation_views import is_by_model, plan_shown

if TYPE_CHECKING:
    from ..store.engine import Connection


async def accept(connection: "Connection", proposal: Proposal) -> None:
    """Add the evidence of a proposal to that of its card, whose text is stored as the person took it."""
    record = await stored_cards.record(connection, proposal.card_id)
    if record is None:
        return
    before, path = record.evidence.get(proposal.path, ()), proposal.path
    text = texts_of(record.card.data).get(path, "")
    evidence = {**record.evidence, path: merged(text, of_proposal(proposal), before)}
    await stored_cards.set_evidence(connection, proposal.card_id, evidence)


async def keep_check(
    connection: "Connection", card_id: int, report: CheckReport, source_ids: Sequence[int]
) -> CardRecord:
    """Store the sentences of a check as evidence of a card. Raises `UsageError` for a lost one."""
    record = await stored_cards.record(connection, card_id)
    if record is None:
        raise UsageError("This card is no longer in the library, so the check was not kept.")
    evidence = checked_evidence(record, report)
    known = [source.id for source in record.sources]
    await stored_cards.set_evidence(connection, card_id, evidence, None if known else source_ids)
    stored = await stored_cards.record(connection, card_id)
    assert stored is not None
    return stored


def checked_evidence(record: CardRecord, report: CheckReport) -> FieldEvidence:
    """The evidence of a card with what a check says of its texts."""
    from ..drafting.generative.assembly import evidence_of

    evidence = dict(record.evidence)
    for path, text in texts_of(record.card.data).items():
        if path in report.fields:
            new = evidence_of(text, report.fields[path])
            evidence[path] = merged(text, new, evidence.get(path, ()))
    return evidence


async def findings_of(connection: "Connection", card_id: int) -> tuple[Finding, ...]:
    """The findings of the job that drafted a card; none when a model did not, or the job is gone."""
    from ..drafting.generative.assembly import assemble

    job_id = await stored_cards.job_of(connection, card_id)
    job = None if job_id is None else await stored_jobs.get(connection, job_id)
    if job is None or not is_by_model(job):
        return ()
    stored = await stored_steps.steps(connection, job.id)
    pack = EvidencePack(character=job.character or "?")
    return assemble(plan_shown(job, stored).steps, outputs_of(stored), pack).findings
