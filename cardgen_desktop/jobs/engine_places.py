"""Where a draft runs: the lane that its engine takes, and whether it needs the network."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from ..domain.draft import OFFLINE_ENGINE
from ..domain.errors import UsageError
from ..domain.job import Lane
from ..domain.job_kinds import DRAFT, DraftRequest
from ..store import profiles as stored_profiles
from ..store.engine import Connection
from .kinds import KINDS


@dataclass(frozen=True, slots=True)
class EnginePlace:
    """The lane of an engine's jobs; `is_remote` when what they read leaves this computer."""

    lane: Lane
    is_remote: bool = False

    def of(self, request: DraftRequest) -> dict[str, Any]:
        """The columns of a new job. A person waits for what is to be proposed for a card."""
        lane = self.lane if request.card_id is None else Lane.INTERACTIVE
        return {"lane": lane, "is_remote": self.is_remote}


async def engine_places(connection: Connection, engines: Collection[str]) -> dict[str, EnginePlace]:
    """The places of engines by name; raises `UsageError` for a name that no profile has."""
    places = {OFFLINE_ENGINE: EnginePlace(KINDS[DRAFT].lane)}
    for engine in sorted(set(engines) - {OFFLINE_ENGINE}):
        profile = await stored_profiles.get(connection, engine)
        if profile is None:
            raise UsageError(await _unknown(connection, engine))
        places[engine] = EnginePlace(profile.lane, is_remote=not profile.is_local)
    return places


async def _unknown(connection: Connection, engine: str) -> str:
    names = [OFFLINE_ENGINE, *await stored_profiles.names(connection)]
    listed = " or ".join(filter(None, (", ".join(names[:-1]), names[-1])))
    return f'There is no engine called "{engine}". Nothing was started. Use {listed}, or add a profile.'
