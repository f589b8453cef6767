"""Money in words."""

from decimal import Decimal

import pytest

from cardgen_desktop.domain.money import dollars


@pytest.mark.parametrize(
    ("amount", "words"),
    [("0", "$0"), ("5", "$5"), ("4.98", "$4.98"), ("12.4", "$12.40"), ("0.5", "$0.50"), ("0.0031", "$0.0031"),
     ("0.0123456", "$0.012"), ("0.000042", "$0.000042"), ("1234", "$1,234"), ("1234.567", "$1,234.57"),
     ("0.00000001", "$0.000001")],
)  # fmt: skip
def test_money_in_sentences(amount: str, words: str) -> None:
    assert dollars(Decimal(amount)) == words
