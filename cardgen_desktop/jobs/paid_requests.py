"""Each request to a model passes here: cap, a row in the ledger before it is sent, its end afterwards.

    async with paid.sent(connection, step, tokens_in=…, max_output=…, job=job) as request:
        …  await request.told(id, model)   (as soon as the provider has named it)
        …  request.ended(usage, finish_reason)

However the block is left, the row gets an end. Without one from the provider it says whether the model may
have worked: what was refused cost nothing, what was cut off or cancelled was possibly billed.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ..domain.costs import Usage
from ..domain.errors import CardgenError, HeldError
from ..domain.events import CostsChanged, JobChanged
from ..domain.job import HoldReason, JobSnapshot
from ..domain.profile import Profile
from ..store import ledger
from ..store import profiles as stored_profiles
from ..store.ledger import NewRequest
from .budget import most_of, refuse_over_cap
from .core import Core
from .running import RunningJob

if TYPE_CHECKING:
    from ..llm.connection import TrialCall
    from .providers import Connection

_log = logging.getLogger(__name__)

REFUSED = frozenset(
    {
        "net.offline", "net.dns", "net.tls", "net.refused", "time.connect", "auth.401", "auth.403.moderation",
        "auth.403.other", "pay.402", "model.404", "req.400", "rate.429", "ctx.overflow", "html.page",
    }
)  # fmt: skip
"""Failures after which nothing is billed, as long as the provider had not begun to answer."""

_SUMS = ("tokens_in", "tokens_out", "cost_nanos", "possibly_billed")


class PaidRequest:
    """One request while it is under way. `id` is its row in the ledger, `estimate` its most in US dollars."""

    def __init__(self, number: int, estimate: Decimal, tell: Callable[[int, str, str], Any]) -> None:
        self.id = number
        self.estimate = estimate
        self.provider_id = ""
        self.usage: Usage | None = None
        self.outcome = ""
        self.has_begun = False
        self._tell = tell

    async def told(self, provider_id: str, model: str = "") -> None:
        """The provider answers: what it calls the request, and which model works on it."""
        self.has_begun = True
        self.provider_id = provider_id
        if provider_id or model:
            await self._tell(self.id, provider_id, model)

    def ended(self, usage: Usage | None, outcome: str) -> None:
        """The answer has ended: what was used, None when nobody said, and the reason it ended."""
        self.has_begun = True
        self.usage, self.outcome = usage, outcome


class PaidRequests:
    """The requests of one data folder. `on_open_bill` is called after one that was possibly billed.

    `refused` is what requests were to cost at the most that a cap did not allow, by the scope of its gate.
    `name_of` tells how a profile is called now that a running job knows by an earlier name.
    """

    def __init__(self, core: Core, name_of: Callable[[str], str] = str) -> None:
        self._core = core
        self._name_of = name_of
        self.on_open_bill: Callable[[], None] = lambda: None
        self.refused: dict[str, Decimal] = {}

    async def recover(self) -> None:
        """At the start: what an earlier process left without an end was possibly billed."""
        async with self._core.database.write() as connection:
            left = await ledger.leave_open(connection)
        if left:
            _log.info("%d requests of the last run were possibly billed", left)

    @asynccontextmanager
    async def sent(
        self,
        connection: "Connection",
        step: str,
        *,
        tokens_in: int,
        max_output: int,
        job: RunningJob | None = None,
        card_id: int | None = None,
        request_hash: str = "",
    ) -> AsyncIterator[PaidRequest]:
        """Note a request, let it be sent in the block, and note its end.

        `tokens_in` is what the prompt counts, `max_output` what the answer may. Raises `HeldError` when a cap
        does not allow it; then nothing was noted and nothing may be sent.
        """
        most = most_of(connection.profile, connection.model_info, tokens_in, max_output)
        new = self._new(connection, step, job, card_id, request_hash, most)
        number = await self._noted(connection, new, most)
        request = PaidRequest(number, most, self._tell)
        try:
            yield request
        except BaseException as error:
            request.outcome = request.outcome or _outcome(error)
            await self._end(connection, request, job, failure=error)
            raise
        await self._end(connection, request, job)

    async def note_trial(self, profile: Profile, call: "TrialCall") -> None:
        """A question that a test of a profile asked: noted when it was answered, outside of any cap."""
        from ..llm.pricing import priced

        usage = priced(call.usage or Usage(), call.model, is_local=profile.is_local)
        is_open = call.usage is None and usage.cost_source != "free"
        new = NewRequest(
            step=f"test {call.step}", profile=profile.name, server=profile.base_url, model=call.model.id
        )
        async with self._core.database.write() as connection:
            now = self._core.clock.wall()
            number = await ledger.begin(connection, new, now)
            await ledger.told(connection, number, call.provider_id)
            await ledger.end(connection, number, usage, outcome="test", now=now, possibly_billed=is_open)
        self._core.bus.announce(CostsChanged())
        if is_open:
            self.on_open_bill()

    async def _noted(self, connection: "Connection", new: NewRequest, most: Decimal) -> int:
        """The row of a request that no cap forbids; what a cap refused is remembered for its gate's probe.

        Name and caps are those of this moment: the person may have changed them since the job began.
        """
        try:
            async with self._core.database.write() as writer:
                now = self._core.clock.wall()
                name = self._name_of(connection.profile.name)
                profile = await stored_profiles.get(writer, name)
                if profile is None:
                    raise HeldError(HoldReason.ACCESS, gone_sentence(name), scope=name, kind="auth.403.other")
                await refuse_over_cap(writer, profile, most, new.job_id, now)
                return await ledger.begin(writer, new.model_copy(update={"profile": name}), now)
        except HeldError as error:
            if error.reason == HoldReason.BUDGET:
                self.refused[error.scope] = most
            raise

    def _new(
        self,
        connection: "Connection",
        step: str,
        job: RunningJob | None,
        card_id: int | None,
        request_hash: str,
        most: Decimal,
    ) -> NewRequest:
        return NewRequest(
            job_id=job.id if job else None,
            epoch=self._core.running.epoch,
            card_id=card_id,
            character=job.snapshot.character if job else "",
            step=step,
            profile=connection.profile.name,
            server=connection.profile.base_url,
            model=connection.model,
            estimated_cost=most,
            request_hash=request_hash,
        )

    async def _tell(self, number: int, provider_id: str, model: str) -> None:
        async with self._core.database.write() as connection:
            await ledger.told(connection, number, provider_id, model)

    async def _end(
        self,
        connection: "Connection",
        request: PaidRequest,
        job: RunningJob | None,
        failure: BaseException | None = None,
    ) -> None:
        usage, is_open = _came_to(connection, request, failure)
        ending = asyncio.ensure_future(self._store_end(request, usage, is_open))
        try:
            snapshot = await asyncio.shield(ending)
        except asyncio.CancelledError:
            # What was paid is noted in any case; whoever cancelled waits for this one commit.
            await asyncio.wait({ending})
            snapshot = None if ending.cancelled() or ending.exception() else ending.result()
            self._announce(job, snapshot)
            raise
        self._announce(job, snapshot)
        if is_open:
            self.on_open_bill()

    async def _store_end(self, request: PaidRequest, usage: Usage, is_open: bool) -> JobSnapshot | None:
        outcome, now = request.outcome or "ended", self._core.clock.wall()
        async with self._core.database.write() as connection:
            return await ledger.end(
                connection, request.id, usage, outcome=outcome, now=now, possibly_billed=is_open
            )

    def _announce(self, job: RunningJob | None, snapshot: JobSnapshot | None) -> None:
        """Only the sums are taken over: what the person wants of the job may have changed meanwhile."""
        if job is not None and snapshot is not None:
            job.snapshot = with_sums(job.snapshot, snapshot)
            self._core.bus.announce(JobChanged(job.snapshot))
        self._core.bus.announce(CostsChanged())


def with_sums(job: JobSnapshot, told: JobSnapshot) -> JobSnapshot:
    """A running job with what the ledger says it has come to, and all else as it is."""
    return job.model_copy(update={name: getattr(told, name) for name in _SUMS})


def gone_sentence(name: str) -> str:
    """What jobs say whose profile is not there."""
    return f'There is no profile "{name}". Its jobs wait. Add one with this name, or use another for them.'


def _outcome(error: BaseException) -> str:
    if isinstance(error, CardgenError):
        return error.kind or error.code
    return "cancelled" if isinstance(error, asyncio.CancelledError) else "bug"


def _came_to(
    connection: "Connection", request: PaidRequest, failure: BaseException | None
) -> tuple[Usage, bool]:
    """What a request came to as far as that is known, and whether it was possibly billed."""
    from ..llm.pricing import priced

    is_local = connection.profile.is_local
    usage = priced(request.usage or Usage(), connection.model_info, is_local=is_local)
    if request.usage is not None or usage.cost_source == "free":
        return usage, False
    if not request.has_begun and _outcome_is_refusal(failure):
        return Usage(cost=Decimal(0), cost_source="provider"), False
    # Nobody told the end: tokens may have been made, and prices times nothing would be a lie. Where a stream
    # broke between its last word and its bill, the provider can still be asked for that.
    can_be_asked = connection.server.kind == "openrouter" and bool(request.provider_id)
    return Usage(), failure is not None or can_be_asked


def _outcome_is_refusal(failure: BaseException | None) -> bool:
    return isinstance(failure, CardgenError) and failure.kind in REFUSED
