"""What `cardgen draft` was told about how to write, as options of a draft; all of it checked first."""

import argparse
import json
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple, cast

from pydantic import ValidationError

from ..domain.draft import DRAFT_FIELDS, DraftField, DraftOptions
from ..domain.errors import UsageError
from ..domain.languages import language_name
from .bounds import refusal

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
    _refuse_unknown_language(values.get("language", ""))
    try:
        return Wishes(DraftOptions.model_validate(values), _fields(arguments.fields))
    except ValidationError as error:
        raise UsageError(f"{refusal(DraftOptions, error)} Nothing was read.", details=str(error)) from error


def _refuse_unknown_language(code: Any) -> None:
    """A slip in a code would have a card written in no language at all, and paid for."""
    if code and not (isinstance(code, str) and language_name(code)):
        raise UsageError(
            f'There is no language with the code "{code}". Nothing was read. Codes are such as en or pt-BR; '
            "without one the card is written in the language of the source."
        )


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
