"""JSON of strangers: whole documents or lines, bounded in depth and numbers; what is whole is kept."""

import json
from typing import Any

from ...domain.errors import SourceError

MAX_DIGITS = 18
MAX_MESSAGES = 400_000

Row = dict[str, Any]


def parse_rows(text: str, name: str) -> tuple[list[Any], int]:
    """The values of a JSON document (one) or of JSON lines, and how many lines are damaged."""
    whole = _parse(text, name)
    if whole is not None:
        return [whole], 0
    lines = [line for line in text.split("\n") if line.strip()]
    refuse_many(len(lines), name)
    values = [_parse(line, name) for line in lines]
    return [value for value in values if value is not None], sum(value is None for value in values)


def refuse_many(count: int, name: str) -> None:
    """Raise `SourceError` for a file of more lines or messages than a chat may have."""
    if count > MAX_MESSAGES:
        raise SourceError(
            f'"{name}" has {count:,} messages; a chat may have {MAX_MESSAGES:,}. '
            "Split it into parts and use those together."
        )


def row_of(value: Any) -> Row:
    """A JSON object, or an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def rows_of(value: Any) -> list[Row]:
    """The objects of a JSON list; nothing for anything else."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def text_of(value: Any) -> str:
    """A JSON string, "" for anything else."""
    return value if isinstance(value, str) else ""


def _parse(text: str, name: str) -> Any:
    try:
        return json.loads(text, strict=False, parse_int=_number, parse_constant=lambda _: None)
    except ValueError:
        return None
    except RecursionError as error:
        raise SourceError(
            f'"{name}" is nested too deeply to be a chat. Export the chat again and use that.'
        ) from error


def _number(digits: str) -> int:
    return int(digits) if len(digits) <= MAX_DIGITS else 0
