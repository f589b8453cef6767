"""Spending caps: before each request, whether what it may cost still fits. A cap that is reached holds jobs.

What counts is everything known to have been paid, what requests without an end were estimated at, and this
request at its most. A request whose price nobody tells counts `FALLBACK_PROMPT_PRICE` and
`FALLBACK_OUTPUT_PRICE` a token: dearer than most models, so that a cap holds too early rather than too late.
A server on this computer is free unless it names prices: it may stand before a paid one. The month is that of
the local calendar.
"""

from datetime import datetime
from decimal import Decimal

from ..domain.errors import HeldError
from ..domain.job import HoldReason
from ..domain.money import dollars
from ..domain.profile import ModelInfo, Profile
from ..store.costs import Spending, spending
from ..store.engine import Connection
from ..store.profiles import JOB_SCOPE

FALLBACK_PROMPT_PRICE = Decimal("0.000005")
FALLBACK_OUTPUT_PRICE = Decimal("0.000025")
"""US dollars a token ($5 and $25 a million), for models whose prices are not known."""

KIND = "pay.budget"


def month_start(now: float) -> float:
    """When the calendar month of a moment began, both in Unix seconds."""
    first = datetime.fromtimestamp(now).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return first.timestamp()


def most_of(profile: Profile, model: ModelInfo | None, tokens_in: int, max_output: int) -> Decimal:
    """What one request costs at the most, US dollars."""
    if model is None or model.prompt_price is None or model.output_price is None:
        return Decimal(0) if profile.is_local else fallback(tokens_in, max_output)
    per_request = model.request_price or Decimal(0)
    return tokens_in * model.prompt_price + max_output * model.output_price + per_request


def fallback(tokens_in: int, tokens_out: int) -> Decimal:
    """What stands for a cost that nobody knows."""
    return tokens_in * FALLBACK_PROMPT_PRICE + tokens_out * FALLBACK_OUTPUT_PRICE


def counted(spent: Spending) -> Decimal:
    """All that a cap counts of what was spent."""
    return spent.known + spent.reserved + fallback(spent.unknown_in, spent.unknown_out)


def job_scope(profile: str, job_id: int) -> str:
    """The scope of a gate about one job alone: no profile can be called like that."""
    return f"{profile}{JOB_SCOPE}job {job_id}"


def job_of(scope: str) -> tuple[str, int | None]:
    """The profile that a scope is about, and the job when it is about one alone."""
    profile, _, rest = scope.partition(JOB_SCOPE)
    number = rest.removeprefix("job ")
    return profile, int(number) if number.isascii() and number.isdecimal() else None


async def left_of_cap(connection: Connection, profile: Profile, now: float) -> Decimal | None:
    """What the month's cap still allows, US dollars, not below 0; None without a cap."""
    if profile.monthly_cap is None:
        return None
    spent = counted(await spending(connection, profile=profile.name, since=month_start(now)))
    return max(Decimal(0), profile.monthly_cap - spent)


async def refuse_over_cap(
    connection: Connection, profile: Profile, most: Decimal, job_id: int | None, now: float
) -> None:
    """Raise `HeldError` when a request that costs `most` dollars would go over a cap.

    Looked at in the transaction that notes the request: of several at once none slips by.
    """
    if profile.monthly_cap is not None:
        spent = counted(await spending(connection, profile=profile.name, since=month_start(now)))
        if spent + most > profile.monthly_cap:
            sentence = _reached(f"Monthly cap of {dollars(profile.monthly_cap)} reached", spent, most)
            raise HeldError(HoldReason.BUDGET, sentence, scope=profile.name, kind=KIND)
    if profile.job_cap is not None and job_id is not None:
        spent = counted(await spending(connection, job_id=job_id))
        if spent + most > profile.job_cap:
            sentence = _reached(f"Cap of {dollars(profile.job_cap)} for one job reached", spent, most)
            raise HeldError(HoldReason.BUDGET, sentence, scope=job_scope(profile.name, job_id), kind=KIND)


def _reached(what: str, spent: Decimal, most: Decimal) -> str:
    taken = f"{dollars(spent)} counted, and the next request may take {dollars(most)}"
    return f"{what}: {taken}. What is written is kept. Raise the cap, or use a free model."
