"""Wikitext without its marks, letter for letter in its place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardgen_desktop.reading.plain_view import plain_view
from cardgen_desktop.reading.wikitext import is_wikitext, without_wikitext
from tests.reading.sources import source

LETTERS = st.text(alphabet="ab '[]{}|=<>ref/\n\r", max_size=200)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("'''Selka''' is in ''[[Drowned Bells]]''.", "Selka is in Drowned Bells ."),
        ("her uncle [[Ulf Marrow|Captain Ulf]]", "her uncle Captain Ulf"),
        ('Afraid of bells.<ref name="e">Episode 3</ref><ref name="e" /> Always.', "Afraid of bells. Always."),
        ("[[File:Selka.png|thumb|Selka]] [[Category:Divers]] Here.", "Here."),
        ("{{Quote|x {{y}} z}} Told. {{char}} stays.", "Told. {{char}} stays."),
        ("{{Infobox\n| name = Selka\n| image = a.png\n| age     = 19\n}}", "name: Selka age: 19"),
        ("== Early life ==", "== Early life =="),
        ("It's Ana's.", "It's Ana's."),
    ],
)
def test_marks_are_gone_and_words_stay(text: str, plain: str) -> None:
    assert " ".join(without_wikitext(text).split()) == plain


@given(LETTERS)
def test_no_letter_moves(text: str) -> None:
    view = without_wikitext(text)
    assert len(view) == len(text) and view.count("\n") == text.count("\n")
    assert all(after in (before, " ", ":") for before, after in zip(text, view, strict=True))


def test_only_a_text_with_marks_is_wikitext() -> None:
    assert not is_wikitext("She said [[no]] and left.")
    assert is_wikitext("==A==\n'''Selka''' saw [[Ulf]].")
    assert plain_view(source("[[One]] of them.")) == "[[One]] of them."
