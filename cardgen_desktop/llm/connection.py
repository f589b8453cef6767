"""The test of a connection, line by line: address, certificate, key, credits, model, structure, one call."""

import asyncio
import json
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path

from ..domain.costs import Usage
from ..domain.errors import CardgenError, HeldError, ProviderError
from ..domain.money import dollars
from ..domain.profile import CHECK_STEPS, CheckStep, ConnectionCheck, ModelInfo, Profile
from ..domain.prompt_style import PromptMessage
from ..net.http import Http, NetError
from . import errors
from .chat import ChatEvent, ChatRequest, Ended, Phase, Started, TextDelta
from .client import ModelClient
from .facts import ServerFacts
from .gguf import DEFAULT_CONTEXT, GgufServers, fitness, read_gguf
from .models import SERVES_WHAT_IS_LOADED, list_models, nearest_model, same_id
from .pricing import Credits, credits_of, priced
from .questions import read_answer
from .server import Server

CALL_TOKENS = 16
"""Some providers refuse to be asked for less."""

FORM_TOKENS = 24
PARTIAL_LISTS = frozenset({"openai"})
"""Servers whose list of models need not name all that they serve."""

NO_TEMPLATE = "It has no chat template, so that it may follow no instructions."

_PROMPT = (PromptMessage(role="user", text="Say hello."),)
_SCHEMA = {
    "type": "object",
    "properties": {"greeting": {"type": "string", "maxLength": 40}},
    "required": ["greeting"],
    "additionalProperties": False,
}
_HARMLESS = frozenset({"req.400", "out.malformed", "out.empty", "out.truncated", "out.refusal"})
_REMEDIES = {
    "auth.401": "Enter the key again, or make a new one.",
    "auth.403.other": "Choose another model, or look at the key's settings at the provider.",
    "pay.402": "Add credits, or choose a free model.",
    "model.404": "Choose a model from the list.",
    "net.offline": "Connect to the network, then test again.",
    "net.tls": "Check the address and this computer's clock.",
    "rate.429": "Test again in a while.",
    "srv.5xx": "Test again in a while.",
    "time.connect": "Check the address, then test again.",
    "time.ttft": "Test again, or choose a smaller model.",
    "html.page": "Most addresses end in /v1.",
}


@dataclass(frozen=True, slots=True)
class TrialCall:
    """A question that a test asked of a model, for the ledger; `usage` is None when nobody told it."""

    step: CheckStep
    model: ModelInfo
    provider_id: str = ""
    usage: Usage | None = None


OnCall = Callable[[TrialCall], None]
Line = tuple[bool | None, str]
"""Whether a step went well (None: there was nothing to do), and its sentence."""


async def check_connection(
    http: Http,
    profile: Profile,
    key: str,
    facts: ServerFacts,
    *,
    servers: GgufServers | None = None,
    on_call: OnCall | None = None,
) -> AsyncGenerator[ConnectionCheck, None]:
    """Try a profile. Each step comes as "running", then as what became of it; the first that makes the rest
    pointless ends the test, and the rest comes as "skipped".

    `servers` runs the model file of a "gguf" profile. `on_call` hears of each question that a model answered,
    which may have cost something. Raises nothing: failures are lines.
    """
    test = _Test(http, profile, key, facts, servers)
    test.on_call = on_call or test.on_call
    over = False
    for step in CHECK_STEPS:
        if over:
            yield ConnectionCheck(step=step, status="skipped")
            continue
        yield ConnectionCheck(step=step, status="running")
        try:
            good, sentence = await test.steps[step]()
        except CardgenError as error:
            over = error.kind not in _HARMLESS or step == "call"
            yield _failed(step, error)
        else:
            yield ConnectionCheck(step=step, status="skipped" if good is None else "ok", sentence=sentence)


def _failed(step: CheckStep, error: CardgenError) -> ConnectionCheck:
    """The line of a failure: what happened, then what to do, unless it says so itself."""
    remedy = _REMEDIES.get(error.kind, "")
    sentence = error.message if remedy in error.message else f"{error.message} {remedy}"
    return ConnectionCheck(step=step, status="failed", sentence=sentence.strip(), failure=error.kind or "bug")


class _Test:
    """What is known so far about one profile's server."""

    def __init__(
        self, http: Http, profile: Profile, key: str, facts: ServerFacts, servers: GgufServers | None
    ) -> None:
        self._http = http
        self._profile = profile
        self._facts = facts
        self._servers = servers
        self._server = Server.of(profile, key)
        self._is_file = profile.kind == "gguf"
        self._untrusted: CardgenError | None = None
        self._refused: CardgenError | None = None
        self._credits: Credits | None = None
        self._model: ModelInfo | None = None
        self.on_call: OnCall = lambda _: None
        self.steps: dict[CheckStep, Callable[[], Awaitable[Line]]] = {
            "address": self._run_file if self._is_file else self._ask_address,
            "tls": self._tls,
            "key": self._key,
            "credits": self._money,
            "model": self._find_model,
            "structured": self._structure,
            "call": self._call,
        }

    async def _run_file(self) -> Line:
        if self._servers is None:
            raise HeldError("endpoint", "Model files do not run here.", kind="net.refused")
        path, context = Path(self._profile.path), self._profile.context or DEFAULT_CONTEXT
        file = await asyncio.to_thread(read_gguf, path)
        found = await asyncio.to_thread(fitness, file, context)
        started = time.monotonic()
        self._server = await self._servers.ready(path, context, name=self._profile.name)
        words = [f'"{path.name}" runs on this computer; ready after {time.monotonic() - started:.1f} s.']
        words += [f"{found.word}: {found.sentence}"] if found.word == "May be slow" else []
        words += [] if file.has_chat_template else [NO_TEMPLATE]
        return True, " ".join(words)

    async def _ask_address(self) -> Line:
        """Anything that speaks the protocol has an address; what it says is for the next lines."""
        server = self._server
        try:
            answer = await self._http.fetch("GET", server.url("/models"), headers=server.headers)
            read_answer(server, answer)
        except NetError as error:
            self._after_net(errors.of_net(server, error))
        except CardgenError as error:
            if not error.kind.startswith(("auth.", "pay.", "rate.")):
                raise
            self._refused = error
        return True, f"{server.host} answers."

    def _after_net(self, error: CardgenError) -> None:
        """Who shows a wrong certificate is there, at least."""
        if error.kind != "net.tls":
            raise error
        self._untrusted = error

    async def _tls(self) -> Line:
        if self._untrusted is not None:
            raise self._untrusted
        if self._server.base_url.startswith("https:"):
            return True, "The connection is encrypted and the certificate is valid."
        if self._server.is_local:
            return None, "Not needed: nothing leaves your own network."
        return None, "The address begins with http: what is sent can be read on the way."

    async def _key(self) -> Line:
        if self._is_file:
            return None, "Not needed."
        if self._server.kind == "openrouter":
            self._credits = await credits_of(self._http, self._server)
        elif self._refused is not None:
            raise self._refused
        if not self._server.key.get_secret_value():
            return None, "The server asks for none."
        hint = f" ending {self._server.key_hint}" if self._server.key_hint else ""
        return True, f"The server takes the key{hint}."

    async def _money(self) -> Line:
        known = self._credits
        if known is None:
            return None, "Not needed." if self._server.is_local else "This server does not tell."
        if known.remaining is None:
            return True, "The key has no limit of its own."
        if known.remaining <= 0 and not self._profile.model.endswith(":free"):
            raise ProviderError("The key has nothing left to spend.", kind="pay.402")
        return True, f"{dollars(known.remaining) if known.remaining else 'nothing'} left on this key."

    async def _find_model(self) -> Line:
        models = await list_models(self._http, self._server)
        wanted = list(dict.fromkeys(filter(None, (self._profile.model, *self._profile.models.values()))))
        if not wanted or self._server.kind in SERVES_WHAT_IS_LOADED:
            return self._loaded(models, wanted)
        for name in reversed(wanted):
            self._model = next((model for model in models if same_id(model.id, name)), None)
            if self._model is None:
                return self._unlisted(name, models)
        return True, _described(self._model)

    def _loaded(self, models: tuple[ModelInfo, ...], wanted: list[str]) -> Line:
        """Servers that answer with whatever they have loaded, and profiles that name no model."""
        loaded = [model for model in models if model.loaded]
        if self._server.kind not in SERVES_WHAT_IS_LOADED or not models:
            words = "No model is chosen." if models else "The server has no model loaded. Load one there."
            raise HeldError("model", words, scope=self._profile.name, kind="model.404")
        named = next((model for model in models if same_id(model.id, (wanted or [""])[0])), None)
        self._model = named or (loaded or list(models))[0]
        return True, _described(self._model)

    def _unlisted(self, name: str, models: tuple[ModelInfo, ...]) -> Line:
        self._model = ModelInfo(id=name)
        if self._server.kind in PARTIAL_LISTS:
            return None, f'"{name}" is not in the server\'s list; the call below tells whether it is there.'
        near = nearest_model(name, models)
        nearest = f' The nearest is "{near.id}".' if near else ""
        words = f'"{name}" is not offered.{nearest}'
        raise HeldError("model", words, scope=self._profile.name, kind="model.404")

    async def _structure(self) -> Line:
        """What the list says, else a short answer that was asked to be JSON."""
        model = self._chosen
        if self._server.kind == "openrouter" and model.structured != "unknown":
            return True, _STRUCTURED[model.structured]
        form, text = "none", ""
        request = ChatRequest(model.id, _PROMPT, FORM_TOKENS, temperature=0.0, top_p=1.0, schema=_SCHEMA)
        async with aclosing(self._asked("structured", request)) as events:
            async for event in events:
                if isinstance(event, Started):
                    form = event.form
                elif isinstance(event, TextDelta):
                    text += event.text
        return True, _form_sentence(form, text)

    async def _call(self) -> Line:
        model, began = self._chosen, time.monotonic()
        request = ChatRequest(model.id, _PROMPT, CALL_TOKENS, temperature=0.0, top_p=1.0)
        first, usage = None, None
        try:
            async with aclosing(self._asked("call", request)) as events:
                async for event in events:
                    if not isinstance(event, Phase | Started) and first is None:
                        first = time.monotonic() - began
                    if isinstance(event, Ended):
                        usage = event.usage
        except CardgenError as error:
            # A model that thinks first has used its few tokens for that: it is there all the same.
            if error.kind != "out.truncated":
                raise
        seconds = first if first is not None else time.monotonic() - began
        return True, f"{model.id} answered after {seconds:.1f} s. {self._cost(model, usage)}"

    async def _asked(self, step: CheckStep, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
        """The answer to a question; one that a model began to answer is told, however it ends."""
        provider_id, usage, has_begun = "", None, False
        try:
            async with aclosing(ModelClient(self._http, self._server, self._facts).chat(request)) as events:
                async for event in events:
                    has_begun = has_begun or isinstance(event, Started | Ended)
                    if isinstance(event, Started):
                        provider_id = event.provider_id
                    elif isinstance(event, Ended):
                        usage = event.usage
                    yield event
        finally:
            if has_begun:
                self.on_call(TrialCall(step, self._chosen, provider_id, usage))

    def _cost(self, model: ModelInfo, usage: Usage | None) -> str:
        cost = priced(usage or Usage(), model, is_local=self._server.is_local).cost
        if cost is None:
            return "What it cost is not known."
        return f"It cost {dollars(cost) if cost else 'nothing'}."

    @property
    def _chosen(self) -> ModelInfo:
        return self._model or ModelInfo(id=self._profile.model)


_STRUCTURED = {
    "schema": "Answers are held to a schema.",
    "object": "Answers come as JSON; their fields are checked here.",
    "none": "The model holds to no structure; its answers are read with more care and mended.",
}


def _form_sentence(form: str, text: str) -> str:
    """What a trial showed: a server may take a schema and not hold to it."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        value = None
    if form == "schema" and isinstance(value, dict) and set(value) == {"greeting"}:
        return _STRUCTURED["schema"]
    return _STRUCTURED["object" if isinstance(value, dict) else "none"]


def _described(model: ModelInfo | None) -> str:
    if model is None:
        return "There."
    context = f", {model.context:,} tokens of context" if model.context else ""
    ends = f" It will be withdrawn on {model.expires}." if model.expires else ""
    return f"{model.id} is there{context}.{ends}"
