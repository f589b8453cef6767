"""Keeps what the HTTP libraries log out of every log: at DEBUG they write headers, and those hold keys."""

import logging

_LOGGERS = (
    "httpx",
    "httpcore",
    "httpcore.connection",
    "httpcore.http11",
    "httpcore.http2",
    "httpcore.proxy",
    "httpcore.socks",
)


def _is_worth_a_warning(record: logging.LogRecord) -> bool:
    return record.levelno >= logging.WARNING


def silence() -> None:
    """Drop everything below a warning, whatever level somebody sets; calling it again changes nothing.

    A filter on each logger, not a level on their parent: a level can be lowered by whoever debugs, and a
    parent's filter does not see what its children log.
    """
    for name in _LOGGERS:
        logging.getLogger(name).addFilter(_is_worth_a_warning)
