"""What can go wrong between this computer and a server, by kind, and how httpx says it."""

import errno
import socket
import ssl
from collections.abc import Iterator
from typing import Literal

import httpx

NetFailure = Literal[
    "offline",
    "dns",
    "tls",
    "refused",
    "connect",
    "ttft",
    "idle",
    "total",
    "cut",
    "too_large",
    "encoding",
    "protocol",
    "header",
]
"""No way out of this computer; name unknown; no trusted certificate; nobody listens; no connection in time;
no first word in time; silence; too long in all; connection lost; larger than the limit; not UTF-8; not HTTP;
a header (the key) with characters that cannot be sent."""

_NO_ROUTE = (errno.ENETUNREACH, errno.ENETDOWN)
_LEFT_WORDS = ("disconnected", "peer closed", "incomplete")


class NetError(Exception):
    """The one error of this package. `details` is for the log; it never holds what was sent.

    `silence` is how many seconds were waited for, for the four kinds of waiting, else 0.
    """

    def __init__(self, kind: NetFailure, details: str = "", *, silence: float = 0.0) -> None:
        super().__init__(f"{kind}: {details}" if details else kind)
        self.kind: NetFailure = kind
        self.details = details
        self.silence = silence


def failure_of(error: Exception, *, is_online: bool, patience: float = 0.0) -> NetError:
    """The failure that an exception of httpx stands for; `patience` is how long a connection may take.

    The text of a `LocalProtocolError` is dropped: h11 quotes the header it refuses, which may be the key.
    """
    if isinstance(error, httpx.LocalProtocolError | UnicodeError):
        return NetError("header", type(error).__name__)
    kind = _connect_kind(error, is_online) if isinstance(error, httpx.ConnectError) else _kind(error)
    return NetError(kind, _words(error), silence=patience if kind == "connect" else 0.0)


def _kind(error: Exception) -> NetFailure:
    if isinstance(error, httpx.ConnectTimeout | httpx.PoolTimeout):
        return "connect"
    if isinstance(error, httpx.TimeoutException):
        return "idle"
    if isinstance(error, httpx.ProxyError):
        return "refused"
    if isinstance(error, httpx.RemoteProtocolError):
        left = any(word in str(error) for word in _LEFT_WORDS)
        return "cut" if left else "protocol"
    return "cut" if isinstance(error, httpx.NetworkError) else "protocol"


def _connect_kind(error: Exception, is_online: bool) -> NetFailure:
    causes = tuple(_causes(error))
    if any(isinstance(cause, ssl.SSLError) for cause in causes):
        return "tls"
    if any(isinstance(cause, OSError) and cause.errno in _NO_ROUTE for cause in causes):
        return "offline"
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        return "dns" if is_online else "offline"
    return "refused"


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """An exception with all that stand behind it, also those of a group."""
    while error is not None:
        yield error
        if isinstance(error, BaseExceptionGroup):
            for part in error.exceptions:
                yield from _causes(part)
        error = error.__cause__ or error.__context__


def _words(error: Exception) -> str:
    """Name and text of the exception, and of the innermost one when it says more."""
    *_, innermost = _causes(error)
    texts = dict.fromkeys(f"{type(one).__name__}: {one}"[:300] for one in (error, innermost))
    return "; ".join(texts)
