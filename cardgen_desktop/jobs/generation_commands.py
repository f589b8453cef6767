"""Commands about drafting with a model: estimates, dry runs, checks, proposals, prompt styles."""

from collections.abc import Sequence

from ..domain.card import CardData
from ..domain.checking import CheckReport, Proposal
from ..domain.costs import Estimate
from ..domain.errors import InternalError, UsageError
from ..domain.job import JobSnapshot
from ..domain.job_kinds import DraftRequest
from ..domain.prompt_style import PromptPreview, PromptStyle, PromptVariable
from ..store import sources as stored_sources
from ..store.engine import Database
from . import prompt_styles
from .interface import PartialChoice
from .process import ProcessPool


class GenerationCommands:
    """What stands around a draft that a model writes, of one open data folder."""

    _database: Database
    _pool: ProcessPool

    async def estimate(self, request: DraftRequest) -> Estimate:
        """What a draft would take: tokens, money, time, and what is sent where. Nothing is sent."""
        raise InternalError("This is not there yet.")

    async def dry_run(self, request: DraftRequest) -> tuple[PromptPreview, ...]:
        """The exact prompts of a draft, as far as they are known before its first answer. Nothing is sent."""
        raise InternalError("This is not there yet.")

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

    async def proposals(self, card_id: int) -> tuple[Proposal, ...]:
        """The open proposals for a card, oldest first."""
        raise InternalError("This is not there yet.")

    async def close_proposal(self, proposal_id: int, *, accepted: bool) -> None:
        """The person has taken what they want of a proposal, or nothing; it is kept in the history."""
        raise InternalError("This is not there yet.")

    async def settle_partial(self, job_id: int, choice: PartialChoice) -> JobSnapshot:
        """Say what becomes of text that a stopped job had written: keep it, go on from it, or discard it."""
        raise InternalError("This is not there yet.")

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
