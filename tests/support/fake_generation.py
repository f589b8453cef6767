"""Estimates, checks and proposals in memory: what stands around a draft that a model writes."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import count

from cardgen_desktop.domain.card import CardData
from cardgen_desktop.domain.card_library import CardRecord
from cardgen_desktop.domain.checking import CheckedSentence, CheckReport, Finding, Proposal
from cardgen_desktop.domain.costs import Estimate
from cardgen_desktop.domain.errors import UsageError
from cardgen_desktop.domain.events import ProposalsChanged
from cardgen_desktop.domain.evidence import Evidence
from cardgen_desktop.domain.job import JobSnapshot, JobState
from cardgen_desktop.domain.job_kinds import DraftRequest
from cardgen_desktop.domain.source import SourceText

from . import samples
from .fake_desk import FakeDesk, FakeEvents


class FakeGeneration(FakeDesk):
    """`estimates[engine]` is what a draft takes, `open_proposals` are to be decided, `closed` were."""

    library_view: dict[int, CardRecord]
    texts: dict[int, SourceText]

    def __init__(self, events: FakeEvents) -> None:
        super().__init__(events)
        self.estimates: dict[str, Estimate] = {}
        self.open_proposals: dict[int, Proposal] = {}
        self.closed: dict[int, bool] = {}
        self.settled: list[tuple[int, str]] = []
        self.report = CheckReport()
        self.findings: dict[int, tuple[Finding, ...]] = {}
        self._proposal_ids = count(1)

    async def estimate(self, request: DraftRequest) -> Estimate:
        await self._asked("estimate", request)
        return self.estimates.get(request.engine) or sample_estimate(request.engine)

    async def verify_card(
        self, data: CardData, source_ids: Sequence[int], character: str = ""
    ) -> CheckReport:
        await self._asked("verify_card", data, tuple(source_ids), character)
        return self.report

    async def keep_check(self, card_id: int, report: CheckReport, source_ids: Sequence[int]) -> CardRecord:
        await self._asked("keep_check", card_id, report, tuple(source_ids))
        record = self.library_view[card_id]
        sources = tuple(samples.summary_of(number, self.texts[number]) for number in source_ids)
        evidence = record.evidence | {path: records_of(found) for path, found in report.fields.items()}
        known = {"evidence": evidence, "sources": record.sources or sources}
        self.library_view[card_id] = record.model_copy(update=known)
        return self.library_view[card_id]

    async def card_findings(self, card_id: int) -> tuple[Finding, ...]:
        await self._asked("card_findings", card_id)
        return self.findings.get(card_id, ())

    def propose(self, card_id: int, path: str, text: str, base: str = "", **more: object) -> Proposal:
        """Add a proposal and announce it."""
        body = {"id": next(self._proposal_ids), "card_id": card_id, "path": path, "text": text, "base": base}
        proposal = Proposal.model_validate({**body, "engine": "Writing room", **more})
        self.open_proposals[proposal.id] = proposal
        self.events.announce(ProposalsChanged(card_id))
        return proposal

    async def proposals(self, card_id: int) -> tuple[Proposal, ...]:
        await self._asked("proposals", card_id)
        return tuple(item for item in self.open_proposals.values() if item.card_id == card_id)

    async def close_proposal(self, proposal_id: int, *, accepted: bool) -> None:
        await self._asked("close_proposal", proposal_id, accepted)
        proposal = self.open_proposals.pop(proposal_id, None)
        if proposal is None:
            raise UsageError("This proposal is closed already.")
        self.closed[proposal_id] = accepted
        if accepted:
            record = self.library_view[proposal.card_id]
            before = record.evidence.get(proposal.path, ())
            evidence = record.evidence | {proposal.path: records_of(proposal.sentences) + before}
            self.library_view[proposal.card_id] = record.model_copy(update={"evidence": evidence})
        self.events.announce(ProposalsChanged(proposal.card_id))

    async def settle_partial(self, job_id: int, choice: str) -> JobSnapshot:
        await self._asked("settle_partial", job_id, choice)
        self.settled.append((job_id, choice))
        return JobSnapshot(id=job_id, kind="draft", state=JobState.QUEUED)


def records_of(sentences: Iterable[CheckedSentence]) -> tuple[Evidence, ...]:
    """The evidence of sentences that a model wrote."""
    return tuple(
        Evidence(
            text=each.text, kind="adapted", verdict=each.verdict, score=each.score, source=each.source,
            start=each.start, end=each.end,
        )
        for each in sentences
    )  # fmt: skip


def sample_estimate(engine: str) -> Estimate:
    """A draft of middle size by a hosted model."""
    return Estimate(
        engine=engine, model="moonlit/story-large", requests=11, tokens_in=61_000, tokens_out_low=3_000,
        tokens_out_high=6_000, cost_low=Decimal("0.21"), cost_high=Decimal("0.34"), seconds_low=70,
        seconds_high=150, sends="12,400 words of the sources", sends_to="openrouter.ai", context=200_000,
        largest_prompt=7_200,
    )  # fmt: skip
