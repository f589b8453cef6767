"""Short questions to servers: one answer of JSON, or the error that says why there is none."""

import json
from decimal import Decimal
from typing import Any

from ..net.http import Answer, Http, NetError
from ..net.stream import QUICK, Timeouts
from . import errors
from .server import Server

MOST_LIST_BYTES = 48 * 1024 * 1024
"""A list of ten thousand models with their descriptions."""


async def ask(
    http: Http,
    server: Server,
    url: str,
    *,
    body: Any = None,
    timeouts: Timeouts = QUICK,
    limit: int = MOST_LIST_BYTES,
) -> Any:
    """The JSON at an address of the server, by GET, or by POST when there is a body.

    Numbers with a point are `Decimal`. Raises the error of the failure's class.
    """
    method = "GET" if body is None else "POST"
    try:
        answer = await http.fetch(
            method, url, headers=server.headers, body=body, timeouts=timeouts, limit=limit
        )
    except NetError as error:
        raise errors.of_net(server, error) from None
    return read_answer(server, answer)


async def ask_quietly(http: Http, server: Server, url: str, *, body: Any = None) -> Any:
    """The JSON at an address that not every version of a server has; None when there is none."""
    method = "GET" if body is None else "POST"
    try:
        answer = await http.fetch(method, url, headers=server.headers, body=body)
    except NetError:
        return None
    return _json(answer.body) if answer.status == 200 else None


def read_answer(server: Server, answer: Answer) -> Any:
    """The JSON of an answer; raises the error that it stands for when it is a failure or no JSON."""
    value = _json(answer.body)
    if answer.status != 200 or value is None or _is_error(value):
        raise errors.of_answer(server, answer)
    return value


def _is_error(value: Any) -> bool:
    """A failure with the status of a success, as some gateways send it."""
    return isinstance(value, dict) and bool(value.get("error")) and not value.get("data")


def _json(body: bytes) -> Any:
    try:
        return json.loads(body, parse_float=Decimal)
    except (ValueError, ArithmeticError, RecursionError):
        return None
