"""Proof that a text holds no secret: nothing that looks like one, and none that this process knows."""

import base64
import json
import os
import re
from collections.abc import Iterable, Mapping
from urllib.parse import quote

from ..domain.errors import InternalError
from ..log import HIDDEN, hidden, hide
from .redaction import safe_text

_NAMES = re.compile(r"(?i)key|token|secret|passw|credential")
_SHORTEST = 8
"""Values that are shorter, such as "1" or "true", are no secrets that could be told from other words."""


def known_secrets(environment: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """The values of environment variables whose names speak of keys, tokens, secrets or passwords.

    Without an `environment`, those of this process, and every key that it has used.
    """
    variables = os.environ if environment is None else environment
    values = {value for name, value in variables.items() if _NAMES.search(name)}
    if environment is None:
        values.update(hidden())
    return tuple(sorted(value for value in values if len(value.strip()) >= _SHORTEST))


def hide_secret(secret: str) -> None:
    """Keep a key out of whatever is logged, stored, shown or written from now on, in any common encoding."""
    if len(secret.strip()) >= _SHORTEST:
        hide(*forms(secret))


def without_secrets(text: str, secrets: Iterable[str]) -> str:
    """The text as it may leave this computer: what looks like a secret and known ones are hidden."""
    for secret in secrets:
        for form in forms(secret):
            text = text.replace(form, HIDDEN)
    return safe_text(text)


def forms(secret: str) -> tuple[str, ...]:
    """A secret as it is, and as other encodings write it, the longest first."""
    raw = secret.encode("utf-8", "surrogateescape")
    encoded = base64.b64encode(raw).decode().rstrip("=")
    written = {secret, quote(secret, safe=""), json.dumps(secret)[1:-1], encoded, raw.hex()}
    return tuple(sorted(written, key=len, reverse=True))


def refuse_secrets(name: str, text: str, secrets: Iterable[str]) -> None:
    """Raise `InternalError` when a text that is about to be written still holds a secret."""
    holds_known = any(form in text for secret in secrets for form in forms(secret))
    if holds_known or safe_text(text) != text:
        raise InternalError(
            "Something that looks like a secret was found in the diagnostics, so that nothing was written. "
            "Nothing has left this computer. Report this without the bundle.",
            details=f"found in {name}",
        )
