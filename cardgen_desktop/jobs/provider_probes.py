"""What tells whether a gate before a provider can be opened again. No probe costs anything.

Each is about one profile, which is the scope of its gates. A probe asks for lists and for the state of a key,
never for text; and it opens no gate for a reason that was there before, or a job would run into it again and
again. Gates of access have none. They, and all whose probe is not sure, open when the profile changes, or
when the person wants it tried; a job that runs into one closes it again.
"""

from decimal import Decimal

from ..domain.errors import CardgenError, HeldError
from ..domain.job import TERMINAL_STATES, HoldReason
from ..domain.profile import Profile
from ..store import jobs as stored_jobs
from ..store.costs import spending
from .budget import counted, job_of, month_start
from .gates import Gates
from .providers import Providers

MODELS_SECONDS = 600.0
"""A list of models is asked for so often at most: it may be half a megabyte."""

_REACHED = ("auth.", "pay.", "rate.", "req.", "model.")
"""Failures that come from a server which answers."""


class ProviderProbes:
    """The probes of the gates that stand before providers."""

    def __init__(self, providers: Providers) -> None:
        self._providers = providers
        self._core = providers.core
        self._listed_at: dict[str, float] = {}

    def register(self, gates: Gates) -> None:
        """Let the gates ask."""
        gates.set_probe(HoldReason.ENDPOINT, self.endpoint)
        gates.set_probe(HoldReason.BUDGET, self.budget)
        gates.set_probe(HoldReason.KEY, self.key, is_sure=False)
        gates.set_probe(HoldReason.CREDITS, self.credits, is_sure=False)
        gates.set_probe(HoldReason.MODEL, self.model, is_sure=False)

    async def _profile(self, scope: str) -> Profile | None:
        try:
            return await self._providers.profile(job_of(scope)[0])
        except HeldError:
            return None

    async def endpoint(self, scope: str) -> bool:
        """Whether something at the address speaks the protocol, whatever it says."""
        profile = await self._profile(scope)
        if profile is None:
            return False
        if profile.kind == "gguf":
            return await _finds_model(self._providers, profile)
        http = await self._providers.http()
        from ..llm.questions import ask

        server = await self._providers.server(profile)
        path = "/key" if server.kind == "openrouter" else "/models"
        try:
            await ask(http, server, server.url(path))
        except CardgenError as error:
            return error.kind.startswith(_REACHED)
        return True

    async def key(self, scope: str) -> bool:
        """Whether there is another key than the one that was refused; one of OpenRouter is asked about.

        Other servers may list their models for any key: of the same key nothing is known there.
        """
        profile = await self._profile(scope)
        if profile is None:
            return False
        found = await self._providers.keys.find(profile)
        if not found:
            return False
        refused = self._providers.used_key(profile.name)
        if refused is not None and refused.get_secret_value() != found.key.get_secret_value():
            return True
        return await self._left_on_key(profile) is not None

    async def credits(self, scope: str) -> bool:
        """Whether the key of an OpenRouter profile may spend something; else only trying tells."""
        profile = await self._profile(scope)
        left = None if profile is None else await self._left_on_key(profile)
        # Without a limit of its own the key says nothing about the account behind it.
        return left is not None and _NO_LIMIT > left > 0

    async def _left_on_key(self, profile: Profile) -> Decimal | None:
        """US dollars, `_NO_LIMIT` without a limit; None when nobody tells or the key is refused."""
        if profile.kind != "openrouter":
            return None
        http = await self._providers.http()
        from ..llm.pricing import credits_of

        try:
            left = await credits_of(http, await self._providers.server(profile))
        except CardgenError:
            return None
        return _NO_LIMIT if left.remaining is None else left.remaining

    async def budget(self, scope: str) -> bool:
        """Whether the request that was refused fits now: in another month, or under a higher cap."""
        profile = await self._profile(scope)
        _, job_id = job_of(scope)
        if profile is None:
            return False
        needed = self._providers.paid.refused.get(scope, Decimal(0))
        async with self._core.database.read() as connection:
            if job_id is None:
                cap, since = profile.monthly_cap, month_start(self._core.clock.wall())
                spent = await spending(connection, profile=profile.name, since=since)
            else:
                job = await stored_jobs.get(connection, job_id)
                if job is None or job.state in TERMINAL_STATES:
                    return True
                cap, spent = profile.job_cap, await spending(connection, job_id=job_id)
        total = counted(spent)
        return cap is None or (total < cap and total + needed <= cap)

    async def model(self, scope: str) -> bool:
        """Whether a model that was missing in the list is there now; one that was there was refused."""
        profile = await self._profile(scope)
        if profile is None:
            return False
        if profile.kind == "gguf":
            return await _finds_model(self._providers, profile)
        wanted = {name for name in (profile.model, *profile.models.values()) if name}
        before = await self._providers.known_models(profile)
        missing = wanted - {model.id for model in before.models}
        now = self._core.clock.steady()
        too_early = now - self._listed_at.get(profile.base_url, -MODELS_SECONDS) < MODELS_SECONDS
        if (wanted and not missing) or (too_early and not profile.is_local):
            return False
        self._listed_at[profile.base_url] = now
        try:
            listed = await self._providers.fetch_models(profile)
        except CardgenError:
            return False
        return bool(listed.models) and missing <= {model.id for model in listed.models}


_NO_LIMIT = Decimal("Infinity")


async def _finds_model(providers: Providers, profile: Profile) -> bool:
    """Whether the file of a profile is one that holds a model."""
    try:
        return bool((await providers.known_models(profile)).models)
    except CardgenError:
        return False
