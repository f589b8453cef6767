"""The ledger in words. Plain functions of cost reports."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from ...domain.costs import CostBy, CostQuery, CostReport, CostRow
from ...domain.profile import ProfileView
from ..money import NOTHING, money
from ..providers.words import cap_words
from ..wording import counted

DAY = 86_400.0
MOST_ROWS = 200
"""So many rows are shown; the CSV file holds every single request."""
DASH = "–"
Row = tuple[str, ...]
GROUPS: tuple[tuple[CostBy, str], ...] = (
    ("day", "Day"),
    ("month", "Month"),
    ("profile", "Engine"),
    ("model", "Model"),
    ("job", "Job"),
    ("card", "Card"),
)
NUMBERS = ("Requests", "Tokens in", "Tokens out", "Cost", "Not known", "Possibly billed")
TIPS = (
    "",
    "Single requests to a model, also those that failed",
    "What the models read",
    "What the models wrote",
    "In US dollars, from the provider's own numbers where it sends them",
    "Requests whose cost nobody told; they are not in the sum",
    "Requests whose end was not seen; they are not in the sum",
)
BILLED = (
    "The program or the connection ended before the answer did. The provider may have billed what it had "
    "written until then; its own page knows. The sums leave these requests out."
)
UNKNOWN = "The server sends no cost and no price is known for the model. The sums leave these requests out."


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of time; `empty` says that nothing was asked in it."""

    key: str
    word: str
    days: int | None
    empty: str

    def since(self, now: float) -> float | None:
        """Where it begins: local midnight for today, the first of the month for 0 days, None for all."""
        if self.days is None:
            return None
        if self.key == "month":
            return month_start(now)
        today = time.localtime(now)
        midnight = time.mktime((today.tm_year, today.tm_mon, today.tm_mday, 0, 0, 0, 0, 0, -1))
        return midnight - self.days * DAY


STRETCHES = (
    Stretch("today", "Today", 0, "No model was asked today."),
    Stretch("week", "7 days", 6, "No model was asked in the last 7 days."),
    Stretch("month", "This month", 0, "No model was asked this month."),
    Stretch("all", "All", None, "No model was asked yet."),
)


def month_start(now: float) -> float:
    """The first moment of the calendar month, in local time."""
    today = time.localtime(now)
    return time.mktime((today.tm_year, today.tm_mon, 1, 0, 0, 0, 0, 0, -1))


def query_of(by: CostBy, stretch: Stretch, now: float) -> CostQuery:
    """What is asked for a table."""
    return CostQuery(by=by, since=stretch.since(now), limit=MOST_ROWS)


def sum_words(amount: Decimal) -> str:
    """A cost in a column, with four places, so that the digits stand under each other."""
    if amount == 0:
        return NOTHING
    if abs(amount) < Decimal("0.0001"):
        return "under $0.0001"
    return f"${amount.quantize(Decimal('0.0001'), ROUND_HALF_UP):,}"


def cost_rows(report: CostReport) -> tuple[Row, ...]:
    """The rows of a table, the sum last where there is more than one."""
    rows = [_row(row, label_words(row)) for row in report.rows[:MOST_ROWS]]
    if len(rows) > 1:
        rows.append(_row(report.total, "In all"))
    return tuple(rows)


def label_words(row: CostRow) -> str:
    """What a row is about: a day as "9 Oct 2025", everything else as it is called."""
    if row.label not in ("", row.key):
        return row.label
    try:
        day = time.strptime(row.key, "%Y-%m-%d")
    except ValueError:
        return row.key or DASH
    return f"{day.tm_mday} {time.strftime('%b %Y', day)}"


def _row(row: CostRow, label: str) -> Row:
    untold = row.unknown + row.possibly_billed
    cost = "not known" if row.cost == 0 and row.requests and untold == row.requests else sum_words(row.cost)
    return (
        label,
        f"{row.requests:,}",
        f"{row.tokens_in:,}",
        f"{row.tokens_out:,}",
        cost,
        f"{row.unknown:,}" if row.unknown else DASH,
        f"{row.possibly_billed:,}" if row.possibly_billed else DASH,
    )


def facts_words(total: CostRow) -> str:
    """One line about a stretch: "$1.24 · 6 requests · 28,031 tokens"."""
    told = money(total.cost) if total.cost or not total.unknown else "cost not known"
    tokens = counted(total.tokens_in + total.tokens_out, "token")
    return f"{told[:1].upper()}{told[1:]} · {counted(total.requests, 'request')} · {tokens}"


def notes(total: CostRow) -> tuple[tuple[str, str], ...]:
    """What the sums leave out, each as a fact and what it means."""
    found = []
    if total.possibly_billed:
        one = total.possibly_billed == 1
        fact = f"{counted(total.possibly_billed, 'request')} {'was' if one else 'were'} possibly billed."
        found.append((fact, BILLED))
    if total.unknown:
        found.append((f"The cost of {counted(total.unknown, 'request')} is not known.", UNKNOWN))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class MonthLine:
    """One engine this month: what it cost in words, and the part of its cap; `cap` None for no cap.

    `may_cap` is False for one that is gone or costs nothing because it runs here.
    """

    name: str
    words: str
    note: str
    spent: Decimal
    cap: Decimal | None
    may_cap: bool = True


def month_lines(report: CostReport, views: Mapping[str, ProfileView]) -> tuple[MonthLine, ...]:
    """Every engine that was asked this month or has a cap, the dearest first."""
    asked = {row.key: row for row in report.rows}
    capped = [name for name, view in views.items() if view.profile.monthly_cap is not None]
    names = [*asked, *(name for name in capped if name not in asked)]
    lines = [_month_line(name, asked.get(name), views.get(name)) for name in names]
    return tuple(sorted(lines, key=lambda line: (-line.spent, line.name.casefold())))


def _month_line(name: str, row: CostRow | None, view: ProfileView | None) -> MonthLine:
    spent = row.cost if row is not None else Decimal(0)
    cap = view.profile.monthly_cap if view is not None else None
    untold = row.unknown if row is not None else 0
    words = "Cost not known" if untold and not spent else money(spent)
    words = f"{words[:1].upper()}{words[1:]}" + (f" of {cap_words(cap)}" if cap is not None else "")
    requests = counted(row.requests, "request") if row is not None else "not asked yet"
    if cap is not None and spent >= cap:
        requests += " · the cap is reached, jobs are held"
    elif view is None:
        requests += " · removed"
    may_cap = view is not None and (cap is not None or not view.profile.is_local)
    return MonthLine(name, words, requests, spent, cap, may_cap)
