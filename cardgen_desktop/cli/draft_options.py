"""What `cardgen draft` was told about how to write, as options of a draft; all of it checked first."""

import argparse
import json
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple, cast

from pydantic import ValidationError

from ..domain.draft import DRAFT_FIELDS, DraftField, DraftOptions
from ..domain.errors import UsageError

_NAMED = {
    "greetings": "greetings", "style": "style", "lang": "language", "instruction": "instruction",
    "calls": "calls",
}  # fmt: skip
"""Arguments of their own, and the options they set."""


class Wishes(NamedTuple):
    """How a card is to be written, and which of its fields; all when there are none."""

    options: DraftOptions
    fields: tuple[DraftField, ...]


def wishes_of(arguments: argparse.Namespace) -> Wishes:
    """The wishes of a command. Raises `UsageError` for a field, option or value that there is not."""
    values = dict(_settings(arguments.settings))
    for argument, option in _NAMED.items():
        if getattr(arguments, argument) is not None:
            values[option] = getattr(arguments, argument)
    try:
        return Wishes(DraftOptions.model_validate(values), _fields(arguments.fields))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise UsageError(f"The option {where} cannot be that: {first['msg']}.", details=str(error)) from error


def _settings(given: Iterable[str]) -> Iterator[tuple[str, Any]]:
    for item in given:
        name, is_there, value = item.partition("=")
        name = name.strip()
        if not is_there or name not in DraftOptions.model_fields:
            known = ", ".join(DraftOptions.model_fields)
            raise UsageError(f'"{item}" sets no option of a draft. Write NAME=VALUE with one of {known}.')
        yield name, _value(value.strip())


def _value(text: str) -> Any:
    """A value as JSON where it is some, else as it is written."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def _fields(text: str) -> tuple[DraftField, ...]:
    names = tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))
    unknown = [name for name in names if name not in DRAFT_FIELDS]
    if unknown:
        raise UsageError(f'There is no field "{unknown[0]}". Choose of {", ".join(DRAFT_FIELDS)}.')
    return cast("tuple[DraftField, ...]", names)
