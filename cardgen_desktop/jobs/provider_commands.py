"""Commands about providers: profiles and their keys, tests of a connection, lists of models, costs."""

from collections.abc import Callable
from contextlib import aclosing
from pathlib import Path

from ..domain.costs import CostQuery, CostReport, LedgerEntry
from ..domain.errors import CardgenError
from ..domain.profile import (
    ConnectionCheck,
    FoundServer,
    KeyringStatus,
    ModelFitness,
    ModelInfo,
    ModelList,
    Profile,
    ProfileView,
)
from ..store import costs as stored_costs
from ..store import ledger as stored_ledger
from ..store import profiles as stored_profiles
from .child import in_thread
from .keys import checked_key
from .profiles import Profiles
from .providers import Providers


class ProviderCommands:
    """Profiles, keys, models and costs of one open data folder."""

    def __init__(self, providers: Providers) -> None:
        self._providers = providers
        self._profiles = Profiles(providers)

    async def profiles(self) -> tuple[ProfileView, ...]:
        """Every profile, by name, with where its key is and what it cost this month."""
        return await self._profiles.views()

    async def save_profile(
        self, profile: Profile, *, key: str | None = None, replaces: str = ""
    ) -> ProfileView:
        """Store a profile. `key` None leaves its key, "" forgets it; `replaces` is its name before.

        A key belongs to the server it was given for: with another address it is forgotten. A gate that what
        changed may open is tried at once. Raises `UsageError` for a name that is taken.
        """
        return await self._profiles.save(profile, key=key, replaces=replaces)

    async def remove_profile(self, name: str) -> None:
        """Remove a profile and its key; its jobs are held, and say so."""
        await self._profiles.remove(name)

    async def keyring_status(self) -> KeyringStatus:
        """Where keys are kept on this computer."""
        return await self._providers.keys.status()

    async def export_profiles(self, path: Path) -> Path:
        """Write all profiles to a JSON file, without any key. Raises `StorageError`."""
        from .profile_files import write_profiles

        async with self._providers.core.database.read() as connection:
            profiles = await stored_profiles.every(connection)
        return await in_thread(write_profiles, path, profiles)

    async def import_profiles(self, path: Path) -> tuple[ProfileView, ...]:
        """Add the profiles of such a file; a name that is taken gets a number. Raises `InputError`."""
        from .profile_files import read_profiles

        return await self._profiles.add(await in_thread(read_profiles, path))

    async def test_profile(
        self,
        profile: Profile,
        *,
        key: str | None = None,
        on_check: Callable[[ConnectionCheck], None] | None = None,
    ) -> tuple[ConnectionCheck, ...]:
        """Try a profile, stored or not, line by line; `on_check` hears each line begin and end.

        The last line is a call of one token. `key` None means the key that is stored for it.
        """
        http = await self._providers.http()
        from ..llm.connection import TrialCall, check_connection

        secret = (await self._providers.keys.find(profile)).key.get_secret_value() if key is None else key
        ended: dict[str, ConnectionCheck] = {}
        calls: list[TrialCall] = []
        servers = await self._providers.gguf_servers() if profile.kind == "gguf" else None
        checks = check_connection(
            http, profile, checked_key(secret), self._providers.facts, servers=servers, on_call=calls.append
        )
        try:
            async with aclosing(checks):
                async for check in checks:
                    if on_check is not None:
                        on_check(check)
                    if check.status != "running":
                        ended[check.step] = check
        finally:
            for call in calls:
                await self._providers.paid.note_trial(profile, call)
        return tuple(ended.values())

    async def models(self, profile: Profile, *, key: str | None = None, refresh: bool = False) -> ModelList:
        """The models of a profile's server: the list kept from before, or with `refresh` a new one.

        Works offline with what is kept. With `refresh` it raises `CardgenError` when there is no answer.
        """
        if refresh:
            return await self._providers.fetch_models(profile, None if key is None else checked_key(key))
        kept = await self._providers.known_models(profile)
        return kept if kept.at else kept.model_copy(update={"sentence": NEVER_ASKED})

    async def nearest_models(self, profile: Profile) -> dict[str, ModelInfo]:
        """For each model of a profile that its server no longer offers, the one that comes nearest to it.

        Where all are in the list, and were refused all the same, it is the one of most tasks that has to go.
        Works with what is kept of the list where there is no answer.
        """
        before = await self._providers.known_models(profile)
        try:
            listed = await self._providers.fetch_models(profile)
        except CardgenError:
            listed = before
        from ..llm.models import nearest_model, same_id

        wanted = tuple(dict.fromkeys(name for name in (profile.model, *profile.models.values()) if name))
        gone = [name for name in wanted if not any(same_id(item.id, name) for item in listed.models)]
        known = {item.id: item for item in before.models}
        found = {
            name: nearest_model(name, listed.models, known=known.get(name)) for name in gone or wanted[:1]
        }
        return {name: model for name, model in found.items() if model is not None}

    async def weigh_model(self, path: Path, context: int | None = None) -> ModelFitness:
        """Whether a model file fits this computer's memory now; raises `HeldError` for no model."""
        from ..llm.gguf import DEFAULT_CONTEXT, fitness
        from ..llm.gguf_file import read_gguf

        file = await in_thread(read_gguf, path)
        return await in_thread(fitness, file, context or DEFAULT_CONTEXT)

    async def find_local_servers(self) -> tuple[FoundServer, ...]:
        """Ask the usual ports of this computer which servers answer."""
        http = await self._providers.http()
        from ..llm.discovery import find_servers

        return tuple(await find_servers(http))

    async def costs(self, query: CostQuery) -> CostReport:
        """Sums of the ledger."""
        async with self._providers.core.database.read() as connection:
            return await stored_costs.report(connection, query)

    async def ledger(self, query: CostQuery) -> tuple[LedgerEntry, ...]:
        """The single requests of a stretch of the ledger, newest first."""
        async with self._providers.core.database.read() as connection:
            return await stored_ledger.entries(connection, query)

    async def export_costs(self, path: Path, query: CostQuery) -> Path:
        """Write the single requests of a stretch as CSV. Raises `StorageError`."""
        from .cost_files import table_of
        from .job_export import save_report

        await in_thread(save_report, path, await table_of(self._providers.core.database, query))
        return path


NEVER_ASKED = "This server was not asked for its models yet. Refresh the list."
