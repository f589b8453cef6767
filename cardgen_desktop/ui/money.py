"""Money as the window says it: "$0.0123", "nothing", "not known"; sums are decimals, never floats."""

from decimal import Decimal

from ..domain.money import digits

UNKNOWN = "not known"
NOTHING = "nothing"


def money(amount: Decimal | None) -> str:
    """US dollars with as many places as matter: two from a dollar on, else two digits that are not 0."""
    if amount is None:
        return UNKNOWN
    if not amount:
        return NOTHING
    return f"{'-' if amount < 0 else ''}${digits(abs(amount))}"


def money_range(low: Decimal | None, high: Decimal | None) -> str:
    """A range: "$0.01–0.03"; one number when both are said alike."""
    if low is None or high is None:
        return money(low if high is None else high)
    if money(low) == money(high) or not high:
        return money(high)
    return f"up to {money(high)}" if not low else f"{money(low)}–{digits(high)}"
