"""Changing a card at a path, as fixes of lint do; the card stays as it is, a new one is made."""

import re
from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError

from .card import Card
from .errors import UsageError
from .lint import LintChange

_STEP = re.compile(r"\.?([^.\[\]]+)|\[(\d{1,9})\]")


def with_changes(card: Card, changes: Sequence[LintChange]) -> Card:
    """The card with every change made. Raises `UsageError` when a path leads nowhere."""
    whole = card.model_dump(mode="python", exclude_none=False)
    try:
        for change in changes:
            _change(whole, change)
        return Card.model_validate(whole)
    except (LookupError, TypeError, ValidationError) as error:
        raise UsageError(
            "The card has changed since this was found. Nothing was changed; look at the card again.",
            details=repr(error),
        ) from error


def steps_of(path: str) -> tuple[str | int, ...]:
    """A path such as "data.tags[1]" as keys and indexes."""
    return tuple(name or int(index) for name, index in _STEP.findall(path))


def _change(whole: dict[str, Any], change: LintChange) -> None:
    *way, last = steps_of(change.where)
    place = _opened(whole, way)
    if isinstance(last, int) and not -1 < last < len(place):
        raise IndexError(change.where)
    if change.removes:
        del place[last]
    else:
        place[last] = change.value


def _opened(whole: Any, way: Sequence[str | int]) -> Any:
    """The container at the end of a way, with every tuple on it made a list that can be changed."""
    place = whole
    for step in way:
        inner = place[step]
        if isinstance(inner, tuple):
            inner = place[step] = list(inner)
        place = inner
    return place
