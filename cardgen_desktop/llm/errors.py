"""Failures of servers as errors a person can act on: the right class, its sentence, how long to wait.

The first sentences are those of the error table (ux-and-reliability.md 2.2); the server's own words follow,
bounded, on one line, and without the key. `FAILURES` says where each class sends its job.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..domain.errors import CardgenError, HeldError, ProviderError, TransientError
from ..domain.failures import FAILURES
from ..net.http import Answer, NetError
from . import sentences
from .classes import class_in_stream, class_of
from .error_text import Told, plain, told_by, told_in
from .server import Server
from .waiting_time import seconds_asked

MOST_ATTEMPTS = 6
MASKED_STATUS = 500
MASKED_ATTEMPTS = 2
"""A 500 is tried again once (decisions.md, "Retry of 500"), and so is an answer that makes no sense."""

_NET_CLASSES: Mapping[str, str] = {
    "offline": "net.offline",
    "dns": "net.dns",
    "tls": "net.tls",
    "refused": "net.refused",
    "connect": "time.connect",
    "ttft": "time.ttft",
    "idle": "time.idle",
    "total": "time.total",
    "cut": "stream.cut",
    "too_large": "srv.5xx",
    "encoding": "stream.cut",
    "protocol": "html.page",
    "header": "auth.401",
}


@dataclass(frozen=True, slots=True)
class Incident:
    """What is known when something failed: at which server and model, with how many words of text kept."""

    server: Server
    model: str = ""
    words: int = 0
    status: int | None = None
    told: Told = field(default_factory=Told)
    headers: Mapping[str, str] = field(default_factory=dict)
    net: NetError | None = None

    @property
    def said(self) -> str:
        """The server's own words, fit for a sentence; "" when it said nothing."""
        return plain(self.told.words, self.server.key.get_secret_value())


def of_net(server: Server, error: NetError, *, model: str = "", words: int = 0) -> CardgenError:
    """The error for a failure on the way to or from the server."""
    kind = _NET_CLASSES[error.kind]
    if kind == "net.offline" and server.is_local:
        kind = "net.refused"
    return _error(kind, Incident(server, model, words, net=error), details=str(error))


def of_answer(server: Server, answer: Answer, *, model: str = "") -> CardgenError:
    """The error for an answer that is none: any status, any body."""
    told = told_by(answer.body)
    kind = class_of(answer.status, answer.headers, answer.body, told)
    status = answer.status if answer.status >= 300 else told.status
    return _of_told(kind, Incident(server, model, 0, status, told, answer.headers))


def of_event(
    server: Server, value: Any, headers: Mapping[str, str], *, model: str = "", words: int = 0
) -> CardgenError:
    """The error for one that arrived inside a stream. Text that came before it is worth continuing."""
    told = told_in({"error": value})
    kind = class_in_stream(told)
    if words and FAILURES[kind].fate == "waiting":
        kind = "stream.cut"
    return _of_told(kind, Incident(server, model, words, told.status, told, headers))


def of_nothing(server: Server, *, model: str = "", was_thinking: bool = False) -> CardgenError:
    """The error for an answer without a word; one that was all thoughts was cut off."""
    return _error("out.truncated" if was_thinking else "out.empty", Incident(server, model))


def of_cut(server: Server, words: int, *, model: str = "", details: str = "") -> CardgenError:
    """The error for a stream that just ended, or went on as something else."""
    return _error("stream.cut", Incident(server, model, words), details=details)


def of_refusal(server: Server, said: str, *, model: str = "", words: int = 0) -> CardgenError:
    """The error for a model, or a filter behind it, that will not write this."""
    return _error("out.refusal", Incident(server, model, words, told=Told(words=said)))


def of_garbage(server: Server, details: str, *, model: str = "", words: int = 0) -> CardgenError:
    """The error for an answer that is no chat answer at all."""
    if words:
        return of_cut(server, words, model=model, details=details)
    return _error("srv.5xx", Incident(server, model), details=details)


def _of_told(kind: str, incident: Incident) -> CardgenError:
    asked = seconds_asked(incident.headers, incident.told, is_busy=incident.status == 429)
    details = f"status {incident.status}: {plain(incident.told.everything, _key(incident.server), 1000)}"
    return _error(kind, incident, retry_after=asked, details=details)


def _key(server: Server) -> str:
    return server.key.get_secret_value()


def _error(
    kind: str, incident: Incident, *, retry_after: float | None = None, details: str = ""
) -> CardgenError:
    """The error of a class: held, to be tried again, or failed, as its row in `FAILURES` says."""
    row = FAILURES[kind]
    message = sentences.sentence(kind, incident, retry_after)
    details = plain(details, _key(incident.server), 1000)
    held = None
    if row.gate:
        scope = "" if kind == "net.offline" else incident.server.name
        held = HeldError(row.gate, message, scope=scope, kind=kind, details=details)
    # Out of credits is held; a server that says when to come back is taken at its word.
    if held and not row.attempts and not (kind == "pay.402" and retry_after is not None):
        return held
    if row.attempts or held:
        masked = kind == "srv.5xx" and (incident.status in (None, MASKED_STATUS))
        attempts = MASKED_ATTEMPTS if masked else row.attempts or MOST_ATTEMPTS
        return TransientError(
            message, retry_after=retry_after, attempts=attempts, kind=kind, details=details, then=held
        )
    return ProviderError(message, kind=kind, details=details)
