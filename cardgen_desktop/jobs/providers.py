"""From the name of a profile to a model that can be asked: the one place that holds connections and keys.

A profile that cannot be used now is a `HeldError`: its job is held behind the gate that says why, and goes on
when the profile, its key or the server has changed. Nothing heavy is imported before the first use.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import SecretStr

from ..domain.errors import CardgenError, HeldError
from ..domain.job import HoldReason
from ..domain.profile import ModelInfo, ModelList, Profile, Task
from ..store import profiles as stored_profiles
from .child import in_thread
from .core import Core
from .keys import Keys
from .paid_requests import PaidRequests
from .paid_requests import gone_sentence as gone_sentence
from .server_facts import StoredFacts

if TYPE_CHECKING:
    from ..llm.client import Http, ModelClient
    from ..llm.client import Phase as LoadingPhase
    from ..llm.gguf import GgufServers
    from ..llm.server import Server
    from ..llm.tokens import TokenCounter

_log = logging.getLogger(__name__)

MODELS_SECONDS = 15.0
"""How long a first list of models is waited for before a job begins without prices."""

Phase = Callable[[str, float | None], None]
"""Told what a server is doing before it can answer, and how far that is: ("loading model", 0.65)."""


@dataclass(frozen=True, slots=True)
class Connection:
    """A model that can be asked for one task: `client.chat(request)` with `model` in the request.

    `model_info` holds its prices and limits, None when nobody told them. `counter` counts its tokens.
    """

    profile: Profile
    server: "Server"
    client: "ModelClient"
    model: str
    model_info: ModelInfo | None
    counter: "TokenCounter"


class Providers:
    """The providers of one data folder. `paid` notes each request; `facts` is what servers have taught."""

    def __init__(self, core: Core, *, keys: Keys | None = None) -> None:
        self.core = core
        self.keys = keys or Keys()
        self.facts = StoredFacts(core.database, core.clock.wall)
        self.paid = PaidRequests(core, self.name_of)
        self._stack = AsyncExitStack()
        self._opening = asyncio.Lock()
        self._http: Http | None = None
        self._gguf: GgufServers | None = None
        self._renamed: dict[str, str] = {}
        self._used: dict[str, SecretStr] = {}

    async def http(self) -> "Http":
        """The connections of this data folder, made at the first use."""
        async with self._opening:
            if self._http is None:
                await in_thread(_import_everything)
                from ..llm.client import Http

                self._http = await self._stack.enter_async_context(Http())
            return self._http

    async def aclose(self) -> None:
        """Close every connection, and end the servers that were started for files."""
        await self._stack.aclose()
        self._http = self._gguf = None

    def renamed(self, before: str, after: str) -> None:
        """Jobs that run still know a profile by the name it had."""
        self._renamed = {old: after if new == before else new for old, new in self._renamed.items()}
        self._renamed[before] = after
        self._renamed.pop(after, None)

    def name_of(self, name: str) -> str:
        """What a profile is called now that had this name when a job began."""
        return self._renamed.get(name, name)

    async def profile(self, name: str) -> Profile:
        """A stored profile; raises `HeldError` when there is none."""
        name = self.name_of(name)
        async with self.core.database.read() as connection:
            profile = await stored_profiles.get(connection, name)
        if profile is None:
            raise HeldError(HoldReason.ACCESS, gone_sentence(name), scope=name, kind="auth.403.other")
        return profile

    async def connect(
        self, profile_name: str, task: Task, *, on_phase: Phase | None = None, only_look: bool = False
    ) -> Connection:
        """The model that a profile names for a task.

        Raises `HeldError` when the profile is gone, has no model or no key that it needs, or stands before a
        closed gate. With `only_look` neither gate nor key matters, no file is loaded and nothing is asked
        over the network: for estimates.
        """
        profile = await self.profile(profile_name)
        if not only_look:
            self._refuse_closed(profile)
        http = await self.http()
        server = await self._server(profile, on_phase, only_look=only_look)
        listed = await self.known_models(profile, ask=not only_look)
        model = _model_of(profile, task, listed)
        from ..llm.client import ModelClient
        from ..llm.tokens import TokenCounter

        return Connection(
            profile=profile,
            server=server,
            client=ModelClient(http, server, self.facts),
            model=model,
            model_info=_info_of(profile, model, listed),
            counter=TokenCounter(http, server, self.facts, model),
        )

    @asynccontextmanager
    async def in_use(
        self, connection: Connection, on_phase: Phase | None = None
    ) -> AsyncIterator[Connection]:
        """The connection for one request: a model file runs, and stays until the block is left.

        Between two requests it may have made room for another one, or rested, and have another address now.
        """
        profile = connection.profile
        if profile.kind != "gguf":
            yield connection
            return
        from ..llm.client import ModelClient

        servers, http = await self.gguf_servers(), await self.http()
        tell = None if on_phase is None else _as_heard(on_phase)
        async with servers.lent(Path(profile.path), profile.context, tell, name=profile.name) as server:
            yield replace(connection, server=server, client=ModelClient(http, server, self.facts))

    def _refuse_closed(self, profile: Profile) -> None:
        """One that runs into a closed gate is held by it at once: no second try that is sure to fail."""
        for gate in self.core.gates.closed:
            is_offline = gate.reason == HoldReason.OFFLINE and not profile.is_local
            if gate.scope == profile.name or is_offline:
                raise HeldError(gate.reason, gate.sentence, scope=gate.scope, kind=gate.code)

    async def server(self, profile: Profile, key: str | None = None) -> "Server":
        """The server of a profile that has an address, with a key or the one that is kept for it."""
        from ..llm.server import Server

        secret = (await self.keys.find(profile)).key if key is None else key
        return Server.of(profile, secret)

    async def _server(self, profile: Profile, on_phase: Phase | None, *, only_look: bool) -> "Server":
        if profile.kind == "gguf" and not only_look:
            servers = await self.gguf_servers()
            tell = None if on_phase is None else _as_heard(on_phase)
            return await servers.ready(Path(profile.path), profile.context, tell, name=profile.name)
        server = await self.server(profile)
        if server.traits.needs_key and not server.key.get_secret_value() and not only_look:
            sentence = f'There is no key for "{profile.name}". Its jobs wait. Add the key in the settings.'
            raise HeldError(HoldReason.KEY, sentence, scope=profile.name, kind="auth.401")
        if not only_look:
            self._used[profile.name] = server.key
        return server

    def used_key(self, profile_name: str) -> SecretStr | None:
        """The key that was last sent for a profile; None when nothing was sent in this run."""
        return self._used.get(profile_name)

    async def gguf_servers(self) -> "GgufServers":
        """What runs the files of models, in a child process."""
        async with self._opening:
            if self._gguf is None:
                from ..llm.gguf import GgufServers

                self._gguf = await self._stack.enter_async_context(GgufServers())
            return self._gguf

    async def known_models(self, profile: Profile, *, ask: bool = False) -> ModelList:
        """The list of models as last seen; with `ask` a first one is fetched, if it can be."""
        if profile.kind == "gguf":
            return await _described(profile)
        kept = await self.facts.models(profile)
        if kept is not None or not ask:
            return kept or ModelList()
        try:
            async with asyncio.timeout(MODELS_SECONDS):
                return await self.fetch_models(profile)
        except (CardgenError, TimeoutError) as error:
            _log.info("the models of %s are not known: %s", profile.kind, error)
            return ModelList()

    async def fetch_models(self, profile: Profile, key: str | None = None) -> ModelList:
        """Ask a server for its models and keep the list; raises `CardgenError`."""
        if profile.kind == "gguf":
            return await _described(profile)
        http = await self.http()
        from ..llm.models import list_models

        models = await list_models(http, await self.server(profile, key))
        return await self.facts.keep_models(profile, models)


def _model_of(profile: Profile, task: Task, listed: ModelList) -> str:
    """The model by its name; a server that serves whatever it has loaded needs none."""
    if chosen := profile.model_for(task):
        return chosen
    if profile.kind == "gguf":
        return Path(profile.path).stem
    from ..llm.models import SERVES_WHAT_IS_LOADED

    if profile.is_local or profile.kind in SERVES_WHAT_IS_LOADED:
        loaded = [model for model in listed.models if model.loaded] or list(listed.models)
        if loaded or profile.kind in SERVES_WHAT_IS_LOADED:
            return loaded[0].id if loaded else profile.kind
    sentence = f'No model is chosen for "{profile.name}". Its jobs wait. Choose one in the settings.'
    raise HeldError(HoldReason.MODEL, sentence, scope=profile.name, kind="model.404")


def _info_of(profile: Profile, model: str, listed: ModelList) -> ModelInfo | None:
    from ..llm.models import SERVES_WHAT_IS_LOADED, same_id

    named = next((item for item in listed.models if same_id(item.id, model)), None)
    if named is None and profile.kind in SERVES_WHAT_IS_LOADED and len(listed.models) == 1:
        return listed.models[0]
    return named


async def _described(profile: Profile) -> ModelList:
    """The model of a file, by its header; raises `HeldError` for a file that holds none."""
    from ..llm.gguf import DEFAULT_CONTEXT
    from ..llm.gguf_file import read_gguf

    try:
        file = await in_thread(read_gguf, Path(profile.path))
    except HeldError as error:
        error.scope = profile.name
        raise
    context = min(filter(None, (file.context, profile.context or DEFAULT_CONTEXT)))
    nothing = Decimal(0)
    model = ModelInfo(
        id=Path(profile.path).stem, name=file.name, context=context, prompt_price=nothing,
        output_price=nothing, structured="schema",
    )  # fmt: skip
    return ModelList(models=(model,), at=time.time())


def _as_heard(tell: Phase) -> "Callable[[LoadingPhase], None]":
    return lambda phase: tell(phase.text, phase.fraction)


def _import_everything() -> None:
    """In a thread: httpx and what it needs take a tenth of a second."""
    from ..llm import client, models, tokens  # noqa: F401
