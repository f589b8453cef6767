"""Texts that mean harm, or nothing: reading ends, and its offsets hold."""

import random

import pytest

from tests.reading.sources import read

SIZE = 60_000
LETTERS = "abcAB .,\"'“”‘’\n-—:;!?«»*[]「」Mr.said"


def noise() -> str:
    chosen = random.Random(7)
    return "".join(chosen.choice(LETTERS) for _ in range(SIZE))


@pytest.mark.parametrize(
    "text",
    [
        "“a " * (SIZE // 3),
        '"' * SIZE,
        "A" * SIZE,
        "Mr. " * (SIZE // 4),
        "1:2-3/4 " * (SIZE // 8),
        "[" * SIZE,
        "*" * SIZE,
        "Bob: hi\nAnn: yo\n" * (SIZE // 16),
        "“" + "Ann went home and Tom said hello to her. " * (SIZE // 41),
        "— a — b — c\n" * (SIZE // 12),
        "\x00" * 100 + "Ann said “hi”.",
        "\n" * SIZE,
    ],
)
@pytest.mark.parametrize("language", ["en", "fr", "zh"])
def test_it_ends_and_offsets_hold(text: str, language: str) -> None:
    index = read(text, language=language)
    assert all(text[each.start : each.end] == each.text for each in index.quotations())
    assert all(text[each.first.start : each.first.end] for each in index.people())


def test_noise() -> None:
    text = noise()
    index = read(text)
    assert all(text[each.start : each.end] == each.text for each in index.quotations())
    assert all(0 <= each.confidence <= 1 for each in index.quotations())
    assert all(
        left.end <= right.start for left, right in zip(index.sentences, index.sentences[1:], strict=False)
    )
