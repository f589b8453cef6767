"""What a request used, as servers write it: token counts, and the cost in decimals as it was sent."""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from ..domain.costs import Usage
from .pricing import read_count, read_price, with_makers_bill


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
    tokens_in = _count(fields, "prompt_tokens", "input_tokens", "prompt_eval_count")
    cached = _count(fields, "prompt_cache_hit_tokens", "cache_read_input_tokens") or _count(
        _inside(fields, "prompt_tokens_details"), "cached_tokens"
    )
    cost = _cost(fields)
    return Usage(
        tokens_in=tokens_in,
        tokens_out=_count(fields, "completion_tokens", "output_tokens", "eval_count"),
        tokens_cached=min(cached, tokens_in),
        tokens_reasoning=_count(_inside(fields, "completion_tokens_details"), "reasoning_tokens"),
        cost=cost,
        cost_source="unknown" if cost is None else "provider",
    )


def _count(fields: Mapping[str, Any], *names: str) -> int:
    return next((count for name in names if (count := read_count(fields.get(name)))), 0)


def _inside(fields: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = fields.get(name)
    return part if isinstance(part, Mapping) else {}


def _cost(fields: Mapping[str, Any]) -> Decimal | None:
    """What it cost, by the provider; the maker's bill may be told in one sum or in its two parts."""
    cost = read_price(fields.get("cost"))
    if cost is None:
        return None
    details = _inside(fields, "cost_details")
    parts = [read_price(details.get(f"upstream_inference_{part}_cost")) for part in ("prompt", "completions")]
    upstream = read_price(details.get("upstream_inference_cost"))
    if upstream is None:
        upstream = sum((part for part in parts if part is not None), Decimal(0))
    return with_makers_bill(cost, upstream, has_own_key=fields.get("is_byok") is True)
