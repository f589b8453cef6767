"""A key that a server says back, in one piece or in many."""

import pytest

from cardgen_desktop.llm.key_filter import KeyFilter

KEY = "sk-abcabcabd-0123"


@pytest.mark.parametrize("size", [1, 2, 3, 5, 100])
@pytest.mark.parametrize("text", [f"The key is {KEY}.", f"{KEY}{KEY}", f"sk-abc{KEY}", "sk-abca", "", "gas"])
def test_key_is_replaced_however_it_comes(text: str, size: int) -> None:
    without = KeyFilter(KEY)
    pieces = [text[at : at + size] for at in range(0, len(text), size)]
    told = "".join(map(without.feed, pieces)) + without.end()
    assert told == text.replace(KEY, "[hidden]") == without.without(text)


def test_short_keys_are_words() -> None:
    assert KeyFilter("lamp").feed("The lamp") == "The lamp"


def test_most_of_a_key_at_the_end_is_hidden_too() -> None:
    without = KeyFilter(KEY)
    assert without.feed("It is sk-abcabcab") + without.end() == "It is [hidden]"
