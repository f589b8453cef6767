"""Requests that were possibly billed: the provider is asked afterwards what they came to, where it tells."""

import asyncio
import contextlib
import logging
from typing import TYPE_CHECKING

from ..domain.errors import CardgenError, HeldError
from ..domain.events import CostsChanged, JobChanged
from ..domain.job import JobSnapshot
from ..store import ledger
from ..store.ledger import OpenRequest
from .paid_requests import with_sums
from .providers import Providers

if TYPE_CHECKING:
    from ..domain.costs import Usage

FIRST_SECONDS = 12.0
"""OpenRouter writes a bill about ten seconds after the answer has ended."""

ROUND_SECONDS = 300.0
ASKED_DAYS = 3.0
_DAY = 86_400.0
_log = logging.getLogger(__name__)


class Bills:
    """Asks for the bills of requests whose end nobody saw, until they are known or too old."""

    def __init__(
        self, providers: Providers, *, first: float = FIRST_SECONDS, round_seconds: float = ROUND_SECONDS
    ) -> None:
        self._providers = providers
        self._core = providers.core
        self._first = first
        self._round = round_seconds
        self._news = asyncio.Event()
        providers.paid.on_open_bill = self._news.set

    async def watch(self) -> None:
        """Look after each request that was possibly billed, and now and then; until cancelled."""
        while True:
            try:
                await self.resolve()
            except CardgenError as error:
                _log.info("bills were not asked for: %s", error.message)
            except Exception:  # noqa: BLE001  (a mistake of ours must not end it for the rest of the run)
                _log.exception("bills were not asked for")
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._round):
                    await self._news.wait()
            self._news.clear()
            await asyncio.sleep(self._first)

    async def resolve(self) -> int:
        """Ask once for every open bill; how many are known now."""
        since = self._core.clock.wall() - ASKED_DAYS * _DAY
        async with self._core.database.read() as connection:
            left = await ledger.unresolved(connection, since)
        known = [await self._asked(request) for request in left]
        return sum(known)

    async def _asked(self, request: OpenRequest) -> bool:
        usage = await self._bill_of(request)
        if usage is None:
            return False
        async with self._core.database.write() as connection:
            job = await ledger.resolve(connection, request.id, usage, self._core.clock.wall())
        if job is not None:
            self._announce(job)
        self._core.bus.announce(CostsChanged())
        return True

    def _announce(self, job: JobSnapshot) -> None:
        running = self._core.running.get(job.id)
        if running is not None:
            running.snapshot = with_sums(running.snapshot, job)
        self._core.bus.announce(JobChanged(job if running is None else running.snapshot))

    async def _bill_of(self, request: OpenRequest) -> "Usage | None":
        """The bill; None while there is none, or when the profile or its server is another by now."""
        try:
            profile = await self._providers.profile(request.profile)
        except HeldError:
            return None
        if profile.base_url != request.server or profile.kind != "openrouter":
            return None
        http = await self._providers.http()
        from ..llm.pricing import billed

        return await billed(http, await self._providers.server(profile), request.provider_id)
