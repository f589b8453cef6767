"""Money and tokens: what a request used, what the ledger holds, what a draft is expected to take."""

from decimal import Decimal
from typing import Literal

from pydantic import Field

from .value import Value

CostSource = Literal["provider", "prices", "unknown", "free"]
"""Who says what it cost: the provider's own number, prices times tokens, nobody; "free" runs here."""


class Usage(Value):
    """What one request used. `cost` is US dollars, None when not known."""

    tokens_in: int = Field(default=0, ge=0)
    tokens_out: int = Field(default=0, ge=0)
    tokens_cached: int = Field(default=0, ge=0)
    tokens_reasoning: int = Field(default=0, ge=0)
    cost: Decimal | None = None
    cost_source: CostSource = "unknown"


class LedgerEntry(Value):
    """One request in the ledger. `ended_at` None: it runs, or the program died and it was possibly billed.

    `estimated_cost` was written before the request, everything about its end after it. `resolved` says
    that the provider was asked afterwards what a possibly billed request came to.
    """

    id: int
    job_id: int | None
    card_id: int | None = None
    step: str
    profile: str
    model: str
    started_at: float
    ended_at: float | None = None
    outcome: str = ""
    usage: Usage = Field(default_factory=Usage)
    estimated_cost: Decimal | None = None
    provider_id: str = ""
    possibly_billed: bool = False
    resolved: bool = False


CostBy = Literal["day", "month", "profile", "model", "job", "card"]


class CostQuery(Value):
    """A stretch of the ledger (Unix seconds, `until` exclusive) and what its sums are grouped by."""

    by: CostBy = "day"
    since: float | None = None
    until: float | None = None
    profile: str | None = None
    job_id: int | None = None
    card_id: int | None = None
    limit: int = Field(default=1000, ge=1, le=100_000)


class CostRow(Value):
    """One sum: `key` is a day, a month, a name or an id as text; `label` is what the person calls it.

    `unknown` counts requests whose cost nobody told, `possibly_billed` those whose end was not seen.
    """

    key: str
    label: str
    requests: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    cost: Decimal = Decimal(0)
    unknown: int = 0
    possibly_billed: int = 0


class CostReport(Value):
    """Sums of the ledger, and their sum."""

    rows: tuple[CostRow, ...] = ()
    total: CostRow
    since: float | None = None
    until: float | None = None


class Estimate(Value):
    """What a draft will take, before it starts. Costs are US dollars, None when no price is known.

    `requests` counts calls. `sends` says in words what leaves the computer, `sends_to` the host it goes to,
    "" when nothing leaves. `context` is the model's limit in tokens, `largest_prompt` the largest request.
    `fits` is False when a step cannot fit: `sentence` then says so. `is_exact` when the server's own
    tokenizer counted. `problem` names a failure class that would hold the job at once, such as "auth.401".
    """

    engine: str
    model: str = ""
    requests: int = 0
    tokens_in: int = 0
    tokens_out_low: int = 0
    tokens_out_high: int = 0
    cost_low: Decimal | None = None
    cost_high: Decimal | None = None
    seconds_low: float = 0.0
    seconds_high: float = 0.0
    sends: str = ""
    sends_to: str = ""
    context: int | None = None
    largest_prompt: int = 0
    fits: bool = True
    is_exact: bool = False
    is_free: bool = False
    sentence: str = ""
    problem: str = ""
    left_of_cap: Decimal | None = None
