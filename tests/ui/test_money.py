"""Money in words."""

from decimal import Decimal

import pytest

from cardgen_desktop.ui.money import money, money_range


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (None, "not known"),
        (Decimal(0), "nothing"),
        (Decimal("0.0123"), "$0.012"),
        (Decimal("0.000004567"), "$0.0000046"),
        (Decimal("0.1"), "$0.10"),
        (Decimal("12.345"), "$12.35"),
        (Decimal(1234), "$1,234.00"),
        (Decimal("-0.5"), "-$0.50"),
    ],
)
def test_amounts_have_the_digits_that_matter(amount: Decimal | None, words: str) -> None:
    assert money(amount) == words


def test_ranges() -> None:
    assert money_range(Decimal("0.01"), Decimal("0.03")) == "$0.010–0.030"
    assert money_range(Decimal("0.0101"), Decimal("0.0102")) == "$0.010"
    assert money_range(Decimal(0), Decimal("0.03")) == "up to $0.030"
    assert money_range(Decimal(0), Decimal(0)) == "nothing"
    assert money_range(None, None) == "not known"
    assert money_range(Decimal("0.2"), None) == "$0.20"
