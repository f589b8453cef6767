"""Commands about providers: profiles and their keys, tests of a connection, lists of models, costs."""

from collections.abc import Callable
from pathlib import Path

from ..domain.costs import CostQuery, CostReport, LedgerEntry
from ..domain.errors import InternalError
from ..domain.profile import ConnectionCheck, FoundServer, KeyringStatus, ModelList, Profile, ProfileView


class ProviderCommands:
    """Profiles, keys, models and costs of one open data folder."""

    async def profiles(self) -> tuple[ProfileView, ...]:
        """Every profile, by name, with where its key is and what it cost this month."""
        raise InternalError("This is not there yet.")

    async def save_profile(
        self, profile: Profile, *, key: str | None = None, replaces: str = ""
    ) -> ProfileView:
        """Store a profile. `key` None leaves its key, "" forgets it; `replaces` is its name before.

        A gate that what changed may open is tried at once.
        """
        raise InternalError("This is not there yet.")

    async def remove_profile(self, name: str) -> None:
        """Remove a profile and its key; its jobs are held, and say so."""
        raise InternalError("This is not there yet.")

    async def keyring_status(self) -> KeyringStatus:
        """Where keys are kept on this computer."""
        raise InternalError("This is not there yet.")

    async def export_profiles(self, path: Path) -> Path:
        """Write all profiles to a JSON file, without any key. Raises `StorageError`."""
        raise InternalError("This is not there yet.")

    async def import_profiles(self, path: Path) -> tuple[ProfileView, ...]:
        """Add the profiles of such a file; a name that is taken gets a number. Raises `InputError`."""
        raise InternalError("This is not there yet.")

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
        raise InternalError("This is not there yet.")

    async def models(self, profile: Profile, *, key: str | None = None, refresh: bool = False) -> ModelList:
        """The models of a profile's server: the list kept from before, or with `refresh` a new one.

        Works offline with what is kept. With `refresh` it raises `CardgenError` when there is no answer.
        """
        raise InternalError("This is not there yet.")

    async def find_local_servers(self) -> tuple[FoundServer, ...]:
        """Ask the usual ports of this computer which servers answer."""
        raise InternalError("This is not there yet.")

    async def costs(self, query: CostQuery) -> CostReport:
        """Sums of the ledger."""
        raise InternalError("This is not there yet.")

    async def ledger(self, query: CostQuery) -> tuple[LedgerEntry, ...]:
        """The single requests of a stretch of the ledger, newest first."""
        raise InternalError("This is not there yet.")

    async def export_costs(self, path: Path, query: CostQuery) -> Path:
        """Write the single requests of a stretch as CSV. Raises `StorageError`."""
        raise InternalError("This is not there yet.")
