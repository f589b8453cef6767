"""Requests and streams over httpx, with deadlines and limits; raises `NetError` and nothing else.

Redirects are never followed, so that no key goes to a host it was not meant for. Certificates are verified.
Proxies of the environment are used, but not for servers on this computer or in the network at home.
"""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Protocol, Self
from urllib.parse import urlsplit

import httpx

from ..domain.profile import is_near
from . import quiet
from .events import ServerEvent as ServerEvent
from .failures import NetError as NetError
from .failures import failure_of
from .route import has_route
from .stream import LOCAL as LOCAL
from .stream import MOST_BYTES, QUICK, EventStream, deadline
from .stream import REMOTE as REMOTE
from .stream import Timeouts as Timeouts

IDLE_CONNECTION_SECONDS = 2.0
"""How long a connection is kept for the next request: shorter than servers keep it, or one would be sent into
a connection that the server closes at that moment."""


class Hidden(Protocol):
    """A value that hides itself, such as pydantic's `SecretStr`."""

    def get_secret_value(self) -> str:
        """The value itself."""


Headers = Mapping[str, "str | Hidden"]


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer. Names of headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Http:
    """The connections of one workspace. Used as `async with Http() as http`, in one event loop."""

    def __init__(self, *, is_online: Callable[[], bool] = has_route) -> None:
        self._is_online = is_online
        self._clients: dict[bool, httpx.AsyncClient] = {}
        self._tls: ssl.SSLContext | None = None
        quiet.silence()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close every connection."""
        clients, self._clients = list(self._clients.values()), {}
        for client in clients:
            await client.aclose()

    async def fetch(
        self,
        method: str,
        url: str,
        *,
        headers: Headers | None = None,
        body: Any = None,
        timeouts: Timeouts = QUICK,
        limit: int = MOST_BYTES,
    ) -> Answer:
        """A whole answer, whatever its status. `body` is sent as JSON. Raises `NetError`."""
        async with self._open(method, url, headers or {}, body, timeouts) as stream:
            return Answer(stream.status, stream.headers, await stream.body(limit))

    @asynccontextmanager
    async def stream(
        self, url: str, *, headers: Headers | None = None, body: Any, timeouts: Timeouts
    ) -> AsyncIterator[EventStream]:
        """Post `body` as JSON, and read the answer while it arrives; leaving the block closes the socket.

        Raises `NetError`, also while the answer is read.
        """
        async with self._open("POST", url, headers or {}, body, timeouts) as stream:
            yield stream

    @asynccontextmanager
    async def _open(
        self, method: str, url: str, headers: Headers, body: Any, timeouts: Timeouts
    ) -> AsyncIterator[EventStream]:
        try:
            start = asyncio.get_running_loop().time()
            last = None if timeouts.total is None else start + timeouts.total
            client = await self._client(url)
            request = _request(client, method, url, headers, body, timeouts)
            soon = start + timeouts.connect + timeouts.first
            async with deadline(soon, last, "ttft", timeouts.first, timeouts.total):
                response = await client.send(request, stream=True)
            try:
                yield EventStream(response, timeouts, last)
            finally:
                await response.aclose()
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, UnicodeError) as error:
            # Without its cause: that holds the request, and the request holds the key.
            raise failure_of(error, is_online=self._is_online(), patience=timeouts.connect) from None

    async def _client(self, url: str) -> httpx.AsyncClient:
        """The client for near servers, which no proxy stands before, or the one for all others."""
        near = is_near(urlsplit(url).hostname or "")
        if near not in self._clients:
            if self._tls is None:
                self._tls = await asyncio.to_thread(_trusted)
            tls: ssl.SSLContext = self._tls
            self._clients.setdefault(near, _new_client(tls, trust_env=not near))
        return self._clients[near]


def _trusted() -> ssl.SSLContext:
    """The certificates of certifi (or SSL_CERT_FILE), and those the system trusts: a company has its own."""
    context = httpx.create_ssl_context()
    context.load_default_certs()
    return context


def _new_client(tls: ssl.SSLContext, *, trust_env: bool) -> httpx.AsyncClient:
    limits = httpx.Limits(
        max_connections=None, max_keepalive_connections=20, keepalive_expiry=IDLE_CONNECTION_SECONDS
    )
    try:
        return httpx.AsyncClient(verify=tls, limits=limits, trust_env=trust_env, follow_redirects=False)
    except (ImportError, ValueError) as error:
        raise NetError("refused", f"the proxy of the environment cannot be used: {error}") from None


def _request(
    client: httpx.AsyncClient, method: str, url: str, headers: Headers, body: Any, timeouts: Timeouts
) -> httpx.Request:
    # Not compressed: a small answer could unfold to gigabytes before any limit is looked at.
    plain = {"Accept-Encoding": "identity", **{name: _plain(value) for name, value in headers.items()}}
    content = None
    if body is not None:
        content = json.dumps(body, ensure_ascii=False, default=str).encode("utf-8", "replace")
        plain["Content-Type"] = "application/json"
    patience = httpx.Timeout(None, connect=timeouts.connect, write=timeouts.first)
    return client.build_request(method, url, headers=plain, content=content, timeout=patience)


def _plain(value: "str | Hidden") -> str:
    text = value if isinstance(value, str) else value.get_secret_value()
    if not (text.isascii() and text.isprintable()):
        raise NetError("header", "characters that a header cannot hold")
    return text
