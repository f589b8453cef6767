"""What was learnt about servers, remembered in the database; implements `llm.ServerFacts`."""

import time
from collections.abc import Callable

from pydantic import TypeAdapter, ValidationError

from ..domain.errors import StorageError
from ..domain.profile import ModelInfo, ModelList, Profile
from ..store import server_facts as stored_facts
from ..store.engine import Database
from ..store.server_facts import Fact

MODELS_FACT = "models"
LONGEST_FACT = 16 * 1024 * 1024
LONGEST_NAME = 4_000
_MODELS = TypeAdapter(tuple[ModelInfo, ...])


class StoredFacts:
    """Facts of one database. Where that cannot be written they are known for this run."""

    def __init__(self, database: Database, wall: Callable[[], float] = time.time) -> None:
        self._database = database
        self._wall = wall
        self._known: dict[tuple[str, str, str], Fact | None] = {}

    async def get(self, server: str, model: str, fact: str) -> str | None:
        """A fact, or None when nothing is known."""
        found = await self.fact(server, model, fact)
        return None if found is None else found.value

    async def fact(self, server: str, model: str, fact: str) -> Fact | None:
        """A fact with the time at which it was learnt."""
        key = (server, model, fact)
        if key not in self._known:
            async with self._database.read() as connection:
                self._known[key] = await stored_facts.get(connection, *key)
        return self._known[key]

    async def put(self, server: str, model: str, fact: str, value: str) -> None:
        """Remember a fact; one that is the same, or too long for one, is not written."""
        before = await self.fact(server, model, fact)
        new = Fact(server=server, model=model, fact=fact, value=value, at=self._wall())
        is_same = before is not None and before.value == value and fact != MODELS_FACT
        if is_same or len(value) > LONGEST_FACT or len(server) + len(model) > LONGEST_NAME:
            return
        self._known[server, model, fact] = new
        try:
            async with self._database.write(durable=False) as connection:
                await stored_facts.put(connection, [new])
        except StorageError:
            # It is no more than a shortcut: it will be learnt again.
            return

    async def models(self, profile: Profile) -> ModelList | None:
        """The list of models that a server gave last; None when it was never asked."""
        found = await self.fact(profile.place, "", MODELS_FACT)
        if found is None:
            return None
        try:
            return ModelList(models=_MODELS.validate_json(found.value), at=found.at, is_stale=True)
        except ValidationError:
            return None

    async def keep_models(self, profile: Profile, models: tuple[ModelInfo, ...]) -> ModelList:
        """Keep a list that a server has just given."""
        await self.put(profile.place, "", MODELS_FACT, _MODELS.dump_json(models).decode())
        return ModelList(models=models, at=self._wall())
