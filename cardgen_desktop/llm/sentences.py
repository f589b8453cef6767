"""The sentences of the error table (ux-and-reliability.md 2.2): what happened, what was kept, what to do."""

import math
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .errors import Incident

_NUMBER = re.compile(r"\d[\d,]*\d|\d")
_CONTEXT = re.compile(
    r"context (?:length|size|window)(?: is| of)?(?: only)?[ (:]*(\d[\d,]*)|limit (?:of|is) (\d[\d,]*)"
)
_TLS_REASON = re.compile(r"certificate verify failed: ([^(\"';]{3,80})")


def sentence(kind: str, incident: "Incident", retry_after: float | None = None) -> str:
    """What a person reads about a failure: the fact first, then the server's own words."""
    words = _BY_CLASS[kind](incident) if kind != "rate.429" else _busy(retry_after)
    if kind in _WITH_WORDS and incident.said:
        words = f"{words} {incident.server.title} says: “{incident.said}”"
    return words


def _offline(_: "Incident") -> str:
    return "You're offline. It goes on by itself when there is a connection."


def _unreachable(incident: "Incident") -> str:
    server = incident.server
    if server.is_local:
        title = server.traits.title or "the server"
        return f"Can't reach {server.host} – is {title} running?"
    return f"Can't reach {server.host}. Check the address."


def _unknown_name(incident: "Incident") -> str:
    return f"Can't reach {incident.server.host} – no server of that name was found. Check the address."


def _untrusted(incident: "Incident") -> str:
    found = _TLS_REASON.search(incident.net.details if incident.net else "")
    why = f" ({found[1].strip()})" if found else ""
    return (
        f"Can't reach {incident.server.host} safely: its certificate is not trusted{why}. Nothing was sent."
    )


def _bad_key(incident: "Incident") -> str:
    server = incident.server
    if incident.net is not None:
        return f"The key for {server.title} holds characters that no key has. Enter it anew."
    if not server.key.get_secret_value():
        return f"{server.title} asks for a key, and this profile has none."
    hint = f" ending {server.key_hint}" if server.key_hint else ""
    return f"{server.title} rejected the key{hint}."


def _blocked(incident: "Incident") -> str:
    reasons = incident.told.metadata.get("reasons")
    said = ", ".join(str(reason)[:60] for reason in reasons[:5]) if isinstance(reasons, list) else ""
    why = f" Reasons: {said}." if said else ""
    return f"The provider blocked this text before generation.{why}"


def _no_access(incident: "Incident") -> str:
    return f"This key may not use {incident.model or 'this model'}."


def _no_credits(incident: "Incident") -> str:
    return (
        "Out of credits. Nothing was charged for this request." if not incident.words else "Out of credits."
    )


def _no_model(incident: "Incident") -> str:
    return f"{incident.model or 'This model'} is no longer offered."


def _not_accepted(incident: "Incident") -> str:
    return f"The provider didn't accept the request: {incident.said or f'status {incident.status}'}"


def _late(incident: "Incident") -> str:
    waited = incident.net.silence if incident.net else 0.0
    if not waited:
        return f"No answer in time.{_kept(incident)}"
    if incident.net and incident.net.kind == "total":
        return f"Not finished after {_duration(waited)}.{_kept(incident)}"
    return f"No answer for {_duration(waited)}.{_kept(incident)}"


def _busy(retry_after: float | None) -> str:
    if retry_after is None:
        return "Busy – the provider takes no more requests for now."
    return f"Busy – provider asked to wait {_duration(math.ceil(retry_after))}."


def _trouble(incident: "Incident") -> str:
    if incident.net is not None:
        return "Provider trouble: the answer was larger than a chat answer can be, and was not read on."
    if incident.status is None:
        return "Provider trouble." if incident.said else "Provider trouble: the answer made no sense."
    return f"Provider trouble ({incident.status})."


def _cut(incident: "Incident") -> str:
    if incident.net and incident.net.kind == "encoding":
        return f"The answer came damaged (not UTF-8).{_kept(incident)}"
    if not incident.words:
        return "Connection dropped before the first word."
    return f"Connection dropped. {_count(incident.words)} kept."


def _declined(_: "Incident") -> str:
    return "The model declined."


def _overflow(incident: "Incident") -> str:
    prompt, context = token_numbers(incident)
    if context is None:
        return "Source is longer than the model takes."
    if prompt is None:
        return f"Source is longer than the {_thousands(context)} tokens that the model takes."
    return f"Source is {_thousands(prompt)} tokens; model takes {_thousands(context)}."


def _only_thoughts(_: "Incident") -> str:
    return "Cut off: the model used its whole answer for thinking. Raise the limit of the answer."


def _nothing(_: "Incident") -> str:
    return "The model returned nothing."


def _no_api(incident: "Incident") -> str:
    server, status = incident.server, incident.status or 0
    if incident.net is not None:
        return f"{server.host} does not speak HTTP. Check the address."
    if 300 <= status < 400:
        return f"{server.host} points to another address. Nothing was sent there; enter the right address."
    if status in (404, 405) and not incident.told.words.lstrip().startswith("<"):
        return f"{server.host} has no chat at this address. Most addresses end in /v1."
    return "That address returned a web page, not an API."


_BY_CLASS: Mapping[str, Callable[["Incident"], str]] = {
    "net.offline": _offline,
    "net.dns": _unknown_name,
    "net.tls": _untrusted,
    "net.refused": _unreachable,
    "auth.401": _bad_key,
    "auth.403.moderation": _blocked,
    "auth.403.other": _no_access,
    "pay.402": _no_credits,
    "model.404": _no_model,
    "req.400": _not_accepted,
    "time.connect": _late,
    "time.ttft": _late,
    "time.idle": _late,
    "time.total": _late,
    "srv.5xx": _trouble,
    "stream.cut": _cut,
    "out.refusal": _declined,
    "ctx.overflow": _overflow,
    "out.truncated": _only_thoughts,
    "out.empty": _nothing,
    "html.page": _no_api,
}

_WITH_WORDS = frozenset(
    {"auth.401", "auth.403.moderation", "auth.403.other", "pay.402", "model.404", "rate.429", "srv.5xx"}
    | {"out.refusal", "stream.cut"}
)


def token_numbers(incident: "Incident") -> tuple[int | None, int | None]:
    """How many tokens the prompt has and how many the model takes, when the server told."""
    fields = incident.told.fields
    prompt, context = fields.get("n_prompt_tokens"), fields.get("n_ctx")
    if isinstance(prompt, int) and isinstance(context, int):
        return prompt, context
    text = incident.told.words[:2000]
    found = _CONTEXT.search(text.lower())
    if not found:
        return None, None
    limit = _whole(found[1] or found[2])
    larger = [number for number in map(_whole, _NUMBER.findall(text)) if number > limit]
    return (max(larger) if larger else None), limit


def _whole(text: str) -> int:
    return int(text.replace(",", "")[:12])


def _thousands(tokens: int) -> str:
    return str(tokens) if tokens < 1000 else f"{round(tokens / 1000)}k"


def _kept(incident: "Incident") -> str:
    return f" Kept {_count(incident.words)}." if incident.words else ""


def _count(words: int) -> str:
    return "1 word" if words == 1 else f"{words:,} words"


def _duration(seconds: float) -> str:
    """Seconds as a person says them; a duration is never told shorter than it is."""
    if seconds < 120:
        return f"{seconds:g} s"
    if seconds < 2 * 3600:
        return f"{math.ceil(seconds / 60)} min"
    return f"{math.ceil(seconds / 3600)} hours"
