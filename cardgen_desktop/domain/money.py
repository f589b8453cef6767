"""Money in words: US dollars with as many places as matter."""

from decimal import ROUND_HALF_UP, Decimal

LEAST = Decimal("0.000001")
"""What is less is said as this much: nobody pays it, and more digits say nothing."""


def digits(amount: Decimal) -> str:
    """An amount that is not negative: two places from a dollar on, else two digits that are not 0."""
    places = 2 if amount >= 1 else min(8, max(2, 1 - amount.adjusted()))
    rounded = amount.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    return f"{rounded:,f}"


def dollars(amount: Decimal) -> str:
    """An amount for a sentence: "$5", "$4.98", "$0.0031"."""
    if amount == amount.to_integral_value():
        return f"${amount:,.0f}"
    return f"${digits(amount)}" if amount > LEAST else f"${LEAST:f}"
