"""Markdown as a reader sees it: marks are gone, and no letter has moved."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardgen_desktop.domain.source import SourceText
from cardgen_desktop.reading.index import read_index
from cardgen_desktop.reading.plain_view import plain_view
from tests.reading.sources import source

LETTERS = st.text(alphabet="ab *_`#>|[](-):!\n.\r\t", max_size=200)


def markdown(text: str) -> SourceText:
    return source(text).model_copy(update={"kind": "markdown"})


def seen(text: str) -> str:
    return " ".join(plain_view(markdown(text)).split())


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("## Early life", "Early life"),
        ("**Orla Venn** is *very* tall.", "Orla Venn is very tall."),
        ("***Mace.*** hits `hard` and __often__", "Mace. hits hard and often"),
        ("See [Skarn](https://a.example/x) and ![map](m.png).", "See Skarn and ."),
        ("He joined at sixteen.[1] She did not.[^2]", "He joined at sixteen. She did not."),
        ("> I asked to be let in.", "I asked to be let in."),
        ("| Field | Value |\n|---|---|\n| Age | 41 |\n| Hair | red |", "Age: 41 Hair: red"),
        ("| STR | DEX | CON |\n|---|---|---|\n| 12 | 9 | 14 |", "STR DEX CON 12 9 14"),
        ("*She laughs and turns away.* “Go.”", "*She laughs and turns away.* “Go.”"),
        ("2 * 3 * 4 and snake_case_name", "2 * 3 * 4 and snake_case_name"),
    ],
)
def test_marks_are_gone_and_words_stay(text: str, plain: str) -> None:
    assert seen(text) == plain


@given(LETTERS)
def test_no_letter_moves(text: str) -> None:
    view = plain_view(markdown(text))
    assert len(view) == len(text)
    assert [at for at, letter in enumerate(view) if letter in "ab"] == [
        at for at, letter in enumerate(text) if letter in "ab" and view[at] == letter
    ]


def test_a_plain_text_is_read_as_it_is_unless_it_is_full_of_marks() -> None:
    assert plain_view(source("It was *very* **late**.")) == "It was *very* **late**."
    assert "#" not in plain_view(source("# One\n\n## Two\n\n### Three"))


def test_quotations_are_slices_of_the_source() -> None:
    text = '# Orla\n\n"I said it was *mine* then," said Orla. "Go."'
    index = read_index([markdown(text)])
    assert [each.text for each in index.quotations()] == ["I said it was *mine* then,", "Go."]
    assert all(text[each.start : each.end] == each.text for each in index.quotations())


@pytest.mark.parametrize(
    "piece", ["![", "[a](", "**a __b ", "<!--", "[[a|", "{{a", "<ref>", "| a ", "`a``", "> ", "*a _b ", "=="]
)
def test_marks_without_end_are_read_in_time(piece: str) -> None:
    text = "# A\n\n[[a]] [[b]] [[c]]\n\n" + piece * 40_000
    began = time.process_time()
    assert len(plain_view(markdown(text))) == len(text)
    assert time.process_time() - began < 3
