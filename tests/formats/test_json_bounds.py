"""JSON within bounds: what is too deep, too wide or no JSON is refused before memory and time are spent."""

import json
import time
from typing import Any

import pytest

from cardgen_desktop.domain.errors import CardError
from cardgen_desktop.formats.findings import Findings, UnreadableError
from cardgen_desktop.formats.json_text import json_file, parse_value
from cardgen_desktop.formats.registry import looks_like_card, read_content

MEGABYTE = 1024 * 1024
SOON = 30
"""Seconds that no refusal comes near; measured on an idle machine it is below 2."""

WIDE: dict[str, str] = {
    "deep lists": "[" * 8 * MEGABYTE + "]" * 8 * MEGABYTE,
    "open lists": "[" * 16 * MEGABYTE,
    "flat lists": "[" + "[]," * 5 * MEGABYTE + "1]",
    "numbers": "[" + "1," * 8 * MEGABYTE + "1]",
    "equal keys": "{" + '"k":1,' * 2 * MEGABYTE + '"k":1}',
    "texts": "[" + '"",' * 5 * MEGABYTE + "1]",
}


@pytest.mark.parametrize("text", WIDE.values(), ids=WIDE.keys())
def test_too_many_values_are_refused_before_they_are_built(text: str) -> None:
    started = time.monotonic()
    with pytest.raises(UnreadableError, match="more than 1,000,000 values"):
        parse_value(text, Findings())
    assert time.monotonic() - started < SOON


def test_nesting_that_is_too_deep_is_refused_wherever_it_is() -> None:
    for text in (
        "[" * 65 + "]" * 65,
        '{"a":' * 65 + "1" + "}" * 65,
        "[" + "[]," * 1000 + "[" * 64 + "]" * 64 + "]",
        '{"a":"\\\\",' + '"b":' + "[" * 70,
    ):
        with pytest.raises(UnreadableError, match="64 levels"):
            parse_value(text, Findings())


def test_brackets_and_commas_in_texts_do_not_count() -> None:
    text = json.dumps({"a": '[{,\\"' * 300_000})
    assert parse_value(text, Findings()) == json.loads(text)
    assert parse_value("[" * 64 + "]" * 64, Findings()) == json.loads("[" * 64 + "]" * 64)


def test_many_repairs_of_one_card_are_counted_and_few_are_listed() -> None:
    card = {"name": "a", "first_mes": "b", "creator_notes_multilingual": {str(n): n for n in range(900)}}
    found = read_content(json.dumps(card).encode(), "a.json")
    assert len(found.problems) == 201
    assert "more repairs are not listed" in found.problems[-1].message
    many = {**card, "creator_notes_multilingual": {str(n): n for n in range(200_000)}}
    found = read_content(json.dumps(many).encode(), "a.json")
    assert any("200,000 languages" in problem.message for problem in found.problems)


@pytest.mark.parametrize(
    ("card", "sentence"),
    [
        ({"name": "a", "first_mes": "b", "assets": [{}] * 10_001}, "10,001 assets; the limit is 10,000"),
        ({"name": "a", "first_mes": "b", "character_book": {"entries": [{}] * 10_001}}, "10,001 entries"),
        ({"name": "a", "first_mes": "b", "character_book": [{}] * 10_001}, "10,001 entries"),
    ],
)
def test_lists_of_a_card_have_limits(card: Any, sentence: str) -> None:
    with pytest.raises(CardError, match=sentence):
        read_content(json.dumps(card).encode(), "a.json")


def test_a_file_that_would_be_too_large_to_read_is_not_written() -> None:
    with pytest.raises(UnreadableError, match="limit is 32 MB"):
        json_file({"a": "x" * (33 * MEGABYTE)})


def test_the_same_bytes_are_judged_without_being_kept() -> None:
    assert not looks_like_card(('{"entries":' + WIDE["open lists"]).encode(), "a.json")
