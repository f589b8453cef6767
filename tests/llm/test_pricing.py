"""What requests cost: decimals from what providers and lists say, and never an invented number."""

from decimal import Decimal
from typing import Any

import pytest

from cardgen_desktop.domain.costs import Usage
from cardgen_desktop.domain.profile import ModelInfo
from cardgen_desktop.llm.client import Http
from cardgen_desktop.llm.pricing import billed, cost_range, credits_of, priced, read_price
from cardgen_desktop.llm.server import Server
from cardgen_desktop.llm.usage import usage_in
from tests.support.llm_server import FakeModelServer
from tests.support.llm_server.native import given

PAID = ModelInfo(
    id="a/b",
    prompt_price=Decimal("0.0000025"),
    output_price=Decimal("0.00001"),
    cached_price=Decimal("0.00000025"),
    request_price=Decimal("0.001"),
)
UNKNOWN = ModelInfo(id="a/c")


@pytest.mark.parametrize(
    ("sent", "price"),
    [
        ("0.0000025", Decimal("0.0000025")),
        ("0", Decimal(0)),
        (0.1, Decimal("0.1")),
        ("1e-7", Decimal("1e-7")),
        ("-1", None),
        ("", None),
        (None, None),
        ("NaN", None),
        ("Infinity", None),
        (True, None),
        ("9" * 40, None),
        ("1e-999999", None),
        ("0e-999999", Decimal(0)),
        ([1], None),
        ("free", None),
    ],
)
def test_prices_are_read_from_their_text(sent: object, price: Decimal | None) -> None:
    assert read_price(sent) == price


@pytest.mark.parametrize(
    ("sent", "count"),
    [("-5", 0), ('"12"', 12), ("7.9", 7), ("1e308", 0), ("1e999999999", 0), ('"NaN"', 0), ("true", 0)],
)
def test_absurd_numbers_of_tokens_count_as_nothing(sent: str, count: int) -> None:
    """Digits of 1e999999999 would fill the memory, so that it is never made whole."""
    usage = usage_in(f'{{"usage": {{"prompt_tokens": {sent}, "completion_tokens": 3}}}}')
    assert usage is not None and (usage.tokens_in, usage.tokens_out) == (count, 3)


def test_tokens_times_prices_with_cached_ones_and_the_request() -> None:
    usage = priced(Usage(tokens_in=1000, tokens_out=100, tokens_cached=600), PAID, is_local=False)
    expected = 400 * Decimal("0.0000025") + 600 * Decimal("0.00000025") + 100 * Decimal("0.00001")
    assert (usage.cost, usage.cost_source) == (expected + Decimal("0.001"), "prices")


def test_the_providers_own_number_goes_before_prices() -> None:
    told = Usage(tokens_in=1000, cost=Decimal("0.5"), cost_source="provider")
    assert priced(told, PAID, is_local=False) == told


@pytest.mark.parametrize("model", [UNKNOWN, None])
def test_without_prices_the_cost_is_not_known(model: ModelInfo | None) -> None:
    usage = priced(Usage(tokens_in=1000), model, is_local=False)
    assert (usage.cost, usage.cost_source) == (None, "unknown")


def test_what_runs_here_is_free() -> None:
    usage = priced(Usage(tokens_in=1000), None, is_local=True)
    assert (usage.cost, usage.cost_source) == (0, "free")


def test_a_server_near_by_that_stands_before_a_paid_one() -> None:
    assert priced(Usage(tokens_in=1000), PAID, is_local=True).cost_source == "prices"
    told = Usage(tokens_in=1000, cost=Decimal("0.5"), cost_source="provider")
    assert priced(told, None, is_local=True) == told


def test_a_usage_that_nobody_told_is_not_free() -> None:
    assert priced(Usage(), PAID, is_local=False).cost is None
    free = PAID.model_copy(
        update={"prompt_price": Decimal(0), "output_price": Decimal(0), "request_price": None}
    )
    assert priced(Usage(), free, is_local=False).cost == 0


def test_sums_keep_every_digit() -> None:
    tenth = ModelInfo(id="t", prompt_price=Decimal("0.1"), output_price=Decimal(0))
    total = sum((priced(Usage(tokens_in=1), tenth, is_local=False).cost or 0 for _ in range(10)), Decimal(0))
    assert total == Decimal(1)


def test_a_range_of_costs() -> None:
    low, high = cost_range(
        PAID, tokens_in=10_000, tokens_out_low=100, tokens_out_high=1000, requests=3, is_local=False
    )
    assert low is not None
    assert high == 10_000 * Decimal("0.0000025") + 1000 * Decimal("0.00001") + 3 * Decimal("0.001")
    assert 0 < low < high
    unknown = cost_range(
        UNKNOWN, tokens_in=1, tokens_out_low=1, tokens_out_high=1, requests=1, is_local=False
    )
    assert unknown == (None, None)
    local = cost_range(None, tokens_in=1, tokens_out_low=1, tokens_out_high=1, requests=1, is_local=True)
    assert local == (0, 0)


BILL = {
    "id": "gen-1",
    "total_cost": 0.0012,
    "native_tokens_prompt": 194,
    "native_tokens_completion": 52,
    "native_tokens_cached": 100,
    "tokens_prompt": 10,
    "cancelled": True,
}


@pytest.mark.parametrize(
    ("bill", "cost"),
    [
        (BILL, Decimal("0.0012")),
        (BILL | {"is_byok": True, "upstream_inference_cost": 0.003}, Decimal("0.0042")),
        (BILL | {"total_cost": None}, None),
        (BILL | {"total_cost": -1}, None),
        ("nonsense", None),
    ],
)
async def test_the_bill_of_one_request(bill: Any, cost: Decimal | None) -> None:
    async with FakeModelServer("openrouter", key="sk-or-1") as fake, Http() as http:
        fake.routes["GET /api/v1/generation"] = given({"data": bill})
        server = Server(kind="openrouter", base_url=fake.base_url, key="sk-or-1")  # type: ignore[arg-type]
        usage = await billed(http, server, "gen-1")
        assert fake.requests[-1].path.endswith("/generation?id=gen-1")
    assert (usage.cost if usage else None) == cost
    if usage is not None:
        assert (usage.tokens_in, usage.tokens_out, usage.tokens_cached) == (194, 52, 100)


@pytest.mark.parametrize(
    ("kind", "provider_id"), [("openai", "gen-1"), ("openrouter", ""), ("openrouter", "a&b=c")]
)
async def test_nobody_is_asked_for_a_bill_in_vain(kind: Any, provider_id: str) -> None:
    async with FakeModelServer("openrouter") as fake, Http() as http:
        server = Server(kind=kind, base_url=fake.base_url)
        assert await billed(http, server, provider_id) is None
        assert not fake.requests


async def test_a_bill_that_is_not_written_yet_is_no_bill() -> None:
    async with FakeModelServer("openrouter") as fake, Http() as http:
        assert await billed(http, Server(kind="openrouter", base_url=fake.base_url), "gen-1") is None


@pytest.mark.parametrize(
    ("remaining", "expected"),
    [(7.5, Decimal("7.5")), (-0.25, Decimal("-0.25")), (None, None), ("much", None)],
)
async def test_what_a_key_may_still_spend(remaining: object, expected: Decimal | None) -> None:
    async with FakeModelServer("openrouter") as fake, Http() as http:
        data = {"limit": 10, "limit_remaining": remaining, "usage": 2.5, "is_free_tier": False}
        fake.routes["GET /api/v1/key"] = given({"data": data})
        credits_left = await credits_of(http, Server(kind="openrouter", base_url=fake.base_url))
    assert (credits_left.limit, credits_left.remaining) == (10, expected)
