"""Text as it may be stored in a job's log, shown, or sent to somebody: without secrets and private names."""

import getpass
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from ..log import HIDDEN, redacted, safe

MOST_CHARS = 2_000
"""How long a line of a log may be."""

_HEADER = re.compile(
    r"""(?i)\b((?:proxy-)?authorization|x-api-key|cookie|set-cookie)(["']?\s*[:=]\s*["']?)[^\r\n"']+"""
)
_ADDRESS = re.compile(r"(?i)\b([a-z][a-z0-9+.-]{1,20}://)([^\s/@\"'<>]+@)?([^\s?#\"'<>]*)(\?[^\s#\"'<>]*)?")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def safe_text(text: str) -> str:
    """The text without keys, passwords, what addresses carry beside their path, and the name of the home."""
    text = _HEADER.sub(rf"\1\2{HIDDEN}", text)
    text = _ADDRESS.sub(_plain_address, text)
    return without_home(redacted(_CONTROL.sub("\ufffd", text)))


def safe_line(text: str) -> str:
    """The same as one line of bounded length."""
    line = " ".join(safe_text(text[: 4 * MOST_CHARS]).split())
    return line if len(line) <= MOST_CHARS else f"{line[: MOST_CHARS - 1]}…"


def safe_value(value: Any) -> Any:
    """A JSON value in which every text is safe and every field named like a secret is hidden."""
    return _texts_safe(safe(value))


def _texts_safe(value: Any) -> Any:
    if isinstance(value, str):
        return safe_text(value)
    if isinstance(value, Mapping):
        return {safe_text(str(key)): _texts_safe(item) for key, item in value.items()}
    return [_texts_safe(item) for item in value] if isinstance(value, list) else value


def _plain_address(found: re.Match[str]) -> str:
    """An address without its user, password and query; of a query only that there was one is told."""
    scheme, _, rest, query = found.groups()
    return f"{scheme}{rest}{f'?{HIDDEN}' if query else ''}"


def without_home(text: str) -> str:
    """The home folder as "~", and the person's account name in other folders of homes hidden too."""
    home, account = _private_names()
    if home:
        text = re.sub(rf"{re.escape(home)}(?=$|[/\\\s\"':,;)\]])", "~", text)
    if account:
        text = re.sub(rf"(?i)([/\\](?:home|users)[/\\]){re.escape(account)}(?=$|[/\\])", r"\1~", text)
    return text


@cache
def _private_names() -> tuple[str, str]:
    try:
        home = str(Path.home())
    except RuntimeError:
        home = ""
    try:
        account = getpass.getuser()
    except (OSError, KeyError, ImportError):
        account = ""
    return ("" if len(home) < 3 else home), account
