"""What a request cost: the provider's own number, else price strings times tokens, else not known.

All money is US dollars in `Decimal`; numbers of JSON become one through their text, never by arithmetic.
Follows llm-wire 8 (OpenRouter) and 9 (what others send).
"""

import re
from decimal import Decimal
from typing import Annotated

from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from ..domain.costs import Usage
from ..domain.errors import CardgenError
from ..domain.profile import ModelInfo
from ..domain.value import Value
from ..net.http import Http
from .questions import ask
from .server import Server

MOST_TOKENS = 1_000_000_000
MOST_DOLLARS = Decimal(1_000_000)
NOTHING = Decimal(0)
_LEAST_EXPONENT = -40
_ID = re.compile(r"[\w.-]{1,200}")


def read_price(value: object) -> Decimal | None:
    """An amount that a server sent as text or number; None when missing, negative, absurd or no number."""
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        return None
    text = str(value).strip()
    try:
        amount = Decimal(text) if len(text) <= 60 else None
    except ArithmeticError:
        return None
    if amount is None or not amount.is_finite() or not 0 <= amount <= MOST_DOLLARS:
        return None
    # Neither 0e-999999 nor 1e-999999 is ever written out: each has a million digits.
    return amount if amount.adjusted() >= _LEAST_EXPONENT else None if amount else NOTHING


def read_count(value: object) -> int | None:
    """A number of tokens that a server sent; None when missing, negative, absurd or no number."""
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        return None
    try:
        # Compared before it is made whole: the digits of 1e999999999 would fill the memory.
        number = Decimal(value) if not isinstance(value, str) or len(value) <= 20 else Decimal(-1)
        return int(number) if 0 <= number <= MOST_TOKENS else None
    except (ValueError, ArithmeticError):
        return None


Amount = Annotated[Decimal | None, BeforeValidator(read_price)]
Tokens = Annotated[int | None, BeforeValidator(read_count)]


def _read_balance(value: object) -> Decimal | None:
    """An amount that may be negative."""
    text = str(value).strip() if isinstance(value, str | int | float | Decimal) else ""
    amount = read_price(text.removeprefix("-"))
    return -amount if amount is not None and text.startswith("-") else amount


def _mapping(value: object) -> object:
    return value if isinstance(value, dict) else {}


class _Wire(BaseModel):
    """Somebody else's JSON: what is not asked for is left out."""

    model_config = ConfigDict(extra="ignore")


class Credits(Value):
    """What a key of OpenRouter may still spend. `remaining` None: the key has no limit of its own."""

    limit: Decimal | None = None
    remaining: Decimal | None = None
    used: Decimal | None = None
    is_free_tier: bool = False


class _WireKey(_Wire):
    """`data` of OpenRouter's GET /key. What is left may be below zero, when more was spent than there was."""

    limit: Amount = None
    limit_remaining: Annotated[Decimal | None, BeforeValidator(lambda value: _read_balance(value))] = None
    usage: Amount = None
    is_free_tier: Annotated[bool, BeforeValidator(lambda value: value is True)] = False


class _WireGeneration(_Wire):
    """`data` of OpenRouter's GET /generation."""

    total_cost: Amount = None
    tokens_in: Tokens = Field(None, validation_alias=AliasChoices("native_tokens_prompt", "tokens_prompt"))
    tokens_out: Tokens = Field(
        None, validation_alias=AliasChoices("native_tokens_completion", "tokens_completion")
    )
    cached: Tokens = Field(None, alias="native_tokens_cached")
    reasoning: Tokens = Field(None, alias="native_tokens_reasoning")
    is_byok: Annotated[bool, BeforeValidator(lambda value: value is True)] = False
    upstream: Amount = Field(None, alias="upstream_inference_cost")


def read_generation(raw: object) -> Usage | None:
    """The usage of OpenRouter's bill for one request; None when there is no cost in it."""
    try:
        wire = _WireGeneration.model_validate(_mapping(raw))
    except ValidationError:
        return None
    if wire.total_cost is None:
        return None
    return Usage(
        tokens_in=wire.tokens_in or 0,
        tokens_out=wire.tokens_out or 0,
        tokens_cached=min(wire.cached or 0, wire.tokens_in or 0),
        tokens_reasoning=wire.reasoning or 0,
        cost=with_makers_bill(wire.total_cost, wire.upstream, has_own_key=wire.is_byok),
        cost_source="provider",
    )


def with_makers_bill(cost: Decimal, upstream: Decimal | None, *, has_own_key: bool) -> Decimal:
    """The provider's number. With a key of one's own for the model's maker, the maker's bill comes on top."""
    return cost + (upstream or NOTHING) if has_own_key else cost


def priced(usage: Usage, model: ModelInfo | None, *, is_local: bool) -> Usage:
    """The same usage with what it cost, as well as that can be known.

    A server near by may stand before a paid one: what it says of costs and prices goes first. A usage
    without any token was not told, so that only a free model makes it nothing.
    """
    if usage.cost is not None:
        return usage
    is_told = bool(usage.tokens_in or usage.tokens_out)
    cost = None
    if model is not None and (is_told or model.is_free):
        cost = _times(model, usage.tokens_in, usage.tokens_out, usage.tokens_cached)
    if cost is not None:
        return usage.model_copy(update={"cost": cost, "cost_source": "prices"})
    return usage.model_copy(update={"cost": NOTHING, "cost_source": "free"}) if is_local else usage


def _times(
    model: ModelInfo, tokens_in: int, tokens_out: int, cached: int = 0, requests: int = 1
) -> Decimal | None:
    if model.prompt_price is None or model.output_price is None:
        return None
    cached_price = model.prompt_price if model.cached_price is None else model.cached_price
    prompt = (tokens_in - cached) * model.prompt_price + cached * cached_price
    return prompt + tokens_out * model.output_price + requests * (model.request_price or NOTHING)


def cost_range(
    model: ModelInfo | None,
    *,
    tokens_in: int,
    tokens_out_low: int,
    tokens_out_high: int,
    requests: int,
    is_local: bool,
) -> tuple[Decimal | None, Decimal | None]:
    """Least and most that a draft will cost, for `Estimate`; (None, None) when no price is known.

    The most counts no cache; the least counts every prompt token at the cached price, where there is one.
    """
    unknown = NOTHING if is_local else None
    if model is None:
        return unknown, unknown
    low = _times(model, tokens_in, tokens_out_low, tokens_in if requests > 1 else 0, requests)
    high = _times(model, tokens_in, tokens_out_high, 0, requests)
    return (unknown, unknown) if low is None else (low, high)


async def billed(http: Http, server: Server, provider_id: str) -> Usage | None:
    """What one request came to, by the provider's bill; None while there is none, or nobody to ask.

    OpenRouter writes the bill about ten seconds after the answer ended.
    """
    if server.kind != "openrouter" or not _ID.fullmatch(provider_id):
        return None
    try:
        body = await ask(http, server, server.url(f"/generation?id={provider_id}"))
    except CardgenError:
        return None
    return read_generation(body.get("data")) if isinstance(body, dict) else None


async def credits_of(http: Http, server: Server) -> Credits:
    """What the key of an OpenRouter profile may still spend; raises the error of the failure's class."""
    body = await ask(http, server, server.url("/key"))
    wire = _WireKey.model_validate(_mapping(body.get("data") if isinstance(body, dict) else None))
    return Credits(
        limit=wire.limit,
        remaining=wire.limit_remaining,
        used=wire.usage,
        is_free_tier=wire.is_free_tier,
    )
