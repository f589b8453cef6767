"""Commands about drafting with a model: estimates, dry runs, checks, proposals, prompt styles."""

import time
from collections.abc import Sequence

from ..domain.card import CardData
from ..domain.card_library import CardRecord
from ..domain.checking import CheckReport, Finding, Proposal
from ..domain.costs import Estimate
from ..domain.draft import OFFLINE_ENGINE
from ..domain.errors import HeldError, UsageError
from ..domain.events import ProposalsChanged
from ..domain.job import TERMINAL_STATES, JobSnapshot
from ..domain.job_kinds import DraftRequest
from ..domain.prompt_style import PromptPreview, PromptStyle, PromptVariable
from ..store import proposals as stored_proposals
from ..store import sources as stored_sources
from ..store.engine import Database
from . import card_evidence, generation_partials, prompt_styles
from .generation_look import Looking
from .interface import PartialChoice
from .process import ProcessPool
from .service import JobService


class GenerationCommands:
    """What stands around a draft that a model writes, of one open data folder."""

    _database: Database
    _pool: ProcessPool

    def __init__(self, service: JobService) -> None:
        self._jobs_service = service
        self._looking = Looking(service.core.database, self._pool, service.providers)

    async def estimate(self, request: DraftRequest) -> Estimate:
        """What a draft would take: tokens, money, time, and what is sent where. Nothing is sent."""
        from .generation_estimate import estimate

        return await estimate(self._looking, self._database, request)

    async def dry_run(self, request: DraftRequest) -> tuple[PromptPreview, ...]:
        """The exact prompts of a draft, as far as they are known before its first answer. Nothing is sent."""
        if request.engine == OFFLINE_ENGINE:
            raise UsageError("The offline drafter sends no prompts. Choose a profile for a dry run.")
        try:
            return await self._looking.dry_run(request)
        except HeldError as error:
            raise UsageError(error.message, details=error.details, kind=error.kind) from error

    async def verify_card(
        self, data: CardData, source_ids: Sequence[int], character: str = ""
    ) -> CheckReport:
        """Check every sentence of a card against sources.

        `character` is who the card is about in them if not its own name. Raises `UsageError` for sources
        that are not there, and for a `character` that they do not have.
        """
        async with self._database.read() as connection:
            sources = await stored_sources.texts(connection, source_ids)
        if not sources or len(sources) != len(source_ids):
            raise UsageError("A source to check against is no longer there. Choose the sources anew.")
        return await self._pool.check_card(sources, data, character)

    async def keep_check(self, card_id: int, report: CheckReport, source_ids: Sequence[int]) -> CardRecord:
        """Store a check as the evidence of a card; one without sources has those it was checked against.

        Raises `UsageError` for a card that is not in the library.
        """
        async with self._database.write() as connection:
            return await card_evidence.keep_check(connection, card_id, report, source_ids)

    async def card_findings(self, card_id: int) -> tuple[Finding, ...]:
        """What the check of its draft had to say about a card, as far as its job is still known."""
        async with self._database.read() as connection:
            return await card_evidence.findings_of(connection, card_id)

    async def proposals(self, card_id: int) -> tuple[Proposal, ...]:
        """The open proposals for a card, oldest first."""
        async with self._database.read() as connection:
            return await stored_proposals.open_ones(connection, card_id)

    async def close_proposal(self, proposal_id: int, *, accepted: bool) -> None:
        """The person has taken what they want of a proposal, or nothing; it is kept in the history.

        The evidence of an accepted one becomes that of the card, whose text was stored before. The last one
        of a job's closed, its result needs no review any more.
        """
        async with self._database.write() as connection:
            proposal = await stored_proposals.open_one(connection, proposal_id) if accepted else None
            if proposal is not None:
                await card_evidence.accept(connection, proposal)
            closed = await stored_proposals.close(connection, proposal_id, accepted=accepted, now=time.time())
            left = closed and closed[1] and await stored_proposals.count_open_of_job(connection, closed[1])
        if closed is None:
            raise UsageError("This proposal is closed already.")
        self._jobs_service.core.bus.announce(ProposalsChanged(closed[0]))
        if closed[1] is not None and left == 0:
            await self._jobs_service.actions.mark_reviewed([closed[1]])

    async def settle_partial(self, job_id: int, choice: PartialChoice) -> JobSnapshot:
        """Say what becomes of text that a stopped job had written: keep it, go on from it, or discard it.

        In each case the job is queued again. Kept text is taken as it is; a job that had failed or was
        cancelled then ends with what there is, without asking its model again. Raises `UsageError`.
        """
        job = await self._jobs_service.job(job_id)
        generation_partials.refuse_unfit(job)
        if choice == "keep":
            await generation_partials.keep(self._database, self._pool, job)
        elif choice == "discard":
            await generation_partials.discard(self._database, job)
        actions = self._jobs_service.actions
        ended = job.state in TERMINAL_STATES
        await (actions.retry_jobs([job_id]) if ended else actions.resume_jobs([job_id]))
        return await self._jobs_service.job(job_id)

    async def prompt_styles(self) -> tuple[PromptStyle, ...]:
        """The shipped styles and the person's copies."""
        return await prompt_styles.every(self._database)

    async def save_prompt_style(self, style: PromptStyle) -> PromptStyle:
        """Store a copy; raises `UsageError` for an unknown placeholder or a shipped name."""
        return await prompt_styles.save(self._database, style)

    async def remove_prompt_style(self, name: str) -> None:
        """Remove a copy."""
        await prompt_styles.remove(self._database, name)

    async def prompt_variables(self) -> tuple[PromptVariable, ...]:
        """The placeholders that templates may use, documented."""
        return prompt_styles.variables()
