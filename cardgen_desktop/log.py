"""Logs: one JSON object a line, rotated, for the owner alone, and free of secrets.

Secrets are taken out by type (anything that hides its value, such as pydantic's `SecretStr`), by name (a
field called `api_key`) and by pattern (what looks like a key or a password in any text). Lines are written by
a thread of their own, so that logging never blocks the event loop.
"""

import json
import logging
import os
import queue
import re
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from io import TextIOWrapper
from logging.handlers import QueueHandler, QueueListener, RotatingFileHandler
from pathlib import Path
from typing import Any

FILE_NAME = "cardgen.log"
FILE_BYTES = 2 * 1024 * 1024
FILES_KEPT = 4
HIDDEN = "[hidden]"

_SECRET_NAME = re.compile(r"(?i)api[-_]?key|token|secret|passw|authori[sz]ation|credential|cookie")
_SECRETS = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?i)\b(?:bearer|basic)\s+[\w.~+/=-]{8,}",
        r"\b(?:sk|pk|rk|xai|gsk|hf|ghp|gho|glpat|pplx|nvapi|r8)[-_][\w-]{12,}",
        r"\bAIza[\w-]{20,}",
        r"\bAKIA[A-Z0-9]{12,}",
        r"\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*",
        r"-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)",
    )
)
_NAMED_SECRET = re.compile(
    r"""(?i)(["']?[\w-]*(?:api[-_]?key|token|secret|passw(?:or)?d)["']?\s*[:=]\s*["']?)([^\s"'&,;}]{4,})"""
)
_URL_SECRET = re.compile(r"(?i)(\b[a-z][a-z0-9+.-]*://[^\s/:@]*:)[^\s/@]+(@)|([?&](?:key|token|sig)=)[^\s&]+")
_known: dict[str, None] = {}
_STANDARD_FIELDS = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


def hide(*texts: str) -> None:
    """From now on these very texts are hidden too: a key that is in use, whatever it looks like."""
    fresh = dict.fromkeys((*_known, *(text for text in texts if text)))
    _known.clear()
    # The longest first: a text may be a part of another.
    _known.update(dict.fromkeys(sorted(fresh, key=len, reverse=True)))


def hidden() -> tuple[str, ...]:
    """What `hide` was told, the longest first."""
    return tuple(_known)


def redacted(text: str) -> str:
    """The text without anything that looks like a secret, and without what `hide` was told."""
    for known in hidden():
        text = text.replace(known, HIDDEN)
    for pattern in _SECRETS:
        text = pattern.sub(HIDDEN, text)
    text = _NAMED_SECRET.sub(rf"\1{HIDDEN}", text)
    return _URL_SECRET.sub(lambda found: f"{found[1] or found[3]}{HIDDEN}{found[2] or ''}", text)


def safe(value: Any, name: str = "") -> Any:
    """A value as it may be logged: secrets by name, by type and by pattern are hidden, also in its parts."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if _SECRET_NAME.search(name) or hasattr(value, "get_secret_value"):
        return HIDDEN
    if isinstance(value, Mapping):
        return {str(key): safe(item, str(key)) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [safe(item) for item in value]
    return redacted(str(value))


class JsonFormatter(logging.Formatter):
    """One JSON object a line: time (UTC), level, logger, message, extra fields, and the traceback."""

    def format(self, record: logging.LogRecord) -> str:
        """The line for one record."""
        fields: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "process": record.process,
            "message": redacted(_message(record)),
        }
        extra = {name: value for name, value in vars(record).items() if name not in _STANDARD_FIELDS}
        fields.update(safe(extra))
        if record.exc_info and record.exc_info[1] is not None:
            fields["traceback"] = redacted("".join(traceback.format_exception(record.exc_info[1])))
        return json.dumps(fields, default=str)


def _message(record: logging.LogRecord) -> str:
    """The message with its arguments made safe before they are text, while their type still tells."""
    arguments = record.args
    if isinstance(arguments, tuple):
        arguments = tuple(item if isinstance(item, int | float) else safe(item) for item in arguments)
    elif isinstance(arguments, Mapping):
        arguments = safe(arguments)
    try:
        return str(record.msg) % arguments if arguments else str(record.msg)
    except (TypeError, ValueError, KeyError):
        return f"{record.msg} {arguments}"


class _PrivateFile(RotatingFileHandler):
    def _open(self) -> TextIOWrapper:
        number = os.open(self.baseFilename, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        return TextIOWrapper(os.fdopen(number, "ab"), encoding="utf-8")


class _Hand(QueueHandler):
    def prepare(self, record: logging.LogRecord) -> logging.LogRecord:
        """Records stay as they are: redaction needs the types of their arguments."""
        return record


@contextmanager
def written_to(folder: Path, level: int = logging.INFO) -> Iterator[None]:
    """Write what is logged inside the block to rotated files in `folder`; without room, nothing is logged."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = _PrivateFile(folder / FILE_NAME, maxBytes=FILE_BYTES, backupCount=FILES_KEPT, encoding="utf-8")
    except OSError:
        yield
        return
    file.setFormatter(JsonFormatter())
    lines: queue.SimpleQueue[logging.LogRecord] = queue.SimpleQueue()
    hand, listener = _Hand(lines), QueueListener(lines, file)
    # Our own words at `level`, those of libraries only when they warn.
    root, ours = logging.getLogger(), logging.getLogger(__package__)
    before = ours.level
    ours.setLevel(level)
    root.addHandler(hand)
    listener.start()
    try:
        yield
    finally:
        root.removeHandler(hand)
        ours.setLevel(before)
        listener.stop()
        file.close()
