"""What a request used, as servers write it: token counts, and the cost in decimals as it was sent."""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from ..domain.costs import Usage

_MOST_TOKENS = 10**12
_MOST_COST = Decimal(10) ** 6


def usage_in(text: str) -> Usage | None:
    """The usage of a JSON text that holds one; None when it does not.

    The text is read anew with decimals: a float would already have lost what the provider wrote.
    """
    try:
        value = json.loads(text, parse_float=Decimal, parse_constant=lambda _: None)
    except (ValueError, RecursionError):
        return None
    found = value.get("usage") if isinstance(value, Mapping) else None
    return usage_of(found) if isinstance(found, Mapping) and found else None


def usage_of(fields: Mapping[str, Any]) -> Usage:
    """The usage in the fields of a `usage` object; what is missing or makes no sense counts as nothing."""
    cost = _cost(fields.get("cost"))
    return Usage(
        tokens_in=_tokens(fields.get("prompt_tokens")),
        tokens_out=_tokens(fields.get("completion_tokens")),
        tokens_cached=_tokens(_inside(fields, "prompt_tokens_details", "cached_tokens")),
        tokens_reasoning=_tokens(_inside(fields, "completion_tokens_details", "reasoning_tokens")),
        cost=cost,
        cost_source="unknown" if cost is None else "provider",
    )


def _inside(fields: Mapping[str, Any], outer: str, inner: str) -> Any:
    part = fields.get(outer)
    return part.get(inner) if isinstance(part, Mapping) else None


def _tokens(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return 0
    return min(max(int(value), 0), _MOST_TOKENS)


def _cost(value: Any) -> Decimal | None:
    """A cost in US dollars, when it is a number that can be one."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        return None
    try:
        cost = Decimal(str(value))
    except ArithmeticError:
        return None
    return cost if cost.is_finite() and 0 <= cost <= _MOST_COST else None
