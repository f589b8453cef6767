"""Texts without measure are checked in time: a card to be verified is somebody else's."""

import time

import pytest

from cardgen_desktop.drafting.checking.checker import Checker
from cardgen_desktop.drafting.checking.whom import find_character
from tests.drafting.stories import LAMP, index_of

UNITS = (" ", "\t", "\n", ".", "1-", "1,", "[S1]", "a:", "(", "\u201c", "one hundred ", "Toby and Maren, ")


@pytest.mark.parametrize("unit", UNITS)
def test_endless_text_is_checked_in_time(unit: str) -> None:
    index = index_of(LAMP)
    checker = Checker(index, find_character(index, "Maren Toll"))
    began = time.process_time()
    checker.check({"description": unit * (20_000 // len(unit)) + "x"})
    assert time.process_time() - began < 10
